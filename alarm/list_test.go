package alarm_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/alarm"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

func TestConditionsAreSentWithAllFourOfEach(t *testing.T) {
	t.Parallel()
	client, script := aodh(t, says(200, `[]`))
	_, err := client.Alarms(alarm.AlarmsOptions{
		Filters: []alarm.Filter{
			alarm.AllProjects(), alarm.ByName("a&b c"), alarm.ByProject("p"), alarm.ByUser("u"), alarm.ByKind(alarm.KindEvent),
			alarm.ByState(alarm.StateInsufficientData), alarm.BySeverity(alarm.SeverityLow), alarm.ByEnabled(true),
			alarm.ByRepeatActions(false), alarm.ByTimestamp(time.Date(2026, 1, 2, 4, 4, 5, 0, time.FixedZone("", 3600))),
		},
		Sort: []alarm.Sort{{Field: alarm.FieldName, Descending: true}},
	}).Collect(t.Context())
	require.NoError(t, err)
	q := script.all()[0].URL.Query()
	want := [][4]string{
		{"all_projects", "eq", "True", "boolean"}, {"name", "eq", "a&b c", "string"}, {"project_id", "eq", "p", "string"},
		{"user_id", "eq", "u", "string"}, {"type", "eq", "event", "string"}, {"state", "eq", "insufficient data", "string"},
		{"severity", "eq", "low", "string"}, {"enabled", "eq", "True", "boolean"}, {"repeat_actions", "eq", "False", "boolean"},
		{"timestamp", "eq", "2026-01-02T03:04:05", "datetime"},
	}
	for i, w := range want {
		got := [4]string{q["q.field"][i], q["q.op"][i], q["q.value"][i], q["q.type"][i]}
		assert.Equal(t, w, got)
	}
	assert.Len(t, q["q.type"], len(want))
	assert.Equal(t, []string{"name:desc", "alarm_id:asc"}, q["sort"])
	assert.False(t, q.Has("limit"), "pages of what can move lose some of it")
}

func TestConditionsOfAHistory(t *testing.T) {
	t.Parallel()
	client, script := aodh(t, says(200, `[]`))
	day := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	ask := func(filters ...alarm.Filter) error {
		_, err := client.AlarmChanges("x", alarm.ChangesOptions{Filters: filters}).Collect(t.Context())
		return err
	}
	require.NoError(t, ask(alarm.ByChange(alarm.ChangeRule), alarm.Since(day), alarm.Before(day), alarm.Widened(time.Hour)))
	q := script.all()[0].URL.Query()
	assert.Equal(t, []string{"type", "timestamp", "timestamp", "search_offset"}, q["q.field"])
	assert.Equal(t, []string{"eq", "ge", "lt", "eq"}, q["q.op"])
	assert.Equal(t, []string{"rule change", "2026-09-01T00:00:00", "2026-09-01T00:00:00", "60"}, q["q.value"])

	finer := day.Add(time.Nanosecond)
	require.NoError(t, ask(alarm.Since(finer), alarm.Before(finer)))
	require.NoError(t, ask(alarm.After(finer), alarm.Until(finer)))
	assert.Equal(t, []string{"2026-09-01T00:00:00.000001", "2026-09-01T00:00:00.000001"}, script.all()[1].URL.Query()["q.value"])
	assert.Equal(t, []string{"2026-09-01T00:00:00", "2026-09-01T00:00:00"}, script.all()[2].URL.Query()["q.value"])

	invalid(t, ask(alarm.Since(day), alarm.After(day)), "timestamp comes twice")
	invalid(t, ask(alarm.Until(day), alarm.Before(day)), "timestamp comes twice")
	invalid(t, ask(alarm.ByUser("a"), alarm.ByChange(alarm.ChangeRule), alarm.ByUser("b")), "user_id comes twice")
	assert.Len(t, script.all(), 3)
}

func TestBadConditionsAreRefusedNamingTheField(t *testing.T) {
	t.Parallel()
	client, script := aodh(t, says(200, `[]`))
	old, _ := ceilometer(t, says(200, `[]`))
	for field, f := range map[string]alarm.Filter{
		"name": alarm.ByName(""), "project_id": alarm.ByProject(""), "user_id": alarm.ByUser(""), "type": alarm.ByKind(""),
		"state": alarm.ByState(""), "severity": alarm.BySeverity(""), "timestamp": alarm.ByTimestamp(time.Time{}), "Filter": {},
	} {
		_, err := client.Alarms(alarm.AlarmsOptions{Filters: []alarm.Filter{f}}).Collect(t.Context())
		invalid(t, err, field)
	}
	for field, f := range map[string]alarm.Filter{
		"search_offset": alarm.Widened(time.Second), "type": alarm.ByChange(""), "timestamp": alarm.Since(time.Time{}),
	} {
		_, err := client.AlarmChanges("x", alarm.ChangesOptions{Filters: []alarm.Filter{f}}).Collect(t.Context())
		invalid(t, err, field)
	}
	for _, f := range []alarm.Filter{alarm.ByRepeatActions(true), alarm.ByTimestamp(time.Now())} {
		_, err := old.Alarms(alarm.AlarmsOptions{Filters: []alarm.Filter{f}}).Collect(t.Context())
		assert.ErrorIs(t, err, gophermeter.ErrUnsupported)
	}
	for _, f := range []alarm.Filter{alarm.ByID("x"), alarm.ByMeter("x")} {
		_, err := client.Alarms(alarm.AlarmsOptions{Filters: []alarm.Filter{f}}).Collect(t.Context())
		assert.ErrorIs(t, err, gophermeter.ErrUnsupported)
	}
	_, err := client.AlarmChanges("x", alarm.ChangesOptions{Filters: []alarm.Filter{alarm.ByName("x")}}).Collect(t.Context())
	assert.ErrorIs(t, err, gophermeter.ErrUnsupported)
	_, err = client.Alarms(alarm.AlarmsOptions{Sort: []alarm.Sort{{}}}).Collect(t.Context())
	invalid(t, err, "Sort.Field")
	_, err = old.Alarms(alarm.AlarmsOptions{Sort: []alarm.Sort{{Field: alarm.FieldName}}}).Collect(t.Context())
	assert.ErrorIs(t, err, gophermeter.ErrUnsupported)
	_, err = client.AlarmChanges("", alarm.ChangesOptions{}).Collect(t.Context())
	invalid(t, err, "alarmID")
	assert.Empty(t, script.all())
}

func TestEmptyIdsAreRefused(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	client, script := aodh(t, says(200, `{}`))
	_, err := client.GetAlarm(ctx, "")
	invalid(t, err, "alarmID")
	_, err = client.FindAlarm(ctx, "")
	invalid(t, err, "nameOrID")
	invalid(t, client.DeleteAlarm(ctx, ""), "alarmID")
	_, err = client.UpdateAlarm(ctx, "", alarm.UpdateOptions{})
	invalid(t, err, "alarmID")
	_, err = client.GetState(ctx, "")
	invalid(t, err, "alarmID")
	invalid(t, client.SetState(ctx, "", alarm.StateOK), "alarmID")
	invalid(t, client.SetState(ctx, "x", ""), "state")
	_, err = client.FindAlarmChange(ctx, "x", "")
	invalid(t, err, "eventID")
	_, err = client.FindAlarmChange(ctx, "", "x")
	invalid(t, err, "alarmID")
	_, err = client.GetQuotas(ctx, "")
	invalid(t, err, "projectID")
	invalid(t, client.DeleteQuotas(ctx, ""), "projectID")
	_, err = client.SetQuotas(ctx, alarm.Quotas{})
	invalid(t, err, "Quotas.ProjectID")
	_, err = client.SetQuotas(ctx, alarm.Quotas{ProjectID: "p", Limits: []alarm.Quota{{Resource: "alarms", Limit: -1}}})
	invalid(t, err, "Quota.Limit")
	_, err = client.QueryAlarms(ctx, alarm.Query{Limit: -1})
	invalid(t, err, "Query.Limit")
	_, err = client.QueryAlarms(ctx, alarm.Query{OrderBy: []alarm.Sort{{}}})
	invalid(t, err, "Query.OrderBy")
	for _, err := range client.Watch(ctx, "", alarm.WatchOptions{}) {
		invalid(t, err, "alarmID")
	}
	for _, err := range client.Watch(ctx, "x", alarm.WatchOptions{Interval: -1}) {
		invalid(t, err, "WatchOptions.Interval")
	}
	assert.Empty(t, script.all())
}

func TestRecordedPages(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, "alarm", []alarm.Option{alarm.WithPageSize(2)},
		says(200, body(t, "list-limit2")), says(200, body(t, "list-limit2-marker")), says(200, `[]`))
	all, err := client.Alarms(alarm.AlarmsOptions{}).Collect(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []string{"ev-delete", "page-24", "page-23", "page-22"}, names(all))
	assert.Equal(t, []string{
		"GET /v2/alarms?limit=2&sort=alarm_id:asc",
		"GET /v2/alarms?limit=2&marker=3935dfcc-a75f-4037-bcc3-bdb686994a78&sort=alarm_id:asc",
		"GET /v2/alarms?limit=2&marker=9d35277d-66a5-4123-89ce-c35719678687&sort=alarm_id:asc",
	}, script.calls())
}

func TestWalksAreTheTruthAtEveryPageSize(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t, fakecloud.WithEmpty()) // whose clock stands still: all alarms and changes have one time
	client := connect(t, cloud, "admin")
	var want []string
	for i := range 23 {
		want = append(want, event(t, client, fmt.Sprintf("a-%02d", i)).ID)
	}
	id := want[7]
	for i := range 11 {
		require.NoError(t, client.SetState(t.Context(), id, []alarm.State{alarm.StateOK, alarm.StateAlarm}[i%2]))
	}
	slices.Sort(want)
	for _, size := range []int{0, 1, 2, 5, 23, 24} {
		client := connect(t, cloud, "admin", alarm.WithPageSize(size))
		all, err := client.Alarms(alarm.AlarmsOptions{}).Collect(t.Context())
		require.NoError(t, err)
		var got []string
		for _, a := range all {
			got = append(got, a.ID)
		}
		assert.Equal(t, want, got, "size %d", size)

		for _, field := range []alarm.Field{alarm.FieldSeverity, alarm.FieldEnabled, alarm.FieldTimestamp, alarm.FieldState, alarm.FieldAlarmID} {
			all, err := client.Alarms(alarm.AlarmsOptions{Sort: []alarm.Sort{{Field: field, Descending: true}}}).Collect(t.Context())
			require.NoError(t, err)
			assert.Len(t, all, 23, "%s, size %d", field, size)
		}
		changes, err := client.AlarmChanges(id, alarm.ChangesOptions{}).Collect(t.Context())
		require.NoError(t, err)
		assert.Len(t, changes, 12, "size %d", size)
	}
}

func TestAWalkSurvivesTheLossOfItsMarker(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t, fakecloud.WithEmpty())
	client := connect(t, cloud, "admin", alarm.WithPageSize(2))
	for i := range 9 {
		event(t, client, fmt.Sprintf("a-%d", i))
	}
	var met []string
	for a, err := range client.Alarms(alarm.AlarmsOptions{}).All(t.Context()) {
		require.NoError(t, err)
		met = append(met, a.ID)
		if len(met) == 4 || len(met) == 5 { // markers of pages that are not here yet
			require.NoError(t, client.DeleteAlarm(t.Context(), met[len(met)-1]))
		}
		if len(met) == 6 {
			require.NoError(t, client.DeleteAlarm(t.Context(), met[1]))
			require.NoError(t, client.DeleteAlarm(t.Context(), met[2]))
		}
	}
	assert.Len(t, met, 9)
	slices.Sort(met)
	assert.Len(t, slices.Compact(met), 9)
}

func TestOnlyAnOrderThatStaysIsPaged(t *testing.T) {
	t.Parallel()
	client, script := aodh(t, says(200, `[]`))
	for _, field := range []alarm.Field{"", alarm.FieldAlarmID, alarm.FieldName, alarm.FieldTimestamp, alarm.FieldUserID} {
		var keys []alarm.Sort
		if field != "" {
			keys = []alarm.Sort{{Field: field}}
		}
		_, err := client.Alarms(alarm.AlarmsOptions{Sort: keys}).Collect(t.Context())
		require.NoError(t, err)
		_, err = client.AlarmChanges("x", alarm.ChangesOptions{Sort: keys}).Collect(t.Context())
		require.NoError(t, err)
	}
	assert.Equal(t, []string{
		"GET /v2/alarms?limit=1000&sort=alarm_id:asc",
		"GET /v2/alarms/x/history?limit=1000&sort=timestamp:desc&sort=event_id:desc",
		"GET /v2/alarms?limit=1000&sort=alarm_id:asc",
		"GET /v2/alarms/x/history?limit=1000&sort=alarm_id:asc&sort=event_id:asc",
		"GET /v2/alarms?sort=name:asc&sort=alarm_id:asc", // the alarm of a marker may get another name
		"GET /v2/alarms/x/history?sort=name:asc&sort=event_id:asc",
		"GET /v2/alarms?sort=timestamp:asc&sort=alarm_id:asc",
		"GET /v2/alarms/x/history?limit=1000&sort=timestamp:asc&sort=event_id:asc", // the past stays
		"GET /v2/alarms?sort=user_id:asc&sort=alarm_id:asc",
		"GET /v2/alarms/x/history?sort=user_id:asc&sort=event_id:asc", // which may be null
	}, script.calls())
}

func TestAMarkerThatIsLostAgainAndAgainEndsTheWalk(t *testing.T) {
	t.Parallel()
	lost := says(500, body(t, "error-marker"))
	page := says(200, body(t, "list-limit2"))
	client, _ := scripted(t, "alarm", []alarm.Option{alarm.WithPageSize(2)}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("marker") != "" {
			lost(w, r)
			return
		}
		page(w, r)
	})
	all, err := client.Alarms(alarm.AlarmsOptions{}).Collect(t.Context())
	assert.ErrorIs(t, err, gophermeter.ErrServer)
	assert.Nil(t, all)
}

func TestAnAodhWithoutPagesIsAskedForAll(t *testing.T) {
	t.Parallel()
	old := says(400, `{"error_message": {"faultcode": "Client", "faultstring": "Unknown argument: \"sort\"", "debuginfo": null}}`)
	client, script := aodh(t, old, says(200, body(t, "list-limit2")))
	for range 2 {
		all, err := client.Alarms(alarm.AlarmsOptions{}).Collect(t.Context())
		require.NoError(t, err)
		assert.Len(t, all, 2)
	}
	assert.Equal(t, []string{"GET /v2/alarms?limit=1000&sort=alarm_id:asc", "GET /v2/alarms", "GET /v2/alarms"}, script.calls())

	client, _ = aodh(t, old)
	_, err := client.Alarms(alarm.AlarmsOptions{Sort: []alarm.Sort{{Field: alarm.FieldName}}}).Collect(t.Context())
	assert.ErrorIs(t, err, gophermeter.ErrBadRequest)
}

func TestFindAlarm(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	cloud := newCloud(t, fakecloud.WithEmpty())
	client := connect(t, cloud, "admin")
	one := event(t, client, "one")
	event(t, client, "twin")
	twin := event(t, client, "twin")
	upper := event(t, client, "ONE") // equal to MySQL
	odd := event(t, client, "a/b?c")

	for _, nameOrID := range []string{"one", one.ID} {
		found, err := client.FindAlarm(ctx, nameOrID)
		require.NoError(t, err)
		assert.Equal(t, one.ID, found.ID)
	}
	found, err := client.FindAlarm(ctx, "ONE")
	require.NoError(t, err)
	assert.Equal(t, upper.ID, found.ID)
	found, err = client.FindAlarm(ctx, "a/b?c")
	require.NoError(t, err)
	assert.Equal(t, odd.ID, found.ID)
	_, err = client.FindAlarm(ctx, "twin")
	assert.ErrorIs(t, err, gophermeter.ErrAmbiguous)
	assert.ErrorContains(t, err, twin.ID)
	for _, nobody := range []string{"none", "..", "Twin"} {
		_, err = client.FindAlarm(ctx, nobody)
		assert.ErrorIs(t, err, gophermeter.ErrNotFound)
	}
	change, err := client.AlarmChanges(one.ID, alarm.ChangesOptions{}).Collect(ctx)
	require.NoError(t, err)
	foundChange, err := client.FindAlarmChange(ctx, one.ID, change[0].EventID)
	require.NoError(t, err)
	assert.Equal(t, change[0], foundChange)
	_, err = client.FindAlarmChange(ctx, one.ID, "none")
	assert.ErrorIs(t, err, gophermeter.ErrNotFound)
	_, err = client.FindAlarmChange(ctx, "none", "none")
	assert.ErrorIs(t, err, gophermeter.ErrNotFound)
}

func TestWhoSeesWhichAlarms(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	cloud := newCloud(t)
	admin, demo := connect(t, cloud, "admin"), connect(t, cloud, "demo")
	list := func(client *alarm.Client, filters ...alarm.Filter) ([]alarm.Alarm, error) {
		return client.Alarms(alarm.AlarmsOptions{Filters: filters}).Collect(ctx)
	}
	all, err := list(admin, alarm.AllProjects())
	require.NoError(t, err)
	assert.Len(t, all, 3)
	own, err := list(admin)
	require.NoError(t, err)
	assert.Empty(t, own)
	off, err := list(demo, alarm.ByEnabled(false))
	require.NoError(t, err)
	assert.Equal(t, []string{"resize-wanted"}, names(off))
	_, err = list(demo, alarm.AllProjects())
	assert.ErrorIs(t, err, gophermeter.ErrForbidden)
	_, err = list(demo, alarm.ByProject(cloud.ProjectID("genomics")))
	assert.ErrorIs(t, err, gophermeter.ErrForbidden)
	assert.NotErrorIs(t, err, gophermeter.ErrUnauthorized)
	foreign, err := list(admin, alarm.ByProject(cloud.ProjectID("genomics")))
	require.NoError(t, err)
	_, err = demo.GetAlarm(ctx, foreign[0].ID)
	assert.ErrorIs(t, err, gophermeter.ErrNotFound)
}
