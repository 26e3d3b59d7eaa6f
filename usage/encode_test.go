package usage_test

import (
	"encoding/json"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gophermeter/gophermeter/usage"
)

func TestComputeRecordAsItIsSent(t *testing.T) {
	t.Parallel()
	r := job()
	r.CPUCoreCount, r.Memory, r.JobName, r.Queue = 4, 1024, `<run> & "co" \ é`, "cpu"
	r.ParentRecordID, r.LocalReference = "job-0", "ref-1"
	r.EndTime = at("2026-10-02T03:30:15.25+02:00")
	r.Extra = []usage.Field{{Name: "Site", Value: json.RawMessage(`{"x":[1]}`)}}
	r.ExtraAttributes = []usage.Field{{Name: "GPUs", Value: json.RawMessage(`2`)}}
	text, err := json.Marshal(usage.MessageOf(r))
	require.NoError(t, err)
	// json.Marshal itself escapes < > &; what AppendJSON gives does not.
	assert.JSONEq(t, `{"UsageType":"Compute","Records":[{"Username":"alice","LocalProjectID":"p.abc","LocalRecordID":"job-1",
		"Resource":"res.example.access-ci.org","SubmitTime":"2026-10-01T23:59:00Z","StartTime":"2026-10-02T00:00:00Z",
		"EndTime":"2026-10-02T01:30:15.25Z","Charge":"2.5","Attributes":{"NodeCount":1,"CpuCoreCount":4,
		"JobName":"<run> & \"co\" \\ é","Memory":1024,"Queue":"cpu","GPUs":2},"ParentRecordID":"job-0",
		"LocalReference":"ref-1","Site":{"x":[1]}}]}`, string(text))
	raw, err := r.AppendJSON([]byte("before"))
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(string(raw), `before{"Username":"alice"`))
	assert.Contains(t, string(raw), `"<run> & \"co\" \\ é"`)
}

func TestStorageRecordHasAttributesEvenWhenEmpty(t *testing.T) {
	t.Parallel()
	r := store()
	text, err := r.AppendJSON(nil)
	require.NoError(t, err)
	assert.Contains(t, string(text), `"Attributes":{"BytesStored":12500000000}`)
	r.BytesStored = nil
	text, err = r.AppendJSON(nil)
	require.NoError(t, err)
	assert.Contains(t, string(text), `"Attributes":{}`)
	r.FilesRead, r.MediaType = new(int64(0)), "Disk"
	text, err = r.AppendJSON(nil)
	require.NoError(t, err)
	assert.Contains(t, string(text), `"Attributes":{"FilesRead":0,"MediaType":"Disk"}`)
}

func TestChargeKeepsItsDigits(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"0": "0", "2.5": "2.5", "2.500000": "2.500000", "5.0": "5.0", "-0.001": "-0.001", "0.00": "0.00", "1e3": "1000", "100": "100",
		"1e-7": "0.0000001", "12345678901234567890.123456": "12345678901234567890.123456", "0.000000000000000001": "0.000000000000000001",
		"999999999999999999": "999999999999999999", "9999999999999999999": "9999999999999999999", "-1000000000000000000": "-1000000000000000000",
	} {
		r := credit()
		r.Charge = dec(given)
		text, err := r.AppendJSON(nil)
		require.NoError(t, err)
		assert.Contains(t, string(text), `"Charge":"`+want+`"`)
	}
}

func TestWhatJSONCannotSayIsAnError(t *testing.T) {
	t.Parallel()
	for field, r := range map[string]usage.AdjustmentRecord{
		"Charge":    {Charge: decimal.New(1, 999_999_999)},
		"StartTime": {StartTime: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)},
		"Extra":     {Extra: []usage.Field{{Name: "Charge", Value: json.RawMessage("1")}}},
	} {
		_, err := r.AppendJSON(nil)
		require.Error(t, err)
		assert.Contains(t, err.Error(), field)
		text, err := json.Marshal(usage.MessageOf(credit(), r))
		require.ErrorContains(t, err, "record 1: "+field)
		assert.Nil(t, text)
	}
	r := usage.AdjustmentRecord{Extra: []usage.Field{{Name: "x", Value: json.RawMessage("{")}}}
	_, err := r.AppendJSON(nil)
	require.ErrorContains(t, err, `"x" is not JSON`)
}

// What is written is what encoding/json writes, value for value.
func TestLawTextTimeAndNumber(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := credit()
		r.Comment = rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }), rapid.SampledFrom([]string{"\xff12345678", "\x00\x1f\x7f\u2028<>&\"\\"})).Draw(t, "comment")
		r.StartTime = time.Unix(rapid.Int64Range(-62135596800, 253402300799).Draw(t, "seconds"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanos")).
			In(time.FixedZone("", rapid.IntRange(-50000, 50000).Draw(t, "zone")))
		r.Charge = decimal.NewFromBigInt(new(big.Int).SetBytes(rapid.SliceOfN(rapid.Byte(), 0, 12).Draw(t, "digits")), int32(rapid.IntRange(-25, 5).Draw(t, "exponent")))
		text, err := r.AppendJSON(nil)
		if err != nil {
			t.Fatal(err)
		}
		var got struct{ Comment, StartTime, Charge string }
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if want := strings.ToValidUTF8(r.Comment, "\uFFFD"); got.Comment != want && utf8.ValidString(r.Comment) {
			t.Fatalf("comment %q, want %q", got.Comment, want)
		}
		if want := r.StartTime.UTC().Format(time.RFC3339Nano); got.StartTime != want {
			t.Fatalf("time %s, want %s", got.StartTime, want)
		}
		if want := r.Charge.StringFixed(max(0, -r.Charge.Exponent())); got.Charge != want {
			t.Fatalf("charge %s, want %s", got.Charge, want)
		}
	})
}

func TestEncodingAllocatesNothing(t *testing.T) { //nolint:paralleltest // counts allocations of the process
	r := job()
	r.JobName, r.LocalReference, r.Charge = "naïve-☃", "ref", dec("999999999999.999999")
	buf := make([]byte, 0, 4096)
	assert.Zero(t, testing.AllocsPerRun(1000, func() { buf, _ = r.AppendJSON(buf[:0]) }))
	s := store()
	assert.Zero(t, testing.AllocsPerRun(1000, func() { buf, _ = s.AppendJSON(buf[:0]) }))
	a := credit()
	a.Charge = decimal.New(math.MaxInt64/10, -18)
	assert.Zero(t, testing.AllocsPerRun(1000, func() { buf, _ = a.AppendJSON(buf[:0]) }))
}

func BenchmarkComputeRecord(b *testing.B) {
	r := job()
	r.CPUCoreCount, r.Queue, r.LocalReference = 4, "cpu", "ref-1"
	buf := make([]byte, 0, 4096)
	b.ReportAllocs()
	for b.Loop() {
		buf, _ = r.AppendJSON(buf[:0])
	}
}
