package fakecloud

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

// The site that the AMIE Usage API of every cloud knows, and its API key.
const (
	AMIESite = "EXAMPLE"
	AMIEKey  = "example-key"
)

// amie is the AMIE Usage API of ACCESS, which is no part of OpenStack: it is in no catalogue and knows no tokens. What it does
// beyond what is recorded of its client is as a site that runs its production on it describes it.
type amie struct {
	cloud      *Cloud
	routes     routes
	delay      time.Duration
	maxBody    int
	maxRecords int
	failedKey  string

	mu     sync.Mutex
	loader func(AMIERecord) string
	after  []int // statuses that the next messages get, once they are queued
	queue  []*usageRecord
	done   []*usageRecord // processed, in that order
	loaded []*usageRecord // in force: restated compute and storage records stand there once
	failed []*usageRecord
	serial int64
}

// WithAMIELoadDelay sets how long, by the cloud's clock, an accepted usage record waits to be loaded; the default is a minute.
// The clock stands still unless it is told otherwise, see Cloud.Advance and WithClock.
func WithAMIELoadDelay(d time.Duration) Option { return func(c *Cloud) { part[*amie](c).delay = d } }

// WithAMIELimits sets how much a message may have before the Usage API calls it too large (413); the defaults are the 256 KiB
// and 1000 records of its guide.
func WithAMIELimits(bytes, records int) Option {
	return func(c *Cloud) { part[*amie](c).maxBody, part[*amie](c).maxRecords = bytes, records }
}

// WithAMIEFailedKey names the member under which the answer to a message has the records that failed validation: by default
// ValidationFailedRecords, and FailedRecords in some releases.
func WithAMIEFailedKey(name string) Option { return func(c *Cloud) { part[*amie](c).failedKey = name } }

// AMIEURL is the base URL of the Usage API, for amie.WithBaseURL.
func (c *Cloud) AMIEURL() string { return c.URL() + part[*amie](c).about().prefix + amieVersion }

// SetAMIELoader decides which usage records cannot be loaded: f gives the error of one that is about to be, and "" for one that
// loads, as all do unless this is called.
func (c *Cloud) SetAMIELoader(f func(AMIERecord) string) {
	a := part[*amie](c)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.loader = f
}

// FailAMIEAfter makes the Usage API answer the next messages with these statuses, one each, after it has queued their records:
// what a proxy does that loses an answer. A status of 0 lets one pass.
func (c *Cloud) FailAMIEAfter(statuses ...int) {
	a := part[*amie](c)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.after = append(a.after, statuses...)
}

const amieVersion = "/api/v1"

func newAMIE(c *Cloud) service {
	a := &amie{
		cloud: c, delay: time.Minute, maxBody: 256 << 10, maxRecords: 1000, failedKey: "ValidationFailedRecords",
		loader: func(AMIERecord) string { return "" },
	}
	a.routes = routes{
		{"/usage", map[string]func(call) answer{"POST": a.send}},
		{"/usage/", map[string]func(call) answer{"POST": a.send}},
		{"/usage/status", map[string]func(call) answer{"GET": a.status}},
		{"/usage/failed", map[string]func(call) answer{"GET": a.listFailed}},
		{"/usage/failed/{ids}", map[string]func(call) answer{"DELETE": a.clearFailed}},
		{"/usage/loaded", map[string]func(call) answer{"GET": a.listLoaded}},
	}
	return a
}

// about has no name, for it is in no catalogue.
func (a *amie) about() about { return about{kind: "amie", prefix: "/amie"} }

func (a *amie) seed() {}

func (a *amie) answer(r call) answer {
	path, ok := strings.CutPrefix(r.path, amieVersion)
	route, args := a.routes.find(path)
	switch {
	case !ok || route == nil:
		return amieError(http.StatusNotFound, "Not Found")
	case route.methods[r.Method] == nil:
		return amieError(http.StatusMethodNotAllowed, "Method Not Allowed")
	case r.Header.Get("Xa-Site") != AMIESite:
		return amieError(http.StatusBadRequest, "Invalid XA-SITE")
	case r.Header.Get("Xa-Api-Key") != AMIEKey:
		return amieError(http.StatusUnauthorized, "Invalid XA-API-KEY")
	}
	r.args = args
	a.mu.Lock()
	defer a.mu.Unlock()
	a.load()
	return route.methods[r.Method](r)
}

func amieError(status int, text string) answer {
	return amieAnswer(status, object{{"error", text}})
}

func amieAnswer(status int, body any) answer {
	a := answer{status: status, body: appendAMIE(nil, body)}
	setHeader(&a, "Content-Type", "application/json")
	return a
}

// appendAMIE writes JSON, in which records stand as they came.
func appendAMIE(b []byte, v any) []byte {
	switch v := v.(type) {
	case rawJSON:
		return append(b, v.text...)
	case []any:
		b = append(b, '[')
		for i, e := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendAMIE(b, e)
		}
		return append(b, ']')
	case object:
		b = append(b, '{')
		for i, m := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendString(b, m.key), ':')
			b = appendAMIE(b, m.value)
		}
		return append(b, '}')
	}
	return appendPython(b, v, ",", ":")
}
