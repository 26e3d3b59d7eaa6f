package meter_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/alarm"
	"github.com/gophermeter/gophermeter/meter"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

var asK5 = []meter.Option{meter.WithDialect(meter.K5)}

// curls are the URLs of the examples in K5's document.
func curls(t *testing.T) []*url.URL {
	t.Helper()
	text, err := recorded.ReadFile("testdata/k5-curl.txt")
	require.NoError(t, err)
	var all []*url.URL
	joined := strings.NewReplacer("=\n", "=").Replace(string(text)) // the document breaks its lines there
	for _, found := range regexp.MustCompile(`'(https://[^'\s]+)`).FindAllStringSubmatch(joined, -1) {
		u, err := url.Parse(found[1])
		require.NoError(t, err)
		all = append(all, u)
	}
	require.Len(t, all, 2)
	return all
}

func TestK5CurlExamples(t *testing.T) {
	t.Parallel()
	for i, opts := range []meter.MeterOptions{
		{},
		{Filters: []meter.Filter{meter.ByUser("0382c98eaf574d1ab5751a3e938b744d"), meter.ByResource("my_resource")}},
	} {
		example := curls(t)[i]
		conn := connection(t, "metering", "https://"+example.Host)
		client, err := meter.New(conn)
		require.NoError(t, err)
		assert.Equal(t, meter.K5, client.Dialect())

		client, script := scriptedAs(t, asK5, says(200, body(t, "k5-meters")))
		all, err := client.Meters(opts).Collect(t.Context())
		require.NoError(t, err)
		require.Len(t, all, 2)
		request := script.last()
		assert.Equal(t, example.Path, request.path)
		assert.Equal(t, []string{"1440"}, request.query["limit"], "the default, said aloud")
		assert.Equal(t, []string{"0"}, request.query["offset"])
		request.query.Del("limit")
		request.query.Del("offset")
		assert.Equal(t, example.Query(), request.query)
	}
}

func TestK5GoesOnBehindWhatItHasSent(t *testing.T) {
	t.Parallel()
	client, script := scriptedAs(t, append([]meter.Option{meter.WithPageSize(2)}, asK5...),
		says(200, `[{"meter_id": "1"}, {"meter_id": "2"}]`), says(200, `[{"meter_id": "2"}, {"meter_id": "3"}]`), says(200, `[{"meter_id": "4"}]`))
	all, err := client.Meters(meter.MeterOptions{}).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, all, 4)
	assert.Equal(t, []string{"4"}, script.last().query["offset"], "of what came, and not of what was new")
}

func TestK5MetersOfTheDocument(t *testing.T) {
	t.Parallel()
	client, _ := scriptedAs(t, asK5, says(200, body(t, "k5-meters")))
	all, err := client.Meters(meter.MeterOptions{}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 2)
	assert.Equal(t, meter.Meter{
		MeterID: "ZGVtb19yZXNvdXJjZTAwMyt0ZXN0bWV0ZXIwMDU=\n", Name: "my_meter", Type: meter.TypeGauge, Unit: "test",
		ResourceID: "my_resource", ProjectID: "610678ac162147c4a5e838190a80994e", UserID: "0382c98eaf574d1ab5751a3e938b744d",
		Source: "89b0b9f21b414cd39354a1b8056aef87:my_source",
	}, all[0], "the id as it was sent")
	resource, name, ok := all[0].Key()
	assert.True(t, ok)
	assert.Equal(t, "demo_resource003 testmeter005", resource+" "+name)
	for _, id := range []string{"ZGVtb19yZXNvdXJjZTAwMyt0ZXN0bWV0ZXIwMDY=", "ZGVtb19yZXNvdXJjZTAwMyt0ZXN0bWV0ZXIwMDY=\n"} {
		one, err := client.FindMeter(t.Context(), id)
		require.NoError(t, err)
		assert.Equal(t, all[1], one)
	}
	one, err := client.FindMeter(t.Context(), "my_meter")
	require.NoError(t, err)
	assert.Equal(t, meter.Meter{Name: "my_meter", Type: meter.TypeGauge, Unit: "test"}, one)
}

func TestK5FindsAnIDThatNamesNoResource(t *testing.T) {
	t.Parallel()
	client, script := scriptedAs(t, asK5, says(200, "[]"), says(200, body(t, "k5-meters")))
	one, err := client.FindMeter(t.Context(), "ZGVtb19yZXNvdXJjZTAwMyt0ZXN0bWV0ZXIwMDU=")
	require.NoError(t, err)
	assert.Equal(t, "my_resource", one.ResourceID)
	assert.Len(t, script.all(), 2)
}

func TestK5Bounds(t *testing.T) {
	t.Parallel()
	client, script := scriptedAs(t, asK5, says(200, "[]"))
	meters := func(f ...meter.Filter) error {
		return second(client.Meters(meter.MeterOptions{Filters: f}).Collect(t.Context()))
	}
	require.NoError(t, meters(meter.ByResource(strings.Repeat("漢", 255))), "characters are counted, not bytes")
	require.ErrorIs(t, meters(meter.ByResource(strings.Repeat("漢", 256))), gophermeter.ErrInvalidArgument)
	require.ErrorIs(t, meters(meter.ByResource("")), gophermeter.ErrInvalidArgument)
	require.ErrorIs(t, meters(meter.ByProject("p")), gophermeter.ErrUnsupported)
	require.ErrorIs(t, meters(meter.ByMetadata("k", "v")), gophermeter.ErrUnsupported)
	require.NoError(t, meters(meter.ByResource("r"), meter.BySource("s"), meter.ByUser("u")))
	assert.Equal(t, []string{"resource_id", "source", "user_id"}, script.last().query["q.field"])
	assert.False(t, script.last().query.Has("q.type"), "its document knows none")
	for name, err := range map[string]error{
		"limit":     second(client.Meters(meter.MeterOptions{Limit: 1441}).Collect(t.Context())),
		"no window": second(client.Samples(meter.SampleOptions{Meter: "m"}).Collect(t.Context())),
		"half open": second(client.Samples(meter.SampleOptions{Meter: "m", Filters: []meter.Filter{meter.Since(september.Start)}}).Collect(t.Context())),
		"no meter":  second(client.Samples(meter.SampleOptions{Window: september}).Collect(t.Context())),
		"statistic": second(client.Statistics("m", meter.StatisticsOptions{}).Collect(t.Context())),
	} {
		require.ErrorIs(t, err, gophermeter.ErrInvalidArgument, name)
	}
	for name, err := range map[string]error{
		"query": second(client.QuerySamples(meter.SampleQuery{Filter: alarm.Eq(meter.FieldMeter, "m")}).Collect(t.Context())),
		"slash": second(client.Samples(meter.SampleOptions{Meter: "a/b", Window: september}).Collect(t.Context())),
		"direct": second(client.CreateSamples(t.Context(), "m", []meter.SampleCreate{{Type: meter.TypeGauge, ResourceID: "r"}},
			meter.CreateSamplesOptions{Direct: true})),
	} {
		require.ErrorIs(t, err, gophermeter.ErrUnsupported, name)
	}
	assert.Len(t, script.all(), 2)
}

func TestK5TakesTenConditions(t *testing.T) {
	t.Parallel()
	client, script := scriptedAs(t, asK5, says(200, "[]"))
	var filters []meter.Filter
	for i := range 10 {
		filters = append(filters, meter.ByResource(fmt.Sprint("r", i)))
	}
	_, err := client.Meters(meter.MeterOptions{Filters: filters}).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, script.last().query["q.value"], 10)
	_, err = client.Meters(meter.MeterOptions{Filters: append(filters, meter.ByUser("u"))}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
	_, err = client.Samples(meter.SampleOptions{Meter: "m", Window: september, Filters: filters[:9]}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrInvalidArgument, "a window is two of them")
	assert.Len(t, script.all(), 1)
}

func TestK5PagesByOffset(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t, fakecloud.WithEmpty(), fakecloud.WithCeilometer(fakecloud.CeilometerK5))
	for i := range 95 {
		cloud.AddSamples(fakecloud.Sample{Meter: "m", ResourceID: fmt.Sprintf("r%03d", i), Timestamp: september.Start})
	}
	client := connect(t, cloud, "admin", meter.WithDialect(meter.K5), meter.WithPageSize(20))
	for _, want := range []struct {
		opts  meter.MeterOptions
		count int
	}{
		{meter.MeterOptions{}, 95},
		{meter.MeterOptions{Offset: 90}, 5},
		{meter.MeterOptions{Offset: 95}, 0},
		{meter.MeterOptions{Limit: 7}, 7},
		{meter.MeterOptions{Limit: 7, Offset: 90}, 5},
	} {
		all, err := client.Meters(want.opts).Collect(t.Context())
		require.NoError(t, err)
		assert.Len(t, all, want.count)
		for _, m := range all {
			assert.True(t, strings.HasSuffix(m.MeterID, "\n"))
		}
	}
	samples, err := client.Samples(meter.SampleOptions{Meter: "m", Window: september}).Collect(t.Context())
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, s := range samples {
		seen[s.ID] = true
	}
	assert.Len(t, seen, 95)
	assert.Len(t, samples, 95)
}

func TestK5PageThatComesAgainIsALoop(t *testing.T) {
	t.Parallel()
	client, _ := scriptedAs(t, []meter.Option{meter.WithDialect(meter.K5), meter.WithPageSize(2)}, says(200, body(t, "k5-meters")))
	_, err := client.Meters(meter.MeterOptions{}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrLoop)
}

func TestK5TakesTwentySamplesACall(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t, fakecloud.WithEmpty(), fakecloud.WithCeilometer(fakecloud.CeilometerK5))
	client := connect(t, cloud, "admin", meter.WithDialect(meter.K5))
	post := make([]meter.SampleCreate, 45)
	for i := range post {
		post[i] = meter.SampleCreate{Type: meter.TypeGauge, ResourceID: "r", Volume: float64(i), Timestamp: september.Start}
	}
	created, err := client.CreateSamples(t.Context(), "m", post, meter.CreateSamplesOptions{})
	require.NoError(t, err)
	require.Len(t, created, 45)
	assert.Equal(t, 44.0, created[44].Volume)
	assert.Len(t, asked(cloud), 3)

	cloud.Inject(fakecloud.Fault{Service: "metering", Skip: 1, Status: 403, Body: `{"error_message": "no"}`})
	created, err = client.CreateSamples(t.Context(), "m", post, meter.CreateSamplesOptions{})
	require.ErrorIs(t, err, gophermeter.ErrForbidden)
	require.ErrorContains(t, err, "after 20 of 45 samples")
	assert.Len(t, created, 20, "those were taken")
}
