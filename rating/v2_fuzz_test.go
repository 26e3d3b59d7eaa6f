package rating

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"

	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// seeds adds the recorded bodies of these names.
func seeds(f *testing.F, pattern string) {
	f.Helper()
	files, _ := filepath.Glob(filepath.Join("testdata", pattern))
	if len(files) == 0 {
		f.Fatal("no recordings of " + pattern)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
}

// What is accepted is JSON, complete, and says what its points say.
func FuzzDecodePoints(f *testing.F) {
	seeds(f, "v2-dataframes*.json")
	f.Fuzz(func(t *testing.T, text []byte) {
		page, err := decodePoints(jsonstream.NewBytes(bytes.Clone(text)), projectKeys)
		if err != nil {
			return
		}
		for i := range page.frames {
			p := &page.frames[i]
			if !p.Period.End.After(p.Period.Start) || page.groups[i] > len(p.Attributes) {
				t.Errorf("%+v", p)
			}
			if p.ProjectID != "" && p.Attributes.Get("project_id") != p.ProjectID && p.Attributes.Get("tenant_id") != p.ProjectID {
				t.Errorf("project %q of %v", p.ProjectID, p.Attributes)
			}
		}
		_ = page.points()
		if live, err := decodePoints(jsonstream.New(iotest.HalfReader(bytes.NewReader(text))), projectKeys); err != nil || len(live.frames) != len(page.frames) {
			t.Error("read in another way while it arrives", err)
		}
		if _, err := decodePoints(jsonstream.NewBytes(text[:len(bytes.TrimRight(text, " \t\r\n"))-1]), projectKeys); err == nil {
			t.Error("accepted without its last byte")
		}
	})
}

// A live body is read as one in memory is, whole or not at all beyond its error.
func FuzzFramesOfV1(f *testing.F) {
	seeds(f, "v1-dataframes*.json")
	f.Fuzz(func(t *testing.T, text []byte) {
		n := 0
		for frame, err := range framesOf(bytes.NewReader(text), projectKeys) {
			if err != nil {
				return
			}
			if !frame.Period.End.After(frame.Period.Start) {
				t.Errorf("%+v", frame)
			}
			n++
		}
		left := max(n-1, 0)
		for _, err := range framesOf(bytes.NewReader(text), projectKeys) {
			if left--; err != nil || left <= 0 {
				break // the consumer may leave at any frame
			}
		}
	})
}

func FuzzDecodeSummary(f *testing.F) {
	seeds(f, "v2-summary*.json")
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, custom := range []bool{false, true} {
			rows, _, err := decodeSummary(bytes.Clone(text), []string{"type"}, custom)
			if err != nil {
				continue
			}
			if !json.Valid(text) && bytes.IndexByte(text, 0xff) < 0 && json.Valid(bytes.ToValidUTF8(text, []byte("?"))) {
				t.Error("not JSON")
			}
			for i := range rows {
				if !rows[i].Window.End.After(rows[i].Window.Start) {
					t.Errorf("%+v", rows[i])
				}
			}
		}
	})
}
