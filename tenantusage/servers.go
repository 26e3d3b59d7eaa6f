package tenantusage

import (
	"context"
	"iter"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
)

// Servers are the servers of every project that ran in the window, row by row, each once. A page is read to
// its end before its first row is yielded. Administrators only: anybody else gets
// [gophermeter.ErrForbidden].
//
// API: GET /os-simple-tenant-usage
func (c *Client) Servers(w gophermeter.Window) *gophermeter.Pager[ServerUsage] {
	return c.servers(ask{op: "tenantusage.Servers", window: w, detailed: true})
}

// ProjectServers are the servers of one project that ran in the window, each once. Its own members and
// readers may ask, and administrators. A project that is idle or does not exist has none.
//
// API: GET /os-simple-tenant-usage/{project_id}
func (c *Client) ProjectServers(projectID string, w gophermeter.Window) *gophermeter.Pager[ServerUsage] {
	if projectID == "" {
		return gophermeter.FailedPager[ServerUsage](errs.Invalid("projectID", "is empty"))
	}
	return c.servers(ask{op: "tenantusage.ProjectServers", project: projectID, window: w})
}

func (c *Client) servers(a ask) *gophermeter.Pager[ServerUsage] {
	a.limit, a.unique = c.pageSize, true
	return gophermeter.NewPager(func(ctx context.Context) iter.Seq2[[]ServerUsage, error] {
		return func(yield func([]ServerUsage, error) bool) {
			for batch, err := range c.steadyPages(ctx, a) {
				if err != nil {
					yield(nil, err)
					return
				}
				if rows := batch[0].rows; len(rows) > 0 && !yield(rows, nil) {
					return
				}
			}
		}
	})
}
