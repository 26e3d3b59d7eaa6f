package main

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"time"
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
// which a spreadsheet would add once more.
var columns = []struct {
	name string
	text func(*row) string
}{
	{"start", func(r *row) string { return r.Start.Format(time.RFC3339) }},
	{"end", func(r *row) string { return r.End.Format(time.RFC3339) }},
	{"project_id", func(r *row) string { return r.ProjectID }},
	{"project", func(r *row) string { return r.Project }},
	{"flavor", func(r *row) string { return r.Flavor }},
	{"state", func(r *row) string { return r.State }},
	{"server_id", func(r *row) string { return r.ServerID }},
	{"server", func(r *row) string { return r.Server }},
	{"servers", func(r *row) string { return count(r.Servers) }},
	{"server_hours", func(r *row) string { return exact(r.ServerHours) }},
	{"vcpu_hours", func(r *row) string { return exact(r.VCPUHours) }},
	{"memory_mib_hours", func(r *row) string { return exact(r.MemoryMiBHours) }},
	{"disk_gib_hours", func(r *row) string { return exact(r.DiskGiBHours) }},
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

// exact has as many digits as it takes to read the same number back.
func exact(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// count is empty where nobody counted.
func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
