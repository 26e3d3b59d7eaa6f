// Meter-stats prints statistics of what Ceilometer has measured: minimum, maximum, average and sum of a meter in
// each period and group, as a table, JSON or CSV, and as a plot.
//
//	go run ./examples/meter-stats          # the embedded demo cloud
//	go run ./examples/meter-stats -h       # flags and sample calls
package main

import (
	"context"
	"os"

	"github.com/gophermeter/gophermeter/examples/internal/cli"
)

func main() { os.Exit(program.Main()) }

var program = cli.Program{
	Name: "meter-stats", About: about, Setup: setup,
	Verbs: []cli.Verb{{Name: "meters", About: "Meters lists what is measured, and on how many resources.", Setup: setupMeters}},
}

// report reads the statistics, draws them and prints them.
func (o *options) report(ctx context.Context, e *cli.Env) error {
	if err := o.check(e); err != nil {
		return cli.Usage("%w", err)
	}
	s, err := o.connect(ctx, e, o.groupBy.byProject())
	if err != nil {
		return err
	}
	defer s.Close()
	r, err := s.read(ctx, o)
	if err != nil {
		return err
	}
	if err := o.picture(e, r); err != nil {
		return err
	}
	return formats[o.format](e.Out, r)
}
