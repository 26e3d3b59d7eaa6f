package amie

import (
	"context"
	"net/url"
	"time"

	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/wire"
	"github.com/gophermeter/gophermeter/usage"
)

// Status tells how many records of each resource were loaded, and which were not, of those that the service
// processed between two times: its own times, not those of the jobs. A zero time is no bound.
//
// Python: UsageClient.status.
//
// API: GET /usage/status
func (c *UsageClient) Status(ctx context.Context, from, to time.Time) (usage.Status, error) {
	if !from.IsZero() && !to.IsZero() && to.Before(from) {
		return nil, errs.Invalid("to", "%s is before %s", to, from)
	}
	query := url.Values{}
	if !from.IsZero() {
		query.Set("FromTime", wire.FormatRFC3339(from))
	}
	if !to.IsZero() {
		query.Set("ToTime", wire.FormatRFC3339(to))
	}
	var status usage.Status
	if err := c.get(ctx, "amie.Status", []string{"usage", "status"}, query, status.UnmarshalJSON); err != nil {
		return nil, err
	}
	return status, nil
}
