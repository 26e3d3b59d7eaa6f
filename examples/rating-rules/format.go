package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/gophermeter/gophermeter/examples/internal/cli"
	"github.com/gophermeter/gophermeter/examples/internal/table"
)

// format is the flag -format.
type format string

func (f *format) register(fs *flag.FlagSet) {
	fs.StringVar((*string)(f), "format", "table", "table or json")
}

func (f *format) check() error {
	if *f != "table" && *f != "json" {
		return cli.Usage("-format %q is neither table nor json", string(*f))
	}
	return nil
}

func (f *format) card(w io.Writer, prices []price) error {
	if *f == "json" {
		return writeJSON(w, append([]price{}, prices...))
	}
	fmt.Fprint(w, "Prices of one unit in one rating period, an hour unless the operator chose another\n\n")
	columns := []table.Column{
		table.Left("Service"), table.Left("Field"), table.Left("Value"), table.Left("Type"), table.Right("Cost"), table.Left("Group"), table.Left("Project"),
	}
	dated := slices.ContainsFunc(prices, func(p price) bool { return !p.Start.IsZero() })
	if dated {
		columns = append(columns, table.Left("From"), table.Left("Until"))
	}
	t := table.New(columns...)
	for _, p := range prices {
		value := p.Value
		if p.Level != nil {
			value = ">= " + p.Level.String()
		}
		row := []string{p.Service, p.Field, value, string(p.Type), p.Cost.String(), p.Group, p.Project}
		if dated {
			row = append(row, clock(p.Start))
			if p.End != nil {
				row = append(row, clock(*p.End))
			}
		}
		t.Row(row...)
	}
	return t.Write(w)
}

// clock is a time as people read it; the zero one is nothing.
func clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

func writeJSON[T any](w io.Writer, document T) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(document)
}
