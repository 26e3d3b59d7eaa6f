// Package errs holds the sentinel errors that the root package re-exports. They live below it so that
// packages the root is built on, such as paging, can return them.
package errs

import "errors"

// Classes of a service's answer, by its HTTP status.
var (
	// ErrBadRequest is a 400: the service could not read a value it was given.
	ErrBadRequest = errors.New("bad request")
	// ErrUnauthorized is a 401: no valid token, and no way to a new one.
	ErrUnauthorized = errors.New("unauthorized")
	// ErrForbidden is a 403, or a 401 by which a service refuses a valid token.
	ErrForbidden = errors.New("forbidden")
	// ErrNotFound is a 404 or 410 of a single thing, or a search without a match.
	ErrNotFound = errors.New("not found")
	// ErrConflict is a 409.
	ErrConflict = errors.New("conflict")
	// ErrTooLarge is a 413, or a body over the size that the client allows.
	ErrTooLarge = errors.New("too large")
	// ErrRateLimited is a 429.
	ErrRateLimited = errors.New("rate limited")
	// ErrServer is any 5xx.
	ErrServer = errors.New("server error")
)

// Refusals and findings of this SDK.
var (
	// ErrNoService says that the catalogue has no such service in the region and interface asked for.
	ErrNoService = errors.New("no such service")
	// ErrAmbiguous says that several things match where one was asked for.
	ErrAmbiguous = errors.New("ambiguous")
	// ErrLoop says that a walk came back to a place it had already left.
	ErrLoop = errors.New("pagination loop")
	// ErrInvalidArgument says that a value was refused before anything was sent.
	ErrInvalidArgument = errors.New("invalid argument")
	// ErrTruncated says that an answer is, or may be, cut short by the server.
	ErrTruncated = errors.New("truncated")
	// ErrWindowDrift says that the pages of one walk were computed for different windows.
	ErrWindowDrift = errors.New("window drift")
	// ErrUnsupported says that the service or this release of it cannot do what was asked.
	ErrUnsupported = errors.New("unsupported")
)
