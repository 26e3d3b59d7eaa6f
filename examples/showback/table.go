package main

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"
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
		return column{head: head, cell: func(row *row) string { return printable(of(row)) }}
	}
	hours := func(head string, of func(*amounts) float64) column {
		return column{head: head, right: true, foot: rounded(of(&r.Total)),
			cell: func(row *row) string { return rounded(of(&row.amounts)) }}
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
	var b strings.Builder
	fmt.Fprintf(&b, "Usage by %s from %s to %s (%s)\n\n", r.By, clock(r.Start, r.Start.Location()),
		clock(r.End, r.End.Location()), zoneAndLength(r))
	if len(r.Rows) == 0 {
		b.WriteString("Nothing ran.\n")
		_, err := io.WriteString(w, b.String())
		return err
	}
	columns := r.columns()
	lines := [][]string{heads(columns)}
	for i := range r.Rows {
		line := make([]string, len(columns))
		for j, c := range columns {
			line[j] = c.cell(&r.Rows[i])
		}
		lines = append(lines, line)
	}
	lines = append(lines, feet(columns))
	widths := make([]int, len(columns))
	for _, line := range lines {
		for j, cell := range line {
			widths[j] = max(widths[j], width(cell))
		}
	}
	for i, line := range lines {
		if i == 1 || i == len(lines)-1 {
			rule(&b, widths)
		}
		for j, cell := range line {
			pad := strings.Repeat(" ", widths[j]-width(cell))
			if columns[j].right {
				cell = pad + cell
			} else {
				cell += pad
			}
			line[j] = cell
		}
		b.WriteString(strings.TrimRight(strings.Join(line, "  "), " ") + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func zoneAndLength(r *report) string {
	hours := strconv.FormatFloat(r.End.Sub(r.Start).Hours(), 'g', 6, 64) + " hours"
	if zone := r.TimeZone; zone != "UTC" {
		return zone + ", " + hours
	}
	return hours
}

func heads(columns []column) (line []string) {
	for _, c := range columns {
		line = append(line, c.head)
	}
	return line
}

func feet(columns []column) (line []string) {
	for _, c := range columns {
		line = append(line, c.foot)
	}
	return line
}

func rule(b *strings.Builder, widths []int) {
	for j, n := range widths {
		if j > 0 {
			b.WriteString("  ")
		}
		b.WriteString(strings.Repeat("-", n))
	}
	b.WriteString("\n")
}

// rounded has two decimals, and commas between thousands.
func rounded(x float64) string {
	s := strconv.FormatFloat(x, 'f', 2, 64)
	digits := strings.TrimPrefix(s, "-")
	for at := len(digits) - len(".00") - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	if s[0] == '-' {
		return "-" + digits
	}
	return digits
}

// printable keeps the names that users gave away from the control of the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, s)
}

// wide are the blocks of characters that take two cells: those of East Asia, and pictures.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{{0x1100, 0x115f, 1}, {0x2e80, 0xa4cf, 1}, {0xac00, 0xd7a3, 1}, {0xf900, 0xfaff, 1}, {0xff01, 0xff60, 1}},
	R32: []unicode.Range32{{0x1f300, 0x1faff, 1}, {0x20000, 0x3fffd, 1}},
}

// width is the number of cells that a terminal gives a text.
func width(s string) (n int) {
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me):
		case unicode.Is(wide, r):
			n += 2
		default:
			n++
		}
	}
	return n
}
