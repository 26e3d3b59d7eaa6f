package meter

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// recordings are answers of real services.
func recordings(f *testing.F, prefix ...string) {
	f.Helper()
	for _, p := range prefix {
		files, err := filepath.Glob(filepath.Join("testdata", p+"*.json"))
		require.NoError(f, err)
		require.NotEmpty(f, files)
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(f, err)
			f.Add(text)
		}
	}
}

// rows reads a whole list.
func rows[T any](r *jsonstream.Reader, read row[T]) (all []T, err error) {
	for v, err := range jsonstream.Elements(r, "", read(r)) {
		if err != nil {
			return all, err
		}
		all = append(all, v)
	}
	return all, nil
}

// sameLive wants a document to give the same, whether it is in memory or arrives in pieces.
func sameLive[T any](t *testing.T, document []byte, read row[T]) []T {
	t.Helper()
	before := bytes.Clone(document)
	all, err := rows(jsonstream.NewBytes(document), read)
	require.Equal(t, before, document)
	live, liveErr := rows(jsonstream.New(iotest.HalfReader(bytes.NewReader(document))), read)
	require.Equal(t, all, live)
	require.Equal(t, err == nil, liveErr == nil, "%v / %v", err, liveErr)
	require.Equal(t, errors.Is(err, jsonstream.ErrTorn), errors.Is(liveErr, jsonstream.ErrTorn), "%v / %v", err, liveErr)
	if err != nil {
		return nil
	}
	var want []json.RawMessage
	require.NoError(t, json.Unmarshal(bytes.ToValidUTF8(document, []byte("\uFFFD")), &want))
	require.Len(t, all, len(want))
	return all
}

func FuzzSamples(f *testing.F) {
	recordings(f, "samples", "oldsamples", "post", "query")
	f.Fuzz(func(t *testing.T, document []byte) {
		for _, s := range sameLive(t, document, sampleRow) {
			for i := range s.Metadata {
				_, ok := s.Metadata.Get(s.Metadata[i].Name)
				require.True(t, ok)
			}
		}
	})
}

func FuzzStatistics(f *testing.F) {
	recordings(f, "statistics")
	f.Fuzz(func(t *testing.T, document []byte) { sameLive(t, document, statisticsRow) })
}

func FuzzMeters(f *testing.F) {
	recordings(f, "meters", "k5-meters")
	f.Fuzz(func(t *testing.T, document []byte) {
		for _, m := range sameLive(t, document, meterRow) {
			resource, name, ok := m.Key()
			require.Equal(t, ok, strings.Contains(decodeID(m.MeterID), "+"))
			require.LessOrEqual(t, len(resource)+len(name), len(m.MeterID))
		}
	})
}

func FuzzResources(f *testing.F) {
	recordings(f, "resources")
	f.Fuzz(func(t *testing.T, document []byte) { sameLive(t, document, resourceRow) })
}

func FuzzEvents(f *testing.F) {
	recordings(f, "events", "event-types", "trait")
	f.Fuzz(func(t *testing.T, document []byte) {
		sameLive(t, document, eventRow)
		sameLive(t, document, traitDefinitionRow)
		sameLive(t, document, textRow)
	})
}

func FuzzCapabilities(f *testing.F) {
	recordings(f, "capabilities")
	f.Fuzz(func(_ *testing.T, document []byte) {
		_, _ = capabilityRow(jsonstream.NewBytes(document))()
	})
}
