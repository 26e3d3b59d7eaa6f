package fakecloud

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// sampleFilter is what conditions come to.
type sampleFilter struct {
	user, project, source, meter, resource, messageID string // "" is none, "None" is null
	start, end                                        time.Time
	startOp, endOp                                    string
	metadata                                          map[string]any
}

var (
	meterKeys    = []string{"project", "resource", "source", "unique", "user"}
	sampleKeys   = []string{"message_id", "meter", "project", "resource", "search_offset", "source", "timestamp", "user"}
	resourceKeys = []string{"project", "resource", "search_offset", "source", "timestamp", "user"}
	k5Keys       = []string{"resource", "source", "timestamp", "user"}
)

// filter checks conditions and makes a filter of them, as query_to_kwargs does.
func (m *metering) filter(who caller, conditions []simple, keys []string) (*sampleFilter, *answer) {
	if refused := m.k5Conditions(conditions); refused != nil {
		return nil, refused
	}
	times := slices.Contains(keys, "timestamp")
	stamped, refused := timeCondition(conditions, "timestamp", times, "lt", "le", "gt", "ge")
	if refused == nil {
		var offset bool
		if offset, refused = timeCondition(conditions, "search_offset", times, "eq"); offset && !stamped {
			refused = meteringInput("field", "search_offset", "search_offset cannot be used without timestamp")
		}
	}
	if foreign := foreignProject(who, conditions); foreign != nil {
		return nil, foreign
	}
	f := &sampleFilter{metadata: map[string]any{}}
	for _, c := range conditions {
		if refused != nil {
			return nil, refused
		}
		refused = f.add(c, conditions, keys)
	}
	if refused == nil {
		refused = f.offset(conditions)
	}
	if !who.has("admin") {
		f.project = who.projectID
	}
	return f, refused
}

func foreignProject(who caller, conditions []simple) *answer {
	for _, c := range conditions {
		if field := c.get(c.field); (field == "project" || field == "project_id") && !who.has("admin") && c.get(c.value) != who.projectID {
			return meteringFault(http.StatusUnauthorized, "Not Authorized to access project "+c.get(c.value))
		}
	}
	return nil
}

// timeCondition looks at the first condition on a time.
func timeCondition(conditions []simple, field string, allowed bool, ops ...string) (bool, *answer) {
	for _, c := range conditions {
		switch {
		case c.get(c.field) != field:
		case !allowed:
			return false, meteringFault(http.StatusBadRequest, `Unknown argument: "`+field+`": not valid for this resource`)
		case !slices.Contains(ops, c.operator()):
			return false, meteringInput("op", c.operator(), "unimplemented operator for "+field)
		default:
			return true, nil
		}
	}
	return false, nil
}

// add takes one condition; the last one on a field wins, and one without a value is none.
func (f *sampleFilter) add(c simple, all []simple, keys []string) *answer {
	if c.field == nil {
		return meteringFault(http.StatusInternalServerError, "'UnsetType' object has no attribute 'startswith'")
	}
	field, value := *c.field, c.get(c.value)
	if field == "timestamp" || field == "search_offset" {
		return nil
	}
	key := strings.TrimSuffix(field, "_id")
	if field == "message_id" {
		key = field
	}
	name, isMetadata := strings.CutPrefix(strings.TrimPrefix(field, "resource_"), "metadata.")
	if !isMetadata && !slices.Contains(keys, key) {
		reprs := make([]string, len(all))
		for i := range all {
			reprs[i] = all[i].repr()
		}
		return meteringFault(http.StatusBadRequest, `Unknown argument: "`+key+`": unrecognized field in query: [`+strings.Join(reprs, ", ")+
			"], valid keys: ['"+strings.Join(keys, "', '")+"']")
	}
	if c.operator() != "eq" {
		return meteringInput("op", c.operator(), "unimplemented operator for "+field)
	}
	switch key {
	case "user":
		f.user = value
	case "project":
		f.project = value
	case "source":
		f.source = value
	case "meter":
		f.meter = value
	case "resource":
		f.resource = value
	case "message_id":
		f.messageID = value
	}
	if !isMetadata {
		return nil
	}
	typed, why := c.typed()
	if why != nil {
		return why
	}
	switch typed.(type) {
	case time.Time:
		return meteringFault(http.StatusNotImplemented, "Query on metadata."+name+" is of <class 'datetime.datetime'> type and is not supported")
	case []any:
		return meteringFault(http.StatusNotImplemented, "Query on metadata."+name+" is of <class 'list'> type and is not supported")
	}
	f.metadata[name] = typed
	return nil
}

// offset reads the times, widened by search_offset. A zone is dropped, not converted.
func (f *sampleFilter) offset(conditions []simple) *answer {
	minutes := 0
	for _, c := range conditions {
		value := c.get(c.value)
		switch c.get(c.field) {
		case "search_offset":
			n, err := strconv.Atoi(value)
			if err != nil {
				return meteringFault(http.StatusInternalServerError, "invalid literal for int() with base 10: '"+value+"'")
			}
			minutes = n
		case "timestamp":
			at, ok := meteringTime(value)
			if !ok {
				return meteringInput("timestamp", value, "invalid timestamp format")
			}
			if op := c.operator(); op[0] == 'l' {
				f.end, f.endOp = at, op
			} else {
				f.start, f.startOp = at, op
			}
		}
	}
	widened := time.Duration(minutes) * time.Minute
	if !f.start.IsZero() {
		f.start = f.start.Add(-widened)
	}
	if !f.end.IsZero() {
		f.end = f.end.Add(widened)
	}
	return nil
}

var meteringZone = regexp.MustCompile(`(Z|[+-]\d\d:?\d\d)$`)

func meteringTime(text string) (time.Time, bool) {
	text = strings.Replace(text, " ", "T", 1)
	if strings.Contains(text, "T") {
		text = meteringZone.ReplaceAllString(text, "")
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

func (f *sampleFilter) tooNew(t time.Time) bool {
	return !f.end.IsZero() && (t.After(f.end) || f.endOp == "lt" && t.Equal(f.end))
}

func (f *sampleFilter) tooOld(t time.Time) bool {
	return !f.start.IsZero() && (t.Before(f.start) || f.startOp == "gt" && t.Equal(f.start))
}

// matches looks at everything; the meter too, where there is one.
func (f *sampleFilter) matches(s *stored) bool {
	return (f.meter == "" || f.meter == s.Meter) && (f.messageID == "" || f.messageID == s.ID) && f.matchesResource(s) &&
		!f.tooNew(s.Timestamp) && !f.tooOld(s.Timestamp)
}

func (f *sampleFilter) matchesResource(s *stored) bool {
	for name, want := range f.metadata {
		if got, ok := s.typed[name]; !ok || got != want {
			return false
		}
	}
	return sameOwner(f.user, s.UserID) && sameOwner(f.project, s.ProjectID) &&
		(f.source == "" || f.source == s.Source) && (f.resource == "" || f.resource == s.ResourceID)
}

func sameOwner(want, id string) bool {
	return want == "" || want == id || want == "None" && id == ""
}

// typed reads a value as its type says, or as a Python literal would.
func (c simple) typed() (any, *answer) {
	value, kind := c.get(c.value), c.get(c.kind)
	wrong := meteringFault(http.StatusBadRequest, "Unable to convert the value "+value+" to the expected data type "+kind+".")
	switch kind {
	case "":
		return pythonLiteral(value), nil
	case "string":
		return value, nil
	case "integer":
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return nil, wrong
		}
		return n, nil
	case "float":
		n, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return nil, wrong
		}
		return n, nil
	case "boolean":
		yes := truthy(value)
		if !yes && !slices.Contains([]string{"0", "f", "false", "off", "n", "no"}, strings.ToLower(value)) {
			return nil, wrong
		}
		return yes, nil
	case "datetime":
		at, ok := meteringTime(value)
		if !ok {
			return nil, wrong
		}
		return at, nil
	}
	return nil, meteringFault(http.StatusBadRequest, "The data type "+kind+
		" is not supported. The supported data type list is: ['integer', 'float', 'string', 'boolean', 'datetime']")
}

func pythonLiteral(text string) any {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return n
	}
	switch {
	case text == "True" || text == "False":
		return text == "True"
	case strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]"):
		return []any{}
	case len(text) > 1 && text[0] == text[len(text)-1] && (text[0] == '\'' || text[0] == '"'):
		return text[1 : len(text)-1]
	}
	return text
}
