package main

import (
	"math"
	"strconv"
	"strings"
	"time"

	"gonum.org/v1/plot"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/examples/internal/table"
)

// calendar is a distance between the marks of the time axis.
type calendar struct {
	months, days, minutes int
	layout                string
}

var calendars = []calendar{
	{minutes: 1}, {minutes: 5}, {minutes: 15}, {minutes: 30}, {minutes: 60}, {minutes: 3 * 60}, {minutes: 6 * 60}, {minutes: 12 * 60},
	{days: 1, layout: "2 Jan"}, {days: 2, layout: "2 Jan"}, {days: 7, layout: "2 Jan"},
	{months: 1, layout: "Jan 2006"}, {months: 3, layout: "Jan 2006"}, {months: 12, layout: "2006"}, {months: 120, layout: "2006"},
}

// clockTicks mark hours, days or months as they begin at loc: as many as fit.
func clockTicks(w gophermeter.Window, loc *time.Location, most int) plot.ConstantTicks {
	for _, c := range calendars {
		if ticks := c.ticks(w, loc, most); ticks != nil {
			return ticks
		}
	}
	return nil
}

// ticks are nil where there are too many.
func (c *calendar) ticks(w gophermeter.Window, loc *time.Location, most int) plot.ConstantTicks {
	ticks := plot.ConstantTicks{}
	year, month, day := w.Start.In(loc).Date()
	first := time.Date(year, month, day, 0, 0, 0, 0, loc)
	switch {
	case c.months > 0:
		first = time.Date(year-year%max(1, c.months/12), 1, 1, 0, 0, 0, 0, loc)
	case c.days == 7: // Mondays
		first = first.AddDate(0, 0, -(int(first.Weekday())+6)%7)
	}
	last := first.Add(-1)
	for n := 0; !last.After(w.End); n++ {
		t := time.Date(first.Year(), first.Month()+time.Month(n*c.months), first.Day()+n*c.days, 0, n*c.minutes, 0, 0, loc)
		if !t.After(last) {
			continue // an hour that summer time leaves out
		}
		last = t
		if t.Before(w.Start) || t.After(w.End) {
			continue
		}
		if len(ticks) == most {
			return nil
		}
		ticks = append(ticks, plot.Tick{Value: seconds(t), Label: c.text(t)})
	}
	return ticks
}

func (c *calendar) text(t time.Time) string {
	switch {
	case c.layout != "":
		return t.Format(c.layout)
	case t.Hour() == 0 && t.Minute() == 0:
		return t.Format("2 Jan")
	}
	return t.Format("15:04")
}

// numberTicks are round numbers, of which the first is not above lo and the last not below hi.
func numberTicks(lo, hi float64) (ticks plot.ConstantTicks) {
	step := math.Pow(10, math.Floor(math.Log10((hi-lo)/5)))
	for _, times := range []float64{1, 2, 5, 10} {
		if (hi-lo)/(step*times) <= 8 {
			step *= times
			break
		}
	}
	for n := math.Floor(lo / step); ; n++ {
		ticks = append(ticks, plot.Tick{Value: n * step})
		if n*step >= hi {
			break
		}
	}
	scale, suffix := prefix(max(math.Abs(ticks[0].Value), ticks[len(ticks)-1].Value))
	for i := range ticks {
		if ticks[i].Label = label(ticks[i].Value / scale); ticks[i].Value != 0 {
			ticks[i].Label += suffix
		}
	}
	return ticks
}

// prefix is the one of the SI that makes a large number short.
func prefix(greatest float64) (float64, string) {
	for i, name := range []string{"M", "G", "T", "P", "E"} {
		if at := math.Pow(1000, float64(i+2)); greatest >= at && greatest < 1000*at {
			return at, " " + name
		}
	}
	return 1, ""
}

// label has no more digits than it needs.
func label(x float64) string {
	if math.Abs(x) < 1000 || math.Abs(x) >= 1e6 {
		return strconv.FormatFloat(x, 'g', 6, 64)
	}
	return strings.TrimSuffix(table.Number(x), ".00")
}
