package mockcloud_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/alarm"
	"github.com/gophermeter/gophermeter/meter"
	"github.com/gophermeter/gophermeter/testing/mockcloud"
)

func value[T any](v T) *T { return &v }

// metered is a value of everything that Ceilometer answers.
func metered() mockcloud.MeterService {
	when := may.Start.Add(time.Hour + 11*time.Millisecond)
	sample := func(id string, volume float64, at time.Time) meter.Sample {
		return meter.Sample{ID: id, Meter: "cpu_util", Type: meter.TypeGauge, Unit: "%", Volume: volume, ResourceID: "r1", ProjectID: "p1", UserID: "u1",
			Source: "openstack", Timestamp: at, RecordedAt: at.Add(time.Second), Metadata: meter.Metadata{{Name: "display_name", Value: "vm"}}}
	}
	return mockcloud.MeterService{
		Meters: []meter.Meter{
			{MeterID: "cjErY3B1X3V0aWw=", Name: "cpu_util", Type: meter.TypeGauge, Unit: "%", ResourceID: "r1", ProjectID: "p1", UserID: "u1", Source: "openstack"},
			{MeterID: "Tm9uZStjcHU=", Name: "cpu", Type: meter.TypeCumulative, Unit: "ns"},
		},
		Samples: []meter.Sample{sample("s1", 1.5, when), sample("s2", 0, when), sample("s3", 1e308, when.Add(time.Hour))},
		Statistics: []meter.Statistics{{
			GroupBy: []meter.GroupValue{{Field: meter.GroupByProject, Value: "p1"}}, Unit: "%", Min: value(0.0), Max: value(2.5), Count: value(int64(2)),
			Aggregates: []meter.AggregateValue{{Aggregate: meter.Aggregate{Function: meter.FunctionCardinality, Param: meter.GroupByResource}, Value: 1}},
			Duration:   value(1500 * time.Millisecond), DurationStart: when, DurationEnd: when.Add(1500 * time.Millisecond),
			Period: time.Hour, PeriodStart: may.Start, PeriodEnd: may.Start.Add(time.Hour),
		}},
		Resources: []meter.Resource{{ResourceID: "r1", ProjectID: "p1", UserID: "u1", FirstSample: when, LastSample: when.Add(time.Hour), Source: "openstack",
			Metadata: meter.Metadata{{Name: "display_name", Value: "vm"}}, Links: []meter.Link{{Rel: "self", Href: "http://x/v2/resources/r1"}, {Rel: "cpu_util", Href: "y"}}}},
		Capabilities: []meter.Capability{{Section: "api", Name: "statistics:groupby", Enabled: true}},
		Events: []meter.Event{{MessageID: "e1", EventType: "image.update", Generated: when, Raw: json.RawMessage(`{"a":1}`),
			Traits: []meter.Trait{{Name: "name", Value: "debian", Type: meter.TraitString}}}},
	}
}

func meters(t *testing.T, register func(*httpmock.MockTransport)) *meter.Client {
	t.Helper()
	transport := httpmock.NewMockTransport()
	mockcloud.Keystone(transport, mockcloud.Metering)
	register(transport)
	conn, err := gophermeter.Connect(t.Context(), mockcloud.Options(transport)...)
	require.NoError(t, err)
	client, err := meter.New(conn, meter.WithPageSize(2))
	require.NoError(t, err)
	return client
}

func TestMeteringComesBack(t *testing.T) {
	t.Parallel()
	want := metered()
	c := meters(t, func(transport *httpmock.MockTransport) { mockcloud.Meters(transport, want) })
	ctx := t.Context()

	gotMeters, err := c.Meters(meter.MeterOptions{}).Collect(ctx)
	require.NoError(t, err)
	assert.Equal(t, want.Meters, gotMeters)
	samples, err := c.Samples(meter.SampleOptions{Meter: "cpu_util", Window: may}).Collect(ctx)
	require.NoError(t, err)
	newest := []meter.Sample{want.Samples[2], want.Samples[0], want.Samples[1]}
	assert.Equal(t, newest, samples, "the newest first, walked two at a time")
	sample, err := c.FindSample(ctx, "s2")
	require.NoError(t, err)
	assert.Equal(t, want.Samples[1], sample)
	_, err = c.FindSample(ctx, "s9")
	require.ErrorIs(t, err, gophermeter.ErrNotFound)
	queried, err := c.QuerySamples(meter.SampleQuery{Filter: alarm.Eq(meter.FieldMeter, "cpu_util"), Limit: 1}).Collect(ctx)
	require.NoError(t, err)
	assert.Equal(t, newest[:1], queried)
	rows, err := c.Statistics("cpu_util", meter.StatisticsOptions{Period: time.Hour}).Collect(ctx)
	require.NoError(t, err)
	assert.Equal(t, want.Statistics, rows)
	resources, err := c.Resources(meter.ResourceOptions{}).Collect(ctx)
	require.NoError(t, err)
	assert.Equal(t, want.Resources, resources)
	for _, find := range []func() (meter.Resource, error){
		func() (meter.Resource, error) { return c.GetResource(ctx, "r1") },
		func() (meter.Resource, error) { return c.FindResource(ctx, "r1") },
	} {
		resource, err := find()
		require.NoError(t, err)
		assert.Equal(t, want.Resources[0], resource)
	}
	capability, err := c.FindCapability(ctx, "statistics:groupby")
	require.NoError(t, err)
	assert.Equal(t, want.Capabilities[0], capability)
	events, err := c.Events(meter.EventOptions{Window: may}).Collect(ctx)
	require.NoError(t, err)
	assert.Equal(t, want.Events, events)
	event, err := c.GetEvent(ctx, "e1")
	require.NoError(t, err)
	assert.Equal(t, want.Events[0], event)
	types, err := c.EventTypes().Collect(ctx)
	require.NoError(t, err)
	assert.Equal(t, []string{"image.update"}, types)
	traits, err := c.Traits("image.update").Collect(ctx)
	require.NoError(t, err)
	assert.Equal(t, []meter.TraitDefinition{{Name: "name", Type: meter.TraitString}}, traits)
	values, err := c.TraitValues("image.update", "name").Collect(ctx)
	require.NoError(t, err)
	assert.Equal(t, want.Events[0].Traits, values)
	created, err := c.CreateSamples(ctx, "m", []meter.SampleCreate{{Type: meter.TypeDelta, Volume: 3, ResourceID: "r"}}, meter.CreateSamplesOptions{})
	require.NoError(t, err)
	assert.Equal(t, "admin:openstack", created[0].Source)
	assert.NotEmpty(t, created[0].ID)
	assert.Equal(t, 3.0, created[0].Volume)
}

func TestK5MeteringComesBack(t *testing.T) {
	t.Parallel()
	want := metered()
	transport := httpmock.NewMockTransport()
	mockcloud.Keystone(transport, mockcloud.Metering)
	mockcloud.Meters(transport, want)
	conn, err := gophermeter.Connect(t.Context(), mockcloud.Options(transport)...)
	require.NoError(t, err)
	c, err := meter.New(conn, meter.WithDialect(meter.K5), meter.WithPageSize(1))
	require.NoError(t, err)
	all, err := c.Meters(meter.MeterOptions{}).Collect(t.Context())
	require.NoError(t, err)
	assert.Equal(t, want.Meters, all)
	samples, err := c.Samples(meter.SampleOptions{Meter: "cpu_util", Window: may}).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, samples, 3)
}

func TestMeteringErrors(t *testing.T) {
	t.Parallel()
	c := meters(t, func(transport *httpmock.MockTransport) {
		transport.RegisterResponder(http.MethodGet, mockcloud.Metering.URL+"/v2/meters", mockcloud.MeterError(401, "Not Authorized to access project p2"))
		transport.RegisterResponder(http.MethodGet, mockcloud.Metering.URL+"/v2/samples", mockcloud.MeterError(410, "Gone"))
		transport.RegisterResponder(http.MethodGet, mockcloud.Metering.URL+"/v2/event_types", mockcloud.EventsMoved("https://panko.example:8977"))
		mockcloud.Meters(transport, mockcloud.MeterService{})
	})
	_, err := c.Meters(meter.MeterOptions{}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrForbidden)
	_, err = c.Samples(meter.SampleOptions{}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrUnsupported)
	_, err = c.EventTypes().Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrUnsupported)
	require.ErrorContains(t, err, "redirected to https://panko.example:8977/v2/event_types")
	_, err = c.FindMeter(t.Context(), "cpu")
	require.Error(t, err)
	all, err := c.Resources(meter.ResourceOptions{}).Collect(t.Context())
	require.NoError(t, err)
	assert.Empty(t, all)
}

// TestMeteringAnswersInRecordedShape compares names and types of all members with those of the real service.
func TestMeteringAnswersInRecordedShape(t *testing.T) {
	t.Parallel()
	transport := httpmock.NewMockTransport()
	mockcloud.Meters(transport, metered())
	for name, own := range map[string]string{
		"ocata/meters-limit3": "/v2/meters?limit=1", "ocata/samples": "/v2/samples?limit=1", "ocata/oldsamples": "/v2/meters/cpu_util?limit=1",
		"ocata/sample-one": "/v2/samples/s1", "ocata/resource": "/v2/resources/r1", "ocata/sample-404": "/v2/samples/nope",
		"liberty/event": "/v2/events/e1", "liberty/event_types": "/v2/event_types", "liberty/traits": "/v2/event_types/image.update/traits",
		"liberty/trait": "/v2/event_types/image.update/traits/name", "liberty/trait-404": "/v2/event_types/image.update/traits/nope",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := meteringPair(t, name)
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, mockcloud.Metering.URL+own, http.NoBody)
			require.NoError(t, err)
			resp, err := transport.RoundTrip(req)
			require.NoError(t, err)
			defer resp.Body.Close()
			var got any
			require.NoError(t, json.NewDecoder(resp.Body).Decode(&got))
			assert.Equal(t, want.Status, resp.StatusCode)
			assert.Equal(t, want.Type, resp.Header.Get("Content-Type"))
			assert.Equal(t, form(decoded(t, []byte(want.Body))), form(got))
		})
	}
}

type meteringRecord struct {
	Name, Type, Body string
	Status           int
}

func meteringPair(t *testing.T, name string) meteringRecord {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "fakecloud", "testdata", "ceilometer", filepath.Dir(name)+".jsonl"))
	require.NoError(t, err)
	defer f.Close()
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var r meteringRecord
		require.NoError(t, json.Unmarshal(in.Bytes(), &r))
		if r.Name == filepath.Base(name) {
			return r
		}
	}
	t.Fatal("no pair ", name)
	return meteringRecord{}
}

// form is the shape of a document without the names of metadata and the members of raw notifications, which are anybody's.
func form(v any) []string {
	var strip func(v any) any
	strip = func(v any) any {
		switch v := v.(type) {
		case map[string]any:
			for _, name := range []string{"metadata", "resource_metadata", "raw"} {
				if _, ok := v[name]; ok {
					v[name] = map[string]any{}
				}
			}
			for name := range v {
				v[name] = strip(v[name])
			}
		case []any:
			for i := range v {
				v[i] = strip(v[i])
			}
		}
		return v
	}
	return shape(strip(v))
}
