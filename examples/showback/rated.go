package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/examples/internal/period"
	"github.com/gophermeter/gophermeter/rating"
)

// standing is how far CloudKitty has come, and what it was told to rate again. Nil is what only administrators of storage v2
// may see.
type standing struct {
	scopes []rating.Scope
	tasks  []rating.Reprocess
}

// ask makes sure that the caller may read what is asked for, and how far CloudKitty has come with it, before the frames,
// since it goes on while they are read.
func (c *cloud) ask(ctx context.Context, client *rating.Client, w gophermeter.Window, projectID string) (s standing, err error) {
	// Frames of all projects are, for a member, those of his own, without a word; of another's they are none. Reports
	// are refused.
	may := rating.ReportOptions{Window: gophermeter.Window{Start: w.Start, End: w.Start.Add(time.Hour)}, ProjectID: projectID, AllProjects: projectID == ""}
	if _, err := client.ReportSummaries(may).Collect(ctx); err != nil {
		return s, err
	}
	var which rating.ScopeOptions
	if projectID != "" {
		which.IDs = []string{projectID}
	}
	s.scopes, err = client.Scopes(which).Collect(ctx)
	switch {
	case projectID != "" && (errors.Is(err, gophermeter.ErrForbidden) || errors.Is(err, gophermeter.ErrUnsupported)):
		return s, nil
	case errors.Is(err, gophermeter.ErrUnsupported):
		c.notice("this CloudKitty does not tell how far it has rated: the last cost of some project may be missing")
		return s, nil
	case errors.Is(err, gophermeter.ErrServer): // one that CloudKitty itself cannot read makes the whole list fail
		c.notice("how far CloudKitty has rated cannot be read: %v", err)
	case err != nil:
		return s, err
	}
	s.tasks, err = tasks(ctx, client, projectID)
	return s, err
}

// tasks to rate again, in the order of their creation. Where they cannot be read there are none.
func tasks(ctx context.Context, client *rating.Client, projectID string) ([]rating.Reprocess, error) {
	var which rating.ReprocessOptions
	if projectID != "" {
		which.ScopeIDs = []string{projectID}
	}
	all, err := client.Reprocesses(which).Collect(ctx)
	for _, harmless := range []error{gophermeter.ErrForbidden, gophermeter.ErrUnsupported, gophermeter.ErrServer} {
		if errors.Is(err, harmless) {
			return nil, nil
		}
	}
	return all, err
}

// ratedAgain looks for what was rated again while it was read: CloudKitty takes such points away first.
func (c *cloud) ratedAgain(k *costs, w gophermeter.Window, before, after []rating.Reprocess) {
	of := map[string]bool{}
	from := w.End
	for i := range after {
		t := &after[i]
		settled := i < len(before) && before[i].Done()
		if settled || !t.Window.Start.Before(w.End) || t.Window.End.Before(w.Start) {
			continue
		}
		of[c.names.Name(t.ScopeID)] = true
		if t.Window.Start.Before(from) {
			from = t.Window.Start
		}
	}
	if len(of) == 0 {
		return
	}
	c.notice("cost from %s on is not final: CloudKitty was rating %s again while it was read", period.Clock(from, c.o.Zone), some(of))
	if from.Before(w.Start) {
		from = w.Start
	}
	if from.Before(k.until) {
		k.until = from
	}
}

// usualPeriod is CloudKitty's own, where no point tells how long the periods are.
const usualPeriod = time.Hour

// ratedUntil is up to when all is rated that will be: by the scopes that are rated and matter, else, of one project, by the
// last period that something was rated in. Of several that tells nothing, for one of them may be further than others.
func (c *cloud) ratedUntil(k *costs, w gophermeter.Window, scopes []rating.Scope, rows []row) {
	matters := c.matters(k, rows)
	found, behind := false, map[string]bool{}
	last := w.End
	for i := range scopes {
		s := &scopes[i]
		if !s.Active || !matters(s) {
			continue
		}
		found = true
		end := s.LastProcessed.Add(cmp.Or(k.period, usualPeriod))
		if end.Before(w.End) {
			behind[c.names.Name(s.ID)] = true
		}
		if end.Before(last) {
			last = end
		}
	}
	if !found && !k.last.IsZero() && k.last.Before(w.End) {
		last = k.last
		c.notice("nothing is rated after %s so far", period.Clock(last, c.o.Zone))
	}
	if len(behind) > 0 {
		c.notice("cost is rated up to %s only: CloudKitty has not come further with %s", period.Clock(last, c.o.Zone), some(behind))
	}
	if last.Before(w.Start) {
		last = w.Start
	}
	if found || c.o.project != "" && !k.last.IsZero() {
		k.until = last
	}
}

// matters tells which scopes have to be rated. Those of projects that were deleted stay where they were for ever.
func (c *cloud) matters(k *costs, rows []row) func(*rating.Scope) bool {
	projects := maps.Clone(k.projects)
	for i := range rows {
		projects[rows[i].ProjectID] = true
	}
	return func(s *rating.Scope) bool {
		isProject := s.Key == "project_id" || s.Key == "tenant_id"
		return c.o.project != "" || c.names == nil || !isProject || c.names[s.ID] != "" || projects[s.ID]
	}
}

// some names a few of many.
func some(of map[string]bool) string {
	names := slices.Sorted(maps.Keys(of))
	if len(names) > 4 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:3], ", "), len(names)-3)
	}
	return strings.Join(names, ", ")
}
