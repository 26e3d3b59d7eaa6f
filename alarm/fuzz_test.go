package alarm

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzDecode reads anything as every answer: no panic, and a rule that can be read can be written and read again.
func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob("testdata/*.json")
	require.NoError(f, err)
	for _, file := range files {
		if text, err := os.ReadFile(file); err == nil {
			f.Add(text)
		}
	}
	f.Add([]byte(`{"composite_rule": {"and": [{"or": []}, {"type": "x"}, null, 3, {"type": null}, {"type": "event", "query": null}]}}`))
	f.Add([]byte(`[{"event_id": "e", "detail": "{\"rule\": {\"query\": [{}]}, \"time_constraints\": [{\"duration\": 1e3}]}"}]`))
	f.Add([]byte(`{"event_rule": {"event_type": "` + "\xff" + `"}, "alarm_id": "\ud800", "event_rule": {"query": [{"field": "a"}]}}`))
	f.Add([]byte(`{"gnocchi_aggregation_by_resources_threshold_rule": {"query": "{\"and\": [{\"created_by_project_id\": 1}, {\"and\": [{\"created_by_project_id\": 1}, 2]}]}"}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if a, err := decodeOne(text, readAlarm); err == nil && a.Rule != nil {
			wire, err := a.Rule.wire()
			if err == nil {
				raw, err := marshal(wire)
				require.NoError(t, err)
				again := parseRule(a.Rule.Kind(), raw)
				wire, err := again.wire()
				require.NoError(t, err)
				once, err := marshal(wire)
				require.NoError(t, err)
				require.Equal(t, string(raw), string(once))
			}
			all, err := parseMembers(text)
			require.NoError(t, err)
			same := all.changed(nil)
			require.Equal(t, string(same.json()), string(same.changed(nil).json()), "what was put back once is put back the same")
			all.covers(all)
		}
		_, _ = decodeList(text, readAlarm)
		_, _ = decodeList(text, readChange)
		_, _ = decodeState(text)
		_, _ = decodeOne(text, readCapabilities)
		_, _ = decodeQuotas(text)
		_, _ = decodeOne(text, readResults)
	})
}
