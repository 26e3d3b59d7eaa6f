package alarm

import (
	"time"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// Condition is what a trait of an event, or the metadata of a sample, must be like for a rule to count it.
//
// Source: Aodh and Ceilometer, Query.
type Condition struct {
	// Field is required: traits.instance_id of an event, resource_id or metadata.x of a sample.
	Field string
	// Comparison is eq where it is empty.
	Comparison Comparison
	// Value is required, also that of a number: as a text.
	Value string
	// Type of the value: string, integer, float, boolean or datetime. Where it is empty the service guesses.
	Type string
}

type conditionWire struct {
	Field      string     `json:"field"`
	Comparison Comparison `json:"op,omitempty"`
	Value      string     `json:"value"`
	Type       string     `json:"type,omitempty"`
}

func conditionsWire(all []Condition) ([]conditionWire, error) {
	out := make([]conditionWire, len(all))
	for i, c := range all {
		if c.Field == "" {
			return nil, errs.Invalid("Condition.Field", "is empty")
		}
		out[i] = conditionWire(c)
	}
	return out, nil
}

func conditions(all []conditionWire) []Condition {
	var out []Condition
	for _, c := range all {
		out = append(out, Condition(c))
	}
	return out
}

// EventRule fires when an event arrives.
//
// Source: Aodh, event_rule.
type EventRule struct {
	// EventType is a pattern such as "compute.instance.*"; empty is "*", every event.
	EventType string
	// Query is what traits the event must have; all of it must match.
	Query []Condition
}

// Kind is "event", the type of an alarm that has this rule.
func (EventRule) Kind() Kind { return KindEvent }

type eventWire struct {
	EventType string          `json:"event_type,omitempty"`
	Query     []conditionWire `json:"query"`
}

func (w eventWire) rule() Rule { return EventRule{w.EventType, conditions(w.Query)} }

func (r EventRule) wire() (any, error) {
	query, err := conditionsWire(r.Query)
	return eventWire{r.EventType, query}, err
}

// LoadBalancerMemberHealthRule fires when a member of an Octavia pool that Heat made goes into error.
//
// Source: Aodh, loadbalancer_member_health_rule.
type LoadBalancerMemberHealthRule struct {
	// PoolID is the Octavia pool that is watched.
	PoolID string
	// StackID of the Heat stack that contains the members.
	StackID string
	// AutoscalingGroupID in that stack.
	AutoscalingGroupID string
}

// Kind is "loadbalancer_member_health", the type of an alarm that has this rule.
func (LoadBalancerMemberHealthRule) Kind() Kind { return KindLoadBalancerMemberHealth }

type loadBalancerWire struct {
	PoolID             string `json:"pool_id"`
	StackID            string `json:"stack_id"`
	AutoscalingGroupID string `json:"autoscaling_group_id"`
}

func (w loadBalancerWire) rule() Rule { return LoadBalancerMemberHealthRule(w) }

func (r LoadBalancerMemberHealthRule) wire() (any, error) { return loadBalancerWire(r), nil }

// PrometheusRule fires on the result of a query of Prometheus. The service limits the query to the project of
// the alarm by itself.
//
// Source: Aodh, prometheus_rule.
type PrometheusRule struct {
	// Query in PromQL; required.
	Query string
	// Comparison is eq where it is empty.
	Comparison Comparison
	// Threshold in the unit of the query's result.
	Threshold float64
}

// Kind is "prometheus", the type of an alarm that has this rule.
func (PrometheusRule) Kind() Kind { return KindPrometheus }

type prometheusWire struct {
	Query      string     `json:"query"`
	Comparison Comparison `json:"comparison_operator,omitempty"`
	Threshold  float64    `json:"threshold"`
}

func (w prometheusWire) rule() Rule { return PrometheusRule(w) }

func (r PrometheusRule) wire() (any, error) {
	return prometheusWire(r), finite("PrometheusRule.Threshold", r.Threshold)
}

// CombinationRule fires when other alarms do.
//
// Source: Ceilometer, combination_rule.
type CombinationRule struct {
	// Operator is and where it is empty.
	Operator Operator
	// AlarmIDs are at least two, of alarms that exist and are not this one.
	AlarmIDs []string
}

// Kind is "combination", the type of an alarm that has this rule.
func (CombinationRule) Kind() Kind { return KindCombination }

type combinationWire struct {
	Operator Operator `json:"operator,omitempty"`
	AlarmIDs []string `json:"alarm_ids"`
}

func (w combinationWire) rule() Rule { return CombinationRule(w) }

func (r CombinationRule) wire() (any, error) { return combinationWire(r), nil }

// ThresholdRule fires on a statistic of a meter's samples.
//
// Source: Ceilometer, threshold_rule.
type ThresholdRule struct {
	// MeterName is required.
	MeterName string
	// Query is what samples count; all of it must match. The time is no field of it.
	Query []Condition
	// Statistic is avg where it is empty.
	Statistic Statistic
	// Comparison is eq where it is empty.
	Comparison Comparison
	// Threshold in the unit of the meter.
	Threshold float64
	// Period is what one statistic is computed over, in whole seconds; 60 s where it is zero.
	Period time.Duration
	// EvaluationPeriods are how many periods in a row must cross the threshold; 1 where it is zero.
	EvaluationPeriods int
	// ExcludeOutliers leaves out periods with unusually few samples.
	ExcludeOutliers bool
}

// Kind is "threshold", the type of an alarm that has this rule.
func (ThresholdRule) Kind() Kind { return KindThreshold }

type thresholdWire struct {
	MeterName         string          `json:"meter_name"`
	Query             []conditionWire `json:"query"`
	Statistic         Statistic       `json:"statistic,omitempty"`
	Comparison        Comparison      `json:"comparison_operator,omitempty"`
	Threshold         float64         `json:"threshold"`
	Period            int64           `json:"period,omitempty"`
	EvaluationPeriods int             `json:"evaluation_periods,omitempty"`
	ExcludeOutliers   bool            `json:"exclude_outliers,omitempty"`
}

func (w thresholdWire) rule() Rule {
	return ThresholdRule{
		w.MeterName, conditions(w.Query), w.Statistic, w.Comparison, w.Threshold,
		time.Duration(w.Period) * time.Second, w.EvaluationPeriods, w.ExcludeOutliers,
	}
}

func (r ThresholdRule) wire() (any, error) {
	query, err := conditionsWire(r.Query)
	if err != nil {
		return nil, err
	}
	period, err := seconds("ThresholdRule.Period", r.Period)
	if err != nil {
		return nil, err
	}
	return thresholdWire{
		r.MeterName, query, r.Statistic, r.Comparison, r.Threshold, period, r.EvaluationPeriods, r.ExcludeOutliers,
	}, finite("ThresholdRule.Threshold", r.Threshold)
}
