// Package period is the flags by which the examples take a window of time.
package period

import (
	"flag"
	"fmt"
	"slices"
	"time"
	_ "time/tzdata" // -tz works on machines without a zone database, too

	"github.com/gophermeter/gophermeter"
)

// mostDays are a century. Far more would overflow a time, and come out as another window.
const mostDays = 36_525

// Flags are -month, -last, -from, -to and -tz.
type Flags struct {
	month, from, to, zone string
	last                  int
}

// Register adds the flags to a command.
func Register(fs *flag.FlagSet) *Flags {
	f := &Flags{}
	fs.StringVar(&f.month, "month", "", "calendar `month`, such as 2026-09; the default is the last whole one")
	fs.IntVar(&f.last, "last", 0, "this many whole `days` before today")
	fs.StringVar(&f.from, "from", "", "first `instant` of the window: a date, or RFC 3339 such as 2026-09-14T08:00:00+02:00")
	fs.StringVar(&f.to, "to", "", "`instant` at which the window ends, itself not included; the default is now")
	fs.StringVar(&f.zone, "tz", "UTC", "time `zone` of months and days: an IANA name, or Local")
	return f
}

// Period is a window that may depend on what time it is.
type Period struct {
	// Zone is where months and days begin.
	Zone   *time.Location
	window func(now time.Time) gophermeter.Window
}

// Parse reads the flags; given tells which of them were on the command line.
func (f *Flags) Parse(given func(flag string) bool) (*Period, error) {
	loc, err := time.LoadLocation(f.zone)
	if err != nil {
		return nil, fmt.Errorf("-tz %q is no time zone: IANA names look like Europe/Berlin", f.zone)
	}
	window, err := f.in(loc, given)
	if err != nil {
		return nil, err
	}
	return &Period{Zone: loc, window: window}, nil
}

// Window is what is meant when the time is now, without what has not happened yet.
func (p *Period) Window(now time.Time) (gophermeter.Window, error) {
	w := p.window(now.In(p.Zone))
	if w.End.After(now) {
		w.End = now
	}
	if !w.End.After(w.Start) {
		return w, fmt.Errorf("the window begins at %s, but the cloud's time is %s", Clock(w.Start, p.Zone), Clock(now, p.Zone))
	}
	return w, nil
}

// in reads the flags with months and days as they are at loc.
func (f *Flags) in(loc *time.Location, set func(flag string) bool) (func(now time.Time) gophermeter.Window, error) {
	kinds := []string{"month", "last", "from", "to"}
	given := slices.DeleteFunc(kinds, func(name string) bool { return !set(name) })
	if len(given) > 1 && !slices.Equal(given, []string{"from", "to"}) {
		return nil, fmt.Errorf("-%s and -%s name different windows", given[0], given[1])
	}
	switch {
	case len(given) == 0:
		return func(now time.Time) gophermeter.Window {
			return gophermeter.MonthIn(now.Year(), now.Month()-1, loc)
		}, nil
	case given[0] == "month":
		t, err := time.Parse("2006-01", f.month)
		if err != nil {
			return nil, fmt.Errorf("-month %q is no month: write it as 2026-09", f.month)
		}
		return fixed(gophermeter.MonthIn(t.Year(), t.Month(), loc)), nil
	case given[0] == "last":
		if f.last < 1 || f.last > mostDays {
			return nil, fmt.Errorf("-last %d: 1 to %d days are needed", f.last, mostDays)
		}
		return func(now time.Time) gophermeter.Window {
			year, month, day := now.Date()
			return gophermeter.Window{Start: gophermeter.DayIn(year, month, day-f.last, loc).Start, End: gophermeter.DayIn(year, month, day, loc).Start}
		}, nil
	case given[0] == "to":
		return nil, fmt.Errorf("-to needs -from")
	}
	return f.between(loc)
}

// between reads -from and -to.
func (f *Flags) between(loc *time.Location) (func(now time.Time) gophermeter.Window, error) {
	start, err := instant("from", f.from, loc)
	if err != nil {
		return nil, err
	}
	if f.to == "" {
		return func(now time.Time) gophermeter.Window { return gophermeter.Window{Start: start, End: now} }, nil
	}
	end, err := instant("to", f.to, loc)
	if err != nil {
		return nil, err
	}
	if !end.After(start) {
		return nil, fmt.Errorf("-to %s is not after -from %s", f.to, f.from)
	}
	return fixed(gophermeter.Window{Start: start, End: end}), nil
}

func fixed(w gophermeter.Window) func(time.Time) gophermeter.Window {
	return func(time.Time) gophermeter.Window { return w }
}

func instant(name, text string, loc *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return gophermeter.DayIn(t.Year(), t.Month(), t.Day(), loc).Start, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, fmt.Errorf("-%s %q is neither a date such as 2026-09-14 nor RFC 3339", name, text)
	}
	if t.Nanosecond() != 0 {
		return t, fmt.Errorf("-%s %q: whole seconds are needed", name, text)
	}
	return t, nil
}

// Clock is an instant as people at loc read it.
func Clock(t time.Time, loc *time.Location) string {
	layout := "2006-01-02 15:04"
	if t.Second() != 0 {
		layout += ":05"
	}
	return t.In(loc).Format(layout + " MST")
}
