package meter_test

import (
	"fmt"
	"net/url"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/alarm"
	"github.com/gophermeter/gophermeter/meter"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// manySamples is a cloud with n samples, tied of them in the middle with one time.
func manySamples(t testing.TB, n, tied int) *fakecloud.Cloud {
	t.Helper()
	cloud := newCloud(t, fakecloud.WithEmpty())
	samples := make([]fakecloud.Sample, n)
	for i := range samples {
		step := i
		if i >= n/2 {
			step = max(n/2, i-tied+1)
		}
		samples[i] = fakecloud.Sample{ID: "s" + strconv.Itoa(i), Meter: "cpu_util", Unit: "%", Volume: float64(i), ResourceID: "r" + strconv.Itoa(i%50),
			Timestamp: september.Start.Add(time.Duration(step) * 10 * time.Millisecond)}
	}
	cloud.AddSamples(samples...)
	return cloud
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Not parallel: it looks at the heap of the process, in which the cloud is too, but for what a walk holds.
func TestEachOfAHundredThousandSamplesOnce(t *testing.T) {
	const n, tied = 100_000, 5_000
	cloud := manySamples(t, n, tied)
	client := connect(t, cloud, "admin", meter.WithPageSize(100))
	seen := make([]bool, n)
	count, newest := 0, time.Time{}
	var early, late uint64
	for s, err := range client.Samples(meter.SampleOptions{Window: september}).All(t.Context()) {
		require.NoError(t, err)
		i, err := strconv.Atoi(s.ID[1:])
		require.NoError(t, err)
		require.False(t, seen[i], "%s came twice", s.ID)
		require.Equal(t, float64(i), s.Volume)
		require.False(t, count > 0 && s.Timestamp.After(newest))
		seen[i], newest = true, s.Timestamp
		switch count++; count {
		case n / 10:
			cloud.ResetRequests()
			early = heap()
		case n:
			cloud.ResetRequests()
			late = heap()
		}
	}
	require.Equal(t, n, count)
	t.Logf("heap after 10 k samples %d bytes, after 100 k %d", early, late)
	const ids = tied * 100 // of one time, with their map
	assert.LessOrEqual(t, late, early+4<<20+ids)
}

func TestTheLimitGrowsOnlyWhereOneTimeFillsAPage(t *testing.T) {
	t.Parallel()
	cloud := manySamples(t, 1000, 250)
	client := connect(t, cloud, "admin", meter.WithPageSize(100))
	all, err := client.Samples(meter.SampleOptions{}).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, all, 1000)
	limits := map[string]int{}
	for _, r := range asked(cloud) {
		q, err := url.ParseQuery(r.RawQuery)
		require.NoError(t, err)
		limits[q.Get("limit")]++
	}
	assert.Equal(t, 4, limits["100"], "until it meets the time that fills a page")
	assert.Equal(t, 1, limits["200"])
	assert.NotEmpty(t, limits["400"])
	assert.Len(t, limits, 3)
}

func TestWalksYieldEverySampleOnce(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t, fakecloud.WithEmpty(), fakecloud.WithCeilometer(fakecloud.CeilometerLiberty))
	clients := map[int]*meter.Client{}
	for size := 1; size <= 9; size++ {
		clients[size] = connect(t, cloud, "admin", meter.WithPageSize(size))
	}
	serial := 0
	rapid.Check(t, func(r *rapid.T) {
		serial++
		name := "m" + strconv.Itoa(serial)
		times := rapid.SliceOfN(rapid.IntRange(0, 6), 0, 25).Draw(r, "times")
		window := gophermeter.Window{Start: september.Start.Add(time.Microsecond), End: september.Start.Add(6 * time.Microsecond)}
		want := map[string]bool{}
		for i, at := range times {
			id := fmt.Sprintf("%s-%d", name, i)
			when := september.Start.Add(time.Duration(at) * time.Microsecond)
			cloud.AddSamples(fakecloud.Sample{ID: id, Meter: name, ResourceID: "r", Timestamp: when})
			cloud.AddEvents(fakecloud.Event{MessageID: id, EventType: name, Generated: when})
			if window.Contains(when) {
				want[id] = true
			}
		}
		client := clients[rapid.IntRange(1, 9).Draw(r, "size")]
		samples, err := client.Samples(meter.SampleOptions{Meter: name, Window: window}).Collect(t.Context())
		require.NoError(t, err)
		got := map[string]bool{}
		for _, s := range samples {
			got[s.ID] = true
		}
		require.Equal(t, want, got)
		require.Len(t, samples, len(want))

		queried, err := client.QuerySamples(meter.SampleQuery{Filter: alarm.Eq(meter.FieldMeter, name)}).Collect(t.Context())
		require.NoError(t, err)
		require.Len(t, queried, len(times))
		ordered, err := client.QuerySamples(meter.SampleQuery{
			Filter: alarm.Eq(meter.FieldMeter, name), OrderBy: []meter.SampleOrder{{Field: meter.FieldTimestamp}},
		}).Collect(t.Context())
		require.NoError(t, err)
		require.Len(t, ordered, len(times))
		for i := range ordered[:max(len(ordered)-1, 0)] {
			require.False(t, ordered[i].Timestamp.After(ordered[i+1].Timestamp))
		}

		events, err := client.Events(meter.EventOptions{Window: window, Filters: []meter.Filter{meter.ByEventType(name)}}).Collect(t.Context())
		require.NoError(t, err)
		got = map[string]bool{}
		for i, e := range events {
			got[e.MessageID] = true
			require.False(t, i > 0 && e.Generated.Before(events[i-1].Generated))
		}
		require.Equal(t, want, got)
		require.Len(t, events, len(want))
	})
}

func TestListsGrowUntilTheyAreWhole(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t, fakecloud.WithEmpty())
	for i := range 300 {
		cloud.AddSamples(fakecloud.Sample{Meter: "m", ResourceID: fmt.Sprintf("r%03d", i), Timestamp: september.Start})
	}
	client := connect(t, cloud, "admin", meter.WithPageSize(20))
	meters, err := client.Meters(meter.MeterOptions{}).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, meters, 300)
	assert.Len(t, asked(cloud), 3, "20, 80, 320")
	resources, err := client.Resources(meter.ResourceOptions{}).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, resources, 300)
	cloud.ResetRequests()
	few, err := client.Resources(meter.ResourceOptions{Limit: 7}).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, few, 7)
	assert.Len(t, asked(cloud), 1, "one request of seven")
}

func TestAReleaseWithoutLimits(t *testing.T) {
	t.Parallel()
	refused, all := says(400, body(t, "error-400-limit")), says(200, body(t, "meters"))
	client, script := scripted(t, refused, all, all)
	for range 2 {
		meters, err := client.Meters(meter.MeterOptions{}).Collect(t.Context())
		require.NoError(t, err)
		assert.Len(t, meters, 3)
	}
	assert.Len(t, script.all(), 3, "it said so once")
	assert.False(t, script.last().query.Has("limit"))

	client, _ = scripted(t, refused, all)
	meters, err := client.Meters(meter.MeterOptions{Limit: 2}).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, meters, 2)
}

func TestTruncationIsAnError(t *testing.T) {
	t.Parallel()
	row := func(id, at string) string { return `{"id": "` + id + `", "timestamp": "2016-10-01T00:00:` + at + `"}` }
	for name, test := range map[string]struct {
		answer string
		want   error
	}{
		"the time is not looked at":          {"[" + row("a", "02") + "," + row("b", "01") + "]", gophermeter.ErrLoop},
		"the newest one does not come first": {"[" + row("a", "01") + "," + row("b", "02") + "]", gophermeter.ErrTruncated},
	} {
		client, _ := scriptedAs(t, []meter.Option{meter.WithPageSize(2)}, says(200, test.answer))
		_, err := client.Samples(meter.SampleOptions{}).Collect(t.Context())
		require.ErrorIs(t, err, test.want, name)
	}
}
