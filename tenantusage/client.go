package tenantusage

import (
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
)

// Client reads Nova's usage accounting. It is safe for concurrent use.
type Client struct {
	service  *gophermeter.Service
	pageSize int
}

// Option sets a property of a [Client].
type Option func(*Client)

// WithPageSize asks for pages of n servers; the default, 0, leaves it to Nova's max_limit (1000 unless the
// operator changed it), which also caps n. The totals do not depend on it.
func WithPageSize(n int) Option { return func(c *Client) { c.pageSize = n } }

// New is a client of the connection's compute service. It does no I/O. The error is
// [gophermeter.ErrNoService] where the catalogue has none.
func New(conn *gophermeter.Connection, opts ...Option) (*Client, error) {
	service, err := conn.Service("compute")
	if err != nil {
		return nil, err
	}
	c := &Client{service: service}
	for _, o := range opts {
		o(c)
	}
	if c.pageSize < 0 {
		return nil, errs.Invalid("WithPageSize", "%d is negative", c.pageSize)
	}
	return c, nil
}

// behind is how far a window stays behind this machine's clock. Nova cuts an end in its future down to its
// own now, another one for each page.
const behind = 5 * time.Second

// pin fixes the window that all pages of a walk are asked for.
func pin(w gophermeter.Window) (gophermeter.Window, error) {
	if err := w.Check(); err != nil {
		return w, err
	}
	end := w.End
	if now := time.Now().Add(-behind); end.After(now) {
		end = now
	}
	pinned := gophermeter.Window{Start: w.Start.UTC().Truncate(time.Microsecond), End: end.UTC().Truncate(time.Second)}
	if !pinned.End.After(pinned.Start) {
		return w, errs.Invalid("Window", "%s has no whole second in the past", w)
	}
	return pinned, nil
}
