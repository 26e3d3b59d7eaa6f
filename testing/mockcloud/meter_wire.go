package mockcloud

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/jarcoal/httpmock"

	"github.com/gophermeter/gophermeter/meter"
)

func meterWire(m *meter.Meter) map[string]any {
	return map[string]any{
		"meter_id": m.MeterID, "name": m.Name, "type": m.Type, "unit": m.Unit, "resource_id": orNull(m.ResourceID),
		"project_id": orNull(m.ProjectID), "user_id": orNull(m.UserID), "source": orNull(m.Source),
	}
}

func sampleWire(s *meter.Sample) map[string]any {
	return map[string]any{
		"id": s.ID, "meter": s.Meter, "type": s.Type, "unit": s.Unit, "volume": volumeOf(s), "user_id": orNull(s.UserID),
		"project_id": orNull(s.ProjectID), "resource_id": s.ResourceID, "source": s.Source, "timestamp": isoTime(s.Timestamp),
		"recorded_at": isoTime(s.RecordedAt), "metadata": s.Metadata.Map(),
	}
}

func oldSampleWire(s *meter.Sample) map[string]any {
	w := sampleWire(s)
	for now, before := range map[string]string{
		"id": "message_id", "meter": "counter_name", "type": "counter_type", "unit": "counter_unit", "volume": "counter_volume",
		"metadata": "resource_metadata",
	} {
		w[before] = w[now]
		delete(w, now)
	}
	return w
}

func volumeOf(s *meter.Sample) any {
	if s.NoVolume {
		return nil
	}
	return s.Volume
}

func statisticsWire(s *meter.Statistics) map[string]any {
	w := map[string]any{
		"groupby": nil, "unit": s.Unit, "duration": nil, "duration_start": isoTime(s.DurationStart), "duration_end": isoTime(s.DurationEnd),
		"period": int64(s.Period / time.Second), "period_start": isoTime(s.PeriodStart), "period_end": isoTime(s.PeriodEnd),
	}
	if s.Duration != nil {
		w["duration"] = s.Duration.Seconds()
	}
	for name, value := range map[string]*float64{"min": s.Min, "max": s.Max, "avg": s.Avg, "sum": s.Sum} {
		if value != nil {
			w[name] = *value
		}
	}
	if s.Count != nil {
		w["count"] = *s.Count
	}
	if len(s.GroupBy) > 0 {
		groups := map[string]any{}
		for _, g := range s.GroupBy {
			groups[string(g.Field)] = g.Value
			if g.Null {
				groups[string(g.Field)] = nil
			}
		}
		w["groupby"] = groups
	}
	if len(s.Aggregates) > 0 {
		w["aggregate"] = aggregatesWire(s.Aggregates)
	}
	return w
}

func aggregatesWire(all []meter.AggregateValue) map[string]any {
	w := map[string]any{}
	for _, a := range all {
		name := string(a.Function)
		if a.Param != "" {
			name += "/" + string(a.Param)
		}
		w[name] = a.Value
		if a.Null {
			w[name] = nil
		}
	}
	return w
}

func resourceWire(r *meter.Resource) map[string]any {
	links := make([]map[string]string, len(r.Links))
	for i, l := range r.Links {
		links[i] = map[string]string{"rel": l.Rel, "href": l.Href}
	}
	return map[string]any{
		"resource_id": r.ResourceID, "project_id": orNull(r.ProjectID), "user_id": orNull(r.UserID), "source": r.Source,
		"first_sample_timestamp": isoTime(r.FirstSample), "last_sample_timestamp": isoTime(r.LastSample),
		"metadata": r.Metadata.Map(), "links": links,
	}
}

func eventWire(e *meter.Event) map[string]any {
	rows := make([]map[string]any, len(e.Traits))
	for i := range e.Traits {
		rows[i] = traitWire(&e.Traits[i])
	}
	raw := e.Raw
	if raw == nil {
		raw = json.RawMessage("{}")
	}
	return map[string]any{
		"message_id": e.MessageID, "event_type": e.EventType, "generated": isoTime(e.Generated), "traits": rows, "raw": raw,
	}
}

func traitWire(t *meter.Trait) map[string]any {
	return map[string]any{"name": t.Name, "value": t.Value, "type": t.Type}
}

// eventTypes are those of the events.
func eventTypes(events []meter.Event) httpmock.Responder {
	types := []string{}
	for _, e := range events {
		types = append(types, e.EventType)
	}
	slices.Sort(types)
	return always(http.StatusOK, slices.Compact(types))
}

// traits are those of the events of a type, each once.
func traits(events []meter.Event) httpmock.Responder {
	return func(req *http.Request) (*http.Response, error) {
		known := []meter.TraitDefinition{}
		rows := []map[string]any{}
		for _, t := range traitsOf(req, events) {
			if d := (meter.TraitDefinition{Name: t.Name, Type: t.Type}); !slices.Contains(known, d) {
				known = append(known, d)
				rows = append(rows, map[string]any{"name": d.Name, "type": d.Type})
			}
		}
		return answer(http.StatusOK, rows), nil
	}
}

func traitValues(events []meter.Event) httpmock.Responder {
	return func(req *http.Request) (*http.Response, error) {
		name := req.URL.Path[strings.LastIndexByte(req.URL.Path, '/')+1:]
		rows := []map[string]any{}
		for _, t := range traitsOf(req, events) {
			if t.Name == name {
				rows = append(rows, traitWire(&t))
			}
		}
		return answer(http.StatusOK, rows), nil
	}
}

// traitsOf are the traits of all events of the type that a path names.
func traitsOf(req *http.Request, events []meter.Event) []meter.Trait {
	_, eventType, _ := strings.Cut(req.URL.Path, "/event_types/")
	eventType, _, _ = strings.Cut(eventType, "/")
	var all []meter.Trait
	for _, e := range events {
		if e.EventType == eventType {
			all = append(all, e.Traits...)
		}
	}
	return all
}

// postedWire is what the service shows of samples that were posted.
func postedWire(text []byte) ([]map[string]any, error) {
	var rows []map[string]any
	if err := json.Unmarshal(text, &rows); err != nil {
		return nil, err
	}
	for i, row := range rows {
		given := func(name string, otherwise any) any {
			if v, ok := row[name]; ok {
				return v
			}
			return otherwise
		}
		project := given("project_id", "admin")
		row["source"] = fmt.Sprintf("%v:%v", project, given("source", "openstack"))
		row["project_id"] = project
		row["user_id"] = given("user_id", "admin")
		row["timestamp"] = given("timestamp", "2026-05-01T00:00:00")
		row["resource_metadata"] = given("resource_metadata", map[string]any{})
		row["message_id"] = fmt.Sprintf("00000000-0000-4000-8000-%012d", i+1)
	}
	return rows, nil
}

// limitOf is the limit that a request names, in its query or, of a complex query, in its body.
func limitOf(req *http.Request) int {
	var in struct {
		Limit json.Number `json:"limit"`
	}
	in.Limit = json.Number(req.URL.Query().Get("limit"))
	if req.Method == http.MethodPost && req.Body != nil {
		text, _ := io.ReadAll(req.Body)
		req.Body = io.NopCloser(bytes.NewReader(text))
		_ = json.Unmarshal(text, &in)
	}
	n, _ := in.Limit.Int64()
	return int(n)
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// isoTime is isoformat of a UTC time, which does not say so and leaves out a fraction of nothing.
func isoTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05.999999")
}
