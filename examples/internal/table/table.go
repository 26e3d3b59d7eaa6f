// Package table prints what the examples found, for people who read it in a terminal.
package table

import (
	"io"
	"strings"
)

// Column of a table.
type Column struct {
	Head string
	// Right aligns numbers.
	Right bool
}

// Left is a column of text.
func Left(head string) Column { return Column{Head: head} }

// Right is a column of numbers.
func Right(head string) Column { return Column{Head: head, Right: true} }

// Table is rows below their heads, with a line of totals or without.
type Table struct {
	columns []Column
	rows    [][]string
	foot    []string
}

// New is a table without rows.
func New(columns ...Column) *Table { return &Table{columns: columns} }

// Row adds a line; cells that are missing at its end are empty. What would control the terminal is taken out of
// the cells, for names are their owners' to choose.
func (t *Table) Row(cells ...string) { t.rows = append(t.rows, t.line(cells)) }

// Foot sets the line below the rows.
func (t *Table) Foot(cells ...string) { t.foot = t.line(cells) }

func (t *Table) line(cells []string) []string {
	line := make([]string, len(t.columns))
	for i, cell := range cells {
		line[i] = Printable(cell)
	}
	return line
}

// Write prints the table.
func (t *Table) Write(w io.Writer) error {
	heads := make([]string, len(t.columns))
	for i, c := range t.columns {
		heads[i] = c.Head
	}
	widths := make([]int, len(t.columns))
	for _, line := range append([][]string{heads, t.foot}, t.rows...) {
		for i, cell := range line {
			widths[i] = max(widths[i], width(cell))
		}
	}
	var b strings.Builder
	t.print(&b, heads, widths)
	rule(&b, widths)
	for _, line := range t.rows {
		t.print(&b, line, widths)
	}
	if t.foot != nil {
		rule(&b, widths)
		t.print(&b, t.foot, widths)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (t *Table) print(b *strings.Builder, line []string, widths []int) {
	var out strings.Builder
	for i, cell := range line {
		pad := strings.Repeat(" ", widths[i]-width(cell))
		if i > 0 {
			out.WriteString("  ")
		}
		if t.columns[i].Right {
			out.WriteString(pad + cell)
		} else {
			out.WriteString(cell + pad)
		}
	}
	b.WriteString(strings.TrimRight(out.String(), " ") + "\n")
}

func rule(b *strings.Builder, widths []int) {
	for i, n := range widths {
		if i > 0 {
			b.WriteString("  ")
		}
		b.WriteString(strings.Repeat("-", n))
	}
	b.WriteString("\n")
}
