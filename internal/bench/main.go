// Command bench measures what this SDK promises about speed and memory, against the libraries that one would
// use without it, and exits with 1 when a promise is not kept:
//
//	go run ./internal/bench
//
// Every measurement is a process of its own, this program started again, and so is the server, so that
// neither's work is counted in the other's. The processes of a round run by turns, and what is printed are the
// medians of the rounds, for a machine is rarely idle and never as fast as a minute ago.
//
// A service adds itself from a file of its own, with var _ = register(suite{...}); nothing else lists it.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
)

// Sub-commands: this program, started again by itself.
const (
	childServe = "serve"
	childRun   = "run"
)

// options of the command line.
type options struct {
	rounds int
	short  bool
	out    string // file of the Markdown page; empty is none
	only   string // substring of the names of the jobs to profile
	into   string // directory of the CPU profiles; empty measures instead
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := command(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1) //nolint:gocritic // stop has nothing left to do
	}
}

func command(ctx context.Context, args []string) error {
	switch {
	case len(args) == 1 && args[0] == childServe:
		return serve(ctx, os.Stdin, os.Stdout)
	case len(args) > 0 && args[0] == childRun:
		return runJob(ctx, args[1:], os.Stdout)
	}
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.IntVar(&o.rounds, "rounds", 5, "`number` of times that everything is measured")
	flags.BoolVar(&o.short, "short", false, "check quickly that the benchmark works; its figures mean nothing")
	flags.StringVar(&o.out, "out", "", "write the result to `file`, as Markdown")
	flags.StringVar(&o.into, "profile", "", "write CPU profiles to `directory` instead")
	flags.StringVar(&o.only, "only", "", "profile only the jobs whose name contains `text`")
	if err := flags.Parse(args); err != nil {
		return err
	}
	return bench(ctx, o, os.Stdout)
}

// bench measures, prints and judges.
func bench(ctx context.Context, o options, w io.Writer) error {
	url, stop, err := startServer(ctx)
	if err != nil {
		return err
	}
	defer stop()
	if o.into != "" {
		return profile(ctx, o, url)
	}
	measured, err := measure(ctx, o, url, os.Stderr)
	if err != nil {
		return err
	}
	rows, missed := judge(measured)
	if err := printTable(w, rows); err != nil {
		return err
	}
	if o.out != "" {
		if err := os.MkdirAll(filepath.Dir(o.out), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(o.out, markdown(rows, o), 0o644); err != nil {
			return err
		}
	}
	if missed > 0 && !o.short {
		return fmt.Errorf("%d of %d gates missed", missed, len(rows))
	}
	return nil
}
