package rating

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/wire"
)

// ScopeUpdate is what is changed of a scope. What is empty or nil stays as it is.
type ScopeUpdate struct {
	// Key, Fetcher and Collector take the place of those that the scope has.
	Key, Fetcher, Collector string
	// Active starts and ends the rating of the scope.
	Active *bool
}

// UpdateScope changes a scope. Administrators only; it came with release 16. An id that several scopes have is
// [gophermeter.ErrNotFound], in CloudKitty's words.
//
// Release 17 stores the change and then fails to answer. So after a 500 the scope is read again, and where it is as it
// was asked to be there is no error.
//
// API: PATCH /v2/scope
//
// API: GET /v2/scope
func (c *Client) UpdateScope(ctx context.Context, scopeID string, u ScopeUpdate) (Scope, error) {
	const op = "rating.UpdateScope"
	switch err := checkValue("scopeID", scopeID, ","); {
	case err != nil:
		return Scope{}, err
	case u == ScopeUpdate{}:
		return Scope{}, errs.Invalid("ScopeUpdate", "changes nothing")
	}
	r := gophermeter.Request{Op: op, Method: http.MethodPatch, Path: []string{"scope"}, Body: body(struct {
		ID        string `json:"scope_id"`
		Key       string `json:"scope_key,omitempty"`
		Fetcher   string `json:"fetcher,omitempty"`
		Collector string `json:"collector,omitempty"`
		Active    *bool  `json:"active,omitempty"` // null deactivates
	}{scopeID, u.Key, u.Fetcher, u.Collector, u.Active})}
	updated, err := c.writtenScope(ctx, r)
	if refusedV2(err, http.StatusInternalServerError, "Internal Server Error") {
		if now, again := c.scope(ctx, op, scopeID); again == nil && u.done(now) {
			return now, nil
		}
	}
	return updated, err
}

// done tells whether a scope is as the update wants it.
func (u ScopeUpdate) done(s Scope) bool {
	as := func(wanted, is string) bool { return wanted == "" || wanted == is }
	return as(u.Key, s.Key) && as(u.Fetcher, s.Fetcher) && as(u.Collector, s.Collector) && (u.Active == nil || *u.Active == s.Active)
}

// ScopeCreate is a new scope. All of it is required: a scope that lacks one of the first four makes CloudKitty fail
// whenever it lists scopes, for everybody.
type ScopeCreate struct {
	// ID is that of the project, or another value of Key.
	ID string
	// Key is the attribute that holds it, such as project_id.
	Key string
	// Fetcher and Collector as the operator configured them, such as keystone and gnocchi.
	Fetcher, Collector string
	// LastProcessed is where rating begins: all periods of the scope are counted from it. With [WithPeriod] it must be the
	// start of a period.
	LastProcessed time.Time
}

// CreateScope adds a scope, which is active. One with the id of another, active or not, is [gophermeter.ErrConflict].
// Administrators only. Releases 17 to 23 have the call and cannot do it: they answer 500, or do not know what they are
// sent, which is [gophermeter.ErrUnsupported].
//
// API: POST /v2/scope
//
// API: GET /v2/scope
func (c *Client) CreateScope(ctx context.Context, s ScopeCreate) (Scope, error) {
	const op = "rating.CreateScope"
	for _, field := range []struct{ name, value string }{
		{"ID", s.ID}, {"Key", s.Key}, {"Fetcher", s.Fetcher}, {"Collector", s.Collector},
	} {
		if err := checkValue("ScopeCreate."+field.name, field.value, ","); err != nil {
			return Scope{}, err
		}
	}
	if err := c.periodStart("ScopeCreate.LastProcessed", s.LastProcessed); err != nil {
		return Scope{}, err
	}
	switch old, err := c.scope(ctx, op, s.ID); {
	case err == nil:
		return Scope{}, fmt.Errorf("%w: %s: scope %q exists (active: %v)", errs.ErrConflict, op, old.ID, old.Active)
	case errors.Is(err, errs.ErrAmbiguous):
		return Scope{}, fmt.Errorf("%w: %w", errs.ErrConflict, err)
	case !errors.Is(err, errs.ErrNotFound) || errors.Is(err, errs.ErrUnsupported):
		return Scope{}, err
	}
	r := gophermeter.Request{Op: op, Method: http.MethodPost, Path: []string{"scope"}, Repeat: gophermeter.RepeatUnprocessed, Body: body(struct {
		ID            string `json:"scope_id"`
		Key           string `json:"scope_key"`
		Fetcher       string `json:"fetcher"`
		Collector     string `json:"collector"`
		Active        bool   `json:"active"`
		LastProcessed string `json:"last_processed_timestamp"`
	}{s.ID, s.Key, s.Fetcher, s.Collector, true, wire.FormatRFC3339(s.LastProcessed)})}
	created, err := c.writtenScope(ctx, r)
	if refusedV2(err, http.StatusNotFound, "already existing scope_id") {
		err = fmt.Errorf("%w: %w", errs.ErrConflict, err)
	}
	return created, err
}

// writtenScope sends a change and reads the scope that is answered.
func (c *Client) writtenScope(ctx context.Context, r gophermeter.Request) (s Scope, err error) {
	err = c.readV2(ctx, r, func(body []byte) (err error) {
		s, err = decode(body, readScope)
		return err
	})
	if err != nil {
		return Scope{}, err
	}
	return s, nil
}
