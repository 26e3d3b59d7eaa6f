package fakecloud

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// postSamples stores what is posted. What was not to be stored directly is stored as well: the notification bus is quick here.
func (m *metering) postSamples(r call, who caller, meter string) answer {
	direct := truthy(r.URL.Query().Get("direct"))
	switch {
	case m.gnocchi && direct:
		return m.abort(r, http.StatusBadRequest, "direct option cannot be true when Gnocchi is enabled.")
	case m.release == CeilometerK5 && strings.HasPrefix(meter, "fcx."):
		return *meteringInput("counter_name", meter, "must not begin with fcx.")
	}
	list, refused := postedList(r)
	if refused != nil {
		return *refused
	}
	if m.release == CeilometerK5 && len(list) > k5MaxSamples {
		return *meteringFault(http.StatusBadRequest, "at most 20 samples")
	}
	now := m.cloud.Now().Truncate(time.Microsecond)
	var stored []Sample
	var echo []any
	for _, e := range list {
		in, _ := e.(object)
		s, out, refused := m.posted(in, who, meter, now)
		if refused != nil {
			return *refused
		}
		stored, echo = append(stored, s), append(echo, out)
	}
	if !m.gnocchi {
		m.cloud.AddSamples(stored...)
	}
	return meteringJSON(http.StatusCreated, echo)
}

// postedList is the body as an array.
func postedList(r call) ([]any, *answer) {
	if len(r.body) == 0 {
		return nil, meteringFault(http.StatusBadRequest, "Samples should be included in request body")
	}
	if kind := r.Header.Get("Content-Type"); !strings.HasPrefix(kind, "application/json") {
		name, _, _ := strings.Cut(string(r.body), "=")
		return nil, meteringFault(http.StatusBadRequest, `Unknown argument: "`+name+`"`)
	}
	v, err := loads(r.body)
	if err != nil {
		return nil, meteringFault(http.StatusBadRequest, "Request is not in valid JSON format")
	}
	list, ok := v.([]any)
	if v != nil && !ok {
		return nil, meteringInput("samples", pyRepr(v), "Value not a valid list: "+pyRepr(v))
	}
	if len(list) == 0 {
		return nil, meteringFault(http.StatusBadRequest, "Samples should be included in request body")
	}
	return list, nil
}

var sampleAttributes = []string{
	"source", "counter_name", "counter_type", "counter_unit", "counter_volume", "user_id", "project_id", "resource_id", "timestamp",
	"recorded_at", "resource_metadata", "message_id",
}

// posted is one sample of a body, and how the service shows that it has taken it.
func (m *metering) posted(in object, who caller, meter string, now time.Time) (Sample, object, *answer) {
	var s Sample
	text := func(name string) string {
		v, _ := in.get(name)
		if v == nil {
			return ""
		}
		return pyStr(v)
	}
	if refused := checkPosted(in); refused != nil {
		return s, nil, refused
	}
	volume, refused := postedVolume(in)
	if refused != nil {
		return s, nil, refused
	}
	given, at := text("timestamp"), now
	if given != "" {
		var ok bool
		if at, ok = postedTime(given); !ok {
			return s, nil, meteringInput("samples", pyRepr([]any{in}), "Unknown string format: "+given)
		}
	}
	metadata, refused := postedMetadata(in)
	if refused != nil {
		return s, nil, refused
	}
	s = Sample{
		ID: m.cloud.newUUID("sample"), Meter: text("counter_name"), Type: text("counter_type"), Unit: text("counter_unit"),
		NoVolume: volume == nil, ResourceID: text("resource_id"), ProjectID: text("project_id"), UserID: text("user_id"),
		Source: text("source"), Timestamp: at, RecordedAt: now, Metadata: string(dumps(nestedMetadata(metadata))),
	}
	if volume != nil {
		s.Volume = *volume
	}
	switch {
	case s.Meter != meter:
		return s, nil, meteringInput("counter_name", s.Meter, "should be "+meter)
	case text("message_id") != "":
		return s, nil, meteringInput("message_id", text("message_id"), "The message_id must not be set")
	case !slices.Contains([]string{"gauge", "delta", "cumulative"}, s.Type):
		return s, nil, meteringInput("counter_type", s.Type, "The counter type must be: gauge, delta, cumulative")
	}
	s.fillIn(who)
	if !who.has("admin") && s.ProjectID != who.projectID {
		return s, nil, meteringInput("project_id", s.ProjectID, "can not post samples to other projects")
	}
	return s, s.echo(in, given), nil
}

// fillIn gives a sample the owner that it was not posted with, and puts the project before the source.
func (s *Sample) fillIn(who caller) {
	if s.UserID == "" {
		s.UserID = who.userID
	}
	if s.ProjectID == "" {
		s.ProjectID = who.projectID
	}
	if s.Source == "" {
		s.Source = "openstack"
	}
	s.Source = s.ProjectID + ":" + s.Source
}

// echo shows metadata and times as they were sent.
func (s *Sample) echo(in object, given string) object {
	if given == "" {
		given = isoformat(s.Timestamp)
	}
	if utc, ok := strings.CutSuffix(given, "Z"); ok {
		given = utc + "+00:00"
	}
	metadata, ok := in.get("resource_metadata")
	if !ok {
		metadata = object{}
	}
	out := object{
		{"source", s.Source}, {"counter_name", s.Meter}, {"counter_type", s.Type}, {"counter_unit", s.Unit}, {"counter_volume", s.volume()},
		{"user_id", nullable(s.UserID)}, {"project_id", nullable(s.ProjectID)}, {"resource_id", s.ResourceID}, {"timestamp", given},
	}
	if recorded, ok := in.get("recorded_at"); ok {
		out = append(out, member{"recorded_at", recorded})
	}
	return append(out, member{"resource_metadata", metadata}, member{"message_id", s.ID})
}

func checkPosted(in object) *answer {
	for _, m := range in {
		if !slices.Contains(sampleAttributes, m.key) {
			return meteringFault(http.StatusBadRequest, "Unknown attribute for argument samples: "+m.key)
		}
	}
	for _, name := range []string{"counter_name", "counter_type", "counter_unit", "counter_volume", "resource_id"} {
		if _, ok := in.get(name); !ok {
			return meteringInput(name, "None", "Mandatory field missing.")
		}
	}
	return nil
}

func postedVolume(in object) (*float64, *answer) {
	v, _ := in.get("counter_volume")
	switch v := v.(type) {
	case nil:
		return nil, nil // null is taken
	case number:
		return &v.value, nil
	case string:
		if f, err := strconv.ParseFloat(v, 64); err == nil {
			return &f, nil
		}
		return nil, meteringInput("samples", pyRepr([]any{in}), "could not convert string to float: '"+v+"'")
	}
	return nil, meteringInput("samples", pyRepr([]any{in}), "float() argument must be a string or a real number")
}

// postedTime converts a zone, unlike the times of conditions.
func postedTime(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}

func postedMetadata(in object) (map[string]string, *answer) {
	v, ok := in.get("resource_metadata")
	if !ok {
		return nil, nil
	}
	if v == nil {
		return nil, meteringFault(http.StatusInternalServerError, "'NoneType' object has no attribute 'keys'")
	}
	o, ok := v.(object)
	if !ok {
		return nil, meteringInput("resource_metadata", pyRepr(v), "Wrong type.")
	}
	metadata := map[string]string{}
	for _, e := range o {
		switch text := e.value.(type) {
		case nil:
			metadata[e.key] = "None"
		case string:
			metadata[e.key] = text
		default:
			return nil, meteringInput("resource_metadata", pyRepr(v), "Wrong type. Expected '<class 'str'>', got '"+pyType(e.value)+"'")
		}
	}
	return metadata, nil
}
