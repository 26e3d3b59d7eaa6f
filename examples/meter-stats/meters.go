package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/gophermeter/gophermeter/examples/internal/cli"
	"github.com/gophermeter/gophermeter/examples/internal/table"
	"github.com/gophermeter/gophermeter/meter"
)

// meters are what is measured.
type meters struct {
	Rows []definition `json:"rows"`
}

// definition is a meter in one type and unit.
type definition struct {
	Name      string     `json:"name"`
	Type      meter.Type `json:"type"`
	Unit      string     `json:"unit"`
	Resources int        `json:"resources"` // that have samples of it
}

var meterFormats = map[string]func(io.Writer, *meters) error{
	"table": writeMeters,
	"json":  writeJSON[meters],
	"csv": func(w io.Writer, m *meters) error {
		return csv.NewWriter(w).WriteAll(append([][]string{{"name", "type", "unit", "resources"}}, m.lines()...))
	},
}

func setupMeters(fs *flag.FlagSet) cli.Action {
	s := &scope{}
	s.register(fs)
	format := fs.String("format", "table", "table, json or csv")
	return func(ctx context.Context, e *cli.Env) error {
		if meterFormats[*format] == nil {
			return cli.Usage("-format %q is none of csv, json, table", *format)
		}
		if err := s.check(); err != nil {
			return cli.Usage("%w", err)
		}
		from, err := s.connect(ctx, e, false)
		if err != nil {
			return err
		}
		defer from.Close()
		m, err := from.meters(ctx)
		if err != nil {
			return err
		}
		return meterFormats[*format](e.Out, m)
	}
}

// meters reads the list, which has a line for each resource.
func (s *source) meters(ctx context.Context) (*meters, error) {
	resources := map[definition]map[string]bool{}
	for m, err := range s.client.Meters(meter.MeterOptions{Filters: s.filters}).All(ctx) {
		if err != nil {
			return nil, err
		}
		d := definition{Name: m.Name, Type: m.Type, Unit: m.Unit}
		if resources[d] == nil {
			resources[d] = map[string]bool{}
		}
		resources[d][m.ResourceID] = true
	}
	all := &meters{Rows: []definition{}}
	for d, of := range resources {
		d.Resources = len(of)
		all.Rows = append(all.Rows, d)
	}
	slices.SortFunc(all.Rows, func(a, b definition) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Type, b.Type))
	})
	return all, nil
}

func (m *meters) lines() (all [][]string) {
	for _, d := range m.Rows {
		all = append(all, []string{d.Name, string(d.Type), d.Unit, strconv.Itoa(d.Resources)})
	}
	return all
}

func writeMeters(w io.Writer, m *meters) error {
	if len(m.Rows) == 0 {
		_, err := fmt.Fprintln(w, "Nothing is measured.")
		return err
	}
	out := table.New(table.Left("Meter"), table.Left("Type"), table.Left("Unit"), table.Right("Resources"))
	for _, line := range m.lines() {
		out.Row(line...)
	}
	return out.Write(w)
}
