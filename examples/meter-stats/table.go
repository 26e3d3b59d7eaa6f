package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gophermeter/gophermeter/examples/internal/period"
	"github.com/gophermeter/gophermeter/examples/internal/table"
)

func writeTable(w io.Writer, r *report) error {
	if _, err := fmt.Fprintf(w, "%s\n\n", r.title()); err != nil {
		return err
	}
	if len(r.Rows) == 0 {
		_, err := fmt.Fprintln(w, "No samples in this time. The command meters lists what is measured.")
		return err
	}
	var heads []table.Column
	if !r.o.every.none() {
		heads = append(heads, table.Left(map[bool]string{true: "Day", false: "From"}[r.o.every.day]))
	}
	for _, name := range r.GroupBy {
		heads = append(heads, table.Left(title(name)))
	}
	asked := slices.DeleteFunc(slices.Clone(stats), func(s stat) bool { return !slices.Contains(r.o.aggregates.names(), s.name) })
	for _, s := range asked {
		heads = append(heads, table.Right(title(s.name)))
	}
	out := table.New(append(heads, table.Left("Unit"))...)
	for i := range r.Rows {
		row := &r.Rows[i]
		var cells []string
		if !r.o.every.none() {
			cells = append(cells, r.from(row.Start))
		}
		cells = append(cells, row.labels(r.o.groupBy)...)
		for _, s := range asked {
			cells = append(cells, s.cell(&row.numbers))
		}
		out.Row(append(cells, row.Unit)...)
	}
	return out.Write(w)
}

// title of the report.
func (r *report) title() string {
	text := table.Printable(r.Meter) + r.rows() + " from " + period.Clock(r.Start, r.o.Zone) + " to " + period.Clock(r.End, r.o.Zone)
	if r.TimeZone != "UTC" {
		text += " (" + r.TimeZone + ")"
	}
	return text
}

// rows says what makes a row.
func (r *report) rows() (text string) {
	switch {
	case r.o.every.length == time.Hour:
		text = " per hour"
	case !r.o.every.none():
		text = " per " + r.Period
	}
	for i, name := range r.GroupBy {
		switch {
		case i == 0:
			text += " by " + name
		case i < len(r.GroupBy)-1:
			text += ", " + name
		default:
			text += " and " + name
		}
	}
	return text
}

func (r *report) from(t time.Time) string {
	if r.o.every.day {
		return t.Format(time.DateOnly)
	}
	return period.Clock(t, r.o.Zone)
}

func (s *stat) cell(n *numbers) string {
	x := *s.of(n)
	switch {
	case x == nil:
		return "-"
	case s.counts:
		return strings.TrimSuffix(table.Number(*x), ".00")
	}
	return rounded(*x)
}

// rounded has two decimals, unless the number is too small or too great for them.
func rounded(x float64) string {
	if abs := math.Abs(x); abs != 0 && abs < 0.01 || abs >= 1e15 {
		return strconv.FormatFloat(x, 'g', 4, 64)
	}
	return table.Number(x)
}

func title(name string) string { return strings.ToUpper(name[:1]) + name[1:] }
