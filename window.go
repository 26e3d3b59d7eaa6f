package gophermeter

import (
	"iter"
	"time"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// Window is the time that a report covers: from Start, included, to End, excluded. Both are required. Any
// location is accepted; what is sent and what comes back is UTC. Of the readings of [time.Now] the wall clock
// counts: it is what is sent, and the other one stands still while a machine sleeps.
type Window struct {
	Start, End time.Time
}

// Month is a calendar month in UTC, as most rating and metering jobs cut it.
func Month(year int, month time.Month) Window { return MonthIn(year, month, time.UTC) }

// MonthIn is a calendar month as people at loc live it: from midnight to midnight there, whatever daylight
// saving does in between.
func MonthIn(year int, month time.Month, loc *time.Location) Window {
	return Window{Start: dayStart(year, month, 1, loc), End: dayStart(year, month+1, 1, loc)}
}

// dayStart is the first moment of a day. Where clocks are changed at midnight, that hour comes twice or
// not at all, and time.Date may answer with the wrong one.
func dayStart(year int, month time.Month, day int, loc *time.Location) time.Time {
	t := time.Date(year, month, day, 12, 0, 0, 0, loc)
	year, month, day = t.Date()
	for {
		hour, minute, second := t.Clock()
		midnight := t.Add(-time.Duration(hour*3600+minute*60+second)*time.Second - time.Duration(t.Nanosecond()))
		change, _ := t.ZoneBounds()
		if change.IsZero() || change.Before(midnight) {
			return midnight.UTC()
		}
		// The clocks were changed on this day: what went before it may belong to the day as well.
		before := change.Add(-1)
		if y, m, d := before.Date(); y != year || m != month || d != day {
			return change.UTC()
		}
		t = before
	}
}

// Day is a calendar day in UTC.
func Day(year int, month time.Month, day int) Window { return DayIn(year, month, day, time.UTC) }

// DayIn is a calendar day as people at loc live it: 23 or 25 hours long where the clocks are changed.
func DayIn(year int, month time.Month, day int, loc *time.Location) Window {
	return Window{Start: dayStart(year, month, day, loc), End: dayStart(year, month, day+1, loc)}
}

// Last is the window of length d that ends now, in whole seconds.
func Last(d time.Duration) Window {
	end := time.Now().UTC().Truncate(time.Second)
	return Window{Start: end.Add(-d), End: end}
}

// Check refuses a window that cannot be meant: a missing end, or one that is not after its start. The
// services read the first as "now" and answer for a few microseconds.
func (w Window) Check() error {
	switch {
	case w.Start.IsZero():
		return errs.Invalid("Window.Start", "is not set")
	case w.End.IsZero():
		return errs.Invalid("Window.End", "is not set")
	case w.Duration() <= 0:
		return errs.Invalid("Window.End", "%s is not after Start %s", stamp(w.End), stamp(w.Start))
	}
	return nil
}

// Contains tells whether t lies in the window.
func (w Window) Contains(t time.Time) bool {
	t = t.Round(0)
	return !t.Before(w.Start) && t.Before(w.End)
}

// Duration is the length of the window.
func (w Window) Duration() time.Duration { return w.End.Round(0).Sub(w.Start) }

// Split cuts the window into consecutive pieces of length step, the last one shorter where step does not
// divide it. It yields nothing for a window that fails Check or for a step that is not positive.
func (w Window) Split(step time.Duration) iter.Seq[Window] {
	return func(yield func(Window) bool) {
		if step <= 0 || w.Check() != nil {
			return
		}
		last := w.End.UTC()
		for start := w.Start.UTC(); start.Before(last); start = start.Add(step) {
			end := start.Add(step)
			if end.After(last) {
				end = last
			}
			if !yield(Window{Start: start, End: end}) {
				return
			}
		}
	}
}

// Align widens the window to whole steps counted from the Unix epoch, as the rating and metering jobs of
// a cloud cut time: Start moves back and End moves on, never the other way. A step that is not positive
// changes nothing.
func (w Window) Align(step time.Duration) Window {
	if step <= 0 {
		return w
	}
	out := Window{Start: floor(w.Start, step), End: floor(w.End, step)}
	if out.End.Before(w.End) {
		out.End = out.End.Add(step)
	}
	return out
}

// String is the window in UTC, as "2026-09-01T00:00:00Z/2026-10-01T00:00:00Z".
func (w Window) String() string { return stamp(w.Start) + "/" + stamp(w.End) }

// floor rounds down to a whole step since the Unix epoch; time.Truncate counts from the year 1, which
// cuts weeks elsewhere.
func floor(t time.Time, step time.Duration) time.Time {
	past := time.Duration(t.Unix()%int64(max(step/time.Second, 1)))*time.Second + time.Duration(t.Nanosecond())
	if step%time.Second != 0 {
		past = time.Duration(t.UnixNano() % int64(step))
	}
	if past < 0 {
		past += step
	}
	return t.Add(-past).UTC()
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
