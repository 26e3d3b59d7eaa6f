package mockcloud

import (
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jarcoal/httpmock"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/meter"
)

// Metering is Ceilometer's entry in the catalogue.
var Metering = gophermeter.Endpoint{Type: "metering", Name: "ceilometer", Region: Region, URL: URL + "/metering"}

// MeterService is what Ceilometer answers, from values. It keeps no state, and of conditions it looks at the meter and the time of
// samples and at the id of a resource alone: what a test wants otherwise it registers by itself, before or after.
type MeterService struct {
	// Meters are listed, up to the limit that a request names.
	Meters []meter.Meter
	// Samples are listed in both of their shapes, the newest first and up to the limit, got by their ids, and answer
	// complex queries.
	Samples []meter.Sample
	// Statistics answer for every meter.
	Statistics []meter.Statistics
	// Resources are listed and got by their ids.
	Resources []meter.Resource
	// Capabilities of the storage.
	Capabilities []meter.Capability
	// Events are listed, the oldest first, got by their ids, and say which types, traits and values there are.
	Events []meter.Event
}

// Meters registers what answers every operation of Ceilometer. What is posted is shown as the service shows that it took it.
//
// Source: Ceilometer, api/controllers/v2.
func Meters(transport *httpmock.MockTransport, s MeterService) {
	on := func(method, path string, r httpmock.Responder) {
		transport.RegisterRegexpResponder(method, regexp.MustCompile("^"+regexp.QuoteMeta(Metering.URL+"/v2")+path+`(\?.*)?$`), r)
	}
	on(http.MethodGet, "/meters", MeterList(s.Meters...))
	on(http.MethodGet, "/meters/[^/?]+", OldSampleList(s.Samples...))
	on(http.MethodPost, "/meters/[^/?]+", SamplesPosted())
	on(http.MethodGet, "/meters/[^/?]+/statistics", StatisticsList(s.Statistics...))
	on(http.MethodGet, "/samples", SampleList(s.Samples...))
	on(http.MethodPost, "/query/samples", SampleList(s.Samples...))
	on(http.MethodGet, "/samples/[^/?]+", oneOf(s.Samples, "Sample", func(v *meter.Sample) string { return v.ID }, sampleWire))
	on(http.MethodGet, "/resources", ResourceList(s.Resources...))
	on(http.MethodGet, "/resources/[^/?]+", oneOf(s.Resources, "Resource", func(v *meter.Resource) string { return v.ResourceID }, resourceWire))
	on(http.MethodGet, "/capabilities", MeterCapabilities(s.Capabilities...))
	on(http.MethodGet, "/events", EventList(s.Events...))
	on(http.MethodGet, "/events/[^/?]+", oneOf(s.Events, "Event", func(v *meter.Event) string { return v.MessageID }, eventWire))
	on(http.MethodGet, "/event_types", eventTypes(s.Events))
	on(http.MethodGet, "/event_types/[^/?]+/traits", traits(s.Events))
	on(http.MethodGet, "/event_types/[^/?]+/traits/[^/?]+", traitValues(s.Events))
}

// MeterList answers a list of meters, up to the limit and from the offset that a request names.
func MeterList(meters ...meter.Meter) httpmock.Responder { return rowsOfMeter(meters, meterWire) }

// SampleList answers a list of samples: those of the meter and the time that a request names, the newest first, up to the limit.
func SampleList(samples ...meter.Sample) httpmock.Responder {
	return sampleRows(samples, sampleWire)
}

// OldSampleList is SampleList in the shape of /v2/meters/{meter_name}.
func OldSampleList(samples ...meter.Sample) httpmock.Responder {
	return sampleRows(samples, oldSampleWire)
}

// StatisticsList answers with rows of statistics, whatever is asked for.
func StatisticsList(rows ...meter.Statistics) httpmock.Responder {
	return rowsOfMeter(rows, statisticsWire)
}

// ResourceList answers a list of resources: all, or the one that a request names.
func ResourceList(resources ...meter.Resource) httpmock.Responder {
	all := slices.Clone(resources)
	return func(req *http.Request) (*http.Response, error) {
		rows := all
		if id := condition(req, "resource_id", "eq"); id != "" {
			rows = slices.DeleteFunc(slices.Clone(all), func(r meter.Resource) bool { return r.ResourceID != id })
		}
		return rowsOfMeter(rows, resourceWire)(req)
	}
}

// EventList answers a list of events: those since the time that a request names, the oldest first, up to the limit.
func EventList(events ...meter.Event) httpmock.Responder {
	all := slices.Clone(events)
	slices.SortStableFunc(all, func(a, b meter.Event) int { return a.Generated.Compare(b.Generated) })
	return func(req *http.Request) (*http.Response, error) {
		rows := all
		if since, ok := naiveTime(condition(req, "start_timestamp", "")); ok {
			rows = slices.DeleteFunc(slices.Clone(all), func(e meter.Event) bool { return e.Generated.Before(since) })
		}
		return rowsOfMeter(rows, eventWire)(req)
	}
}

// MeterCapabilities answers with what the storage can do.
func MeterCapabilities(all ...meter.Capability) httpmock.Responder {
	sections := map[string]map[string]bool{"api": {}, "storage": {}}
	for _, c := range all {
		if sections[c.Section] == nil {
			sections[c.Section] = map[string]bool{}
		}
		sections[c.Section][c.Name] = c.Enabled
	}
	return always(http.StatusOK, sections)
}

// MeterError is a refusal of Ceilometer, such as 401 of a project that is not the caller's, or 410 where Gnocchi has the samples.
func MeterError(status int, message string) httpmock.Responder {
	code := "Client"
	if status >= http.StatusInternalServerError {
		code = "Server"
	}
	return always(status, map[string]any{"error_message": map[string]any{"faultcode": code, "faultstring": message, "debuginfo": nil}})
}

// EventsMoved sends who asks for events to a Panko, as Ceilometer does since Ocata.
func EventsMoved(url string) httpmock.Responder {
	return func(req *http.Request) (*http.Response, error) {
		to := strings.TrimSuffix(url, "/") + strings.TrimPrefix(req.URL.RequestURI(), "/metering")
		resp := httpmock.NewStringResponse(http.StatusPermanentRedirect, "308 Permanent Redirect\n\nThe resource has been moved to "+to+
			"; you should be redirected automatically.  ")
		resp.Header = http.Header{"Location": {to}, "Content-Type": {"text/plain; charset=UTF-8"}, "X-Openstack-Request-Id": {requestID}}
		return resp, nil
	}
}

// SamplesPosted shows what a request posts as the service shows that it took it: with an id, and the project before the source.
func SamplesPosted() httpmock.Responder {
	return func(req *http.Request) (*http.Response, error) {
		text, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		rows, err := postedWire(text)
		if err != nil {
			return MeterError(http.StatusBadRequest, "Request is not in valid JSON format")(req)
		}
		return answer(http.StatusCreated, rows), nil
	}
}

// rowsOfMeter answers a list, up to the limit and from the offset that a request names.
func rowsOfMeter[T any](rows []T, wire func(*T) map[string]any) httpmock.Responder {
	all := make([]map[string]any, len(rows))
	for i := range rows {
		all[i] = wire(&rows[i])
	}
	return func(req *http.Request) (*http.Response, error) {
		q := req.URL.Query()
		offset, _ := strconv.Atoi(q.Get("offset"))
		from := min(max(offset, 0), len(all))
		to := len(all)
		if limit := limitOf(req); limit > 0 {
			to = min(from+limit, to)
		}
		return answer(http.StatusOK, all[from:to]), nil
	}
}

func sampleRows(samples []meter.Sample, wire func(*meter.Sample) map[string]any) httpmock.Responder {
	all := slices.Clone(samples)
	slices.SortStableFunc(all, func(a, b meter.Sample) int { return b.Timestamp.Compare(a.Timestamp) })
	return func(req *http.Request) (*http.Response, error) {
		named := condition(req, "meter", "eq")
		if _, path, ok := strings.Cut(req.URL.Path, "/v2/meters/"); ok {
			named = path
		}
		rows := slices.DeleteFunc(slices.Clone(all), func(s meter.Sample) bool {
			return named != "" && s.Meter != named || outside(req, s.Timestamp)
		})
		return rowsOfMeter(rows, wire)(req)
	}
}

// outside tells whether a time is not one that a request asks for.
func outside(req *http.Request, t time.Time) bool {
	for op, misses := range map[string]func(time.Time) bool{
		"ge": t.Before, "gt": func(b time.Time) bool { return !t.After(b) },
		"le": t.After, "lt": func(b time.Time) bool { return !t.Before(b) },
	} {
		if bound, ok := naiveTime(condition(req, "timestamp", op)); ok && misses(bound) {
			return true
		}
	}
	return false
}

// condition is the value of a condition of a request, empty where it has none; any operator will do where none is given.
func condition(req *http.Request, field, op string) string {
	q := req.URL.Query()
	for i, f := range q["q.field"] {
		if f == field && i < len(q["q.op"]) && i < len(q["q.value"]) && (op == "" || q["q.op"][i] == op) {
			return q["q.value"][i]
		}
	}
	return ""
}

func naiveTime(text string) (time.Time, bool) {
	t, err := time.Parse("2006-01-02T15:04:05", text)
	return t, err == nil
}

// oneOf answers with the value that a path ends with.
func oneOf[T any](all []T, kind string, id func(*T) string, wire func(*T) map[string]any) httpmock.Responder {
	all = slices.Clone(all)
	return func(req *http.Request) (*http.Response, error) {
		asked := req.URL.Path[strings.LastIndexByte(req.URL.Path, '/')+1:]
		for i := range all {
			if id(&all[i]) == asked {
				return answer(http.StatusOK, wire(&all[i])), nil
			}
		}
		return MeterError(http.StatusNotFound, kind+" "+asked+" Not Found")(req)
	}
}
