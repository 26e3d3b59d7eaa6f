package hashmap

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// A rule that can be read can be sent as it is, and comes back the same.
func FuzzRules(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	require.NoError(f, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(f, err)
		var pair struct{ Body json.RawMessage }
		require.NoError(f, json.Unmarshal(text, &pair))
		f.Add([]byte(pair.Body))
	}
	f.Add([]byte(`{"cost": "1E-7", "start": "2026-02-01T00:00:00.5", "end": "", "created_at": "2026-01-05 09:00:00", "type": "rate", "description": "é"}`))
	f.Add([]byte(`{"cost": 999999999999.1234567890123456789012345678, "level": "0E-8", "start": null, "tenant_id": "p", "value": "<&>"}`))
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(f, err)
	c := &Client{location: berlin}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, read := range []func(*jsonstream.Reader) error{
			func(r *jsonstream.Reader) error { _, err := readService(r); return err },
			func(r *jsonstream.Reader) error { _, err := readField(r); return err },
			func(r *jsonstream.Reader) error { _, err := readGroup(r); return err },
		} {
			r := jsonstream.NewBytes(text)
			if read(r) == nil && r.End() == nil {
				require.True(t, json.Valid(text))
			}
		}
		if th, err := readThreshold(jsonstream.NewBytes(text)); err == nil {
			if w, err := newThreshold("", th); err == nil {
				again, err := readThreshold(jsonstream.NewBytes(body(w)))
				require.NoError(t, err)
				require.True(t, again.Cost.Equal(th.Cost) && again.Level.Equal(th.Level))
			}
		}
		m, err := c.readMapping(jsonstream.NewBytes(text))
		if err != nil {
			return
		}
		w, err := c.changed(m, m)
		if err != nil {
			return // more digits than a database has
		}
		again, err := c.readMapping(jsonstream.NewBytes(body(w)))
		require.NoError(t, err)
		require.True(t, again.Cost.Equal(m.Cost))
		require.Equal(t, m.Type, again.Type)
		if m.End != nil && m.dated() && m.End.Year() < 10000 {
			require.WithinDuration(t, *m.End, *again.End, time.Hour) // an hour may come twice
		}
	})
}
