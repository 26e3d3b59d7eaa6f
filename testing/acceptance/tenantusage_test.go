//go:build acceptance

package acceptance_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/tenantusage"
)

const tolerance = 1e-9 // relative

func same(t testing.TB, what string, want, got float64) {
	t.Helper()
	if want == got {
		return
	}
	assert.InEpsilon(t, want, got, tolerance, what)
}

func sameTotals(t testing.TB, what string, want tenantTotals, got tenantusage.ProjectUsage) {
	t.Helper()
	same(t, what+" hours", want.TotalHours, got.TotalHours)
	same(t, what+" vCPU-hours", want.TotalVCPUsUsage, got.TotalVCPUsUsage)
	same(t, what+" MiB-hours", want.TotalMemoryMBUsage, got.TotalMemoryMBUsage)
	same(t, what+" GiB-hours", want.TotalLocalGBUsage, got.TotalLocalGBUsage)
}

func TestUsageIsTheTruthAtEveryPageSize(t *testing.T) {
	truth := load[seeded](t, "truth.json")
	window := truth.window(t)
	conn := connect(t, "")
	hours := map[string]float64{}
	cells := map[string]map[string]bool{}
	for _, row := range truth.Rows {
		hours[row.InstanceID] = row.Hours
		if cells[row.ProjectID] == nil {
			cells[row.ProjectID] = map[string]bool{}
		}
		cells[row.ProjectID][row.Cell] = true
	}
	require.Greater(t, len(hours), 1000, "one page of Nova must not hold them all")
	spread := 0
	for _, in := range cells {
		if len(in) > 1 {
			spread++
		}
	}
	require.Positive(t, spread, "a project must have servers in both cells")

	for _, size := range []int{1000, 500, 201, 50} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			client := usage(t, conn, tenantusage.WithPageSize(size))
			met := map[string]bool{}
			for row, err := range client.Servers(window).All(t.Context()) {
				require.NoError(t, err)
				require.False(t, met[row.InstanceID], "twice: %s", row.InstanceID)
				met[row.InstanceID] = true
				want, known := hours[row.InstanceID]
				require.True(t, known, "not seeded: %s", row.InstanceID)
				same(t, row.InstanceID, want, row.Hours)
				same(t, row.InstanceID, want, row.HoursIn(window))
			}
			assert.Len(t, met, len(hours))

			all, err := client.Projects(window).Collect(t.Context())
			require.NoError(t, err)
			listed := map[string]tenantusage.ProjectUsage{}
			for _, p := range all {
				require.NotContains(t, listed, p.ProjectID)
				listed[p.ProjectID] = p
			}
			for name, want := range truth.Projects {
				sameTotals(t, "list "+name, want.tenantTotals, listed[want.ID])
				one, err := client.GetProject(t.Context(), want.ID, window)
				require.NoError(t, err)
				sameTotals(t, "show "+name, want.tenantTotals, one)
				assert.Len(t, one.Servers, want.Servers, name)
				delete(listed, want.ID)
			}
			assert.Empty(t, listed, "projects that were not seeded")
		})
	}
}

func TestRowsHaveTheirFields(t *testing.T) {
	truth := load[seeded](t, "truth.json")
	rows := map[string]tenantusage.ServerUsage{}
	for row, err := range usage(t, connect(t, "")).Servers(truth.window(t)).All(t.Context()) {
		require.NoError(t, err)
		rows[row.InstanceID] = row
	}
	for _, want := range truth.Rows {
		got := rows[want.InstanceID]
		name := ""
		if want.Name != nil {
			name = *want.Name
		}
		assert.Equal(t, name, got.Name)
		assert.Equal(t, want.ProjectID, got.ProjectID)
		assert.Equal(t, want.Flavor, got.Flavor)
		assert.Equal(t, [3]int64{want.VCPUs, want.MemoryMB, want.LocalGB}, [3]int64{got.VCPUs, got.MemoryMB, got.LocalGB})
		assert.Equal(t, want.StartedAt, got.StartedAt.Format("2006-01-02T15:04:05.000000"))
		if want.EndedAt == "" {
			assert.Nil(t, got.EndedAt)
		} else if assert.NotNil(t, got.EndedAt) {
			assert.Equal(t, want.EndedAt, got.EndedAt.Format("2006-01-02T15:04:05.000000"))
			assert.Equal(t, tenantusage.StateTerminated, got.State)
			assert.Equal(t, got.EndedAt.Sub(got.StartedAt), got.Uptime)
		}
	}
}

func TestSeriesAddsUpToTheTruth(t *testing.T) {
	truth := load[seeded](t, "truth.json")
	window := truth.window(t)
	buckets, err := usage(t, connect(t, "")).GetSeries(t.Context(), window, window.Duration()/30, tenantusage.ByProject)
	require.NoError(t, err)
	require.Len(t, buckets, 30)
	for name, want := range truth.Projects {
		var hours, vcpus float64
		for _, b := range buckets {
			hours += b.Usage[want.ID].Hours
			vcpus += b.Usage[want.ID].VCPUHours
		}
		same(t, name+" hours", want.TotalHours, hours)
		same(t, name+" vCPU-hours", want.TotalVCPUsUsage, vcpus)
	}
}

func TestRolesOfNova(t *testing.T) {
	truth, known := load[seeded](t, "truth.json"), load[ids](t, "ids.json")
	window := truth.window(t)
	for _, cloud := range []string{"demo", "auditor", "demo-appcred"} {
		t.Run(cloud, func(t *testing.T) {
			conn := connect(t, cloud)
			client := usage(t, conn)
			_, err := client.Projects(window).Collect(t.Context())
			require.ErrorIs(t, err, gophermeter.ErrForbidden)
			var e *gophermeter.Error
			require.ErrorAs(t, err, &e)
			assert.Contains(t, e.Message, "os_compute_api:os-simple-tenant-usage:list")
			assert.NotEmpty(t, e.RequestID)
			require.Equal(t, known.Projects["tenant-1"], conn.ProjectID())
			own, err := client.GetProject(t.Context(), conn.ProjectID(), window)
			require.NoError(t, err)
			sameTotals(t, cloud, truth.Projects["tenant-1"].tenantTotals, own)
			_, err = client.GetProject(t.Context(), known.Projects["tenant-2"], window)
			require.ErrorIs(t, err, gophermeter.ErrForbidden)
		})
	}
	t.Run("admin-appcred", func(t *testing.T) {
		all, err := usage(t, connect(t, "admin-appcred")).Projects(window).Collect(t.Context())
		require.NoError(t, err)
		assert.NotEmpty(t, all)
	})
}

func TestUnknownAndIdleProjectsAreZero(t *testing.T) {
	truth := load[seeded](t, "truth.json")
	client := usage(t, connect(t, ""))
	for _, id := range []string{truth.Projects["idle"].ID, "ffffffffffffffffffffffffffffffff"} {
		u, err := client.GetProject(t.Context(), id, truth.window(t))
		require.NoError(t, err)
		assert.Equal(t, tenantusage.ProjectUsage{}, u)
	}
}

// renewable is a gophercloud login whose re-authentications are counted.
func renewable(t testing.TB) (*gophercloud.ProviderClient, *int) {
	t.Helper()
	known := load[ids](t, "ids.json")
	provider, err := openstack.AuthenticatedClient(t.Context(), gophercloud.AuthOptions{
		IdentityEndpoint: known.AuthURL, Username: "admin", Password: known.Password,
		DomainName: "Default", TenantName: "admin", AllowReauth: true,
	})
	require.NoError(t, err)
	count := new(int)
	renew := provider.ReauthFunc
	provider.ReauthFunc = func(ctx context.Context) error {
		*count++
		return renew(ctx)
	}
	return provider, count
}

func TestMadeUpTokenInMidWalk(t *testing.T) {
	truth := load[seeded](t, "truth.json")
	provider, renewals := renewable(t)
	conn, err := gophermeter.FromProvider(provider, gophercloud.EndpointOpts{Region: "RegionOne"})
	require.NoError(t, err)
	t.Cleanup(conn.CloseIdleConnections)
	met := map[string]bool{}
	for row, err := range usage(t, conn, tenantusage.WithPageSize(201)).Servers(truth.window(t)).All(t.Context()) {
		require.NoError(t, err)
		require.False(t, met[row.InstanceID], "twice: %s", row.InstanceID)
		met[row.InstanceID] = true
		if len(met) == 250 {
			provider.SetToken("gAAAAABmade-up-token")
		}
	}
	assert.Len(t, met, len(truth.Rows))
	assert.Equal(t, 1, *renewals)
}

func TestLogin(t *testing.T) {
	known := load[ids](t, "ids.json")
	auth := gophercloud.AuthOptions{
		IdentityEndpoint: known.AuthURL, Username: "admin", Password: "not-the-password", DomainName: "Default", TenantName: "admin",
	}
	t.Run("wrong password", func(t *testing.T) {
		var count logins
		_, err := gophermeter.Connect(t.Context(), gophermeter.WithAuth(auth), count.option())
		require.ErrorIs(t, err, gophermeter.ErrUnauthorized)
		assert.NotContains(t, err.Error(), auth.Password)
		assert.EqualValues(t, 1, count.n.Load())
	})
	t.Run("unknown region", func(t *testing.T) {
		auth := auth
		auth.Password = known.Password
		conn, err := gophermeter.Connect(t.Context(), gophermeter.WithAuth(auth), gophermeter.WithRegion("RegionNine"))
		require.NoError(t, err)
		t.Cleanup(conn.CloseIdleConnections)
		_, err = tenantusage.New(conn)
		require.ErrorIs(t, err, gophermeter.ErrNoService)
		assert.ErrorContains(t, err, "RegionOne")
	})
	t.Run("project names", func(t *testing.T) {
		names, err := connect(t, "").ProjectNames(t.Context())
		require.NoError(t, err)
		for name, id := range known.Projects {
			assert.Equal(t, name, names[id])
		}
		own, err := connect(t, "demo").ProjectNames(t.Context())
		require.NoError(t, err)
		assert.Equal(t, map[string]string{known.Projects["tenant-1"]: "tenant-1"}, own)
	})
	t.Run("unscoped", func(t *testing.T) {
		auth := gophercloud.AuthOptions{IdentityEndpoint: known.AuthURL, Username: "noproject", Password: known.Password, DomainName: "Default"}
		conn, err := gophermeter.Connect(t.Context(), gophermeter.WithAuth(auth))
		require.NoError(t, err)
		t.Cleanup(conn.CloseIdleConnections)
		_, err = conn.Service("compute")
		require.ErrorIs(t, err, gophermeter.ErrNoService)
	})
	t.Run("bare token", func(t *testing.T) {
		provider, _ := renewable(t)
		conn, err := gophermeter.Connect(t.Context(), gophermeter.WithAuth(gophercloud.AuthOptions{
			IdentityEndpoint: known.AuthURL, TokenID: provider.Token(),
		}))
		require.NoError(t, err)
		t.Cleanup(conn.CloseIdleConnections)
		_, err = usage(t, conn).GetProject(t.Context(), known.Projects["tenant-1"], gophermeter.Month(2026, 9))
		require.NoError(t, err)
	})
}

// The example program prints the seeded truth.
func TestShowback(t *testing.T) {
	truth := load[seeded](t, "truth.json")
	cmd := exec.CommandContext(t.Context(), "go", "run", "./examples/showback", "-month", "2026-09", "-format", "json")
	cmd.Dir = "../.."
	cmd.Env = os.Environ()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, stderr.String())
	var report struct {
		Rows []struct {
			ProjectID     string  `json:"project_id"`
			ServerHours   float64 `json:"server_hours"`
			VCPUHours     float64 `json:"vcpu_hours"`
			MemoryMBHours float64 `json:"memory_mib_hours"`
			DiskGBHours   float64 `json:"disk_gib_hours"`
		} `json:"rows"`
	}
	require.NoError(t, json.Unmarshal(out, &report))
	printed := map[string]tenantusage.ProjectUsage{}
	for _, p := range report.Rows {
		printed[p.ProjectID] = tenantusage.ProjectUsage{
			TotalHours: p.ServerHours, TotalVCPUsUsage: p.VCPUHours, TotalMemoryMBUsage: p.MemoryMBHours, TotalLocalGBUsage: p.DiskGBHours,
		}
	}
	for name, want := range truth.Projects {
		sameTotals(t, "showback "+name, want.tenantTotals, printed[want.ID])
	}
}
