package fakecloud

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// aggregationMethods are Gnocchi's, in any order.
func aggregationMethods() []string {
	all := []string{"mean", "sum", "last", "first", "max", "min", "std", "count", "median", "nunique"}
	for pct := 1; pct < 100; pct++ {
		all = append(all, fmt.Sprintf("%dpct", pct))
	}
	for _, name := range slices.Clone(all) {
		all = append(all, "rate:"+name)
	}
	return all
}

// checkRule is what Aodh checks of a rule beyond its form. It may change the rule, as Aodh does.
func (s *alarming) checkRule(a *alarm, who caller) *answer {
	refuse := func(status int, text string) *answer {
		refused := aodhFault(status, text)
		return &refused
	}
	if strings.HasPrefix(a.kind, "gnocchi_") {
		method, _ := a.rule.get("aggregation_method")
		switch {
		case s.noGnocchi:
			return refuse(http.StatusServiceUnavailable, "public endpoint for metric service in RegionOne region not found")
		case !slices.Contains(aggregationMethods(), pyStr(method)):
			names := make([]any, 0, 218)
			for _, name := range aggregationMethods() {
				names = append(names, name)
			}
			return refuse(http.StatusBadRequest, "aggregation_method should be in "+pyRepr(names)+" not "+pyStr(method))
		}
	}
	switch a.kind {
	case "gnocchi_aggregation_by_resources_threshold":
		return s.scopeQuery(a, who)
	case "composite":
		rule, why := checkComposite(a.rule)
		if why != "" {
			return refuse(http.StatusBadRequest, why)
		}
		a.rule = rule
	case "combination":
		return s.checkCombination(a, who)
	case "threshold":
		return s.checkThreshold(a, who)
	}
	return nil
}

// scopeQuery puts a condition on the project around the query, unless an administrator asks for the own project.
func (s *alarming) scopeQuery(a *alarm, who caller) *answer {
	text, _ := a.rule.get("query")
	query, err := loads([]byte(pyStr(text)))
	if err != nil {
		refused := aodhFault(http.StatusBadRequest, invalidInput("rule/query", pyStr(text), ""))
		return &refused
	}
	if who.has("admin") && a.projectID == who.projectID {
		return nil
	}
	eq := func(field, value string) any { return object{{"=", object{{field, value}}}} }
	only := eq("created_by_project_id", a.projectID)
	if owner := s.serviceProject(); owner != "" {
		only = object{{"or", []any{only, object{{"and", []any{eq("created_by_project_id", owner), eq("project_id", a.projectID)}}}}}}
	}
	a.rule = a.rule.set("query", string(dumps(object{{"and", []any{only, query}}})))
	return nil
}

func (s *alarming) serviceProject() string {
	k := part[*identity](s.cloud)
	k.mu.Lock()
	defer k.mu.Unlock()
	p, _ := k.project(func(p Project) bool { return p.Name == "service" })
	return p.ID
}

// checkComposite fills in the rules of a composite one.
func checkComposite(v any) (object, string) {
	o, ok := v.(object)
	invalid := "Invalid input composite rule: " + pyStr(v) + ", it should be a dict with an \"and\" or \"or\" as key, and the " +
		"value of dict should be a list of basic threshold rules or sub composite rules, can be nested."
	switch {
	case !ok:
		return nil, invalid
	case len(o) == 1:
		if o[0].key != "and" && o[0].key != "or" {
			return nil, `Threshold rules should be combined with "and" or "or"`
		}
		parts, ok := o[0].value.([]any)
		if !ok {
			return nil, invalid
		}
		all := []any{}
		for _, part := range parts {
			rule, why := checkComposite(part)
			if why != "" {
				return nil, why
			}
			all = append(all, rule)
		}
		return object{{o[0].key, all}}, ""
	}
	kind, _ := o.get("type")
	if kind == nil {
		return nil, "type must be set in every rule"
	}
	attributes := ruleAttributes[pyStr(kind)]
	if !strings.HasPrefix(pyStr(kind), "gnocchi_") || attributes == nil {
		return nil, "Unsupported sub-rule type :" + pyStr(kind) + " in composite rule, should be one of: ['gnocchi_aggregation_by_metrics_threshold', " +
			"'gnocchi_aggregation_by_resources_threshold', 'gnocchi_resources_threshold']"
	}
	o = o.without("type")
	whole, why := readAttributes(o, "data", attributes)
	if why != "" {
		return nil, why
	}
	for _, m := range whole.pick(inDetail[pyStr(kind)]) {
		o = o.set(m.key, m.value)
	}
	return o.set("type", kind), ""
}
