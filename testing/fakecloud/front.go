package fakecloud

import (
	"io"
	"net/http"
	"strings"
)

// ServeHTTP is the door of the cloud: it logs the request, lets a fault have its way and otherwise asks the service.
func (c *Cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	s, path := c.at(r.URL.Path)
	entry := c.logged(s, r, body)

	fault := c.faultFor(entry)
	c.pass(r.Context(), fault.Latency)
	if fault.ExpireToken {
		part[*identity](c).revoke(r.Header.Get("X-Auth-Token"))
	}

	var a answer
	switch {
	case fault.replaces():
		a = fault.answer(c.URL())
	case s == nil:
		a = answer{status: http.StatusNotFound}
	default:
		a = s.answer(call{Request: r, root: "http://" + r.Host + s.about().prefix, path: path, body: body})
	}
	for name, values := range fault.Header {
		setHeader(&a, name, values...)
	}
	if !fault.silent() {
		c.answered(entry, a.status)
	}
	c.deliver(w, r, a, fault)
}

// at finds the service a path belongs to and the path below its root.
func (c *Cloud) at(path string) (service, string) {
	for _, s := range c.parts {
		if below, ok := strings.CutPrefix(path, s.about().prefix); ok && (below == "" || below[0] == '/') {
			return s, below
		}
	}
	return nil, path
}

func setHeader(a *answer, name string, values ...string) {
	if a.header == nil {
		a.header = http.Header{}
	}
	a.header[http.CanonicalHeaderKey(name)] = values
}
