package tenantusage

import (
	"context"
	"iter"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/paging"
)

// Projects is the usage of every project that had a server in the window: each project once, its pages and
// cells summed. It yields nothing until the last page has come, for a partial total is a wrong one; memory
// grows with the projects, not with their servers. Administrators only: anybody else gets
// [gophermeter.ErrForbidden].
//
// [gophermeter.ErrWindowDrift] says that pages were counted for different windows, and
// [gophermeter.ErrTruncated] that Nova is too old to page and has more than it says.
//
// API: GET /os-simple-tenant-usage
func (c *Client) Projects(w gophermeter.Window) *gophermeter.Pager[ProjectUsage] {
	return gophermeter.NewPager(func(ctx context.Context) iter.Seq2[[]ProjectUsage, error] {
		return c.merged(ctx, ask{op: "tenantusage.Projects", window: w, limit: c.pageSize})
	})
}

// GetProject is the usage of one project, with its servers. Its own members and readers may ask, and
// administrators. Nova cannot tell an idle project from one that does not exist, such as a name in place of the
// id: for both the result is the zero ProjectUsage, without an error.
//
// API: GET /os-simple-tenant-usage/{project_id}
func (c *Client) GetProject(ctx context.Context, projectID string, w gophermeter.Window) (ProjectUsage, error) {
	if projectID == "" {
		return ProjectUsage{}, errs.Invalid("projectID", "is empty")
	}
	a := ask{op: "tenantusage.GetProject", project: projectID, window: w, limit: c.pageSize, unique: true}
	var usage ProjectUsage
	for batch, err := range c.merged(ctx, a) {
		if err != nil {
			return ProjectUsage{}, err
		}
		usage = batch[0]
	}
	return usage, nil
}

// merged sums the pages by project.
func (c *Client) merged(ctx context.Context, a ask) iter.Seq2[[]ProjectUsage, error] {
	return func(yield func([]ProjectUsage, error) bool) {
		for totals, err := range restarting(a, func(a ask) iter.Seq2[[]total, error] {
			return paging.Merge(c.totals(ctx, a), projectOf, addTotal)
		}) {
			if err != nil {
				yield(nil, err)
				return
			}
			usages := make([]ProjectUsage, len(totals))
			for i := range totals {
				usages[i] = totals[i].usage
				totals[i].sums.into(&usages[i])
			}
			if !yield(usages, nil) {
				return
			}
		}
	}
}

// total is a project's usage while it is being summed.
type total struct {
	usage ProjectUsage
	sums  tally
}

func projectOf(t *total) string { return t.usage.ProjectID }

func addTotal(into, more *total) {
	into.sums.addTotals(&more.usage)
	into.usage.Servers = append(into.usage.Servers, more.usage.Servers...)
}

// totals are the pages as terms of the sums.
func (c *Client) totals(ctx context.Context, a ask) iter.Seq2[[]total, error] {
	return func(yield func([]total, error) bool) {
		for batch, err := range c.pages(ctx, a) {
			if err != nil {
				yield(nil, err)
				return
			}
			projects := batch[0].projects
			terms := make([]total, len(projects))
			for i, u := range projects {
				terms[i].sums.addTotals(&u)
				if !a.rows() {
					u.Servers = nil // an old service was asked for them only to be counted
				}
				terms[i].usage = u
			}
			if !yield(terms, nil) {
				return
			}
		}
	}
}
