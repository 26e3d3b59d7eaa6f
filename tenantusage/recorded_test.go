package tenantusage_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/tenantusage"
)

func TestServersReadAllFieldsOfARecordedPage(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, says(200, body(t, "list-page-1")), says(200, body(t, "list-page-2")), says(200, body(t, "list-last-empty")))
	rows, err := client.Servers(window).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, rows, 6)
	ended := time.Date(2026, 11, 9, 16, 28, 51, 0, time.UTC)
	assert.Equal(t, tenantusage.ServerUsage{
		InstanceID: "015b8529-cc83-485c-86ee-8707770897b9",
		Name:       "tenant-5-vm-0012",
		ProjectID:  "2845bc9e198d46c89312fa2d02ae0606",
		Flavor:     "m1.medium",
		State:      tenantusage.StateTerminated,
		Hours:      21.83361111111111,
		VCPUs:      2, MemoryMB: 4096, LocalGB: 40,
		StartedAt: time.Date(2026, 11, 8, 18, 38, 50, 0, time.UTC),
		EndedAt:   &ended,
		Uptime:    78601 * time.Second,
	}, rows[0])
	assert.Nil(t, rows[2].EndedAt)
	assert.Equal(t, tenantusage.StatePaused, rows[2].State)

	queries := script.queries()
	require.Len(t, queries, 3)
	assert.Equal(t, "2026-10-23T00:00:00", queries[0].Get("start"))
	assert.Equal(t, "2026-11-23T01:00:00", queries[0].Get("end"))
	assert.Equal(t, "1", queries[0].Get("detailed"))
	assert.False(t, queries[0].Has("marker"))
	assert.False(t, queries[0].Has("limit"), "without a page size Nova's own applies; 0 would answer nothing")
	assert.Equal(t, "01d22fd4-6abf-47c6-981a-a1cb91aacb8f", queries[1].Get("marker"))
	assert.Equal(t, "03942761-d1c0-4877-84dd-826a86e4f122", queries[2].Get("marker"))
}

func TestMicroversionIsAskedForUnderBothNames(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, says(200, body(t, "list-last-empty")))
	_, err := client.Projects(window).Collect(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "compute 2.40", script.requests[0].Header.Get("OpenStack-API-Version"))
	assert.Equal(t, "2.40", script.requests[0].Header.Get("X-OpenStack-Nova-API-Version"))
}

func TestProjectsSumTheirPages(t *testing.T) {
	t.Parallel()
	client, _ := scripted(t, says(200, body(t, "list-page-1")), says(200, body(t, "list-page-2")), says(200, body(t, "list-last-empty")))
	all, err := client.Projects(window).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 1)
	assert.Equal(t, "2845bc9e198d46c89312fa2d02ae0606", all[0].ProjectID)
	assert.InEpsilon(t, 796.2505555555556+823.6661111111111, all[0].TotalHours, 1e-14)
	assert.InEpsilon(t, 1517.7105555555556+1467.9030555555555, all[0].TotalVCPUsUsage, 1e-14)
	assert.InEpsilon(t, 3108271.217777778+3006265.4577777777, all[0].TotalMemoryMBUsage, 1e-14)
	assert.InEpsilon(t, 30354.211111111108+29358.06111111111, all[0].TotalLocalGBUsage, 1e-14)
	assert.Equal(t, window.Start, all[0].Start)
	assert.Equal(t, window.End, all[0].Stop)
}

func TestGetProjectReadsTheEdgeCasesOfARealProject(t *testing.T) {
	t.Parallel()
	const id = "771d3e304c414b0baf9d5e1fec7b4e3e"
	client, script := scripted(t, says(200, body(t, "show-last")))
	usage, err := client.GetProject(t.Context(), id, window)
	require.NoError(t, err)
	assert.Equal(t, id, usage.ProjectID)
	assert.InDelta(t, 936.5869444444445, usage.TotalHours, 1e-12)
	require.Len(t, usage.Servers, 5)
	names := map[string]string{}
	for _, s := range usage.Servers {
		names[s.Name] = s.Flavor
	}
	assert.Equal(t, "g1 gpu/é", names[`dé-中 "q"\ <&>`])
	assert.Contains(t, names, "", "an empty name and a null one")
	assert.Equal(t, "/v2.1/os-simple-tenant-usage/"+id, script.requests[0].URL.Path)
	assert.False(t, script.queries()[0].Has("detailed"), "from 2.75 on Nova refuses it for a single project")
}

func TestUnknownProjectIsZero(t *testing.T) {
	t.Parallel()
	client, _ := scripted(t, says(200, body(t, "show-unknown")))
	usage, err := client.GetProject(t.Context(), "ffffffffffffffffffffffffffffffff", window)
	require.NoError(t, err)
	assert.Equal(t, tenantusage.ProjectUsage{}, usage)
	rows, err := client.ProjectServers("ffffffffffffffffffffffffffffffff", window).Collect(t.Context())
	require.NoError(t, err)
	assert.Empty(t, rows)
}

func TestEmptyLastPageOfAProjectDoesNotOverwriteIt(t *testing.T) {
	t.Parallel()
	client, _ := scripted(t, says(200, body(t, "show-page-1")), says(200, `{"tenant_usage":{}}`))
	usage, err := client.GetProject(t.Context(), "771d3e304c414b0baf9d5e1fec7b4e3e", window)
	require.NoError(t, err)
	assert.Equal(t, "771d3e304c414b0baf9d5e1fec7b4e3e", usage.ProjectID)
	assert.Len(t, usage.Servers, 2)
	assert.InDelta(t, 119.72444444444446, usage.TotalHours, 1e-12)
}

func TestRawPagesShowMarkerAndVersion(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, says(200, body(t, "list-page-1")), says(200, body(t, "list-page-2")), says(200, body(t, "list-last-empty")))
	pages, err := client.RawPages(tenantusage.Query{Window: window, Detailed: true, Limit: 3}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, pages, 3)
	assert.Equal(t, "01d22fd4-6abf-47c6-981a-a1cb91aacb8f", pages[0].NextMarker)
	assert.Equal(t, "03942761-d1c0-4877-84dd-826a86e4f122", pages[1].NextMarker)
	assert.Empty(t, pages[2].NextMarker)
	assert.Empty(t, pages[2].Projects)
	assert.Equal(t, "2.40", pages[0].Version)
	assert.Equal(t, window, pages[0].Window)
	assert.Len(t, pages[0].Projects[0].Servers, 3)
	assert.Equal(t, "3", script.queries()[0].Get("limit"))
}

func TestRawPagesResumeAtAMarker(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, says(200, body(t, "list-last-empty")))
	_, err := client.RawPages(tenantusage.Query{Window: window, Marker: "03942761-d1c0-4877-84dd-826a86e4f122"}).Collect(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "03942761-d1c0-4877-84dd-826a86e4f122", script.queries()[0].Get("marker"))
	assert.False(t, script.queries()[0].Has("detailed"))
}

func TestHoursInFollowsNovasRule(t *testing.T) {
	t.Parallel()
	client, _ := scripted(t, says(200, body(t, "show-last")))
	rows, err := client.ProjectServers("771d3e304c414b0baf9d5e1fec7b4e3e", window).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, rows, 5)
	for _, row := range rows {
		assert.InDelta(t, row.Hours, row.HoursIn(window), 1e-9, row.Name)
	}
}
