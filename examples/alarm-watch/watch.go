package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"time"

	"github.com/gophermeter/gophermeter/alarm"
	"github.com/gophermeter/gophermeter/examples/internal/cli"
	"github.com/gophermeter/gophermeter/examples/internal/table"
)

// watching is the command watch.
type watching struct {
	format        format
	interval, end time.Duration
}

func watch(fs *flag.FlagSet) cli.Action {
	var w watching
	w.format.register(fs)
	fs.DurationVar(&w.interval, "interval", 15*time.Second, "`time` between two looks at the history")
	fs.DurationVar(&w.end, "for", 0, "end the watch after this `time`; the default is Ctrl-C")
	return func(ctx context.Context, e *cli.Env) error {
		name, err := named(e)
		switch {
		case err != nil:
			return err
		case w.interval <= 0:
			return cli.Usage("-interval %s: it must be more than nothing", w.interval)
		case e.Given("for") && w.end <= 0:
			return cli.Usage("-for %s: it must be more than nothing", w.end)
		}
		if err := w.format.check(); err != nil {
			return err
		}
		return reading(ctx, e, func(s *session) error { return w.watch(ctx, s, name) })
	}
}

// watch prints the transitions of an alarm until ctx or the time of -for ends, which is no error.
func (w *watching) watch(ctx context.Context, s *session, name string) error {
	a, err := s.find(ctx, name)
	if err != nil {
		return err
	}
	// The state is read after the newest change: what happens between the two is told twice, and never lost.
	newest, err := s.changes(ctx, a.ID, 1)
	if err != nil {
		return err
	}
	if a, err = s.alarms.GetAlarm(ctx, a.ID); err != nil {
		return err
	}
	opts := alarm.WatchOptions{Interval: w.interval}
	if len(newest) > 0 {
		opts.After = newest[0]
	}
	fmt.Fprintf(s.Stderr, "%s: %s is %s; watching until %s\n", s.Program, table.Printable(a.Name), a.State, w.until())
	if w.end > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, w.end)
		defer cancel()
	}
	seen := 0
	for change, err := range s.alarms.Watch(ctx, a.ID, opts) {
		if ctx.Err() != nil {
			break
		}
		if err != nil {
			return err
		}
		if err := w.print(s.Stdout, a.Name, change); err != nil {
			return err
		}
		seen++
	}
	fmt.Fprintf(s.Stderr, "%s: the watch ends; transitions seen: %d\n", s.Program, seen)
	return nil
}

func (w *watching) until() string {
	if w.end > 0 {
		return w.end.String() + " are over, or Ctrl-C"
	}
	return "Ctrl-C"
}

func (w *watching) print(out io.Writer, name string, c alarm.AlarmChange) error {
	if w.format == "json" {
		return encoder(out).Encode(documentOf(c))
	}
	_, err := fmt.Fprintln(out, line(name, c))
	return err
}

// line is a transition in one line.
func line(name string, c alarm.AlarmChange) string {
	return table.Printable(fmt.Sprintf("%s  %s: %s%s", clock(c.Timestamp), name, c.Detail.State,
		inBrackets(cmp.Or(c.Detail.TransitionReason, c.Detail.StateReason))))
}
