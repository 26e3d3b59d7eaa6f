package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/amie/bridge"
	"github.com/gophermeter/gophermeter/amie/journal"
	"github.com/gophermeter/gophermeter/examples/internal/cli"
	"github.com/gophermeter/gophermeter/examples/internal/progress"
	"github.com/gophermeter/gophermeter/examples/internal/projects"
)

// mapped is one day.
type mapped struct {
	compute bridge.ComputeDay
	storage bridge.StorageDay
}

// report is the program.
func (o *options) report(ctx context.Context, e *cli.Env) error {
	if o.cat {
		_, err := e.Out.Write(demoMapping)
		return err
	}
	if err := o.check(e); err != nil {
		return cli.Usage("%w", err)
	}
	config, err := o.mapping()
	if err != nil {
		return err
	}
	var d *desk
	if !o.dryRun {
		if d, err = o.open(e.Embedded()); err != nil {
			return err
		}
	}
	r, err := o.look(ctx, e, config)
	if err == nil && d != nil {
		err = o.send(ctx, d, config, r)
	}
	if d != nil {
		err = errors.Join(err, d.close())
	}
	if r == nil {
		return err
	}
	r.notes()
	// What was done is told even where something went wrong after it.
	return joined(formats[o.format](e.Stdout, r), err, r.verdict())
}

// look reads and maps the days.
func (o *options) look(ctx context.Context, e *cli.Env, config bridge.Config) (*summary, error) {
	line := progress.New(e.Stderr, e.Verbose)
	defer line.Done()
	cloud, err := e.Connect(ctx, gophermeter.WithObserver(line.Observe))
	if err != nil {
		return nil, err
	}
	defer cloud.Close()
	window, err := o.days.window(cloud.Now)
	if err != nil {
		return nil, err
	}
	names, err := projects.Read(ctx, cloud.Conn, e.Program, e.Stderr)
	if err != nil {
		return nil, err
	}
	used, err := (&reader{conn: cloud.Conn, config: config, window: window, progress: line}).read(ctx)
	if errors.Is(err, gophermeter.ErrForbidden) {
		err = fmt.Errorf("only administrators may read the usage of all projects (%w)", err)
	}
	if err != nil {
		return nil, err
	}
	r := newSummary(window, names, used)
	r.dryRun, r.partial = o.dryRun, o.partial
	for _, day := range eachDay(window) {
		if err := r.add(config, day, used); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// send hands the days in, unless something of them could not be mapped.
func (o *options) send(ctx context.Context, d *desk, config bridge.Config, r *summary) error {
	r.Site = d.site
	if len(r.Problems) > 0 && !o.partial {
		return nil
	}
	// What failed meanwhile is learnt before -retry-failed. Where the service cannot be asked, it is asked again below;
	// the journal of another service is not written into.
	if _, err := d.Reconcile(ctx, d.client); errors.Is(err, gophermeter.ErrInvalidArgument) {
		return fmt.Errorf("%s: %w", o.journal, err)
	}
	if err := o.enqueue(d, config, r); err != nil {
		return err
	}
	handed, failed := d.Deliver(ctx, d.client)
	_, unasked := d.Reconcile(ctx, d.client)
	r.delivered(handed)
	return errors.Join(failed, unasked, r.outcome(d))
}

// enqueue writes into the journal what is new and what has changed.
func (o *options) enqueue(d *desk, config bridge.Config, r *summary) error {
	if o.retry {
		keys, err := d.failed()
		if err == nil && len(keys) > 0 {
			err = d.Requeue(keys...)
		}
		if err != nil {
			return err
		}
	}
	before, err := d.sent(r.window)
	if err != nil {
		return err
	}
	r.Correction = &correction{Vanished: []trouble{}, Doubtful: []trouble{}}
	for _, m := range r.days {
		compute := m.compute.Correct(before.compute, o.takeBack(len(config.Compute) > 0))
		storage := m.storage.Correct(before.storage, o.takeBack(len(config.Storage) > 0))
		if err := errors.Join(journal.Add(d.Journal, compute.Send...), journal.Add(d.Journal, storage.Send...)); err != nil {
			return err
		}
		corrected(r.Correction, compute)
		corrected(r.Correction, storage)
	}
	return nil
}

// takeBack is how far a reading is trusted: not at all where it was not made.
func (o *options) takeBack(read bool) bridge.TakeBack {
	switch {
	case !read:
		return bridge.TakeNothing
	case o.void:
		return bridge.TakeVanished
	}
	return bridge.TakeMoved
}

// joined is several errors on one line.
func joined(all ...error) error {
	var texts []string
	for _, err := range all {
		if err != nil {
			texts = append(texts, err.Error())
		}
	}
	if len(texts) == 0 {
		return nil
	}
	return errors.New(strings.Join(texts, "; "))
}
