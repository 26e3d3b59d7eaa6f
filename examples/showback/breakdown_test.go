package main

import (
	"math"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// However a window is broken down, and whether Nova or this program adds up, it is the same usage; and the same cost,
// to the last digit.
func TestBreakdownsAgree(t *testing.T) {
	cloud := fakecloud.New()
	t.Cleanup(cloud.Close)
	for _, scope := range []string{
		"", " -project web-shop", " -project genomics -tz America/New_York -from 2026-09-21", " -from 2026-09-28T11:45:00Z -tz Asia/Kolkata",
	} {
		want := billOf(t, cloud, scope+" -format json").report(t, "").Total
		if want.Cost.Sign() <= 0 {
			t.Errorf("%s: cost %s", scope, want.Cost)
		}
		for _, args := range []string{"-servers", "-daily", "-by flavor", "-by metric", "-by metric -daily", "-by state -daily"} {
			got := billOf(t, cloud, args+scope+" -format json").report(t, "").Total
			if got.Usage != nil && !near(got.Usage, want.Usage) {
				t.Errorf("%s: %v, want %v", args+scope, got.Usage, want.Usage)
			}
			if got.Cost != nil && got.Cost.String() != want.Cost.String() {
				t.Errorf("%s: cost %s, want %s", args+scope, got.Cost, want.Cost)
			}
		}
	}
}

// The cost is that of the points in CloudKitty's storage, which are added up here without the client.
func TestCostIsThatOfThePoints(t *testing.T) {
	cloud := fakecloud.New()
	t.Cleanup(cloud.Close)
	india, err := time.LoadLocation("Asia/Kolkata")
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 9, 26, 0, 0, 0, 0, india)
	projects, metrics, flavors, days := sums{}, sums{}, sums{}, sums{}
	for _, p := range cloud.RatedPoints() {
		if p.Begin.Before(start) {
			continue
		}
		of := map[string]string{}
		for _, pair := range append(p.GroupBy, p.Metadata...) {
			of[pair[0]] = pair[1]
		}
		projects.add(of["project_id"], p.Price)
		metrics.add(p.Metric, p.Price)
		flavor := of["flavor_name"]
		if flavor == "" {
			flavor = noFlavor
		}
		flavors.add(flavor, p.Price)
		days.add(p.Begin.In(india).Format(time.DateOnly), p.Price) // half past an hour: that of its begin
	}
	for args, c := range map[string]struct {
		want sums
		name func(*row) string
	}{
		"":                  {projects, func(r *row) string { return r.ProjectID }},
		"-by metric":        {metrics, func(r *row) string { return r.Metric }},
		"-by flavor":        {flavors, func(r *row) string { return r.Flavor }},
		"-by metric -daily": {days, func(r *row) string { return r.Start.Format(time.DateOnly) }},
	} {
		got := sums{}
		for _, r := range billOf(t, cloud, args+" -from 2026-09-26 -tz Asia/Kolkata -format json").report(t, "").Rows {
			if r.Cost != nil {
				got[c.name(&r)] = got[c.name(&r)].Add(*r.Cost)
			}
		}
		for name, want := range c.want {
			if got[name].String() != want.String() {
				t.Errorf("%s: %s costs %s, want %s", args, name, got[name], want)
			}
			delete(got, name)
		}
		for name, cost := range got {
			t.Errorf("%s: %s of %s was not rated", args, cost, name)
		}
	}
}

type sums map[string]decimal.Decimal

// add takes a price as it is written on the wire: a float in its shortest form.
func (s sums) add(name string, price float64) { s[name] = s[name].Add(decimal.NewFromFloat(price)) }

// What GetSeries says of every project is what split makes of each one's servers.
func TestSplitAgreesWithGetSeries(t *testing.T) {
	cloud := fakecloud.New()
	t.Cleanup(cloud.Close)
	byProject := map[string][]row{}
	for _, r := range billOf(t, cloud, "-daily -format json").report(t, "").Rows {
		byProject[r.Project] = append(byProject[r.Project], r)
	}
	for project, want := range byProject {
		got := billOf(t, cloud, "-daily -format json -project "+project).report(t, "").Rows
		if len(got) != len(want) {
			t.Errorf("%s: %d days, want %d", project, len(got), len(want))
			continue
		}
		for i := range got {
			if !near(got[i].Usage, want[i].Usage) || got[i].Servers != want[i].Servers || !got[i].Start.Equal(want[i].Start) ||
				digits(got[i].Cost) != digits(want[i].Cost) {
				t.Errorf("%s: got %+v, want %+v", project, got[i], want[i])
			}
		}
	}
}

func near(a, b *Usage) bool {
	close := func(x, y float64) bool { return math.Abs(x-y) <= 1e-9*math.Abs(y) }
	return close(a.ServerHours, b.ServerHours) && close(a.VCPUHours, b.VCPUHours) &&
		close(a.MemoryMiBHours, b.MemoryMiBHours) && close(a.DiskGiBHours, b.DiskGiBHours)
}
