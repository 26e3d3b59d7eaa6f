package rating

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/wire"
)

// ScopeReset says which scopes are rated anew, and from when on.
type ScopeReset struct {
	// IDs of the scopes, each of which must exist and be active; or All.
	IDs []string
	// All are the active scopes.
	All bool
	// Keys, Fetchers and Collectors narrow that down to scopes with one of these values; empty does not.
	Keys, Fetchers, Collectors []string
	// LastProcessed is what the scopes go back to. Rated data from there on are deleted, and rated again with the
	// prices of now. With [WithPeriod] it must be the start of a period.
	LastProcessed time.Time
}

// resetAtOnce is how many scopes CloudKitty resets by one call. It says nothing of the others.
const resetAtOnce = 100

// ResetScopes takes the rating of scopes back to an earlier time, in as many calls as it takes for CloudKitty's 100
// scopes each. The scopes are looked up before the first call: one that is unknown or not active, which CloudKitty
// would pass over, is [gophermeter.ErrNotFound] and nothing is reset; so it is with All where there are none. CloudKitty
// deletes and rates in the background; [Client.Scopes] shows how far it is. Administrators only.
//
// To rate a window anew and keep what is after it there is [Client.CreateReprocess].
//
// API: PUT /v2/scope
//
// API: GET /v2/scope
func (c *Client) ResetScopes(ctx context.Context, reset ScopeReset) error {
	const op = "rating.ResetScopes"
	scopes, err := c.resettable(ctx, op, reset)
	if err != nil {
		return err
	}
	done := 0
	for _, ids := range resetBatches(scopes) {
		members := map[string]any{"scope_id": ids, "last_processed_timestamp": wire.FormatRFC3339(reset.LastProcessed)}
		for name, values := range map[string][]string{"scope_key": reset.Keys, "fetcher": reset.Fetchers, "collector": reset.Collectors} {
			if len(values) > 0 {
				members[name] = values
			}
		}
		r := gophermeter.Request{Op: op, Method: http.MethodPut, Path: []string{"scope"}, Body: body(members)}
		err := c.readV2(ctx, r, nil)
		if refusedV2(err, http.StatusBadRequest, "last_processed_timestamp") && refusedV2(err, http.StatusBadRequest, "extra keys") {
			members["state"] = members["last_processed_timestamp"] // releases before 15
			delete(members, "last_processed_timestamp")
			r.Body = body(members)
			err = c.readV2(ctx, r, nil)
		}
		if err != nil {
			return fmt.Errorf("%d of %d scopes are reset: %w", done, len(scopes), err)
		}
		done += len(ids)
	}
	return nil
}

// resettable looks the scopes up.
func (c *Client) resettable(ctx context.Context, op string, reset ScopeReset) ([]Scope, error) {
	o := ScopeOptions{IDs: reset.IDs, Keys: reset.Keys, Fetchers: reset.Fetchers, Collectors: reset.Collectors}
	switch err := o.check("ScopeReset."); {
	case err != nil:
		return nil, err
	case reset.All == (len(reset.IDs) > 0):
		return nil, errs.Invalid("ScopeReset", "needs IDs or All, and not both")
	}
	if err := c.periodStart("ScopeReset.LastProcessed", reset.LastProcessed); err != nil {
		return nil, err
	}
	found := map[string]bool{}
	var scopes []Scope
	for page, err := range c.scopes(ctx, op, o) {
		if err != nil {
			return nil, err
		}
		for _, s := range page {
			if s.Active {
				found[s.ID] = true
				scopes = append(scopes, s)
			}
		}
	}
	for _, id := range reset.IDs {
		if !found[id] {
			return nil, fmt.Errorf("%w: %s: no active scope %q: none of the scopes is reset", errs.ErrNotFound, op, id)
		}
	}
	for _, s := range scopes {
		// Its database may take letters in upper and lower case for the same, and a reset deletes.
		if !reset.All && !slices.Contains(reset.IDs, s.ID) {
			return nil, fmt.Errorf("%w: %s: CloudKitty would reset %q too: none of the scopes is reset", errs.ErrAmbiguous, op, s.ID)
		}
	}
	if len(scopes) == 0 {
		return nil, fmt.Errorf("%w: %s: no active scope is what was asked for", errs.ErrNotFound, op)
	}
	return scopes, nil
}

// resetBatches are the ids of the calls. An id that several scopes share counts once for each of them.
func resetBatches(scopes []Scope) (batches [][]string) {
	sorted := slices.SortedFunc(slices.Values(scopes), func(a, b Scope) int { return cmp.Compare(a.ID, b.ID) })
	var batch []string
	rows := 0
	for i := 0; i < len(sorted); {
		same := 1
		for i+same < len(sorted) && sorted[i+same].ID == sorted[i].ID {
			same++
		}
		if len(batch) > 0 && rows+same > resetAtOnce {
			batches, batch, rows = append(batches, batch), nil, 0
		}
		batch = append(batch, sorted[i].ID)
		rows += same
		i += same
	}
	if len(batch) > 0 {
		batches = append(batches, batch)
	}
	return batches
}

// periodStart refuses what LastProcessed of a scope cannot be.
func (c *Client) periodStart(field string, t time.Time) error {
	switch {
	case t.IsZero():
		return errs.Invalid(field, "is not set")
	case t.Nanosecond() != 0:
		return errs.Invalid(field, "has a fraction of a second, which CloudKitty drops")
	}
	return c.aligned(field, t)
}

// aligned refuses a time that starts no rating period, where the period is known.
func (c *Client) aligned(field string, t time.Time) error {
	seconds := int64(c.period / time.Second)
	if seconds > 0 && t.Unix()%seconds != 0 {
		return errs.Invalid(field, "%s starts no rating period of %s", t.UTC().Format(time.RFC3339), c.period)
	}
	return nil
}
