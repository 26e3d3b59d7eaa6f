package main

import (
	"context"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/meter"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// However the window is cut, and into whatever groups, every sample is in it once.
func TestRowsAddUp(t *testing.T) {
	t.Parallel()
	for _, scope := range []string{"", " -meter memory.usage -last 9", " -meter volume.size -tz Asia/Kolkata", " -project genomics -from 2026-09-04T11:30:00Z"} {
		whole := readReport(t, "-period none"+scope)
		for _, args := range []string{"", "-period 1h", "-period 7h", "-period 8784h", "-group-by project", "-group-by resource,user,flavor -period 6h", "-period day -group-by user"} {
			cut := readReport(t, args+scope)
			if strings.Contains(args, "flavor") && strings.Contains(scope, "volume") {
				cut = readReport(t, "-group-by resource"+scope) // volumes have no flavor, and are in no row then
			}
			got, want := totals(cut), totals(whole)
			if got.samples != want.samples || got.min != want.min || got.max != want.max || math.Abs(got.sum-want.sum) > 1e-9*want.sum {
				t.Errorf("%s%s: got %+v, want %+v", args, scope, got, want)
			}
			for _, row := range cut.Rows {
				if row.Start.Before(cut.Start) || !row.End.After(row.LastSample) || row.End.After(cut.End) {
					t.Errorf("%s%s: a row from %s to %s", args, scope, row.Start, row.End)
				}
			}
			if want.samples == 0 {
				t.Errorf("%s: no samples", scope)
			}
		}
	}
}

// Most clouds have Gnocchi today, and whoever tries one learns why there is nothing to see.
func TestNoCeilometer(t *testing.T) {
	cloud := use(t)
	cloud.SetCatalogEntry(fakecloud.CatalogEntry{Type: "metering"})
	status, stdout, stderr := run(t, "-cloud fakecloud")
	if status != 1 || stdout != "" || !strings.HasPrefix(stderr, "meter-stats: no such service: meter: the catalogue has ") || !strings.HasSuffix(stderr, "is not read)\n") {
		t.Errorf("status %d, stdout %q, stderr %q", status, stdout, stderr)
	}
}

type total struct{ samples, min, max, sum float64 }

func totals(r *report) total {
	all := total{min: math.Inf(1), max: math.Inf(-1)}
	for _, row := range r.Rows {
		all.samples += *row.Samples
		all.sum += *row.Sum
		all.min, all.max = min(all.min, *row.Min), max(all.max, *row.Max)
	}
	return all
}

// The parts follow one another from the start of the window to its end, and none asks for more than the service
// answers at once.
func TestParts(t *testing.T) {
	t.Parallel()
	berlin := location(t, "Europe/Berlin")
	cairo := location(t, "Africa/Cairo") // summer time begins at midnight
	year := gophermeter.Window{Start: time.Date(2026, 1, 1, 5, 0, 7, 0, time.UTC), End: time.Date(2027, 1, 1, 5, 1, 0, 0, time.UTC)}
	for _, text := range []string{"day", "none", "1h", "24h", "17m", "1s", "700h", "8784h"} {
		var p every
		if err := p.Set(text); err != nil {
			t.Fatal(err)
		}
		for _, loc := range []*time.Location{time.UTC, berlin, cairo} {
			for _, d := range []meter.Dialect{meter.Ceilometer, meter.K5} {
				w := year
				if text == "1s" {
					w.End = w.Start.Add(time.Hour)
				}
				at := w.Start
				for _, part := range p.parts(w, loc, d) {
					if !part.Start.Equal(at) || !part.End.After(at) {
						t.Fatalf("%s %s: a part from %s to %s after %s", text, loc, part.Start, part.End, at)
					}
					at = part.End
					switch {
					case part.period == 0 && text != "none":
						t.Errorf("%s: %s has no period", text, part)
					case part.period > 0 && part.Duration() > perCall*part.period:
						t.Errorf("%s: %s is longer than %d periods", text, part, perCall)
					case d == meter.K5 && part.period > 0 && part.Duration() > max(longest, part.period):
						t.Errorf("%s: %s is longer than K5 takes", text, part)
					}
				}
				if !at.Equal(w.End) {
					t.Errorf("%s %s: the parts end at %s", text, loc, at)
				}
			}
		}
	}
}

func location(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestPeriodFlag(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"day": "day", "none": "none", "24h": "24h", "1440m": "24h", "90m": "1h30m", "90s": "1m30s", "10s": "10s", "20m": "20m", "10h": "10h", "3600s": "1h",
		"1h0m5s": "1h0m5s",
	} {
		var p every
		if err := p.Set(text); err != nil || p.String() != want {
			t.Errorf("%s: got %q, %v; want %q", text, p.String(), err, want)
		}
	}
}

// A call that fails after others have answered leaves nothing behind, neither on stdout nor as a picture.
func TestFailsHalfWay(t *testing.T) {
	cloud := use(t)
	cloud.Inject(fakecloud.Fault{PathContains: "/statistics", Skip: 2, Times: -1, Status: 403})
	file := filepath.Join(t.TempDir(), "cpu.svg")
	status, stdout, stderr := run(t, "-cloud fakecloud -month 2026-09 -period 1h -plot "+file)
	if status != 1 || stdout != "" || !strings.HasPrefix(stderr, "meter-stats: meter.Statistics: GET ") || strings.Count(stderr, "\n") != 1 {
		t.Errorf("status %d, stdout %q, stderr %q", status, stdout, stderr)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("there is a picture")
	}
}

// Ctrl-C ends the program.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stderr strings.Builder
	if status := program.Run(ctx, nil, io.Discard, &stderr); status != 1 || !strings.HasSuffix(stderr.String(), "\nmeter-stats: interrupted\n") {
		t.Errorf("status %d, stderr %q", status, stderr.String())
	}
}

// K5 takes two weeks at once; a month is put together from what it answers.
func TestK5(t *testing.T) {
	cloud := use(t, fakecloud.WithCeilometer(fakecloud.CeilometerK5))
	got := printed(t, "-cloud fakecloud -dialect k5 -month 2026-09")
	if want := printed(t, ""); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	calls := 0
	for _, r := range cloud.Requests() {
		if strings.HasSuffix(r.Path, "/statistics") {
			calls++
		}
	}
	if calls != 3 {
		t.Errorf("%d calls", calls)
	}
	if got := printed(t, "meters -cloud fakecloud -dialect k5"); got != printed(t, "meters") {
		t.Errorf("got\n%s", got)
	}
}

// An answer for other periods than those asked for would make rows of the wrong days.
func TestOtherPeriods(t *testing.T) {
	cloud := use(t)
	const row = `[{"groupby": null, "unit": "%", "min": 1, "max": 1, "avg": 1, "sum": 1, "count": 1, "duration": 0.0, "period": 86400,
		"duration_start": "2026-09-02T00:00:00", "duration_end": "2026-09-02T00:00:00", "period_start": "`
	for _, start := range []string{"2026-08-31T00:00:00", "2026-10-01T00:00:00", "2026-09-02T01:00:00"} {
		cloud.ClearFaults()
		cloud.Inject(fakecloud.Fault{PathContains: "/statistics", Times: -1, Body: row + start + `", "period_end": "2026-09-03T01:00:00"}]`})
		status, stdout, stderr := run(t, "-cloud fakecloud -month 2026-09")
		if status != 1 || stdout != "" || !strings.Contains(stderr, "the service answers for a period from "+start+"Z, which was not asked for") {
			t.Errorf("status %d, stdout %q, stderr %q", status, stdout, stderr)
		}
	}
}
