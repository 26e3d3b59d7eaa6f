package alarm

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

const ruleSuffix = "_rule"

// changed is the alarm with the changes in it: what a PUT sends.
func (ms members) changed(change members) members {
	out := slices.Clone(ms)
	for i := range out {
		if strings.HasSuffix(out[i].name, ruleSuffix) {
			out[i].raw = settled(out[i].name, out[i].raw)
		}
	}
	for _, m := range change {
		if !strings.HasSuffix(m.name, ruleSuffix) {
			out = out.with(m.name, m.raw)
			continue
		}
		before := out.get(m.name)
		out = slices.DeleteFunc(out, func(old member) bool { return strings.HasSuffix(old.name, ruleSuffix) })
		rule := overlaid(Kind(strings.TrimSuffix(m.name, ruleSuffix)), before, m.raw)
		out = append(out, member{m.name, settled(m.name, rule)}) // most likely it was read, and then edited
	}
	return out
}

func (ms members) alarm() (Alarm, error) { return decodeOne(ms.json(), readAlarm) }

// ruleMembers are the members of rules that this package writes, and so may leave out to take a default.
var ruleMembers = map[Kind][]string{
	KindThreshold: {
		"meter_name", "query", "statistic", "comparison_operator", "threshold", "period", "evaluation_periods", "exclude_outliers",
	},
	KindCombination:                   {"operator", "alarm_ids"},
	KindEvent:                         {"event_type", "query"},
	KindGnocchiResources:              append([]string{"metric", "resource_id", "resource_type"}, gnocchiMembers...),
	KindGnocchiAggregationByMetrics:   append([]string{"metrics"}, gnocchiMembers...),
	KindGnocchiAggregationByResources: append([]string{"metric", "query", "resource_type"}, gnocchiMembers...),
	KindLoadBalancerMemberHealth:      {"pool_id", "stack_id", "autoscaling_group_id"},
	KindPrometheus:                    {"query", "comparison_operator", "threshold"},
}

var gnocchiMembers = []string{
	"aggregation_method", "comparison_operator", "threshold", "granularity", "evaluation_periods",
}

// overlaid is a new rule with what the old one of its kind has beyond this package's knowledge.
func overlaid(k Kind, old, rule json.RawMessage) json.RawMessage {
	known, ok := ruleMembers[k]
	before, err := parseMembers(old)
	after, bad := parseMembers(rule)
	if !ok || old == nil || err != nil || bad != nil {
		return rule
	}
	for _, m := range settledMembers(k, before) {
		if !slices.Contains(known, m.name) && after.get(m.name) == nil {
			after = append(after, m)
		}
	}
	return after.json()
}

// settled is a rule as it may be sent back.
func settled(name string, rule json.RawMessage) json.RawMessage {
	all, err := parseMembers(rule)
	if err != nil || string(rule) == "null" {
		return rule
	}
	return settledMembers(Kind(strings.TrimSuffix(name, ruleSuffix)), all).json()
}

// settledMembers takes out what the service adds by itself: the project that a Prometheus rule is limited to,
// which it refuses to be told, and the condition on the project around a query of Gnocchi's resources, where it
// stands twice. It adds that with every write, so the text would grow without end.
func settledMembers(k Kind, all members) members {
	if k == KindPrometheus {
		return all.without("scope_to_project")
	}
	if k == KindGnocchiAggregationByResources {
		var query string
		if json.Unmarshal(all.get("query"), &query) != nil {
			return all
		}
		if once := unwrapped(query); once != query {
			return all.with("query", json.RawMessage(quoted(once)))
		}
	}
	return all
}

// unwrapped makes {"and": [P, Q]} of {"and": [P, {"and": [P, Q]}]}, however often P stands there.
func unwrapped(query string) string {
	for {
		outer, rest, ok := pair([]byte(query))
		if !ok {
			return query
		}
		inner, _, ok := pair(rest)
		if !ok || !same(outer, inner) || !strings.Contains(string(outer), "created_by_project_id") {
			return query
		}
		query = string(rest)
	}
}

// pair reads {"and": [first, second]}.
func pair(text []byte) (first, second json.RawMessage, ok bool) {
	var and map[string][]json.RawMessage
	if json.Unmarshal(text, &and) != nil || len(and) != 1 || len(and["and"]) != 2 {
		return nil, nil, false
	}
	return and["and"][0], and["and"][1], true
}

func same(a, b json.RawMessage) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}

// covers tells whether the alarm has what a change asked for. It may say no of what the service has put in
// other words; to write the change once more does no harm then.
func (ms members) covers(change members) bool {
	for _, m := range change {
		var have, want any
		if json.Unmarshal(ms.get(m.name), &have) != nil || json.Unmarshal(m.raw, &want) != nil || !within(want, have) {
			return false
		}
	}
	return true
}

// within tells whether all of want is in have: an object may have more members, and defaults among them.
func within(want, have any) bool {
	switch want := want.(type) {
	case map[string]any:
		object, ok := have.(map[string]any)
		for name, v := range want {
			ok = ok && within(v, object[name])
		}
		return ok
	case []any:
		array, ok := have.([]any)
		ok = ok && len(array) == len(want)
		for i := 0; ok && i < len(want); i++ {
			ok = within(want[i], array[i])
		}
		return ok
	}
	return want == have
}
