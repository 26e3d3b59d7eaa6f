package fakecloud

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// simple is one of the conditions q; nil is what was not sent, which the service calls Unset.
type simple struct{ field, op, value, kind *string }

var indexedQ = regexp.MustCompile(`^q\[(\d+)\]\.(field|op|value|type)$`)

// arguments reads a query: its conditions, paired by position, and what else there is.
func arguments(r call, known ...string) ([]simple, url.Values, *answer) {
	q := r.URL.Query()
	lists := map[string][]string{}
	rest := url.Values{}
	for name, values := range q {
		switch short, isQ := strings.CutPrefix(name, "q."); {
		case isQ && slices.Contains([]string{"field", "op", "value", "type"}, short):
			lists[short] = values
		case indexedQ.MatchString(name):
			found := indexedQ.FindStringSubmatch(name)
			at, _ := strconv.Atoi(found[1])
			for len(lists[found[2]]) <= at && at < 100 {
				lists[found[2]] = append(lists[found[2]], "")
			}
			lists[found[2]][at] = values[0]
		case slices.Contains(known, name):
			rest[name] = values
		default:
			return nil, nil, meteringFault(http.StatusBadRequest, `Unknown argument: "`+name+`"`)
		}
	}
	n := 0
	for _, list := range lists {
		n = max(n, len(list))
	}
	at := func(name string, i int) *string {
		if i < len(lists[name]) {
			return &lists[name][i]
		}
		return nil
	}
	all := make([]simple, n)
	for i := range all {
		all[i] = simple{at("field", i), at("op", i), at("value", i), at("type", i)}
	}
	return all, rest, nil
}

func (c simple) get(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

func (c simple) operator() string {
	if c.op == nil || *c.op == "" {
		return "eq"
	}
	return *c.op
}

func (c simple) repr() string {
	quote := func(p *string) string {
		if p == nil {
			return "Unset"
		}
		return "'" + *p + "'"
	}
	kind := "Unset"
	if c.kind != nil {
		kind = *c.kind
	}
	return "<Query " + quote(c.field) + " " + c.operator() + " " + quote(c.value) + " " + kind + ">"
}
