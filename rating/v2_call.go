package rating

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
)

// readV2 sends a request to v2 and hands the whole body to decode, which may be nil.
func (c *Client) readV2(ctx context.Context, r gophermeter.Request, decode func(body []byte) error) error {
	return explainedV2(c.v2.Read(ctx, r, func(_ http.Header, body []byte) error {
		if decode == nil {
			return nil
		}
		return decode(body)
	}))
}

// explainedV2 says of a refusal that the release, and not the request, is to blame.
func explainedV2(err error) error {
	switch {
	case missingV2(err):
		return fmt.Errorf("%w: this cloud does not serve it (storage v1, or a release before it came): %w", errs.ErrUnsupported, err)
	case refusedV2(err, http.StatusBadRequest, "extra keys not allowed"):
		return fmt.Errorf("%w: this release does not know one of the names that were sent: %w", errs.ErrUnsupported, err)
	}
	return err
}

// mayRead is [gophermeter.ErrForbidden] where the caller may not see a project. API v2 does not say so: it answers for
// his own, and so with nothing where that has nothing. API v1 looks at the project even for a second long ago.
func (c *Client) mayRead(ctx context.Context, op, project string) error {
	if project == c.project {
		return nil
	}
	return call(ctx, c.v1, gophermeter.Request{Op: op, Path: []string{"storage", "dataframes"}, Query: url.Values{
		"begin": {"2001-01-01T00:00:00"}, "end": {"2001-01-01T00:00:01"}, "tenant_id": {project},
	}})
}

// nothing is how v2 says that a list has no rows.
const nothing = "No resource found for provided filters"

// emptyV2 tells of a 404 that is an empty list.
func emptyV2(err error) bool { return refusedV2(err, http.StatusNotFound, nothing) }

// missingV2 tells of a path or a method that is not there. A thing that is not found says so in JSON, a path in HTML or
// in words about its URL.
func missingV2(err error) bool {
	var e *gophermeter.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.StatusCode {
	case http.StatusMethodNotAllowed:
		return true
	case http.StatusNotFound:
		return !bytes.HasPrefix(bytes.TrimSpace(e.Body), []byte("{")) || strings.Contains(e.Message, "requested URL was not found")
	}
	return false
}

// refusedV2 tells of a status with these words.
func refusedV2(err error, status int, words string) bool {
	var e *gophermeter.Error
	return errors.As(err, &e) && e.StatusCode == status && strings.Contains(e.Message, words)
}

// checkWindow refuses what CloudKitty would read as another window.
func checkWindow(w gophermeter.Window) error {
	if err := w.Check(); err != nil {
		return err
	}
	if w.Start.Nanosecond() != 0 || w.End.Nanosecond() != 0 {
		return errs.Invalid("Window", "%s has fractions of a second, which CloudKitty drops", w)
	}
	return nil
}

// checkValue refuses a text that has no place in a list that is separated by commas.
func checkValue(field, value, without string) error {
	switch {
	case strings.TrimSpace(value) == "":
		return errs.Invalid(field, "is empty")
	case strings.ContainsAny(value, without):
		return errs.Invalid(field, "%q has one of %q, and CloudKitty knows no escape for them", value, without)
	}
	return nil
}
