package main

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/gophermeter/gophermeter/examples/internal/period"
	"github.com/gophermeter/gophermeter/examples/internal/table"
)

// column of the table.
type column struct {
	head  string
	right bool
	cell  func(*row) string
	foot  string // of the line of totals
}

func (r *report) columns() []column {
	text := func(head string, of func(*row) string) column {
		return column{head: head, cell: func(row *row) string { return of(row) }}
	}
	hours := func(head string, of func(*amounts) float64) column {
		return column{head: head, right: true, foot: table.Number(of(&r.Total)),
			cell: func(row *row) string { return table.Number(of(&row.amounts)) }}
	}
	project := text("Project", func(r *row) string { return r.Project })
	flavor := text("Flavor", func(r *row) string { return cmp.Or(r.Flavor, "(unknown)") })
	state := text("State", func(r *row) string { return r.State })

	var all []column
	if r.Daily {
		all = append(all, text("Day", func(r *row) string { return r.Start.Format(time.DateOnly) }))
	}
	switch r.By {
	case "server":
		server := text("Server", func(r *row) string { return cmp.Or(r.Server, r.ServerID) })
		all = append(all, project, server, flavor, state)
	case "flavor":
		all = append(all, flavor)
	case "state":
		all = append(all, state)
	default:
		all = append(all, project)
	}
	if r.By != "server" && len(r.Rows) > 0 && r.Rows[0].Servers > 0 {
		all = append(all, column{head: "Servers", right: true, cell: func(r *row) string { return count(r.Servers) }})
	}
	all[0].foot = "Total"
	return append(all,
		hours("Server-hours", func(a *amounts) float64 { return a.ServerHours }),
		hours("vCPU-hours", func(a *amounts) float64 { return a.VCPUHours }),
		hours("RAM GiB-hours", func(a *amounts) float64 { return a.MemoryMiBHours / 1024 }),
		hours("Disk GiB-hours", func(a *amounts) float64 { return a.DiskGiBHours }))
}

func writeTable(w io.Writer, r *report) error {
	_, err := fmt.Fprintf(w, "Usage by %s from %s to %s (%s)\n\n", r.By, period.Clock(r.Start, r.Start.Location()),
		period.Clock(r.End, r.End.Location()), zoneAndLength(r))
	if err != nil {
		return err
	}
	if len(r.Rows) == 0 {
		_, err := io.WriteString(w, "Nothing ran.\n")
		return err
	}
	columns := r.columns()
	heads, foot := make([]table.Column, len(columns)), make([]string, len(columns))
	for i, c := range columns {
		heads[i], foot[i] = table.Column{Head: c.head, Right: c.right}, c.foot
	}
	out := table.New(heads...)
	for i := range r.Rows {
		cells := make([]string, len(columns))
		for j, c := range columns {
			cells[j] = c.cell(&r.Rows[i])
		}
		out.Row(cells...)
	}
	out.Foot(foot...)
	return out.Write(w)
}

func zoneAndLength(r *report) string {
	hours := strconv.FormatFloat(r.End.Sub(r.Start).Hours(), 'g', 6, 64) + " hours"
	if zone := r.TimeZone; zone != "UTC" {
		return zone + ", " + hours
	}
	return hours
}
