package rating

import (
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
)

// Client reads and writes the rating service. It is safe for concurrent use.
type Client struct {
	root        *gophermeter.Service // without a version
	v1, v2      *gophermeter.Service
	project     string        // of the login; empty where it has none
	period      time.Duration // 0 is unknown
	pageSize    int           // points in a page of v2
	concurrency int           // requests under way in a walk
}

// Option sets a property of a [Client].
type Option func(*Client)

// WithPeriod says how long the rating periods of the cloud are ([collect]period, an hour unless its operator
// changed it). With it windows that must be whole periods are checked before they are sent.
func WithPeriod(d time.Duration) Option { return func(c *Client) { c.period = d } }

// WithPageSize asks v2 for n data points a page; the default is 1000. The totals do not depend on it.
func WithPageSize(n int) Option { return func(c *Client) { c.pageSize = n } }

// WithConcurrency keeps k requests of a walk under way; the default is 4, and 1 asks one after the other.
func WithConcurrency(k int) Option { return func(c *Client) { c.concurrency = k } }

// New is a client of the connection's rating service. It does no I/O. The error is
// [gophermeter.ErrNoService] where the catalogue has none.
func New(conn *gophermeter.Connection, opts ...Option) (*Client, error) {
	service, err := conn.Service("rating")
	if err != nil {
		return nil, err
	}
	c := &Client{
		root: service.Base(""), v1: service.Base("v1"), v2: service.Base("v2"),
		project: conn.ProjectID(), pageSize: 1000, concurrency: 4,
	}
	for _, o := range opts {
		o(c)
	}
	switch {
	case c.period < 0:
		return nil, errs.Invalid("WithPeriod", "%s is negative", c.period)
	case c.pageSize < 1:
		return nil, errs.Invalid("WithPageSize", "%d is less than 1", c.pageSize)
	case c.concurrency < 1:
		return nil, errs.Invalid("WithConcurrency", "%d is less than 1", c.concurrency)
	}
	return c, nil
}
