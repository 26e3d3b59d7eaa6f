package meter_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/alarm"
	"github.com/gophermeter/gophermeter/meter"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

func TestFindMeterByName(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	client := connect(t, cloud, "admin", meter.WithPageSize(3))
	one, err := client.FindMeter(t.Context(), "cpu_util")
	require.NoError(t, err)
	assert.Equal(t, meter.Meter{Name: "cpu_util", Type: meter.TypeGauge, Unit: "%"}, one, "one meter on six resources is one answer")
	_, err = client.FindMeter(t.Context(), "volume.size")
	require.ErrorIs(t, err, gophermeter.ErrAmbiguous)
	require.ErrorContains(t, err, `gauge volume.size in "GB", gauge volume.size in "GiB"`)
	_, err = client.FindMeter(t.Context(), "disk")
	require.ErrorIs(t, err, gophermeter.ErrNotFound)
}

func TestFindMeterByID(t *testing.T) {
	t.Parallel()
	for name, release := range map[string]fakecloud.CeilometerRelease{"ocata": fakecloud.CeilometerOcata, "liberty": fakecloud.CeilometerLiberty} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cloud := newCloud(t, fakecloud.WithCeilometer(release))
			client := connect(t, cloud, "admin")
			all, err := client.Meters(meter.MeterOptions{Filters: []meter.Filter{meter.ByMetadata("instance_type", "h1.node")}}).Collect(t.Context())
			require.NoError(t, err)
			require.NotEmpty(t, all)
			one, err := client.FindMeter(t.Context(), all[0].MeterID)
			require.NoError(t, err)
			assert.Equal(t, all[0], one)
			one, err = client.FindMeter(t.Context(), "cpu_util")
			require.NoError(t, err)
			assert.Equal(t, "%", one.Unit)
		})
	}
}

func TestFindMeterByIDsWithAPlus(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t, fakecloud.WithEmpty())
	cloud.AddSamples(fakecloud.Sample{Meter: "c+d", ResourceID: "a+b", Timestamp: september.Start},
		fakecloud.Sample{Meter: "size", Unit: "GB", ResourceID: "v", Timestamp: september.Start},
		fakecloud.Sample{Meter: "size", Unit: "GiB", ResourceID: "v", Timestamp: september.Start})
	client := connect(t, cloud, "admin")
	all, err := client.Meters(meter.MeterOptions{}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 3)
	one, err := client.FindMeter(t.Context(), all[0].MeterID)
	require.NoError(t, err)
	assert.Equal(t, "a+b", one.ResourceID)
	_, err = client.FindMeter(t.Context(), all[1].MeterID)
	require.ErrorIs(t, err, gophermeter.ErrAmbiguous, "the id does not say which unit")
}

// The newest sample of a definition may be of another project, of which the service's own unique meters know only that.
func TestADefinitionIsFoundWhosever(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	sample := fakecloud.Sample{Meter: "size", Unit: "GB", ResourceID: "v", ProjectID: cloud.ProjectID("web-shop"), Timestamp: september.Start}
	other := sample
	other.ResourceID, other.ProjectID = "w", cloud.ProjectID("genomics")
	cloud.AddSamples(sample, other)
	member := connect(t, cloud, "demo")
	one, err := member.FindMeter(t.Context(), "size")
	require.NoError(t, err)
	assert.Equal(t, meter.Meter{Name: "size", Type: one.Type, Unit: "GB"}, one)
	for _, client := range []*meter.Client{member, connect(t, cloud, "admin")} {
		all, err := client.Meters(meter.MeterOptions{Unique: true, Filters: []meter.Filter{meter.ByProject(sample.ProjectID)}}).Collect(t.Context())
		require.NoError(t, err)
		assert.Contains(t, all, one)
	}
}

func TestFindStatistics(t *testing.T) {
	t.Parallel()
	client, _ := scripted(t, says(200, body(t, "statistics-units")), says(200, "[]"), says(200, body(t, "statistics-extreme")))
	_, err := client.FindStatistics(t.Context(), "volume.size", meter.StatisticsOptions{})
	require.ErrorIs(t, err, gophermeter.ErrAmbiguous)
	require.ErrorContains(t, err, `["GB" "GiB"]`)
	_, err = client.FindStatistics(t.Context(), "nope", meter.StatisticsOptions{})
	require.ErrorIs(t, err, gophermeter.ErrNotFound)
	s, err := client.FindStatistics(t.Context(), "extreme", meter.StatisticsOptions{})
	require.NoError(t, err)
	assert.Equal(t, 1e308, *s.Sum)
	assert.Equal(t, 0.0, *s.Min, "a zero that was measured")
	assert.Equal(t, time.Duration(0), *s.Duration)
}

func TestFindCapability(t *testing.T) {
	t.Parallel()
	client, _ := scripted(t, says(200, body(t, "capabilities-liberty")))
	_, err := client.FindCapability(t.Context(), "storage:production_ready")
	require.ErrorIs(t, err, gophermeter.ErrAmbiguous)
	require.ErrorContains(t, err, "storage, alarm_storage, event_storage")
	one, err := client.FindCapability(t.Context(), "event_storage:storage:production_ready")
	require.NoError(t, err)
	assert.Equal(t, meter.Capability{Section: "event_storage", Name: "storage:production_ready", Enabled: true}, one)
	one, err = client.FindCapability(t.Context(), "statistics:query:complex")
	require.NoError(t, err)
	assert.False(t, one.Enabled)
	_, err = client.FindCapability(t.Context(), "teleport")
	require.ErrorIs(t, err, gophermeter.ErrNotFound)
}

func TestAlarmIsTheMemberOfTheCatalogue(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		endpoints []string
		opts      []meter.Option
		want      alarm.Dialect
	}{
		"aodh":            {[]string{"metering", "http://ceilometer.example", "alarming", "http://aodh.example"}, nil, alarm.Aodh},
		"ceilometer":      {[]string{"metering", "http://ceilometer.example"}, nil, alarm.Ceilometer},
		"overridden":      {[]string{"metering", "http://ceilometer.example", "alarming", "http://aodh.example"}, []meter.Option{meter.WithDialect(meter.Ceilometer)}, alarm.Ceilometer},
		"k5 by its host":  {[]string{"metering", "https://telemetry.x.cloud.global.fujitsu.com"}, nil, alarm.K5},
		"k5 by an option": {[]string{"metering", "http://ceilometer.example", "alarm", "http://aodh.example"}, asK5, alarm.K5},
	} {
		client, err := meter.New(connection(t, test.endpoints...), test.opts...)
		require.NoError(t, err, name)
		assert.Equal(t, test.want, client.Alarm().Dialect(), name)
	}
}

func TestTornBodies(t *testing.T) {
	t.Parallel()
	for _, noLength := range []bool{false, true} {
		cloud := manySamples(t, 500, 1)
		client := connect(t, cloud, "admin", meter.WithPageSize(100))
		torn := fakecloud.Fault{Service: "metering", Skip: 1, Times: 2, TearAt: 9000, NoLength: noLength}
		cloud.Inject(torn)
		all, err := client.Samples(meter.SampleOptions{}).Collect(t.Context())
		require.NoError(t, err, "a page is asked for again")
		assert.Len(t, all, 500)

		torn.Skip, torn.TearAt = 0, 20
		cloud.Inject(torn)
		all, err = client.Samples(meter.SampleOptions{Limit: 300}).Collect(t.Context())
		require.NoError(t, err, "nothing of a live body had been yielded")
		assert.Len(t, all, 300)

		torn.TearAt = 50_000
		cloud.Inject(torn)
		seen := 0
		for _, err = range client.Samples(meter.SampleOptions{Limit: 300}).All(t.Context()) {
			if err == nil {
				seen++
			}
		}
		require.ErrorContains(t, err, "meter.Samples: GET /metering/v2/samples: the answer broke off after")
		assert.Greater(t, seen, 50)
	}
}

func TestLiveBodyEndsWithTheContext(t *testing.T) {
	t.Parallel()
	cloud := manySamples(t, 2000, 1)
	cloud.Inject(fakecloud.Fault{Service: "metering", Stall: fakecloud.StallBody, TearAt: 300_000})
	client := connect(t, cloud, "admin")
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	defer cancel(nil)
	seen := 0
	for _, err := range client.Samples(meter.SampleOptions{Limit: 2000}).All(ctx) {
		if err != nil {
			require.ErrorIs(t, err, context.Canceled)
			require.ErrorIs(t, err, enough)
			return
		}
		if seen++; seen == 100 {
			cancel(enough)
		}
	}
	t.Fatal("the walk ended without an error")
}

func TestMembersSeeTheirOwn(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t, fakecloud.WithCeilometer(fakecloud.CeilometerLiberty))
	admin, demo := connect(t, cloud, "admin"), connect(t, cloud, "demo")
	everything, err := admin.Resources(meter.ResourceOptions{}).Collect(t.Context())
	require.NoError(t, err)
	own, err := demo.Resources(meter.ResourceOptions{}).Collect(t.Context())
	require.NoError(t, err)
	assert.Less(t, len(own), len(everything))
	_, err = demo.Meters(meter.MeterOptions{Filters: []meter.Filter{meter.ByProject(cloud.ProjectID("genomics"))}}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrForbidden)
	_, err = demo.EventTypes().Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrForbidden)
	_, err = demo.QuerySamples(meter.SampleQuery{Filter: alarm.Eq(meter.FieldProjectID, cloud.ProjectID("genomics"))}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrForbidden)
	events, err := demo.Events(meter.EventOptions{}).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, events, 120, "the evening servers of the shop came and went")
	theirs, err := admin.Samples(meter.SampleOptions{Limit: 1, Filters: []meter.Filter{meter.ByProject(cloud.ProjectID("genomics"))}}).Collect(t.Context())
	require.NoError(t, err)
	s, err := demo.FindSample(t.Context(), theirs[0].ID)
	require.NoError(t, err, "whoever knows the id")
	assert.Equal(t, theirs[0], s)
}

func TestExpiredTokenIsRenewed(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	client := connect(t, cloud, "admin")
	cloud.ExpireTokens()
	_, err := client.Capabilities().Collect(t.Context())
	require.NoError(t, err)
}

func TestAnswersThatAreNoList(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"object": `{"samples": []}`, "null": "null", "trailing": "[] []", "text volume": `[{"id": "x", "volume": "many"}]`, "page": "<html>",
	} {
		for _, limit := range []int{0, 5} {
			client, script := scripted(t, says(200, text))
			_, err := client.Samples(meter.SampleOptions{Limit: limit}).Collect(t.Context())
			require.Error(t, err, name)
			assert.True(t, strings.HasPrefix(err.Error(), "meter.Samples: GET /v2/samples: "), err)
			assert.Len(t, script.all(), 1, "asking again would give the same")
		}
	}
}

func TestPostedSamplesAreRead(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t, fakecloud.WithEmpty())
	client := connect(t, cloud, "admin")
	_, err := client.CreateSamples(t.Context(), "room.temperature", []meter.SampleCreate{
		{Type: meter.TypeGauge, Unit: "C", Volume: 21.5, ResourceID: "lab", Timestamp: september.Start, Metadata: map[string]string{"rack.row": "7"}},
		{Type: meter.TypeGauge, Unit: "C", Volume: 0, ResourceID: "lab", Timestamp: september.Start.Add(time.Minute), Source: "probe"},
	}, meter.CreateSamplesOptions{Direct: true})
	require.NoError(t, err)
	all, err := client.Samples(meter.SampleOptions{Meter: "room.temperature", Window: september}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 2)
	assert.Equal(t, cloud.ProjectID("admin")+":probe", all[0].Source)
	assert.Equal(t, cloud.ProjectID("admin")+":openstack", all[1].Source)
	assert.Equal(t, meter.Metadata{{Name: "rack.row", Value: "7"}}, all[1].Metadata)
	found, err := client.Samples(meter.SampleOptions{Filters: []meter.Filter{meter.ByMetadata("rack.row", "7")}}).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, found, 1)
	found, err = client.Samples(meter.SampleOptions{Filters: []meter.Filter{meter.ByMetadata("rack.row", 7)}}).Collect(t.Context())
	require.NoError(t, err)
	assert.Empty(t, found, "what was posted is a text")
}
