package alarm

import (
	"errors"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
)

// Client manages the alarms of one service. It is safe for concurrent use.
type Client struct {
	service  *gophermeter.Service
	dialect  Dialect
	pageSize int
	whole    atomic.Bool // the service has turned out to be too old to page
}

// Dialect is how a service speaks.
type Dialect string

// The dialects of alarms.
const (
	// Aodh is the alarm service since Mitaka.
	Aodh Dialect = "aodh"
	// Ceilometer is the metering service up to Liberty, which has alarms of its own.
	Ceilometer Dialect = "ceilometer"
	// K5 is Fujitsu's, a Ceilometer that pages by limit and offset.
	K5 Dialect = "k5"
)

// Option sets a property of a [Client].
type Option func(*Client)

// WithDialect says how the service speaks, whatever the catalogue calls it.
func WithDialect(d Dialect) Option { return func(c *Client) { c.dialect = d } }

// WithPageSize asks Aodh and K5 for pages of n alarms or changes; the default, 0, is 1000, and 1440 on K5, which
// takes no more. Ceilometer has no pages.
func WithPageSize(n int) Option { return func(c *Client) { c.pageSize = n } }

const (
	defaultPageSize = 1000
	maxK5PageSize   = 1440
)

// New is a client of the connection's alarm service, or of its metering service where the catalogue has no
// alarm service. It does no I/O. The error is [gophermeter.ErrNoService] where the catalogue has neither.
func New(conn *gophermeter.Connection, opts ...Option) (*Client, error) {
	c := &Client{}
	for _, o := range opts {
		o(c)
	}
	switch {
	case c.dialect != "" && c.dialect != Aodh && c.dialect != Ceilometer && c.dialect != K5:
		return nil, errs.Invalid("WithDialect", "%q is none of %s, %s and %s", c.dialect, Aodh, Ceilometer, K5)
	case c.pageSize < 0:
		return nil, errs.Invalid("WithPageSize", "%d is negative", c.pageSize)
	}
	types := []string{"alarm", "meter"}
	if c.dialect == Ceilometer || c.dialect == K5 {
		types = []string{"meter", "alarm"}
	}
	service, typ, err := first(conn, types...)
	if err != nil {
		return nil, err
	}
	c.service = service.Base("v2")
	if c.dialect == "" {
		c.dialect = guess(typ, service.Endpoint())
	}
	c.pageSize, err = pageSize(c.dialect, c.pageSize)
	return c, err
}

// first is the first of the services that the catalogue has; the error is that of the one wished for most.
func first(conn *gophermeter.Connection, types ...string) (*gophermeter.Service, string, error) {
	var missing error
	for _, typ := range types {
		service, err := conn.Service(typ)
		switch {
		case err == nil:
			return service, typ, nil
		case !errors.Is(err, errs.ErrNoService):
			return nil, "", err
		case missing == nil:
			missing = err
		}
	}
	return nil, "", missing
}

func guess(typ, endpoint string) Dialect {
	u, err := url.Parse(endpoint)
	switch {
	case err == nil && strings.HasSuffix(strings.ToLower(u.Hostname()), ".cloud.global.fujitsu.com"):
		return K5
	case typ == "alarm":
		return Aodh
	}
	return Ceilometer
}

func pageSize(d Dialect, n int) (int, error) {
	switch {
	case n == 0 && d == K5:
		return maxK5PageSize, nil
	case n == 0:
		return defaultPageSize, nil
	case n > maxK5PageSize && d == K5:
		return 0, errs.Invalid("WithPageSize", "%d is more than K5's %d", n, maxK5PageSize)
	}
	return n, nil
}

// Dialect is how the client takes its service to speak.
func (c *Client) Dialect() Dialect { return c.dialect }
