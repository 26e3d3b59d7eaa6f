package alarm

import (
	"encoding/json"
	"fmt"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// CompositeRule fires when several rules on metrics do. The rules may be composite themselves.
//
// Source: Aodh, composite_rule.
type CompositeRule struct {
	// Operator is required.
	Operator Operator
	// Rules are on Gnocchi or, in newer releases, on Prometheus, or composite.
	Rules []Rule
}

// Kind is "composite", the type of an alarm that has this rule.
func (CompositeRule) Kind() Kind { return KindComposite }

func (r CompositeRule) wire() (any, error) {
	if r.Operator != OperatorAnd && r.Operator != OperatorOr {
		return nil, errs.Invalid("CompositeRule.Operator", "%q is neither and nor or", r.Operator)
	}
	rules := make([]any, len(r.Rules))
	for i, part := range r.Rules {
		if part == nil {
			return nil, errs.Invalid("CompositeRule.Rules", "rule %d is nil", i)
		}
		text, err := typed(part)
		if err != nil {
			return nil, err
		}
		rules[i] = text
	}
	return map[Operator][]any{r.Operator: rules}, nil
}

// typed is a rule that names its type, as the parts of a composite one do.
func typed(r Rule) (json.RawMessage, error) {
	w, err := r.wire()
	if err != nil {
		return nil, err
	}
	text, err := marshal(w)
	if err != nil || r.Kind() == KindComposite {
		return text, err
	}
	all, err := parseMembers(text)
	if err != nil {
		return nil, errs.Invalid("CompositeRule.Rules", "a rule of type %s is no object", r.Kind())
	}
	return all.with("type", json.RawMessage(quoted(string(r.Kind())))).json(), nil
}

// parseComposite reads {"and": [...]}; a part is one like it, or a rule that names its type.
func parseComposite(raw json.RawMessage) (Rule, error) {
	var groups map[Operator][]json.RawMessage
	if err := json.Unmarshal(raw, &groups); err != nil {
		return nil, err
	}
	for op, parts := range groups {
		if len(groups) != 1 || op != OperatorAnd && op != OperatorOr {
			break
		}
		r := CompositeRule{Operator: op, Rules: make([]Rule, len(parts))}
		for i, part := range parts {
			r.Rules[i] = parsePart(part)
		}
		return r, nil
	}
	return nil, fmt.Errorf("neither and nor or")
}

func parsePart(raw json.RawMessage) Rule {
	all, err := parseMembers(raw)
	if err != nil {
		return Unknown{Raw: raw}
	}
	var kind Kind
	if json.Unmarshal(all.get("type"), &kind) != nil {
		return parseRule(KindComposite, raw)
	}
	return parseRule(kind, all.without("type").json())
}
