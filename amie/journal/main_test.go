package journal_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/amie"
	"github.com/gophermeter/gophermeter/amie/journal"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
	"github.com/gophermeter/gophermeter/usage"
)

// TestMain is also the program that is killed; see crash_test.go.
func TestMain(m *testing.M) {
	if plan := os.Getenv(childVariable); plan != "" {
		os.Exit(child(plan))
	}
	goleak.VerifyTestMain(m)
}

// impatient repeats at once.
var impatient = amie.WithRetry(gophermeter.Retry{Base: time.Millisecond, Cap: 2 * time.Millisecond})

// newCloud has the time of this machine, like a journal.
func newCloud(t testing.TB, opts ...fakecloud.Option) *fakecloud.Cloud {
	t.Helper()
	cloud := fakecloud.New(append([]fakecloud.Option{
		fakecloud.WithEmpty(), fakecloud.WithClock(time.Now), fakecloud.WithAMIELoadDelay(0),
	}, opts...)...)
	t.Cleanup(cloud.Close)
	return cloud
}

func newClient(t testing.TB, cloud *fakecloud.Cloud, opts ...amie.Option) *amie.UsageClient {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	client, err := amie.NewUsageClient(fakecloud.AMIESite, fakecloud.AMIEKey, append([]amie.Option{
		amie.WithBaseURL(cloud.AMIEURL()), impatient, amie.WithService(gophermeter.WithTransport(transport)),
	}, opts...)...)
	require.NoError(t, err)
	return client
}

// open opens a journal that asks for errors at once.
func open(t testing.TB, path string) *journal.Journal {
	t.Helper()
	j, err := journal.Open(path, journal.WithSettling(-1))
	require.NoError(t, err)
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func newPath(t testing.TB) string { return filepath.Join(t.TempDir(), "usage.journal") }

var day = time.Date(2026, time.October, 2, 0, 0, 0, 0, time.UTC)

func job(n int, charge int64) usage.ComputeRecord {
	return usage.ComputeRecord{
		Username: "alice", LocalProjectID: "p.abc", LocalRecordID: usage.RecordID("job", strconv.Itoa(n)), Resource: "res.example.access-ci.org",
		SubmitTime: day, StartTime: day.Add(time.Minute), EndTime: day.Add(time.Hour), Charge: decimal.New(charge, 0), NodeCount: 1,
		LocalReference: "row " + strconv.Itoa(n),
	}
}

func jobs(from, to int, charge int64) (all []usage.ComputeRecord) {
	for n := from; n < to; n++ {
		all = append(all, job(n, charge))
	}
	return all
}

func credit(n int) usage.AdjustmentRecord {
	return usage.AdjustmentRecord{
		AdjustmentType: usage.Credit, Charge: decimal.New(5, 0), StartTime: day, LocalProjectID: "p.abc",
		LocalRecordID: usage.RecordID("adj", strconv.Itoa(n)), Resource: "res.example.access-ci.org", Username: "alice",
	}
}

func stored(n int) usage.StorageRecord {
	return usage.StorageRecord{
		Username: "alice", LocalProjectID: "p.abc", LocalRecordID: usage.RecordID("st", strconv.Itoa(n)), Resource: "store.example.access-ci.org",
		CollectionTime: day, Charge: decimal.New(125, -1),
	}
}

// states are how many records there are of each.
func states(t testing.TB, j *journal.Journal) map[journal.State]int {
	t.Helper()
	counts, err := j.Counts()
	require.NoError(t, err)
	return counts
}
