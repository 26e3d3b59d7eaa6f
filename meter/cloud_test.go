package meter_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/alarm"
	"github.com/gophermeter/gophermeter/meter"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

func TestEventsOfACloud(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t, fakecloud.WithCeilometer(fakecloud.CeilometerLiberty))
	admin, demo := connect(t, cloud, "admin", meter.WithPageSize(7)), connect(t, cloud, "demo", meter.WithPageSize(7))
	ctx := t.Context()
	types, err := admin.EventTypes().Collect(ctx)
	require.NoError(t, err)
	assert.Equal(t, []string{"compute.instance.create.end", "compute.instance.delete.end", "image.update"}, types)
	traits, err := admin.Traits("compute.instance.create.end").Collect(ctx)
	require.NoError(t, err)
	assert.Contains(t, traits, meter.TraitDefinition{Name: "memory_mb", Type: meter.TraitInteger})
	none, err := admin.Traits("nope").Collect(ctx)
	require.NoError(t, err, "no such type is no error")
	assert.Empty(t, none)
	values, err := admin.TraitValues("image.update", "name").Collect(ctx)
	require.NoError(t, err)
	assert.Equal(t, []meter.Trait{{Name: "name", Value: "debian-13", Type: meter.TraitString}}, values)

	all, err := admin.Events(meter.EventOptions{}).Collect(ctx)
	require.NoError(t, err)
	assert.Len(t, all, 1, "of its own project and of none")
	one, err := admin.GetEvent(ctx, all[0].MessageID)
	require.NoError(t, err)
	assert.Equal(t, all[0], one)
	_, err = demo.GetEvent(ctx, all[0].MessageID)
	require.ErrorIs(t, err, gophermeter.ErrNotFound)

	created, err := demo.Events(meter.EventOptions{Window: gophermeter.Day(2026, time.September, 7), Filters: []meter.Filter{
		meter.ByEventType("compute.instance.create.end"), meter.ByTrait("memory_mb", meter.OpGE, 8192)}}).Collect(ctx)
	require.NoError(t, err)
	assert.Len(t, created, 2)
	text, err := demo.Events(meter.EventOptions{Filters: []meter.Filter{meter.ByTrait("memory_mb", meter.OpGE, "8192")}}).Collect(ctx)
	require.NoError(t, err)
	assert.Empty(t, text, "no text is an integer")
	three, err := demo.Events(meter.EventOptions{Limit: 3}).Collect(ctx)
	require.NoError(t, err)
	assert.Len(t, three, 3)
}

func TestResourcesOfACloud(t *testing.T) {
	t.Parallel()
	for name, release := range map[string]fakecloud.CeilometerRelease{"ocata": fakecloud.CeilometerOcata, "liberty": fakecloud.CeilometerLiberty} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cloud := newCloud(t, fakecloud.WithCeilometer(release))
			client := connect(t, cloud, "demo")
			all, err := client.Resources(meter.ResourceOptions{Window: gophermeter.Day(2026, time.September, 7), MeterLinks: true}).Collect(t.Context())
			require.NoError(t, err)
			require.Len(t, all, 5)
			for _, want := range all {
				assert.True(t, gophermeter.Day(2026, time.September, 7).Contains(want.LastSample), "within what was asked for")
				for _, find := range []func() (meter.Resource, error){
					func() (meter.Resource, error) { return client.GetResource(t.Context(), want.ResourceID) },
					func() (meter.Resource, error) { return client.FindResource(t.Context(), want.ResourceID) },
				} {
					got, err := find()
					require.NoError(t, err)
					assert.Equal(t, want.ResourceID, got.ResourceID)
					assert.Equal(t, want.MeterNames(), got.MeterNames())
					assert.True(t, got.LastSample.After(want.LastSample))
				}
			}
			foreign, err := connect(t, cloud, "demo2").GetResource(t.Context(), all[0].ResourceID)
			require.ErrorIs(t, err, gophermeter.ErrNotFound)
			assert.Zero(t, foreign)
		})
	}
}

func TestStatisticsOfACloud(t *testing.T) {
	t.Parallel()
	client := connect(t, newCloud(t), "admin")
	ctx := t.Context()
	samples, err := client.Samples(meter.SampleOptions{Meter: "cpu_util", Window: september}).Collect(ctx)
	require.NoError(t, err)
	row, err := client.FindStatistics(ctx, "cpu_util", meter.StatisticsOptions{Window: september})
	require.NoError(t, err)
	sum, lowest := 0.0, samples[0].Volume
	for _, s := range samples {
		sum, lowest = sum+s.Volume, min(lowest, s.Volume)
	}
	assert.Equal(t, int64(len(samples)), *row.Count)
	assert.InEpsilon(t, sum, *row.Sum, 1e-12)
	assert.Equal(t, lowest, *row.Min)
	assert.Equal(t, samples[0].Timestamp, row.DurationEnd)

	_, err = client.Statistics("cpu_util", meter.StatisticsOptions{GroupBy: []meter.GroupField{meter.GroupBySource}}).Collect(ctx)
	require.ErrorIs(t, err, gophermeter.ErrServer, "SQL cannot")
	kinds, err := client.Statistics("cpu_util", meter.StatisticsOptions{GroupBy: []meter.GroupField{meter.GroupByInstanceType}}).Collect(ctx)
	require.NoError(t, err)
	assert.NotEmpty(t, kinds)
	none, err := client.Statistics("nope", meter.StatisticsOptions{Period: time.Hour, Window: september}).Collect(ctx)
	require.NoError(t, err)
	assert.Empty(t, none)
}

func TestACloudThatKeepsItsSamplesInGnocchi(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t, fakecloud.WithGnocchiForSamples())
	client := connect(t, cloud, "admin")
	_, err := client.FindMeter(t.Context(), "cpu_util")
	require.ErrorIs(t, err, gophermeter.ErrUnsupported)
	post := []meter.SampleCreate{{Type: meter.TypeGauge, ResourceID: "r", Volume: 1}}
	_, err = client.CreateSamples(t.Context(), "m", post, meter.CreateSamplesOptions{})
	require.NoError(t, err)
	_, err = client.CreateSamples(t.Context(), "m", post, meter.CreateSamplesOptions{Direct: true})
	require.ErrorIs(t, err, gophermeter.ErrBadRequest)
}

func TestAlarmsOfALibertyAreAskedAtItsOwnAddress(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t, fakecloud.WithCeilometer(fakecloud.CeilometerLiberty), fakecloud.WithCeilometerAlarms())
	client := connect(t, cloud, "admin")
	_, err := client.Alarm().Alarms(alarm.AlarmsOptions{}).Collect(t.Context())
	require.NoError(t, err)
}
