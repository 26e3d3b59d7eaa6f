package rating

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
	"github.com/gophermeter/gophermeter/internal/wire"
)

// Reprocess is a task to delete what was rated of a scope in a window, and rate it again. It has no id: scope and
// window tell it from others.
//
// Source: CloudKitty, api/v2/task/reprocess.py.
type Reprocess struct {
	// ScopeID is a project's id unless the operator chose another key: [Scope.ID].
	ScopeID string
	// Reason that was given.
	Reason string
	// Window that is rated again, UTC.
	Window gophermeter.Window
	// Current is how far the task has come, UTC; zero where it has not begun.
	Current time.Time
}

// Done tells whether the whole window was rated again.
func (t *Reprocess) Done() bool { return !t.Current.IsZero() && !t.Current.Before(t.Window.End) }

// Progress is the part of the window that was rated again, from 0 to 1.
func (t *Reprocess) Progress() float64 {
	length := t.Window.Duration()
	if t.Current.IsZero() || length <= 0 {
		return 0
	}
	return min(max(float64(t.Current.Sub(t.Window.Start))/float64(length), 0), 1)
}

// ReprocessOptions say which tasks.
type ReprocessOptions struct {
	// ScopeIDs keeps the tasks of these scopes; empty keeps all.
	ScopeIDs []string
	// NewestFirst turns the order, which is that of their creation, round. A task that is created during such a walk of
	// several pages makes it an [gophermeter.ErrTruncated].
	NewestFirst bool
}

// Reprocesses are the tasks that were ever created, done or not. Administrators only; they came with release 16.
//
// API: GET /v2/task/reprocesses
func (c *Client) Reprocesses(o ReprocessOptions) *gophermeter.Pager[Reprocess] {
	for _, id := range o.ScopeIDs {
		if err := checkValue("ReprocessOptions.ScopeIDs", id, ","); err != nil {
			return gophermeter.FailedPager[Reprocess](err)
		}
	}
	r := gophermeter.Request{Op: "rating.Reprocesses", Path: []string{"task", "reprocesses"}, Query: o.query()}
	if len(o.ScopeIDs) > 0 {
		r.Query["scope_ids"] = slices.Clone(o.ScopeIDs)
	}
	return c.reprocesses(r)
}

// ScopeReprocesses are the tasks of one scope in the order of their creation. Administrators only.
//
// API: GET /v2/task/reprocesses/{scope_id}
func (c *Client) ScopeReprocesses(scopeID string) *gophermeter.Pager[Reprocess] {
	if err := checkValue("scopeID", scopeID, ","); err != nil {
		return gophermeter.FailedPager[Reprocess](err)
	}
	return c.reprocesses(c.scopeTasks("rating.ScopeReprocesses", scopeID))
}

// scopeTasks asks for the tasks of a scope. An id with a slash has no place in a path.
func (c *Client) scopeTasks(op, scopeID string) gophermeter.Request {
	r := gophermeter.Request{Op: op, Path: []string{"task", "reprocesses"}, Query: ReprocessOptions{}.query()}
	if !fitsPath(scopeID) {
		r.Query.Set("scope_ids", scopeID)
	} else {
		r.Path = append(r.Path, scopeID)
	}
	return r
}

func (o ReprocessOptions) query() url.Values {
	if o.NewestFirst {
		return url.Values{"order": {"desc"}} // in capitals it is a 500 before release 20
	}
	return url.Values{"order": {"asc"}}
}

func (c *Client) reprocesses(r gophermeter.Request) *gophermeter.Pager[Reprocess] {
	return gophermeter.NewPager(func(ctx context.Context) iter.Seq2[[]Reprocess, error] {
		return func(yield func([]Reprocess, error) bool) {
			var before []Reprocess
			for page, err := range listV2(ctx, c, r, false, readReprocess) {
				if err == nil && r.Query.Get("order") == "desc" && shifted(before, page) {
					page, err = nil, fmt.Errorf("%w: %s: a task was created during the walk", errs.ErrTruncated, r.Op)
				}
				before = slices.Clone(page) // which is the caller's from here on
				if !yield(page, err) || err != nil {
					return
				}
			}
		}
	})
}

// shifted tells whether a page begins with what the one before it ended with. Tasks go on meanwhile. Two of the same scope,
// window and reason that were created one after the other look just so where a page ends between them: rather an error
// too many than a task twice.
func shifted(before, page []Reprocess) bool {
	same := func(a, b Reprocess) bool {
		return a.ScopeID == b.ScopeID && a.Reason == b.Reason && a.Window == b.Window
	}
	for n := 1; n <= min(len(before), len(page)); n++ {
		if slices.EqualFunc(before[len(before)-n:], page[:n], same) {
			return true
		}
	}
	return false
}

// GetReprocess is the newest task of a scope and a window, which are those it was created with. Administrators only.
//
// API: GET /v2/task/reprocesses/{scope_id}
func (c *Client) GetReprocess(ctx context.Context, scopeID string, w gophermeter.Window) (Reprocess, error) {
	return c.reprocess(ctx, "rating.GetReprocess", scopeID, w)
}

func (c *Client) reprocess(ctx context.Context, op, scopeID string, w gophermeter.Window) (task Reprocess, err error) {
	if err := checkValue("scopeID", scopeID, ","); err != nil {
		return task, err
	}
	if err := checkWindow(w); err != nil {
		return task, err
	}
	found := false
	for page, err := range listV2(ctx, c, c.scopeTasks(op, scopeID), false, readReprocess) {
		if err != nil {
			return Reprocess{}, err
		}
		for _, t := range page {
			if t.ScopeID == scopeID && t.Window.Start.Equal(w.Start) && t.Window.End.Equal(w.End) {
				task, found = t, true
			}
		}
	}
	if !found {
		return task, fmt.Errorf("%w: %s: scope %q has no task for %s", errs.ErrNotFound, op, scopeID, w)
	}
	return task, nil
}

// ReprocessCreate is a new task, for each of its scopes.
type ReprocessCreate struct {
	// ScopeIDs of the scopes; or All.
	ScopeIDs []string
	// All are the active scopes.
	All bool
	// Window is rated again. It must be whole rating periods, all of which were rated before, and end no later than
	// Scope.LastProcessed: the newest period can be rated again when the next one has been rated; with [WithPeriod] that is
	// checked before it is sent, and from release 18 on by CloudKitty.
	Window gophermeter.Window
	// Reason is required, and kept with the task.
	Reason string
}

// allScopes is CloudKitty's word for all.
const allScopes = "ALL"

// CreateReprocess has what was rated in a window deleted and rated again, with the prices of now: from release 23 on
// only by rules that are valid in the window. It happens in the background, and [Client.WaitReprocess] waits for it.
// CloudKitty 17 rates the period that begins at the end of the window again as well. There is no way to cancel it.
// Administrators only; it came with release 16. A window that touches one that is not
// done is [gophermeter.ErrBadRequest].
//
// API: POST /v2/task/reprocesses
func (c *Client) CreateReprocess(ctx context.Context, t ReprocessCreate) error {
	if err := c.checkReprocess(t); err != nil {
		return err
	}
	ids := t.ScopeIDs
	if t.All {
		ids = []string{allScopes}
	}
	return c.readV2(ctx, gophermeter.Request{
		Op: "rating.CreateReprocess", Method: http.MethodPost, Path: []string{"task", "reprocesses"},
		Repeat: gophermeter.RepeatUnprocessed,
		Body: body(struct {
			ScopeIDs []string `json:"scope_ids"`
			Start    string   `json:"start_reprocess_time"`
			End      string   `json:"end_reprocess_time"`
			Reason   string   `json:"reason"`
		}{ids, wire.FormatRFC3339(t.Window.Start), wire.FormatRFC3339(t.Window.End), t.Reason}),
	}, nil)
}

func (c *Client) checkReprocess(t ReprocessCreate) error {
	for _, id := range t.ScopeIDs {
		if err := checkValue("ReprocessCreate.ScopeIDs", id, ","); err != nil {
			return err
		}
		if id == allScopes {
			return errs.Invalid("ReprocessCreate.ScopeIDs", "%q is all scopes: set All", id)
		}
	}
	if t.All == (len(t.ScopeIDs) > 0) {
		return errs.Invalid("ReprocessCreate", "needs ScopeIDs or All, and not both")
	}
	if strings.TrimSpace(t.Reason) == "" {
		return errs.Invalid("ReprocessCreate.Reason", "is empty")
	}
	if err := checkWindow(t.Window); err != nil {
		return err
	}
	if err := c.aligned("ReprocessCreate.Window.Start", t.Window.Start); err != nil {
		return err
	}
	return c.aligned("ReprocessCreate.Window.End", t.Window.End)
}

// pollEvery is how often a task that is waited for is looked at.
const pollEvery = 10 * time.Second

// WaitReprocess waits until a task is done, and gives it. Each look at it is told to progress, which may be nil; a task
// of many periods takes hours, so ctx should say how long. Administrators only.
//
// API: GET /v2/task/reprocesses/{scope_id}
func (c *Client) WaitReprocess(ctx context.Context, scopeID string, w gophermeter.Window, progress func(Reprocess)) (Reprocess, error) {
	const op = "rating.WaitReprocess"
	pause := time.NewTicker(pollEvery)
	defer pause.Stop()
	for {
		t, err := c.reprocess(ctx, op, scopeID, w)
		if err != nil {
			return Reprocess{}, err
		}
		if progress != nil {
			progress(t)
		}
		if t.Done() {
			return t, nil
		}
		select {
		case <-pause.C:
		case <-ctx.Done():
			return Reprocess{}, fmt.Errorf("%s: %.0f %% done: %w", op, 100*t.Progress(), errs.Context(ctx))
		}
	}
}

func readReprocess(r *jsonstream.Reader) (t Reprocess, err error) {
	err = r.Object(func(name []byte) (err error) {
		switch string(name) {
		case "scope_id":
			t.ScopeID, err = r.Intern()
		case "reason":
			t.Reason, err = r.Intern()
		case "start_reprocess_time":
			t.Window.Start, err = r.Time()
		case "end_reprocess_time":
			t.Window.End, err = r.Time()
		case "current_reprocess_time":
			t.Current, err = r.Time()
		}
		return err
	})
	return t, err
}
