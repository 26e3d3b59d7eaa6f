package fakecloud

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// influxField is one of a summary's custom fields, a function over a field of the points.
type influxField struct {
	name, function string
	of             func(*ratedRow) float64
}

var fieldForm = regexp.MustCompile(`(?i)^\s*(\w+)\s*\(\s*"?(\w+)"?\s*\)(?:\s+AS\s+"?([\w.]+)"?)?\s*$`)

// influxFields reads custom fields; false for what InfluxDB does not, or CloudKitty does not let through.
func influxFields(text string) ([]influxField, bool) {
	var out []influxField
	for part := range strings.SplitSeq(text, ",") {
		m := fieldForm.FindStringSubmatch(part)
		if m == nil {
			return nil, false
		}
		f := influxField{name: m[3], function: strings.ToLower(m[1])}
		if !slices.Contains([]string{"sum", "mean", "max", "min", "count", "first", "last"}, f.function) {
			return nil, false
		}
		switch m[2] {
		case "price":
			f.of = func(row *ratedRow) float64 { return row.price }
		case "qty":
			f.of = func(row *ratedRow) float64 { return row.qty }
		default: // InfluxDB has nothing there, and CloudKitty no row
			f.of = nil
		}
		if f.name == "" {
			f.name = f.function
		}
		for plain, n := f.name, 1; slices.ContainsFunc(out, func(o influxField) bool { return o.name == f.name }); n++ {
			f.name = fmt.Sprintf("%s_%d", plain, n)
		}
		out = append(out, f)
	}
	return out, true
}

// value is the field's over some series: null over nothing.
func (f influxField) value(found []ratedSeries) any {
	n := 0
	var best *ratedRow
	for _, sr := range found {
		n += len(sr.rows)
		for _, row := range sr.rows {
			if best == nil || f.of != nil && f.before(row, best) {
				best = row
			}
		}
	}
	switch {
	case n == 0, f.of == nil:
		return nil
	case f.function == "count":
		return n
	case f.function == "sum":
		return number{sumOf(found, f.of), true}
	case f.function == "mean":
		return number{sumOf(found, f.of) / float64(n), true}
	}
	return number{f.of(best), true}
}

// before reports whether a selector prefers one point to another; of two at the same time it is the greater.
func (f influxField) before(a, b *ratedRow) bool {
	switch {
	case f.function == "min":
		return f.of(a) < f.of(b)
	case f.function == "first" && a.begin != b.begin:
		return a.begin < b.begin
	case f.function == "last" && a.begin != b.begin:
		return a.begin > b.begin
	}
	return f.of(a) > f.of(b)
}
