package fakecloud

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Event is a notification that Ceilometer holds: of something of EventType that happened at Generated.
type Event struct {
	MessageID string // a new one if empty
	EventType string
	Generated time.Time
	Traits    []Trait // project_id and user_id say who may see it
	Raw       string  // JSON; {} if empty
}

// Trait is what an event says under a Name: a Value, which is a text whatever its type.
type Trait struct {
	Name  string
	Type  string // string if empty; or integer, float, datetime
	Value string
}

// AddEvents adds events. It returns their ids. Ceilometer answers for them up to Newton: see [CeilometerLiberty].
func (c *Cloud) AddEvents(events ...Event) []string {
	m := part[*metering](c)
	ids := make([]string, len(events))
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, e := range events {
		if e.MessageID == "" {
			e.MessageID = c.newUUID("event")
		}
		e.Generated = e.Generated.UTC().Truncate(time.Microsecond)
		e.Raw = cmp.Or(e.Raw, "{}")
		e.Traits = slices.Clone(e.Traits)
		for j := range e.Traits {
			e.Traits[j].Type = cmp.Or(e.Traits[j].Type, "string")
		}
		slices.SortStableFunc(e.Traits, func(a, b Trait) int { return cmp.Compare(a.Name, b.Name) })
		ids[i] = e.MessageID
		m.events = append(m.events, &e)
	}
	slices.SortStableFunc(m.events, func(a, b *Event) int { return a.Generated.Compare(b.Generated) })
	return ids
}

func (e *Event) trait(name string) (Trait, bool) {
	return first(e.Traits, func(t Trait) bool { return t.Name == name })
}

func (e *Event) wire() any {
	raw, err := loads([]byte(e.Raw))
	if err != nil {
		panic("fakecloud: Event.Raw is not JSON: " + e.Raw)
	}
	return object{
		{"message_id", e.MessageID}, {"event_type", e.EventType},
		{"traits", array(e.Traits, Trait.wire)}, {"generated", isoformat(e.Generated)}, {"raw", raw},
	}
}

func (t Trait) wire() any { return object{{"name", t.Name}, {"value", t.Value}, {"type", t.Type}} }

// visible is what everybody may see of events: members their own, administrators those of their project and of none.
func (e *Event) visible(who caller) bool {
	project, ok := e.trait("project_id")
	if who.has("admin") {
		return !ok || project.Value == who.projectID
	}
	user, _ := e.trait("user_id")
	return project.Value == who.projectID && user.Value == who.userID
}

func (m *metering) eventsAPI(r call, who caller, kind string, rest []string) answer {
	switch {
	case kind == "events" && who.projectID == "":
		return m.abort(r, http.StatusForbidden, "RBAC Authorization Failed")
	case kind == "events" && len(rest) == 0:
		return m.only(r, nil, "GET", func() answer { return m.listEvents(r, who) })
	case kind == "events":
		return m.only(r, rest[1:], "GET", func() answer { return m.getEvent(who, rest[0]) })
	case !who.has("admin"):
		return m.abort(r, http.StatusUnauthorized, "Not Authorized to access project "+who.projectID)
	case len(rest) == 0:
		return m.only(r, nil, "GET", func() answer { return meteringJSON(http.StatusOK, m.eventTypes()) })
	case len(rest) == 2 && rest[1] == "traits":
		return m.only(r, nil, "GET", func() answer { return meteringJSON(http.StatusOK, m.traits(rest[0])) })
	case len(rest) == 3 && rest[1] == "traits":
		return m.only(r, nil, "GET", func() answer { return meteringJSON(http.StatusOK, m.traitValues(rest[0], rest[2])) })
	}
	return *meteringFault(http.StatusNotFound, "The resource could not be found.")
}

func (m *metering) listEvents(r call, who caller) answer {
	conditions, q, refused := arguments(r, "limit")
	if refused != nil {
		return *refused
	}
	limit, _, refused := m.page(q)
	if refused != nil {
		return *refused
	}
	f := eventFilter{}
	for _, c := range conditions {
		if refused := f.add(c); refused != nil {
			return *refused
		}
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	var found []*Event
	for _, e := range m.events {
		if e.visible(who) && f.matches(e) && len(found) < limit {
			found = append(found, e)
		}
	}
	return meteringJSON(http.StatusOK, array(found, (*Event).wire))
}

func (m *metering) getEvent(who caller, id string) answer {
	m.mu.RLock()
	defer m.mu.RUnlock()
	e, ok := first(m.events, func(e *Event) bool { return e.MessageID == id && e.visible(who) })
	if !ok {
		return *meteringFault(http.StatusNotFound, "Event "+id+" Not Found")
	}
	return meteringJSON(http.StatusOK, e.wire())
}

func (m *metering) eventTypes() []any {
	m.mu.RLock()
	defer m.mu.RUnlock()
	var types []string
	for _, e := range m.events {
		types = append(types, e.EventType)
	}
	slices.Sort(types)
	return array(slices.Compact(types), func(s string) any { return s })
}

// traitOrder is that of the tables.
var traitOrder = []string{"string", "integer", "float", "datetime"}

func (m *metering) traits(eventType string) []any {
	var known []Trait
	m.eachTrait(eventType, func(t Trait) {
		t.Value = ""
		if !slices.Contains(known, t) {
			known = append(known, t)
		}
	})
	slices.SortStableFunc(known, func(a, b Trait) int {
		return cmp.Compare(slices.Index(traitOrder, a.Type), slices.Index(traitOrder, b.Type))
	})
	return array(known, func(t Trait) any { return object{{"type", t.Type}, {"name", t.Name}} })
}

func (m *metering) traitValues(eventType, name string) []any {
	values := []any{}
	m.eachTrait(eventType, func(t Trait) {
		if t.Name == name {
			values = append(values, t.wire())
		}
	})
	return values
}

func (m *metering) eachTrait(eventType string, see func(Trait)) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, e := range m.events {
		if e.EventType != eventType {
			continue
		}
		for _, t := range e.Traits {
			see(t)
		}
	}
}

// eventFilter is what conditions come to. The operator of all but traits is not looked at.
type eventFilter struct {
	eventType, messageID string
	start, end           time.Time
	traits               []traitCondition
}

type traitCondition struct {
	name, op, kind string
	value          any
}

func (f *eventFilter) add(c simple) *answer {
	field, value, op := c.get(c.field), c.get(c.value), c.operator()
	if !slices.Contains([]string{"lt", "le", "eq", "ne", "ge", "gt"}, op) {
		return meteringFault(http.StatusBadRequest,
			"operator "+op+" is not supported. the supported operators are: ('lt', 'le', 'eq', 'ne', 'ge', 'gt')")
	}
	switch field {
	case "event_type":
		f.eventType = value
	case "message_id":
		f.messageID = value
	case "start_timestamp", "end_timestamp":
		at, ok := meteringTime(value)
		if !ok {
			return meteringFault(http.StatusInternalServerError, "Unable to parse date string '"+value+"'")
		}
		if field == "start_timestamp" {
			f.start = at
		} else {
			f.end = at
		}
	default:
		kind := cmp.Or(c.get(c.kind), "string")
		if kind == "boolean" {
			return meteringFault(http.StatusBadRequest,
				"The data type boolean is not supported. The supported data type list is: ['integer', 'float', 'string', 'datetime']")
		}
		typed, refused := simple{c.field, c.op, c.value, &kind}.typed()
		if refused != nil {
			return refused
		}
		f.traits = append(f.traits, traitCondition{field, op, kind, typed})
	}
	return nil
}

func (f *eventFilter) matches(e *Event) bool {
	return (f.eventType == "" || f.eventType == e.EventType) && (f.messageID == "" || f.messageID == e.MessageID) &&
		!e.Generated.Before(f.start) && (f.end.IsZero() || !e.Generated.After(f.end)) &&
		!slices.ContainsFunc(f.traits, func(c traitCondition) bool {
			return !slices.ContainsFunc(e.Traits, c.matches)
		})
}

// matches compares a trait of the same name and type.
func (c traitCondition) matches(t Trait) bool {
	if t.Name != c.name || t.Type != c.kind {
		return false
	}
	var order int
	switch want := c.value.(type) {
	case string:
		order = cmp.Compare(t.Value, want)
	case int64:
		n, _ := strconv.ParseInt(t.Value, 10, 64)
		order = cmp.Compare(n, want)
	case float64:
		n, _ := strconv.ParseFloat(t.Value, 64)
		order = cmp.Compare(n, want)
	case time.Time:
		at, _ := meteringTime(t.Value)
		order = at.Compare(want)
	}
	switch c.op {
	case "lt":
		return order < 0
	case "le":
		return order <= 0
	case "ne":
		return order != 0
	case "ge":
		return order >= 0
	case "gt":
		return order > 0
	}
	return order == 0
}
