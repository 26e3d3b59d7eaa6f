package alarm

import (
	"encoding/json"
	"math"
	"time"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// Rule is what an alarm watches for, one of [ThresholdRule], [CombinationRule], [EventRule], [CompositeRule],
// [GnocchiResourcesRule], [GnocchiAggregationByMetricsRule], [GnocchiAggregationByResourcesRule],
// [LoadBalancerMemberHealthRule], [PrometheusRule] and [Unknown].
type Rule interface {
	// Kind is the type of an alarm with this rule.
	Kind() Kind
	// wire is the rule as it is sent.
	wire() (any, error)
}

// Unknown is a rule that this package has no type for, or that does not look as it should.
type Unknown struct {
	// Type of the alarm; empty in a change, which does not say.
	Type Kind
	// Raw is the rule as it was sent, and as it is sent again.
	Raw json.RawMessage
}

// Kind is what the service called it, in Type.
func (r Unknown) Kind() Kind { return r.Type }

// As reads the rule as one of that kind: the rule in a [ChangeDetail] does not name it, the alarm does. It is
// Unknown where it cannot be read so.
func (r Unknown) As(k Kind) Rule { return parseRule(k, r.Raw) }

func (r Unknown) wire() (any, error) {
	if !json.Valid(r.Raw) {
		return nil, errs.Invalid("Unknown.Raw", "is not JSON")
	}
	return r.Raw, nil
}

// reader turns the wire form of a rule into the rule.
type reader func(json.RawMessage) (Rule, error)

func as[W interface{ rule() Rule }](raw json.RawMessage) (Rule, error) {
	var w W
	err := json.Unmarshal(raw, &w)
	return w.rule(), err
}

func readerOf(k Kind) reader {
	switch k {
	case KindThreshold:
		return as[thresholdWire]
	case KindCombination:
		return as[combinationWire]
	case KindEvent:
		return as[eventWire]
	case KindComposite:
		return parseComposite
	case KindGnocchiResources:
		return as[gnocchiResourcesWire]
	case KindGnocchiAggregationByMetrics:
		return as[gnocchiByMetricsWire]
	case KindGnocchiAggregationByResources:
		return as[gnocchiByResourcesWire]
	case KindLoadBalancerMemberHealth:
		return as[loadBalancerWire]
	case KindPrometheus:
		return as[prometheusWire]
	}
	return nil
}

// parseRule reads a rule; one that cannot be read is kept as it is.
func parseRule(k Kind, raw json.RawMessage) Rule {
	if read := readerOf(k); read != nil {
		if r, err := read(raw); err == nil {
			return r
		}
	}
	return Unknown{Type: k, Raw: raw}
}

// seconds is a whole number of them.
func seconds(field string, d time.Duration) (int64, error) {
	if d < 0 || d%time.Second != 0 {
		return 0, errs.Invalid(field, "%s is not a whole number of seconds", d)
	}
	return int64(d / time.Second), nil
}

// finite refuses what JSON has no form for.
func finite(field string, f float64) error {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return errs.Invalid(field, "%v is not a number", f)
	}
	return nil
}
