package meter

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
)

// unavailable is the answer of a service that does not have a part of the API. It is no [gophermeter.ErrNotFound],
// although 404 and 410 are elsewhere: nothing was looked for.
type unavailable struct {
	why   string
	cause error
}

func (e *unavailable) Error() string {
	return errs.ErrUnsupported.Error() + ": " + e.why + ": " + e.cause.Error()
}

// Unwrap gives the class alone; the call that failed is for errors.As.
func (e *unavailable) Unwrap() error { return errs.ErrUnsupported }

// As finds the call that failed.
func (e *unavailable) As(target any) bool { return errors.As(e.cause, target) }

// explained says what is behind answers that mean more than their status.
func explained(r gophermeter.Request, err error) error {
	switch status(err) {
	case http.StatusGone:
		return &unavailable{"this Ceilometer keeps its samples in Gnocchi, the metric service", err}
	case http.StatusPermanentRedirect:
		return &unavailable{"this Ceilometer leaves its events to Panko, which the catalogue does not have" +
			` (gophermeter.WithEndpoint("event", url) says where it is)`, err}
	case http.StatusNotFound:
		if !single(r.Path) || r.Path[0] == "events" && !says(err, r.Path[1]) {
			return &unavailable{"this service has no " + r.Path[0], err}
		}
	}
	return err
}

// single tells of a path that names one thing, which may not be there. Any other 404 is the router's.
func single(path []string) bool {
	return len(path) == 2 && (path[0] == "samples" || path[0] == "resources" || path[0] == "events")
}

// says tells whether the service's own words hold a text.
func says(err error, text string) bool {
	var e *gophermeter.Error
	return errors.As(err, &e) && strings.Contains(e.Message, text)
}

// knowsNo tells of an argument that this release does not have.
func knowsNo(err error, argument string) bool {
	return status(err) == http.StatusBadRequest && says(err, `Unknown argument: "`+argument+`"`)
}

func unsupported(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errs.ErrUnsupported, fmt.Sprintf(format, args...))
}
