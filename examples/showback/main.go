// Showback prints who used what: server-hours, vCPU-hours, RAM and disk of every project of an OpenStack
// cloud within a month or any other window, as a table, JSON or CSV.
//
//	go run ./examples/showback          # the embedded demo cloud
//	go run ./examples/showback -h       # flags and sample calls
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	_ "time/tzdata" // -tz works on machines without a zone database, too
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is the program: its result is the exit status. The cloud comes from the flags, else from the OS_
// variables.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parseFlags(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, usageText())
		return 0
	}
	if err != nil {
		fmt.Fprintf(stderr, "showback: %v (showback -h explains)\n", err)
		return 2
	}
	// Nothing is printed before everything was read: half a report looks like a whole one.
	var out bytes.Buffer
	if err := o.report(ctx, &out, stderr); err != nil {
		if ctx.Err() != nil {
			err = errors.New("interrupted")
		}
		fmt.Fprintf(stderr, "showback: %v\n", err)
		return 1
	}
	if _, err := out.WriteTo(stdout); err != nil {
		fmt.Fprintf(stderr, "showback: %v\n", err)
		return 1
	}
	return 0
}

// report reads the usage and writes it to out.
func (o *options) report(ctx context.Context, out, stderr io.Writer) error {
	cloud, err := o.connect(ctx, stderr)
	if err != nil {
		return err
	}
	defer cloud.stop()
	r, err := cloud.read(ctx)
	cloud.progress.done()
	if err != nil {
		return err
	}
	return formats[o.format](out, r)
}
