// Showback prints who used what, and what it cost: server-hours, vCPU-hours, RAM, disk and money of every project
// of an OpenStack cloud within a month or any other window, as a table, JSON or CSV.
//
//	go run ./examples/showback          # the embedded demo cloud
//	go run ./examples/showback -h       # flags and sample calls
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/gophermeter/gophermeter/examples/internal/cli"
	"github.com/gophermeter/gophermeter/examples/internal/table"
)

func main() { os.Exit(program.Main()) }

var program = cli.Program{Name: "showback", About: about, Setup: setup}

// report reads usage and cost and prints them.
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
	c.progress.Done()
	if err != nil {
		return err
	}
	for _, notice := range c.notices {
		fmt.Fprintf(e.Stderr, "%s: %s\n", e.Program, table.Printable(notice))
	}
	return formats[o.format](e.Out, r)
}
