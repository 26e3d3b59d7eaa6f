package fakecloud

import (
	"cmp"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// sampleCondition is a condition that has been checked.
type sampleCondition struct {
	who  caller
	tree any
}

func (q *sampleCondition) read(text any) *answer {
	if text == nil {
		return meteringFault(http.StatusInternalServerError, "the JSON object must be str, bytes or bytearray, not NoneType")
	}
	tree, err := loads([]byte(pyStr(text)))
	if err != nil {
		why := "Expecting value: line 1 column 1 (char 0)"
		if pyStr(text) == "{" {
			why = "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"
		}
		return meteringFault(http.StatusBadRequest, "Filter expression not valid: "+why)
	}
	q.tree = tree
	return q.check(tree)
}

// check refuses what the service does, roughly in its order.
func (q *sampleCondition) check(tree any) *answer {
	o, ok := tree.(object)
	invalid := meteringFault(http.StatusBadRequest, "Filter expression not valid: "+pyRepr(tree)+" is not valid under any of the given schemas")
	if !ok || len(o) != 1 {
		return invalid
	}
	switch op := strings.ToLower(o[0].key); {
	case op == "and" || op == "or":
		list, ok := o[0].value.([]any)
		if !ok || len(list) < 2 {
			return meteringFault(http.StatusBadRequest, "Filter expression not valid: "+pyRepr(o[0].value)+" is too short")
		}
		for _, e := range list {
			if refused := q.check(e); refused != nil {
				return refused
			}
		}
		return nil
	case op == "not":
		return q.check(o[0].value)
	case slices.Contains(leafOps, op):
		return q.checkLeaf(op, o[0].value, invalid)
	}
	return invalid
}

func (q *sampleCondition) checkLeaf(op string, v any, invalid *answer) *answer {
	leaf, ok := v.(object)
	if !ok || len(leaf) != 1 {
		return meteringFault(http.StatusBadRequest, "Filter expression not valid: "+pyRepr(v)+" has too many properties")
	}
	field, value := sampleFields[leaf[0].key], leaf[0].value
	list, isList := value.([]any)
	_, isObject := value.(object)
	switch metadata := strings.HasPrefix(leaf[0].key, "metadata."); {
	case field == "" && !metadata:
		return meteringFault(http.StatusBadRequest, "Filter expression not valid: '"+leaf[0].key+"' does not match any of the regexes")
	case value == nil || isObject || isList != (op == "in"):
		return invalid
	case isList && len(list) == 0:
		return meteringFault(http.StatusBadRequest, "Filter expression not valid: [] is too short")
	case metadata && isList:
		return meteringFault(http.StatusNotImplemented, "Metadata query with in operator is not implemented")
	case field == "timestamp" && !isList:
		if _, ok := meteringTime(pyStr(value)); !ok {
			return meteringFault(http.StatusBadRequest, "Failed to parse the timestamp value "+pyStr(value))
		}
	case field == "source":
		return meteringFault(http.StatusInternalServerError, "type object 'FullSample' has no attribute 'source'")
	case field == "recorded_at":
		return meteringFault(http.StatusInternalServerError, "(builtins.AttributeError) 'str' object has no attribute 'utctimetuple'")
	case field == "project_id" && !q.who.has("admin") && value != any(q.who.projectID):
		return meteringFault(http.StatusUnauthorized, "Not Authorized to access project "+pyStr(value))
	}
	return nil
}

func (q *sampleCondition) matches(tree any, s *stored) bool {
	o := tree.(object)
	op := strings.ToLower(o[0].key)
	switch op {
	case "and", "or":
		for _, e := range o[0].value.([]any) {
			if q.matches(e, s) == (op == "or") {
				return op == "or"
			}
		}
		return op == "and"
	case "not":
		return !q.matches(o[0].value, s)
	}
	leaf := o[0].value.(object)[0]
	field := sampleFields[leaf.key]
	if field == "" {
		field = leaf.key
	}
	column := s.column(field)
	if op == "in" {
		return slices.ContainsFunc(leaf.value.([]any), func(e any) bool { return compareSample("=", column, e) })
	}
	return compareSample(op, column, leaf.value)
}

// compareSample compares a column with a value of JSON; null compares with nothing.
func compareSample(op string, column, want any) bool {
	switch column.(type) {
	case nil:
		return false
	case time.Time:
		at, ok := meteringTime(pyStr(want))
		if !ok {
			return false
		}
		want = at
	case string:
		want = pyStr(want)
	case int64, float64:
		n, ok := want.(number)
		if !ok {
			return false
		}
		want = n.value
	}
	if op == "=~" {
		match, err := regexp.MatchString("(?i)"+pyStr(want), pyStr(column))
		return err == nil && match
	}
	c := compareValues(column, want)
	switch op {
	case "=":
		return c == 0
	case "!=":
		return c != 0
	case "<":
		return c < 0
	case ">":
		return c > 0
	case "<=", "=<":
		return c <= 0
	}
	return c >= 0
}

func compareValues(a, b any) int {
	if n, ok := a.(int64); ok {
		a = float64(n)
	}
	switch a := a.(type) {
	case string:
		text, _ := b.(string)
		return strings.Compare(a, text)
	case float64:
		f, _ := b.(float64)
		return cmp.Compare(a, f)
	case time.Time:
		at, _ := b.(time.Time)
		return a.Compare(at)
	case bool:
		if a == b {
			return 0
		}
		return 1
	case nil:
		if b == nil {
			return 0
		}
	}
	return -1
}
