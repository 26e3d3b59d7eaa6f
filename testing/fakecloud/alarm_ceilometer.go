package fakecloud

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// libertyAlarmFields are what Ceilometer's alarms can be filtered by, as its errors list them.
var libertyAlarmFields = []string{"alarm_id", "enabled", "meter", "name", "project", "severity", "state", "type", "user"}

// listLiberty lists alarms as Ceilometer 5 does: all at once, of every project for administrators.
func (s *alarming) listLiberty(r call, who caller) answer {
	if a, ok := unknownArgument(r, "q.field", "q.op", "q.value", "q.type"); ok {
		return a
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	rows := slices.Clone(s.alarms)
	for _, c := range conditionsOf(r.URL.Query()) {
		field := strings.TrimSuffix(c.field, "_id")
		if c.field == "alarm_id" {
			field = c.field
		}
		switch {
		case field == "timestamp" || field == "search_offset":
			return aodhFault(http.StatusBadRequest, `Unknown argument: "`+field+`": not valid for this resource`)
		case !slices.Contains(libertyAlarmFields, field):
			kind := c.kind
			if kind == "" {
				kind = "Unset"
			}
			return aodhFault(http.StatusBadRequest, fmt.Sprintf("Unknown argument: %q: unrecognized field in query: [<Query '%s' %s '%s' %s>], "+
				"valid keys: ['%s']", c.field, c.field, c.op, c.value, kind, strings.Join(libertyAlarmFields, "', '")))
		case c.op != "eq":
			return aodhFault(http.StatusBadRequest, invalidInput("op", c.op, "unimplemented operator for "+c.field))
		case field == "project" && !who.has("admin") && c.value != who.projectID:
			return s.denied(r, "Not Authorized to access project "+c.value)
		}
		keep := s.libertyCondition(field, c)
		if keep == nil {
			return aodhFault(http.StatusBadRequest, "Unable to convert the value "+c.value+" to the expected data type boolean.")
		}
		rows = slices.DeleteFunc(rows, func(a *alarm) bool { return !keep(a) })
	}
	rows = slices.DeleteFunc(rows, func(a *alarm) bool { return !who.has("admin") && a.projectID != who.projectID })
	slices.Reverse(rows)
	return aodhJSON(http.StatusOK, array(rows, func(a *alarm) any { return s.wire(a, true) }))
}

// libertyCondition is what a condition keeps; nil where its value is no boolean.
func (s *alarming) libertyCondition(field string, c condition) func(*alarm) bool {
	switch field {
	case "enabled":
		want, why := condition{value: c.value, kind: "boolean"}.convert()
		if why != "" {
			return nil
		}
		return func(a *alarm) bool { return any(a.enabled) == want }
	case "meter":
		return func(a *alarm) bool {
			meter, _ := a.rule.get("meter_name")
			return meter == any(c.value)
		}
	case "project", "user":
		field += "_id"
	}
	return func(a *alarm) bool { return sameColumn(a.column(field), c.value) }
}

// checkCombination wants two other alarms that exist.
func (s *alarming) checkCombination(a *alarm, who caller) *answer {
	refuse := func(status int, text string) *answer {
		refused := aodhFault(status, text)
		return &refused
	}
	list, _ := a.rule.get("alarm_ids")
	var ids []string
	for _, id := range list.([]any) {
		if !slices.Contains(ids, pyStr(id)) {
			ids = append(ids, pyStr(id))
		}
	}
	if len(ids) < 2 {
		return refuse(http.StatusBadRequest, "Alarm combination rule should contain at least two different alarm ids.")
	}
	for _, id := range ids {
		if id == a.id {
			return refuse(http.StatusBadRequest, "Cannot specify alarm "+id+" itself in combination rule")
		}
		if !slices.ContainsFunc(s.alarms, func(o *alarm) bool { return o.id == id && (who.has("admin") || o.projectID == who.projectID) }) {
			return refuse(http.StatusNotFound, "Alarm "+id+" not found")
		}
	}
	return nil
}

// checkThreshold wants conditions that samples have, and adds one on the project.
func (s *alarming) checkThreshold(a *alarm, who caller) *answer {
	query, _ := a.rule.get("query")
	list, _ := query.([]any)
	scoped := false
	for _, e := range list {
		field, _ := e.(object).get("field")
		op, _ := e.(object).get("op")
		if field == "timestamp" {
			refused := aodhFault(http.StatusBadRequest, `Unknown argument: "timestamp": not valid for this resource`)
			return &refused
		}
		if op != "eq" {
			refused := aodhFault(http.StatusBadRequest, invalidInput("op", pyStr(op), "unimplemented operator for "+pyStr(field)))
			return &refused
		}
		scoped = scoped || field == "project_id"
	}
	if !scoped && (!who.has("admin") || a.projectID != who.projectID) {
		a.rule = a.rule.set("query", append(slices.Clone(list), object{{"field", "project_id"}, {"op", "eq"}, {"value", a.projectID}}))
	}
	return nil
}
