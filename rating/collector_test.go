package rating_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating"
)

func TestCollectorMappings(t *testing.T) {
	t.Parallel()
	c := replayV1(t, "collector-mappings", "collector-mapping-create", "collector-mapping", "collector-mappings-filter",
		"collector-mapping-delete", "collector-mapping-404", "collector-mapping-delete-404")
	all, err := c.CollectorMappings(rating.CollectorMappingOptions{}).Collect(t.Context())
	require.NoError(t, err)
	assert.Empty(t, all)
	want := rating.CollectorMapping{Service: "recorded", Collector: "gnocchi"}
	m, err := c.CreateCollectorMapping(t.Context(), want)
	require.NoError(t, err, "200, and not 201")
	assert.Equal(t, want, m)
	m, err = c.GetCollectorMapping(t.Context(), "recorded")
	require.NoError(t, err)
	assert.Equal(t, want, m)
	all, err = c.CollectorMappings(rating.CollectorMappingOptions{Collector: "gnocchi"}).Collect(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []rating.CollectorMapping{want}, all)
	require.NoError(t, c.DeleteCollectorMapping(t.Context(), "recorded"))
	_, err = c.GetCollectorMapping(t.Context(), "recorded")
	require.ErrorIs(t, err, gophermeter.ErrNotFound)
	assert.ErrorContains(t, err, "No mapping for service: recorded")
	assert.ErrorIs(t, c.DeleteCollectorMapping(t.Context(), "recorded"), gophermeter.ErrNotFound)
}

func TestQuirkCollectorMappingOfANameWithASlash(t *testing.T) {
	t.Parallel()
	require.Equal(t, 404, loadV1(t, "collector-mapping-slash-path").Status, "the path of an escaped slash leads nowhere")
	c := replayV1(t, "collector-mapping-create-slash", "collector-mapping-delete-slash")
	m, err := c.CreateCollectorMapping(t.Context(), rating.CollectorMapping{Service: "re/corded", Collector: "gnocchi"})
	require.NoError(t, err)
	assert.Equal(t, "re/corded", m.Service)
	require.NoError(t, c.DeleteCollectorMapping(t.Context(), "re/corded"))

	list := replies(200, `{"mappings": [{"service": "a", "collector": "x"}, {"service": "a/b", "collector": "y"}]}`)
	c, script := scriptedV1(t, list)
	m, err = c.GetCollectorMapping(t.Context(), "a/b")
	require.NoError(t, err)
	assert.Equal(t, "y", m.Collector)
	_, err = c.GetCollectorMapping(t.Context(), "..")
	require.ErrorIs(t, err, gophermeter.ErrNotFound)
	for _, r := range script.requests {
		assert.Equal(t, "/v1/collector/mappings", r.path)
	}
}

func TestCollectorStates(t *testing.T) {
	t.Parallel()
	c := replayV1(t, "collector-states", "collector-state-set", "collector-state-reset", "collector-state-query")
	info, err := c.GetCollectorState(t.Context(), "gnocchi")
	require.NoError(t, err)
	assert.Equal(t, rating.CollectorInfo{Name: "gnocchi"}, info)
	info, err = c.SetCollectorState(t.Context(), rating.CollectorInfo{Name: "recorded", Enabled: true})
	require.NoError(t, err)
	assert.Equal(t, rating.CollectorInfo{Name: "recorded", Enabled: true}, info)
	info, err = c.SetCollectorState(t.Context(), rating.CollectorInfo{Name: "recorded"})
	require.NoError(t, err)
	assert.False(t, info.Enabled)
	info, err = c.GetCollectorState(t.Context(), "re/corded")
	require.NoError(t, err)
	assert.Equal(t, "re/corded", info.Name)
}

func TestCollectorRefusedBeforeTheWire(t *testing.T) {
	t.Parallel()
	c, script := scriptedV1(t, replies(500, ""))
	_, err := c.GetCollectorMapping(t.Context(), "")
	require.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
	_, err = c.CreateCollectorMapping(t.Context(), rating.CollectorMapping{Collector: "x"})
	require.ErrorContains(t, err, "CollectorMapping.Service")
	_, err = c.CreateCollectorMapping(t.Context(), rating.CollectorMapping{Service: "x"})
	require.ErrorContains(t, err, "CollectorMapping.Collector")
	require.ErrorIs(t, c.DeleteCollectorMapping(t.Context(), ""), gophermeter.ErrInvalidArgument)
	_, err = c.GetCollectorState(t.Context(), "")
	require.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
	_, err = c.SetCollectorState(t.Context(), rating.CollectorInfo{Enabled: true})
	require.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
	assert.Empty(t, script.requests)
}
