package main

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter/examples/internal/table"
)

// formats of a report, by the name that -format takes.
var formats = map[string]func(io.Writer, *report) error{
	"table": writeTable,
	"json":  writeJSON,
	"csv":   writeCSV,
}

func writeJSON(w io.Writer, r *report) error {
	if r.Rows == nil {
		r.Rows = []row{}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// columns of CSV: the same for every report, so that what reads one reads all. There is no line with totals,
// which a spreadsheet would add once more. Names are as in the table, and no formulas; those of JSON have every character.
var columns = []struct {
	name string
	text func(*row) string
}{
	{"start", func(r *row) string { return r.Start.Format(time.RFC3339) }},
	{"end", func(r *row) string { return r.End.Format(time.RFC3339) }},
	{"project_id", name(func(r *row) string { return r.ProjectID })},
	{"project", name(func(r *row) string { return r.Project })},
	{"flavor", name(func(r *row) string { return r.Flavor })},
	{"state", name(func(r *row) string { return r.State })},
	{"server_id", name(func(r *row) string { return r.ServerID })},
	{"server", name(func(r *row) string { return r.Server })},
	{"servers", func(r *row) string { return count(r.Servers) }},
	{"server_hours", hours(func(u *Usage) float64 { return u.ServerHours })},
	{"vcpu_hours", hours(func(u *Usage) float64 { return u.VCPUHours })},
	{"memory_mib_hours", hours(func(u *Usage) float64 { return u.MemoryMiBHours })},
	{"disk_gib_hours", hours(func(u *Usage) float64 { return u.DiskGiBHours })},
	{"metric", name(func(r *row) string { return r.Metric })},
	{"unit", name(func(r *row) string { return r.Unit })},
	{"quantity", func(r *row) string { return digits(r.Quantity) }},
	{"cost", func(r *row) string { return digits(r.Cost) }},
}

func writeCSV(w io.Writer, r *report) error {
	out := csv.NewWriter(w)
	line := make([]string, len(columns))
	for i, c := range columns {
		line[i] = c.name
	}
	if err := out.Write(line); err != nil {
		return err
	}
	for i := range r.Rows {
		for j, c := range columns {
			line[j] = c.text(&r.Rows[i])
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func name(of func(*row) string) func(*row) string {
	return func(r *row) string { return table.Spreadsheet(of(r)) }
}

// hours have as many digits as it takes to read the same number back; they are empty where there was no usage.
func hours(of func(*Usage) float64) func(*row) string {
	return func(r *row) string {
		if r.Usage == nil {
			return ""
		}
		return strconv.FormatFloat(of(r.Usage), 'f', -1, 64)
	}
}

// digits are all of a decimal; empty is not 0.
func digits(d *decimal.Decimal) string {
	if d == nil {
		return ""
	}
	return d.String()
}

// count is empty where nobody counted.
func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
