package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

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
	var all []column
	if r.Daily {
		all = append(all, text("Day", func(r *row) string { return r.Start.Format(time.DateOnly) }))
	}
	all = append(all, r.names()...)
	if r.By != "server" && slices.ContainsFunc(r.Rows, func(r row) bool { return r.Servers > 0 }) {
		all = append(all, column{head: "Servers", right: true, cell: func(r *row) string { return count(r.Servers) }})
	}
	if u := r.Total.Usage; u != nil {
		all = append(all,
			number("Server-hours", u, func(u *Usage) float64 { return u.ServerHours }),
			number("vCPU-hours", u, func(u *Usage) float64 { return u.VCPUHours }),
			number("RAM GiB-hours", u, func(u *Usage) float64 { return u.MemoryMiBHours / 1024 }),
			number("Disk GiB-hours", u, func(u *Usage) float64 { return u.DiskGiBHours }))
	}
	if r.Total.Cost != nil {
		all = append(all, column{"Cost", true, func(r *row) string { return rounded(r.Cost) }, rounded(r.Total.Cost)})
	}
	all[0].foot = "Total"
	return all
}

// names are the columns that tell what a row is about.
func (r *report) names() []column {
	project := text("Project", r.project())
	flavor := text("Flavor", func(r *row) string {
		if r.Server == noServer && r.ServerID == "" {
			return ""
		}
		return cmp.Or(r.Flavor, "(unknown)")
	})
	state := text("State", func(r *row) string { return r.State })
	switch r.By {
	case "server":
		return []column{project, text("Server", func(r *row) string { return cmp.Or(r.Server, r.ServerID) }), flavor, state}
	case "metric":
		return []column{text("Metric", func(r *row) string { return r.Metric }), text("Unit", func(r *row) string { return r.Unit }),
			{head: "Quantity", right: true, cell: func(r *row) string { return rounded(r.Quantity) }}}
	case "flavor":
		return []column{flavor}
	case "state":
		return []column{state}
	default:
		return []column{project}
	}
}

// project is the name of a row's project, with its id where another one in the report has the same name.
func (r *report) project() func(*row) string {
	of := map[string]string{}
	several := map[string]bool{}
	for i := range r.Rows {
		name, id := r.Rows[i].Project, r.Rows[i].ProjectID
		if other, seen := of[name]; seen && other != id {
			several[name] = true
		}
		of[name] = id
	}
	return func(r *row) string {
		if several[r.Project] && r.ProjectID != "" {
			return r.Project + " (" + r.ProjectID + ")"
		}
		return r.Project
	}
}

func text(head string, of func(*row) string) column { return column{head: head, cell: of} }

func number(head string, total *Usage, of func(*Usage) float64) column {
	return column{head: head, right: true, foot: table.Number(of(total)), cell: func(r *row) string {
		if r.Usage == nil {
			return ""
		}
		return table.Number(of(r.Usage))
	}}
}

// rounded has two decimals, which is what most currencies have.
func rounded(d *decimal.Decimal) string {
	if d == nil {
		return ""
	}
	return table.Money(*d, 2)
}

func writeTable(w io.Writer, r *report) error {
	what, nothing := r.subject()
	_, err := fmt.Fprintf(w, "%s by %s from %s to %s (%s)\n\n", what, r.By, period.Clock(r.Start, r.Start.Location()),
		period.Clock(r.End, r.End.Location()), zoneAndLength(r))
	if err != nil {
		return err
	}
	if len(r.Rows) == 0 {
		_, err := io.WriteString(w, nothing+"\n")
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

// subject is what the report is of, and what it says where there is none of it.
func (r *report) subject() (what, nothing string) {
	switch {
	case r.Total.Cost == nil:
		return "Usage", "Nothing ran."
	case r.Total.Usage == nil:
		return "Cost", "Nothing was rated."
	default:
		return "Usage and cost", "Nothing ran, and nothing was rated."
	}
}

func zoneAndLength(r *report) string {
	hours := strconv.FormatFloat(math.Round(r.End.Sub(r.Start).Hours()*1e4)/1e4, 'f', -1, 64) + " hours"
	if zone := r.TimeZone; zone != "UTC" {
		return zone + ", " + hours
	}
	return hours
}
