package tenantusage_test

import (
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/tenantusage"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// truth is what Nova's rule gives for the servers of a cloud.
func truth(cloud *fakecloud.Cloud, w gophermeter.Window) (map[string]tenantusage.ProjectUsage, map[string]float64) {
	projects, servers := map[string]tenantusage.ProjectUsage{}, map[string]float64{}
	for _, s := range cloud.Servers() {
		if s.LaunchedAt == nil || !s.LaunchedAt.Before(w.End) || s.TerminatedAt != nil && !s.TerminatedAt.After(w.Start) {
			continue
		}
		from, to := *s.LaunchedAt, w.End
		if from.Before(w.Start) {
			from = w.Start
		}
		if s.TerminatedAt != nil && s.TerminatedAt.Before(to) {
			to = *s.TerminatedAt
		}
		hours := to.Sub(from).Hours()
		servers[s.ID] = hours
		p := projects[s.ProjectID]
		p.TotalHours += hours
		p.TotalVCPUsUsage += hours * float64(s.VCPUs)
		p.TotalMemoryMBUsage += hours * float64(s.MemoryMB)
		p.TotalLocalGBUsage += hours * float64(s.RootGB+s.EphemeralGB)
		projects[s.ProjectID] = p
	}
	return projects, servers
}

func assertTotals(t *testing.T, want, got tenantusage.ProjectUsage) {
	t.Helper()
	for _, pair := range [][2]float64{
		{want.TotalHours, got.TotalHours},
		{want.TotalVCPUsUsage, got.TotalVCPUsUsage},
		{want.TotalMemoryMBUsage, got.TotalMemoryMBUsage},
		{want.TotalLocalGBUsage, got.TotalLocalGBUsage},
	} {
		assert.InDelta(t, pair[0], pair[1], 1e-9*math.Max(1, math.Abs(pair[0])))
	}
}

func TestEveryPageSizeGivesTheTruth(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	projects, servers := truth(cloud, september)
	require.Greater(t, len(servers), 250)
	for _, size := range []int{0, 1000, len(servers), 201, 50, 7, 1} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			t.Parallel()
			client := connect(t, cloud, "admin", tenantusage.WithPageSize(size))
			got := map[string]bool{}
			for row, err := range client.Servers(september).All(t.Context()) {
				require.NoError(t, err)
				require.False(t, got[row.InstanceID], "twice: %s", row.InstanceID)
				got[row.InstanceID] = true
				assert.InDelta(t, servers[row.InstanceID], row.Hours, 1e-9)
			}
			assert.Len(t, got, len(servers))
			all, err := client.Projects(september).Collect(t.Context())
			require.NoError(t, err)
			assert.Len(t, all, len(projects))
			for _, p := range all {
				assertTotals(t, projects[p.ProjectID], p)
				one, err := client.GetProject(t.Context(), p.ProjectID, september)
				require.NoError(t, err)
				assertTotals(t, p, one)
			}
		})
	}
}

func TestServerMaxLimitCapsThePageSize(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t, fakecloud.WithMaxLimit(20))
	_, servers := truth(cloud, september)
	rows, err := connect(t, cloud, "admin", tenantusage.WithPageSize(1000)).Servers(september).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, rows, len(servers))
	assert.Greater(t, len(usageQueries(t, cloud)), 10)
}

func TestServerInTwoCellsCountsOnceWhereRowsAreKnown(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	_, servers := truth(cloud, september)
	moved := cloud.Servers()[slices.IndexFunc(cloud.Servers(), func(s fakecloud.Server) bool {
		return s.Cell == 1 && s.ProjectID == cloud.ProjectID("genomics") && s.LaunchedAt != nil
	})]
	moved.Cell = 3
	cloud.AddServer(moved)
	client := connect(t, cloud, "admin")
	rows, err := client.Servers(september).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, rows, len(servers))

	want, err := connect(t, newCloud(t), "admin").GetProject(t.Context(), moved.ProjectID, september)
	require.NoError(t, err)
	got, err := client.GetProject(t.Context(), moved.ProjectID, september)
	require.NoError(t, err)
	assert.Len(t, got.Servers, len(want.Servers))
	assertTotals(t, want, got)
}

func TestServerInTwoCellsMakesLinksLoop(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	first := cloud.Servers()[4]
	first.Cell = 3
	cloud.AddServer(first)
	for size := 1; size <= 12; size++ {
		rows := map[string]bool{}
		var failed error
		for row, err := range connect(t, cloud, "admin", tenantusage.WithPageSize(size)).Servers(september).All(t.Context()) {
			if err != nil {
				failed = err
				break
			}
			require.False(t, rows[row.InstanceID], "size %d: twice", size)
			rows[row.InstanceID] = true
		}
		if failed != nil {
			assert.ErrorIs(t, failed, gophermeter.ErrLoop, "size %d", size)
		}
	}
}

func TestLinkThatLeadsBackIsALoop(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, says(200, body(t, "list-page-1")))
	_, err := client.Projects(window).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrLoop)
	assert.Less(t, len(script.requests), 4)
}

func TestPurgedMarker(t *testing.T) {
	t.Parallel()
	const id = "2845bc9e198d46c89312fa2d02ae0606"
	lost := says(400, body(t, "error-marker"))
	first, second, end := body(t, "list-page-1"), body(t, "list-page-2"), body(t, "list-last-empty")

	t.Run("with rows: the page before is asked for again, and its rows dropped", func(t *testing.T) {
		t.Parallel()
		// The page that came after the lost marker begins with a row that is known.
		again := strings.Replace(first, "marker=01d22fd4-6abf-47c6-981a-a1cb91aacb8f", "marker=01a52eec-2318-44f8-8c06-8f10463f4ecb", 1)
		client, script := scripted(t, says(200, first), lost, says(200, again), says(200, second), says(200, end))
		rows, err := client.Servers(window).Collect(t.Context())
		require.NoError(t, err)
		assert.Len(t, rows, 6)
		assert.Equal(t, []string{"", "01d22fd4-6abf-47c6-981a-a1cb91aacb8f", "", "01a52eec-2318-44f8-8c06-8f10463f4ecb",
			"03942761-d1c0-4877-84dd-826a86e4f122"}, markers(script))
	})
	t.Run("with rows: one marker after another lost leads back to the beginning", func(t *testing.T) {
		t.Parallel()
		client, script := scripted(t, says(200, first), says(200, second), lost, lost, says(200, first), says(200, second), says(200, end))
		rows, err := client.Servers(window).Collect(t.Context())
		require.NoError(t, err)
		assert.Len(t, rows, 6)
		assert.Equal(t, "", markers(script)[4])
	})
	t.Run("without rows: one new start", func(t *testing.T) {
		t.Parallel()
		client, script := scripted(t, says(200, first), lost, says(200, first), says(200, second), says(200, end))
		all, err := client.Projects(window).Collect(t.Context())
		require.NoError(t, err)
		require.Len(t, all, 1)
		assert.Equal(t, id, all[0].ProjectID)
		assert.InEpsilon(t, 796.2505555555556+823.6661111111111, all[0].TotalHours, 1e-14)
		assert.Len(t, script.requests, 5)
	})
	t.Run("without rows: the second loss is the error", func(t *testing.T) {
		t.Parallel()
		client, _ := scripted(t, says(200, first), lost, says(200, first), lost)
		all, err := client.Projects(window).Collect(t.Context())
		require.ErrorIs(t, err, gophermeter.ErrBadRequest)
		assert.Nil(t, all)
	})
	t.Run("with rows: a marker that is always lost ends the walk", func(t *testing.T) {
		t.Parallel()
		client, script := scripted(t, says(200, first), lost, says(200, first), lost, says(200, first), lost, says(200, first), lost)
		_, err := client.Servers(window).Collect(t.Context())
		require.ErrorIs(t, err, gophermeter.ErrBadRequest)
		assert.Len(t, script.requests, 8, "three times back to the page before, and the loss that ends it")
	})
}

func TestLostMarkerToResumeAtIsTheError(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, says(400, body(t, "error-marker")))
	query := tenantusage.Query{Window: window, Marker: "00000000-0000-0000-0000-000000000000"}
	_, err := client.RawPages(query).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrBadRequest)
	assert.ErrorContains(t, err, "could not be found")
	assert.Len(t, script.requests, 1)
}

func markers(s *script) (all []string) {
	for _, q := range s.queries() {
		all = append(all, q.Get("marker"))
	}
	return all
}

func TestPurgedServerOfAFakeCloud(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	_, servers := truth(cloud, september)
	client := connect(t, cloud, "admin", tenantusage.WithPageSize(10))
	seen := map[string]bool{}
	for page, err := range client.Servers(september).Pages(t.Context()) {
		require.NoError(t, err)
		for _, row := range page {
			require.False(t, seen[row.InstanceID])
			seen[row.InstanceID] = true
		}
		// The walk is one page ahead, so the last row of the next page becomes the marker that goes.
		if len(seen) == 50 {
			cloud.RemoveServer(page[len(page)-1].InstanceID)
		}
	}
	assert.InDelta(t, len(servers), len(seen), 1)
}

func TestTokenThatExpiresInMidWalk(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	_, servers := truth(cloud, september)
	client := connect(t, cloud, "admin", tenantusage.WithPageSize(25))
	cloud.ResetRequests()
	seen := map[string]bool{}
	for row, err := range client.Servers(september).All(t.Context()) {
		require.NoError(t, err)
		require.False(t, seen[row.InstanceID])
		seen[row.InstanceID] = true
		if len(seen) == 60 {
			cloud.ExpireTokens()
		}
	}
	assert.Len(t, seen, len(servers))
	logins := 0
	for _, r := range cloud.Requests() {
		if r.Service == "identity" {
			logins++
		}
	}
	assert.Equal(t, 1, logins)
}

func TestPolicy(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	shop := cloud.ProjectID("web-shop")
	for _, user := range []string{"demo", "auditor"} {
		client := connect(t, cloud, user)
		_, err := client.Projects(september).Collect(t.Context())
		require.ErrorIs(t, err, gophermeter.ErrForbidden)
		assert.ErrorContains(t, err, "Policy doesn't allow os_compute_api:os-simple-tenant-usage:list to be performed.")
		assert.ErrorContains(t, err, "req-")
		usage, err := client.GetProject(t.Context(), shop, september)
		require.NoError(t, err)
		assert.Positive(t, usage.TotalHours)
		_, err = client.GetProject(t.Context(), cloud.ProjectID("genomics"), september)
		require.ErrorIs(t, err, gophermeter.ErrForbidden)
	}
}

func TestRefusedBeforeTheWire(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, says(200, "{}"))
	for name, call := range map[string]func() error{
		"projectID": func() error { _, err := client.GetProject(t.Context(), "", window); return err },
		"projectID of servers": func() error {
			_, err := client.ProjectServers("", window).Collect(t.Context())
			return err
		},
		"Window.Start": func() error {
			_, err := client.Projects(gophermeter.Window{End: window.End}).Collect(t.Context())
			return err
		},
		"Window.End": func() error {
			_, err := client.Servers(gophermeter.Window{Start: window.End, End: window.Start}).Collect(t.Context())
			return err
		},
		"Window": func() error {
			_, err := client.Projects(gophermeter.Window{Start: time.Now().Add(time.Hour), End: time.Now().Add(2 * time.Hour)}).Collect(t.Context())
			return err
		},
		"Query.Limit": func() error {
			_, err := client.RawPages(tenantusage.Query{Window: window, Limit: -1}).Collect(t.Context())
			return err
		},
		"step": func() error { _, err := client.GetSeries(t.Context(), window, 0, tenantusage.ByProject); return err },
		"step too fine": func() error {
			_, err := client.GetSeries(t.Context(), window, time.Millisecond, tenantusage.ByProject)
			return err
		},
		"by": func() error { _, err := client.GetSeries(t.Context(), window, time.Hour, "owner"); return err },
	} {
		err := call()
		require.ErrorIs(t, err, gophermeter.ErrInvalidArgument, name)
		assert.ErrorContains(t, err, strings.Fields(name)[0])
	}
	assert.Empty(t, script.requests)
}

func TestNegativePageSizeIsRefused(t *testing.T) {
	t.Parallel()
	conn, err := gophermeter.Connect(t.Context(), newCloud(t).Options()...)
	require.NoError(t, err)
	t.Cleanup(conn.CloseIdleConnections)
	_, err = tenantusage.New(conn, tenantusage.WithPageSize(-1))
	require.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
}

func TestMakingACollectionAsksForNothing(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, func(http.ResponseWriter, *http.Request) { t.Error("asked") })
	client.Projects(window)
	client.Servers(window)
	client.ProjectServers("p", window)
	client.RawPages(tenantusage.Query{Window: window})
	assert.Empty(t, script.requests)
}

func TestBrokenServerRowFailsTheWholeWindow(t *testing.T) {
	t.Parallel()
	client, _ := scripted(t, says(500, `{"computeFault": {"code": 500, "message": "Unexpected API Error. <class 'nova.exception.OrphanedObjectError'>"}}`))
	_, err := client.Projects(window).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrServer)
	assert.ErrorContains(t, err, "OrphanedObjectError")
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
