package fakecloud_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// row is a sample of either shape, a meter or a resource, as recordings show them.
type row struct {
	ID                      string
	MessageID               string `json:"message_id"`
	Meter, Name, Type, Unit string
	CounterName             string `json:"counter_name"`
	CounterType             string `json:"counter_type"`
	CounterUnit             string `json:"counter_unit"`
	Volume                  *float64
	CounterVolume           *float64 `json:"counter_volume"`
	UserID                  string   `json:"user_id"`
	ProjectID               string   `json:"project_id"`
	ResourceID              string   `json:"resource_id"`
	Source                  string
	Timestamp               string
	RecordedAt              string `json:"recorded_at"`
	Metadata                map[string]string
	ResourceMetadata        map[string]string `json:"resource_metadata"`
	MeterID                 string            `json:"meter_id"`
	First                   string            `json:"first_sample_timestamp"`
	Last                    string            `json:"last_sample_timestamp"`
	Links                   []struct{ Rel string }
}

// nestedTypes is the metadata of the recorded resources nested-0 to nested-2 as it was measured. The answers show texts alone.
const nestedTypes = `{"active": true, "disk_gb": 20, "display_name": "nested",
	"flavor": {"extra": {"a": {"b": 1.5}}, "id": "1", "vcpus": 2}, "image": {"id": "img", "links": [{"href": "http://x/1", "rel": "bookmark"}]},
	"metering": {"stack": "s1"}, "none": null, "ratio": 0.5, "tags": ["a", "b"]}`

// holdRecorded gives a cloud what the recordings show of the samples of the real one: those that were listed, and where a meter
// or a resource was listed without its samples, one at each end of its time.
func holdRecorded(t *testing.T, c *fakecloud.Cloud, all []pair) {
	t.Helper()
	samples := map[string]fakecloud.Sample{}
	var meters, resources []row
	definitions := map[string]row{}
	for _, p := range all {
		if p.Status != 200 || !strings.HasPrefix(p.Body, "[{") && !strings.HasPrefix(p.Body, "{") || p.Type != "application/json" {
			continue
		}
		text := p.Body
		if text[0] == '{' {
			text = "[" + text + "]"
		}
		var rows []row
		if json.Unmarshal([]byte(text), &rows) != nil {
			continue
		}
		for _, r := range rows {
			switch {
			case r.MeterID != "" && r.ResourceID == "":
				definitions[r.Name] = r
			case r.MeterID != "":
				meters = append(meters, r)
			case r.First != "" && !strings.Contains(p.Path, "timestamp"):
				resources = append(resources, r)
			case r.Meter != "" || r.CounterName != "":
				s := r.sample(t)
				samples[s.ID] = s
			}
		}
	}
	for _, r := range resources {
		for _, link := range r.Links {
			d, ok := definitions[link.Rel]
			for _, s := range samples {
				if s.Meter == d.Name && s.ResourceID == r.ResourceID {
					d.Unit = s.Unit // there are volumes in two
				}
			}
			if ok && !slices.ContainsFunc(meters, func(m row) bool { return m.Name == d.Name && m.ResourceID == r.ResourceID }) {
				meters = append(meters, row{Name: d.Name, Type: d.Type, Unit: d.Unit, ResourceID: r.ResourceID, ProjectID: r.ProjectID, UserID: r.UserID, Source: r.Source})
			}
		}
	}
	held := make([]fakecloud.Sample, 0, len(samples))
	for _, s := range samples {
		held = append(held, s)
	}
	slices.SortFunc(held, func(a, b fakecloud.Sample) int {
		if d := a.RecordedAt.Compare(b.RecordedAt); d != 0 {
			return d
		}
		return strings.Compare(a.ID, b.ID)
	})
	for _, m := range unlisted(t, held, meters, resources) {
		c.AddSamples(m)
	}
	c.AddSamples(held...)
}

// holdEvents gives a cloud the events of the recordings, and for each value of a trait that was listed one more that has it.
func holdEvents(t *testing.T, c *fakecloud.Cloud, all []pair) {
	t.Helper()
	known := map[string]bool{}
	for _, p := range all {
		var events []struct {
			MessageID string `json:"message_id"`
			EventType string `json:"event_type"`
			Generated string
			Traits    []fakecloud.Trait
			Raw       json.RawMessage
		}
		text := p.Body
		if strings.HasPrefix(text, "{") {
			text = "[" + text + "]"
		}
		if p.Status != 200 || !strings.HasPrefix(p.Path, "/v2/events") || json.Unmarshal([]byte(text), &events) != nil {
			continue
		}
		for _, e := range events {
			if e.MessageID == "" || known[e.MessageID] {
				continue
			}
			known[e.MessageID] = true
			c.AddEvents(fakecloud.Event{MessageID: e.MessageID, EventType: e.EventType, Generated: pythonTime(t, e.Generated), Traits: e.Traits, Raw: string(e.Raw)})
		}
	}
}

func (r *row) sample(t *testing.T) fakecloud.Sample {
	t.Helper()
	if r.Meter == "" {
		r.ID, r.Meter, r.Type, r.Unit, r.Volume, r.Metadata = r.MessageID, r.CounterName, r.CounterType, r.CounterUnit, r.CounterVolume, r.ResourceMetadata
	}
	s := fakecloud.Sample{ID: r.ID, Meter: r.Meter, Type: r.Type, Unit: r.Unit, ResourceID: r.ResourceID, ProjectID: r.ProjectID, UserID: r.UserID,
		Source: r.Source, Timestamp: pythonTime(t, r.Timestamp), RecordedAt: pythonTime(t, r.RecordedAt), Metadata: r.metadata()}
	if s.NoVolume = r.Volume == nil; !s.NoVolume {
		s.Volume = *r.Volume
	}
	return s
}

// metadata undoes what answers do to names.
func (r *row) metadata() string {
	if strings.HasPrefix(r.ResourceID, "nested-") {
		return nestedTypes
	}
	out := map[string]any{}
	for name, value := range r.Metadata {
		at, parts := out, strings.Split(strings.ReplaceAll(name, ":", "."), ".")
		for _, p := range parts[:len(parts)-1] {
			inner, ok := at[p].(map[string]any)
			if !ok {
				inner = map[string]any{}
				at[p] = inner
			}
			at = inner
		}
		at[parts[len(parts)-1]] = value
	}
	text, _ := json.Marshal(out)
	return string(text)
}

// unlisted are the samples that must be there for meters and resources to be listed as they were.
func unlisted(t *testing.T, held []fakecloud.Sample, meters, resources []row) []fakecloud.Sample {
	t.Helper()
	var more []fakecloud.Sample
	find := func(is func(fakecloud.Sample) bool) bool { return slices.ContainsFunc(slices.Concat(held, more), is) }
	known, metadata := map[string]row{}, map[string]string{}
	for _, s := range held {
		metadata[s.ResourceID] = s.Metadata
	}
	for _, r := range resources {
		known[r.ResourceID] = r
		metadata[r.ResourceID] = r.metadata()
	}
	add := func(m row, at time.Time) {
		more = append(more, fakecloud.Sample{Meter: m.Name, Type: m.Type, Unit: m.Unit, ResourceID: m.ResourceID, ProjectID: m.ProjectID,
			UserID: m.UserID, Source: m.Source, Timestamp: at, Metadata: metadata[m.ResourceID]})
	}
	for _, m := range meters {
		at := time.Date(2016, 10, 1, 0, 0, 0, 0, time.UTC)
		r, ok := known[m.ResourceID]
		if ok {
			at = pythonTime(t, r.First)
		}
		if !find(func(s fakecloud.Sample) bool {
			return s.Meter == m.Name && s.Unit == m.Unit && s.ResourceID == m.ResourceID
		}) {
			add(m, at)
		}
		for _, end := range []string{r.First, r.Last} {
			if ok && !find(func(s fakecloud.Sample) bool {
				return s.ResourceID == m.ResourceID && s.Timestamp.Equal(pythonTime(t, end))
			}) {
				add(m, pythonTime(t, end))
			}
		}
	}
	return more
}
