//go:build acceptance

package acceptance_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/alarm"
)

func alarms(t testing.TB, cloud string, opts ...alarm.Option) *alarm.Client {
	t.Helper()
	return alarmsOf(t, connect(t, cloud), opts...)
}

func alarmsOf(t testing.TB, conn *gophermeter.Connection, opts ...alarm.Option) *alarm.Client {
	t.Helper()
	if !conn.Has("alarm") {
		t.Skip("the cloud has no alarm service")
	}
	client, err := alarm.New(conn, opts...)
	require.NoError(t, err)
	return client
}

// makeAlarm creates an alarm that goes with the test.
func makeAlarm(t testing.TB, client *alarm.Client, create alarm.CreateOptions) alarm.Alarm {
	t.Helper()
	a, err := client.CreateAlarm(t.Context(), create)
	require.NoError(t, err, "%s", create.Name)
	t.Cleanup(func() {
		err := client.DeleteAlarm(cleanupContext(t), a.ID)
		if err != nil {
			assert.ErrorIs(t, err, gophermeter.ErrNotFound)
		}
	})
	return a
}

var aboveEighty = alarm.GnocchiThreshold{
	AggregationMethod: "mean", Comparison: alarm.CompareGT, Threshold: 80.5, Granularity: 5 * time.Minute, EvaluationPeriods: 3,
}

// alarmRules are the six types of Aodh 15.
func alarmRules() []alarm.Rule {
	resource := alarm.GnocchiResourcesRule{
		Metric: "cpu", ResourceID: "11111111-1111-1111-1111-111111111111", ResourceType: "generic", GnocchiThreshold: aboveEighty,
	}
	return []alarm.Rule{
		alarm.EventRule{EventType: "compute.instance.delete.*", Query: []alarm.Condition{
			{Field: "traits.memory_mb", Comparison: alarm.CompareGE, Value: "512", Type: "integer"},
		}},
		alarm.CompositeRule{Operator: alarm.OperatorOr, Rules: []alarm.Rule{
			resource, alarm.CompositeRule{Operator: alarm.OperatorAnd, Rules: []alarm.Rule{resource, resource}},
		}},
		resource,
		alarm.GnocchiAggregationByMetricsRule{Metrics: []string{"22222222-2222-2222-2222-222222222222"}, GnocchiThreshold: aboveEighty},
		alarm.GnocchiAggregationByResourcesRule{
			Metric: "cpu", Query: `{"=": {"id": "11111111-1111-1111-1111-111111111111"}}`, ResourceType: "generic", GnocchiThreshold: aboveEighty,
		},
		alarm.LoadBalancerMemberHealthRule{PoolID: "p", StackID: "s", AutoscalingGroupID: "g"},
	}
}

func TestAlarmsOfEveryType(t *testing.T) {
	ctx := t.Context()
	client := alarms(t, "demo", alarm.WithPageSize(2))
	name := fmt.Sprintf("acceptance %d é&", time.Now().UnixNano())
	made := map[string]alarm.Alarm{}
	for _, rule := range alarmRules() {
		a := makeAlarm(t, client, alarm.CreateOptions{
			Name: name, Rule: rule, Severity: alarm.SeverityCritical, AlarmActions: []string{"http://127.0.0.1:9/hook"},
			TimeConstraints: []alarm.TimeConstraint{{Name: "night", Start: "0 23 * * *", Duration: 3 * time.Hour, Timezone: "Europe/Paris"}},
		})
		if by, ok := rule.(alarm.GnocchiAggregationByResourcesRule); ok {
			got := a.Rule.(alarm.GnocchiAggregationByResourcesRule)
			assert.Contains(t, got.Query, by.Query, "Aodh puts its condition around it")
			got.Query = by.Query
			a.Rule = got
		}
		assert.Equal(t, rule, a.Rule)
		assert.Equal(t, 3*time.Hour, a.TimeConstraints[0].Duration)
		made[a.ID] = a
	}
	require.Len(t, made, 6)

	for _, sort := range [][]alarm.Sort{nil, {{Field: alarm.FieldName}}, {{Field: alarm.FieldSeverity, Descending: true}}, {{Field: alarm.FieldTimestamp, Descending: true}}} {
		listed := map[string]bool{}
		for a, err := range client.Alarms(alarm.AlarmsOptions{Filters: []alarm.Filter{alarm.ByName(name), alarm.ByEnabled(true)}, Sort: sort}).All(ctx) {
			require.NoError(t, err)
			require.Contains(t, made, a.ID)
			require.False(t, listed[a.ID], "twice")
			listed[a.ID] = true
		}
		assert.Len(t, listed, 6, "%v", sort)
	}
	off, err := client.Alarms(alarm.AlarmsOptions{Filters: []alarm.Filter{alarm.ByName(name), alarm.ByEnabled(false)}}).Collect(ctx)
	require.NoError(t, err)
	assert.Empty(t, off)
	_, err = client.FindAlarm(ctx, name)
	assert.ErrorIs(t, err, gophermeter.ErrAmbiguous)

	for id := range made {
		require.NoError(t, client.SetState(ctx, id, alarm.StateAlarm))
		before, err := client.GetAlarm(ctx, id)
		require.NoError(t, err)
		after, err := client.UpdateAlarm(ctx, id, alarm.UpdateOptions{Severity: alarm.SeverityModerate, Enabled: new(false)})
		require.NoError(t, err)
		want := before
		want.Severity, want.Enabled, want.Timestamp = alarm.SeverityModerate, false, after.Timestamp
		if before.Kind() == alarm.KindGnocchiAggregationByResources {
			want.Rule = after.Rule
		}
		assert.Equal(t, want, after, "all else is kept, the state too")
		require.NoError(t, client.DeleteAlarm(ctx, id))
		_, err = client.GetAlarm(ctx, id)
		assert.ErrorIs(t, err, gophermeter.ErrNotFound)
	}
}

func TestAlarmQueryGrowsNoFurther(t *testing.T) {
	client := alarms(t, "demo")
	a := makeAlarm(t, client, alarm.CreateOptions{Name: "acceptance grows", Rule: alarmRules()[4]})
	var sizes []int
	for i := range 4 {
		changed, err := client.UpdateAlarm(t.Context(), a.ID, alarm.UpdateOptions{RepeatActions: new(i%2 == 0)})
		require.NoError(t, err)
		rule := changed.Rule.(alarm.GnocchiAggregationByResourcesRule)
		sizes = append(sizes, len(rule.Query))
		rule.Threshold++
		changed, err = client.UpdateAlarm(t.Context(), a.ID, alarm.UpdateOptions{Rule: rule})
		require.NoError(t, err)
		sizes = append(sizes, len(changed.Rule.(alarm.GnocchiAggregationByResourcesRule).Query))
	}
	assert.Equal(t, sizes[0], slices.Max(sizes), "%v", sizes)
}

func TestAlarmStateAndHistory(t *testing.T) {
	ctx := t.Context()
	client := alarms(t, "demo", alarm.WithPageSize(2))
	a := makeAlarm(t, client, alarm.CreateOptions{Name: "acceptance history", Rule: alarm.EventRule{}})
	for _, state := range []alarm.State{alarm.StateAlarm, alarm.StateOK, alarm.StateAlarm} {
		require.NoError(t, client.SetState(ctx, a.ID, state))
		got, err := client.GetState(ctx, a.ID)
		require.NoError(t, err)
		assert.Equal(t, state, got)
	}
	_, err := client.UpdateAlarm(ctx, a.ID, alarm.UpdateOptions{Description: new("other")})
	require.NoError(t, err)

	history, err := client.AlarmChanges(a.ID, alarm.ChangesOptions{}).Collect(ctx)
	require.NoError(t, err)
	require.Len(t, history, 5)
	assert.Equal(t, alarm.ChangeRule, history[0].Type)
	assert.Equal(t, "other", *history[0].Detail.Description)
	assert.Equal(t, alarm.StateAlarm, history[1].Detail.State)
	assert.Equal(t, alarm.ChangeCreation, history[4].Type)
	assert.Equal(t, alarm.EventRule{EventType: "*"}, history[4].Detail.Rule)

	found, err := client.FindAlarmChange(ctx, a.ID, history[3].EventID)
	require.NoError(t, err)
	assert.Equal(t, history[3], found)
	transitions, err := client.AlarmChanges(a.ID, alarm.ChangesOptions{Filters: []alarm.Filter{
		alarm.ByChange(alarm.ChangeStateTransition), alarm.Since(history[2].Timestamp), alarm.Until(history[1].Timestamp),
	}}).Collect(ctx)
	require.NoError(t, err)
	assert.Equal(t, history[1:3], transitions)

	queried, err := client.QueryAlarms(ctx, alarm.Query{
		Filter: alarm.And(
			alarm.Eq(alarm.FieldAlarmID, a.ID), alarm.Not(alarm.Eq(alarm.FieldState, alarm.StateOK)), alarm.Eq(alarm.FieldEnabled, true),
			alarm.Gt(alarm.FieldTimestamp, time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)), alarm.In(alarm.FieldSeverity, alarm.SeverityLow, alarm.SeverityCritical),
		),
		OrderBy: []alarm.Sort{{Field: alarm.FieldName, Descending: true}},
	})
	require.NoError(t, err)
	require.Len(t, queried, 1)
	assert.Equal(t, a.ID, queried[0].ID)
	changes, err := client.QueryAlarmChanges(ctx, alarm.Query{
		Filter:  alarm.And(alarm.Eq(alarm.FieldAlarmID, a.ID), alarm.Eq(alarm.FieldType, alarm.ChangeStateTransition)),
		OrderBy: []alarm.Sort{{Field: alarm.FieldTimestamp}}, Limit: 2,
	})
	require.NoError(t, err)
	require.Len(t, changes, 2)
	assert.Equal(t, history[3], changes[0])

	capabilities, err := client.GetCapabilities(ctx)
	require.NoError(t, err)
	assert.True(t, capabilities.Has("alarms:query:complex"))
	_, err = client.GetMetrics(ctx, alarm.MetricsOptions{})
	assert.Error(t, err, "Aodh 15 has none")
}

func TestAlarmWatch(t *testing.T) {
	ctx := t.Context()
	client := alarms(t, "demo")
	a := makeAlarm(t, client, alarm.CreateOptions{Name: "acceptance watch", Rule: alarm.EventRule{}})
	history, err := client.AlarmChanges(a.ID, alarm.ChangesOptions{}).Collect(ctx)
	require.NoError(t, err)
	states := []alarm.State{alarm.StateAlarm, alarm.StateOK, alarm.StateAlarm}
	go func() {
		time.Sleep(200 * time.Millisecond)
		for _, state := range states { // faster than the watch looks
			if err := client.SetState(ctx, a.ID, state); err != nil {
				t.Error(err)
			}
		}
	}()
	var got []alarm.State
	last := alarm.AlarmChange{}
	for change, err := range client.Watch(ctx, a.ID, alarm.WatchOptions{Interval: 500 * time.Millisecond, After: history[0]}) {
		require.NoError(t, err)
		got, last = append(got, change.Detail.State), change
		if len(got) == 3 {
			break
		}
	}
	assert.Equal(t, states, got)

	require.NoError(t, client.SetState(ctx, a.ID, alarm.StateInsufficientData))
	for change, err := range client.Watch(ctx, a.ID, alarm.WatchOptions{Interval: 100 * time.Millisecond, After: last}) {
		if err != nil {
			assert.ErrorIs(t, err, gophermeter.ErrNotFound, "the alarm is deleted under the watch")
			break
		}
		assert.Equal(t, alarm.StateInsufficientData, change.Detail.State)
		require.NoError(t, client.DeleteAlarm(ctx, a.ID))
	}
}

func TestAlarmQuota(t *testing.T) {
	ctx := t.Context()
	project := load[ids](t, "ids.json").Projects["tenant-2"]
	admin, demo2 := alarms(t, ""), alarms(t, "demo2")
	t.Cleanup(func() { assert.NoError(t, admin.DeleteQuotas(cleanupContext(t), project)) })

	set, err := admin.SetQuotas(ctx, alarm.Quotas{ProjectID: project, Limits: []alarm.Quota{{Resource: alarm.ResourceAlarms, Limit: 1}}})
	require.NoError(t, err)
	got, err := demo2.GetOwnQuotas(ctx)
	require.NoError(t, err)
	assert.Equal(t, set, got)
	makeAlarm(t, demo2, alarm.CreateOptions{Name: "acceptance first", Rule: alarm.EventRule{}})
	_, err = demo2.CreateAlarm(ctx, alarm.CreateOptions{Name: "acceptance second", Rule: alarm.EventRule{}})
	assert.ErrorIs(t, err, gophermeter.ErrForbidden)
	assert.ErrorContains(t, err, "quota exceeded")
	require.NoError(t, admin.DeleteQuotas(ctx, project))
	second := makeAlarm(t, demo2, alarm.CreateOptions{Name: "acceptance second", Rule: alarm.EventRule{}})
	require.NoError(t, demo2.DeleteAlarm(ctx, second.ID))

	// To look is to set, and what is set then forbids every alarm.
	got, err = admin.GetQuotas(ctx, project)
	require.NoError(t, err)
	limit, ok := got.Alarms()
	assert.True(t, ok)
	assert.Equal(t, int64(-1), limit)
	_, err = demo2.CreateAlarm(ctx, alarm.CreateOptions{Name: "acceptance third", Rule: alarm.EventRule{}})
	assert.ErrorIs(t, err, gophermeter.ErrForbidden)
}

func TestAlarmRefusalsAreNoExpiredTokens(t *testing.T) {
	ctx := t.Context()
	var logins logins
	conn := connect(t, "demo", logins.option())
	client := alarmsOf(t, conn)
	projects := load[ids](t, "ids.json").Projects
	before := logins.n.Load()

	_, err := client.CreateAlarm(ctx, alarm.CreateOptions{Name: "x", Rule: alarm.EventRule{}, AlarmActions: []string{"log://"}})
	assert.ErrorIs(t, err, gophermeter.ErrForbidden)
	_, err = client.Alarms(alarm.AlarmsOptions{Filters: []alarm.Filter{alarm.ByProject(projects["tenant-2"])}}).Collect(ctx)
	assert.ErrorIs(t, err, gophermeter.ErrForbidden)
	_, err = client.Alarms(alarm.AlarmsOptions{Filters: []alarm.Filter{alarm.AllProjects()}}).Collect(ctx)
	assert.ErrorIs(t, err, gophermeter.ErrForbidden)
	_, err = client.GetQuotas(ctx, projects["tenant-2"])
	assert.ErrorIs(t, err, gophermeter.ErrForbidden)
	assert.NotErrorIs(t, err, gophermeter.ErrUnauthorized)
	_, err = client.QueryAlarms(ctx, alarm.Query{Filter: alarm.Eq(alarm.FieldProjectID, projects["tenant-2"])})
	assert.ErrorIs(t, err, gophermeter.ErrForbidden)
	assert.Equal(t, before, logins.n.Load(), "no refusal made the client log in again")

	_, err = alarms(t, "").Alarms(alarm.AlarmsOptions{Filters: []alarm.Filter{alarm.AllProjects()}}).Collect(ctx)
	require.NoError(t, err)
}

func TestAlarmInvalidTokenIsRenewed(t *testing.T) {
	provider, renewals := renewable(t)
	conn, err := gophermeter.FromProvider(provider, gophercloud.EndpointOpts{Region: "RegionOne"})
	require.NoError(t, err)
	t.Cleanup(conn.CloseIdleConnections)
	client := alarmsOf(t, conn)
	provider.SetToken("gAAAAABmade-up-token")
	_, err = client.GetCapabilities(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, *renewals)
}

// cleanupContext is for what is done when the test's own has ended.
func cleanupContext(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
	t.Cleanup(cancel)
	return ctx
}
