package amie_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/amie"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
	"github.com/gophermeter/gophermeter/usage"
)

// noAllocation fails those records whose ids are given.
func noAllocation(ids ...string) func(fakecloud.AMIERecord) string {
	return func(r fakecloud.AMIERecord) string {
		for _, id := range ids {
			if r.LocalRecordID == id {
				return "Allocation could not be found for user " + r.Username
			}
		}
		return ""
	}
}

func TestWhatBecomesOfRecords(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	cloud.SetAMIELoader(noAllocation("job-2", "st-1", "adj-1"))
	client := newClient(t, cloud)
	for _, m := range []usage.Message{usage.MessageOf(jobs(0, 5)...), usage.MessageOf(stored(1)), usage.MessageOf(credit(1))} {
		_, err := client.Send(t.Context(), m)
		require.NoError(t, err)
	}
	status, err := client.Status(t.Context(), time.Time{}, time.Time{})
	require.NoError(t, err)
	assert.Empty(t, status, "accepted is not loaded")

	cloud.Advance(time.Minute)
	status, err = client.Status(t.Context(), time.Time{}, time.Time{})
	require.NoError(t, err)
	require.Len(t, status, 2)
	assert.Equal(t, "res.example.access-ci.org", status[0].Resource)
	assert.Equal(t, int64(4), status[0].LoadedRecordCount)
	assert.Equal(t, int64(2), status[0].FailedJobCount)
	assert.Equal(t, "0.008", status[0].TotalCharge.String())
	require.Len(t, status[0].Errors, 1)
	assert.Equal(t, "Allocation could not be found for user alice", status[0].Errors[0].Error)
	assert.Equal(t, job(2).Key(), status[0].Errors[0].Records[0].Compute.Key())
	for _, window := range [][2]time.Time{{cloud.Now().Add(1), {}}, {{}, cloud.Now().Add(-1)}} {
		none, err := client.Status(t.Context(), window[0], window[1])
		require.NoError(t, err)
		assert.Empty(t, none)
	}
	_, err = client.Status(t.Context(), day, day.Add(-1))
	require.ErrorIs(t, err, gophermeter.ErrInvalidArgument)

	failed, err := client.FailedRecords(t.Context())
	require.NoError(t, err)
	require.Len(t, failed, 3)
	assert.Equal(t, job(2), *failed[0].Compute)
	assert.Equal(t, stored(1).Key(), failed[1].Storage.Key())
	require.NoError(t, client.ClearFailedRecords(t.Context(), failed[0].ID, failed[1].ID))
	failed, err = client.FailedRecords(t.Context())
	require.NoError(t, err)
	require.Len(t, failed, 1)
	assert.Equal(t, credit(1).Key(), failed[0].Adjustment.Key())

	loaded, err := client.Loaded(amie.LoadedQuery{PageSize: 3, Since: cloud.Now()}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, loaded, 4, "compute records only")
	assert.Equal(t, job(0).Key(), loaded[0].Key())
	assert.Equal(t, cloud.Now(), loaded[0].LoadedTime)
	loaded, err = client.Loaded(amie.LoadedQuery{LocalRecordID: "job-3"}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, loaded, 1)
	assert.Equal(t, "0.003", loaded[0].Charge.String())
}

func TestAnswersThatAreNone(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{`{"Resource":"x"}`, `<html>`, ``, `"x"`, `[{"TotalCharge":"NaN"}]`} {
		client := served(t, &server{answer: func(int, *http.Request, []byte) (int, string) { return 200, answer }})
		_, err := client.Status(t.Context(), time.Time{}, time.Time{})
		var e *gophermeter.Error
		require.ErrorAs(t, err, &e, answer)
		assert.Equal(t, 200, e.StatusCode)
		_, err = client.FailedRecords(t.Context())
		require.ErrorAs(t, err, &e, answer)
		_, err = client.Loaded(amie.LoadedQuery{}).Collect(t.Context())
		require.Error(t, err)
	}
	cloud := newCloud(t)
	cloud.Inject(fakecloud.Fault{TearAt: 10, NoLength: true})
	failed, err := newClient(t, cloud).FailedRecords(t.Context())
	require.NoError(t, err, "a torn answer is asked for again")
	assert.Empty(t, failed)
	assert.Len(t, cloud.Requests(), 2)
}

func TestClearing(t *testing.T) {
	t.Parallel()
	s := &server{answer: func(int, *http.Request, []byte) (int, string) { return 200, "" }}
	var paths []string
	inner := s.answer
	s.answer = func(n int, r *http.Request, body []byte) (int, string) {
		paths = append(paths, r.URL.EscapedPath())
		assert.LessOrEqual(t, len(r.URL.String()), 2000)
		return inner(n, r, body)
	}
	client := served(t, s)
	ids := make([]int64, 20_000)
	for i := range ids {
		ids[i] = int64(i + 1)
	}
	require.NoError(t, client.ClearFailedRecords(t.Context(), ids...))
	var all []string
	for _, path := range paths {
		all = append(all, strings.Split(strings.TrimPrefix(path, "/api/v1/usage/failed/"), ",")...)
	}
	require.Len(t, all, len(ids))
	for i, id := range ids {
		require.Equal(t, fmt.Sprint(id), all[i])
	}
	for _, bad := range [][]int64{nil, {0}, {5, -1}} {
		require.ErrorIs(t, client.ClearFailedRecords(t.Context(), bad...), gophermeter.ErrInvalidArgument)
	}
	inner = func(n int, _ *http.Request, _ []byte) (int, string) {
		return map[bool]int{true: 200, false: 403}[n == len(paths)-0], ""
	}
	paths, s.bodies = nil, nil
	s.answer = func(n int, _ *http.Request, _ []byte) (int, string) { return []int{200, 403}[min(n-1, 1)], "" }
	require.ErrorContains(t, client.ClearFailedRecords(t.Context(), ids[:1000]...), "of 1000 cleared: ")
}

// A DELETE that the service acted on and did not answer: the 404 of the repeat is the success.
func TestClearingTwice(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t, fakecloud.WithAMIELoadDelay(0))
	cloud.SetAMIELoader(noAllocation("job-1"))
	client := newClient(t, cloud)
	_, err := client.Send(t.Context(), usage.MessageOf(job(1)))
	require.NoError(t, err)
	failed, err := client.FailedRecords(t.Context())
	require.NoError(t, err)
	require.Len(t, failed, 1)
	cloud.Inject(fakecloud.Fault{Method: "DELETE", Reset: true})
	require.NoError(t, client.ClearFailedRecords(t.Context(), failed[0].ID))
	require.ErrorIs(t, client.ClearFailedRecords(t.Context(), failed[0].ID), gophermeter.ErrNotFound)
}

func TestLoadedByAnotherName(t *testing.T) {
	t.Parallel()
	const one = `{"LocalRecordID":"a","Resource":"r","SubmitTime":"2026-10-01T00:00:00Z","LoadedTime":"2026-10-03T00:00:00Z","Charge":1}`
	s := &server{answer: func(_ int, r *http.Request, _ []byte) (int, string) {
		if r.URL.Query().Get("start") == "0" {
			return 200, `{"Total":[1],"Rows":[` + one + `]}`
		}
		return 200, `{"Total":[],"Rows":[]}`
	}}
	loaded, err := served(t, s, amie.WithLoadedNames(amie.LoadedNames{Offset: "start", List: "Rows"})).Loaded(amie.LoadedQuery{}).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, loaded, 1)

	s = &server{answer: func(int, *http.Request, []byte) (int, string) { return 200, `[` + one + `]` }}
	_, err = served(t, s).Loaded(amie.LoadedQuery{}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrLoop, "a service that does not know Offset")
	assert.Len(t, s.bodies, 2)
	_, err = served(t, s).Loaded(amie.LoadedQuery{PageSize: 25_001}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
}

func TestResubmitSendsFirstAndClearsSecond(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t, fakecloud.WithAMIELoadDelay(0))
	cloud.SetAMIELoader(noAllocation("job-1", "job-2", "job-3", "adj-1"))
	client := newClient(t, cloud)
	for _, m := range []usage.Message{usage.MessageOf(jobs(0, 5)...), usage.MessageOf(job(2)), usage.MessageOf(credit(1))} {
		_, err := client.Send(t.Context(), m)
		require.NoError(t, err)
	}
	failed, err := client.FailedRecords(t.Context())
	require.NoError(t, err)
	require.Len(t, failed, 5)
	cloud.SetAMIELoader(noAllocation())
	cloud.ResetRequests()
	for i := range failed {
		if failed[i].Compute != nil {
			failed[i].Compute.Username = "bob"
		}
		if failed[i].LocalRecordID == "job-3" {
			failed[i].Compute = nil
		}
	}
	cloud.Inject(fakecloud.Fault{Skip: 1, Status: 500, Method: "POST"})
	report, err := client.Resubmit(t.Context(), failed)
	require.ErrorIs(t, err, gophermeter.ErrServer)
	require.Len(t, report.Reports, 2)
	assert.Equal(t, 2, report.Reports[0].Validated(), "job-1, and job-2 once")
	assert.Equal(t, amie.Unknown, report.Reports[1].Chunks[0].Outcome)
	assert.Len(t, report.Cleared, 3)
	require.Len(t, report.Left, 2)
	requests := cloud.Requests()
	assert.Equal(t, "DELETE", requests[len(requests)-1].Method)
	left, err := client.FailedRecords(t.Context())
	require.NoError(t, err)
	assert.Len(t, left, 2)
	for _, r := range cloud.AMIERecords() {
		if r.LocalRecordID == "job-1" || r.LocalRecordID == "job-2" {
			assert.Equal(t, "bob", r.Username)
		}
	}
}

func TestResubmitClearsNothingThatItIsNotSureOf(t *testing.T) {
	t.Parallel()
	s := &server{answer: func(int, *http.Request, []byte) (int, string) {
		return 200, `{"Message":"","FailedRecords":[{"Error":"one of them"}]}`
	}}
	record := job(1)
	report, err := served(t, s).Resubmit(t.Context(), []usage.FailedRecord{{ID: 7, Compute: &record}, {ID: 8}})
	require.NoError(t, err)
	assert.Len(t, s.bodies, 1)
	assert.Empty(t, report.Cleared)
	assert.Len(t, report.Left, 2)
	report, err = served(t, s).Resubmit(t.Context(), nil)
	require.NoError(t, err)
	assert.Empty(t, report.Reports)
}
