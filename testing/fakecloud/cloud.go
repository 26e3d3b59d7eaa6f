package fakecloud

import (
	"context"
	"net/http/httptest"
	"sync"
	"time"
)

// Epoch is when the clock of a cloud stands that was given none: the first instant after the seeded month.
var Epoch = time.Date(2026, time.October, 1, 0, 0, 0, 0, time.UTC)

// Cloud is a running cloud. It is safe for concurrent use.
type Cloud struct {
	server *httptest.Server
	parts  []service
	life   context.Context // ends with Close: no stalled answer outlives it
	end    context.CancelFunc

	empty    bool
	noLength bool

	mu       sync.Mutex
	clock    func() time.Time
	advanced time.Duration
	serial   uint64
	faults   []*Fault
	log      []*Request
}

// Option changes the cloud that New makes.
type Option func(*Cloud)

// WithClock makes the cloud read its time from now instead of standing still at Epoch. The seeded month is the calendar month
// before the first reading.
func WithClock(now func() time.Time) Option { return func(c *Cloud) { c.clock = now } }

// WithEmpty leaves out the seeded month: what remains is the project admin, the user admin and the services.
func WithEmpty() Option { return func(c *Cloud) { c.empty = true } }

// WithoutContentLength makes every body end where the connection closes, as the WSGI configuration of Debian's OpenStack
// packages does: a client cannot tell a torn body from a whole one by its length.
func WithoutContentLength() Option { return func(c *Cloud) { c.noLength = true } }

// New starts a cloud on a loopback port. Close it.
func New(opts ...Option) *Cloud {
	c := &Cloud{clock: func() time.Time { return Epoch }}
	c.life, c.end = context.WithCancel(context.Background())
	for _, start := range services {
		c.parts = append(c.parts, start(c))
	}
	for _, opt := range opts {
		opt(c)
	}
	c.server = httptest.NewServer(c)
	part[*identity](c).bootstrap()
	if !c.empty {
		for _, s := range c.parts {
			s.seed()
		}
	}
	return c
}

// URL is the cloud's base URL, without a slash at its end. Keystone is at /identity/v3, Nova at /compute/v2.1.
func (c *Cloud) URL() string { return c.server.URL }

// Close ends stalled answers, waits for the others, a second for who does not read one, and stops listening.
func (c *Cloud) Close() {
	c.end()
	c.server.Close()
}

// Now is the cloud's time.
func (c *Cloud) Now() time.Time {
	c.mu.Lock()
	clock, advanced := c.clock, c.advanced
	c.mu.Unlock()
	return clock().Add(advanced).UTC()
}

// Advance moves the cloud's clock by d.
func (c *Cloud) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advanced += d
}
