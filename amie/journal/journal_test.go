package journal_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/amie"
	"github.com/gophermeter/gophermeter/amie/journal"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
	"github.com/gophermeter/gophermeter/usage"
)

type counts = map[journal.State]int

func TestFromPendingToLoaded(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	client := newClient(t, cloud)
	path := newPath(t)
	j := open(t, path)
	require.NoError(t, journal.Add(j, jobs(0, 1200, 3)...))
	require.NoError(t, journal.Add(j, credit(1)))
	require.NoError(t, journal.Add(j, stored(1)))
	assert.Equal(t, counts{journal.Pending: 1202}, states(t, j))
	e, err := j.Entry(job(5, 3).Key())
	require.NoError(t, err)
	assert.Equal(t, job(5, 3), *e.Compute)
	assert.WithinDuration(t, time.Now(), e.Added, time.Minute)
	assert.Zero(t, e.Sent)

	d, err := j.Deliver(t.Context(), client)
	require.NoError(t, err)
	assert.Equal(t, journal.Delivery{Submitted: 1202}, d)
	assert.Equal(t, counts{journal.Submitted: 1202}, states(t, j))
	d, err = j.Deliver(t.Context(), client)
	require.NoError(t, err)
	assert.Zero(t, d.Submitted)

	require.NoError(t, j.Close())
	j = open(t, path)
	r, err := j.Reconcile(t.Context(), client)
	require.NoError(t, err)
	assert.Equal(t, journal.Reconciliation{Loaded: 1200, Open: 2}, r)
	assert.Equal(t, counts{journal.Loaded: 1200, journal.Submitted: 2}, states(t, j))

	require.NoError(t, journal.Add(j, jobs(0, 1200, 3)...), "a program that was restarted says the same again")
	assert.Equal(t, counts{journal.Loaded: 1200, journal.Submitted: 2}, states(t, j))
	n, err := j.Prune(time.Now())
	require.NoError(t, err)
	assert.Equal(t, 1200, n)
	assert.Equal(t, counts{journal.Submitted: 2}, states(t, j))
	_, err = j.Entry(job(5, 3).Key())
	require.ErrorIs(t, err, gophermeter.ErrNotFound)
}

func TestRestatement(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	client := newClient(t, cloud)
	j := open(t, newPath(t))
	require.NoError(t, journal.Add(j, jobs(0, 3, 100)...))
	require.NoError(t, journal.Add(j, credit(1), credit(2)))
	_, err := j.Deliver(t.Context(), client)
	require.NoError(t, err)
	require.NoError(t, journal.Add(j, job(1, 0)))
	assert.Equal(t, counts{journal.Pending: 1, journal.Submitted: 4}, states(t, j))

	r, err := j.Reconcile(t.Context(), client)
	require.NoError(t, err)
	assert.Equal(t, 2, r.Loaded, "what was loaded of the third is an earlier version")
	_, err = j.Deliver(t.Context(), client)
	require.NoError(t, err)
	r, err = j.Reconcile(t.Context(), client)
	require.NoError(t, err)
	assert.Equal(t, 1, r.Loaded)
	charges := map[string]string{}
	for _, r := range cloud.AMIERecords() {
		charges[r.LocalRecordID] = r.Charge
	}
	assert.Equal(t, map[string]string{"job:0": "100", "job:1": "0", "job:2": "100", "adj:1": "5", "adj:2": "5"}, charges)

	more := credit(1)
	more.Charge = decimal.New(6, 0)
	require.ErrorIs(t, journal.Add(j, more), gophermeter.ErrInvalidArgument)
	require.ErrorContains(t, journal.Add(j, credit(3), more), "record 1: ")
	assert.Equal(t, 5, len(entries(t, j)), "all or none") //nolint:testifylint // the map would be printed
	var problems usage.FieldErrors
	require.ErrorAs(t, journal.Add(j, usage.ComputeRecord{}), &problems)
}

func TestUnknownIsNeverSentAgain(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	client := newClient(t, cloud)
	j := open(t, newPath(t))
	require.NoError(t, journal.Add(j, credit(1), credit(2)))
	cloud.FailAMIEAfter(500)
	d, err := j.Deliver(t.Context(), client)
	require.ErrorIs(t, err, gophermeter.ErrServer)
	assert.Equal(t, 2, d.Unknown)
	for range 3 {
		_, err = j.Deliver(t.Context(), client)
		require.NoError(t, err)
		_, err = j.Reconcile(t.Context(), client)
		require.NoError(t, err)
	}
	assert.Equal(t, counts{journal.Unknown: 2}, states(t, j))
	assert.Len(t, cloud.AMIERecords(), 2)

	require.ErrorIs(t, j.Requeue(credit(1).Key()), gophermeter.ErrInvalidArgument, "not without a person's word")
	require.NoError(t, j.Resolve(credit(1).Key(), journal.Loaded))
	require.NoError(t, j.Resolve(credit(2).Key(), journal.Pending))
	require.ErrorIs(t, j.Resolve(credit(2).Key(), journal.Sending), gophermeter.ErrInvalidArgument)
	require.ErrorIs(t, j.Resolve(credit(3).Key(), journal.Loaded), gophermeter.ErrNotFound)
	assert.Equal(t, counts{journal.Loaded: 1, journal.Pending: 1}, states(t, j))
}

func TestUnknownComputeIsSentAgain(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	j := open(t, newPath(t))
	require.NoError(t, journal.Add(j, jobs(0, 5, 1)...))
	require.NoError(t, journal.Add(j, stored(1)))
	client := newClient(t, cloud)
	cloud.Inject(fakecloud.Fault{Reset: true, Times: 5})
	d, err := j.Deliver(t.Context(), client)
	require.Error(t, err)
	assert.Equal(t, 5, d.Unknown)
	assert.Equal(t, counts{journal.Unknown: 5, journal.Pending: 1}, states(t, j), "after that it was pointless to go on")
	d, err = j.Deliver(t.Context(), client)
	require.NoError(t, err)
	assert.Equal(t, 6, d.Submitted)
	assert.Len(t, cloud.AMIERecords(), 6)
}

// An unknown record that is found to be loaded, or to have failed, is unknown no more.
func TestReconcileKnowsBetter(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	cloud.SetAMIELoader(func(r fakecloud.AMIERecord) string {
		if r.LocalRecordID == "adj:2" {
			return "no allocation"
		}
		return ""
	})
	careful := newClient(t, cloud, amie.WithRepeat())
	j := open(t, newPath(t))
	require.NoError(t, journal.Add(j, jobs(0, 2, 1)...))
	cloud.FailAMIEAfter(500)
	_, err := j.Deliver(t.Context(), careful)
	require.Error(t, err)
	require.NoError(t, journal.Add(j, credit(1), credit(2)))
	cloud.FailAMIEAfter(502)
	_, err = j.Deliver(t.Context(), careful)
	require.Error(t, err)
	assert.Equal(t, counts{journal.Unknown: 4}, states(t, j))
	r, err := j.Reconcile(t.Context(), careful)
	require.NoError(t, err)
	assert.Equal(t, journal.Reconciliation{Loaded: 2, Failed: 1, Open: 1}, r)
	e, err := j.Entry(credit(2).Key())
	require.NoError(t, err)
	assert.Equal(t, "no allocation", e.Error)
	assert.Len(t, e.FailedIDs, 1)
}

// A failure is cleared when its record was accepted again, and the error of before does not fail it again.
func TestFailedRecordsAreMendedAndCleared(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	cloud.SetAMIELoader(func(r fakecloud.AMIERecord) string {
		if r.Username == "alice" && r.LocalRecordID != "job:2" {
			return "unknown user alice"
		}
		return ""
	})
	client := newClient(t, cloud)
	j := open(t, newPath(t))
	require.NoError(t, journal.Add(j, jobs(0, 3, 1)...))
	_, err := j.Deliver(t.Context(), client)
	require.NoError(t, err)
	r, err := j.Reconcile(t.Context(), client)
	require.NoError(t, err)
	assert.Equal(t, journal.Reconciliation{Loaded: 1, Failed: 2}, r)
	d, err := j.Deliver(t.Context(), client)
	require.NoError(t, err)
	assert.Zero(t, d, "failed records wait for somebody")

	mended := job(0, 1)
	mended.Username = "bob"
	require.NoError(t, journal.Add(j, mended))
	require.NoError(t, j.Requeue(job(1, 1).Key()))
	cloud.SetAMIELoader(func(fakecloud.AMIERecord) string { return "" })
	cloud.Inject(fakecloud.Fault{Method: http.MethodDelete, Status: 403})
	d, err = j.Deliver(t.Context(), client)
	require.ErrorIs(t, err, gophermeter.ErrForbidden)
	assert.Equal(t, 2, d.Submitted)
	r, err = j.Reconcile(t.Context(), client)
	require.NoError(t, err)
	assert.Equal(t, journal.Reconciliation{Loaded: 2}, r, "the failures are on the service's list still, and old")
	d, err = j.Deliver(t.Context(), client)
	require.NoError(t, err)
	assert.Equal(t, journal.Delivery{Cleared: 2}, d)
	failed, err := client.FailedRecords(t.Context())
	require.NoError(t, err)
	assert.Empty(t, failed)
	assert.Equal(t, counts{journal.Loaded: 3}, states(t, j))
	posted, cleared := -1, -1
	for i, r := range cloud.Requests() {
		switch r.Method {
		case http.MethodPost:
			posted = i
		case http.MethodDelete:
			if cleared < 0 {
				cleared = i
			}
		}
	}
	assert.Greater(t, cleared, posted, "sent first, cleared second")
}

func TestReturnedAndRefused(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	j, err := journal.Open(newPath(t), journal.WithRules(usage.Rules{AllowNegative: true, Decimals: -1}))
	require.NoError(t, err)
	defer func() { require.NoError(t, j.Close()) }()
	negative := job(1, -5)
	large := job(2, 1)
	large.JobName = strings.Repeat("x", 5000)
	require.NoError(t, journal.Add(j, job(0, 1), negative, large))
	require.NoError(t, journal.Add(j, credit(1)))
	client := newClient(t, cloud, amie.WithMaxBytes(3000))
	d, err := j.Deliver(t.Context(), client)
	require.Error(t, err, "the client's rules are others")
	assert.Equal(t, journal.Delivery{Failed: 1, NotSent: 2, Submitted: 1}, d)
	d, err = j.Deliver(t.Context(), client)
	require.ErrorContains(t, err, "and the most is 3000")
	assert.Equal(t, journal.Delivery{Failed: 1, NotSent: 1}, d)
	d, err = j.Deliver(t.Context(), client)
	require.NoError(t, err)
	assert.Equal(t, journal.Delivery{Submitted: 1}, d)
	e, err := j.Entry(negative.Key())
	require.NoError(t, err)
	assert.Contains(t, e.Error, "negative")

	require.NoError(t, journal.Add(j, jobs(10, 20, 1)...))
	require.NoError(t, journal.Add(j, credit(2)))
	cloud.Inject(fakecloud.Fault{Status: 400, Body: `{"error":"poison"}`})
	d, err = j.Deliver(t.Context(), newClient(t, cloud))
	require.ErrorIs(t, err, gophermeter.ErrBadRequest)
	assert.Equal(t, journal.Delivery{Refused: 10, Submitted: 1}, d, "a bad request does not stop the others")
	cloud.Inject(fakecloud.Fault{Method: http.MethodPost, Status: 403})
	require.NoError(t, journal.Add(j, credit(3)))
	d, err = j.Deliver(t.Context(), newClient(t, cloud))
	require.ErrorIs(t, err, gophermeter.ErrForbidden)
	assert.Equal(t, journal.Delivery{Refused: 10}, d)
	d, err = j.Deliver(t.Context(), newClient(t, cloud))
	require.NoError(t, err)
	assert.Equal(t, 11, d.Submitted)
}

func TestOtherChargesAreShown(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	client := newClient(t, cloud)
	j := open(t, newPath(t))
	require.NoError(t, journal.Add(j, job(1, 10)))
	_, err := j.Deliver(t.Context(), client)
	require.NoError(t, err)
	other := job(1, 12)
	_, err = client.Send(t.Context(), usage.MessageOf(other)) // by another program
	require.NoError(t, err)
	r, err := j.Reconcile(t.Context(), client)
	require.NoError(t, err)
	require.Len(t, r.Mismatched, 1)
	assert.Equal(t, "12", r.Mismatched[0].Loaded.String())
	assert.Equal(t, 1, r.Open)
	e, err := j.Entry(job(1, 10).Key())
	require.NoError(t, err)
	assert.Equal(t, "loaded with a charge of 12", e.Error)
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	client := newClient(t, cloud)
	j := open(t, newPath(t))
	var all sync.WaitGroup
	for n := range 4 {
		all.Go(func() {
			assert.NoError(t, journal.Add(j, jobs(n*50, n*50+50, 1)...))
			_, err := j.Deliver(t.Context(), client)
			assert.NoError(t, err)
			_, err = j.Reconcile(t.Context(), client)
			assert.NoError(t, err)
		})
	}
	all.Wait()
	assert.Equal(t, counts{journal.Loaded: 200}, states(t, j))
	for range j.Entries() {
		break
	}
}
