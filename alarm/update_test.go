package alarm_test

import (
	"encoding/json"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/alarm"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// every is a rule of each type that can be made.
var every = []alarm.Rule{
	alarm.EventRule{EventType: "x", Query: []alarm.Condition{{Field: "traits.a", Comparison: alarm.CompareGE, Value: "5", Type: "integer"}}},
	alarm.CompositeRule{Operator: alarm.OperatorAnd, Rules: []alarm.Rule{
		alarm.GnocchiResourcesRule{Metric: "cpu", ResourceID: "r", ResourceType: "instance", GnocchiThreshold: mean},
		alarm.CompositeRule{Operator: alarm.OperatorOr, Rules: []alarm.Rule{
			alarm.GnocchiAggregationByMetricsRule{Metrics: []string{"m"}, GnocchiThreshold: mean},
			alarm.GnocchiAggregationByMetricsRule{Metrics: []string{"n"}, GnocchiThreshold: mean},
		}},
	}},
	alarm.GnocchiResourcesRule{Metric: "cpu", ResourceID: "r", ResourceType: "instance", GnocchiThreshold: mean},
	alarm.GnocchiAggregationByMetricsRule{Metrics: []string{"m"}, GnocchiThreshold: mean},
	alarm.GnocchiAggregationByResourcesRule{Metric: "cpu", Query: `{"=": {"id": "r"}}`, ResourceType: "instance", GnocchiThreshold: mean},
	alarm.LoadBalancerMemberHealthRule{PoolID: "p", StackID: "s", AutoscalingGroupID: "g"},
	alarm.PrometheusRule{Query: "up < 1", Comparison: alarm.CompareLT, Threshold: 1},
}

var mean = alarm.GnocchiThreshold{
	AggregationMethod: "mean", Comparison: alarm.CompareGT, Threshold: 80.5, Granularity: 5 * time.Minute, EvaluationPeriods: 3,
}

func TestEveryTypeIsCreatedReadAndUpdated(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	client := connect(t, newCloud(t, fakecloud.WithEmpty(), fakecloud.WithAlarmMetrics()), "admin")
	for _, rule := range every {
		created, err := client.CreateAlarm(ctx, alarm.CreateOptions{
			Name: string(rule.Kind()), Description: "<&>", Enabled: new(false), Rule: rule, Severity: alarm.SeverityCritical,
			State: alarm.StateOK, OKActions: []string{"http://h/ok"}, AlarmActions: []string{"log://"},
			InsufficientDataActions: []string{"trust+https://h/x"}, RepeatActions: true,
			TimeConstraints: []alarm.TimeConstraint{{Name: "night", Start: "0 23 * * *", Duration: time.Hour, Timezone: "Europe/Paris"}},
		})
		require.NoError(t, err, rule.Kind())
		assert.Equal(t, rule, created.Rule)
		assert.Equal(t, "<&>", created.Description)
		assert.False(t, created.Enabled)
		assert.True(t, created.RepeatActions)
		assert.Equal(t, alarm.StateOK, created.State)
		assert.Equal(t, time.Hour, created.TimeConstraints[0].Duration)

		updated, err := client.UpdateAlarm(ctx, created.ID, alarm.UpdateOptions{Enabled: new(true)})
		require.NoError(t, err)
		want := created
		want.Enabled, want.EvaluateTimestamp = true, updated.EvaluateTimestamp
		assert.Equal(t, want, updated, "all but what was asked for is kept")

		updated, err = client.UpdateAlarm(ctx, created.ID, alarm.UpdateOptions{
			Name: "new", Description: new(""), Rule: alarm.EventRule{EventType: "y"}, Severity: alarm.SeverityLow, State: alarm.StateAlarm,
			OKActions: []string{}, AlarmActions: []string{"http://h/a"}, RepeatActions: new(false), TimeConstraints: []alarm.TimeConstraint{},
			ProjectID: "p", UserID: "u",
		})
		require.NoError(t, err)
		want = alarm.Alarm{
			ID: created.ID, Name: "new", Description: "Alarm when y event occurred.", Enabled: true, Rule: alarm.EventRule{EventType: "y"},
			Severity: alarm.SeverityLow, State: alarm.StateAlarm, StateReason: "Manually set via API", AlarmActions: []string{"http://h/a"},
			InsufficientDataActions: []string{"trust+https://h/x"}, ProjectID: "p", UserID: "u", Timestamp: updated.Timestamp,
			StateTimestamp: updated.StateTimestamp, EvaluateTimestamp: updated.EvaluateTimestamp,
		}
		assert.Equal(t, want, updated)
		read, err := client.GetAlarm(ctx, created.ID)
		require.NoError(t, err)
		assert.Equal(t, want, read)
	}
}

func TestBadAlarmsAreRefusedNamingTheField(t *testing.T) {
	t.Parallel()
	client, script := aodh(t, says(201, `{}`))
	nan := mean
	nan.Threshold = math.NaN()
	half := mean
	half.Granularity = time.Second / 2
	for field, create := range map[string]alarm.CreateOptions{
		"CreateOptions.Name":         {Rule: alarm.EventRule{}},
		"CreateOptions.Rule":         {Name: "x"},
		"Condition.Field":            {Name: "x", Rule: alarm.EventRule{Query: []alarm.Condition{{}}}},
		"GnocchiThreshold.Threshold": {Name: "x", Rule: alarm.GnocchiResourcesRule{GnocchiThreshold: nan}},
		"GnocchiThreshold.Granularity": {Name: "x", Rule: alarm.CompositeRule{Operator: "or", Rules: []alarm.Rule{
			alarm.GnocchiAggregationByMetricsRule{GnocchiThreshold: half}}}},
		"CompositeRule.Operator":                  {Name: "x", Rule: alarm.CompositeRule{}},
		"CompositeRule.Rules":                     {Name: "x", Rule: alarm.CompositeRule{Operator: "or", Rules: []alarm.Rule{nil}}},
		"GnocchiAggregationByResourcesRule.Query": {Name: "x", Rule: alarm.GnocchiAggregationByResourcesRule{Query: "{"}},
		"ThresholdRule.Period":                    {Name: "x", Rule: alarm.ThresholdRule{Period: -time.Second}},
		"ThresholdRule.Threshold":                 {Name: "x", Rule: alarm.ThresholdRule{Threshold: math.Inf(1)}},
		"PrometheusRule.Threshold":                {Name: "x", Rule: alarm.PrometheusRule{Threshold: math.NaN()}},
		"Unknown.Raw":                             {Name: "x", Rule: alarm.Unknown{Type: "y", Raw: json.RawMessage("{")}},
		"Rule":                                    {Name: "x", Rule: alarm.Unknown{Raw: json.RawMessage("{}")}},
		"TimeConstraint.Duration":                 {Name: "x", Rule: alarm.EventRule{}, TimeConstraints: []alarm.TimeConstraint{{Duration: -1}}},
	} {
		_, err := client.CreateAlarm(t.Context(), create)
		invalid(t, err, field)
		if create.Name != "" && create.Rule != nil {
			_, err = client.UpdateAlarm(t.Context(), "x", alarm.UpdateOptions{Rule: create.Rule, TimeConstraints: create.TimeConstraints})
			invalid(t, err, field)
		}
	}
	assert.Empty(t, script.all())
}

func TestAnAmbiguousCreationIsNotRepeated(t *testing.T) {
	t.Parallel()
	client, script := aodh(t, breaks)
	_, err := client.CreateAlarm(t.Context(), alarm.CreateOptions{Name: "x", Rule: alarm.EventRule{}})
	require.Error(t, err)
	assert.Len(t, script.all(), 1)
}

func TestAnUpdateKeepsWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	const before = `{"alarm_id": "x", "name": "n", "state": "ok", "future": {"b": 1.50, "a": [null]}, "type": "event", ` +
		`"timestamp": "2026-01-01T00:00:00", "state_timestamp": "2026-01-01T00:00:00", "event_rule": {"event_type": "e", "query": [], "colour": "red"}}`
	client, script := aodh(t, says(200, before))
	_, err := client.UpdateAlarm(t.Context(), "x", alarm.UpdateOptions{Name: "m"})
	require.NoError(t, err)
	_, err = client.UpdateAlarm(t.Context(), "x", alarm.UpdateOptions{Rule: alarm.EventRule{}})
	require.NoError(t, err)
	_, err = client.UpdateAlarm(t.Context(), "x", alarm.UpdateOptions{Rule: alarm.LoadBalancerMemberHealthRule{PoolID: "p"}})
	require.NoError(t, err)
	puts := []string{script.all()[1].body, script.all()[3].body, script.all()[5].body}
	assert.JSONEq(t, strings.Replace(before, `"n"`, `"m"`, 1), puts[0])
	assert.Contains(t, puts[0], `1.50`, "digits as they were sent")
	assert.Contains(t, puts[1], `"event_rule": {"query": [], "colour": "red"}`)
	assert.NotContains(t, puts[2], "event_rule")
	assert.Contains(t, puts[2], `"loadbalancer_member_health_rule"`)
}

// race answers a read with what is soon no longer true.
type race struct {
	http.RoundTripper
	after func(*http.Request)
}

func (r race) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := r.RoundTripper.RoundTrip(req)
	if r.after != nil && req.Method == http.MethodGet && strings.Contains(req.URL.Path, "/v2/alarms/") {
		r.after(req)
	}
	return resp, err
}

func racing(t *testing.T, cloud *fakecloud.Cloud, after func(*http.Request)) *alarm.Client {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	conn, err := gophermeter.Connect(t.Context(), append(cloud.Options(), gophermeter.WithTransport(race{transport, after}), impatient)...)
	require.NoError(t, err)
	client, err := alarm.New(conn)
	require.NoError(t, err)
	return client
}

func TestAnUpdateRestoresAStateThatFlippedMeanwhile(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for _, opts := range [][]fakecloud.Option{nil, {fakecloud.WithCeilometerAlarms()}} {
		clock := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
		cloud := newCloud(t, append(opts, fakecloud.WithEmpty(), fakecloud.WithClock(func() time.Time { return clock }))...)
		plain := connect(t, cloud, "admin")
		var rule alarm.Rule = alarm.EventRule{}
		if opts != nil {
			rule = alarm.ThresholdRule{MeterName: "m"}
		}
		a, err := plain.CreateAlarm(ctx, alarm.CreateOptions{Name: "a", Rule: rule})
		require.NoError(t, err)
		flips := []string{"alarm"}
		client := racing(t, cloud, func(*http.Request) {
			if len(flips) > 0 {
				cloud.Advance(time.Second)
				cloud.SetAlarmState(a.ID, flips[0], "went off")
				cloud.Advance(time.Second)
				flips = flips[1:]
			}
		})
		got, err := client.UpdateAlarm(ctx, a.ID, alarm.UpdateOptions{Severity: alarm.SeverityCritical})
		require.NoError(t, err)
		assert.Equal(t, alarm.StateAlarm, got.State)
		assert.Equal(t, alarm.SeverityCritical, got.Severity)

		flips = []string{"ok", "alarm"} // nothing is read between the two
		cloud.Advance(time.Second)
		require.NoError(t, plain.SetState(ctx, a.ID, alarm.StateOK))
		got, err = client.UpdateAlarm(ctx, a.ID, alarm.UpdateOptions{State: alarm.StateInsufficientData})
		require.NoError(t, err)
		assert.Equal(t, alarm.StateInsufficientData, got.State, "a state that is asked for is not restored")
	}
}

func TestAnUpdateWhoseAnswerIsLostIsReadBack(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	cloud := newCloud(t, fakecloud.WithEmpty())
	client := connect(t, cloud, "admin")
	a := event(t, client, "a")
	puts := func() (n int) {
		for _, r := range cloud.Requests() {
			if r.Method == http.MethodPut {
				n++
			}
		}
		return n
	}

	cloud.Inject(fakecloud.Fault{Method: "PUT", Reset: true}) // it arrives, its answer does not
	got, err := client.UpdateAlarm(ctx, a.ID, alarm.UpdateOptions{Severity: alarm.SeverityCritical, AlarmActions: []string{"http://h/"}})
	require.NoError(t, err)
	assert.Equal(t, alarm.SeverityCritical, got.Severity)
	assert.Equal(t, 1, puts(), "it is not sent twice")

	cloud.Inject(fakecloud.Fault{Method: "PUT", Status: http.StatusBadGateway, Body: "<html>"}) // it does not arrive
	got, err = client.UpdateAlarm(ctx, a.ID, alarm.UpdateOptions{Severity: alarm.SeverityModerate})
	require.NoError(t, err)
	assert.Equal(t, alarm.SeverityModerate, got.Severity)
	assert.Equal(t, 3, puts())

	cloud.Inject(fakecloud.Fault{Method: "PUT", Status: http.StatusBadGateway, Times: -1})
	_, err = client.UpdateAlarm(ctx, a.ID, alarm.UpdateOptions{Severity: alarm.SeverityLow})
	assert.ErrorIs(t, err, gophermeter.ErrServer)
	assert.Equal(t, 6, puts())

	cloud.ClearFaults()
	cloud.Inject(fakecloud.Fault{Method: "PUT", PathContains: "/state", Reset: true})
	require.NoError(t, client.SetState(ctx, a.ID, alarm.StateOK))
	assert.Equal(t, 7, puts())
	cloud.Inject(fakecloud.Fault{Method: "PUT", PathContains: "/state", Status: http.StatusBadGateway})
	require.NoError(t, client.SetState(ctx, a.ID, alarm.StateAlarm))
	assert.Equal(t, 9, puts())
	assert.ErrorIs(t, client.SetState(ctx, a.ID, "broken"), gophermeter.ErrBadRequest)
}

func TestAnUpdateBySomebodyElseIsNotTakenForOurs(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t, fakecloud.WithEmpty())
	client := connect(t, cloud, "admin")
	a := event(t, client, "a")
	_, err := client.UpdateAlarm(t.Context(), "none", alarm.UpdateOptions{Name: "b"})
	assert.ErrorIs(t, err, gophermeter.ErrNotFound)
	cloud.Inject(fakecloud.Fault{Method: "PUT", Reset: true})
	cloud.Inject(fakecloud.Fault{Method: "GET", PathContains: a.ID, Skip: 1, Status: http.StatusNotFound})
	_, err = client.UpdateAlarm(t.Context(), a.ID, alarm.UpdateOptions{Name: "b"})
	assert.ErrorIs(t, err, gophermeter.ErrNotFound, "of the second read")
}

func TestTheProjectsConditionOnAQueryDoesNotGrow(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	client := connect(t, newCloud(t), "demo")
	a, err := client.CreateAlarm(ctx, alarm.CreateOptions{Name: "a", Rule: alarm.GnocchiAggregationByResourcesRule{
		Metric: "cpu", Query: `{"=": {"id": "r"}}`, ResourceType: "instance", GnocchiThreshold: mean,
	}})
	require.NoError(t, err)
	query := func(a alarm.Alarm) string { return a.Rule.(alarm.GnocchiAggregationByResourcesRule).Query }
	first := len(query(a))
	assert.Greater(t, first, 40)
	var sizes []int
	for range 4 {
		a, err = client.UpdateAlarm(ctx, a.ID, alarm.UpdateOptions{Severity: alarm.SeverityCritical})
		require.NoError(t, err)
		sizes = append(sizes, len(query(a)))
		rule := a.Rule.(alarm.GnocchiAggregationByResourcesRule)
		rule.Threshold++
		a, err = client.UpdateAlarm(ctx, a.ID, alarm.UpdateOptions{Rule: rule})
		require.NoError(t, err)
		sizes = append(sizes, len(query(a)))
	}
	assert.Equal(t, sizes[0], slices.Max(sizes), "%v", sizes)
	assert.Contains(t, query(a), `{"=": {"id": "r"}}`)
}

func TestQuotas(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	cloud := newCloud(t)
	admin, demo := connect(t, cloud, "admin"), connect(t, cloud, "demo")
	project := cloud.ProjectID("web-shop")
	_, err := admin.SetQuotas(ctx, alarm.Quotas{ProjectID: project, Limits: []alarm.Quota{{Resource: alarm.ResourceAlarms, Limit: 3}}})
	require.NoError(t, err)
	event(t, demo, "third")
	_, err = demo.CreateAlarm(ctx, alarm.CreateOptions{Name: "fourth", Rule: alarm.EventRule{}})
	assert.ErrorIs(t, err, gophermeter.ErrForbidden)
	assert.ErrorContains(t, err, "quota exceeded")
	require.NoError(t, admin.DeleteQuotas(ctx, project))
	event(t, demo, "fourth")

	// To look is to set.
	quotas, err := demo.GetOwnQuotas(ctx)
	require.NoError(t, err)
	limit, ok := quotas.Alarms()
	assert.True(t, ok)
	assert.Equal(t, int64(-1), limit)
	_, err = demo.CreateAlarm(ctx, alarm.CreateOptions{Name: "fifth", Rule: alarm.EventRule{}})
	assert.ErrorIs(t, err, gophermeter.ErrForbidden)
	_, ok = alarm.Quotas{}.Alarms()
	assert.False(t, ok)

	_, err = demo.GetQuotas(ctx, cloud.ProjectID("genomics"))
	assert.ErrorIs(t, err, gophermeter.ErrForbidden)
	_, err = demo.SetQuotas(ctx, quotas)
	invalid(t, err, "Quota.Limit")
	assert.ErrorIs(t, demo.DeleteQuotas(ctx, project), gophermeter.ErrForbidden)
}

func TestMetricsOfTheFake(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t, fakecloud.WithAlarmMetrics())
	all, err := connect(t, cloud, "admin").GetMetrics(t.Context(), alarm.MetricsOptions{AllProjects: true})
	require.NoError(t, err)
	require.Len(t, all, 1)
	assert.Equal(t, map[alarm.State]int64{alarm.StateOK: 2, alarm.StateAlarm: 1, alarm.StateInsufficientData: 0}, all[0].States)
	_, err = connect(t, cloud, "demo").GetMetrics(t.Context(), alarm.MetricsOptions{AllProjects: true})
	assert.ErrorIs(t, err, gophermeter.ErrForbidden)
}

func TestAStateThatCannotBeRestoredIsAnError(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	cloud := newCloud(t, fakecloud.WithEmpty())
	a := event(t, connect(t, cloud, "admin"), "a")
	flipped := false
	client := racing(t, cloud, func(*http.Request) {
		if !flipped {
			flipped = true
			cloud.Advance(time.Second)
			cloud.SetAlarmState(a.ID, "alarm", "went off")
			cloud.Advance(time.Second)
		}
	})
	cloud.Inject(fakecloud.Fault{Method: "GET", PathContains: "/history", Status: http.StatusForbidden})
	_, err := client.UpdateAlarm(ctx, a.ID, alarm.UpdateOptions{Name: "b"})
	assert.ErrorIs(t, err, gophermeter.ErrForbidden)
	assert.ErrorContains(t, err, "is updated")
}

func TestAStateThatTheHistoryDoesNotTellIsAnError(t *testing.T) {
	t.Parallel()
	const before = `{"alarm_id": "x", "state": "ok", "timestamp": "2026-01-01T00:00:00", "state_timestamp": "2026-01-01T00:00:00", "event_rule": {}}`
	const after = `{"alarm_id": "x", "state": "ok", "timestamp": "2026-01-01T00:00:09", "state_timestamp": "2026-01-01T00:00:09", "event_rule": {}}`
	for _, history := range []string{
		`[]`, // none is kept
		`[{"event_id": "1", "type": "creation", "timestamp": "2026-01-01T00:00:00", "detail": "{\"state\": \"ok\"}"}]`, // not written yet
	} {
		client, _ := aodh(t, says(200, before), says(200, after), says(200, history))
		_, err := client.UpdateAlarm(t.Context(), "x", alarm.UpdateOptions{Name: "n"})
		assert.ErrorContains(t, err, "the alarm x is updated, but its state, which changed meanwhile, may be lost: its history does not tell")
	}
}
