package fakecloud

import (
	"net/http"
	"strings"
	"sync"
)

// CeilometerRelease is which Ceilometer the cloud has.
type CeilometerRelease int

// The releases that the cloud can have.
const (
	// CeilometerOcata is Ceilometer 8 on SQL: meters, samples, statistics and resources, neither events nor alarms.
	CeilometerOcata CeilometerRelease = iota
	// CeilometerLiberty is Ceilometer 5 on SQL: events and alarms as well, but no unique meters, and no resource ids with a slash.
	CeilometerLiberty
	// CeilometerK5 is Fujitsu's, as its document describes it: limit and offset, ids with a newline, 20 samples a call.
	CeilometerK5
)

// metering is Ceilometer.
type metering struct {
	cloud   *Cloud
	release CeilometerRelease
	gnocchi bool   // [api]gnocchi_is_enabled
	aodhURL string // [api]aodh_url
	panko   string // [api]panko_url

	mu      sync.RWMutex
	samples []*stored // the newest first, and of one time in the order in which they were recorded
	events  []*Event  // the oldest first
	serial  int
}

// WithCeilometer chooses the release of Ceilometer; the default is [CeilometerOcata]. Liberty's alarms are [WithCeilometerAlarms].
func WithCeilometer(r CeilometerRelease) Option {
	return func(c *Cloud) { part[*metering](c).release = r }
}

// WithGnocchiForSamples makes Ceilometer one that keeps its samples in Gnocchi: what reads them is gone, 410.
func WithGnocchiForSamples() Option { return func(c *Cloud) { part[*metering](c).gnocchi = true } }

// WithCeilometerRedirects makes Ceilometer send who asks for alarms to an Aodh, and who asks for events to a Panko, by 308 with
// these URLs. An empty one leaves its part as it is in Ocata: alarms 410, events 404.
func WithCeilometerRedirects(aodh, panko string) Option {
	return func(c *Cloud) {
		m := part[*metering](c)
		m.aodhURL, m.panko = strings.TrimSuffix(aodh, "/"), strings.TrimSuffix(panko, "/")
	}
}

func newMetering(c *Cloud) service { return &metering{cloud: c} }

func (m *metering) about() about {
	return about{kind: "metering", name: "ceilometer", prefix: "/metering"}
}

func (m *metering) answer(r call) answer {
	who, ok := m.cloud.callerOf(r.Request)
	if !ok {
		return m.cloud.tokenRefused(r)
	}
	a := m.api(r, who)
	setHeader(&a, "X-Openstack-Request-Id", "req-"+m.cloud.newUUID("request"))
	if r.Method == http.MethodHead {
		a.body = nil
	}
	return a
}

// api answers what lies below the root. Pecan takes a path apart by its slashes, once they are no longer escaped.
func (m *metering) api(r call, who caller) answer {
	if strings.Contains(r.Header.Get("Accept"), "text/html") {
		return m.notAcceptable()
	}
	path, ok := strings.CutPrefix(r.path, "/v2/")
	switch {
	case r.path == "" || r.path == "/":
		return m.versions(r)
	case !ok || path == "":
		return m.abort(r, http.StatusNotFound, "")
	}
	if a, ok := m.cloud.ceilometerAlarms(r); ok {
		return a
	}
	parts := strings.Split(path, "/")
	kind, rest := parts[0], parts[1:]
	switch {
	case kind == "alarms" || kind == "query" && len(rest) > 0 && rest[0] == "alarms":
		return m.elsewhere(r, m.aodhURL, http.StatusGone, "alarms URLs is unavailable when Aodh is disabled or unavailable.")
	case kind == "events" || kind == "event_types":
		if m.release != CeilometerLiberty {
			return m.elsewhere(r, m.panko, http.StatusNotFound, "")
		}
		return m.eventsAPI(r, who, kind, rest)
	case m.gnocchi && m.inGnocchi(r, kind, rest):
		return m.abort(r, http.StatusGone, gnocchiHasIt)
	}
	switch kind {
	case "meters":
		return m.metersAPI(r, who, rest)
	case "samples":
		return m.samplesAPI(r, who, rest)
	case "resources":
		return m.resourcesAPI(r, who, rest)
	case "capabilities":
		return m.only(r, rest, "GET", func() answer { return m.capabilities() })
	case "query":
		if len(rest) == 1 && rest[0] == "samples" && m.release != CeilometerK5 {
			return m.only(r, nil, "POST", func() answer { return m.querySamples(r, who) })
		}
	}
	return m.abort(r, http.StatusNotFound, "")
}

const gnocchiHasIt = "This telemetry installation is configured to use Gnocchi. Please use the Gnocchi API available on the metric " +
	"endpoint to retrieve data."

// inGnocchi tells what a Ceilometer with Gnocchi does not answer: everything but posting.
func (m *metering) inGnocchi(r call, kind string, rest []string) bool {
	switch kind {
	case "resources", "samples":
		return true
	case "meters":
		return r.Method != http.MethodPost
	}
	return kind == "query" && len(rest) > 0 && rest[0] == "samples"
}

func (m *metering) metersAPI(r call, who caller, rest []string) answer {
	switch {
	case len(rest) == 0:
		return m.only(r, nil, "GET", func() answer { return m.listMeters(r, who) })
	case r.Method == http.MethodPost:
		return m.postSamples(r, who, rest[0]) // whatever follows the name
	case r.Method == http.MethodGet && len(rest) == 1:
		return m.listOldSamples(r, who, rest[0])
	case r.Method == http.MethodGet && len(rest) == 2 && rest[1] == "statistics":
		return m.statistics(r, who, rest[0])
	}
	return m.notAllowed(r, "GET, POST")
}

func (m *metering) samplesAPI(r call, who caller, rest []string) answer {
	switch {
	case m.release == CeilometerK5:
		return m.abort(r, http.StatusNotFound, "")
	case len(rest) == 0:
		return m.only(r, nil, "GET", func() answer { return m.listSamples(r, who) })
	}
	return m.only(r, rest[1:], "GET", func() answer { return m.getSample(rest[0]) })
}

func (m *metering) resourcesAPI(r call, who caller, rest []string) answer {
	if len(rest) == 0 {
		return m.only(r, nil, "GET", func() answer { return m.listResources(r, who) })
	}
	return m.only(r, rest[1:], "GET", func() answer { return m.getResource(r, who, rest[0]) })
}

// only answers one method of a path that nothing follows.
func (m *metering) only(r call, rest []string, method string, then func() answer) answer {
	switch {
	case len(rest) > 0:
		return m.abort(r, http.StatusNotFound, "")
	case r.Method != method:
		return m.notAllowed(r, method)
	}
	return then()
}

// elsewhere sends to another service where there is one.
func (m *metering) elsewhere(r call, base string, status int, detail string) answer {
	if base == "" {
		return m.abort(r, status, detail)
	}
	to := base + r.path
	if r.URL.RawQuery != "" {
		to += "?" + r.URL.RawQuery
	}
	a := answer{status: http.StatusPermanentRedirect, body: []byte("308 Permanent Redirect\n\nThe resource has been moved to " + to +
		"; you should be redirected automatically.  ")}
	setHeader(&a, "Content-Type", "text/plain; charset=UTF-8")
	setHeader(&a, "Location", to)
	return a
}
