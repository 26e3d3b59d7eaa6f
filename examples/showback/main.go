// Showback prints who used what: server-hours, vCPU-hours, RAM and disk of every project of an OpenStack
// cloud within a month or any other window, as a table, JSON or CSV.
//
//	go run ./examples/showback          # the embedded demo cloud
//	go run ./examples/showback -h       # flags and sample calls
package main

import (
	"context"
	"os"

	"github.com/gophermeter/gophermeter/examples/internal/cli"
)

func main() { os.Exit(program.Main()) }

var program = cli.Program{Name: "showback", About: about, Setup: setup}

// report reads the usage and prints it.
func (o *options) report(ctx context.Context, e *cli.Env) error {
	if err := o.check(e); err != nil {
		return cli.Usage("%w", err)
	}
	c, err := o.connect(ctx, e)
	if err != nil {
		return err
	}
	defer c.Close()
	r, err := c.read(ctx)
	c.progress.done()
	if err != nil {
		return err
	}
	return formats[o.format](e.Out, r)
}
