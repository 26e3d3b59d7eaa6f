package main

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"time"

	"github.com/gophermeter/gophermeter"
)

// dayFlags say which days are reported, which are those of UTC.
type dayFlags struct {
	day, from, to string
	first, end    time.Time // zero for the last whole day
}

func (f *dayFlags) register(fs *flag.FlagSet) {
	fs.StringVar(&f.day, "day", "", "`date` of the day to report, in UTC; the default is the last whole one")
	fs.StringVar(&f.from, "from", "", "`date` of the first of several days")
	fs.StringVar(&f.to, "to", "", "`date` of the day after the last one")
}

func (f *dayFlags) check(given func(string) bool) (err error) {
	switch {
	case given("day") && (given("from") || given("to")):
		return errors.New("-day is one day, and -from and -to are several")
	case given("from") != given("to"):
		return errors.New("-from and -to need one another")
	case given("day"):
		f.first, err = date("day", f.day)
		f.end = f.first.AddDate(0, 0, 1)
	case given("from"):
		if f.first, err = date("from", f.from); err == nil {
			f.end, err = date("to", f.to)
		}
		if err == nil && !f.end.After(f.first) {
			return fmt.Errorf("-to %s is not after -from %s", f.to, f.from)
		}
	}
	return err
}

func date(name, text string) (time.Time, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return t, fmt.Errorf("-%s %q is no date: write it as 2026-09-30", name, text)
	}
	return t, nil
}

// window is from the first day to the end of the last, which must be over.
func (f *dayFlags) window(now time.Time) (gophermeter.Window, error) {
	w := gophermeter.Window{Start: f.first, End: f.end}
	if w.Start.IsZero() {
		w.End = now.UTC().Truncate(24 * time.Hour)
		w.Start = w.End.AddDate(0, 0, -1)
	}
	if w.End.After(now) {
		return w, fmt.Errorf("%s is not over: the cloud's time is %s", w.End.AddDate(0, 0, -1).Format(time.DateOnly), now.UTC().Format("2006-01-02 15:04 MST"))
	}
	return w, nil
}

// eachDay are the starts of the days of a window.
func eachDay(w gophermeter.Window) []time.Time {
	var all []time.Time
	for day := range w.Split(24 * time.Hour) {
		all = append(all, day.Start)
	}
	return slices.Clip(all)
}
