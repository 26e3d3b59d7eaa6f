package journal_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/amie"
	"github.com/gophermeter/gophermeter/amie/journal"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// A journal that was tried on a test server says nothing of what the real one was told, and the other way round.
func TestJournalIsOfOneService(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	path := newPath(t)
	j := open(t, path)
	require.NoError(t, journal.Add(j, jobs(0, 2, 1)...))
	_, err := j.Reconcile(t.Context(), newClient(t, cloud))
	require.NoError(t, err, "nothing was sent, and it is nobody's yet")
	_, err = j.Deliver(t.Context(), newClient(t, cloud))
	require.NoError(t, err)
	require.NoError(t, journal.Add(j, job(2, 1)))
	require.NoError(t, j.Close())

	j = open(t, path)
	before := len(cloud.Requests())
	otherSite, err := amie.NewUsageClient("OTHER", fakecloud.AMIEKey, amie.WithBaseURL(cloud.AMIEURL()))
	require.NoError(t, err)
	otherServer, err := amie.NewUsageClient(fakecloud.AMIESite, fakecloud.AMIEKey, amie.WithBaseURL(cloud.AMIEURL()+"_test"))
	require.NoError(t, err)
	for _, client := range []*amie.UsageClient{otherSite, otherServer} {
		d, err := j.Deliver(t.Context(), client)
		require.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
		require.ErrorContains(t, err, "and the journal of EXAMPLE at 127.0.0.1/amie/api/v1")
		assert.Zero(t, d)
		_, err = j.Reconcile(t.Context(), client)
		require.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
	}
	assert.Len(t, cloud.Requests(), before)
	assert.Equal(t, counts{journal.Submitted: 2, journal.Pending: 1}, states(t, j))
	d, err := j.Deliver(t.Context(), newClient(t, newCloud(t)))
	require.NoError(t, err, "of another port")
	assert.Equal(t, 1, d.Submitted)
}

// A failure that nobody had asked for when its record was restated is not one of the restatement, and is cleared with it.
func TestFailureOfAnEarlierVersion(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	ahead.Store(int64(-3 * time.Minute))
	cloud := newCloud(t, fakecloud.WithAMIELoadDelay(time.Minute), fakecloud.WithClock(func() time.Time {
		return time.Now().Add(time.Duration(ahead.Load()))
	}))
	cloud.SetAMIELoader(func(r fakecloud.AMIERecord) string {
		if r.LocalProjectID == "p.abc" {
			return "no allocation"
		}
		return ""
	})
	client := newClient(t, cloud)
	j := open(t, newPath(t))
	require.NoError(t, journal.Add(j, jobs(0, 2, 1)...))
	_, err := j.Deliver(t.Context(), client)
	require.NoError(t, err)
	ahead.Store(int64(-90 * time.Second))
	assert.Empty(t, cloud.AMIERecords(), "both have failed by now")
	ahead.Store(0)

	mended := job(1, 1)
	mended.LocalProjectID = "p.xyz"
	require.NoError(t, journal.Add(j, mended))
	d, err := j.Deliver(t.Context(), client)
	require.NoError(t, err)
	assert.Equal(t, journal.Delivery{Submitted: 1, Cleared: 1}, d)
	r, err := j.Reconcile(t.Context(), client)
	require.NoError(t, err)
	assert.Equal(t, journal.Reconciliation{Failed: 1, Open: 1}, r, "the first has failed, and the second is queued")
	ahead.Store(int64(2 * time.Minute))
	r, err = j.Reconcile(t.Context(), client)
	require.NoError(t, err)
	assert.Equal(t, journal.Reconciliation{Loaded: 1}, r)

	require.NoError(t, j.Requeue(job(0, 1).Key()))
	cloud.Inject(fakecloud.Fault{PathContains: "failed", Status: 403})
	d, err = j.Deliver(t.Context(), client)
	require.ErrorIs(t, err, gophermeter.ErrForbidden)
	assert.Equal(t, journal.Delivery{Submitted: 1, Cleared: 1}, d, "sent all the same")
}

// Where a service refuses a list of ids for one that it does not know, the others are cleared all the same.
func TestFailuresAreClearedOneByOne(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	cloud.SetAMIELoader(func(fakecloud.AMIERecord) string { return "no allocation" })
	client := newClient(t, cloud)
	j := open(t, newPath(t))
	require.NoError(t, journal.Add(j, jobs(0, 3, 1)...))
	_, err := j.Deliver(t.Context(), client)
	require.NoError(t, err)
	_, err = j.Reconcile(t.Context(), client)
	require.NoError(t, err)
	cloud.SetAMIELoader(func(fakecloud.AMIERecord) string { return "" })
	for n := range 3 {
		require.NoError(t, j.Requeue(job(n, 1).Key()))
	}
	cloud.Inject(fakecloud.Fault{Method: http.MethodDelete, PathContains: ",", Status: 404})
	d, err := j.Deliver(t.Context(), client)
	require.NoError(t, err)
	assert.Equal(t, journal.Delivery{Submitted: 3, Cleared: 3}, d)
	failed, err := client.FailedRecords(t.Context())
	require.NoError(t, err)
	assert.Empty(t, failed)
}

// An adjustment that was forgotten and came again would count twice.
func TestAdjustmentsAreNotForgotten(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	client := newClient(t, cloud)
	j := open(t, newPath(t))
	require.NoError(t, journal.Add(j, credit(1)))
	require.NoError(t, journal.Add(j, job(1, 1)))
	_, err := j.Deliver(t.Context(), client)
	require.NoError(t, err)
	require.NoError(t, j.Resolve(credit(1).Key(), journal.Loaded))
	require.NoError(t, j.Resolve(job(1, 1).Key(), journal.Loaded))
	n, err := j.Prune(time.Now().Add(time.Hour))
	require.NoError(t, err)
	assert.Equal(t, 1, n)
	require.NoError(t, journal.Add(j, credit(1)))
	_, err = j.Deliver(t.Context(), client)
	require.NoError(t, err)
	total := decimal.Zero
	for _, r := range cloud.AMIERecords() {
		if strings.HasPrefix(r.LocalRecordID, "adj") {
			total = total.Add(decimal.RequireFromString(r.Charge))
		}
	}
	assert.Equal(t, "5", total.String())
}

// A record that is returned twice, for two reasons, is one failure with both.
func TestReturnedForTwoReasons(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	const one = `{"UsageType":"Compute","LocalRecordID":"job:1","Resource":"res.example.access-ci.org","Error":`
	cloud.Inject(fakecloud.Fault{Method: http.MethodPost, Status: 200, Body: `{"Message":"","FailedRecords":[` + one + `"no user","FailedRecordID":7},` +
		one + `"no allocation","FailedRecordID":8}]}`})
	j := open(t, newPath(t))
	require.NoError(t, journal.Add(j, jobs(0, 3, 1)...))
	d, err := j.Deliver(t.Context(), newClient(t, cloud))
	require.NoError(t, err)
	assert.Equal(t, journal.Delivery{Submitted: 2, Failed: 1}, d)
	e, err := j.Entry(job(1, 1).Key())
	require.NoError(t, err)
	assert.Equal(t, "no user; no allocation", e.Error)
	assert.Equal(t, []int64{7, 8}, e.FailedIDs)
}

// What was loaded before a record was restated is the earlier version, though it costs the same.
func TestLoadedOfAnEarlierVersion(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	ahead.Store(int64(-3 * time.Minute))
	cloud := newCloud(t, fakecloud.WithAMIELoadDelay(time.Minute), fakecloud.WithClock(func() time.Time {
		return time.Now().Add(time.Duration(ahead.Load()))
	}))
	client := newClient(t, cloud)
	j := open(t, newPath(t))
	require.NoError(t, journal.Add(j, job(1, 1)))
	_, err := j.Deliver(t.Context(), client)
	require.NoError(t, err)
	ahead.Store(int64(-90 * time.Second))
	assert.Len(t, cloud.AMIERecords(), 1)
	ahead.Store(0)
	mended := job(1, 1)
	mended.LocalProjectID = "p.xyz"
	require.NoError(t, journal.Add(j, mended))
	_, err = j.Deliver(t.Context(), client)
	require.NoError(t, err)
	for _, want := range []journal.Reconciliation{{Open: 1}, {Loaded: 1}} {
		r, err := j.Reconcile(t.Context(), client)
		require.NoError(t, err)
		assert.Equal(t, want, r)
		ahead.Store(int64(2 * time.Minute))
	}
}
