package amie_test

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/amie"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
	"github.com/gophermeter/gophermeter/usage"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// impatient repeats at once.
var impatient = amie.WithRetry(gophermeter.Retry{Base: time.Millisecond, Cap: 2 * time.Millisecond})

func newCloud(t testing.TB, opts ...fakecloud.Option) *fakecloud.Cloud {
	t.Helper()
	cloud := fakecloud.New(append([]fakecloud.Option{fakecloud.WithEmpty()}, opts...)...)
	t.Cleanup(cloud.Close)
	return cloud
}

// newClient is a client of a fake, on a transport of its own, for goleak.
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

// server answers on the transport, without a network.
type server struct {
	mu     sync.Mutex
	bodies [][]byte
	answer func(n int, r *http.Request, body []byte) (status int, text string)
}

func (s *server) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
		_ = r.Body.Close()
	}
	s.mu.Lock()
	s.bodies = append(s.bodies, body)
	n := len(s.bodies)
	s.mu.Unlock()
	status, text := http.StatusOK, `{"Message":"queued","ValidationFailedRecords":[]}`
	if s.answer != nil {
		status, text = s.answer(n, r, body)
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(bytes.NewBufferString(text)), Request: r}, nil
}

func served(t testing.TB, s *server, opts ...amie.Option) *amie.UsageClient {
	t.Helper()
	client, err := amie.NewUsageClient("EXAMPLE", "example-key",
		append([]amie.Option{impatient, amie.WithService(gophermeter.WithTransport(s))}, opts...)...)
	require.NoError(t, err)
	return client
}

var day = time.Date(2026, time.October, 2, 0, 0, 0, 0, time.UTC)

func job(n int) usage.ComputeRecord {
	return usage.ComputeRecord{
		Username: "alice", LocalProjectID: "p.abc", LocalRecordID: "job-" + strconv.Itoa(n), Resource: "res.example.access-ci.org",
		SubmitTime: day, StartTime: day.Add(time.Minute), EndTime: day.Add(time.Hour), Charge: decimal.New(int64(n), -3), NodeCount: 1,
	}
}

func jobs(from, to int) (all []usage.ComputeRecord) {
	for n := from; n < to; n++ {
		all = append(all, job(n))
	}
	return all
}

func credit(n int) usage.AdjustmentRecord {
	return usage.AdjustmentRecord{
		AdjustmentType: usage.Credit, Charge: decimal.New(5, 0), StartTime: day, LocalProjectID: "p.abc",
		LocalRecordID: "adj-" + strconv.Itoa(n), Resource: "res.example.access-ci.org", Username: "alice",
	}
}

func stored(n int) usage.StorageRecord {
	return usage.StorageRecord{
		Username: "alice", LocalProjectID: "p.abc", LocalRecordID: "st-" + strconv.Itoa(n), Resource: "store.example.access-ci.org",
		CollectionTime: day, Charge: decimal.New(125, -1),
	}
}

// posts are the messages that a cloud has been sent.
func posts(cloud *fakecloud.Cloud) (all []fakecloud.Request) {
	for _, r := range cloud.Requests() {
		if r.Method == http.MethodPost {
			all = append(all, r)
		}
	}
	return all
}
