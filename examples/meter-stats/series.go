package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"gonum.org/v1/plot/plotter"
)

// series is the line of one group in the plot.
type series struct {
	label  string
	weight float64       // what its values add up to, without their signs
	runs   []plotter.XYs // one for each run of periods without a gap
}

// series are the lines of a report, by their labels, and the unit that they have in common: an axis tells one.
func (r *report) series() (all []series, unit string, err error) {
	rows := map[group][]*row{}
	var groups []group
	var units []string
	for i := range r.Rows {
		row := &r.Rows[i]
		if rows[row.group] == nil {
			groups = append(groups, row.group)
		}
		rows[row.group] = append(rows[row.group], row)
		if !slices.Contains(units, row.Unit) {
			units = append(units, row.Unit)
		}
	}
	if len(units) > 1 {
		return nil, "", fmt.Errorf("a plot has one unit, and the samples have %d (%s): choose one with -unit", len(units), strings.Join(units, ", "))
	}
	for _, g := range groups {
		label := legendText(g.labels(r.o.groupBy))
		all = append(all, newSeries(label, rows[g], statNamed(r.o.draw)))
	}
	slices.SortStableFunc(all, byLabel)
	return all, strings.Join(units, ""), nil
}

// newSeries is the line through the numbers of some rows, each in the middle of its period. Where a period has no
// samples the line ends, and another one begins after it: nothing was measured there, not even a zero.
func newSeries(label string, rows []*row, drawn stat) series {
	s := series{label: label}
	var end time.Time
	for _, row := range rows {
		value := *drawn.of(&row.numbers)
		if value == nil {
			continue
		}
		if len(s.runs) == 0 || !row.Start.Equal(end) {
			s.runs = append(s.runs, nil)
		}
		end = row.End
		middle := row.Start.Add(row.End.Sub(row.Start) / 2)
		last := &s.runs[len(s.runs)-1]
		*last = append(*last, plotter.XY{X: seconds(middle), Y: *value})
		s.weight += math.Abs(*value)
	}
	return s
}

// seconds is where a time is on the axis.
func seconds(t time.Time) float64 { return float64(t.Unix()) + float64(t.Nanosecond())/1e9 }

// mostLines is how many of them an eye tells apart.
const mostLines = 10

// weightiest are the series that a plot has room for, in their order.
func weightiest(all []series) []series {
	if len(all) <= mostLines {
		return all
	}
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b series) int { return cmp.Compare(b.weight, a.weight) })
	all = all[:mostLines]
	slices.SortStableFunc(all, byLabel)
	return all
}

func byLabel(a, b series) int { return cmp.Compare(a.label, b.label) }

// legendText leaves out the middle of what is too long for a legend, such as ids.
func legendText(labels []string) string {
	const head, tail = 10, 8
	var all []string
	for _, text := range labels {
		if r := []rune(text); len(r) > head+1+tail {
			text = string(r[:head]) + "…" + string(r[len(r)-tail:])
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}
