package pyscripts

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// Client reads and changes the scripts of the pyscripts module. It is safe for concurrent use.
type Client struct {
	service  *gophermeter.Service
	location *time.Location // of the service's clock
}

// Option sets a property of a [Client].
type Option func(*Client)

// WithLocation says in which time zone the machines of CloudKitty's API run; the default is UTC. The dates of scripts
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

func request(op, method string, below ...string) gophermeter.Request {
	return gophermeter.Request{
		Op: "pyscripts." + op, Method: method,
		Path: append([]string{"rating", "module_config", "pyscripts", "scripts"}, below...),
	}
}

// fetch reads one thing, or the list of them.
func fetch[T any](ctx context.Context, c *Client, r gophermeter.Request, read func(*jsonstream.Reader) (T, error)) (v T, err error) {
	err = c.service.Read(ctx, r, func(_ http.Header, body []byte) (err error) {
		doc := jsonstream.NewBytes(body)
		if v, err = read(doc); err == nil {
			err = doc.End()
		}
		return err
	})
	if err != nil {
		var none T
		return none, explained(err)
	}
	return v, nil
}

// explained says ErrUnsupported of what a release refuses because it does not know it: an argument, or a path, to which
// the router of version 1 answers 405. A 405 of the service itself has a faultcode.
func explained(err error) error {
	var e *gophermeter.Error
	switch {
	case !errors.As(err, &e):
		return err
	case e.StatusCode == http.StatusBadRequest && strings.HasPrefix(e.Message, "Unknown a"),
		e.StatusCode == http.StatusMethodNotAllowed && !bytes.Contains(e.Body, []byte("faultcode")):
		return fmt.Errorf("%w by this release: %w", errs.ErrUnsupported, err)
	}
	return err
}
