package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// bill is what a program printed of a cloud of the test's.
type bill struct {
	status         int
	stdout, stderr string
}

// billOf runs the program on a cloud: for the last days of September unless -from and -to say otherwise, as its
// administrator unless -cloud does.
func billOf(t *testing.T, cloud *fakecloud.Cloud, args string) bill {
	t.Helper()
	file := filepath.Join(t.TempDir(), "clouds.yaml")
	if err := os.WriteFile(file, []byte(cloud.CloudsYAML()), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("OS_CLIENT_CONFIG_FILE", file)
	var stdout, stderr strings.Builder
	if !strings.Contains(args, "-from ") {
		args += " -from 2026-09-27"
	}
	if !strings.Contains(args, "-to ") {
		args += " -to 2026-10-01T00:00:00Z" // the cloud's clock
	}
	status := program.Run(t.Context(), fields("-cloud fakecloud "+args), &stdout, &stderr)
	return bill{status, stdout.String(), stderr.String()}
}

// report is the bill that was printed as JSON, with nothing or with notices on stderr.
func (b bill) report(t *testing.T, stderr string) *report {
	t.Helper()
	var r report
	if err := json.Unmarshal([]byte(b.stdout), &r); err != nil || b.status != 0 || b.stderr != stderr {
		t.Fatalf("%v: status %d, stdout %s, stderr %q, want %q", err, b.status, b.stdout, b.stderr, stderr)
	}
	return &r
}

// failed is the one line of a program that printed nothing else.
func (b bill) failed(t *testing.T, want string) {
	t.Helper()
	if b.status != 1 || b.stdout != "" || !strings.Contains(b.stderr, want) || strings.Count(b.stderr, "\n") != 1 {
		t.Errorf("status %d, stdout %q, stderr %q, want %q", b.status, b.stdout, b.stderr, want)
	}
}

// point is an hour of a metric.
func point(project, metric, begin string, price float64) fakecloud.RatedPoint {
	at, err := time.Parse(time.RFC3339, begin)
	if err != nil {
		panic(err)
	}
	p := fakecloud.RatedPoint{Metric: metric, Begin: at, Unit: "GiB", Quantity: 10, Price: price, GroupBy: [][2]string{{"id", metric + begin}}}
	if project != "" {
		p.GroupBy = append(p.GroupBy, [2]string{"project_id", project})
	}
	return p
}

// small is a cloud without the seeded month: alpha has a server, beta none.
func small(t *testing.T, opts ...fakecloud.Option) (cloud *fakecloud.Cloud, alpha, beta string) {
	t.Helper()
	cloud = fakecloud.New(append(opts, fakecloud.WithEmpty())...)
	t.Cleanup(cloud.Close)
	alpha, beta = cloud.AddProject(fakecloud.Project{Name: "alpha"}), cloud.AddProject(fakecloud.Project{Name: "beta"})
	begun := time.Date(2026, 9, 10, 0, 0, 0, 0, time.UTC)
	cloud.AddServer(fakecloud.Server{ID: "2f1d8a52-3c53-4c3e-9c1a-0d6c0a8f6b11", ProjectID: alpha, Flavor: "m1.tiny", VCPUs: 1, LaunchedAt: &begun})
	return cloud, alpha, beta
}

// A cloud without CloudKitty has no cost, which is no error unless cost was demanded.
func TestNoRatingService(t *testing.T) {
	cloud, _, _ := small(t)
	cloud.SetCatalogEntry(fakecloud.CatalogEntry{Type: "rating"})
	got := billOf(t, cloud, "")
	if got.status != 0 || got.stderr != "" || !strings.HasPrefix(got.stdout, "Usage by project") || strings.Contains(got.stdout, "Cost") {
		t.Errorf("got %+v", got)
	}
	if r := billOf(t, cloud, "-format json").report(t, ""); r.Total.Cost != nil || r.RatedUntil != nil {
		t.Errorf("got %+v", r)
	}
	billOf(t, cloud, "-cost").failed(t, "showback: no such service: rating: the catalogue has")
	billOf(t, cloud, "-by metric").failed(t, "showback: no such service: rating: the catalogue has")
}

// What was rated is in the report even if Nova knows nothing of it, and what was not rated has no cost, not one of 0.
func TestCostWithoutUsage(t *testing.T) {
	cloud, alpha, beta := small(t)
	cloud.AddRatedPoints(point(beta, "volume.size", "2026-09-10T00:00:00Z", 0.1), point(beta, "volume.size", "2026-09-10T01:00:00Z", 0.2),
		point("", "image.size", "2026-09-11T00:00:00Z", 0))
	for _, id := range []string{alpha, beta} {
		cloud.SetRatingScope(fakecloud.RatingScope{ID: id, LastProcessed: fakecloud.Epoch})
	}
	got := billOf(t, cloud, "-from 2026-09-01 -format csv")
	want := `start,end,project_id,project,flavor,state,server_id,server,servers,server_hours,vcpu_hours,memory_mib_hours,disk_gib_hours,metric,unit,quantity,cost
2026-09-01T00:00:00Z,2026-10-01T00:00:00Z,` + alpha + `,alpha,,,,,,504,504,0,0,,,,
2026-09-01T00:00:00Z,2026-10-01T00:00:00Z,,(no project),,,,,,,,,,,,,0
2026-09-01T00:00:00Z,2026-10-01T00:00:00Z,` + beta + `,beta,,,,,,,,,,,,,0.3
`
	if got.status != 0 || got.stdout != want || got.stderr != "" {
		t.Errorf("got %+v\nwant %s", got, want)
	}
	if got := billOf(t, cloud, "-from 2026-09-01 -format csv -by metric").stdout; !strings.Contains(got, ",volume.size,GiB,20,0.3\n") {
		t.Errorf("got %s", got)
	}
	r := billOf(t, cloud, "-from 2026-09-01 -format json -servers").report(t, "")
	if len(r.Rows) != 3 || r.Rows[0].Server != noServer || r.Rows[0].Cost.String() != "0" || r.Rows[1].Cost != nil || r.Rows[2].Cost.String() != "0.3" {
		t.Errorf("got %+v", r.Rows)
	}
}

// A rating period belongs to the window in which it begins, also where the ends of the window are half past.
func TestPeriodsAcrossTheEnds(t *testing.T) {
	cloud, alpha, _ := small(t)
	cloud.AddRatedPoints(point(alpha, "m", "2026-09-10T17:00:00Z", 1), point(alpha, "m", "2026-09-10T18:00:00Z", 2),
		point(alpha, "m", "2026-09-10T19:00:00Z", 4), point(alpha, "m", "2026-09-11T17:00:00Z", 8),
		point(alpha, "m", "2026-09-11T18:00:00Z", 16), point(alpha, "m", "2026-09-11T19:00:00Z", 32))
	cloud.SetRatingScope(fakecloud.RatingScope{ID: alpha, LastProcessed: fakecloud.Epoch})
	for args, want := range map[string]string{
		"-from 2026-09-11 -to 2026-09-12 -tz Asia/Kolkata":                             "28", // from 18:30 to 18:30
		"-from 2026-09-10 -to 2026-09-12 -tz Asia/Kolkata":                             "31",
		"-from 2026-09-10 -to 2026-09-12 -tz Asia/Kolkata -daily":                      "31",
		"-from 2026-09-10T18:00:00Z -to 2026-09-10T18:20:00Z":                          "2",
		"-from 2026-09-10T18:00:01Z -to 2026-09-10T18:20:00Z":                          "0",
		"-from 2026-09-10T17:59:59Z -to 2026-09-10T18:00:00Z":                          "0",
		"-from 2026-09-10T16:00:00Z -to 2026-09-11T18:00:00Z -by metric":               "15",
		"-from 2026-09-10T16:00:00Z -to 2026-09-11T18:00:01Z -by metric -tz Etc/GMT-7": "31",
	} {
		if got := billOf(t, cloud, args+" -format json").report(t, "").Total.Cost; got.String() != want {
			t.Errorf("%s: %s, want %s", args, got, want)
		}
	}
	for from, odd := range map[string]fakecloud.RatedPoint{
		"2026-09-12": {Begin: september(12, 0), Period: 7 * time.Hour},
		"2026-09-13": {Begin: september(13, 22).Add(30 * time.Minute)},
	} {
		odd.Metric, odd.GroupBy = "m", [][2]string{{"project_id", alpha}}
		cloud.AddRatedPoints(odd)
		billOf(t, cloud, "-to "+from+"T23:00:00Z -from "+from).failed(t, "one of periods that do not fit into a day")
	}
}

// Both storages have the same month; the prices of storage v1 have fewer digits, of which none is lost either.
func TestStorages(t *testing.T) {
	totals := map[int]decimal.Decimal{}
	for _, storage := range []int{1, 2} {
		cloud := fakecloud.New(fakecloud.WithRatingStorage(storage))
		t.Cleanup(cloud.Close)
		stderr := map[int]string{1: silent}[storage]
		want := billOf(t, cloud, "-format json").report(t, stderr)
		totals[storage] = *want.Total.Cost
		if known := want.RatedUntil != nil && want.RatedUntil.Equal(want.End); known != (storage == 2) {
			t.Errorf("storage v%d: rated until %v", storage, want.RatedUntil)
		}
		for _, args := range []string{"-by flavor", "-by metric", "-daily", "-servers", "-by metric -daily"} {
			r := billOf(t, cloud, args+" -format json").report(t, stderr)
			if r.Total.Cost.String() != want.Total.Cost.String() {
				t.Errorf("storage v%d: %s: %s, want %s", storage, args, r.Total.Cost, want.Total.Cost)
			}
			for _, row := range r.Rows {
				if row.Metric == "volume.size" && row.Unit != "GiB" {
					t.Errorf("storage v%d: volumes in %q", storage, row.Unit)
				}
			}
		}
	}
	if off := totals[1].Sub(totals[2]).Div(totals[2]).Abs(); off.GreaterThan(decimal.New(1, -6)) || totals[2].IsZero() {
		t.Errorf("storage v1 has %s, v2 %s", totals[1], totals[2])
	}
}
