package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/alarm"
	"github.com/gophermeter/gophermeter/examples/internal/cli"
	"github.com/gophermeter/gophermeter/examples/internal/democloud"
)

// session is a command that is connected.
type session struct {
	*cli.Env
	*democloud.Cloud
	alarms *alarm.Client
}

// reading connects for a command that changes nothing.
func reading(ctx context.Context, e *cli.Env, work func(*session) error) error {
	c, err := e.Connect(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	client, err := alarm.New(c.Conn)
	if err != nil {
		return err
	}
	return explained(work(&session{e, c, client}))
}

// writing is reading for a command that changes something.
func writing(ctx context.Context, e *cli.Env, work func(*session) error) error {
	return reading(ctx, e, func(s *session) error {
		if s.Fake != nil {
			fmt.Fprintf(s.Stderr, "%s: the embedded cloud ends with the program, and so does what is changed here\n", s.Program)
		}
		return work(s)
	})
}

// explained says what to do about an error.
func explained(err error) error {
	if errors.Is(err, gophermeter.ErrAmbiguous) {
		return fmt.Errorf("%w; say which by its id", err)
	}
	return err
}

// own is the alarm of a name in the project, or of an id: that is to be changed.
func (s *session) own(ctx context.Context, nameOrID string) (alarm.Alarm, error) {
	found, err := s.alarms.FindAlarm(ctx, nameOrID)
	if errors.Is(err, gophermeter.ErrNotFound) {
		err = fmt.Errorf("%w in your project; what is another's is changed by its id, which list -all-projects tells", err)
	}
	return found, err
}

// find is own for what is only read: administrators find by name the alarms of other projects, too.
func (s *session) find(ctx context.Context, nameOrID string) (alarm.Alarm, error) {
	found, missing := s.alarms.FindAlarm(ctx, nameOrID)
	if !errors.Is(missing, gophermeter.ErrNotFound) {
		return found, missing
	}
	all, err := s.alarms.QueryAlarms(ctx, alarm.Query{Filter: alarm.Eq(alarm.FieldName, nameOrID)})
	if err != nil {
		return found, fmt.Errorf("%w, nor could other projects be searched: %w", missing, err)
	}
	all = slices.DeleteFunc(all, func(a alarm.Alarm) bool { return a.Name != nameOrID }) // the database ignores case
	switch len(all) {
	case 0:
		return found, missing
	case 1:
		return all[0], nil
	}
	ids := make([]string, len(all))
	for i := range all {
		ids[i] = all[i].ID
	}
	return found, fmt.Errorf("%w: %d alarms of several projects are named %q: %s", gophermeter.ErrAmbiguous, len(all), nameOrID, strings.Join(ids, ", "))
}

// named is the argument of a command that takes one alarm.
func named(e *cli.Env) (string, error) {
	if err := arguments(e, 1); err != nil {
		return "", err
	}
	return e.Args[0], nil
}

// arguments wants so many of them, none empty: an unset variable of a script must not become another command.
func arguments(e *cli.Env, n int) error {
	for i, arg := range e.Args {
		switch {
		case arg == "":
			return cli.Usage("argument %d is empty", i+1)
		case i > 0 && strings.HasPrefix(arg, "-"):
			return cli.Usage("%s comes after an argument: flags come first", arg)
		}
	}
	switch {
	case len(e.Args) == 0:
		return cli.Usage("name an alarm, or give its id")
	case len(e.Args) != n:
		return cli.Usage("arguments: %d were given, and %d are needed", len(e.Args), n)
	}
	return nil
}
