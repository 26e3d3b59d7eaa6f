package meter

import (
	"net/url"
	"strings"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/alarm"
	"github.com/gophermeter/gophermeter/internal/errs"
)

// Client reads and writes what a metering service has measured. It is safe for concurrent use.
type Client struct {
	api      *api
	alarm    *alarm.Client
	dialect  Dialect
	pageSize int
}

// Dialect is how a service speaks.
type Dialect string

// The dialects of metering.
const (
	// Ceilometer is the API of OpenStack, from Icehouse (2014) to Pike (2017).
	Ceilometer Dialect = "ceilometer"
	// K5 is Fujitsu's: it pages by limit and offset, filters by resource, source and user alone, takes at most 10
	// conditions of 1 to 255 characters and at most 20 samples a call.
	K5 Dialect = "k5"
)

// Option sets a property of a [Client].
type Option func(*Client)

// WithDialect says how the service speaks, and its alarms with it. Without it a host below .cloud.global.fujitsu.com is K5,
// and any other a Ceilometer.
func WithDialect(d Dialect) Option { return func(c *Client) { c.dialect = d } }

// WithPageSize asks for n rows at a time; the default, 0, is 1000, and 1440 on K5, which takes no more. What a walk
// yields does not depend on it.
func WithPageSize(n int) Option { return func(c *Client) { c.pageSize = n } }

const (
	defaultPageSize = 1000
	maxK5PageSize   = 1440
	// lastLimit is where a limit that grows gives up.
	lastLimit = 1 << 20
	// growth is how much greater a limit becomes that was too small for a list.
	growth = 4
)

// New is a client of the connection's metering service. It does no I/O. The error is [gophermeter.ErrNoService]
// where the catalogue has none.
func New(conn *gophermeter.Connection, opts ...Option) (*Client, error) {
	service, err := conn.Service("meter")
	if err != nil {
		return nil, err
	}
	c := &Client{api: newAPI(conn, service)}
	for _, o := range opts {
		o(c)
	}
	chosen := c.dialect
	if c.dialect == "" {
		c.dialect = guess(service.Endpoint())
	}
	if c.pageSize, err = pageSize(c.dialect, c.pageSize); err != nil {
		return nil, err
	}
	c.alarm, err = newAlarm(conn, chosen, c.dialect)
	return c, err
}

// guess is the dialect of a host.
func guess(endpoint string) Dialect {
	u, err := url.Parse(endpoint)
	if err == nil && strings.HasSuffix(strings.ToLower(u.Hostname()), ".cloud.global.fujitsu.com") {
		return K5
	}
	return Ceilometer
}

func pageSize(d Dialect, n int) (int, error) {
	switch {
	case d != Ceilometer && d != K5:
		return 0, errs.Invalid("WithDialect", "%q is neither %s nor %s", d, Ceilometer, K5)
	case n < 0:
		return 0, errs.Invalid("WithPageSize", "%d is negative", n)
	case n > maxK5PageSize && d == K5:
		return 0, errs.Invalid("WithPageSize", "%d is more than K5's %d", n, maxK5PageSize)
	case n > 0:
		return n, nil
	case d == K5:
		return maxK5PageSize, nil
	}
	return defaultPageSize, nil
}

// Dialect is how the client takes its service to speak.
func (c *Client) Dialect() Dialect { return c.dialect }
