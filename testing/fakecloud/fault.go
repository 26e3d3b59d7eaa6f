package fakecloud

import (
	"net/http"
	"strings"
	"time"
)

// Fault is something that goes wrong. A request meets at most one: the first injected that matches it and is not used up, so
// faults injected one after another happen one after another.
type Fault struct {
	Service      string // as in the catalogue: identity, compute; "" for any, Keystone included
	Method       string // "" for any
	PathContains string // of the path below the service's root

	Skip  int // matching requests that pass unharmed first
	Times int // requests it hits: 0 means one, a negative number all

	Status int         // answered instead of asking the service; with Body
	Header http.Header // put on the answer, whoever gives it: Retry-After
	Body   string      // without Status: replaces the service's body, with the service's status and Content-Type

	Latency     time.Duration // before anything else
	ExpireToken bool          // the token of this request is invalid from now on, so the service refuses it
	Redirect    string        // Location of a 302, or of Status; from "/" it is below the cloud's URL

	TearAt   int   // the body ends after this many bytes, and so does the connection; 0 leaves it whole
	NoLength bool  // the body has no Content-Length: it ends where the connection does
	Reset    bool  // the connection is reset: before the header, or after TearAt bytes
	Stall    Stall // nothing more is sent until the client goes away or the cloud closes
}

// Stall says where an answer stops for good.
type Stall int

// The places to stall at.
const (
	NoStall     Stall = iota
	StallHeader       // before the header
	StallBody         // after the header and TearAt bytes of the body; half of it if TearAt is 0
)

// Inject adds a fault.
func (c *Cloud) Inject(f Fault) {
	if f.Times == 0 {
		f.Times = 1
	}
	f.Header = f.Header.Clone()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults = append(c.faults, &f)
}

// ClearFaults takes back the faults that are not used up.
func (c *Cloud) ClearFaults() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults = nil
}

// faultFor is what goes wrong with a request; the zero Fault is nothing.
func (c *Cloud) faultFor(r *Request) Fault {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, f := range c.faults {
		if !f.matches(r) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		hit := *f
		if f.Times > 0 {
			if f.Times--; f.Times == 0 {
				c.faults = append(c.faults[:i:i], c.faults[i+1:]...)
			}
		}
		return hit
	}
	return Fault{}
}

func (f *Fault) matches(r *Request) bool {
	return (f.Service == "" || f.Service == r.Service) &&
		(f.Method == "" || f.Method == r.Method) &&
		strings.Contains(r.Path, f.PathContains)
}

// replaces reports whether the service is not asked at all.
func (f *Fault) replaces() bool { return f.Status != 0 || f.Redirect != "" }

// silent reports whether the client does not even get a status.
func (f *Fault) silent() bool { return f.Stall == StallHeader || f.Reset && f.TearAt == 0 }

func (f *Fault) answer(base string) answer {
	a := answer{status: f.Status, body: []byte(f.Body)}
	if f.Redirect != "" {
		if a.status == 0 {
			a.status = http.StatusFound
		}
		if strings.HasPrefix(f.Redirect, "/") {
			base += f.Redirect
		} else {
			base = f.Redirect
		}
		setHeader(&a, "Location", base)
	}
	return a
}
