package period_test

import (
	"flag"
	"strings"
	"testing"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/examples/internal/period"
)

func TestWindowFlags(t *testing.T) {
	t.Parallel()
	const now = "2026-11-23T03:07:00Z"
	for _, c := range []struct{ args, now, start, end string }{
		{"", now, "2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z"},
		{"", "2026-01-31T12:00:00Z", "2025-12-01T00:00:00Z", "2026-01-01T00:00:00Z"},
		{"", "2026-03-31T12:00:00Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"},
		{"", "2026-10-01T00:00:00Z", "2026-09-01T00:00:00Z", "2026-10-01T00:00:00Z"},
		{"-tz America/New_York", "2026-10-01T00:00:00Z", "2026-08-01T04:00:00Z", "2026-09-01T04:00:00Z"},
		{"-tz Europe/Berlin", now, "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z"}, // an hour more: summer time ends
		{"-month 2026-09", now, "2026-09-01T00:00:00Z", "2026-10-01T00:00:00Z"},
		{"-month 2026-09 -tz Asia/Kolkata", now, "2026-08-31T18:30:00Z", "2026-09-30T18:30:00Z"},
		{"-month 2026-11", now, "2026-11-01T00:00:00Z", now},
		{"-last 1", now, "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z"},
		{"-last 7 -tz Asia/Tokyo", now, "2026-11-15T15:00:00Z", "2026-11-22T15:00:00Z"},
		{"-last 30 -tz Europe/Berlin", now, "2026-10-23T22:00:00Z", "2026-11-22T23:00:00Z"},
		{"-from 2026-09-14 -to 2026-09-21", now, "2026-09-14T00:00:00Z", "2026-09-21T00:00:00Z"},
		{"-from 2026-09-14 -to 2026-09-21 -tz Europe/Berlin", now, "2026-09-13T22:00:00Z", "2026-09-20T22:00:00Z"},
		{"-from 2026-09-14T08:00:00+02:00 -to 2026-09-14T07:00:00Z -tz Asia/Tokyo", now, "2026-09-14T06:00:00Z", "2026-09-14T07:00:00Z"},
		{"-from 2026-04-24 -to 2026-04-25 -tz Africa/Cairo", now, "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"}, // no midnight
		{"-from 2026-11-20", now, "2026-11-20T00:00:00Z", now},
		{"-from 2026-11-20 -to 2027-01-01", now, "2026-11-20T00:00:00Z", now},
	} {
		p, err := parse(c.args)
		if err != nil {
			t.Errorf("%s: %v", c.args, err)
			continue
		}
		w, err := p.Window(at(t, c.now))
		if err != nil || w.String() != c.start+"/"+c.end {
			t.Errorf("%s: got %s, %v; want %s/%s", c.args, w, err, c.start, c.end)
		}
	}
}

// A window that is too long for a time must not come out as another one.
func TestLastIsBounded(t *testing.T) {
	t.Parallel()
	for _, days := range []string{"0", "-1", "36526", "9999999", "2147483647"} {
		if _, err := parse("-last " + days); err == nil || !strings.HasPrefix(err.Error(), "-last "+days+": 1 to 36525 days") {
			t.Errorf("-last %s: %v", days, err)
		}
	}
}

func TestWindowInTheFuture(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"-month 2026-12", "-from 2026-11-24", "-from 2026-11-23T03:07:00Z"} {
		p, err := parse(args)
		if err != nil {
			t.Fatal(err)
		}
		if w, err := p.Window(at(t, "2026-11-23T03:07:00Z")); err == nil {
			t.Errorf("%s: got %s", args, w)
		}
	}
}

// Where clocks are changed at midnight a day begins at 1 o'clock, or has midnight twice.
func TestDaysWhereMidnightIsMissing(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{"Africa/Cairo", "America/Havana", "America/Santiago", "Asia/Beirut", "Australia/Lord_Howe"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		year := gophermeter.Window{Start: gophermeter.MonthIn(2026, 1, loc).Start, End: gophermeter.MonthIn(2027, 1, loc).Start}
		pieces := period.Days(year, loc)
		if len(pieces) != 365 {
			t.Errorf("%s: got %d days", zone, len(pieces))
		}
		odd := 0
		for i, p := range pieces {
			date := time.Date(2026, 1, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
			first, last := p.Start.In(loc).Format(time.DateOnly), p.End.Add(-1).In(loc).Format(time.DateOnly)
			if first != date || last != date {
				t.Errorf("%s: day %s is %s to %s", zone, date, p.Start.In(loc), p.End.In(loc))
			}
			if p.Duration() != 24*time.Hour {
				odd++
			}
		}
		if odd != 2 {
			t.Errorf("%s: %d odd days", zone, odd)
		}
	}
}

func at(t *testing.T, text string) time.Time {
	t.Helper()
	instant, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return instant
}

func parse(args string) (*period.Period, error) {
	fs := flag.NewFlagSet("test", flag.ContinueOnError)
	f := period.Register(fs)
	if err := fs.Parse(strings.Fields(args)); err != nil {
		return nil, err
	}
	given := map[string]bool{}
	fs.Visit(func(f *flag.Flag) { given[f.Name] = true })
	return f.Parse(func(name string) bool { return given[name] })
}
