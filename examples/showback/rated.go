package main

import (
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

// askScopes makes sure that the caller may read what is asked for, and reads how far CloudKitty has come with it, before
// the frames, since it goes on while they are read. Nil is what only administrators of storage v2 may see.
func (c *cloud) askScopes(ctx context.Context, client *rating.Client, w gophermeter.Window, projectID string) ([]rating.Scope, error) {
	// Frames of all projects are, for a member, those of his own, without a word; of another's they are none. Reports
	// are refused.
	may := rating.ReportOptions{Window: gophermeter.Window{Start: w.Start, End: w.Start.Add(time.Hour)}, ProjectID: projectID, AllProjects: projectID == ""}
	if _, err := client.ReportSummaries(may).Collect(ctx); err != nil {
		return nil, err
	}
	var which rating.ScopeOptions
	if projectID != "" {
		which.IDs = []string{projectID}
	}
	scopes, err := client.Scopes(which).Collect(ctx)
	switch {
	case errors.Is(err, gophermeter.ErrForbidden) && projectID != "":
		return nil, nil
	case errors.Is(err, gophermeter.ErrUnsupported), errors.Is(err, gophermeter.ErrServer):
		return nil, nil // storage v1; a scope that CloudKitty itself cannot read
	}
	return scopes, err
}

// ratedUntil is up to when all is rated that will be: by the scopes that are rated and matter, else by the last period
// that something was rated in.
func (c *cloud) ratedUntil(k *costs, w gophermeter.Window, scopes []rating.Scope, rows []row) {
	matters := c.matters(k, rows)
	found, behind := false, map[string]bool{}
	k.until = w.End
	for i := range scopes {
		s := &scopes[i]
		if !s.Active || !matters(s) {
			continue
		}
		found = true
		end := s.LastProcessed.Add(k.period)
		if end.Before(w.Start) {
			end = w.Start
		}
		if end.Before(w.End) {
			behind[c.names.Name(s.ID)] = true
		}
		if end.Before(k.until) {
			k.until = end
		}
	}
	switch {
	case len(behind) > 0:
		c.notice("cost is rated up to %s only: CloudKitty has not come further with %s", period.Clock(k.until, c.o.Zone), some(behind))
	case !found && k.last.IsZero():
		k.until = time.Time{}
	case !found && k.last.Before(w.End):
		k.until = k.last
		c.notice("nothing is rated after %s so far", period.Clock(k.until, c.o.Zone))
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
