package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/examples/internal/period"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// Users of a cloud choose names as they like, and a bill is right all the same.
func TestNames(t *testing.T) {
	cloud, alpha, beta := small(t)
	gone := strings.Repeat("ab", 16) // has no name any more, so that its id stands for it
	twin := cloud.AddProject(fakecloud.Project{Name: gone})
	formula := cloud.AddProject(fakecloud.Project{Name: "=cmd|'/C calc'!A0"})
	screen := cloud.AddProject(fakecloud.Project{Name: "a\x1b[2J\nb"})
	other := cloud.AddProject(fakecloud.Project{Name: beta})
	for _, id := range []string{alpha, gone, twin, formula, screen, other, beta} {
		cloud.AddRatedPoints(point(id, "m", "2026-09-27T00:00:00Z", 1))
		cloud.SetRatingScope(fakecloud.RatingScope{ID: id, LastProcessed: fakecloud.Epoch})
	}
	text := billOf(t, cloud, "-servers").stdout
	for _, want := range []string{"\nalpha  ", "\n" + gone + " (" + gone + ")  ", "\n" + gone + " (" + twin + ")  ", "\nbeta  ", "\n" + beta + "  ", "\na?[2J?b  "} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	lines := billOf(t, cloud, "-format csv").stdout
	for _, want := range []string{"," + formula + ",'=cmd|'/C calc'!A0,", "," + screen + ",a?[2J?b,"} {
		if !strings.Contains(lines, want) {
			t.Errorf("%q is not in\n%s", want, lines)
		}
	}
	r := billOf(t, cloud, "-format json -project "+beta).report(t, "")
	if len(r.Rows) != 1 || r.Rows[0].ProjectID != beta || r.Rows[0].Project != "beta" {
		t.Errorf("an id is not the name of another, but got %+v", r.Rows)
	}
	if r := billOf(t, cloud, "-format json -project "+screen).report(t, ""); r.Rows[0].Project != "a\x1b[2J\nb" {
		t.Errorf("in JSON it is %q", r.Rows[0].Project)
	}
	billOf(t, cloud, "-project nope").failed(t, ", a?[2J b, ")
}

// Servers of two projects with one name stand apart, however much they used.
func TestServersStandWithTheirProject(t *testing.T) {
	t.Parallel()
	var rows []row
	for i, id := range []string{"a", "b", "a", "b"} {
		rows = append(rows, row{ProjectID: id, Project: "web", Usage: &Usage{VCPUHours: float64(i)}})
	}
	r := newReport(gophermeter.Window{Start: september(1, 0), End: september(2, 0)},
		&options{Period: &period.Period{Zone: time.UTC}, servers: true}, rows, costs{})
	name, got := r.project(), ""
	for i := range r.Rows {
		got += name(&r.Rows[i]) + fmt.Sprint(" ", r.Rows[i].VCPUHours, ", ")
	}
	if want := "web (a) 2, web (a) 0, web (b) 3, web (b) 1, "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestUnknownID(t *testing.T) {
	cloud, _, _ := small(t)
	gone := strings.Repeat("ab", 16)
	got := billOf(t, cloud, "-project "+gone)
	want := "showback: there is no project with the id " + gone + ": this is what is left of one that was deleted, if it ever was\n"
	if got.status != 0 || got.stderr != want || !strings.HasSuffix(got.stdout, "\nNothing ran, and nothing was rated.\n") {
		t.Errorf("got %+v", got)
	}
}

// A cloud whose clock is behind counts up to its own present, and the report says so, however it is broken down.
func TestClockBehind(t *testing.T) {
	middle := september(15, 0)
	cloud, _, _ := small(t, fakecloud.WithClock(func() time.Time { return middle }))
	for _, args := range []string{"", "-servers", "-daily", "-by flavor", "-project alpha", "-project alpha -servers"} {
		r := billOf(t, cloud, args+" -from 2026-09-01 -cost=false -format json").report(t, "")
		if !r.End.Equal(middle) || len(r.Rows) == 0 || r.Total.ServerHours != 120 {
			t.Errorf("%s: %+v", args, r)
		}
	}
}

func TestLength(t *testing.T) {
	t.Parallel()
	start := september(1, 0)
	for length, want := range map[time.Duration]string{
		720 * time.Hour: "720 hours", 1_234_567 * time.Hour: "1234567 hours", time.Hour + time.Minute: "1.0167 hours", time.Second: "0.0003 hours",
	} {
		if got := zoneAndLength(&report{Start: start, End: start.Add(length), TimeZone: "UTC"}); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
