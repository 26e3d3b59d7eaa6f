package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptrace"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/amie"
	"github.com/gophermeter/gophermeter/usage"
)

// In MB.
const (
	amiePeak   = 32 // of sending any number of records as a stream
	amieGrowth = 5  // of a million records over ten thousand
)

// amieChunk is about what a message of the AMIE client has.
const amieChunk = 192 << 10

var _ = register(suite{
	jobs: []job{
		{name: "amie-ours", shape: rows1M, run: encodeUsage},
		{name: "amie-encoding-json", shape: rows1M, run: encodeUsageStandard},
		{name: "amie-send-10k", shape: rows10k, run: sendUsage},
		{name: "amie-send-1M", shape: rows1M, run: sendUsage},
	},
	lines: []comparison{
		{name: "AMIE encoding, 1 M records: CPU against encoding/json", of: cpu, ours: "amie-ours", theirs: "amie-encoding-json", target: 1.0 / 4, moonshot: 1.0 / 10},
		{name: "AMIE stream, 1 M records: peak RSS", of: rss, ours: "amie-send-1M", target: amiePeak},
		{name: "AMIE stream, 10 k to 1 M records: growth of RSS", of: rss, ours: "amie-send-1M", base: "amie-send-10k", target: amieGrowth},
	},
})

// usageRecord is the nth record of a month of jobs, with everything that sites are known to send.
func usageRecord(n int) usage.ComputeRecord {
	submitted := time.Date(2026, time.September, 1, 0, 0, n%2_500_000, 0, time.UTC)
	return usage.ComputeRecord{
		Username: "user" + strconv.Itoa(n%300), LocalProjectID: "p.abc" + strconv.Itoa(n%40), LocalRecordID: "job-" + strconv.Itoa(n),
		Resource: "jetstream2.indiana.xsede.org", SubmitTime: submitted, StartTime: submitted.Add(97 * time.Second),
		EndTime: submitted.Add(3 * time.Hour), Charge: decimal.New(int64(n)*7919, -6), NodeCount: 1, CPUCoreCount: 16,
		JobName: "relax_" + strconv.Itoa(n%1000), Queue: "cpu", LocalReference: strconv.Itoa(n),
	}
}

// usageRecords are a page of records, so that making them is not what is measured.
func usageRecords(size int) []usage.ComputeRecord {
	all := make([]usage.ComputeRecord, size)
	for i := range all {
		all[i] = usageRecord(i)
	}
	return all
}

// encodeUsage encodes records into chunks as they are sent. An allocation a record would be an error.
func encodeUsage(_ context.Context, t target) (rows int, err error) {
	records := usageRecords(t.size)
	buf := make([]byte, 0, amieChunk+4096)
	total := 0
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range t.pages {
		for i := range records {
			if len(buf) > amieChunk {
				total += len(buf)
				buf = buf[:0]
			}
			if buf, err = records[i].AppendJSON(append(buf, ',')); err != nil {
				return 0, err
			}
			rows++
		}
	}
	runtime.ReadMemStats(&after)
	if made := after.Mallocs - before.Mallocs; made > uint64(rows/100+1000) {
		return 0, fmt.Errorf("%d allocations for %d records", made, rows)
	}
	return rows, worked(float64(total + len(buf)))
}

// computeJSON is the record as one would write it for encoding/json.
type computeJSON struct {
	Username       string
	LocalProjectID string
	LocalRecordID  string
	Resource       string
	SubmitTime     time.Time
	StartTime      time.Time
	EndTime        time.Time
	Charge         decimal.Decimal
	Attributes     attributesJSON
	ParentRecordID string `json:",omitempty"`
	LocalReference string `json:",omitempty"`
}

type attributesJSON struct {
	NodeCount    int64
	CPUCoreCount int64  `json:"CpuCoreCount,omitempty"`
	JobName      string `json:",omitempty"`
	Memory       int64  `json:",omitempty"`
	Queue        string `json:",omitempty"`
}

func encodeUsageStandard(_ context.Context, t target) (rows int, err error) {
	records := make([]computeJSON, t.size)
	for i, r := range usageRecords(t.size) {
		records[i] = computeJSON{
			Username: r.Username, LocalProjectID: r.LocalProjectID, LocalRecordID: r.LocalRecordID, Resource: r.Resource,
			SubmitTime: r.SubmitTime, StartTime: r.StartTime, EndTime: r.EndTime, Charge: r.Charge,
			Attributes:     attributesJSON{NodeCount: r.NodeCount, CPUCoreCount: r.CPUCoreCount, JobName: r.JobName, Queue: r.Queue},
			LocalReference: r.LocalReference,
		}
	}
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	total := 0
	for range t.pages {
		for i := range records {
			if buf.Len() > amieChunk {
				total += buf.Len()
				buf.Reset()
			}
			if err := e.Encode(&records[i]); err != nil {
				return 0, err
			}
			rows++
		}
	}
	return rows, worked(float64(total + buf.Len()))
}

// sendUsage sends records as a stream, to nowhere.
func sendUsage(ctx context.Context, t target) (rows int, err error) {
	client, err := amie.NewUsageClient("BENCH", "bench-key", amie.WithService(gophermeter.WithTransport(nowhere{})))
	if err != nil {
		return 0, err
	}
	for chunk, err := range amie.SendSeq(ctx, client, stream(t.rows())) {
		if err != nil {
			return 0, err
		}
		rows += chunk.Validated()
	}
	return rows, nil
}

// stream gives the same records again and again, each time of another second.
func stream(n int) iter.Seq2[usage.ComputeRecord, error] {
	records := usageRecords(1000)
	return func(yield func(usage.ComputeRecord, error) bool) {
		for i := range n {
			r := records[i%len(records)]
			r.SubmitTime = r.SubmitTime.Add(-time.Duration(i) * time.Second)
			if !yield(r, nil) {
				return
			}
		}
	}
}

// nowhere takes every message, and tells of its phases as the transport of net/http does.
type nowhere struct{}

func (nowhere) RoundTrip(r *http.Request) (*http.Response, error) {
	trace := httptrace.ContextClientTrace(r.Context())
	trace.GetConn(r.URL.Host)
	trace.GotConn(httptrace.GotConnInfo{})
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return nil, err
	}
	_ = r.Body.Close()
	trace.WroteRequest(httptrace.WroteRequestInfo{})
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
		Body: io.NopCloser(strings.NewReader(`{"Message":"queued","ValidationFailedRecords":[]}`)),
	}, nil
}
