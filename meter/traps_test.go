package meter_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/alarm"
	"github.com/gophermeter/gophermeter/meter"
)

func TestEmptyNamesAndIDsAreRefused(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, says(200, "[]"))
	gauge := []meter.SampleCreate{{Type: meter.TypeGauge, ResourceID: "r"}}
	for name, err := range map[string]error{
		"statistics":      second(client.Statistics("", meter.StatisticsOptions{}).Collect(t.Context())),
		"find statistics": second(client.FindStatistics(t.Context(), "", meter.StatisticsOptions{})),
		"create":          second(client.CreateSamples(t.Context(), "", gauge, meter.CreateSamplesOptions{})),
		"no samples":      second(client.CreateSamples(t.Context(), "m", nil, meter.CreateSamplesOptions{})),
		"no type":         second(client.CreateSamples(t.Context(), "m", []meter.SampleCreate{{ResourceID: "r"}}, meter.CreateSamplesOptions{})),
		"no resource":     second(client.CreateSamples(t.Context(), "m", []meter.SampleCreate{{Type: meter.TypeGauge}}, meter.CreateSamplesOptions{})),
		"sample":          second(client.FindSample(t.Context(), "")),
		"meter":           second(client.FindMeter(t.Context(), "")),
		"resource":        second(client.GetResource(t.Context(), "")),
		"find resource":   second(client.FindResource(t.Context(), "")),
		"capability":      second(client.FindCapability(t.Context(), "")),
		"event":           second(client.GetEvent(t.Context(), "")),
		"traits":          second(client.Traits("").Collect(t.Context())),
		"trait values":    second(client.TraitValues("t", "").Collect(t.Context())),
	} {
		require.ErrorIs(t, err, gophermeter.ErrInvalidArgument, name)
	}
	assert.Empty(t, script.all())
}

func TestSlashInAMeterName(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, says(200, "[]"))
	const weird = "weird/meter name+é"
	_, err := client.Statistics(weird, meter.StatisticsOptions{}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrUnsupported, "it is 405")
	_, err = client.CreateSamples(t.Context(), weird, []meter.SampleCreate{{Type: meter.TypeGauge, ResourceID: "r"}}, meter.CreateSamplesOptions{})
	require.ErrorIs(t, err, gophermeter.ErrUnsupported, "it would be posted to the meter weird")
	_, err = client.Traits("a/b").Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrUnsupported)
	assert.Empty(t, script.all())
	_, err = client.Samples(meter.SampleOptions{Meter: weird}).Collect(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "/v2/samples", script.last().path)
	assert.Equal(t, []string{weird}, script.last().query["q.value"])
}

func TestSlashInAResourceID(t *testing.T) {
	t.Parallel()
	const id = "546b887890cd5769b12f0c2c5d9f4603/glance"
	client, script := scripted(t, says(200, body(t, "resource-slash")), says(200, body(t, "resource-slash")), says(200, "[]"))
	for _, find := range []func() (meter.Resource, error){
		func() (meter.Resource, error) { return client.GetResource(t.Context(), id) },
		func() (meter.Resource, error) { return client.FindResource(t.Context(), id) },
	} {
		r, err := find()
		require.NoError(t, err)
		assert.Equal(t, id, r.ResourceID)
		assert.Equal(t, []string{"storage.objects.incoming.bytes"}, r.MeterNames()[:1])
		assert.Equal(t, "/v2/resources", script.last().path)
		assert.Equal(t, []string{id}, script.last().query["q.value"])
	}
	_, err := client.GetResource(t.Context(), "100%25")
	require.ErrorIs(t, err, gophermeter.ErrNotFound)
	assert.Equal(t, []string{"100%25"}, script.last().query["q.value"], "a percent sign would be unescaped once more")
}

func TestFoundResourceMustHaveTheID(t *testing.T) {
	t.Parallel()
	client, _ := scripted(t, says(200, strings.ReplaceAll(body(t, "resource-slash"), "/glance", "/GLANCE")))
	_, err := client.FindResource(t.Context(), "546b887890cd5769b12f0c2c5d9f4603/glance")
	require.ErrorIs(t, err, gophermeter.ErrNotFound)
}

func TestGoneIsUnsupportedAndNotNotFound(t *testing.T) {
	t.Parallel()
	for _, shape := range []string{body(t, "error-410-gnocchi"), `{"error_message": {"code": 410, "title": "Gone", "description": "Gnocchi"}}`} {
		client, script := scripted(t, says(410, shape))
		for name, err := range map[string]error{
			"meters":     second(client.Meters(meter.MeterOptions{}).Collect(t.Context())),
			"find meter": second(client.FindMeter(t.Context(), "cpu")),
			"samples":    second(client.Samples(meter.SampleOptions{}).Collect(t.Context())),
			"streamed":   second(client.Samples(meter.SampleOptions{Limit: 5}).Collect(t.Context())),
			"sample":     second(client.FindSample(t.Context(), "id")),
			"statistics": second(client.FindStatistics(t.Context(), "cpu", meter.StatisticsOptions{})),
			"resource":   second(client.GetResource(t.Context(), "r")),
			"query":      second(client.QuerySamples(meter.SampleQuery{}).Collect(t.Context())),
		} {
			require.ErrorIs(t, err, gophermeter.ErrUnsupported, name)
			require.NotErrorIs(t, err, gophermeter.ErrNotFound, name)
			require.ErrorContains(t, err, "Gnocchi", name)
			var e *gophermeter.Error
			require.ErrorAs(t, err, &e, name)
			assert.Equal(t, http.StatusGone, e.StatusCode)
			assert.NotContains(t, err.Error(), "\n")
		}
		assert.Len(t, script.all(), 8, "once each")
	}
}

func TestDirectWithGnocchiIsTheServicesToRefuse(t *testing.T) {
	t.Parallel()
	client, _ := scripted(t, says(400, body(t, "error-400-direct")))
	_, err := client.CreateSamples(t.Context(), "m", []meter.SampleCreate{{Type: meter.TypeGauge, ResourceID: "r"}}, meter.CreateSamplesOptions{Direct: true})
	require.ErrorIs(t, err, gophermeter.ErrBadRequest)
	require.ErrorContains(t, err, "direct option cannot be true when Gnocchi is enabled")
}

func TestRefusalIsForbiddenAndNoReasonToLogIn(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"error-401-project", "error-401-event-types"} {
		client, script := scripted(t, says(401, body(t, name)))
		_, err := client.Meters(meter.MeterOptions{Filters: []meter.Filter{meter.ByProject("e9e5e74354fa5d3e8f1004314e2df298")}}).Collect(t.Context())
		require.ErrorIs(t, err, gophermeter.ErrForbidden)
		require.NotErrorIs(t, err, gophermeter.ErrUnauthorized)
		require.ErrorContains(t, err, "Not Authorized to access project")
		_, err = client.EventTypes().Collect(t.Context())
		require.ErrorIs(t, err, gophermeter.ErrForbidden)
		assert.Len(t, script.all(), 2)
	}
}

// moved is how Ceilometer sends to Panko.
func moved(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", to+r.URL.RequestURI())
		w.WriteHeader(http.StatusPermanentRedirect)
		_, _ = w.Write([]byte("308 Permanent Redirect\n\nThe resource has been moved to " + to))
	}
}

func TestEventsOfPankoAreAskedAtTheCataloguesAddress(t *testing.T) {
	t.Parallel()
	elsewhere := serve(t, says(200, "[]"))
	panko := serve(t, says(200, body(t, "event-types")), says(200, body(t, "event")), says(200, body(t, "events")))
	ceilometer := serve(t, moved(elsewhere.url))
	client, err := meter.New(connection(t, "metering", ceilometer.url, "event", panko.url+"/v2"))
	require.NoError(t, err)
	types, err := client.EventTypes().Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, types, 3)
	assert.Equal(t, "/v2/event_types", panko.last().path)
	_, err = client.GetEvent(t.Context(), "80e70f57-e670-56ff-ad8b-ceec0b47d4f5")
	require.NoError(t, err)
	all, err := client.Events(meter.EventOptions{Limit: 2}).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, all, 2)
	assert.Len(t, ceilometer.all(), 1, "it said so once")
	assert.Empty(t, elsewhere.all(), "a token follows no link")
}

func TestEventsWithoutPankoAreUnsupported(t *testing.T) {
	t.Parallel()
	panko := serve(t, says(200, "[]"))
	client, script := scripted(t, moved(panko.url))
	for _, err := range []error{
		second(client.Events(meter.EventOptions{}).Collect(t.Context())),
		second(client.GetEvent(t.Context(), "id")),
		second(client.TraitValues("t", "n").Collect(t.Context())),
	} {
		require.ErrorIs(t, err, gophermeter.ErrUnsupported)
		require.ErrorContains(t, err, "Panko")
	}
	assert.Len(t, script.all(), 3)
	assert.Empty(t, panko.all(), "a token follows no link")
}

func TestPartsThatAReleaseLacksAreUnsupported(t *testing.T) {
	t.Parallel()
	for _, shape := range []string{body(t, "error-404-route"), `{"error_message": {"code": 404, "title": "Not Found", "description": null}}`} {
		client, _ := scripted(t, says(404, shape))
		for name, err := range map[string]error{
			"events":      second(client.Events(meter.EventOptions{}).Collect(t.Context())),
			"event":       second(client.GetEvent(t.Context(), "id")),
			"event types": second(client.EventTypes().Collect(t.Context())),
			"traits":      second(client.Traits("t").Collect(t.Context())),
			"samples":     second(client.Samples(meter.SampleOptions{}).Collect(t.Context())),
			"query":       second(client.QuerySamples(meter.SampleQuery{Limit: 1}).Collect(t.Context())),
			"capability":  second(client.FindCapability(t.Context(), "statistics:groupby")),
		} {
			require.ErrorIs(t, err, gophermeter.ErrUnsupported, name)
			require.NotErrorIs(t, err, gophermeter.ErrNotFound, name)
		}
	}
	client, _ := scripted(t, says(404, strings.ReplaceAll(body(t, "error-404-event"), "nope", "id")))
	_, err := client.GetEvent(t.Context(), "id")
	require.ErrorIs(t, err, gophermeter.ErrNotFound, "the service looked for it")
	client, _ = scripted(t, says(404, body(t, "error-404-sample")))
	_, err = client.FindSample(t.Context(), "nope")
	require.ErrorIs(t, err, gophermeter.ErrNotFound)
	require.ErrorContains(t, err, "meter.FindSample: GET /v2/samples/nope: 404 Not Found: Sample nope Not Found")
}

func TestNoFilterIsNeverNull(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, says(200, "[]"))
	_, err := client.QuerySamples(meter.SampleQuery{}).Collect(t.Context())
	require.NoError(t, err)
	assert.JSONEq(t, `{"limit": 1000}`, script.last().body)
	_, err = client.QuerySamples(meter.SampleQuery{Filter: alarm.Eq(meter.MetadataField("flavor.vcpus"), 2), Limit: 3}).Collect(t.Context())
	require.NoError(t, err)
	var got struct{ Filter string }
	require.NoError(t, json.Unmarshal([]byte(script.last().body), &got))
	assert.JSONEq(t, `{"=": {"metadata.flavor.vcpus": 2}}`, got.Filter)
	_, err = client.QuerySamples(meter.SampleQuery{Filter: alarm.And(alarm.Expr{}, alarm.Eq(meter.FieldUnit, "B"))}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
	assert.Len(t, script.all(), 2)
}
