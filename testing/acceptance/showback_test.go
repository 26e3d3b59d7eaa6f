//go:build acceptance

package acceptance_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/rating"
)

// bill is what showback prints as JSON.
type bill struct {
	RatedUntil string `json:"rated_until"`
	Rows       []struct {
		ProjectID   string `json:"project_id"`
		Flavor      string
		Metric      string
		ServerHours *float64 `json:"server_hours"`
		Quantity    *decimal.Decimal
		Unit        string
		Cost        *decimal.Decimal
	}
	Total struct{ Cost decimal.Decimal }
}

// showback is the program on September of a storage's region, where Nova is that of RegionOne.
func (s storage) showback(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	file := os.Getenv("OS_CLIENT_CONFIG_FILE")
	if !s.v2 {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		override := "    compute_endpoint_override: " + nova(t) + "\n    region_name:"
		file = filepath.Join(t.TempDir(), "clouds.yaml")
		require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll(string(text), "    region_name:", override)), 0o600))
	}
	args = append([]string{"run", "./examples/showback", "-region", s.region, "-month", "2026-09", "-format", "json"}, args...)
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir, cmd.Env = "../..", append(os.Environ(), "OS_CLIENT_CONFIG_FILE="+file)
	return cmd
}

func nova(t *testing.T) string {
	t.Helper()
	for _, e := range connect(t, "").Services() {
		if e.Type == "compute" {
			return e.URL
		}
	}
	t.Fatal("no Nova")
	return ""
}

// untold is what showback says of a storage v1, which does not tell how far it has come with each project.
const untold = "showback: this CloudKitty does not tell how far it has rated: the last cost of some project may be missing\n"

// bill is what the program prints, with nothing beside it but what storage v1 does not tell.
func (s storage) bill(t *testing.T, args ...string) (b bill) {
	t.Helper()
	cmd := s.showback(t, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, stderr.String())
	notice := ""
	if !s.v2 && !slices.Contains(args, "-project") {
		notice = untold
	}
	require.Equal(t, notice, stderr.String())
	require.NoError(t, json.Unmarshal(out, &b))
	return b
}

// What showback says that September cost, by project, metric and flavor, is the truth of the seeded points; and every
// breakdown comes to the exact sum of what the service has.
func TestShowbackCost(t *testing.T) {
	truth := load[rated](t, "rating-truth.json")
	flavors := map[string]decimal.Decimal{}
	for _, p := range truth.Points {
		flavor := p.Metadata["flavor_name"]
		if flavor == "" {
			flavor = "(no flavor)"
		}
		flavors[flavor] = flavors[flavor].Add(p.Price)
	}
	projects, metrics := map[string]decimal.Decimal{}, map[string]decimal.Decimal{}
	for _, p := range truth.Projects {
		projects[p.ID] = truth.cost(p.ID, "")
		for metric := range p.Metrics {
			metrics[metric] = truth.cost("", metric)
		}
	}
	onBoth(t, func(t *testing.T, s storage) {
		relative := s.each
		if !s.v2 {
			relative = 5e-6 // of a single price, and so of a flavor that has but one
		}
		var total rating.Sum
		for f, err := range s.rating(t, "").Frames(rating.FrameOptions{Window: truth.window(t)}).All(t.Context()) {
			require.NoError(t, err)
			total.Add(f.Price)
		}
		for by, want := range map[string]map[string]decimal.Decimal{"project": projects, "metric": metrics, "flavor": flavors} {
			b := s.bill(t, "-by", by, "-cost")
			got := map[string]decimal.Decimal{}
			for _, row := range b.Rows {
				if row.Cost != nil {
					name := map[string]string{"project": row.ProjectID, "metric": row.Metric, "flavor": row.Flavor}[by]
					require.NotContains(t, got, name)
					got[name] = *row.Cost
				}
				if by == "metric" {
					assert.Nil(t, row.ServerHours)
					assert.NotEmpty(t, row.Unit)
					near(t, truth.quantity(row.Metric), *row.Quantity, 1e-12, 0, "quantity of "+row.Metric)
				}
			}
			require.Len(t, got, len(want), by)
			for name, cost := range want {
				near(t, cost, got[name], relative, 0, s.region+" "+by+" "+name)
			}
			assert.Equal(t, total.Total().String(), b.Total.Cost.String(), "by %s, to the last digit", by)
			if s.v2 {
				assert.Equal(t, "2026-10-01T00:00:00Z", b.RatedUntil)
			} else {
				assert.Empty(t, b.RatedUntil)
			}
		}
		for _, args := range [][]string{{"-daily", "-tz", "Asia/Kolkata"}, {"-servers"}, {"-by", "metric", "-daily"}} {
			b := s.bill(t, args...)
			var sum rating.Sum
			for _, row := range b.Rows {
				if row.Cost != nil {
					sum.Add(*row.Cost)
				}
			}
			assert.Equal(t, sum.Total().String(), b.Total.Cost.String(), "%v", args)
			if args[0] != "-daily" {
				assert.Equal(t, total.Total().String(), sum.Total().String(), "%v", args)
			}
		}
	})
}

// quantity is the exact quantity of a metric.
func (r *rated) quantity(metric string) (sum decimal.Decimal) {
	for _, p := range r.Projects {
		sum = sum.Add(p.Metrics[metric].Quantity)
	}
	return sum
}

// A member's showback of the own project has its cost, and nobody else's.
func TestShowbackCostOfMembers(t *testing.T) {
	truth := load[rated](t, "rating-truth.json")
	onBoth(t, func(t *testing.T, s storage) {
		b := s.bill(t, "-cloud", "demo", "-project", "tenant-1", "-by", "metric")
		near(t, truth.cost("tenant-1", ""), b.Total.Cost, 5e-6, 0, "tenant-1")
		for _, args := range [][]string{{"-by", "metric"}, {"-by", "metric", "-project", truth.Projects["tenant-2"].ID}} {
			out, err := s.showback(t, append(args, "-cloud", "demo")...).CombinedOutput()
			require.Error(t, err)
			assert.Contains(t, string(out), "403 Forbidden")
			assert.NotContains(t, string(out), "total")
		}
	})
}
