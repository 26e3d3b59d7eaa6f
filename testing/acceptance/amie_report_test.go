//go:build acceptance

package acceptance_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/big"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// The days that are reported: the last three of the seeded month, when every project had volumes.
var (
	firstReported = time.Date(2026, time.September, 28, 0, 0, 0, 0, time.UTC)
	endOfReported = time.Date(2026, time.October, 1, 0, 0, 0, 0, time.UTC)
)

// sold is what the test's mapping makes of a flavor.
var sold = map[string]struct{ resource, rate string }{
	"m1.tiny": {"cpu.example.org", "1"}, "m1.small": {"cpu.example.org", "1"}, "m1.medium": {"cpu.example.org", "1"},
	"c1.large": {"lm.example.org", "1.3333333"}, "g1 gpu/é": {"gpu.example.org", "2.25"},
}

// mapping writes one for the seeded projects but tenant-6, which is excluded.
func mapping(t *testing.T, known ids, demo string) string {
	t.Helper()
	projects := map[string]any{}
	for _, name := range []string{"tenant-1", "tenant-2", "tenant-3", "tenant-4", "tenant-5", "idle"} {
		projects[known.Projects[name]] = map[string]any{"local_project_id": "TG-" + name, "username": "pi_" + name}
	}
	text, err := json.Marshal(map[string]any{
		"compute": []any{
			map[string]any{"resource": "cpu.example.org", "flavors": []string{"m1.*"}, "rate": "1"},
			map[string]any{"resource": "lm.example.org", "flavors": []string{"c1.large"}, "rate": 1.3333333},
			map[string]any{"resource": "gpu.example.org", "flavors": []string{"g1 *"}, "rate": "2.25"},
		},
		"states": map[string]any{"active": 1},
		"storage": []any{
			map[string]any{"resource": "store.example.org", "metrics": []string{"volume.size"}, "types": []string{"ssd"}, "media_type": "SSD", "charge": "GB", "rate": "1"},
			map[string]any{"resource": "store.example.org", "metrics": []string{"volume.*"}, "types": []string{"nvme*"}, "media_type": "NVMe", "charge": "price", "rate": "100"},
		},
		"projects":          projects,
		"users":             map[string]any{demo: "demo_login"},
		"excluded_projects": []string{known.Projects["tenant-6"], known.Projects["admin"], known.Projects["service"]},
	})
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "mapping.json")
	require.NoError(t, os.WriteFile(path, text, 0o600))
	return path
}

func rat(t *testing.T, text string) *big.Rat {
	t.Helper()
	r, ok := new(big.Rat).SetString(text)
	require.True(t, ok, text)
	return r
}

// computeCharges are those of the seeded rows, by resource and record: vCPUs x hours x rate, rounded to 6 decimals.
func computeCharges(t *testing.T, truth seeded) map[string]string {
	t.Helper()
	at := func(text string) time.Time {
		if text == "" {
			return endOfReported
		}
		instant, err := time.Parse("2006-01-02T15:04:05.999999", text)
		require.NoError(t, err)
		return instant
	}
	all := map[string]string{}
	for _, row := range truth.Rows {
		if row.ProjectID == truth.Projects["tenant-6"].ID {
			continue
		}
		for day := firstReported; day.Before(endOfReported); day = day.AddDate(0, 0, 1) {
			from, to := at(row.StartedAt), at(row.EndedAt)
			if from.Before(day) {
				from = day
			}
			if end := day.AddDate(0, 0, 1); to.After(end) {
				to = end
			}
			if !from.Before(to) {
				continue
			}
			charge := big.NewRat(int64(to.Sub(from))*row.VCPUs, int64(time.Hour))
			charge.Mul(charge, rat(t, sold[row.Flavor].rate))
			all[sold[row.Flavor].resource+" "+row.InstanceID+":"+day.Format(time.DateOnly)] = charge.FloatString(6)
		}
	}
	return all
}

// storageCharges are those of the rated points, by project and the end of the day: GB of ssd, 100 times the price of
// the rest.
func storageCharges(t *testing.T, truth rated) map[string]string {
	t.Helper()
	sums := map[string]*big.Rat{}
	for _, p := range truth.Points {
		begin, err := time.Parse("2006-01-02T15:04:05", p.Begin)
		require.NoError(t, err)
		if p.Metric != "volume.size" || begin.Before(firstReported) || !begin.Before(endOfReported) {
			continue
		}
		charge := new(big.Rat).Mul(p.Price.Rat(), big.NewRat(100, 1))
		if p.Metadata["volume_type"] == "ssd" {
			charge = new(big.Rat).Mul(p.Quantity.Rat(), big.NewRat(1<<30, 24*1e9))
		}
		key := p.Project + " " + begin.Truncate(24*time.Hour).AddDate(0, 0, 1).Format(time.DateOnly)
		if sums[key] == nil {
			sums[key] = new(big.Rat)
		}
		sums[key].Add(sums[key], charge)
	}
	all := map[string]string{}
	for key, sum := range sums {
		all[key] = sum.FloatString(6)
	}
	return all
}

// The example program reports the seeded truth to an AMIE service, charge by charge, and reports it once.
func TestAMIEReport(t *testing.T) {
	truth, points, known := load[seeded](t, "truth.json"), load[rated](t, "rating-truth.json"), load[ids](t, "ids.json")
	demo := load[struct{ Users map[string]string }](t, "ids.json").Users["demo"]
	access := fakecloud.New(fakecloud.WithEmpty(), fakecloud.WithClock(time.Now), fakecloud.WithAMIELoadDelay(0))
	t.Cleanup(access.Close)
	path, journal := mapping(t, known, demo), filepath.Join(t.TempDir(), "journal.db")
	report := func() (unchanged, submitted int) {
		cmd := exec.CommandContext(t.Context(), "go", "run", "./examples/amie-report", "-config", path, "-journal", journal, "-format", "json",
			"-site", fakecloud.AMIESite, "-amie-url", access.AMIEURL(),
			"-from", firstReported.Format(time.DateOnly), "-to", endOfReported.Format(time.DateOnly))
		cmd.Dir = "../.."
		cmd.Env = append(os.Environ(), "AMIE_API_KEY="+fakecloud.AMIEKey)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			require.NoError(t, err, "%s%s", stderr.String(), out)
		}
		require.NoError(t, err)
		var said struct {
			Problems   []any
			Correction struct{ Unchanged int }
			Delivery   struct{ Submitted int }
		}
		require.NoError(t, json.Unmarshal(out, &said))
		assert.Empty(t, said.Problems)
		return said.Correction.Unchanged, said.Delivery.Submitted
	}
	_, submitted := report()

	compute, storage := computeCharges(t, truth), storageCharges(t, points)
	require.Greater(t, len(compute), 1000)
	require.Len(t, storage, 4*3, "four projects with volumes on three days")
	project := map[string]string{}
	for name, p := range known.Projects {
		project["TG-"+name] = p
	}
	var costs, reported big.Rat
	for _, r := range access.AMIERecords() {
		books, key, user := compute, r.Resource+" "+r.LocalRecordID, "pi_"+r.LocalProjectID[len("TG-"):]
		if r.Kind == "Storage" {
			books, key, user = storage, project[r.LocalProjectID]+" "+r.Time.Format(time.DateOnly), "demo_login"
		} else {
			costs.Add(&costs, rat(t, compute[key]))
			reported.Add(&reported, rat(t, r.Charge))
		}
		require.Contains(t, books, key, "is in the books, and was not used, or is there twice")
		assert.Equal(t, books[key], r.Charge, key)
		assert.Equal(t, user, r.Username, key)
		delete(books, key)
	}
	assert.Empty(t, compute, "was used, and is not in the books")
	assert.Empty(t, storage, "was stored, and is not in the books")
	assert.Zero(t, costs.Cmp(&reported), "%s reported of %s", reported.FloatString(6), costs.FloatString(6))

	posts := func() (n int) {
		for _, r := range access.Requests() {
			if r.Method == http.MethodPost {
				n++
			}
		}
		return n
	}
	before := posts()
	unchanged, again := report()
	assert.Equal(t, submitted, unchanged)
	assert.Zero(t, again)
	assert.Equal(t, before, posts())
	t.Logf("%d records for %s SUs, in %d messages", submitted, reported.FloatString(6), before)
}
