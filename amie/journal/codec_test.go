package journal

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gophermeter/gophermeter/usage"
)

func TestLawRowsAndKeys(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		k := usage.Key{
			Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Resource: rapid.String().Draw(t, "resource"), LocalRecordID: rapid.String().Draw(t, "id"),
			Time: time.Unix(rapid.Int64Range(-62135596800, 253402300799).Draw(t, "seconds"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanos")).UTC(),
		}
		key := encodeKey(k)
		if got, err := decodeKey(key); err != nil || got != k {
			t.Fatalf("%v: %v, want %v", err, got, k)
		}
		r := row{
			state: rapid.SampledFrom(states).Draw(t, "state"), seq: rapid.Uint64().Draw(t, "seq"), batch: rapid.Uint64().Draw(t, "batch"),
			attempts: uint64(rapid.IntRange(0, 9).Draw(t, "attempts")), added: timeOf(rapid.Uint64Range(0, 1<<62).Draw(t, "added")),
			failed: rapid.SliceOf(rapid.Int64Range(1, 1<<62)).Draw(t, "failed"), problem: rapid.String().Draw(t, "problem"),
			record: rapid.SliceOf(rapid.Byte()).Draw(t, "record"),
		}
		b := r.encode(key)
		got, err := decodeRow(key, b)
		if err != nil || !bytes.Equal(got.encode(key), b) || got.problem != r.problem || got.state != r.state || !got.added.Equal(r.added) {
			t.Fatalf("%v: %+v, want %+v", err, got, r)
		}
		at := rapid.IntRange(0, len(b)-1).Draw(t, "at")
		b[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "flip"))
		if _, err := decodeRow(key, b); err == nil {
			t.Fatalf("a change of byte %d was not noticed", at)
		}
	})
}

// Whatever is in a file, looking at it neither panics nor hangs.
func FuzzFile(f *testing.F) {
	path := filepath.Join(f.TempDir(), "journal")
	j, err := Open(path)
	if err != nil {
		f.Fatal(err)
	}
	at := time.Date(2026, time.October, 2, 0, 0, 0, 0, time.UTC)
	if err := Add(j, usage.AdjustmentRecord{
		AdjustmentType: usage.Credit, StartTime: at, LocalProjectID: "p", LocalRecordID: "a", Resource: "r", Username: "u",
	}); err != nil {
		f.Fatal(err)
	}
	if err := j.Close(); err != nil {
		f.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	if err := check(bytes.NewReader(text), int64(len(text))); err != nil {
		f.Fatal(err)
	}
	f.Add(0, []byte{0}, 0, []byte{})
	f.Add(4096+56, []byte{255}, 0, []byte{1})
	f.Add(3*4096+8, []byte{1, 0, 255, 255}, 4*4096+12, []byte{7})
	f.Add(5*4096+16, []byte{1, 0, 0, 0, 255, 255, 255, 255}, 6*4096+8, []byte{1})
	f.Fuzz(func(_ *testing.T, at int, patch []byte, at2 int, patch2 []byte) {
		damaged := bytes.Clone(text)
		for at, patch := range map[int][]byte{at: patch, at2: patch2} {
			if at >= 0 {
				copy(damaged[at%len(damaged):], patch)
			}
		}
		_ = check(bytes.NewReader(damaged), int64(len(damaged)-max(0, at2)%4096/4095))
	})
}
