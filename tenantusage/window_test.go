package tenantusage_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/tenantusage"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

const layout = "2006-01-02T15:04:05"

func TestEndInTheFutureIsPinnedOnceForAllPages(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t, fakecloud.WithClock(time.Now))
	start := time.Now().UTC().Truncate(time.Second).Add(-40 * 24 * time.Hour)
	client := connect(t, cloud, "admin", tenantusage.WithPageSize(60))
	all, err := client.Projects(gophermeter.Window{Start: start, End: start.AddDate(1, 0, 0)}).Collect(t.Context())
	require.NoError(t, err)
	queries := usageQueries(t, cloud)
	require.Greater(t, len(queries), 3)
	ends := map[string]bool{}
	for _, q := range queries {
		ends[q.Get("end")] = true
	}
	require.Len(t, ends, 1)
	end, err := time.Parse(layout, queries[0].Get("end"))
	require.NoError(t, err)
	assert.WithinDuration(t, time.Now().Add(-5*time.Second), end, 3*time.Second)
	for _, p := range all {
		assert.Equal(t, end, p.Stop)
	}
}

func TestEndOfAnEndedWindowIsKept(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	_, err := connect(t, cloud, "admin").Projects(september).Collect(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "2026-10-01T00:00:00", usageQueries(t, cloud)[0].Get("end"))
}

// A cloud whose clock is behind counts up to its own present.
func TestServerClockBehindRestartsTheWalkOnce(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	cloud.Advance(-10 * 24 * time.Hour)
	cut := gophermeter.Window{Start: september.Start, End: cloud.Now()}
	client := connect(t, cloud, "admin", tenantusage.WithPageSize(40))
	projects, servers := truth(cloud, cut)

	all, err := client.Projects(september).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, all, len(projects))
	for _, p := range all {
		assert.Equal(t, cut.End, p.Stop)
		assertTotals(t, projects[p.ProjectID], p)
	}
	queries := usageQueries(t, cloud)
	assert.Equal(t, "2026-10-01T00:00:00", queries[0].Get("end"))
	for _, q := range queries[1:] {
		assert.Equal(t, "2026-09-21T00:00:00", q.Get("end"))
	}
	rows, err := client.Servers(september).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, rows, len(servers))
}

func TestPagesOfDifferentWindowsAreDrift(t *testing.T) {
	t.Parallel()
	early := func(name string) http.HandlerFunc {
		return says(200, altered(t, name, "2026-11-23T01:00:00.000000", "2026-11-23T00:59:00.000000"))
	}
	earlier := says(200, altered(t, "list-page-1", "2026-11-23T01:00:00.000000", "2026-11-23T00:58:00.000000"))
	t.Run("an earlier stop on every try", func(t *testing.T) {
		t.Parallel()
		client, script := scripted(t, early("list-page-1"), earlier)
		_, err := client.Projects(window).Collect(t.Context())
		require.ErrorIs(t, err, gophermeter.ErrWindowDrift)
		assert.Equal(t, "2026-11-23T00:59:00", script.queries()[1].Get("end"))
		assert.Len(t, script.requests, 2)
	})
	t.Run("after rows were yielded", func(t *testing.T) {
		t.Parallel()
		client, _ := scripted(t, says(200, body(t, "list-page-1")), early("list-page-2"))
		var rows int
		var failed error
		for _, err := range client.Servers(window).All(t.Context()) {
			if err != nil {
				failed = err
				break
			}
			rows++
		}
		require.ErrorIs(t, failed, gophermeter.ErrWindowDrift)
		assert.Equal(t, 3, rows)
	})
	t.Run("merged totals start again", func(t *testing.T) {
		t.Parallel()
		client, script := scripted(t, says(200, body(t, "list-page-1")), early("list-page-2"),
			early("list-page-1"), early("list-page-2"), says(200, body(t, "list-last-empty")))
		all, err := client.Projects(window).Collect(t.Context())
		require.NoError(t, err)
		require.Len(t, all, 1)
		assert.InEpsilon(t, 796.2505555555556+823.6661111111111, all[0].TotalHours, 1e-14)
		assert.Equal(t, "2026-11-23T00:59:00", script.queries()[4].Get("end"))
	})
	t.Run("another start", func(t *testing.T) {
		t.Parallel()
		client, _ := scripted(t, says(200, altered(t, "list-page-1", "2026-10-23T00:00:00.000000", "2026-10-24T00:00:00.000000")))
		_, err := client.Projects(window).Collect(t.Context())
		require.ErrorIs(t, err, gophermeter.ErrWindowDrift)
	})
}
