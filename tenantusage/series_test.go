package tenantusage_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/tenantusage"
)

func TestSeriesAddsUpToTheProjects(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	projects, _ := truth(cloud, september)
	client := connect(t, cloud, "admin", tenantusage.WithPageSize(70))
	for _, step := range []time.Duration{time.Hour, 24 * time.Hour, 7 * 24 * time.Hour, 100 * 24 * time.Hour} {
		buckets, err := client.GetSeries(t.Context(), september, step, tenantusage.ByProject)
		require.NoError(t, err)
		require.Len(t, buckets, int((september.Duration()+step-1)/step))
		assert.Equal(t, september.Start, buckets[0].Window.Start)
		assert.Equal(t, september.End, buckets[len(buckets)-1].Window.End)
		sums := map[string]tenantusage.ProjectUsage{}
		for _, b := range buckets {
			for id, u := range b.Usage {
				p := sums[id]
				p.TotalHours += u.Hours
				p.TotalVCPUsUsage += u.VCPUHours
				p.TotalMemoryMBUsage += u.MemoryMBHours
				p.TotalLocalGBUsage += u.LocalGBHours
				sums[id] = p
				assert.Positive(t, u.Servers)
				assert.LessOrEqual(t, u.Hours, float64(u.Servers)*b.Window.Duration().Hours()+1e-9)
			}
		}
		assert.Equal(t, sortedKeys(projects), sortedKeys(sums))
		for id, p := range projects {
			assertTotals(t, p, sums[id])
		}
	}
}

// Nova's own answer for a day is the bucket of that day.
func TestSeriesBucketIsWhatNovaAnswersForItsWindow(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	client := connect(t, cloud, "admin")
	buckets, err := client.GetSeries(t.Context(), september, 24*time.Hour, tenantusage.ByProject)
	require.NoError(t, err)
	for _, day := range []int{0, 8, 29} {
		b := buckets[day]
		all, err := client.Projects(b.Window).Collect(t.Context())
		require.NoError(t, err)
		for _, p := range all {
			assert.InDelta(t, p.TotalHours, b.Usage[p.ProjectID].Hours, 1e-9)
			assert.InDelta(t, p.TotalVCPUsUsage, b.Usage[p.ProjectID].VCPUHours, 1e-6)
		}
	}
}

func TestSeriesByFlavorAndState(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	client := connect(t, cloud, "admin")
	byFlavor, err := client.GetSeries(t.Context(), september, september.Duration(), tenantusage.ByFlavor)
	require.NoError(t, err)
	require.Len(t, byFlavor, 1)
	assert.Contains(t, byFlavor[0].Usage, "g1.a100")
	byState, err := client.GetSeries(t.Context(), september, september.Duration(), tenantusage.ByState)
	require.NoError(t, err)
	assert.Contains(t, byState[0].Usage, string(tenantusage.StateTerminated))
	var flavors, states float64
	for _, u := range byFlavor[0].Usage {
		flavors += u.Hours
	}
	for _, u := range byState[0].Usage {
		states += u.Hours
	}
	assert.InEpsilon(t, flavors, states, 1e-12)
}

func TestSeriesEndsWhereACloudWithASlowClockStopsCounting(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	cloud.Advance(-10*24*time.Hour - 6*time.Hour)
	buckets, err := connect(t, cloud, "admin").GetSeries(t.Context(), september, 24*time.Hour, tenantusage.ByProject)
	require.NoError(t, err)
	require.Len(t, buckets, 20)
	last := buckets[len(buckets)-1].Window
	assert.Equal(t, cloud.Now(), last.End)
	assert.Equal(t, 18*time.Hour, last.Duration())
}

func TestHoursInOutsideOfAServersLife(t *testing.T) {
	t.Parallel()
	ended := september.Start.Add(30 * time.Minute)
	row := tenantusage.ServerUsage{StartedAt: september.Start.Add(-time.Hour), EndedAt: &ended}
	assert.Equal(t, 0.5, row.HoursIn(september))
	assert.Zero(t, row.HoursIn(gophermeter.Window{Start: ended, End: september.End}))
	assert.Zero(t, row.HoursIn(gophermeter.Window{Start: september.Start.AddDate(-1, 0, 0), End: row.StartedAt}))
}
