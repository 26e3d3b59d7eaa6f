package mockcloud

import (
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/jarcoal/httpmock"

	"github.com/gophermeter/gophermeter/alarm"
)

// echoed answers with the body of the request.
func echoed(status int) httpmock.Responder {
	return func(req *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		return answer(status, json.RawMessage(body)), nil
	}
}

func alarmFault(code, message string) any {
	return map[string]any{"error_message": map[string]any{"faultcode": code, "faultstring": message, "debuginfo": nil}}
}

// aodhTime is isoformat of a UTC time, which does not say so; null where there is none.
func aodhTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05.999999")
}

func alarmWire(a alarm.Alarm) map[string]any {
	constraints := []any{}
	for _, t := range a.TimeConstraints {
		constraints = append(constraints, map[string]any{
			"name": t.Name, "description": t.Description, "start": t.Start, "duration": int64(t.Duration / time.Second), "timezone": t.Timezone,
		})
	}
	wire := map[string]any{
		"alarm_id": a.ID, "name": a.Name, "description": a.Description, "enabled": a.Enabled, "severity": a.Severity,
		"state": a.State, "state_reason": a.StateReason, "repeat_actions": a.RepeatActions, "type": a.Kind(),
		"ok_actions": list(a.OKActions), "alarm_actions": list(a.AlarmActions), "insufficient_data_actions": list(a.InsufficientDataActions),
		"time_constraints": constraints, "project_id": a.ProjectID, "user_id": a.UserID, "timestamp": aodhTime(a.Timestamp),
		"state_timestamp": aodhTime(a.StateTimestamp), "evaluate_timestamp": aodhTime(a.EvaluateTimestamp),
	}
	if a.Rule != nil {
		wire[string(a.Kind())+"_rule"] = ruleWire(a.Rule)
	}
	return wire
}

// list is never null.
func list[T any](all []T) []T { return append([]T{}, all...) }

func ruleWire(r alarm.Rule) any {
	switch r := r.(type) {
	case alarm.EventRule:
		return map[string]any{"event_type": r.EventType, "query": queryWire(r.Query)}
	case alarm.ThresholdRule:
		return map[string]any{
			"meter_name": r.MeterName, "query": queryWire(r.Query), "statistic": r.Statistic, "comparison_operator": r.Comparison,
			"threshold": r.Threshold, "period": int64(r.Period / time.Second), "evaluation_periods": r.EvaluationPeriods,
			"exclude_outliers": r.ExcludeOutliers,
		}
	case alarm.CombinationRule:
		return map[string]any{"operator": r.Operator, "alarm_ids": list(r.AlarmIDs)}
	case alarm.CompositeRule:
		parts := []any{}
		for _, part := range r.Rules {
			wire := ruleWire(part)
			if members, ok := wire.(map[string]any); ok && part.Kind() != alarm.KindComposite {
				members["type"] = part.Kind()
			}
			parts = append(parts, wire)
		}
		return map[string]any{string(r.Operator): parts}
	case alarm.GnocchiResourcesRule:
		return gnocchiWire(r.GnocchiThreshold, map[string]any{"metric": r.Metric, "resource_id": r.ResourceID, "resource_type": r.ResourceType})
	case alarm.GnocchiAggregationByMetricsRule:
		return gnocchiWire(r.GnocchiThreshold, map[string]any{"metrics": list(r.Metrics)})
	case alarm.GnocchiAggregationByResourcesRule:
		return gnocchiWire(r.GnocchiThreshold, map[string]any{"metric": r.Metric, "query": r.Query, "resource_type": r.ResourceType})
	case alarm.LoadBalancerMemberHealthRule:
		return map[string]any{"pool_id": r.PoolID, "stack_id": r.StackID, "autoscaling_group_id": r.AutoscalingGroupID}
	case alarm.PrometheusRule:
		return map[string]any{"query": r.Query, "comparison_operator": r.Comparison, "threshold": r.Threshold}
	case alarm.Unknown:
		return r.Raw
	}
	return nil
}

func queryWire(all []alarm.Condition) []any {
	out := []any{}
	for _, c := range all {
		out = append(out, map[string]any{"field": c.Field, "op": c.Comparison, "value": c.Value, "type": c.Type})
	}
	return out
}

func gnocchiWire(t alarm.GnocchiThreshold, wire map[string]any) map[string]any {
	wire["aggregation_method"], wire["comparison_operator"], wire["threshold"] = t.AggregationMethod, t.Comparison, t.Threshold
	wire["granularity"], wire["evaluation_periods"] = int64(t.Granularity/time.Second), t.EvaluationPeriods
	return wire
}

// changeWire is a change. Its detail is Raw where there is one, or else what it says of the state.
func changeWire(c alarm.AlarmChange) map[string]any {
	detail := string(c.Detail.Raw)
	if detail == "" {
		members := map[string]any{"state": c.Detail.State}
		if c.Detail.StateReason != "" {
			members["state_reason"] = c.Detail.StateReason
		}
		if c.Detail.TransitionReason != "" {
			members["transition_reason"] = c.Detail.TransitionReason
		}
		text, _ := json.Marshal(members) // of texts
		detail = string(text)
	}
	return map[string]any{
		"event_id": c.EventID, "alarm_id": c.AlarmID, "type": c.Type, "detail": detail, "project_id": c.ProjectID, "user_id": c.UserID,
		"on_behalf_of": c.OnBehalfOf, "timestamp": aodhTime(c.Timestamp),
	}
}

func quotasWire(q alarm.Quotas) any {
	limits := []any{}
	for _, one := range q.Limits {
		limits = append(limits, map[string]any{"resource": one.Resource, "limit": one.Limit})
	}
	return map[string]any{"project_id": q.ProjectID, "quotas": limits}
}

func metricsWire(all []alarm.EvaluationResult) []any {
	out := []any{}
	for _, e := range all {
		out = append(out, map[string]any{"alarm_id": e.AlarmID, "project_id": e.ProjectID, "state_counters": e.States})
	}
	return out
}
