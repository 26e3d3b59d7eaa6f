package gophermeter

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/gophercloud/gophercloud/v2"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// Classes of a service's refusal, for errors.Is on any error of a call.
var (
	// ErrBadRequest is a 400: the service could not read a value it was given.
	ErrBadRequest = errs.ErrBadRequest
	// ErrUnauthorized is a 401: no valid token, and no way to a new one.
	ErrUnauthorized = errs.ErrUnauthorized
	// ErrForbidden is a 403, or a 401 by which a service refuses a valid token (Aodh does).
	ErrForbidden = errs.ErrForbidden
	// ErrNotFound is a 404 or 410 of a single thing, or a search without a match. An empty collection is
	// not an error.
	ErrNotFound = errs.ErrNotFound
	// ErrConflict is a 409: the thing exists already, or is in use.
	ErrConflict = errs.ErrConflict
	// ErrTooLarge is a 413, or an answer over the limit of [WithMaxBody].
	ErrTooLarge = errs.ErrTooLarge
	// ErrRateLimited is a 429 that outlasted the retries.
	ErrRateLimited = errs.ErrRateLimited
	// ErrServer is a 5xx that outlasted the retries.
	ErrServer = errs.ErrServer
)

// Findings of this SDK, for errors.Is.
var (
	// ErrNoService says that the catalogue has no such service in the region and interface asked for.
	ErrNoService = errs.ErrNoService
	// ErrAmbiguous says that several things match where one was asked for.
	ErrAmbiguous = errs.ErrAmbiguous
	// ErrLoop says that a walk came back to a place it had already left.
	ErrLoop = errs.ErrLoop
	// ErrInvalidArgument says that a value was refused before anything was sent; the text names the field.
	ErrInvalidArgument = errs.ErrInvalidArgument
	// ErrTruncated says that an answer is, or may be, cut short by the server.
	ErrTruncated = errs.ErrTruncated
	// ErrWindowDrift says that the pages of one walk were computed for different windows.
	ErrWindowDrift = errs.ErrWindowDrift
	// ErrUnsupported says that the service, or this release of it, cannot do what was asked.
	ErrUnsupported = errs.ErrUnsupported
)

// Error is a call that failed. Its text is one line and holds no secret. errors.Is tells its class (see
// [ErrNotFound] and its neighbours) and finds the cause: a context error, a network error, io.ErrUnexpectedEOF
// for an answer that broke off on every attempt, or for a status the gophercloud.ErrUnexpectedResponseCode
// that code written for gophercloud looks for.
type Error struct {
	Service    string        // catalogue type, such as "compute"; host of the endpoint outside a catalogue
	Op         string        // the method that was called, such as "tenantusage.Projects"
	Method     string        // HTTP method
	Path       string        // path of the URL, without its query
	StatusCode int           // 0 when no answer came
	RequestID  string        // of the service's log; empty where it sent none
	Message    string        // the service's own words, or what went wrong here
	RetryAfter time.Duration // how long the service asked to wait; 0 if it did not
	Body       []byte        // first 4 KiB of an error's body

	cause   error
	header  http.Header
	refusal bool // a 401 by which the service refuses a valid token
	ended   bool // the caller's context is the cause
}

// Error is one line: the call, the status, the service's words and the request id.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Op != "" {
		b.WriteString(e.Op + ": ")
	}
	b.WriteString(e.Method + " " + e.Path)
	if e.StatusCode != 0 && e.StatusCode/100 != 2 {
		b.WriteString(strings.TrimRight(fmt.Sprintf(": %d %s", e.StatusCode, http.StatusText(e.StatusCode)), " "))
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	if e.RequestID != "" {
		b.WriteString(" (" + e.RequestID + ")")
	}
	return b.String()
}

// Is matches the class of the status.
func (e *Error) Is(target error) bool {
	class := statusClass(e.StatusCode)
	if e.refusal {
		class = ErrForbidden
	}
	return class != nil && class == target
}

// Unwrap gives the causes for errors.Is and errors.As.
func (e *Error) Unwrap() []error {
	var all []error
	if e.cause != nil {
		all = append(all, e.cause)
	}
	if e.StatusCode >= 300 {
		all = append(all, gophercloud.ErrUnexpectedResponseCode{
			URL: e.Path, Method: e.Method, Actual: e.StatusCode, Body: e.Body, ResponseHeader: e.header,
		})
	}
	return all
}

// LogValue is the error as attributes, for log/slog.
func (e *Error) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("service", e.Service),
		slog.String("op", e.Op),
		slog.String("method", e.Method),
		slog.String("path", e.Path),
		slog.Int("status", e.StatusCode),
		slog.String("request_id", e.RequestID),
		slog.String("message", e.Message),
	)
}

// because names the cause, and takes its text where the service said nothing.
func (e *Error) because(cause error) {
	e.cause = cause
	if e.Message == "" {
		e.Message = oneLine(cause)
	}
}

// interrupted names the end of the caller's context as the cause, or else what went wrong on the way.
func (e *Error) interrupted(ctx context.Context, err error) {
	ended := errs.Context(ctx)
	if e.ended = ended != nil; e.ended {
		err = ended
	}
	e.because(err)
}

// add names what went wrong when this failure was to be mended.
func (e *Error) add(cause error) {
	e.cause = cause
	if e.Message != "" {
		e.Message += "; "
	}
	e.Message += oneLine(cause)
}

// unless puts the end of the caller's context before the failure that it interrupted the repeating of.
func (e *Error) unless(ctx context.Context) error {
	ended := errs.Context(ctx)
	if ended == nil || e.ended {
		return e
	}
	before := e.Message
	e.Message = oneLine(ended)
	if before != "" {
		e.Message += "; before that: " + before
	}
	e.cause = errors.Join(ended, e.cause)
	e.ended = true
	return e
}

// oneLine is the text of a cause, which may be the caller's own, of a context that was cancelled with it.
func oneLine(cause error) string { return strings.Join(strings.Fields(cause.Error()), " ") }

func statusClass(status int) error {
	switch {
	case status == http.StatusBadRequest:
		return ErrBadRequest
	case status == http.StatusUnauthorized:
		return ErrUnauthorized
	case status == http.StatusForbidden:
		return ErrForbidden
	case status == http.StatusNotFound, status == http.StatusGone:
		return ErrNotFound
	case status == http.StatusConflict:
		return ErrConflict
	case status == http.StatusRequestEntityTooLarge:
		return ErrTooLarge
	case status == http.StatusTooManyRequests:
		return ErrRateLimited
	case status >= 500:
		return ErrServer
	}
	return nil
}
