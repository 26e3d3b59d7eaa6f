package fakecloud

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// alarming is Aodh 15, or the alarms that Ceilometer 5 (Liberty) had.
type alarming struct {
	cloud     *Cloud
	liberty   bool
	noGnocchi bool
	metrics   bool  // the endpoint of Aodh 20
	quota     int64 // [api]project_alarm_quota
	paths     []alarmPath

	mu      sync.Mutex
	alarms  []*alarm // in the order in which they were made
	changes []*alarmChange
	quotas  map[string]int64 // by project
}

// alarmPath is a route of the API, and what answers its methods.
type alarmPath struct {
	route
	allow string
}

// WithCeilometerAlarms makes the alarms those that Ceilometer 5 (Liberty) had of its own: no pages, no event alarms, threshold and
// combination alarms instead, names that are unique in a project. The catalogue has no alarm service then, but a metering one.
func WithCeilometerAlarms() Option { return func(c *Cloud) { part[*alarming](c).liberty = true } }

// WithoutGnocchi makes Aodh find no Gnocchi, so that it takes no alarm on a metric.
func WithoutGnocchi() Option { return func(c *Cloud) { part[*alarming](c).noGnocchi = true } }

// WithAlarmQuota sets Aodh's [api]project_alarm_quota; the default, -1, is none.
func WithAlarmQuota(n int64) Option { return func(c *Cloud) { part[*alarming](c).quota = n } }

// WithAlarmMetrics gives Aodh the metrics of evaluations that came with 2025.1.
func WithAlarmMetrics() Option { return func(c *Cloud) { part[*alarming](c).metrics = true } }

func newAlarming(c *Cloud) service {
	s := &alarming{cloud: c, quota: -1, quotas: map[string]int64{}}
	s.paths = []alarmPath{
		{route{"/v2/alarms", map[string]func(call) answer{"GET": s.listAlarms, "POST": s.createAlarm}}, "GET, POST"},
		{route{"/v2/alarms/{id}", map[string]func(call) answer{
			"GET": s.getAlarm, "PUT": s.putAlarm, "DELETE": s.deleteAlarm}}, "GET, PUT, DELETE"},
		{route{"/v2/alarms/{id}/history", map[string]func(call) answer{"GET": s.history}}, "GET"},
		{route{"/v2/alarms/{id}/state", map[string]func(call) answer{"GET": s.getState, "PUT": s.putState}}, "GET, PUT"},
		{route{"/v2/query/alarms", map[string]func(call) answer{"POST": s.queryAlarms}}, "POST"},
		{route{"/v2/query/alarms/history", map[string]func(call) answer{"POST": s.queryHistory}}, "POST"},
		{route{"/v2/capabilities", map[string]func(call) answer{"GET": s.capabilities}}, "GET"},
		{route{"/v2/quotas", map[string]func(call) answer{"GET": s.getQuotas, "POST": s.postQuotas}}, "GET, POST"},
		{route{"/v2/quotas/{id}", map[string]func(call) answer{"DELETE": s.deleteQuotas}}, "DELETE"},
		{route{"/v2/metrics", map[string]func(call) answer{"GET": s.getMetrics}}, "GET"},
	}
	return s
}

// about: as Ceilometer's the alarms are found by the metering service's entry in the catalogue, which that service's own replaces.
func (s *alarming) about() about {
	if s.liberty {
		return about{kind: "metering", name: "ceilometer", prefix: "/alarming"}
	}
	return about{kind: "alarming", name: "aodh", prefix: "/alarming"}
}

func (s *alarming) answer(r call) answer {
	switch {
	case r.path == "" || r.path == "/":
		return aodhVersions(r)
	case r.path != "/v2" && !strings.HasPrefix(r.path, "/v2/"):
		return aodhAbort(http.StatusNotFound, nil)
	}
	a := s.route(r)
	setHeader(&a, "X-Openstack-Request-Id", "req-"+s.cloud.newUUID("request"))
	return a
}

func (s *alarming) route(r call) answer {
	if _, ok := s.cloud.callerOf(r.Request); !ok {
		return s.cloud.tokenRefused(r)
	}
	got := strings.Split(strings.TrimSuffix(r.path, "/"), "/")
	for _, p := range s.paths {
		args, ok := p.match(got)
		switch {
		case !ok, p.path == "/v2/metrics" && !s.metrics, s.liberty && strings.HasPrefix(p.path, "/v2/quotas"):
			continue
		case p.methods[r.Method] == nil:
			a := s.abort(http.StatusMethodNotAllowed, r.Method)
			setHeader(&a, "Allow", p.allow)
			return a
		}
		r.args = args
		return p.methods[r.Method](r)
	}
	if strings.HasPrefix(r.path, "/v2/alarms/") {
		return s.abort(http.StatusNotFound, "")
	}
	return s.abort(http.StatusNotFound, nil)
}

// ceilometerAlarms is what a metering service of Liberty answers below /v2/alarms and /v2/query/alarms; false where the cloud's
// alarms are Aodh's, or the path is another.
func (c *Cloud) ceilometerAlarms(r call) (answer, bool) {
	s := part[*alarming](c)
	path := strings.TrimPrefix(r.path, "/v2/query")
	if path == r.path {
		path = strings.TrimPrefix(r.path, "/v2")
	}
	if !s.liberty || path != "/alarms" && !strings.HasPrefix(path, "/alarms/") {
		return answer{}, false
	}
	return s.route(r), true
}

// aodhFault is an error of Aodh's own, or of its argument parser.
func aodhFault(status int, text string) answer {
	code := "Client"
	if status >= http.StatusInternalServerError {
		code = "Server"
	}
	return aodhJSON(status, object{{"error_message", object{{"faultcode", code}, {"faultstring", text}, {"debuginfo", nil}}}})
}

// aodhAbort is an error of the router.
func aodhAbort(status int, description any) answer {
	return aodhJSON(status, object{{"error_message", object{
		{"code", status}, {"title", http.StatusText(status)}, {"description", description}}}})
}

func (s *alarming) abort(status int, description any) answer {
	if status == http.StatusMethodNotAllowed {
		if s.liberty {
			method, _ := description.(string)
			return aodhJSON(status, object{{"error_message",
				"405 Method Not Allowed\n\nThe method " + method + " is not allowed for this resource. \n\n "}})
		}
		description = ""
	}
	return aodhAbort(status, description)
}

// aodhDenied is how Aodh refuses a valid token: with the status, and the header, of one that is not.
func (s *alarming) denied(r call, text string) answer {
	a := aodhFault(http.StatusUnauthorized, text)
	setHeader(&a, "Www-Authenticate", s.cloud.tokenRefused(r).header.Get("Www-Authenticate"))
	return a
}

func forbidden() answer { return aodhFault(http.StatusForbidden, "RBAC Authorization Failed") }

func aodhJSON(status int, body any) answer {
	a := answer{status: status, body: dumps(body)}
	setHeader(&a, "Content-Type", "application/json")
	return a
}

func aodhVersions(r call) answer {
	media := func(form string) any {
		return object{{"base", "application/" + form}, {"type", "application/vnd.openstack.telemetry-v2+" + form}}
	}
	return aodhJSON(http.StatusOK, object{{"versions", object{{"values", []any{object{
		{"id", "v2"},
		{"links", []any{
			object{{"href", r.root + "/v2"}, {"rel", "self"}},
			object{{"href", "https://docs.openstack.org/"}, {"rel", "describedby"}, {"type", "text/html"}},
		}},
		{"media-types", []any{media("json"), media("xml")}},
		{"status", "stable"}, {"updated", "2013-02-13T00:00:00Z"},
	}}}}}})
}

func (s *alarming) capabilities(call) answer {
	can := object{}
	for _, name := range []string{"alarms:history:query:complex", "alarms:history:query:simple", "alarms:query:complex", "alarms:query:simple"} {
		can = append(can, member{name, true})
	}
	ready := object{{"storage:production_ready", true}}
	if s.liberty {
		return aodhJSON(http.StatusOK, object{{"api", can}, {"storage", ready}, {"alarm_storage", ready}, {"event_storage", ready}})
	}
	return aodhJSON(http.StatusOK, object{{"api", can}, {"alarm_storage", ready}})
}

// caller is who sends a request that has a valid token.
func (s *alarming) caller(r call) caller {
	who, _ := s.cloud.callerOf(r.Request)
	return who
}

// isoformat is Python's of a naive time: a fraction only where there is one.
func isoformat(t time.Time) string {
	if t.Nanosecond()/1000 == 0 {
		return t.UTC().Format("2006-01-02T15:04:05")
	}
	return t.UTC().Format(pythonTime)
}

// now is the cloud's time in Python's resolution.
func (s *alarming) now() time.Time { return s.cloud.Now().Truncate(time.Microsecond) }

// known reports a parameter that an operation does not have.
func unknownArgument(r call, known ...string) (answer, bool) {
	for name := range r.URL.Query() {
		if !slices.Contains(known, name) {
			return aodhFault(http.StatusBadRequest, `Unknown argument: "`+name+`"`), true
		}
	}
	return answer{}, false
}

func invalidInput(field, value, why string) string {
	return "Invalid input for field/attribute " + field + ". Value: '" + value + "'. " + why
}

func notAnInt(field, value string) string {
	return invalidInput(field, value, "unable to convert to int. Error: invalid literal for int() with base 10: "+strconv.Quote(value))
}
