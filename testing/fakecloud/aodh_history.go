package fakecloud

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (c *alarmChange) wire() any {
	return object{
		{"event_id", c.id}, {"alarm_id", c.alarmID}, {"type", c.kind}, {"detail", c.detail}, {"project_id", c.projectID},
		{"user_id", c.userID}, {"on_behalf_of", c.onBehalf}, {"timestamp", isoformat(c.at)},
	}
}

// column is a field of a change for conditions and sort keys.
func (c *alarmChange) column(name string) any {
	switch name {
	case "event_id":
		return c.id
	case "alarm_id":
		return c.alarmID
	case "type":
		return c.kind
	case "detail":
		return c.detail
	case "user_id", "user":
		return c.userID
	case "project_id", "project":
		return c.projectID
	case "on_behalf_of":
		return c.onBehalf
	case "severity":
		return c.severity
	case "timestamp":
		return c.at
	}
	return nil
}

var changeQueryFields = []string{"user", "user_id", "project", "project_id", "type", "severity", "timestamp", "search_offset"}

func (s *alarming) history(r call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, refused := s.visible(r); refused != nil && !s.liberty {
		return *refused
	}
	known := []string{"q.field", "q.op", "q.value", "q.type"}
	if !s.liberty {
		known = append(known, "sort", "limit", "marker")
	}
	if a, ok := unknownArgument(r, known...); ok {
		return a
	}
	who := s.caller(r)
	rows := slices.DeleteFunc(slices.Clone(s.changes), func(c *alarmChange) bool {
		return c.alarmID != r.args["id"] || !who.has("admin") && c.onBehalf != who.projectID
	})
	conditions := conditionsOf(r.URL.Query())
	for _, c := range conditions {
		keep, refused := s.changeCondition(r, who, c, conditions)
		if refused != nil {
			return *refused
		}
		rows = slices.DeleteFunc(rows, func(change *alarmChange) bool { return !keep(change) })
	}
	page, refused := paginate(rows, r.URL.Query(), changeSortKeys, "event_id", (*alarmChange).column)
	if refused != nil {
		return *refused
	}
	return aodhJSON(http.StatusOK, array(page, func(c *alarmChange) any { return c.wire() }))
}

// changeCondition is what a condition keeps of a history.
func (s *alarming) changeCondition(r call, who caller, c condition, all []condition) (func(*alarmChange) bool, *answer) {
	refuse := func(a answer) (func(*alarmChange) bool, *answer) { return nil, &a }
	timed := c.field == "timestamp" || c.field == "search_offset"
	switch {
	case !slices.Contains(changeQueryFields, c.field):
		kind := c.kind
		if kind == "" {
			kind = "Unset"
		}
		return refuse(aodhFault(http.StatusBadRequest, fmt.Sprintf("Unknown argument: %q: unrecognized field in query: [<Query '%s' %s '%s' %s>], "+
			"valid keys: ['project', 'search_offset', 'severity', 'timestamp', 'type', 'user']", c.field, c.field, c.op, c.value, kind)))
	case !timed && c.op != "eq", c.field == "search_offset" && c.op != "eq",
		c.field == "timestamp" && !slices.Contains([]string{"lt", "le", "gt", "ge"}, c.op):
		return refuse(aodhFault(http.StatusBadRequest, invalidInput("op", c.op, "unimplemented operator for "+c.field)))
	case strings.HasPrefix(c.field, "project") && !who.has("admin") && c.value != who.projectID:
		return refuse(s.denied(r, "Not Authorized to access project "+c.value))
	case c.field == "search_offset":
		return func(*alarmChange) bool { return true }, nil
	case c.field == "timestamp":
		at, err := time.Parse("2006-01-02T15:04:05", c.value)
		if err != nil {
			return refuse(aodhFault(http.StatusBadRequest, invalidInput("timestamp", c.value, "invalid timestamp format")))
		}
		return within(c.op, at, offset(all)), nil
	}
	return func(change *alarmChange) bool { return sameColumn(change.column(c.field), c.value) }, nil
}

// offset is what a query moves both ends of its time apart by.
func offset(all []condition) time.Duration {
	for _, c := range all {
		if minutes, err := strconv.Atoi(c.value); c.field == "search_offset" && err == nil {
			return time.Duration(minutes) * time.Minute
		}
	}
	return 0
}

func within(op string, at time.Time, wider time.Duration) func(*alarmChange) bool {
	return func(c *alarmChange) bool {
		switch op {
		case "lt":
			return c.at.Before(at.Add(wider))
		case "le":
			return !c.at.After(at.Add(wider))
		case "gt":
			return c.at.After(at.Add(-wider))
		}
		return !c.at.Before(at.Add(-wider))
	}
}
