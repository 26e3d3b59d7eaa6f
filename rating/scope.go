package rating

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// Scope is what CloudKitty rates on its own, mostly a project, and how far it has come with it.
//
// Source: CloudKitty, api/v2/scope/state.py.
type Scope struct {
	// ID of the scope: a project's id unless Key says otherwise.
	ID string
	// Key is the attribute that ID is a value of: project_id unless the operator chose another.
	Key string
	// Fetcher is what found the scope, such as keystone or gnocchi.
	Fetcher string
	// Collector is where its metrics come from, such as gnocchi or prometheus.
	Collector string
	// LastProcessed is the start of the last rated period, UTC. That period and what is before it are on the bill, so a
	// month is when this and one period reach its end. Releases before 15 call it state.
	LastProcessed time.Time
	// Active scopes are rated. All are on releases before 16.
	Active bool
	// ToggledAt is when Active was changed last, UTC; zero where it never was, and on releases before 16.
	ToggledAt time.Time
}

// ScopeOptions keep scopes that have one of the values of each list; an empty list keeps all.
type ScopeOptions struct {
	// IDs, Keys, Fetchers and Collectors are exact, and cannot have commas.
	IDs, Keys, Fetchers, Collectors []string
	// Active keeps those that are rated, or not; nil is both. Releases before 16 have no such filter, which is
	// [gophermeter.ErrUnsupported].
	Active *bool
}

// Scopes are those that CloudKitty knows. Administrators only. A row that was stored without key, fetcher or
// collector, as releases can be made to do, makes the whole list a 500.
//
// API: GET /v2/scope
func (c *Client) Scopes(o ScopeOptions) *gophermeter.Pager[Scope] {
	if err := o.check("ScopeOptions."); err != nil {
		return gophermeter.FailedPager[Scope](err)
	}
	o.IDs = slices.Clone(o.IDs)
	return gophermeter.NewPager(func(ctx context.Context) iter.Seq2[[]Scope, error] {
		return c.scopes(ctx, "rating.Scopes", o)
	})
}

// GetScope is the scope of an id. Administrators only. Where an id was found by several fetchers it is
// [gophermeter.ErrAmbiguous], and Scopes lists them.
//
// API: GET /v2/scope
func (c *Client) GetScope(ctx context.Context, scopeID string) (Scope, error) {
	return c.scope(ctx, "rating.GetScope", scopeID)
}

func (c *Client) scope(ctx context.Context, op, scopeID string) (Scope, error) {
	if err := checkValue("scopeID", scopeID, ","); err != nil {
		return Scope{}, err
	}
	var found []Scope
	for page, err := range c.scopes(ctx, op, ScopeOptions{IDs: []string{scopeID}}) {
		if err != nil {
			return Scope{}, err
		}
		found = append(found, page...)
	}
	switch len(found) {
	case 0:
		return Scope{}, fmt.Errorf("%w: %s: no scope %q", errs.ErrNotFound, op, scopeID)
	case 1:
		return found[0], nil
	}
	return Scope{}, fmt.Errorf("%w: %s: %d scopes have the id %q", errs.ErrAmbiguous, op, len(found), scopeID)
}

func (o *ScopeOptions) check(in string) error {
	for _, list := range []struct {
		field  string
		values []string
	}{
		{"IDs", o.IDs}, {"Keys", o.Keys}, {"Fetchers", o.Fetchers}, {"Collectors", o.Collectors},
	} {
		for _, value := range list.values {
			if err := checkValue(in+list.field, value, ","); err != nil {
				return err
			}
		}
	}
	return nil
}

// idsAtOnce bounds the length of a URL: uwsgi takes 4 KiB unless it is told otherwise.
const idsAtOnce = 50

// scopes walks the list, for some of the ids at a time where there are many.
func (c *Client) scopes(ctx context.Context, op string, o ScopeOptions) iter.Seq2[[]Scope, error] {
	return func(yield func([]Scope, error) bool) {
		some := [][]string{nil}
		if len(o.IDs) > 0 {
			unique := slices.Compact(slices.Sorted(slices.Values(o.IDs)))
			some = slices.Collect(slices.Chunk(unique, idsAtOnce))
		}
		for _, ids := range some {
			for page, err := range listV2(ctx, c, gophermeter.Request{Op: op, Path: []string{"scope"}, Query: o.query(ids)}, true, readScope) {
				if !yield(page, err) || err != nil {
					return
				}
			}
		}
	}
}

func (o *ScopeOptions) query(ids []string) url.Values {
	q := url.Values{}
	for name, values := range map[string][]string{"scope_id": ids, "scope_key": o.Keys, "fetcher": o.Fetchers, "collector": o.Collectors} {
		if len(values) > 0 {
			q[name] = slices.Clone(values)
		}
	}
	if o.Active != nil {
		q.Set("active", map[bool]string{false: "0", true: "1"}[*o.Active]) // "true" is a 400
	}
	return q
}

func readScope(r *jsonstream.Reader) (Scope, error) {
	s := Scope{Active: true}
	err := r.Object(func(name []byte) (err error) {
		switch string(name) {
		case "scope_id":
			s.ID, err = r.String()
		case "scope_key":
			s.Key, err = r.Intern()
		case "fetcher":
			s.Fetcher, err = r.Intern()
		case "collector":
			s.Collector, err = r.Intern()
		case "last_processed_timestamp":
			s.LastProcessed, err = r.Time()
		case "state":
			var state time.Time
			if state, err = r.Time(); s.LastProcessed.IsZero() {
				s.LastProcessed = state
			}
		case "active":
			s.Active, err = r.Bool()
		case "scope_activation_toggle_date":
			s.ToggledAt, err = r.Time()
		}
		return err
	})
	return s, err
}
