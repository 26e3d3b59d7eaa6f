package rating

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// seedsV1 adds the recorded bodies of version 1.
func seedsV1(f *testing.F) {
	f.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "v1", "*.json"))
	require.NoError(f, err)
	require.NotEmpty(f, files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(f, err)
		var pair struct{ Body json.RawMessage }
		require.NoError(f, json.Unmarshal(text, &pair))
		f.Add([]byte(pair.Body))
	}
}

// What the frames of a body say is what another decoder finds in it, however it arrives.
func FuzzStorageFrames(f *testing.F) {
	seedsV1(f)
	f.Add([]byte(`{"dataframes": [{"resources": [{"desc": {"a": 1e3, "b": null, "c": [{}]}, "rating": 1e-05, "volume": "1E+1"}, {}]}, {}]}`))
	f.Add([]byte(`{"x": 1, "dataframes": [{"tenant_id": "__UNDEF__", "resources": [{}]}, {"resources": null}]} `))
	f.Fuzz(func(t *testing.T, text []byte) {
		frames, err := collectFrames(text, false)
		live, liveErr := collectFrames(text, true)
		require.Equal(t, err == nil, liveErr == nil, "%v / %v", err, liveErr)
		require.Equal(t, frames, live)
		var want struct {
			Frames []struct {
				Resources []struct {
					Service jsontext.Value `json:"service"`
					Desc    map[string]any `json:"desc"`
					Rest    map[string]any `json:",inline"`
				} `json:"resources"`
				Rest map[string]any `json:",inline"`
			} `json:"dataframes"`
		}
		if err != nil || jsonv2.Unmarshal(text, &want, jsontext.AllowInvalidUTF8(true)) != nil {
			return // a name that comes twice is an error there
		}
		require.Len(t, frames, len(want.Frames))
		for i := range frames {
			require.Len(t, frames[i].Resources, len(want.Frames[i].Resources))
			for j := range frames[i].Resources {
				got := frames[i].Resources[j].Attributes
				desc := want.Frames[i].Resources[j].Desc
				require.Len(t, got, len(desc))
				for name, value := range desc {
					if text, ok := value.(string); ok {
						require.Equal(t, text, got.Get(name))
					}
				}
			}
		}
	})
}

func collectFrames(text []byte, slow bool) (all []StorageDataFrame, err error) {
	var body = bytes.NewReader(text)
	if slow {
		for frame, err := range readStorageFrames(iotest.OneByteReader(body)) {
			if err != nil {
				return all, err
			}
			all = append(all, frame)
		}
		return all, nil
	}
	for frame, err := range readStorageFrames(body) {
		if err != nil {
			return all, err
		}
		all = append(all, frame)
	}
	return all, nil
}

// No answer makes any decoder of version 1 panic, and what is accepted is a whole document.
func FuzzAnswersOfV1(f *testing.F) {
	seedsV1(f)
	f.Add([]byte(`{"metrics": {"a": [{"factor": 1.50, "extra_args": {"x": [1]}}], "b": {"groupby": null}}}`))
	f.Add([]byte(`"1E-7"`))
	f.Fuzz(func(t *testing.T, text []byte) {
		whole := func(err error) {
			if err == nil && !json.Valid(text) {
				t.Error("accepted what is no JSON")
			}
		}
		_, err := decode(text, readDecimal)
		whole(err)
		_, err = decode(text, readConfig)
		whole(err)
		_, err = decode(text, readModule)
		whole(err)
		_, err = decode(text, readCollectorInfo)
		whole(err)
		_, err = decode(text, func(r *jsonstream.Reader) ([]Metric, error) { return elements(r, readMetric, "metrics", "services") })
		whole(err)
		_, err = decode(text, func(r *jsonstream.Reader) ([]CollectorMapping, error) {
			return elements(r, readCollectorMapping, "mappings")
		})
		whole(err)
		_, err = decode(text, func(r *jsonstream.Reader) ([]ReportSummary, error) {
			return elements(r, ReportOptions{}.readSummary, "summary")
		})
		whole(err)
	})
}
