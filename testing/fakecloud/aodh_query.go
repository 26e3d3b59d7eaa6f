package fakecloud

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

func (s *alarming) queryAlarms(r call) answer {
	return complexQuery(s, r, s.alarmRows, alarmSortKeys, "project_id", (*alarm).column, func(a *alarm) any { return s.wire(a, true) })
}

func (s *alarming) queryHistory(r call) answer {
	return complexQuery(s, r, s.changeRows, changeSortKeys, "on_behalf_of", (*alarmChange).column, func(c *alarmChange) any { return c.wire() })
}

func (s *alarming) alarmRows() []*alarm { return s.alarms }

func (s *alarming) changeRows() []*alarmChange { return s.changes }

// complexQuery answers a query whose condition and order are JSON in texts.
func complexQuery[T any](
	s *alarming, r call, rows func() []*T, keys []string, visibility string, column func(*T, string) any, wire func(*T) any,
) answer {
	who := s.caller(r)
	if who.projectID == "" {
		return forbidden()
	}
	body, err := loads(r.body)
	if err != nil {
		return aodhFault(http.StatusBadRequest, "Request is not in valid JSON format")
	}
	in, why := readAttributes(body, "body", []attribute{{name: "filter", form: "text"}, {name: "orderby", form: "text"}, {name: "limit", form: "int", min: -1 << 31}})
	if why != "" {
		return aodhFault(http.StatusBadRequest, why)
	}
	q := complexFilter{fields: append(slices.Clone(keys), "user", "project", "description", "state_reason", "evaluate_timestamp", "detail")}
	filter, filtered := in.get("filter")
	if filtered {
		if refused := q.check(s, r, who, pyStr(filter), visibility); refused != nil {
			return *refused
		}
	}
	order, refused := orderBy(in, q.fields)
	if refused != nil {
		return *refused
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found := slices.DeleteFunc(slices.Clone(rows()), func(row *T) bool {
		get := func(field string) any { return column(row, field) }
		return filtered && !q.matches(q.tree, get) || !who.has("admin") && get(visibility) != any(who.projectID)
	})
	slices.SortStableFunc(found, func(a, b *T) int { return compareRows(a, b, order, column) })
	if limit, ok := in.get("limit"); ok && limit != nil {
		n := int(limit.(number).value)
		if n <= 0 {
			return aodhFault(http.StatusBadRequest, "Limit should be positive")
		}
		found = found[:min(n, len(found))]
	}
	return aodhJSON(http.StatusOK, array(found, wire))
}

func orderBy(in object, fields []string) ([]sortKey, *answer) {
	text, ok := in.get("orderby")
	if !ok {
		return []sortKey{{"timestamp", true}}, nil
	}
	v, err := loads([]byte(pyStr(text)))
	list, isList := v.([]any)
	refused := aodhFault(http.StatusBadRequest, "Order-by expression not valid: "+pyRepr(v))
	if err != nil || !isList {
		return nil, &refused
	}
	var keys []sortKey
	for _, e := range list {
		o, ok := e.(object)
		if !ok || len(o) != 1 || !slices.Contains(fields, o[0].key) {
			return nil, &refused
		}
		direction := strings.ToLower(pyStr(o[0].value))
		if direction != "asc" && direction != "desc" {
			return nil, &refused
		}
		keys = append(keys, sortKey{o[0].key, direction == "desc"})
	}
	return keys, nil
}

// complexFilter is a condition that has been checked.
type complexFilter struct {
	fields []string
	tree   any
}

var leafOps = []string{"=", "!=", "<", ">", "<=", "=<", ">=", "=>", "=~", "in"}

func (q *complexFilter) check(s *alarming, r call, who caller, text, visibility string) *answer {
	tree, err := loads([]byte(text))
	if err != nil {
		refused := aodhFault(http.StatusBadRequest, "Filter expression not valid: Expecting value: line 1 column 1 (char 0)")
		return &refused
	}
	q.tree = tree
	if !q.valid(tree) {
		refused := aodhFault(http.StatusBadRequest, "Filter expression not valid: "+pyRepr(tree)+" is not valid under any of the given schemas")
		return &refused
	}
	if foreign := q.foreign(tree, visibility, who.projectID); foreign != "" && !who.has("admin") {
		refused := s.denied(r, "Not Authorized to access project "+foreign)
		return &refused
	}
	return nil
}

func (q *complexFilter) valid(tree any) bool {
	o, ok := tree.(object)
	if !ok || len(o) != 1 {
		return false
	}
	switch op := strings.ToLower(o[0].key); {
	case op == "and" || op == "or":
		list, ok := o[0].value.([]any)
		return ok && len(list) >= 2 && !slices.ContainsFunc(list, func(e any) bool { return !q.valid(e) })
	case op == "not":
		return q.valid(o[0].value)
	case slices.Contains(leafOps, op):
		leaf, ok := o[0].value.(object)
		if !ok || len(leaf) != 1 || !slices.Contains(q.fields, leaf[0].key) {
			return false
		}
		list, isList := leaf[0].value.([]any)
		_, isObject := leaf[0].value.(object)
		return leaf[0].value != nil && !isObject && isList == (op == "in") && (!isList || len(list) > 0)
	}
	return false
}

// foreign is another project that a condition names.
func (q *complexFilter) foreign(tree any, visibility, own string) string {
	o := tree.(object)
	switch v := o[0].value.(type) {
	case []any:
		for _, e := range v {
			if id := q.foreign(e, visibility, own); id != "" {
				return id
			}
		}
	case object:
		if strings.EqualFold(o[0].key, "not") {
			return q.foreign(v, visibility, own)
		}
		if v[0].key == visibility && v[0].value != any(own) {
			return pyStr(v[0].value)
		}
	}
	return ""
}

func (q *complexFilter) matches(tree any, get func(string) any) bool {
	o := tree.(object)
	op := strings.ToLower(o[0].key)
	switch op {
	case "and", "or":
		for _, e := range o[0].value.([]any) {
			if q.matches(e, get) == (op == "or") {
				return op == "or"
			}
		}
		return op == "and"
	case "not":
		return !q.matches(o[0].value, get)
	}
	leaf := o[0].value.(object)[0]
	field := map[string]string{"user": "user_id", "project": "project_id"}[leaf.key]
	if field == "" {
		field = leaf.key
	}
	if op == "in" {
		return slices.ContainsFunc(leaf.value.([]any), func(e any) bool { return compareLeaf("=", get(field), e) })
	}
	return compareLeaf(op, get(field), leaf.value)
}

func compareLeaf(op string, column, want any) bool {
	if t, ok := column.(time.Time); ok {
		at, err := time.Parse("2006-01-02T15:04:05", pyStr(want))
		if err != nil {
			return false
		}
		column, want = t, at
	} else if _, ok := column.(string); ok {
		want = pyStr(want)
	}
	if op == "=~" {
		match, err := regexp.MatchString("(?i)"+pyStr(want), pyStr(column))
		return err == nil && match
	}
	order := compareColumns("", column, want)
	switch op {
	case "=":
		return order == 0
	case "!=":
		return order != 0
	case "<":
		return order < 0
	case ">":
		return order > 0
	case "<=", "=<":
		return order <= 0
	}
	return order >= 0
}
