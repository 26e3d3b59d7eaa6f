package pyscripts

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// A script that can be read can be sent as it is, and comes back the same.
func FuzzScripts(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	require.NoError(f, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(f, err)
		var pair struct{ Body json.RawMessage }
		require.NoError(f, json.Unmarshal(text, &pair))
		f.Add([]byte(pair.Body))
	}
	f.Add([]byte(`{"name": "é", "data": "a\u0000\ud800", "start": "2999-02-01T00:00:00.5", "end": "3000-01-01", "description": "<&>"}`))
	c := &Client{location: time.UTC}
	f.Fuzz(func(t *testing.T, text []byte) {
		all, err := c.readScripts(jsonstream.NewBytes(text))
		if err == nil {
			require.NotContains(t, all, nil)
		}
		s, err := c.readScript(jsonstream.NewBytes(text))
		if err != nil {
			return
		}
		w := c.changed(s, ScriptUpdate{Name: s.Name})
		again, err := c.readScript(jsonstream.NewBytes(body(w)))
		require.NoError(t, err)
		require.Equal(t, s.Name, again.Name)
		if w.Data != nil {
			require.Equal(t, s.Data, again.Data)
		}
		if s.End != nil && s.dated() {
			require.WithinDuration(t, *s.End, *again.End, time.Second)
		}
	})
}
