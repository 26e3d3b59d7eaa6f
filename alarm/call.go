package alarm

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
)

// call sends a request and hands the whole body to decode, which may be nil.
func (c *Client) call(ctx context.Context, r gophermeter.Request, decode func(body []byte) error) error {
	return c.explained(c.service.Read(ctx, r, func(_ http.Header, body []byte) error {
		if decode == nil {
			return nil
		}
		return decode(body)
	}))
}

// fetch is call for an answer of one type.
func fetch[T any](ctx context.Context, c *Client, r gophermeter.Request, decode func([]byte) (T, error)) (v T, err error) {
	err = c.call(ctx, r, func(body []byte) (err error) {
		v, err = decode(body)
		return err
	})
	if err != nil {
		var none T
		return none, err
	}
	return v, nil
}

// explained names what is behind the answers of a Ceilometer that has no alarms any more.
func (c *Client) explained(err error) error {
	switch status(err) {
	case http.StatusPermanentRedirect:
		return fmt.Errorf("%w: this %s leaves its alarms to Aodh, which the catalogue does not have"+
			` (gophermeter.WithEndpoint("alarm", url) says where it is): %w`, errs.ErrUnsupported, c.dialect, err)
	case http.StatusGone:
		return fmt.Errorf("%w: this %s has no alarms: %w", errs.ErrUnsupported, c.dialect, err)
	}
	return err
}

// only refuses what is Aodh's alone.
func (c *Client) only(what string) error {
	if c.dialect == Aodh {
		return nil
	}
	return unsupported("%s has no %s, Aodh does", c.dialect, what)
}

func unsupported(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errs.ErrUnsupported, fmt.Sprintf(format, args...))
}

// status is that of a failed call; 0 where there was none.
func status(err error) int {
	var e *gophermeter.Error
	if errors.As(err, &e) {
		return e.StatusCode
	}
	return 0
}

// says tells whether the service's own words hold all of the texts.
func says(err error, texts ...string) bool {
	var e *gophermeter.Error
	if !errors.As(err, &e) {
		return false
	}
	for _, text := range texts {
		if !strings.Contains(e.Message, text) {
			return false
		}
	}
	return true
}

// ambiguous tells of a failure that leaves open whether the service acted.
func ambiguous(ctx context.Context, err error) bool {
	var e *gophermeter.Error
	if ctx.Err() != nil || !errors.As(err, &e) {
		return false
	}
	return e.StatusCode == 0 || e.StatusCode/100 == 2 || e.StatusCode == http.StatusRequestTimeout || e.StatusCode >= 500
}

// alarmPath is below /v2. An empty id would be the list.
func alarmPath(alarmID string, below ...string) ([]string, error) {
	if alarmID == "" {
		return nil, errs.Invalid("alarmID", "is empty")
	}
	return append([]string{"alarms", alarmID}, below...), nil
}
