package fakecloud

import (
	"cmp"
	"encoding/base64"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// defaultReturnLimit is [api]default_api_return_limit.
const defaultReturnLimit = 100

// Limits of K5.
const (
	k5MaxLimit      = 1440
	k5MaxConditions = 10
	k5MaxSamples    = 20
	k5MaxValue      = 255
)

// page reads limit and offset.
func (m *metering) page(q url.Values) (limit, offset int, refused *answer) {
	limit = defaultReturnLimit
	if m.release == CeilometerK5 {
		limit = k5MaxLimit
	}
	for name, into := range map[string]*int{"limit": &limit, "offset": &offset} {
		if q.Has(name) {
			n, refused := meteringInt(name, q.Get(name))
			if refused != nil {
				return 0, 0, refused
			}
			*into = int(min(n, math.MaxInt32))
		}
	}
	switch {
	case limit <= 0:
		return 0, 0, meteringFault(http.StatusBadRequest, "Limit must be positive")
	case m.release == CeilometerK5 && (limit > k5MaxLimit || offset < 0):
		return 0, 0, meteringFault(http.StatusBadRequest, "limit is 1 to 1440, offset 0 or more")
	}
	return limit, offset, nil
}

// parameters are those of a list in this release.
func (m *metering) parameters(names ...string) []string {
	if m.release == CeilometerK5 {
		return append(names, "offset")
	}
	return names
}

func (m *metering) k5Conditions(conditions []simple) *answer {
	if m.release != CeilometerK5 {
		return nil
	}
	if len(conditions) > k5MaxConditions {
		return meteringFault(http.StatusBadRequest, "at most 10 conditions")
	}
	for _, c := range conditions {
		key := strings.TrimSuffix(c.get(c.field), "_id")
		if n := len([]rune(c.get(c.value))); n == 0 || n > k5MaxValue || !slices.Contains(k5Keys, key) {
			return meteringFault(http.StatusBadRequest, "q.value has 1 to 255 characters, q.field is one of resource_id, source and user_id")
		}
	}
	return nil
}

func cut[T any](rows []T, limit, offset int) []T {
	rows = rows[min(offset, len(rows)):]
	return rows[:min(limit, len(rows))]
}

type meterDefinition struct{ name, kind, unit string }

func (m *metering) listMeters(r call, who caller) answer {
	known := m.parameters("limit")
	if m.release == CeilometerOcata {
		known = append(known, "unique")
	}
	conditions, q, refused := arguments(r, known...)
	if refused != nil {
		return *refused
	}
	limit, offset, refused := m.page(q)
	if refused != nil {
		return *refused
	}
	f, refused := m.filter(who, conditions, meterKeys)
	if refused != nil {
		return *refused
	}
	unique := truthy(q.Get("unique"))
	rows := slices.DeleteFunc(m.latest(f.resource, unique), func(s *stored) bool { return !f.matchesResource(s) })
	return meteringJSON(http.StatusOK, array(cut(rows, limit, offset), func(s *stored) any { return m.meterWire(s, unique) }))
}

// latest are the last samples of each definition, on each resource unless they are to be unique.
func (m *metering) latest(resource string, unique bool) []*stored {
	type key struct {
		meterDefinition
		resource string
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	last := map[key]*stored{}
	var rows []*stored
	for _, s := range m.samples {
		if resource != "" && s.ResourceID != resource {
			continue
		}
		k := key{meterDefinition{s.Meter, s.Type, s.Unit}, s.ResourceID}
		if unique {
			k.resource = ""
		}
		if o := last[k]; o == nil || o.serial < s.serial {
			last[k] = s
		}
	}
	for _, s := range last {
		rows = append(rows, s)
	}
	slices.SortFunc(rows, func(a, b *stored) int { return cmp.Compare(a.serial, b.serial) })
	return rows
}

func (m *metering) meterWire(s *stored, unique bool) any {
	owner := []any{s.ResourceID, nullable(s.ProjectID), nullable(s.UserID), s.Source}
	resource := s.ResourceID
	if unique {
		owner, resource = []any{nil, nil, nil, nil}, "None"
	}
	return object{
		{"name", s.Meter}, {"type", s.Type}, {"unit", s.Unit}, {"resource_id", owner[0]}, {"project_id", owner[1]}, {"user_id", owner[2]},
		{"source", owner[3]}, {"meter_id", m.meterID(resource, s.Meter)},
	}
}

// meterID is base64, with the line breaks of Python's encodestring on K5.
func (m *metering) meterID(resource, name string) string {
	id := base64.StdEncoding.EncodeToString([]byte(resource + "+" + name))
	if m.release != CeilometerK5 {
		return id
	}
	var b strings.Builder
	for line := range slices.Chunk([]byte(id), 76) {
		b.Write(line)
		b.WriteByte('\n')
	}
	return b.String()
}

func (m *metering) listSamples(r call, who caller) answer {
	return m.sampleList(r, who, "", (*stored).wire)
}

// listOldSamples answers the samples of one meter, in the shape of before; an empty name is no name at all.
func (m *metering) listOldSamples(r call, who caller, meter string) answer {
	return m.sampleList(r, who, meter, (*stored).oldWire)
}

func (m *metering) sampleList(r call, who caller, meter string, wire func(*stored) any) answer {
	conditions, q, refused := arguments(r, m.parameters("limit")...)
	if refused != nil {
		return *refused
	}
	limit, offset, refused := m.page(q)
	if refused != nil {
		return *refused
	}
	f, refused := m.filter(who, conditions, sampleKeys)
	if refused != nil {
		return *refused
	}
	if meter != "" {
		f.meter = meter
	}
	m.k5Day(f)
	return meteringJSON(http.StatusOK, array(cut(m.find(f, limit+offset), limit, offset), wire))
}

// k5Day is the time that K5 takes where a request leaves it open: a day.
func (m *metering) k5Day(f *sampleFilter) {
	const day = 24 * time.Hour
	if m.release != CeilometerK5 {
		return
	}
	switch {
	case f.start.IsZero() && f.end.IsZero():
		f.start, f.startOp = m.cloud.Now().Add(-day), "ge"
	case f.start.IsZero():
		f.start, f.startOp = f.end.Add(-day), "ge"
	case f.end.IsZero():
		f.end, f.endOp = f.start.Add(day), "lt"
	}
}

func (m *metering) getSample(id string) answer {
	found := m.find(&sampleFilter{messageID: id}, 1)
	if len(found) == 0 {
		return *meteringFault(http.StatusNotFound, "Sample "+id+" Not Found")
	}
	return meteringJSON(http.StatusOK, found[0].wire()) // whoever asks
}

func (m *metering) listResources(r call, who caller) answer {
	conditions, q, refused := arguments(r, m.parameters("limit", "meter_links")...)
	if refused != nil {
		return *refused
	}
	limit, offset, refused := m.page(q)
	if refused != nil {
		return *refused
	}
	links := int64(1)
	if q.Has("meter_links") {
		if links, refused = meteringInt("meter_links", q.Get("meter_links")); refused != nil {
			return *refused
		}
	}
	f, refused := m.filter(who, conditions, resourceKeys)
	if refused != nil {
		return *refused
	}
	return meteringJSON(http.StatusOK, array(cut(m.resources(f), limit, offset), func(o *resource) any { return m.resourceWire(r, o, links != 0) }))
}

// resource is what the samples of one resource that match say of it.
type resource struct {
	newest, oldest *stored
}

func (m *metering) resources(f *sampleFilter) []*resource {
	byID := map[string]*resource{}
	var all []*resource
	for _, s := range m.find(f, 0) {
		o := byID[s.ResourceID]
		if o == nil {
			o = &resource{newest: s}
			byID[s.ResourceID] = o
			all = append(all, o)
		}
		o.oldest = s
		if s.Timestamp.Equal(o.newest.Timestamp) && s.serial > o.newest.serial {
			o.newest = s
		}
	}
	slices.SortFunc(all, func(a, b *resource) int { return strings.Compare(a.newest.ResourceID, b.newest.ResourceID) })
	return all
}

func (m *metering) resourceWire(r call, o *resource, withMeters bool) any {
	s := o.newest
	links := []any{object{{"href", r.root + "/v2/resources/" + s.ResourceID}, {"rel", "self"}}}
	if withMeters {
		for _, of := range m.latest(s.ResourceID, false) {
			links = append(links, object{
				{"href", r.root + "/v2/meters/" + of.Meter + "?q.field=resource_id&q.value=" + s.ResourceID}, {"rel", of.Meter}})
		}
	}
	return object{
		{"resource_id", s.ResourceID}, {"project_id", nullable(s.ProjectID)}, {"user_id", nullable(s.UserID)},
		{"first_sample_timestamp", isoformat(o.oldest.Timestamp)}, {"last_sample_timestamp", isoformat(s.Timestamp)},
		{"metadata", s.flat}, {"links", links}, {"source", s.Source},
	}
}

// getResource unescapes the id once more than a server does, since Newton: %252F is a slash.
func (m *metering) getResource(r call, who caller, id string) answer {
	if _, _, refused := arguments(r); refused != nil || r.URL.RawQuery != "" {
		if refused == nil {
			refused = meteringFault(http.StatusBadRequest, `Unknown argument: "q"`)
		}
		return *refused
	}
	if m.release == CeilometerOcata {
		if again, err := url.PathUnescape(id); err == nil {
			id = again
		}
	}
	f := &sampleFilter{resource: id}
	if !who.has("admin") {
		f.project = who.projectID
	}
	found := m.resources(f)
	if len(found) == 0 {
		return *meteringFault(http.StatusNotFound, "Resource "+id+" Not Found")
	}
	return meteringJSON(http.StatusOK, m.resourceWire(r, found[0], true))
}
