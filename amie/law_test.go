package amie_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/gophermeter/gophermeter/amie"
	"github.com/gophermeter/gophermeter/usage"
)

// drawJobs are records of all sizes: a few bytes of job name, or thousands.
func drawJobs(t *rapid.T) (all []usage.ComputeRecord) {
	for n := range rapid.IntRange(0, 120).Draw(t, "records") {
		r := job(n)
		r.JobName = rapid.OneOf(rapid.StringMatching(`[a-z"\\é<]{0,40}`), rapid.StringMatching(`x{1,900}`)).Draw(t, "name")
		all = append(all, r)
	}
	return all
}

type sentMessage struct {
	UsageType string
	Records   []json.RawMessage
}

// checkChunks holds what was sent to the laws of chunking.
func checkChunks(t *rapid.T, bodies [][]byte, records []usage.ComputeRecord, maxBytes, maxRecords int) {
	t.Helper()
	var order []string
	for i, body := range bodies {
		var m sentMessage
		if err := json.Unmarshal(body, &m); err != nil || m.UsageType != "Compute" {
			t.Fatalf("%v: %s", err, body)
		}
		if len(body) > maxBytes || len(m.Records) > maxRecords {
			t.Fatalf("chunk %d has %d bytes and %d records; at most %d and %d", i, len(body), len(m.Records), maxBytes, maxRecords)
		}
		for _, raw := range m.Records {
			var r usage.ComputeRecord
			if err := json.Unmarshal(raw, &r); err != nil {
				t.Fatal(err)
			}
			order = append(order, r.LocalRecordID)
		}
		if i < len(bodies)-1 && len(m.Records) < maxRecords {
			next, _ := records[len(order)].AppendJSON(nil)
			if len(body)+1+len(next) <= maxBytes {
				t.Fatalf("chunk %d has %d bytes, and the next record of %d would have fitted", i, len(body), len(next))
			}
		}
	}
	if len(order) != len(records) {
		t.Fatalf("%d of %d records", len(order), len(records))
	}
	for i, id := range order {
		if id != "job-"+strconv.Itoa(i) {
			t.Fatalf("record %d is %s", i, id)
		}
	}
}

// No chunk over the cap, no record lost, the order kept, no chunk that could have held one more.
func TestLawChunks(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		records := drawJobs(rt)
		maxBytes := rapid.IntRange(1200, 20_000).Draw(rt, "bytes")
		maxRecords := rapid.IntRange(1, 60).Draw(rt, "most")
		s := &server{}
		client := served(t, s, amie.WithMaxBytes(maxBytes), amie.WithMaxRecords(maxRecords))
		fits := true
		for _, r := range records {
			text, _ := r.AppendJSON(nil)
			fits = fits && len(text)+len(`{"UsageType":"Compute","Records":[]}`) <= maxBytes
		}
		report, err := client.Send(context.Background(), usage.MessageOf(records...))
		if !fits {
			var all usage.FieldErrors
			if !errors.As(err, &all) || len(s.bodies) != 0 || len(report.Chunks) != 0 {
				rt.Fatalf("a record too large for any chunk: %v, %d requests", err, len(s.bodies))
			}
			return
		}
		if err != nil {
			rt.Fatal(err)
		}
		checkChunks(rt, s.bodies, records, maxBytes, maxRecords)
		if report.Validated() != len(records) || report.Count(amie.Accepted) != len(records) {
			rt.Fatalf("%d validated of %d", report.Validated(), len(records))
		}
		first := 0
		for i, c := range report.Chunks {
			if c.First != first || c.Bytes != len(s.bodies[i]) {
				rt.Fatalf("chunk %d is %+v", i, c)
			}
			first += c.Count
		}

		// The stream sends the same.
		again := &server{}
		client = served(t, again, amie.WithMaxBytes(maxBytes), amie.WithMaxRecords(maxRecords))
		for _, err := range amie.SendSeq(context.Background(), client, each(records)) {
			if err != nil {
				rt.Fatal(err)
			}
		}
		if len(again.bodies) != len(s.bodies) {
			rt.Fatalf("%d chunks in a stream, %d in a message", len(again.bodies), len(s.bodies))
		}
		for i := range s.bodies {
			if !bytes.Equal(again.bodies[i], s.bodies[i]) {
				rt.Fatalf("chunk %d differs", i)
			}
		}
	})
}

// A service with smaller limits than ours gets every record once, in order, whatever it calls too large.
func TestLawHalves(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		records := drawJobs(rt)
		theirs := rapid.IntRange(1600, 8000).Draw(rt, "their bytes")
		var taken []string
		s := &server{answer: func(_ int, _ *http.Request, body []byte) (int, string) {
			if len(body) > theirs {
				return http.StatusRequestEntityTooLarge, "<html><title>413</title></html>"
			}
			var m sentMessage
			_ = json.Unmarshal(body, &m)
			for _, raw := range m.Records {
				var r usage.ComputeRecord
				_ = json.Unmarshal(raw, &r)
				taken = append(taken, r.LocalRecordID)
			}
			return http.StatusOK, `{"Message":"ok"}`
		}}
		report, err := served(t, s, amie.WithMaxBytes(30_000)).Send(context.Background(), usage.MessageOf(records...))
		if err != nil {
			rt.Fatal(err)
		}
		for i, id := range taken {
			if id != "job-"+strconv.Itoa(i) {
				rt.Fatalf("record %d is %s", i, id)
			}
		}
		if len(taken) != len(records) || report.Validated() != len(records) {
			rt.Fatalf("%d taken, %d validated of %d", len(taken), report.Validated(), len(records))
		}
	})
}

func each[R any](records []R) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// At the default caps the bytes bind first, as far as records are of the usual size.
func TestDefaultChunks(t *testing.T) {
	t.Parallel()
	s := &server{}
	records := jobs(0, 5000)
	if _, err := served(t, s).Send(t.Context(), usage.MessageOf(records...)); err != nil {
		t.Fatal(err)
	}
	largest := 0
	for _, body := range s.bodies {
		largest = max(largest, len(body))
	}
	if one, _ := records[0].AppendJSON(nil); largest > 192<<10 || largest < 192<<10-len(one)-8 {
		t.Fatalf("the largest of %d chunks has %d bytes", len(s.bodies), largest)
	}
	if strings.Contains(string(s.bodies[0]), " ") {
		t.Fatal("there are spaces in it")
	}
}
