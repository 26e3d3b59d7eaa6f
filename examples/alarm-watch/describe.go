package main

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gophermeter/gophermeter/alarm"
	"github.com/gophermeter/gophermeter/examples/internal/cli"
)

// details are the members of a rule, under the names that the service gives them.
type details map[string]any

// detailsOf is nil where the service sent no rule.
func detailsOf(rule alarm.Rule) details {
	switch r := rule.(type) {
	case alarm.EventRule:
		return details{"event_type": r.EventType, "query": terms(r.Query)}
	case alarm.ThresholdRule:
		return details{
			"meter_name": r.MeterName, "query": terms(r.Query), "statistic": r.Statistic, "comparison_operator": r.Comparison,
			"threshold": r.Threshold, "period": int(r.Period.Seconds()), "evaluation_periods": r.EvaluationPeriods,
			"exclude_outliers": r.ExcludeOutliers,
		}
	case alarm.PrometheusRule:
		return details{"query": r.Query, "comparison_operator": r.Comparison, "threshold": r.Threshold}
	case alarm.GnocchiResourcesRule:
		return gnocchi(r.GnocchiThreshold, details{"metric": r.Metric, "resource_id": r.ResourceID, "resource_type": r.ResourceType})
	case alarm.GnocchiAggregationByMetricsRule:
		return gnocchi(r.GnocchiThreshold, details{"metrics": r.Metrics})
	case alarm.GnocchiAggregationByResourcesRule:
		return gnocchi(r.GnocchiThreshold, details{"metric": r.Metric, "query": r.Query, "resource_type": r.ResourceType})
	case alarm.CombinationRule:
		return details{"operator": r.Operator, "alarm_ids": r.AlarmIDs}
	case alarm.LoadBalancerMemberHealthRule:
		return details{"pool_id": r.PoolID, "stack_id": r.StackID, "autoscaling_group_id": r.AutoscalingGroupID}
	case alarm.CompositeRule:
		var parts []details
		for _, part := range r.Rules {
			of := details{"type": part.Kind()}
			maps.Copy(of, detailsOf(part))
			parts = append(parts, of)
		}
		return details{string(r.Operator): parts}
	case alarm.Unknown:
		return details{"rule": r.Raw}
	default:
		return nil
	}
}

func gnocchi(t alarm.GnocchiThreshold, d details) details {
	maps.Copy(d, details{
		"aggregation_method": t.AggregationMethod, "comparison_operator": t.Comparison, "threshold": t.Threshold,
		"granularity": int(t.Granularity.Seconds()), "evaluation_periods": t.EvaluationPeriods,
	})
	return d
}

var conditionForm = regexp.MustCompile(`^([^\s<>=!]+)\s*(<=|>=|!=|=|<|>)\s*(?:(string|integer|float|boolean|datetime)::)?(.+)$`)

var comparisons = map[string]alarm.Comparison{
	"=": alarm.CompareEQ, "!=": alarm.CompareNE, "<": alarm.CompareLT, "<=": alarm.CompareLE, ">": alarm.CompareGT, ">=": alarm.CompareGE,
}

// conditions reads what the traits of an event or the metadata of a sample must be, as "openstack alarm create" takes
// it: traits.memory_mb>=integer::512; traits.host=n1.
func conditions(text string) ([]alarm.Condition, error) {
	if text == "" {
		return nil, nil
	}
	var out []alarm.Condition
	for part := range strings.SplitSeq(text, ";") {
		m := conditionForm.FindStringSubmatch(strings.TrimSpace(part))
		if m == nil {
			return nil, cli.Usage("-query: %q is no condition such as traits.memory_mb>=integer::512", strings.TrimSpace(part))
		}
		out = append(out, alarm.Condition{Field: m[1], Comparison: comparisons[m[2]], Type: m[3], Value: m[4]})
	}
	return out, nil
}

// terms are conditions as -query takes them.
func terms(all []alarm.Condition) string {
	out := make([]string, len(all))
	for i, c := range all {
		sign := "="
		for text, of := range comparisons {
			if of == c.Comparison {
				sign = text
			}
		}
		if out[i] = c.Field + sign + c.Value; c.Type != "" {
			out[i] = c.Field + sign + c.Type + "::" + c.Value
		}
	}
	return strings.Join(out, "; ")
}

func (d details) names() []string { return slices.Sorted(maps.Keys(d)) }

// unlike are the details that differ from others.
func (d details) unlike(others details) details {
	out := details{}
	for name, value := range d {
		if text(value) != text(others[name]) {
			out[name] = value
		}
	}
	return out
}

// line has the details in one.
func (d details) line() string {
	var parts []string
	for _, name := range d.names() {
		if value := text(d[name]); value != "" {
			parts = append(parts, name+"="+value)
		}
	}
	return strings.Join(parts, " ")
}

// text is a value as JSON, a string without its quotes, and the empty list as nothing.
func text(value any) string {
	var b strings.Builder
	if err := encoder(&b).Encode(value); err != nil {
		return err.Error()
	}
	var s string
	if json.Unmarshal([]byte(b.String()), &s) == nil {
		return s
	}
	return strings.TrimPrefix(strings.TrimSpace(b.String()), "[]")
}

// clock is a time as people read it; the zero one is nothing.
func clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}
