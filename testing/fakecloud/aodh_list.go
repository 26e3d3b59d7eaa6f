package fakecloud

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// condition is one of the simple conditions of a query, paired by position.
type condition struct{ field, op, value, kind string }

// conditions are those of a query. One without a value is none.
func conditionsOf(q url.Values) []condition {
	at := func(name string, i int) string {
		if values := q[name]; i < len(values) {
			return values[i]
		}
		return ""
	}
	var all []condition
	for i, field := range q["q.field"] {
		c := condition{field, cmp.Or(at("q.op", i), "eq"), at("q.value", i), at("q.type", i)}
		if c.value != "" {
			all = append(all, c)
		}
	}
	return all
}

var alarmQueryFields = []string{
	"all_projects", "user_id", "project_id", "type", "name", "enabled", "state", "severity", "timestamp", "repeat_actions",
}

func (s *alarming) listAlarms(r call) answer {
	who := s.caller(r)
	if who.projectID == "" {
		return forbidden()
	}
	if s.liberty {
		return s.listLiberty(r, who)
	}
	q := r.URL.Query()
	if q.Has("q") {
		return aodhFault(http.StatusBadRequest, invalidInput("q", q.Get("q"),
			"unable to convert to ArrayType. Error: Base.__init__() takes 1 positional argument but 2 were given"))
	}
	if a, ok := unknownArgument(r, "q.field", "q.op", "q.value", "q.type", "sort", "limit", "marker"); ok {
		return a
	}
	conditions := conditionsOf(q)
	seen := map[string]bool{}
	for _, c := range conditions {
		switch {
		case seen[c.field]:
			return aodhFault(http.StatusBadRequest, invalidInput("field", "{'"+c.field+"'}", "duplicate query fields are not allowed"))
		case !slices.Contains(alarmQueryFields, c.field):
			return aodhFault(http.StatusBadRequest, invalidInput("field", "{'"+c.field+"'}",
				"only fields {'"+strings.Join(alarmQueryFields, "', '")+"'} are allowed"))
		case c.op != "eq":
			return aodhFault(http.StatusBadRequest, invalidInput("op", "{'"+c.op+"'}", "only operations {'eq'} are allowed"))
		}
		seen[c.field] = true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	rows := slices.Clone(s.alarms)
	if !seen["all_projects"] && !seen["project_id"] {
		conditions = append(conditions, condition{"project_id", "eq", who.projectID, "string"})
	}
	for _, c := range conditions {
		want, why := c.convert()
		switch {
		case why != "":
			return aodhFault(http.StatusBadRequest, why)
		case c.field == "all_projects" && truthy(c.value) && !who.has("admin"):
			return forbidden()
		case c.field == "all_projects":
			continue // whatever it says, Aodh 15 leaves the project out of the conditions
		case c.field == "project_id" && !seen["all_projects"] && !who.has("admin") && c.value != who.projectID:
			return s.denied(r, "Not Authorized to access project "+c.value)
		}
		rows = slices.DeleteFunc(rows, func(a *alarm) bool { return !sameColumn(a.column(c.field), want) })
	}
	page, refused := paginate(rows, q, alarmSortKeys, "alarm_id", (*alarm).column)
	if refused != nil {
		return *refused
	}
	return aodhJSON(http.StatusOK, array(page, func(a *alarm) any { return s.wire(a, true) }))
}

// convert reads the value of a condition as its type says, or as a Python literal would.
func (c condition) convert() (any, string) {
	wrong := "Unable to convert the value " + c.value + " to the expected data type " + c.kind + "."
	switch c.kind {
	case "":
		if n, err := strconv.ParseFloat(c.value, 64); err == nil {
			return n, ""
		}
		if c.value == "True" || c.value == "False" {
			return c.value == "True", ""
		}
		return c.value, ""
	case "string":
		return c.value, ""
	case "integer", "float":
		n, err := strconv.ParseFloat(c.value, 64)
		if err != nil {
			return nil, wrong
		}
		return n, ""
	case "boolean":
		if !truthy(c.value) && !slices.Contains([]string{"0", "f", "false", "off", "n", "no"}, strings.ToLower(c.value)) {
			return nil, wrong
		}
		return truthy(c.value), ""
	case "datetime":
		t, err := time.Parse("2006-01-02T15:04:05", c.value)
		if err != nil {
			return nil, wrong
		}
		return t, ""
	}
	return nil, "The data type " + c.kind + " is not supported. The supported data type list is: ['integer', 'float', 'string', 'boolean', 'datetime']"
}

func truthy(text string) bool {
	return slices.Contains([]string{"1", "t", "true", "on", "y", "yes"}, strings.ToLower(text))
}

// sameColumn compares as MySQL does: text without regard to case, a text with a number by the number that it begins with.
func sameColumn(column, want any) bool {
	if b, ok := column.(bool); ok {
		switch want := want.(type) {
		case bool:
			return b == want
		case float64:
			return b == (want == 1)
		}
		return !b // any other text is 0
	}
	if t, ok := column.(time.Time); ok {
		at, ok := want.(time.Time)
		return ok && t.Equal(at)
	}
	return strings.EqualFold(pyStr(column), strings.TrimSuffix(pyStr(plainValue(want)), ".0"))
}

func plainValue(v any) any {
	if f, ok := v.(float64); ok {
		return number{f, true}
	}
	return v
}

// column is a field of an alarm for conditions and sort keys.
func (a *alarm) column(name string) any {
	switch name {
	case "alarm_id":
		return a.id
	case "name":
		return a.name
	case "description":
		return a.description
	case "type":
		return a.kind
	case "enabled":
		return a.enabled
	case "repeat_actions":
		return a.repeat
	case "state":
		return a.state
	case "state_reason":
		return a.reason
	case "severity":
		return a.severity
	case "user_id":
		return a.userID
	case "project_id":
		return a.projectID
	case "timestamp":
		return a.timestamp
	case "state_timestamp":
		return a.stateSet
	case "evaluate_timestamp":
		return a.evaluated
	}
	return nil
}
