package meter_test

import (
	"math"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/meter"
)

func TestEveryConditionIsSentWhole(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("+02:00", 7200)
	when := time.Date(2016, 10, 1, 2, 10, 0, 0, zone)
	for name, test := range map[string]struct {
		filters []meter.Filter
		want    url.Values
	}{
		"ids": {
			[]meter.Filter{meter.ByProject("p"), meter.ByUser("u"), meter.ByResource("r"), meter.BySource("p:openstack"), meter.ByMessageID("m")},
			url.Values{
				"q.field": {"project_id", "user_id", "resource_id", "source", "message_id"}, "q.op": {"eq", "eq", "eq", "eq", "eq"},
				"q.value": {"p", "u", "r", "p:openstack", "m"}, "q.type": {"string", "string", "string", "string", "string"},
			},
		},
		"metadata with its type": {
			[]meter.Filter{
				meter.ByMetadata("display_name", "2"), meter.ByMetadata("flavor.vcpus", 2), meter.ByMetadata("ratio", 0.5),
				meter.ByMetadata("active", true), meter.ByMetadata("kind", meter.TypeGauge), meter.ByMetadata("launched", when),
			},
			url.Values{
				"q.field": {"metadata.display_name", "metadata.flavor.vcpus", "metadata.ratio", "metadata.active", "metadata.kind", "metadata.launched"},
				"q.op":    {"eq", "eq", "eq", "eq", "eq", "eq"}, "q.value": {"2", "2", "0.5", "true", "gauge", "2016-10-01T00:10:00"},
				"q.type": {"string", "integer", "float", "boolean", "string", "datetime"},
			},
		},
		"times in UTC without a zone": {
			[]meter.Filter{meter.Since(when), meter.Until(when.Add(time.Hour))},
			url.Values{
				"q.field": {"timestamp", "timestamp"}, "q.op": {"ge", "le"}, "q.value": {"2016-10-01T00:10:00", "2016-10-01T01:10:00"},
				"q.type": {"datetime", "datetime"},
			},
		},
		"times finer than the service's": {
			[]meter.Filter{meter.Since(when.Add(1)), meter.Before(when.Add(1001))},
			url.Values{
				"q.field": {"timestamp", "timestamp"}, "q.op": {"ge", "lt"}, "q.value": {"2016-10-01T00:10:00.000001", "2016-10-01T00:10:00.000002"},
				"q.type": {"datetime", "datetime"},
			},
		},
		"open times": {
			[]meter.Filter{meter.After(when.Add(1)), meter.ByUser("None")},
			url.Values{
				"q.field": {"user_id", "timestamp"}, "q.op": {"eq", "gt"}, "q.value": {"None", "2016-10-01T00:10:00"}, "q.type": {"string", "datetime"},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, script := scripted(t, says(200, "[]"))
			_, err := client.Statistics("m", meter.StatisticsOptions{Filters: test.filters}).Collect(t.Context())
			require.NoError(t, err)
			assert.Equal(t, test.want, script.last().query)
		})
	}
}

func TestWideningIsTheServicesForStatisticsAndOursForAWalk(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, says(200, "[]"))
	filters := []meter.Filter{meter.Widened(10 * time.Minute)}
	_, err := client.Statistics("m", meter.StatisticsOptions{Window: september, Filters: filters}).Collect(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []string{"timestamp", "timestamp", "search_offset"}, script.last().query["q.field"])
	assert.Equal(t, []string{"2026-09-01T00:00:00", "2026-10-01T00:00:00", "10"}, script.last().query["q.value"])
	_, err = client.Samples(meter.SampleOptions{Window: september, Filters: filters}).Collect(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []string{"timestamp", "timestamp"}, script.last().query["q.field"])
	assert.Equal(t, []string{"2026-08-31T23:50:00", "2026-10-01T00:10:00"}, script.last().query["q.value"])
}

func TestConditionsOnEvents(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, says(200, "[]"))
	_, err := client.Events(meter.EventOptions{Window: september, Filters: []meter.Filter{
		meter.ByEventType("image.update"), meter.ByMessageID("m"), meter.ByTrait("memory_mb", meter.OpGT, 512),
		meter.ByTrait("memory_mb", meter.OpLE, int64(2048)), meter.ByTrait("name", meter.OpNE, "x"), meter.ByTrait("ratio", meter.OpLT, 0.5),
		meter.ByTrait("launched_at", meter.OpGE, september.Start),
	}}).Collect(t.Context())
	require.NoError(t, err)
	assert.Equal(t, url.Values{
		"q.field": {"event_type", "message_id", "memory_mb", "memory_mb", "name", "ratio", "launched_at", "start_timestamp", "end_timestamp"},
		"q.op":    {"eq", "eq", "gt", "le", "ne", "lt", "ge", "eq", "eq"},
		"q.value": {"image.update", "m", "512", "2048", "x", "0.5", "2026-09-01T00:00:00", "2026-09-01T00:00:00", "2026-09-30T23:59:59.999999"},
		"q.type":  {"string", "string", "integer", "integer", "string", "float", "datetime", "datetime", "datetime"},
		"limit":   {"1000"},
	}, script.last().query, "both ends are included there")
	_, err = client.Events(meter.EventOptions{Filters: []meter.Filter{meter.After(september.Start), meter.Until(september.End)}}).Collect(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []string{"2026-09-01T00:00:00.000001", "2026-10-01T00:00:00"}, script.last().query["q.value"])
}

// refusals are conditions that must not reach the service, by what they are refused for.
func TestConditionsThatAreRefused(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, says(200, "[]"))
	samples := func(f ...meter.Filter) error {
		_, err := client.Samples(meter.SampleOptions{Filters: f}).Collect(t.Context())
		return err
	}
	meters := func(f ...meter.Filter) error {
		_, err := client.Meters(meter.MeterOptions{Filters: f}).Collect(t.Context())
		return err
	}
	events := func(f ...meter.Filter) error {
		_, err := client.Events(meter.EventOptions{Filters: f}).Collect(t.Context())
		return err
	}
	resources := func(f ...meter.Filter) error {
		_, err := client.Resources(meter.ResourceOptions{Filters: f}).Collect(t.Context())
		return err
	}
	now := time.Now()
	for name, err := range map[string]error{
		"empty project":    samples(meter.ByProject("")),
		"empty resource":   meters(meter.ByResource("")),
		"empty metadata":   samples(meter.ByMetadata("k", "")),
		"empty key":        samples(meter.ByMetadata("", "v")),
		"not a number":     samples(meter.ByMetadata("k", math.NaN())),
		"zero metadata":    samples(meter.ByMetadata("k", time.Time{})),
		"zero time":        samples(meter.Since(time.Time{})),
		"zero filter":      samples(meter.Filter{}),
		"twice":            samples(meter.ByUser("a"), meter.ByUser("b")),
		"twice a start":    samples(meter.Since(now), meter.After(now)),
		"twice an end":     samples(meter.Before(now), meter.Until(now)),
		"nothing to widen": samples(meter.Widened(time.Minute)),
		"half a minute":    samples(meter.Since(now), meter.Widened(30*time.Second)),
		"twice a width":    samples(meter.Since(now), meter.Widened(time.Minute), meter.Widened(time.Minute)),
		"empty event type": events(meter.ByEventType("")),
		"twice an event":   events(meter.ByEventType("a"), meter.ByEventType("b")),
		"reserved trait":   events(meter.ByTrait("event_type", meter.OpNE, "x")),
		"boolean trait":    events(meter.ByTrait("active", meter.OpEQ, true)),
		"no comparison":    events(meter.ByTrait("name", "", "x")),
		"empty trait":      events(meter.ByTrait("name", meter.OpEQ, "")),
	} {
		require.ErrorIs(t, err, gophermeter.ErrInvalidArgument, name)
	}
	for name, err := range map[string]error{
		"time of meters":        meters(meter.Since(now)),
		"width of meters":       meters(meter.Widened(time.Minute)),
		"message of meters":     meters(meter.ByMessageID("m")),
		"trait of samples":      samples(meter.ByTrait("name", meter.OpEQ, "x")),
		"event type of samples": samples(meter.ByEventType("x")),
		"message of resources":  resources(meter.ByMessageID("m")),
		"metadata of events":    events(meter.ByMetadata("k", "v")),
		"project of events":     events(meter.ByProject("p")),
		"width of events":       events(meter.Since(now), meter.Widened(time.Minute)),
	} {
		require.ErrorIs(t, err, gophermeter.ErrUnsupported, name)
	}
	assert.Empty(t, script.all())
}

func TestWindowsAndLimitsThatAreRefused(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, says(200, "[]"))
	reversed := gophermeter.Window{Start: september.End, End: september.Start}
	for name, err := range map[string]error{
		"window":        second(client.Samples(meter.SampleOptions{Window: reversed}).Collect(t.Context())),
		"half a window": second(client.Samples(meter.SampleOptions{Window: gophermeter.Window{Start: september.Start}}).Collect(t.Context())),
		"both":          second(client.Samples(meter.SampleOptions{Window: september, Filters: []meter.Filter{meter.Since(september.Start)}}).Collect(t.Context())),
		"limit":         second(client.Samples(meter.SampleOptions{Limit: -1}).Collect(t.Context())),
		"meters":        second(client.Meters(meter.MeterOptions{Limit: -1}).Collect(t.Context())),
		"offset":        second(client.Meters(meter.MeterOptions{Offset: -1}).Collect(t.Context())),
		"query":         second(client.QuerySamples(meter.SampleQuery{Limit: -1}).Collect(t.Context())),
		"order":         second(client.QuerySamples(meter.SampleQuery{OrderBy: []meter.SampleOrder{{}}}).Collect(t.Context())),
		"events":        second(client.Events(meter.EventOptions{Limit: -1}).Collect(t.Context())),
		"resources":     second(client.Resources(meter.ResourceOptions{Limit: -1}).Collect(t.Context())),
		"period":        second(client.Statistics("m", meter.StatisticsOptions{Period: -time.Second}).Collect(t.Context())),
		"half a second": second(client.Statistics("m", meter.StatisticsOptions{Period: time.Second / 2}).Collect(t.Context())),
		"group":         second(client.Statistics("m", meter.StatisticsOptions{GroupBy: []meter.GroupField{""}}).Collect(t.Context())),
		"function":      second(client.Statistics("m", meter.StatisticsOptions{Aggregates: []meter.Aggregate{{}}}).Collect(t.Context())),
		"parameter of avg": second(client.Statistics("m", meter.StatisticsOptions{
			Aggregates: []meter.Aggregate{{Function: meter.FunctionAvg, Param: meter.GroupByUser}}}).Collect(t.Context())),
		"no parameter": second(client.Statistics("m", meter.StatisticsOptions{
			Aggregates: []meter.Aggregate{{Function: meter.FunctionCardinality}}}).Collect(t.Context())),
		"many rows": second(client.FindStatistics(t.Context(), "m", meter.StatisticsOptions{Period: time.Hour})),
	} {
		require.ErrorIs(t, err, gophermeter.ErrInvalidArgument, name)
		require.NotContains(t, err.Error(), "\n")
	}
	require.ErrorIs(t, second(client.Meters(meter.MeterOptions{Offset: 1}).Collect(t.Context())), gophermeter.ErrUnsupported)
	assert.Empty(t, script.all())
}

// second is the error of a call.
func second[T any](_ T, err error) error { return err }

func TestOptionsOfAClient(t *testing.T) {
	t.Parallel()
	conn := connection(t, "telemetry", "http://ceilometer.example:8777")
	client, err := meter.New(conn)
	require.NoError(t, err)
	assert.Equal(t, meter.Ceilometer, client.Dialect())
	for name, opts := range map[string][]meter.Option{
		"negative":     {meter.WithPageSize(-1)},
		"dialect":      {meter.WithDialect("klingon")},
		"more than K5": {meter.WithDialect(meter.K5), meter.WithPageSize(1441)},
	} {
		_, err := meter.New(conn, opts...)
		require.ErrorIs(t, err, gophermeter.ErrInvalidArgument, name)
	}
	_, err = meter.New(connection(t, "compute", "http://nova.example"))
	require.ErrorIs(t, err, gophermeter.ErrNoService)
}

func TestK5IsKnownByItsHost(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]meter.Dialect{
		"https://telemetry.jp-east-1.cloud.global.fujitsu.com":    meter.K5,
		"https://Telemetry.UK-1.Cloud.Global.Fujitsu.com:443/v2":  meter.K5,
		"https://telemetry.cloud.global.fujitsu.com.evil.example": meter.Ceilometer,
		"https://evilcloud.global.fujitsu.com":                    meter.Ceilometer,
		"https://cloud.global.fujitsu.com":                        meter.Ceilometer,
	} {
		client, err := meter.New(connection(t, "metering", host))
		require.NoError(t, err)
		assert.Equal(t, want, client.Dialect(), host)
		forced, err := meter.New(connection(t, "metering", host), meter.WithDialect(meter.Ceilometer))
		require.NoError(t, err)
		assert.Equal(t, meter.Ceilometer, forced.Dialect(), "nothing else decides")
	}
}
