package fakecloud

import (
	"bytes"
	"net/http"
)

// Request is what the cloud noted about one request.
type Request struct {
	Service  string      // as in the catalogue: identity, compute; "" outside every service
	Method   string      // GET, POST, ...
	Path     string      // below the service's root: /v2.1/os-simple-tenant-usage, /v3/auth/tokens
	RawQuery string      // without the question mark
	Header   http.Header // tokens included: it is a fake's
	Body     []byte      // as it was sent
	Status   int         // 0 while there is none, and where a fault cut the connection before one
}

// Requests are the requests so far, in the order in which they came.
func (c *Cloud) Requests() []Request {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]Request, len(c.log))
	for i, r := range c.log {
		out[i] = *r
		out[i].Header, out[i].Body = r.Header.Clone(), bytes.Clone(r.Body)
	}
	return out
}

// ResetRequests forgets the requests so far.
func (c *Cloud) ResetRequests() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.log = nil
}

func (c *Cloud) logged(s service, r *http.Request, body []byte) *Request {
	entry := &Request{Method: r.Method, Path: r.URL.Path, RawQuery: r.URL.RawQuery, Header: r.Header.Clone(), Body: body}
	if s != nil {
		entry.Service, entry.Path = s.about().kind, r.URL.Path[len(s.about().prefix):]
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.log = append(c.log, entry)
	return entry
}

func (c *Cloud) answered(entry *Request, status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	entry.Status = status
	note(entry)
}
