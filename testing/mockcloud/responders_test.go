package mockcloud_test

import (
	"fmt"
	"net/http"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/tenantusage"
	"github.com/gophermeter/gophermeter/testing/mockcloud"
)

var may = gophermeter.Month(2026, time.May)

// fleet is a project of so many servers.
func fleet(project string, servers int) tenantusage.ProjectUsage {
	u := tenantusage.ProjectUsage{ProjectID: project}
	for i := range servers {
		u.Servers = append(u.Servers, tenantusage.ServerUsage{
			InstanceID: fmt.Sprintf("%s-%d", project, i), Name: "n", Flavor: "m1", Hours: 2, VCPUs: 4, MemoryMB: 1024, LocalGB: 8,
		})
	}
	return u
}

func TestTypedValuesComeBack(t *testing.T) {
	t.Parallel()
	ended := may.Start.Add(36 * time.Hour)
	want := tenantusage.ProjectUsage{
		ProjectID: "p1", Start: may.Start, Stop: may.End, TotalHours: 24.5, TotalVCPUsUsage: 49, TotalMemoryMBUsage: 100352,
		TotalLocalGBUsage: 980,
		Servers: []tenantusage.ServerUsage{
			{InstanceID: "a", Name: "<é&中>", ProjectID: "p1", Flavor: "m1.medium", State: tenantusage.StateTerminated, Hours: 24, VCPUs: 2,
				MemoryMB: 4096, LocalGB: 40, StartedAt: may.Start.Add(12 * time.Hour), EndedAt: &ended, Uptime: 24 * time.Hour},
			{InstanceID: "b", ProjectID: "p1", State: "odd", Hours: .5, VCPUs: 2, MemoryMB: 4096, LocalGB: 40,
				StartedAt: may.Start.Add(time.Microsecond), Uptime: time.Second},
		},
	}
	c, _ := client(t, mockcloud.Usages(want))
	got, err := c.GetProject(t.Context(), "p1", may)
	require.NoError(t, err)
	assert.Equal(t, want, got)

	all, err := c.Projects(may).Collect(t.Context())
	require.NoError(t, err)
	want.Servers = nil
	assert.Equal(t, []tenantusage.ProjectUsage{want}, all)
}

func TestWhatIsLeftOut(t *testing.T) {
	t.Parallel()
	ended := may.End
	c, _ := client(t, mockcloud.Usages(
		tenantusage.ProjectUsage{ProjectID: "p1", Servers: []tenantusage.ServerUsage{{InstanceID: "a", Hours: 1}, {InstanceID: "b", EndedAt: &ended}}},
		tenantusage.ProjectUsage{ProjectID: "p2", TotalHours: 3},
	))
	got, err := c.GetProject(t.Context(), "p1", may)
	require.NoError(t, err)
	assert.Equal(t, may.Start, got.Start)
	assert.Equal(t, may.End, got.Stop)
	assert.Equal(t, []tenantusage.ServerUsage{
		{InstanceID: "a", ProjectID: "p1", State: tenantusage.StateActive, Hours: 1, StartedAt: may.Start},
		{InstanceID: "b", ProjectID: "p1", State: tenantusage.StateTerminated, StartedAt: may.Start, EndedAt: &ended},
	}, got.Servers)
	got, err = c.GetProject(t.Context(), "p2", may)
	require.NoError(t, err)
	assert.Equal(t, tenantusage.ProjectUsage{ProjectID: "p2", Start: may.Start, Stop: may.End, TotalHours: 3}, got)
	got, err = c.GetProject(t.Context(), "p3", may)
	require.NoError(t, err)
	assert.Zero(t, got, "Nova does not know it")
}

func TestPagesSumUp(t *testing.T) {
	t.Parallel()
	usages := []tenantusage.ProjectUsage{fleet("p1", 5), {ProjectID: "p2", TotalHours: 7}, fleet("p3", 2), fleet("p1", 3)}
	usages[3].Servers = []tenantusage.ServerUsage{{InstanceID: "other-cell", Hours: 1}}
	for _, size := range []int{1, 2, 3, 8, 9, 1000} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			t.Parallel()
			c, transport := client(t, mockcloud.UsagePages(size, usages...))
			before := transport.GetTotalCallCount()
			all, err := c.Projects(may).Collect(t.Context())
			require.NoError(t, err)
			require.Len(t, all, 3)
			hours := map[string]float64{}
			for _, u := range all {
				hours[u.ProjectID] = u.TotalHours
			}
			assert.Equal(t, map[string]float64{"p1": 11, "p2": 7, "p3": 4}, hours)
			assert.Equal(t, 9/size+1, transport.GetTotalCallCount()-before, "a full last page has a link to an empty one")

			rows, err := c.ProjectServers("p1", may).Collect(t.Context())
			require.NoError(t, err)
			assert.Len(t, rows, 6)
		})
	}
}

func TestPageSizeOfClient(t *testing.T) {
	t.Parallel()
	c, transport := client(t, mockcloud.Usages(fleet("p1", 5)), tenantusage.WithPageSize(2))
	before := transport.GetTotalCallCount()
	rows, err := c.Servers(may).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, rows, 5)
	assert.Equal(t, 3, transport.GetTotalCallCount()-before)
}

func TestOldNova(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]httpmock.Responder{
		"406":         mockcloud.ComputeError(406, "Version 2.40 is not supported by the API.").Then(mockcloud.Usages(fleet("p1", 5))),
		"unversioned": mockcloud.Unversioned(mockcloud.Usages(fleet("p1", 5))),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := client(t, r)
			all, err := c.Projects(may).Collect(t.Context())
			require.NoError(t, err)
			require.Len(t, all, 1)
			assert.InDelta(t, 10, all[0].TotalHours, 0)
		})
	}
	c, _ := client(t, mockcloud.Unversioned(mockcloud.Usages(fleet("p1", 1001))))
	_, err := c.Projects(may).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrTruncated)
}

func TestFailuresThatPass(t *testing.T) {
	t.Parallel()
	usages := mockcloud.UsagePages(2, fleet("p1", 3))
	for name, r := range map[string]httpmock.Responder{
		"expired token": mockcloud.Unauthorized().Then(usages),
		"torn":          mockcloud.Torn(usages, 100).Then(usages),
		"no body":       mockcloud.Torn(usages, 0).Then(usages),
		"busy":          mockcloud.ComputeError(503, "busy").HeaderSet(http.Header{"Retry-After": {"3600"}}).Then(usages),
		"reset":         httpmock.NewErrorResponder(syscall.ECONNRESET).Then(usages),
		"lost marker":   usages.Then(mockcloud.ComputeError(400, "Marker p1-1 could not be found.")).Then(usages),
		"all of them":   mockcloud.Unauthorized().Then(mockcloud.Torn(usages, 9)).Then(mockcloud.ComputeError(504, "late")).Then(usages),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := client(t, r)
			rows, err := c.Servers(may).Collect(t.Context())
			require.NoError(t, err)
			assert.Len(t, rows, 3)
		})
	}
}

func TestFailuresThatStay(t *testing.T) {
	t.Parallel()
	usages := mockcloud.Usages(fleet("p1", 3))
	for name, c := range map[string]struct {
		r    httpmock.Responder
		want error
	}{
		"refused":      {mockcloud.ComputeError(403, "no"), gophermeter.ErrForbidden},
		"unauthorized": {mockcloud.Unauthorized(), gophermeter.ErrUnauthorized},
		"busy":         {mockcloud.ComputeError(429, "slow down"), gophermeter.ErrRateLimited},
		"reset":        {httpmock.NewErrorResponder(syscall.ECONNRESET), syscall.ECONNRESET},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c1, _ := client(t, c.r)
			_, err := c1.Projects(may).Collect(t.Context())
			require.ErrorIs(t, err, c.want)
		})
	}
	c, _ := client(t, mockcloud.Torn(usages, 50))
	_, err := c.Projects(may).Collect(t.Context())
	require.ErrorContains(t, err, "broke off")
}

func TestOneProjectFails(t *testing.T) {
	t.Parallel()
	c, transport := client(t, mockcloud.Usages(fleet("p1", 1), fleet("p2", 1)))
	transport.RegisterResponder(http.MethodGet, mockcloud.Compute.URL+"/os-simple-tenant-usage/p2", mockcloud.ComputeError(403, "not yours"))
	_, err := c.GetProject(t.Context(), "p1", may)
	require.NoError(t, err)
	_, err = c.GetProject(t.Context(), "p2", may)
	require.ErrorIs(t, err, gophermeter.ErrForbidden)
	require.ErrorContains(t, err, "not yours")
}

func TestIDsThatNeedEscapes(t *testing.T) {
	t.Parallel()
	c, _ := client(t, mockcloud.UsagePages(1, fleet("a/b?c", 2), fleet("b", 1)))
	rows, err := c.ProjectServers("a/b?c", may).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, rows, 2)
}

func TestNothingRegistered(t *testing.T) {
	t.Parallel()
	conn := connect(t, cloud())
	c, err := tenantusage.New(conn)
	require.NoError(t, err)
	_, err = c.Projects(may).Collect(t.Context())
	require.ErrorContains(t, err, "no responder found")
	require.ErrorContains(t, err, "/compute/v2.1/os-simple-tenant-usage")
}

// TestPausesUnderSynctest shows that no time need pass even with the SDK's own pauses: a mock has no network.
func TestPausesUnderSynctest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		transport := cloud()
		busy := mockcloud.ComputeError(503, "busy").HeaderSet(http.Header{"Retry-After": {"7"}})
		mockcloud.TenantUsage(transport, busy.Then(mockcloud.Usages(fleet("p1", 1))))
		c, err := tenantusage.New(connect(t, transport, gophermeter.WithRetry(gophermeter.Retry{})))
		require.NoError(t, err)
		began := time.Now()
		year := began.Year() - 1 // the bubble's clock stands in the past
		_, err = c.Projects(gophermeter.Month(year, time.May)).Collect(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 7*time.Second, time.Since(began))
	})
}

func TestKeystone(t *testing.T) {
	t.Parallel()
	transport := httpmock.NewMockTransport()
	elsewhere := mockcloud.Compute
	elsewhere.Region, elsewhere.URL = "RegionTwo", "https://two.example/v2.1"
	mockcloud.Keystone(transport, mockcloud.Compute, elsewhere)
	conn := connect(t, transport)
	assert.Equal(t, []gophermeter.Endpoint{mockcloud.Identity, mockcloud.Compute}, conn.Services())
	compute, err := connect(t, transport, gophermeter.WithRegion("RegionTwo"), gophermeter.WithInterface("internal")).Service("compute")
	require.NoError(t, err)
	assert.Equal(t, elsewhere.URL, compute.Endpoint())
	_, err = connect(t, transport).Service("rating")
	require.ErrorIs(t, err, gophermeter.ErrNoService)

	names, err := conn.ProjectNames(t.Context())
	require.NoError(t, err)
	assert.Empty(t, names)
	want := map[string]string{"p1": "web-shop", "p2": "größe"}
	mockcloud.ProjectNames(transport, want)
	names, err = conn.ProjectNames(t.Context())
	require.NoError(t, err)
	assert.Equal(t, want, names)
	transport.RegisterResponder(http.MethodGet, mockcloud.Identity.URL+"/projects", mockcloud.IdentityError(403, "not all of them"))
	names, err = conn.ProjectNames(t.Context())
	require.NoError(t, err, "falls back to the user's own")
	assert.Equal(t, want, names)
}

func TestLoginIsRefused(t *testing.T) {
	t.Parallel()
	transport := httpmock.NewMockTransport()
	transport.RegisterResponder(http.MethodPost, mockcloud.Identity.URL+"/auth/tokens", mockcloud.IdentityError(401, "wrong password"))
	_, err := gophermeter.Connect(t.Context(), mockcloud.Options(transport)...)
	require.ErrorIs(t, err, gophermeter.ErrUnauthorized)
	require.ErrorContains(t, err, "wrong password")
}

// TestEachLoginHasAToken of its own, and a client that logs in again uses the new one.
func TestEachLoginHasAToken(t *testing.T) {
	t.Parallel()
	transport := cloud()
	var tokens []string
	usages := mockcloud.Usages(fleet("p1", 1))
	noting := func(r httpmock.Responder) httpmock.Responder {
		return func(req *http.Request) (*http.Response, error) {
			tokens = append(tokens, req.Header.Get("X-Auth-Token"))
			return r(req)
		}
	}
	mockcloud.TenantUsage(transport, noting(mockcloud.Unauthorized()).Then(noting(usages)))
	c, err := tenantusage.New(connect(t, transport))
	require.NoError(t, err)
	_, err = c.Projects(may).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, tokens, 2)
	assert.NotEqual(t, tokens[0], tokens[1])
	assert.Equal(t, 2, transport.GetCallCountInfo()["POST "+mockcloud.Identity.URL+"/auth/tokens"])
}
