package fakecloud

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// attribute is a member that an alarm or a rule may have, as Aodh declares it.
type attribute struct {
	name      string
	form      string // text, float, int, bool, texts, query, constraints, composite, rule
	mandatory bool
	def       any
	choices   []string
	min       int
}

var (
	comparisons = []string{"lt", "le", "eq", "ne", "ge", "gt"}
	comparison  = attribute{name: "comparison_operator", form: "text", def: "eq", choices: comparisons}
	threshold   = attribute{name: "threshold", form: "float", mandatory: true}
	periods     = attribute{name: "evaluation_periods", form: "int", def: number{1, false}, min: 1}
	ofGnocchi   = []attribute{comparison, threshold, {name: "aggregation_method", form: "text", mandatory: true}, periods,
		{name: "granularity", form: "int", def: number{60, false}, min: 1}}
)

func must(name, form string) attribute { return attribute{name: name, form: form, mandatory: true} }

// ruleAttributes are those of each type, in the order in which an answer has them.
var ruleAttributes = map[string][]attribute{
	"event":                       {{name: "event_type", form: "text", def: "*"}, {name: "query", form: "query", def: []any{}}},
	"loadbalancer_member_health":  {must("pool_id", "text"), must("stack_id", "text"), must("autoscaling_group_id", "text")},
	"prometheus":                  {comparison, threshold, must("query", "text")},
	"gnocchi_resources_threshold": append([]attribute{must("metric", "text"), must("resource_id", "text"), must("resource_type", "text")}, ofGnocchi...),
	"gnocchi_aggregation_by_metrics_threshold":   append([]attribute{must("metrics", "texts")}, ofGnocchi...),
	"gnocchi_aggregation_by_resources_threshold": append([]attribute{must("metric", "text"), must("query", "text"), must("resource_type", "text")}, ofGnocchi...),
	"combination": {{name: "operator", form: "text", def: "and", choices: []string{"or", "and"}}, must("alarm_ids", "texts")},
	"threshold": {must("meter_name", "text"), {name: "query", form: "query", def: []any{}},
		{name: "period", form: "int", def: number{60, false}, min: 1}, comparison, threshold,
		{name: "statistic", form: "text", def: "avg", choices: []string{"min", "avg", "count", "sum", "max"}},
		periods, {name: "exclude_outliers", form: "bool", def: false}},
}

// inDetail is the order that a rule has in a history, where it is another.
var inDetail = map[string][]string{
	"threshold": {"period", "comparison_operator", "threshold", "statistic", "evaluation_periods", "meter_name", "exclude_outliers", "query"},
	"gnocchi_resources_threshold": {"granularity", "comparison_operator", "threshold", "aggregation_method", "evaluation_periods",
		"metric", "resource_id", "resource_type"},
	"gnocchi_aggregation_by_metrics_threshold": {"granularity", "comparison_operator", "threshold", "aggregation_method",
		"evaluation_periods", "metrics"},
	"gnocchi_aggregation_by_resources_threshold": {"granularity", "comparison_operator", "threshold", "aggregation_method",
		"evaluation_periods", "metric", "query", "resource_type"},
}

// kinds are the types of a release.
func (s *alarming) kinds() []string {
	if s.liberty {
		return []string{"threshold", "combination", "gnocchi_aggregation_by_metrics_threshold", "gnocchi_resources_threshold",
			"gnocchi_aggregation_by_resources_threshold"}
	}
	kinds := []string{"composite", "event", "gnocchi_aggregation_by_metrics_threshold", "gnocchi_aggregation_by_resources_threshold",
		"gnocchi_resources_threshold", "loadbalancer_member_health"}
	if s.metrics {
		kinds = append(kinds, "prometheus")
	}
	return kinds
}

// convert reads a value into an attribute's form; the text is why it is refused.
func (a attribute) convert(v any) (any, string) {
	wrong := invalidInput(a.name, pyStr(v), "Wrong type. Expected '<class 'str'>', got '"+pyType(v)+"'")
	switch a.form {
	case "text":
		text, ok := v.(string)
		if !ok {
			return nil, wrong
		}
		if a.choices != nil && !slices.Contains(a.choices, text) {
			return nil, invalidInput(a.name, text, "Value should be one of: "+strings.Join(a.choices, ", "))
		}
	case "float", "int":
		n, ok := v.(number)
		if !ok {
			return nil, wrong
		}
		if n.float = a.form == "float"; a.form == "int" && int(n.value) < a.min {
			return nil, invalidInput(a.name, pyStr(v), fmt.Sprintf("Value should be greater or equal to %d", a.min))
		}
		return n, ""
	case "bool":
		if _, ok := v.(bool); !ok {
			return nil, wrong
		}
	case "texts":
		list, ok := v.([]any)
		if !ok || slices.ContainsFunc(list, func(e any) bool { _, text := e.(string); return !text }) {
			return nil, wrong
		}
	case "query":
		return converted(v, a.name, []attribute{must("field", "text"), {name: "op", form: "text", def: "eq", choices: comparisons},
			must("value", "text"), {name: "type", form: "text"}})
	case "constraints":
		return converted(v, a.name, []attribute{must("name", "text"), {name: "description", form: "text"}, must("start", "text"),
			must("duration", "int"), {name: "timezone", form: "text", def: ""}})
	}
	return v, ""
}

// converted reads a list of objects.
func converted(v any, name string, attributes []attribute) (any, string) {
	list, ok := v.([]any)
	if !ok {
		return nil, invalidInput(name, pyStr(v), "Wrong type. Expected '[Base]', got '"+pyType(v)+"'")
	}
	out := []any{}
	for _, e := range list {
		o, why := readAttributes(e, name, attributes)
		if why != "" {
			return nil, why
		}
		out = append(out, o)
	}
	return out, ""
}

// readAttributes reads an object with the defaults of what it lacks; the text is why it is refused.
func readAttributes(v any, argument string, attributes []attribute) (object, string) {
	in, ok := v.(object)
	if !ok {
		return nil, invalidInput(argument, pyStr(v), "Wrong type. Expected 'Base', got '"+pyType(v)+"'")
	}
	for _, m := range in {
		if !slices.ContainsFunc(attributes, func(a attribute) bool { return a.name == m.key }) {
			return nil, "Unknown attribute for argument " + argument + ": " + m.key
		}
	}
	out := object{}
	for _, a := range attributes {
		v, there := in.get(a.name)
		switch {
		case !there && a.mandatory:
			return nil, invalidInput(a.name, "None", "Mandatory field missing.")
		case v == nil && a.def != nil:
			out = append(out, member{a.name, a.def})
			continue
		case !there:
			continue
		case v == nil:
			out = append(out, member{a.name, nil})
			continue
		}
		v, why := a.convert(v)
		if why != "" {
			return nil, why
		}
		out = append(out, member{a.name, v})
	}
	return out, ""
}

// ruleDetail is a rule as the history shows it.
func (a *alarm) ruleDetail() object {
	order := inDetail[a.kind]
	out := slices.Clone(a.rule)
	if order != nil {
		out = a.rule.pick(order)
	}
	if query, ok := out.get("query"); ok {
		if list, ok := query.([]any); ok {
			out = out.set("query", array(list, func(q any) any { return q.(object).pick([]string{"field", "op", "type", "value"}) }))
		}
	}
	return out
}

// equal compares two values by their wire form.
func equal(a, b any) bool { return bytes.Equal(dumps(a), dumps(b)) }
