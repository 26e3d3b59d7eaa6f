package rating_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating"
)

var instanceMetric = rating.Metric{ID: "instance", Metadata: []string{"flavor_id", "flavor_name", "vcpus"}, Unit: "instance"}

func TestMetrics(t *testing.T) {
	t.Parallel()
	c := replayV1(t, "info-metrics", "info-metric", "info-metric-404")
	all, err := c.Metrics().Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 7)
	assert.Equal(t, instanceMetric, all[0])
	m, err := c.GetMetric(t.Context(), "instance")
	require.NoError(t, err)
	assert.Equal(t, instanceMetric, m)
	_, err = c.GetMetric(t.Context(), "nope")
	assert.ErrorIs(t, err, gophermeter.ErrNotFound)
}

func TestServices(t *testing.T) {
	t.Parallel()
	c := replayV1(t, "info-services", "info-service")
	all, err := c.Services().Collect(t.Context()) //nolint:staticcheck // deprecated, and works
	require.NoError(t, err)
	assert.Len(t, all, 7)
	m, err := c.GetService(t.Context(), "volume.size") //nolint:staticcheck // as above
	require.NoError(t, err)
	assert.Equal(t, rating.Metric{ID: "volume.size", Metadata: []string{"volume_type"}, Unit: "GiB"}, m)
}

func TestQuirkServicesOfRelease7(t *testing.T) {
	t.Parallel()
	c, _ := scriptedV1(t, replies(200, `{"services": [{"service_id": "compute", "metadata": ["flavor"], "unit": "instance"}]}`))
	all, err := c.Services().Collect(t.Context()) //nolint:staticcheck // as above
	require.NoError(t, err)
	assert.Equal(t, []rating.Metric{{ID: "compute", Metadata: []string{"flavor"}, Unit: "instance"}}, all)
}

func TestQuirkInvalidMetricsFile(t *testing.T) {
	t.Parallel()
	c, _ := scriptedV1(t, replies(http.StatusMethodNotAllowed,
		`{"faultcode": "Client", "faultstring": "Invalid endpoint: no metrics in current configuration.", "debuginfo": null}`))
	_, err := c.Metrics().Collect(t.Context())
	require.ErrorContains(t, err, "no metrics in current configuration")
	assert.NotErrorIs(t, err, gophermeter.ErrUnsupported)
}

func TestConfig(t *testing.T) {
	t.Parallel()
	config, err := replayV1(t, "info-config").GetConfig(t.Context())
	require.NoError(t, err)
	require.Len(t, config.Metrics, 7)
	assert.Equal(t, rating.MetricConfig{
		Name: "cpu", AltName: "instance", Unit: "instance", GroupBy: []string{"id", "user_id", "project_id"},
		Metadata: []string{"flavor_name", "flavor_id", "vcpus"}, Mutate: rating.MutateNumBool, ExtraArgs: config.Metrics[0].ExtraArgs,
	}, config.Metrics[0])
	assert.JSONEq(t, `{"aggregation_method": "mean", "resource_type": "instance", "force_granularity": 300}`, string(config.Metrics[0].ExtraArgs))
	assert.Equal(t, "instance", config.Metrics[0].ID())
	assert.Equal(t, "image.size", config.Metrics[1].ID())
	assert.Equal(t, "1/1048576", config.Metrics[1].Factor)
	assert.JSONEq(t, string(loadV1(t, "info-config").Body), string(config.Raw))
}

func TestQuirkConfigOfOtherReleases(t *testing.T) {
	t.Parallel()
	c, _ := scriptedV1(t, replies(200, `{"metrics": {"cpu": [{"unit": "a", "alt_name": "x", "factor": 0.50}, {"unit": "b", "alt_name": "y",
		"offset": "1/3", "description": null, "extra_args": null}]}, "storage": {"backend": "sqlalchemy"}}`))
	config, err := c.GetConfig(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []rating.MetricConfig{
		{Name: "cpu", AltName: "x", Unit: "a", Factor: "0.50"}, {Name: "cpu", AltName: "y", Unit: "b", Offset: "1/3"},
	}, config.Metrics, "since 19.0 a metric may be rated in several ways")
	assert.Contains(t, string(config.Raw), "sqlalchemy")
}

func TestInfoRefusedBeforeTheWire(t *testing.T) {
	t.Parallel()
	c, script := scriptedV1(t, replies(500, ""))
	_, err := c.GetMetric(t.Context(), "")
	require.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
	require.ErrorContains(t, err, "metricID: is empty")
	_, err = c.GetService(t.Context(), "") //nolint:staticcheck // as above
	require.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
	assert.Empty(t, script.requests)
}
