package main

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/gophermeter/gophermeter/examples/internal/table"
)

// formats of a report, by the name that -format takes.
var formats = map[string]func(io.Writer, *report) error{
	"table": writeTable,
	"json":  writeJSON[report],
	"csv":   writeCSV,
}

func writeJSON[T any](w io.Writer, v *T) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// column of CSV.
type column struct {
	name string
	text func(*row) string
}

// columns are the same for every report, so that what reads one reads all. Names are no formulas of a spreadsheet.
func columns() []column {
	all := []column{
		{"start", func(r *row) string { return stamp(r.Start) }},
		{"end", func(r *row) string { return stamp(r.End) }},
		{"project_id", func(r *row) string { return table.Spreadsheet(r.ProjectID) }},
		{"project", func(r *row) string { return table.Spreadsheet(r.Project) }},
		{"user_id", func(r *row) string { return table.Spreadsheet(r.UserID) }},
		{"resource_id", func(r *row) string { return table.Spreadsheet(r.ResourceID) }},
		{"flavor", func(r *row) string { return table.Spreadsheet(r.Flavor) }},
		{"source", func(r *row) string { return table.Spreadsheet(r.Source) }},
		{"unit", func(r *row) string { return table.Spreadsheet(r.Unit) }},
	}
	for _, s := range stats {
		all = append(all, column{s.name, func(r *row) string { return exact(*s.of(&r.numbers)) }})
	}
	return append(all,
		column{"first_sample", func(r *row) string { return stamp(r.FirstSample) }},
		column{"last_sample", func(r *row) string { return stamp(r.LastSample) }})
}

func writeCSV(w io.Writer, r *report) error {
	all := columns()
	lines := [][]string{make([]string, len(all))}
	for i, c := range all {
		lines[0][i] = c.name
	}
	for i := range r.Rows {
		line := make([]string, len(all))
		for j, c := range all {
			line[j] = c.text(&r.Rows[i])
		}
		lines = append(lines, line)
	}
	return csv.NewWriter(w).WriteAll(lines)
}

// stamp is empty for a time that the service does not tell.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}

// exact has as many digits as it takes to read the same number back, as JSON has them.
func exact(x *float64) string {
	if x == nil {
		return ""
	}
	format := byte('f')
	if abs := math.Abs(*x); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	return strconv.FormatFloat(*x, format, -1, 64)
}
