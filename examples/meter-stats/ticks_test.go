package main

import (
	"math"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/plot"

	"github.com/gophermeter/gophermeter"
)

func TestClockTicks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ zone, start, end, want string }{
		{"UTC", "2026-09-01T00:00:00Z", "2026-09-01T00:08:00Z", "1 Sep|00:01|00:02|00:03|00:04|00:05|00:06|00:07|00:08"},
		{"UTC", "2026-09-01T22:10:00Z", "2026-09-02T00:40:00Z", "22:15|22:30|22:45|23:00|23:15|23:30|23:45|2 Sep|00:15|00:30"},
		{"UTC", "2026-09-14T00:00:00Z", "2026-09-16T00:00:00Z", "14 Sep|06:00|12:00|18:00|15 Sep|06:00|12:00|18:00|16 Sep"},
		{"UTC", "2026-09-14T00:00:00Z", "2026-09-21T00:00:00Z", "14 Sep|15 Sep|16 Sep|17 Sep|18 Sep|19 Sep|20 Sep|21 Sep"},
		{"UTC", "2026-09-01T00:00:00Z", "2026-10-01T00:00:00Z", "7 Sep|14 Sep|21 Sep|28 Sep"}, // Mondays
		{"UTC", "2026-01-10T00:00:00Z", "2026-07-02T00:00:00Z", "Feb 2026|Mar 2026|Apr 2026|May 2026|Jun 2026|Jul 2026"},
		{"UTC", "2025-01-10T00:00:00Z", "2027-01-02T00:00:00Z", "Apr 2025|Jul 2025|Oct 2025|Jan 2026|Apr 2026|Jul 2026|Oct 2026|Jan 2027"},
		{"UTC", "1999-06-01T00:00:00Z", "2026-07-02T00:00:00Z", "2000|2010|2020"},
		// Midnights of the zone, and hours of its clock: at two it is three.
		{"Europe/Berlin", "2026-09-13T22:00:00Z", "2026-09-16T22:00:00Z", "14 Sep|12:00|15 Sep|12:00|16 Sep|12:00|17 Sep"},
		{"Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T06:00:00Z", "29 Mar|01:00|03:00|04:00|05:00|06:00|07:00|08:00"},
		{"Asia/Kolkata", "2026-09-01T00:00:00Z", "2026-09-01T04:00:00Z", "05:30|06:00|06:30|07:00|07:30|08:00|08:30|09:00|09:30"},
	} {
		w := gophermeter.Window{Start: instant(t, c.start), End: instant(t, c.end)}
		ticks := clockTicks(w, location(t, c.zone), 10)
		if got := labels(ticks); got != c.want {
			t.Errorf("%s to %s in %s: got %s, want %s", c.start, c.end, c.zone, got, c.want)
		}
		for i := range ticks {
			if i > 0 && ticks[i].Value <= ticks[i-1].Value || ticks[i].Value < seconds(w.Start) || ticks[i].Value > seconds(w.End) {
				t.Errorf("%s to %s in %s: tick %d is at %v", c.start, c.end, c.zone, i, ticks[i].Value)
			}
		}
	}
}

func TestNumberTicks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lo, hi float64
		want   string
	}{
		{0, 1, "0|0.2|0.4|0.6|0.8|1"},
		{0, 100, "0|20|40|60|80|100"},
		{0, 89.64, "0|20|40|60|80|100"},
		{0, 195_000, "0|50,000|100,000|150,000|200,000"},
		{-3, 8, "-4|-2|0|2|4|6|8"},
		{0, 5.3e9, "0|1 G|2 G|3 G|4 G|5 G|6 G"},
		{0, 0.00072, "0|0.0001|0.0002|0.0003|0.0004|0.0005|0.0006|0.0007|0.0008"},
		{0, 1e300, "0|2e+299|4e+299|6e+299|8e+299|1e+300"},
		{-50, 0, "-50|-40|-30|-20|-10|0"},
	} {
		if got := labels(numberTicks(c.lo, c.hi)); got != c.want {
			t.Errorf("%v to %v: got %s, want %s", c.lo, c.hi, got, c.want)
		}
	}
}

// Whatever the numbers are, the axis has room for them, or says that it has not.
func TestValueTicks(t *testing.T) {
	t.Parallel()
	for exponent := -324.0; exponent <= 308; exponent++ {
		for _, x := range []float64{math.Pow(10, exponent), -9.7 * math.Pow(10, exponent), 3.3 * math.Pow(10, exponent)} {
			if math.IsInf(x, 0) {
				continue
			}
			s := newSeries("", []*row{{numbers: numbers{Sum: &x}}}, statNamed("sum"))
			ticks, err := valueTicks([]series{s})
			if err != nil {
				if abs := math.Abs(x); abs > 1e-300 && abs < 1e300 {
					t.Errorf("%v: %v", x, err)
				}
				continue
			}
			first, last := ticks[0].Value, ticks[len(ticks)-1].Value
			if first > min(x, 0) || last < max(x, 0) || len(ticks) < 3 || len(ticks) > 12 {
				t.Errorf("%v: %d ticks from %v to %v", x, len(ticks), first, last)
			}
		}
	}
}

func labels(ticks plot.ConstantTicks) string {
	all := make([]string, len(ticks))
	for i := range ticks {
		all[i] = ticks[i].Label
	}
	return strings.Join(all, "|")
}

func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
