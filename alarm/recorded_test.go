package alarm_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/alarm"
)

func TestGetAlarmReadsEveryFieldOfARecordedAlarm(t *testing.T) {
	t.Parallel()
	client, script := aodh(t, says(200, body(t, "alarm-event")))
	got, err := client.GetAlarm(t.Context(), "3226ee6f-5cae-4209-8ead-317807c6d52f")
	require.NoError(t, err)
	assert.Equal(t, alarm.Alarm{
		ID: "3226ee6f-5cae-4209-8ead-317807c6d52f", Name: "ev-delete", Description: "server deleted", Enabled: true,
		Rule: alarm.EventRule{EventType: "compute.instance.delete.*", Query: []alarm.Condition{
			{Field: "traits.instance_id", Comparison: alarm.CompareEQ, Value: "11111111-1111-1111-1111-111111111111", Type: "string"},
			{Field: "traits.memory_mb", Comparison: alarm.CompareGE, Value: "512", Type: "integer"},
		}},
		Severity: alarm.SeverityLow, State: alarm.StateInsufficientData, StateReason: "Manually set via API",
		OKActions: []string{"http://127.0.0.1:9/ok"}, AlarmActions: []string{"http://127.0.0.1:9/hook"}, RepeatActions: true,
		TimeConstraints: []alarm.TimeConstraint{{
			Name: "night", Description: "Time constraint at 0 23 * * * lasting for 10800 seconds", Start: "0 23 * * *",
			Duration: 3 * time.Hour, Timezone: "Europe/Paris",
		}},
		ProjectID: "d3be098c33ed412795ff7c9116dd0223", UserID: "6899b2618dda421f8af34afd8e8aabdf",
		Timestamp: at(t, "2026-11-23T01:08:57.729996"), StateTimestamp: at(t, "2026-11-23T01:08:57.729996"),
		EvaluateTimestamp: at(t, "2026-11-23T01:08:56"),
	}, got)
	assert.Equal(t, []string{"GET /v2/alarms/3226ee6f-5cae-4209-8ead-317807c6d52f"}, script.calls())
}

func TestRulesOfRecordedAlarms(t *testing.T) {
	t.Parallel()
	cpu := alarm.GnocchiThreshold{
		AggregationMethod: "mean", Comparison: alarm.CompareGT, Threshold: 80.5, Granularity: 5 * time.Minute, EvaluationPeriods: 3,
	}
	resource := func(metric string, threshold float64) alarm.Rule {
		r := alarm.GnocchiResourcesRule{
			Metric: metric, ResourceID: "11111111-1111-1111-1111-111111111111", ResourceType: "instance", GnocchiThreshold: cpu,
		}
		r.Threshold = threshold
		return r
	}
	one := alarm.GnocchiThreshold{
		AggregationMethod: "mean", Comparison: alarm.CompareEQ, Threshold: 1, Granularity: time.Minute, EvaluationPeriods: 1,
	}
	for name, want := range map[string]alarm.Rule{
		"alarm-composite": alarm.CompositeRule{Operator: alarm.OperatorOr, Rules: []alarm.Rule{
			resource("cpu", 80.5),
			alarm.CompositeRule{Operator: alarm.OperatorAnd, Rules: []alarm.Rule{resource("memory.usage", 1), resource("disk.usage", 80.5)}},
		}},
		"alarm-gnocchi-resources": resource("cpu", 80.5),
		"alarm-gnocchi-by-metrics": alarm.GnocchiAggregationByMetricsRule{
			Metrics: []string{"11111111-1111-1111-1111-111111111111"}, GnocchiThreshold: one,
		},
		"alarm-gnocchi-by-resources": alarm.GnocchiAggregationByResourcesRule{
			Metric: "cpu", ResourceType: "generic", GnocchiThreshold: one,
			Query: `{"and": [{"or": [{"=": {"created_by_project_id": "d3be098c33ed412795ff7c9116dd0223"}}, ` +
				`{"and": [{"=": {"created_by_project_id": "2beb1525089c4760902ed8e814cca30f"}}, ` +
				`{"=": {"project_id": "d3be098c33ed412795ff7c9116dd0223"}}]}]}, {"=": {"id": "11111111-1111-1111-1111-111111111111"}}]}`,
		},
		"alarm-loadbalancer":     alarm.LoadBalancerMemberHealthRule{PoolID: "p", StackID: "s", AutoscalingGroupID: "g"},
		"ceilometer-combination": alarm.CombinationRule{Operator: alarm.OperatorOr, AlarmIDs: []string{"ce7aa581-6362-4410-8c22-b631b1352275", "5a2b9e83-9e39-4f9a-a808-ec8e3cb74fee"}},
		"ceilometer-threshold": alarm.ThresholdRule{
			MeterName: "cpu_util", Statistic: alarm.StatisticMax, Comparison: alarm.CompareGT, Threshold: 80.5, Period: 5 * time.Minute,
			EvaluationPeriods: 3, ExcludeOutliers: true, Query: []alarm.Condition{
				{Field: "resource_id", Comparison: alarm.CompareEQ, Value: "r1", Type: "string"},
				{Field: "metadata.x", Comparison: alarm.CompareEQ, Value: "2", Type: "integer"},
			},
		},
	} {
		client, _ := aodh(t, says(200, body(t, name)))
		got, err := client.GetAlarm(t.Context(), "x")
		require.NoError(t, err, name)
		assert.Equal(t, want, got.Rule, name)
		assert.Equal(t, want.Kind(), got.Kind(), name)
	}
}

func TestUnknownAndOddRulesAreKept(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]alarm.Rule{
		`{"lunar_rule": {"phase": [1, 2.50]}}`:                    alarm.Unknown{Type: "lunar", Raw: json.RawMessage(`{"phase": [1, 2.50]}`)},
		`{"event_rule": {"event_type": 7}}`:                       alarm.Unknown{Type: "event", Raw: json.RawMessage(`{"event_type": 7}`)},
		`{"composite_rule": {"xor": []}}`:                         alarm.Unknown{Type: "composite", Raw: json.RawMessage(`{"xor": []}`)},
		`{"composite_rule": {"and": [{"x": 1, "type": "y"}, 3]}}`: alarm.CompositeRule{Operator: "and", Rules: []alarm.Rule{alarm.Unknown{Type: "y", Raw: json.RawMessage(`{"x": 1}`)}, alarm.Unknown{Raw: json.RawMessage(`3`)}}},
		`{"prometheus_rule": {"query": "up", "threshold": 1, "comparison_operator": "lt", "scope_to_project": "p"}}`: alarm.PrometheusRule{Query: "up", Threshold: 1, Comparison: alarm.CompareLT},
		`{"threshold_rule": null, "state": "broken", "severity": "dire"}`:                                            nil,
	} {
		client, _ := aodh(t, says(200, text))
		got, err := client.GetAlarm(t.Context(), "x")
		require.NoError(t, err, text)
		assert.Equal(t, want, got.Rule, text)
	}
	assert.Equal(t, alarm.EventRule{EventType: "x"}, alarm.Unknown{Raw: json.RawMessage(`{"event_type": "x"}`)}.As(alarm.KindEvent))
}

func TestAlarmChangesReadARecordedHistory(t *testing.T) {
	t.Parallel()
	client, script := aodh(t, says(200, body(t, "history")))
	all, err := client.AlarmChanges("3226ee6f", alarm.ChangesOptions{}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 6)
	assert.Equal(t, alarm.AlarmChange{
		EventID: "a103dc27-e3a5-466f-9c5b-2b1a376c6e94", AlarmID: "3226ee6f-5cae-4209-8ead-317807c6d52f",
		Type: alarm.ChangeStateTransition, ProjectID: "d3be098c33ed412795ff7c9116dd0223", UserID: "6899b2618dda421f8af34afd8e8aabdf",
		OnBehalfOf: "d3be098c33ed412795ff7c9116dd0223", Timestamp: at(t, "2026-11-23T01:09:49.479059"),
		Detail: alarm.ChangeDetail{
			State: alarm.StateAlarm, StateReason: "Manually set via API",
			Raw: json.RawMessage(`{"state": "alarm", "state_reason": "Manually set via API"}`),
		},
	}, all[0])
	assert.Equal(t, alarm.ChangeRule, all[1].Type)
	assert.Equal(t, alarm.SeverityLow, all[1].Detail.Severity)
	assert.Equal(t, alarm.StateInsufficientData, all[1].Detail.State)
	created := all[5].Detail
	assert.Equal(t, alarm.ChangeCreation, all[5].Type)
	assert.Equal(t, "ev-delete", *created.Name)
	assert.Equal(t, "server deleted", *created.Description)
	assert.True(t, *created.Enabled)
	assert.True(t, *created.RepeatActions)
	assert.Equal(t, []string{}, created.InsufficientDataActions)
	assert.Equal(t, []string{"http://127.0.0.1:9/hook"}, created.AlarmActions)
	assert.Equal(t, 3*time.Hour, created.TimeConstraints[0].Duration)
	assert.Equal(t, "compute.instance.delete.*", created.Rule.(alarm.EventRule).EventType)
	assert.Nil(t, all[0].Detail.AlarmActions)
	assert.Equal(t, []string{"GET /v2/alarms/3226ee6f/history?limit=1000&sort=timestamp:desc&sort=event_id:desc"}, script.calls())
}

func TestCeilometersHistoryNamesNoTypeOfARule(t *testing.T) {
	t.Parallel()
	client, script := ceilometer(t, says(200, body(t, "ceilometer-history")))
	all, err := client.AlarmChanges("ce7aa581", alarm.ChangesOptions{}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 4)
	rule := all[0].Detail.Rule.(alarm.Unknown)
	assert.Empty(t, rule.Type)
	assert.Equal(t, 90.0, rule.As(alarm.KindThreshold).(alarm.ThresholdRule).Threshold)
	assert.Equal(t, "new", *all[0].Detail.Description)
	assert.Equal(t, 80.0, all[3].Detail.Rule.(alarm.ThresholdRule).Threshold)
	assert.Equal(t, []string{"GET /v2/alarms/ce7aa581/history"}, script.calls())
}

func TestOddDetailsAreKept(t *testing.T) {
	t.Parallel()
	for detail, raw := range map[string]string{
		`"not json"`:                          `"not json"`,
		`null`:                                `null`,
		`"[1, 2]"`:                            `[1, 2]`,
		`{"state": "ok"}`:                     `{"state": "ok"}`,
		`"{\"state\": 7, \"ok_actions\": 1}"`: `{"state": 7, "ok_actions": 1}`,
	} {
		client, _ := aodh(t, says(200, `[{"event_id": "e", "detail": `+detail+`, "severity": "low", "type": "lunar"}]`))
		all, err := client.AlarmChanges("x", alarm.ChangesOptions{}).Collect(t.Context())
		require.NoError(t, err, detail)
		assert.JSONEq(t, raw, string(all[0].Detail.Raw))
		assert.Equal(t, alarm.ChangeType("lunar"), all[0].Type)
		assert.Equal(t, alarm.SeverityLow, all[0].Severity)
	}
}

func TestSmallAnswers(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	client, script := aodh(t, says(200, body(t, "capabilities")), says(200, body(t, "state")), says(200, body(t, "quotas")),
		says(200, body(t, "quotas")), says(201, body(t, "quotas-set")), says(204, ""), says(204, ""), says(200, body(t, "metrics")))

	capabilities, err := client.GetCapabilities(ctx)
	require.NoError(t, err)
	assert.Len(t, capabilities, 5)
	assert.True(t, capabilities.Has("alarms:history:query:complex"))
	assert.False(t, capabilities.Has("events:query:simple"))
	assert.Equal(t, alarm.Capability{Section: "alarm_storage", Name: "storage:production_ready", Enabled: true}, capabilities[4])

	state, err := client.GetState(ctx, "x")
	require.NoError(t, err)
	assert.Equal(t, alarm.StateAlarm, state)

	quotas, err := client.GetQuotas(ctx, "5687c2b4887a47379deaf98576abd1df")
	require.NoError(t, err)
	assert.Equal(t, alarm.Quotas{ProjectID: "5687c2b4887a47379deaf98576abd1df", Limits: []alarm.Quota{{Resource: "alarms", Limit: 30}}}, quotas)
	limit, ok := quotas.Alarms()
	assert.True(t, ok)
	assert.Equal(t, int64(30), limit)
	_, err = client.GetOwnQuotas(ctx)
	require.NoError(t, err)
	quotas, err = client.SetQuotas(ctx, alarm.Quotas{ProjectID: "752e", Limits: []alarm.Quota{{Resource: "alarms", Limit: 10}}})
	require.NoError(t, err)
	assert.Equal(t, int64(10), quotas.Limits[0].Limit)
	require.NoError(t, client.DeleteQuotas(ctx, "752e"))
	require.NoError(t, client.DeleteAlarm(ctx, "a/b"))

	metrics, err := client.GetMetrics(ctx, alarm.MetricsOptions{AllProjects: true})
	require.NoError(t, err)
	assert.Equal(t, []alarm.EvaluationResult{{
		AlarmID: "b8e17f58-089a-43fc-a96b-e9bcac4d4b53", ProjectID: "2dd8edd6c8c24f49bf04670534f6b357",
		States: map[alarm.State]int64{alarm.StateOK: 20, alarm.StateInsufficientData: 5, alarm.StateAlarm: 10},
	}}, metrics)

	assert.Equal(t, []string{
		"GET /v2/capabilities", "GET /v2/alarms/x/state", "GET /v2/quotas?project_id=5687c2b4887a47379deaf98576abd1df", "GET /v2/quotas",
		"POST /v2/quotas", "DELETE /v2/quotas/752e", "DELETE /v2/alarms/a%2Fb", "GET /v2/metrics?all_projects=true",
	}, script.calls())
	assert.JSONEq(t, `{"project_id": "752e", "quotas": [{"resource": "alarms", "limit": 10}]}`, script.all()[4].body)
}

func TestQueriesOfRecordings(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	client, script := aodh(t, says(200, body(t, "query-alarms")), says(200, body(t, "query-history")))
	alarms, err := client.QueryAlarms(ctx, alarm.Query{
		Filter:  alarm.And(alarm.Eq(alarm.FieldType, alarm.KindEvent), alarm.Eq(alarm.FieldSeverity, alarm.SeverityCritical)),
		OrderBy: []alarm.Sort{{Field: alarm.FieldName}}, Limit: 2,
	})
	require.NoError(t, err)
	assert.Equal(t, []string{"page-02", "page-05"}, names(alarms))
	changes, err := client.QueryAlarmChanges(ctx, alarm.Query{})
	require.NoError(t, err)
	assert.Len(t, changes, 2)
	assert.Equal(t, []string{"POST /v2/query/alarms", "POST /v2/query/alarms/history"}, script.calls())
	// As the recorded request was.
	assert.JSONEq(t, `{"filter": "{\"and\": [{\"=\": {\"type\": \"event\"}}, {\"=\": {\"severity\": \"critical\"}}]}", `+
		`"orderby": "[{\"name\":\"asc\"}]", "limit": 2}`, script.all()[0].body)
	assert.Equal(t, `{}`, script.all()[1].body)
}

func TestCeilometersQueriesAskForMoreThanItsLimit(t *testing.T) {
	t.Parallel()
	client, script := ceilometer(t, says(200, body(t, "ceilometer-query")), says(200, body(t, "ceilometer-query-history")))
	alarms, err := client.QueryAlarms(t.Context(), alarm.Query{Filter: alarm.Eq(alarm.FieldEnabled, true)})
	require.NoError(t, err)
	assert.Len(t, alarms, 1)
	_, err = client.QueryAlarmChanges(t.Context(), alarm.Query{Filter: alarm.Eq(alarm.FieldAlarmID, "ce7a"), Limit: 7})
	require.NoError(t, err)
	assert.JSONEq(t, `{"filter": "{\"=\": {\"enabled\": true}}", "limit": 1000}`, script.all()[0].body)
	assert.JSONEq(t, `{"filter": "{\"=\": {\"alarm_id\": \"ce7a\"}}", "limit": 7}`, script.all()[1].body)
}

func TestTornAnswersAreAskedForAgain(t *testing.T) {
	t.Parallel()
	whole := body(t, "list-limit2")
	client, script := aodh(t, says(200, whole[:len(whole)/2]), says(200, whole))
	all, err := client.Alarms(alarm.AlarmsOptions{}).Collect(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []string{"ev-delete", "page-24"}, names(all))
	assert.Len(t, script.all(), 2)
}

func TestRefusalsOfRecordings(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		status int
		body   string
		class  error
		words  string
	}{
		{401, "error-other-project", gophermeter.ErrForbidden, "Not Authorized to access project 49dea906e9ff4583bb28589ac8856948"},
		{401, "error-log-action", gophermeter.ErrForbidden, "You are not authorized to create action: log://"},
		{401, "error-token", gophermeter.ErrUnauthorized, "requires authentication"},
		{403, "error-all-projects", gophermeter.ErrForbidden, "RBAC Authorization Failed"},
		{403, "error-quota", gophermeter.ErrForbidden, "Alarm quota exceeded"},
		{404, "error-not-found", gophermeter.ErrNotFound, "not found"},
		{409, "ceilometer-conflict", gophermeter.ErrConflict, "exists"},
	} {
		client, _ := aodh(t, says(test.status, body(t, test.body)))
		_, err := client.GetAlarm(t.Context(), "x")
		assert.ErrorIs(t, err, test.class, test.body)
		assert.ErrorContains(t, err, test.words)
		for _, other := range []error{gophermeter.ErrForbidden, gophermeter.ErrUnauthorized} {
			assert.Equal(t, errors.Is(test.class, other), errors.Is(err, other), "%s %v", test.body, other)
		}
	}
}
