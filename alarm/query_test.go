package alarm_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/alarm"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

func TestAQueryOfCeilometerAsksUntilTheAnswerIsShorter(t *testing.T) {
	t.Parallel()
	have := 12345
	client, script := ceilometer(t, func(w http.ResponseWriter, _ *http.Request) {})
	script.answers[0] = func(w http.ResponseWriter, _ *http.Request) {
		var asked struct{ Limit int }
		_ = json.Unmarshal([]byte(script.all()[len(script.all())-1].body), &asked)
		says(200, "["+strings.TrimSuffix(strings.Repeat("{},", min(asked.Limit, have)), ",")+"]")(w, nil)
	}
	all, err := client.QueryAlarms(t.Context(), alarm.Query{})
	require.NoError(t, err)
	assert.Len(t, all, have)
	assert.Len(t, script.all(), 3, "1000, 8000, 64000")
	all, err = client.QueryAlarms(t.Context(), alarm.Query{Limit: 1000})
	require.NoError(t, err)
	assert.Len(t, all, 1000, "who asks for so many gets them")
	assert.Len(t, script.all(), 4)
}

func TestAnAmbiguousUpdateIsJudgedByWhatIsThere(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	cloud := newCloud(t, fakecloud.WithEmpty())
	client := connect(t, cloud, "admin")
	a := event(t, client, "a")
	rule := alarm.EventRule{EventType: "x", Query: []alarm.Condition{{Field: "f", Comparison: alarm.CompareEQ, Value: "v"}}}
	for i, test := range []struct {
		update alarm.UpdateOptions
		puts   int
	}{
		{alarm.UpdateOptions{Rule: rule, RepeatActions: new(true)}, 1},
		{alarm.UpdateOptions{OKActions: []string{"http://b", "http://a"}, TimeConstraints: []alarm.TimeConstraint{{Name: "t", Start: "0 1 * * *"}}}, 1},
		{alarm.UpdateOptions{OKActions: []string{"http://c", "http://c"}}, 2}, // the service has put it in other words
		{alarm.UpdateOptions{Description: new("")}, 2},
	} {
		cloud.ResetRequests()
		cloud.Inject(fakecloud.Fault{Method: "PUT", Reset: true})
		_, err := client.UpdateAlarm(ctx, a.ID, test.update)
		require.NoError(t, err)
		puts := 0
		for _, r := range cloud.Requests() {
			if r.Method == http.MethodPut {
				puts++
			}
		}
		assert.Equal(t, test.puts, puts, "update %d", i)
	}
	got, err := client.GetAlarm(ctx, a.ID)
	require.NoError(t, err)
	assert.Equal(t, rule, got.Rule)
	assert.Equal(t, []string{"http://c"}, got.OKActions)
}

func TestAnUpdateIsNotRepeatedAfterARefusal(t *testing.T) {
	t.Parallel()
	client, script := aodh(t, says(200, body(t, "alarm-event")), says(401, body(t, "error-log-action")))
	_, err := client.UpdateAlarm(t.Context(), "x", alarm.UpdateOptions{AlarmActions: []string{"log://"}})
	assert.ErrorIs(t, err, gophermeter.ErrForbidden)
	assert.Len(t, script.all(), 2)
}

func TestADeletionWhoseAnswerIsLostIsOne(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t, fakecloud.WithEmpty())
	client := connect(t, cloud, "admin")
	a := event(t, client, "a")
	cloud.Inject(fakecloud.Fault{Method: "DELETE", Reset: true})
	require.NoError(t, client.DeleteAlarm(t.Context(), a.ID))
	assert.ErrorIs(t, client.DeleteAlarm(t.Context(), a.ID), gophermeter.ErrNotFound)
}

func TestConcurrentRangesAreIndependent(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t, fakecloud.WithEmpty())
	client := connect(t, cloud, "admin", alarm.WithPageSize(3))
	for i := range 10 {
		event(t, client, fmt.Sprint("a", i))
	}
	pager := client.Alarms(alarm.AlarmsOptions{})
	lengths := make(chan int)
	for range 4 {
		go func() {
			all, _ := pager.Collect(t.Context())
			lengths <- len(all)
		}()
	}
	for range 4 {
		assert.Equal(t, 10, <-lengths)
	}
	for range pager.All(t.Context()) {
		break // and no goroutine stays behind
	}
}
