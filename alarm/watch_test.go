package alarm_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/alarm"
	"github.com/gophermeter/gophermeter/testing/mockcloud"
)

// past is a history that grows while it is watched.
type past struct {
	mu      sync.Mutex
	changes []alarm.AlarmChange
	gone    bool
	fails   int
	looks   int
}

func (p *past) add(id string, at time.Time, typ alarm.ChangeType, state alarm.State) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.changes = append(p.changes, alarm.AlarmChange{
		EventID: id, AlarmID: "x", Type: typ, Timestamp: at, Detail: alarm.ChangeDetail{State: state},
	})
}

// answer is Aodh's, with a bound on the time and pages.
func (p *past) answer(req *http.Request) (*http.Response, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.looks++
	switch {
	case p.gone:
		return mockcloud.AlarmError(404, "Alarm x not found")(req)
	case p.fails > 0:
		p.fails--
		return mockcloud.AlarmError(503, "busy")(req)
	}
	rows := slices.Clone(p.changes)
	q := req.URL.Query()
	if since, err := time.Parse("2006-01-02T15:04:05", q.Get("q.value")); err == nil {
		rows = slices.DeleteFunc(rows, func(c alarm.AlarmChange) bool { return c.Timestamp.Before(since) })
	}
	slices.SortStableFunc(rows, func(a, b alarm.AlarmChange) int { return b.Timestamp.Compare(a.Timestamp) })
	return mockcloud.AlarmHistory(rows...)(req)
}

// watched runs test in a bubble, with a client of a cloud whose only history is p.
func watched(t *testing.T, p *past, test func(t *testing.T, client *alarm.Client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		transport := httpmock.NewMockTransport()
		mockcloud.Keystone(transport, mockcloud.Alarming)
		transport.RegisterResponder("GET", mockcloud.Alarming.URL+"/v2/alarms/x/history", p.answer)
		conn, err := gophermeter.Connect(t.Context(), append(mockcloud.Options(transport), gophermeter.WithRetry(gophermeter.Retry{Attempts: 1}))...)
		require.NoError(t, err)
		client, err := alarm.New(conn, alarm.WithPageSize(2))
		require.NoError(t, err)
		test(t, client)
	})
}

// take ranges over a watch until n changes have come.
func take(t *testing.T, client *alarm.Client, opts alarm.WatchOptions, n int, met func(i int, c alarm.AlarmChange)) (got []alarm.AlarmChange, err error) {
	t.Helper()
	for c, err := range client.Watch(t.Context(), "x", opts) {
		if err != nil {
			assert.Zero(t, c)
			return got, err
		}
		got = append(got, c)
		if met != nil {
			met(len(got), c)
		}
		if len(got) == n {
			break
		}
	}
	return got, nil
}

func ids(all []alarm.AlarmChange) []string {
	var out []string
	for _, c := range all {
		out = append(out, c.EventID)
	}
	return out
}

func TestWatchYieldsEachTransitionOnceInOrder(t *testing.T) {
	t.Parallel()
	p := &past{}
	watched(t, p, func(t *testing.T, client *alarm.Client) {
		now := time.Now()
		p.add("made", now.Add(-time.Hour), alarm.ChangeCreation, alarm.StateInsufficientData)
		p.add("old", now.Add(-30*time.Second), alarm.ChangeStateTransition, alarm.StateOK)
		go func() {
			time.Sleep(20 * time.Second) // between the second and the third look
			for i := range 5 {
				p.add(fmt.Sprintf("n%d", i), now.Add(16*time.Second+time.Duration(i)*time.Second/2), alarm.ChangeStateTransition, alarm.StateAlarm)
			}
			time.Sleep(20 * time.Second)
			p.add("renamed", now.Add(36*time.Second), alarm.ChangeRule, "")
			p.add("set by an update", now.Add(37*time.Second), alarm.ChangeRule, alarm.StateOK)
			time.Sleep(15 * time.Second)
			p.add("late", now.Add(30*time.Second), alarm.ChangeStateTransition, alarm.StateAlarm)
			time.Sleep(time.Hour)
			p.add("much later", now.Add(2*time.Hour), alarm.ChangeStateTransition, alarm.StateOK)
		}()
		got, err := take(t, client, alarm.WatchOptions{}, 8, nil)
		require.NoError(t, err)
		assert.Equal(t, []string{"n0", "n1", "n2", "n3", "n4", "set by an update", "late", "much later"}, ids(got))
		synctest.Wait()
	})
}

func TestWatchResumesBehindAChange(t *testing.T) {
	t.Parallel()
	p := &past{}
	watched(t, p, func(t *testing.T, client *alarm.Client) {
		now := time.Now()
		for i := range 6 {
			p.add(fmt.Sprintf("c%d", i), now.Add(time.Duration(i/2)*time.Second), alarm.ChangeStateTransition, alarm.StateOK)
		}
		last := alarm.AlarmChange{EventID: "c2", Timestamp: now.Add(time.Second)}
		got, err := take(t, client, alarm.WatchOptions{After: last}, 3, nil)
		require.NoError(t, err)
		assert.Equal(t, []string{"c3", "c4", "c5"}, ids(got))
		p.add("c6", now.Add(3*time.Second), alarm.ChangeStateTransition, alarm.StateOK)
		got, err = take(t, client, alarm.WatchOptions{After: got[2], Interval: time.Hour}, 1, nil)
		require.NoError(t, err)
		assert.Equal(t, []string{"c6"}, ids(got))
		assert.Zero(t, time.Since(now), "neither had to wait")
	})
}

func TestWatchOfAnEmptyHistory(t *testing.T) {
	t.Parallel()
	p := &past{}
	watched(t, p, func(t *testing.T, client *alarm.Client) {
		begin := time.Now()
		time.AfterFunc(100*time.Second, func() { p.add("first", begin, alarm.ChangeStateTransition, alarm.StateOK) })
		got, err := take(t, client, alarm.WatchOptions{Interval: time.Minute}, 1, nil)
		require.NoError(t, err)
		assert.Equal(t, []string{"first"}, ids(got))
		assert.Equal(t, 2*time.Minute, time.Since(begin))
	})
}

func TestWatchEndsWithTheContext(t *testing.T) {
	t.Parallel()
	cause := errors.New("enough")
	p := &past{}
	watched(t, p, func(t *testing.T, client *alarm.Client) {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(50*time.Second, func() { cancel(cause) })
		begin, n := time.Now(), 0
		for c, err := range client.Watch(ctx, "x", alarm.WatchOptions{}) {
			n++
			assert.Zero(t, c)
			assert.ErrorIs(t, err, context.Canceled)
			assert.ErrorIs(t, err, cause)
		}
		assert.Equal(t, 1, n, "the error, once and last")
		assert.Equal(t, 50*time.Second, time.Since(begin))
		assert.Equal(t, 4, p.looks)
	})
}

func TestWatchEndsWithTheAlarm(t *testing.T) {
	t.Parallel()
	p := &past{}
	watched(t, p, func(t *testing.T, client *alarm.Client) {
		p.add("one", time.Now(), alarm.ChangeStateTransition, alarm.StateOK)
		time.AfterFunc(time.Minute, func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.gone = true
		})
		got, err := take(t, client, alarm.WatchOptions{}, 1, nil)
		assert.ErrorIs(t, err, gophermeter.ErrNotFound)
		assert.Empty(t, got)
	})
}

func TestWatchReportsAFailureAndGoesOnBehindItsLastChange(t *testing.T) {
	t.Parallel()
	p := &past{}
	watched(t, p, func(t *testing.T, client *alarm.Client) {
		now := time.Now()
		p.add("zero", now, alarm.ChangeStateTransition, alarm.StateOK)
		time.AfterFunc(20*time.Second, func() {
			p.add("one", now.Add(20*time.Second), alarm.ChangeStateTransition, alarm.StateAlarm)
		})
		time.AfterFunc(40*time.Second, func() {
			p.add("two", now.Add(40*time.Second), alarm.ChangeStateTransition, alarm.StateOK)
			p.mu.Lock()
			defer p.mu.Unlock()
			p.fails = 1
		})
		got, err := take(t, client, alarm.WatchOptions{}, 2, nil)
		assert.ErrorIs(t, err, gophermeter.ErrServer)
		require.Equal(t, []string{"one"}, ids(got))
		got, err = take(t, client, alarm.WatchOptions{After: got[0]}, 1, nil)
		require.NoError(t, err)
		assert.Equal(t, []string{"two"}, ids(got))
	})
}

func TestWatchOnCeilometerNoticesTheEndOfTheAlarm(t *testing.T) {
	t.Parallel()
	client, script := ceilometer(t, says(200, body(t, "ceilometer-history")), says(200, `[]`), says(404, body(t, "error-not-found")))
	var err error
	for _, err = range client.Watch(t.Context(), "ce7aa581", alarm.WatchOptions{Interval: time.Millisecond}) {
		break
	}
	assert.ErrorIs(t, err, gophermeter.ErrNotFound)
	calls := script.calls()
	require.Len(t, calls, 3)
	assert.Equal(t, "GET /v2/alarms/ce7aa581/history", calls[0])
	q, err := url.ParseQuery(script.all()[1].URL.RawQuery)
	require.NoError(t, err)
	assert.Equal(t, "2026-11-23T01:11:27.796703", q.Get("q.value"), "a minute before the newest")
	assert.Equal(t, "GET /v2/alarms/ce7aa581/state", calls[2])
}

func TestWatchOnCeilometerEndsWithTheDeletion(t *testing.T) {
	t.Parallel()
	const made = `{"event_id": "1", "type": "creation", "timestamp": "2013-10-01T00:00:00", "detail": "{\"state\": \"ok\"}"}`
	const rest = `{"event_id": "3", "type": "deletion", "timestamp": "2013-10-01T00:00:09", "detail": "{\"state\": \"alarm\"}"},` +
		`{"event_id": "2", "type": "state transition", "timestamp": "2013-10-01T00:00:05", "detail": "{\"state\": \"alarm\"}"},`
	gone := says(404, body(t, "error-not-found"))
	client, script := ceilometer(t, says(200, "["+made+"]"), says(200, "["+rest+made+"]"), gone, says(200, "["+rest+made+"]"), gone)
	got, err := take(t, client, alarm.WatchOptions{Interval: time.Millisecond}, 2, nil)
	assert.ErrorIs(t, err, gophermeter.ErrNotFound)
	assert.Equal(t, []string{"2"}, ids(got), "the transition before the end, and not the end as one")
	got, err = take(t, client, alarm.WatchOptions{}, 1, nil)
	assert.ErrorIs(t, err, gophermeter.ErrNotFound, "of an alarm that was gone before")
	assert.Empty(t, got)
	calls := script.calls()
	require.Len(t, calls, 5)
	assert.Equal(t, []string{"GET /v2/alarms/x/state", "GET /v2/alarms/x/state"}, []string{calls[2], calls[4]}, "which the history does not tell")
}
