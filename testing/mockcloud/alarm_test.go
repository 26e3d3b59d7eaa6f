package mockcloud_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/alarm"
	"github.com/gophermeter/gophermeter/testing/mockcloud"
)

func alarmClient(t *testing.T, transport *httpmock.MockTransport, opts ...alarm.Option) *alarm.Client {
	t.Helper()
	mockcloud.Keystone(transport, mockcloud.Alarming)
	conn, err := gophermeter.Connect(t.Context(), mockcloud.Options(transport)...)
	require.NoError(t, err)
	client, err := alarm.New(conn, opts...)
	require.NoError(t, err)
	return client
}

var when = time.Date(2026, 9, 1, 12, 0, 0, 5000, time.UTC)

func mocked(id string, rule alarm.Rule) alarm.Alarm {
	return alarm.Alarm{
		ID: id, Name: "n" + id, Description: "d", Enabled: true, Rule: rule, Severity: alarm.SeverityLow, State: alarm.StateOK,
		StateReason: "r", OKActions: []string{"http://h"}, RepeatActions: true, ProjectID: "p", UserID: "u", Timestamp: when,
		StateTimestamp: when, EvaluateTimestamp: when.Truncate(time.Second),
		TimeConstraints: []alarm.TimeConstraint{{Name: "t", Description: "d", Start: "0 1 * * *", Duration: time.Hour, Timezone: "UTC"}},
	}
}

func TestAlarmsAreAnsweredAsTheyAreGiven(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	mean := alarm.GnocchiThreshold{AggregationMethod: "mean", Comparison: alarm.CompareGT, Threshold: 1.5, Granularity: time.Minute, EvaluationPeriods: 2}
	resource := alarm.GnocchiResourcesRule{Metric: "cpu", ResourceID: "r", ResourceType: "instance", GnocchiThreshold: mean}
	all := []alarm.Alarm{
		mocked("1", alarm.EventRule{EventType: "x", Query: []alarm.Condition{{Field: "f", Comparison: alarm.CompareEQ, Value: "v", Type: "string"}}}),
		mocked("2", alarm.CompositeRule{Operator: alarm.OperatorOr, Rules: []alarm.Rule{resource, alarm.CompositeRule{Operator: alarm.OperatorAnd, Rules: []alarm.Rule{resource}}}}),
		mocked("3", resource),
		mocked("4", alarm.GnocchiAggregationByMetricsRule{Metrics: []string{"m"}, GnocchiThreshold: mean}),
		mocked("5", alarm.GnocchiAggregationByResourcesRule{Metric: "cpu", Query: "{}", ResourceType: "instance", GnocchiThreshold: mean}),
		mocked("6", alarm.LoadBalancerMemberHealthRule{PoolID: "p", StackID: "s", AutoscalingGroupID: "g"}),
		mocked("7", alarm.PrometheusRule{Query: "up", Comparison: alarm.CompareLT, Threshold: 1}),
		mocked("8", alarm.ThresholdRule{MeterName: "m", Statistic: alarm.StatisticMax, Comparison: alarm.CompareGE, Threshold: 2, Period: time.Minute, EvaluationPeriods: 1, ExcludeOutliers: true}),
		mocked("9", alarm.CombinationRule{Operator: alarm.OperatorAnd, AlarmIDs: []string{"1", "2"}}),
		mocked("10", alarm.Unknown{Type: "lunar", Raw: []byte(`{"phase":1}`)}),
	}
	change := alarm.AlarmChange{EventID: "e1", AlarmID: "1", Type: alarm.ChangeStateTransition, OnBehalfOf: "p", ProjectID: "p", UserID: "u",
		Timestamp: when, Detail: alarm.ChangeDetail{State: alarm.StateOK, StateReason: "a", TransitionReason: "b"}}
	transport := httpmock.NewMockTransport()
	mockcloud.Alarms(transport, mockcloud.AlarmService{
		Alarms: all, Created: mocked("11", resource), Changes: []alarm.AlarmChange{change, {EventID: "e2", AlarmID: "2", Detail: alarm.ChangeDetail{Raw: []byte(`{"x":1}`)}}},
		Capabilities: alarm.Capabilities{{Section: "api", Name: "alarms:query:complex", Enabled: true}},
		Quotas:       []alarm.Quotas{{ProjectID: "p", Limits: []alarm.Quota{{Resource: "alarms", Limit: 3}}}},
		Metrics:      []alarm.EvaluationResult{{AlarmID: "1", ProjectID: "p", States: map[alarm.State]int64{alarm.StateOK: 4}}},
	})
	client := alarmClient(t, transport, alarm.WithPageSize(3))

	listed, err := client.Alarms(alarm.AlarmsOptions{}).Collect(ctx)
	require.NoError(t, err)
	assert.Equal(t, all, listed)
	for _, a := range all {
		got, err := client.GetAlarm(ctx, a.ID)
		require.NoError(t, err)
		assert.Equal(t, a, got)
	}
	_, err = client.GetAlarm(ctx, "none")
	assert.ErrorIs(t, err, gophermeter.ErrNotFound)
	created, err := client.CreateAlarm(ctx, alarm.CreateOptions{Name: "x", Rule: resource})
	require.NoError(t, err)
	assert.Equal(t, "11", created.ID)
	_, err = client.UpdateAlarm(ctx, "1", alarm.UpdateOptions{Name: "y"})
	require.NoError(t, err)
	state, err := client.GetState(ctx, "1")
	require.NoError(t, err)
	assert.Equal(t, alarm.StateOK, state)
	require.NoError(t, client.SetState(ctx, "1", alarm.StateAlarm))
	require.NoError(t, client.DeleteAlarm(ctx, "1"))
	queried, err := client.QueryAlarms(ctx, alarm.Query{})
	require.NoError(t, err)
	assert.Len(t, queried, 10)
	changes, err := client.QueryAlarmChanges(ctx, alarm.Query{})
	require.NoError(t, err)
	assert.Len(t, changes, 2)
	history, err := client.AlarmChanges("1", alarm.ChangesOptions{}).Collect(ctx)
	require.NoError(t, err)
	require.Len(t, history, 1)
	history[0].Detail.Raw = nil
	assert.Equal(t, change, history[0])
	capabilities, err := client.GetCapabilities(ctx)
	require.NoError(t, err)
	assert.True(t, capabilities.Has("alarms:query:complex"))
	quotas, err := client.GetOwnQuotas(ctx)
	require.NoError(t, err)
	assert.Equal(t, "p", quotas.ProjectID)
	quotas, err = client.GetQuotas(ctx, "other")
	require.NoError(t, err)
	assert.Equal(t, int64(-1), quotas.Limits[0].Limit)
	quotas, err = client.SetQuotas(ctx, alarm.Quotas{ProjectID: "q", Limits: []alarm.Quota{{Resource: "alarms", Limit: 9}}})
	require.NoError(t, err)
	assert.Equal(t, int64(9), quotas.Limits[0].Limit)
	require.NoError(t, client.DeleteQuotas(ctx, "q"))
	metrics, err := client.GetMetrics(ctx, alarm.MetricsOptions{})
	require.NoError(t, err)
	assert.Equal(t, int64(4), metrics[0].States[alarm.StateOK])
}

func TestARefusalOfAodhIsNoExpiredToken(t *testing.T) {
	t.Parallel()
	transport := httpmock.NewMockTransport()
	transport.RegisterResponder("GET", mockcloud.Alarming.URL+"/v2/alarms", mockcloud.AlarmError(http.StatusUnauthorized, "Not Authorized to access project q"))
	client := alarmClient(t, transport)
	_, err := client.Alarms(alarm.AlarmsOptions{}).Collect(t.Context())
	assert.ErrorIs(t, err, gophermeter.ErrForbidden)
	assert.Equal(t, 1, transport.GetCallCountInfo()["GET "+mockcloud.Alarming.URL+"/v2/alarms"])
	transport.RegisterResponder("GET", mockcloud.Alarming.URL+"/v2/alarms", mockcloud.Unauthorized().Then(mockcloud.AlarmList()))
	_, err = client.Alarms(alarm.AlarmsOptions{}).Collect(t.Context())
	require.NoError(t, err)
}
