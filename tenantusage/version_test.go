package tenantusage_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/tenantusage"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

func TestOldNovaIsCountedByItsRows(t *testing.T) {
	t.Parallel()
	for name, opt := range map[string]fakecloud.Option{
		"406":    fakecloud.WithNovaMicroversions("2.1", "2.25"),
		"legacy": fakecloud.WithLegacyNova(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cloud := newCloud(t, opt)
			projects, servers := truth(cloud, september)
			client := connect(t, cloud, "admin", tenantusage.WithPageSize(50))
			all, err := client.Projects(september).Collect(t.Context())
			require.NoError(t, err)
			assert.Len(t, all, len(projects))
			for _, p := range all {
				assertTotals(t, projects[p.ProjectID], p)
				assert.Nil(t, p.Servers)
			}
			queries := usageQueries(t, cloud)
			require.Len(t, queries, 2)
			assert.Equal(t, "1", queries[1].Get("detailed"), "the only way to count what was cut off")
			assert.False(t, queries[1].Has("limit"))
			rows, err := client.Servers(september).Collect(t.Context())
			require.NoError(t, err)
			assert.Len(t, rows, len(servers))
			one, err := client.GetProject(t.Context(), cloud.ProjectID("web-shop"), september)
			require.NoError(t, err)
			assertTotals(t, projects[cloud.ProjectID("web-shop")], one)
		})
	}
}

func TestOldNovaWithAThousandServersIsTruncated(t *testing.T) {
	t.Parallel()
	for name, opt := range map[string]fakecloud.Option{
		"406":    fakecloud.WithNovaMicroversions("2.1", "2.39"),
		"legacy": fakecloud.WithLegacyNova(),
	} {
		for _, count := range []int{999, 1000, 1200} {
			t.Run(fmt.Sprintf("%s %d", name, count), func(t *testing.T) {
				t.Parallel()
				cloud := newCloud(t, opt, fakecloud.WithEmpty())
				launched := september.Start.Add(time.Hour)
				for range count {
					cloud.AddServer(fakecloud.Server{ProjectID: cloud.ProjectID("admin"), Flavor: "m1", VCPUs: 1, LaunchedAt: &launched})
				}
				client := connect(t, cloud, "admin")
				_, err := client.Projects(september).Collect(t.Context())
				_, errServers := client.Servers(september).Collect(t.Context())
				_, errProject := client.GetProject(t.Context(), cloud.ProjectID("admin"), september)
				if count < 1000 {
					require.NoError(t, err)
					require.NoError(t, errServers)
					require.NoError(t, errProject)
					return
				}
				require.ErrorIs(t, err, gophermeter.ErrTruncated)
				require.ErrorIs(t, errServers, gophermeter.ErrTruncated)
				require.ErrorIs(t, errProject, gophermeter.ErrTruncated)
			})
		}
	}
}

func TestLegacyAnswerOfARealNovaIsUsedAsItCame(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, unversioned(200, body(t, "show-legacy")))
	usage, err := client.GetProject(t.Context(), "771d3e304c414b0baf9d5e1fec7b4e3e", window)
	require.NoError(t, err)
	assert.Len(t, usage.Servers, 5)
	assert.Len(t, script.requests, 1, "rows came already")
}

func TestAnswerOfAnOlderMicroversionIsOld(t *testing.T) {
	t.Parallel()
	summary := strings.Replace(body(t, "list-summary"), "tenant_usages_links", "x", 1)
	client, script := scripted(t, unversioned(200, summary), unversioned(200, strings.Replace(body(t, "list-page-1"), "tenant_usages_links", "x", 1)))
	all, err := client.Projects(window).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, all, 1)
	assert.Len(t, script.requests, 2)
	assert.Empty(t, script.requests[1].Header.Get("OpenStack-API-Version"))
}

func TestRecorded406(t *testing.T) {
	t.Parallel()
	client, _ := scripted(t, says(406, body(t, "error-406")), unversioned(200, body(t, "list-last-empty")))
	all, err := client.Projects(window).Collect(t.Context())
	require.NoError(t, err)
	assert.Empty(t, all)
}

func TestOldNovaCannotResume(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t, fakecloud.WithLegacyNova())
	client := connect(t, cloud, "admin")
	_, err := client.RawPages(tenantusage.Query{Window: september, Marker: "015b8529-cc83-485c-86ee-8707770897b9"}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrUnsupported)
}

func TestRawPagesOfALegacyNovaNameNoVersion(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t, fakecloud.WithLegacyNova())
	pages, err := connect(t, cloud, "admin").RawPages(tenantusage.Query{Window: september}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, pages, 1)
	assert.Empty(t, pages[0].Version)
}
