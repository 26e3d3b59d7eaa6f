package fakecloud

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// querySamples answers a complex query: its condition and its order are JSON in texts.
func (m *metering) querySamples(r call, who caller) answer {
	in, refused := queryBody(r)
	if refused != nil {
		return *refused
	}
	limit := defaultReturnLimit
	if v, ok := in.get("limit"); ok && v != nil {
		n, err := strconv.Atoi(pyStr(v))
		if err != nil {
			return *meteringInput("body", pyRepr(in), "invalid literal for int() with base 10: "+pyRepr(v))
		}
		if limit = n; n <= 0 {
			return *meteringFault(http.StatusBadRequest, "Limit must be positive")
		}
	}
	q := sampleCondition{who: who}
	if text, ok := in.get("filter"); ok {
		if refused := q.read(text); refused != nil {
			return *refused
		}
	}
	order, refused := sampleOrder(in)
	if refused != nil {
		return *refused
	}
	f := &sampleFilter{}
	if !who.has("admin") {
		f.project = who.projectID
	}
	found := slices.DeleteFunc(m.find(f, 0), func(s *stored) bool { return q.tree != nil && !q.matches(q.tree, s) })
	slices.SortStableFunc(found, func(a, b *stored) int {
		for _, key := range order {
			if c := compareValues(a.column(key.field), b.column(key.field)); c != 0 {
				if key.descending {
					return -c
				}
				return c
			}
		}
		return 0
	})
	return meteringJSON(http.StatusOK, array(cut(found, limit, 0), (*stored).wire))
}

func queryBody(r call) (object, *answer) {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	switch {
	case len(r.body) == 0:
		return nil, meteringFault(http.StatusBadRequest, `Missing argument: "body"`)
	case kind == "" || kind == "application/x-www-form-urlencoded":
		name, _, _ := strings.Cut(string(r.body), "=")
		return nil, meteringFault(http.StatusBadRequest, `Unknown argument: "`+name+`"`)
	case kind != "application/json":
		return nil, meteringFault(http.StatusUnsupportedMediaType, "Unknown mimetype: "+kind)
	}
	v, err := loads(r.body)
	if err != nil {
		return nil, meteringFault(http.StatusBadRequest, "Request is not in valid JSON format")
	}
	in, ok := v.(object)
	if !ok {
		return nil, meteringFault(http.StatusInternalServerError, "'list' object has no attribute 'keys'")
	}
	for _, m := range in {
		if !slices.Contains([]string{"filter", "orderby", "limit"}, m.key) {
			return nil, meteringFault(http.StatusBadRequest, "Unknown attribute for argument body: "+m.key)
		}
		if _, isText := m.value.(string); m.key != "limit" && m.value != nil && !isText {
			return nil, meteringInput(m.key, pyRepr(m.value), "Wrong type. Expected '<class 'str'>', got '"+pyType(m.value)+"'")
		}
	}
	return in, nil
}

// sampleFields are the columns, by every name that they have in a query.
var sampleFields = map[string]string{
	"source": "source", "counter_name": "meter", "meter": "meter", "counter_type": "type", "type": "type", "counter_unit": "unit",
	"unit": "unit", "counter_volume": "volume", "volume": "volume", "user_id": "user_id", "user": "user_id", "project_id": "project_id",
	"project": "project_id", "resource_id": "resource_id", "resource": "resource_id", "timestamp": "timestamp",
	"recorded_at": "recorded_at", "message_id": "message_id", "message_signature": "message_signature",
	"resource_metadata": "resource_metadata",
}

type sampleKey struct {
	field      string
	descending bool
}

func sampleOrder(in object) ([]sampleKey, *answer) {
	text, ok := in.get("orderby")
	if !ok {
		return nil, nil // as they are: the newest first
	}
	v, err := loads([]byte(pyStr(text)))
	list, isList := v.([]any)
	refused := meteringFault(http.StatusBadRequest, "Order-by expression not valid: "+pyRepr(v))
	if err != nil || !isList {
		return nil, refused
	}
	var keys []sampleKey
	for _, e := range list {
		o, ok := e.(object)
		if !ok || len(o) != 1 {
			return nil, refused
		}
		field, direction := sampleFields[o[0].key], strings.ToLower(pyStr(o[0].value))
		switch {
		case field == "" || direction != "asc" && direction != "desc":
			return nil, refused
		case field == "source" || field == "recorded_at":
			return nil, meteringFault(http.StatusInternalServerError, "type object 'FullSample' has no attribute '"+field+"'")
		}
		keys = append(keys, sampleKey{field, direction == "desc"})
	}
	return keys, nil
}

// column is a field of a sample.
func (s *stored) column(field string) any {
	switch field {
	case "meter":
		return s.Meter
	case "type":
		return s.Type
	case "unit":
		return s.Unit
	case "volume":
		return s.Volume
	case "user_id":
		return nullable(s.UserID)
	case "project_id":
		return nullable(s.ProjectID)
	case "resource_id":
		return s.ResourceID
	case "timestamp":
		return s.Timestamp
	case "message_id":
		return s.ID
	}
	if name, ok := strings.CutPrefix(field, "metadata."); ok {
		return s.typed[name]
	}
	return nil
}
