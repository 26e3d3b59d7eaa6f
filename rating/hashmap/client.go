package hashmap

import (
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
)

// Client reads and changes the rules of the hashmap module. It is safe for concurrent use.
type Client struct {
	service  *gophermeter.Service
	location *time.Location // of the service's clock
}

// Option sets a property of a [Client].
type Option func(*Client)

// WithLocation says in which time zone the machines of CloudKitty's API run; the default is UTC. The dates of rules
// (23.0 and later) are on the wire in that zone, without naming it.
func WithLocation(loc *time.Location) Option { return func(c *Client) { c.location = loc } }

// New is a client of the connection's rating service. It does no I/O. The error is
// [gophermeter.ErrNoService] where the catalogue has none.
func New(conn *gophermeter.Connection, opts ...Option) (*Client, error) {
	service, err := conn.Service("rating")
	if err != nil {
		return nil, err
	}
	c := &Client{service: service.Base("v1"), location: time.UTC}
	for _, o := range opts {
		o(c)
	}
	if c.location == nil {
		return nil, errs.Invalid("WithLocation", "is nil")
	}
	return c, nil
}

// request is one below the module's own tree.
func request(op, method string, path ...string) gophermeter.Request {
	return gophermeter.Request{
		Op: "hashmap." + op, Method: method, Path: append([]string{"rating", "module_config", "hashmap"}, path...),
	}
}
