package main

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"gonum.org/v1/plot/plotter"
)

// Where nothing was measured there is a gap: neither a line through it nor a zero.
func TestGaps(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	one, zero, many := 1.0, 0.0, 1e6
	at := func(day int, avg *float64) *row {
		return &row{Start: start.AddDate(0, 0, day), End: start.AddDate(0, 0, day+1), numbers: numbers{Avg: avg}}
	}
	noon := func(day int, y float64) plotter.XY {
		return plotter.XY{X: seconds(start.AddDate(0, 0, day)) + 43200, Y: y}
	}
	short := at(8, &one)
	short.End = short.End.Add(-12 * time.Hour)

	got := newSeries("x", []*row{at(0, &one), at(1, &zero), at(3, &many), at(5, nil), at(6, &one), at(7, &one), short}, statNamed("avg"))
	want := []plotter.XYs{
		{noon(0, 1), noon(1, 0)},
		{noon(3, 1e6)},
		{noon(6, 1), noon(7, 1), {X: noon(8, 1).X - 21600, Y: 1}},
	}
	if !reflect.DeepEqual(got.runs, want) {
		t.Errorf("got %v, want %v", got.runs, want)
	}
	if got.weight != 1e6+4 {
		t.Errorf("weight %v", got.weight)
	}
	lines, dots := 0, 0
	for _, p := range got.parts(lineStyle(0)) {
		switch p.(type) {
		case *plotter.Line:
			lines++
		case *plotter.Scatter:
			dots++
		}
	}
	if lines != 2 || dots != 1 {
		t.Errorf("%d lines, %d dots", lines, dots)
	}
}

func TestWeightiest(t *testing.T) {
	t.Parallel()
	var all []series
	for n := range mostLines + 3 {
		all = append(all, series{label: fmt.Sprintf("%02d", n), weight: []float64{1, 0, 2}[n%3]})
	}
	before := slices.Clone(all)
	var labels []string
	for _, s := range weightiest(all) {
		labels = append(labels, s.label)
	}
	// The four of weight 2, the five of weight 1, and the first of weight 0.
	if want := []string{"00", "01", "02", "03", "05", "06", "08", "09", "11", "12"}; !slices.Equal(labels, want) {
		t.Errorf("got %v, want %v", labels, want)
	}
	if !reflect.DeepEqual(all, before) {
		t.Error("the series have another order now")
	}
	if few := all[:mostLines]; !reflect.DeepEqual(weightiest(few), few) {
		t.Error("ten are not left as they are")
	}
}

func TestLegendText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		labels []string
		want   string
	}{
		{nil, ""},
		{[]string{"web-shop"}, "web-shop"},
		{[]string{"1234567890123456789", "12345678901234567890"}, "1234567890123456789, 1234567890…34567890"},
		{[]string{"152e6353-c938-4710-949f-53879ce8bff7", "m1.medium"}, "152e6353-c…9ce8bff7, m1.medium"},
		{[]string{"entrepôt-中央-entrepôt-中央-entrepôt"}, "entrepôt-中…entrepôt"},
	} {
		if got := legendText(c.labels); got != c.want {
			t.Errorf("%s: got %s, want %s", c.labels, got, c.want)
		}
	}
}
