package meter_test

import (
	"encoding/json"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/alarm"
	"github.com/gophermeter/gophermeter/meter"
)

func pointer[T any](v T) *T { return &v }

// at is a time of 2016, as the recorded service writes it.
func at(t testing.TB, text string) time.Time {
	t.Helper()
	v, err := time.Parse("2006-01-02T15:04:05.999999", text)
	require.NoError(t, err)
	return v
}

func TestMetersReadAllFields(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, says(200, body(t, "meters")))
	all, err := client.Meters(meter.MeterOptions{}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 3)
	assert.Equal(t, meter.Meter{
		MeterID: "NjBkNzc5MjctMzJhZC01MmQ2LTg4NWMtYTBlMjIyNjUzNDJkK2NwdQ==", Name: "cpu", Type: meter.TypeCumulative, Unit: "ns",
		ResourceID: "60d77927-32ad-52d6-885c-a0e22265342d", ProjectID: "546b887890cd5769b12f0c2c5d9f4603",
		UserID: "14d887979f1e59f3bc5056bd093b0556", Source: "546b887890cd5769b12f0c2c5d9f4603:openstack",
	}, all[0])
	resource, name, ok := all[0].Key()
	assert.Equal(t, "60d77927-32ad-52d6-885c-a0e22265342d cpu true", resource+" "+name+" "+map[bool]string{true: "true"}[ok])
	request := script.last()
	assert.Equal(t, "/v2/meters", request.path)
	assert.Equal(t, url.Values{"limit": {"1000"}}, request.query)
	assert.Equal(t, "application/json", request.header.Get("Accept"))
}

func TestUniqueMetersAreDefinitions(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, says(200, body(t, "meters")))
	all, err := client.Meters(meter.MeterOptions{Unique: true}).Collect(t.Context())
	require.NoError(t, err)
	assert.Contains(t, all, meter.Meter{Name: "cpu", Type: meter.TypeCumulative, Unit: "ns"})
	first, err := client.Meters(meter.MeterOptions{Unique: true, Limit: 1}).Collect(t.Context())
	require.NoError(t, err)
	assert.Equal(t, all[:1], first)
	assert.Equal(t, url.Values{"limit": {"1000"}}, script.last().query)
}

func TestBothShapesOfSamplesAreOne(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, says(200, body(t, "samples")))
	modern, err := client.Samples(meter.SampleOptions{Meter: "cpu_util", Limit: 2}).Collect(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "/v2/samples", script.last().path)
	assert.Equal(t, url.Values{"q.field": {"meter"}, "q.op": {"eq"}, "q.value": {"cpu_util"}, "q.type": {"string"}, "limit": {"2"}},
		script.last().query)

	k5, old := scriptedAs(t, []meter.Option{meter.WithDialect(meter.K5)}, says(200, body(t, "oldsamples")))
	classic, err := k5.Samples(meter.SampleOptions{Meter: "cpu_util", Window: september, Limit: 2}).Collect(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "/v2/meters/cpu_util", old.last().path)

	assert.Equal(t, modern, classic)
	assert.Equal(t, meter.Sample{
		ID: "433ace14-e6d9-11f1-94ed-02fc00000001", Meter: "cpu_util", Type: meter.TypeGauge, Unit: "%", Volume: 1,
		ResourceID: "posted", ProjectID: "6dc86c686c0c5906a57e74c8b04b06e6", UserID: "6c88cbb31fdb51e192da35f7a414add9",
		Source:    "6dc86c686c0c5906a57e74c8b04b06e6:openstack",
		Timestamp: at(t, "2026-11-23T01:00:23.541285"), RecordedAt: at(t, "2026-11-23T01:00:23.544225"),
	}, modern[0])
}

func TestSamplesWithNullsAndMetadata(t *testing.T) {
	t.Parallel()
	client, _ := scripted(t, says(200, body(t, "samples-null-owner")))
	all, err := client.Samples(meter.SampleOptions{Limit: 1}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 1)
	s := all[0]
	assert.Empty(t, s.ProjectID)
	assert.Empty(t, s.UserID)
	assert.Equal(t, "openstack", s.Source)
	assert.Len(t, s.Metadata, 12)
	assert.Equal(t, meter.Attribute{Name: "active", Value: "True"}, s.Metadata[0])
	for name, want := range map[string]string{
		"flavor.extra:a:b": "1.5", "flavor.vcpus": "2", "none": "None", "tags": "[b'a', b'b']",
		"image.links": "[{b'href': b'http://x/1', b'rel': b'bookmark'}]",
	} {
		got, ok := s.Metadata.Get(name)
		assert.True(t, ok, name)
		assert.Equal(t, want, got)
		assert.Equal(t, want, s.Metadata.Map()[name])
	}
	_, ok := s.Metadata.Get("absent")
	assert.False(t, ok)
}

func TestExtremeVolumesComeBackExactly(t *testing.T) {
	t.Parallel()
	client, _ := scripted(t, says(200, body(t, "oldsamples-extreme")))
	all, err := client.Samples(meter.SampleOptions{Limit: 4}).Collect(t.Context())
	require.NoError(t, err)
	var volumes []float64
	for _, s := range all {
		volumes = append(volumes, s.Volume)
		assert.False(t, s.NoVolume)
	}
	assert.Equal(t, []float64{1e308, 0, 1e-07, 1.2345678901234567e+19}, volumes)
}

func TestFindSample(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, says(200, body(t, "sample")))
	s, err := client.FindSample(t.Context(), "433ace14-e6d9-11f1-94ed-02fc00000001")
	require.NoError(t, err)
	assert.Equal(t, "cpu_util", s.Meter)
	assert.Equal(t, "/v2/samples/433ace14-e6d9-11f1-94ed-02fc00000001", script.last().path)
}

func TestStatisticsReadAllFields(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, says(200, body(t, "statistics")))
	s, err := client.FindStatistics(t.Context(), "cpu_util", meter.StatisticsOptions{})
	require.NoError(t, err)
	first, last := at(t, "2016-10-01T00:00:00"), at(t, "2026-11-23T01:00:23.541285")
	assert.Equal(t, meter.Statistics{
		Unit: "%", Min: pointer(1.0), Max: pointer(89.999992), Avg: pointer(49.62188134595529), Sum: pointer(57660.626124000046),
		Count: pointer(int64(1162)), Duration: pointer(320115623541285 * time.Microsecond),
		DurationStart: first, DurationEnd: last, PeriodStart: first, PeriodEnd: last,
	}, s)
	assert.Equal(t, "/v2/meters/cpu_util/statistics", script.last().path)
	assert.Empty(t, script.last().query, "a limit would be refused")
}

func TestStatisticsByPeriodAndGroup(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, says(200, body(t, "statistics-period")), says(200, body(t, "statistics-groups")))
	periods, err := client.Statistics("cpu_util", meter.StatisticsOptions{Window: september, Period: time.Hour}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, periods, 4)
	assert.Equal(t, time.Hour, periods[0].Period)
	assert.Equal(t, at(t, "2016-10-01T01:00:00"), periods[1].PeriodStart)
	assert.Equal(t, url.Values{
		"q.field": {"timestamp", "timestamp"}, "q.op": {"ge", "lt"}, "q.value": {"2026-09-01T00:00:00", "2026-10-01T00:00:00"},
		"q.type": {"datetime", "datetime"}, "period": {"3600"},
	}, script.last().query)

	groups, err := client.Statistics("cpu_util", meter.StatisticsOptions{GroupBy: []meter.GroupField{meter.GroupByProject, meter.GroupByUser}}).
		Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, groups, 2)
	assert.Equal(t, []meter.GroupValue{{Field: meter.GroupByProject, Null: true}, {Field: meter.GroupByUser, Null: true}}, groups[0].GroupBy)
	_, ok := groups[0].Group(meter.GroupByProject)
	assert.False(t, ok)
	project, ok := groups[1].Group(meter.GroupByProject)
	assert.True(t, ok)
	assert.Equal(t, "546b887890cd5769b12f0c2c5d9f4603", project)
	_, ok = groups[1].Group(meter.GroupBySource)
	assert.False(t, ok)
	assert.Equal(t, []string{"project_id", "user_id"}, script.last().query["groupby"])
}

func TestAbsentStatisticsDifferFromZero(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, says(200, body(t, "statistics-aggregates")), says(200, body(t, "statistics-aggregates-all")))
	resources := meter.Aggregate{Function: meter.FunctionCardinality, Param: meter.GroupByResource}
	average := meter.Aggregate{Function: meter.FunctionAvg}
	s, err := client.FindStatistics(t.Context(), "cpu_util", meter.StatisticsOptions{Aggregates: []meter.Aggregate{resources, average}})
	require.NoError(t, err)
	assert.Nil(t, s.Min)
	assert.Nil(t, s.Count)
	assert.Equal(t, 49.62188134595529, *s.Avg)
	n, ok := s.Aggregate(resources)
	assert.True(t, ok)
	assert.Equal(t, 13.0, n)
	_, ok = s.Aggregate(meter.Aggregate{Function: meter.FunctionSum})
	assert.False(t, ok)
	query := script.last().query
	assert.Equal(t, []string{"cardinality", "avg"}, query["aggregate.func"])
	assert.Equal(t, []string{"resource_id", ""}, query["aggregate.param"], "paired by their position")

	s, err = client.FindStatistics(t.Context(), "cpu_util", meter.StatisticsOptions{Aggregates: []meter.Aggregate{
		average, {Function: meter.FunctionMax}, {Function: meter.FunctionStdDev}}})
	require.NoError(t, err)
	assert.False(t, script.last().query.Has("aggregate.param"))
	assert.Len(t, s.Aggregates, 6)
	deviation, ok := s.Aggregate(meter.Aggregate{Function: meter.FunctionStdDev})
	assert.True(t, ok)
	assert.Equal(t, 28.56380348528798, deviation)
}

func TestStatisticsWithNulls(t *testing.T) {
	t.Parallel()
	client, _ := scripted(t, says(200, `[{"groupby": null, "unit": "B", "min": null, "aggregate": {"stddev": null}, "duration": null,
		"duration_start": null, "duration_end": null, "period": 60, "period_start": "2016-10-01T00:00:00", "period_end": "2016-10-01T00:01:00"}]`))
	s, err := client.FindStatistics(t.Context(), "m", meter.StatisticsOptions{})
	require.NoError(t, err)
	assert.Nil(t, s.Min)
	assert.Nil(t, s.Duration)
	assert.Zero(t, s.DurationStart)
	assert.Equal(t, time.Minute, s.Period)
	_, ok := s.Aggregate(meter.Aggregate{Function: meter.FunctionStdDev})
	assert.False(t, ok)
}

func TestResources(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, says(200, body(t, "resources")), says(200, body(t, "resource")), says(200, body(t, "resource")))
	all, err := client.Resources(meter.ResourceOptions{Window: september, Filters: []meter.Filter{meter.ByMetadata("name", "cirros")}}).
		Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 2)
	assert.Equal(t, "0", script.last().query.Get("meter_links"))
	name, _ := all[0].Metadata.Get("name")
	assert.Equal(t, "cirros 55 é漢", name)
	assert.Equal(t, at(t, "2016-10-01T00:00:00"), all[0].FirstSample)

	one, err := client.GetResource(t.Context(), "60d77927-32ad-52d6-885c-a0e22265342d")
	require.NoError(t, err)
	assert.Equal(t, "/v2/resources/60d77927-32ad-52d6-885c-a0e22265342d", script.last().path)
	assert.Empty(t, script.last().query, "any would be refused")
	assert.Equal(t, at(t, "2016-10-01T15:50:00"), one.LastSample)
	assert.Equal(t, "self", one.Links[0].Rel)
	assert.Equal(t, []string{"cpu_util", "cpu", "disk.read.bytes"}, one.MeterNames())
	assert.Equal(t, "546b887890cd5769b12f0c2c5d9f4603:openstack", one.Source)
}

func TestCapabilities(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, says(200, body(t, "capabilities")))
	all, err := client.Capabilities().Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, all, 19)
	assert.Equal(t, meter.Capability{Section: "api", Name: "meters:query:metadata", Enabled: true}, all[0])
	one, err := client.FindCapability(t.Context(), "statistics:groupby")
	require.NoError(t, err)
	assert.Equal(t, meter.Capability{Section: "api", Name: "statistics:groupby", Enabled: true}, one)
	assert.Equal(t, "/v2/capabilities", script.last().path)
}

func TestQuerySamples(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, says(200, body(t, "query")))
	all, err := client.QuerySamples(meter.SampleQuery{
		Filter:  alarm.And(alarm.Eq(meter.FieldMeter, "cpu_util"), alarm.Gt(meter.FieldVolume, 89.5)),
		OrderBy: []meter.SampleOrder{{Field: meter.FieldVolume, Descending: true}, {Field: meter.FieldTimestamp}},
		Limit:   2,
	}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 2)
	assert.Equal(t, 89.999992, all[0].Volume)
	request := script.last()
	assert.Equal(t, "POST /v2/query/samples", request.method+" "+request.path)
	var got map[string]any
	require.NoError(t, json.Unmarshal([]byte(request.body), &got))
	assert.JSONEq(t, `{"and": [{"=": {"meter": "cpu_util"}}, {">": {"volume": 89.5}}]}`, got["filter"].(string))
	assert.JSONEq(t, `[{"volume": "desc"}, {"timestamp": "asc"}]`, got["orderby"].(string))
	assert.Equal(t, 2.0, got["limit"])
}

func TestCreateSamples(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, says(201, body(t, "post")), says(200, body(t, "post-null")))
	when := time.Date(2016, 11, 1, 1, 0, 0, 0, time.FixedZone("CET", 3600))
	created, err := client.CreateSamples(t.Context(), "cpu_util", []meter.SampleCreate{{
		Type: meter.TypeGauge, Unit: "%", Volume: 1, ResourceID: "posted", Timestamp: when, Metadata: map[string]string{"a": "b", "c.d.e": "f"},
	}}, meter.CreateSamplesOptions{Direct: true})
	require.NoError(t, err)
	require.Len(t, created, 1)
	assert.Equal(t, "c83d9934-e6d9-11f1-b266-02fc00000001", created[0].ID)
	assert.Equal(t, "6dc86c686c0c5906a57e74c8b04b06e6:openstack", created[0].Source, "the service put the project before it")
	assert.Zero(t, created[0].RecordedAt)
	request := script.last()
	assert.Equal(t, "POST /v2/meters/cpu_util", request.method+" "+request.path)
	assert.Equal(t, url.Values{"direct": {"true"}}, request.query)
	assert.JSONEq(t, `[{"counter_name": "cpu_util", "counter_type": "gauge", "counter_unit": "%", "counter_volume": 1, "resource_id": "posted",
		"timestamp": "2016-11-01T00:00:00", "resource_metadata": {"a": "b", "c.d.e": "f"}}]`, request.body)

	created, err = client.CreateSamples(t.Context(), "cpu_util", []meter.SampleCreate{{Type: meter.TypeGauge, ResourceID: "posted"}},
		meter.CreateSamplesOptions{})
	require.NoError(t, err, "200 as before Kilo")
	assert.True(t, created[0].NoVolume)
	assert.Empty(t, script.last().query)
	assert.NotContains(t, script.last().body, "resource_metadata", "null would break the service")
	assert.NotContains(t, script.last().body, "timestamp")
}

func TestEvents(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, says(200, body(t, "events")), says(200, body(t, "event")), says(200, body(t, "event-types")),
		says(200, body(t, "traits")), says(200, body(t, "trait")))
	all, err := client.Events(meter.EventOptions{Limit: 2}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 2)
	one, err := client.GetEvent(t.Context(), "80e70f57-e670-56ff-ad8b-ceec0b47d4f5")
	require.NoError(t, err)
	assert.Equal(t, "/v2/events/80e70f57-e670-56ff-ad8b-ceec0b47d4f5", script.last().path)
	assert.Equal(t, one, all[0])
	assert.Equal(t, "compute.instance.create.start", one.EventType)
	assert.Equal(t, at(t, "2016-10-01T00:00:00"), one.Generated)
	assert.JSONEq(t, `{"payload": {"a": [1, 2, {"b": null}]}}`, string(one.Raw))
	assert.Len(t, one.Traits, 6)
	memory, ok := one.Trait("memory_mb")
	assert.True(t, ok)
	assert.Equal(t, meter.Trait{Name: "memory_mb", Value: "512", Type: meter.TraitInteger}, memory)
	_, ok = one.Trait("absent")
	assert.False(t, ok)

	types, err := client.EventTypes().Collect(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []string{"compute.instance.create.end", "compute.instance.create.start", "image.update"}, types)
	assert.Equal(t, "/v2/event_types", script.last().path)
	traits, err := client.Traits("image.update").Collect(t.Context())
	require.NoError(t, err)
	assert.Equal(t, meter.TraitDefinition{Name: "launched_at", Type: meter.TraitDatetime}, traits[5])
	assert.Equal(t, "/v2/event_types/image.update/traits", script.last().path)
	values, err := client.TraitValues("image.update", "memory_mb").Collect(t.Context())
	require.NoError(t, err)
	assert.Equal(t, meter.Trait{Name: "memory_mb", Value: "1536", Type: meter.TraitInteger}, values[0])
	assert.Equal(t, "/v2/event_types/image.update/traits/memory_mb", script.last().path)
}
