//go:build acceptance

package acceptance_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/tenantusage"
)

func TestMain(m *testing.M) {
	if os.Getenv("OS_CLOUD") == "" {
		fmt.Fprintln(os.Stderr, "acceptance: OS_CLOUD names no cloud; make acceptance starts one")
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// ids are the names and ids that cloud/up made.
type ids struct {
	AuthURL  string            `json:"auth_url"`
	Password string            `json:"password"`
	Projects map[string]string `json:"projects"`
}

// seeded is what cloud/up computed from the rows in the databases of Nova's cells.
type seeded struct {
	Window struct{ Start, End string }
	// By project name.
	Projects map[string]struct {
		ID      string
		Servers int
		tenantTotals
	}
	Rows []struct {
		InstanceID string `json:"instance_id"`
		ProjectID  string `json:"project_id"`
		Name       *string
		Flavor     string
		VCPUs      int64
		MemoryMB   int64  `json:"memory_mb"`
		LocalGB    int64  `json:"local_gb"`
		StartedAt  string `json:"started_at"`
		EndedAt    string `json:"ended_at"`
		Hours      float64
		Cell       string
	}
}

type tenantTotals struct {
	TotalHours         float64 `json:"total_hours"`
	TotalVCPUsUsage    float64 `json:"total_vcpus_usage"`
	TotalMemoryMBUsage float64 `json:"total_memory_mb_usage"`
	TotalLocalGBUsage  float64 `json:"total_local_gb_usage"`
}

// load reads a file that cloud/up wrote beside clouds.yaml.
func load[T any](t testing.TB, name string) T {
	t.Helper()
	path := filepath.Join(filepath.Dir(os.Getenv("OS_CLIENT_CONFIG_FILE")), name)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Skipf("the cloud %s is not one of cloud/up: %v", os.Getenv("OS_CLOUD"), err)
	}
	var v T
	require.NoError(t, json.Unmarshal(text, &v))
	return v
}

func (s *seeded) window(t testing.TB) gophermeter.Window {
	t.Helper()
	const layout = "2006-01-02T15:04:05"
	start, err := time.Parse(layout, s.Window.Start)
	require.NoError(t, err)
	end, err := time.Parse(layout, s.Window.End)
	require.NoError(t, err)
	return gophermeter.Window{Start: start, End: end}
}

// connect logs in as a cloud of clouds.yaml; the empty name is that of OS_CLOUD.
func connect(t testing.TB, cloud string, opts ...gophermeter.Option) *gophermeter.Connection {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if cloud != "" {
		opts = append(opts, gophermeter.WithCloud(cloud))
	}
	conn, err := gophermeter.Connect(ctx, record(opts)...)
	require.NoError(t, err)
	t.Cleanup(conn.CloseIdleConnections)
	return conn
}

func usage(t testing.TB, conn *gophermeter.Connection, opts ...tenantusage.Option) *tenantusage.Client {
	t.Helper()
	client, err := tenantusage.New(conn, opts...)
	require.NoError(t, err)
	return client
}

// logins counts requests to Keystone.
type logins struct{ n atomic.Int64 }

func (l *logins) option() gophermeter.Option {
	return gophermeter.WithObserver(func(e gophermeter.Event) {
		if e.Op == "identity" {
			l.n.Add(1)
		}
	})
}
