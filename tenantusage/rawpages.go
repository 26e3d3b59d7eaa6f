package tenantusage

import (
	"context"
	"iter"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
)

// Query is what RawPages asks for.
type Query struct {
	// Window is required. Its end is moved back behind the present, as for every walk.
	Window gophermeter.Window
	// ProjectID asks for one project; empty is all of them, for administrators.
	ProjectID string
	// Detailed adds the rows behind the totals. Pages of one project always have them.
	Detailed bool
	// Marker is where an earlier walk over the same window stopped: its last Page.NextMarker. Empty begins
	// at the beginning.
	Marker string
	// Limit is the number of servers in a page; 0 takes the client's page size.
	Limit int
}

// Page is one answer of Nova, as it came: a project that spans several pages is in each of them with a part
// of its total, and a server that is in two cells can come twice.
type Page struct {
	// Projects in the order of their first server in this page.
	Projects []ProjectUsage
	// Window that the page was counted for.
	Window gophermeter.Window
	// NextMarker resumes the walk after this page; empty on the last.
	NextMarker string
	// Version is the microversion that answered, such as "2.40"; empty for an endpoint that has none.
	Version string
}

// RawPages are the pages of a walk as Nova sends them, one a batch, for programs that store a marker and
// resume, or that merge by themselves. Nothing is merged and no duplicate dropped: for totals use
// [Client.Projects].
//
// API: GET /os-simple-tenant-usage
//
// API: GET /os-simple-tenant-usage/{project_id}
func (c *Client) RawPages(q Query) *gophermeter.Pager[Page] {
	if q.Limit < 0 {
		return gophermeter.FailedPager[Page](errs.Invalid("Query.Limit", "%d is negative", q.Limit))
	}
	a := ask{
		op: "tenantusage.RawPages", project: q.ProjectID, window: q.Window, detailed: q.Detailed,
		limit: q.Limit, marker: q.Marker,
	}
	if a.limit == 0 {
		a.limit = c.pageSize
	}
	return gophermeter.NewPager(func(ctx context.Context) iter.Seq2[[]Page, error] {
		return func(yield func([]Page, error) bool) {
			for batch, err := range c.steadyPages(ctx, a) {
				if err != nil {
					yield(nil, err)
					return
				}
				p := batch[0]
				if !yield([]Page{{Projects: p.projects, Window: p.window, NextMarker: p.next, Version: p.version}}, nil) {
					return
				}
			}
		}
	})
}
