package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gophermeter/gophermeter/alarm"
	"github.com/gophermeter/gophermeter/examples/internal/cli"
)

// definition is what the commands create and update say of an alarm.
type definition struct {
	format                               format
	name, kind, severity, state          string
	description                          string
	enabled, repeat                      truth
	okActions, alarmActions, dataActions texts
	rule                                 ruleFlags
}

func define(fs *flag.FlagSet) *definition {
	d := &definition{}
	d.format.register(fs)
	fs.StringVar(&d.name, "name", "", "`name` of the alarm")
	fs.StringVar(&d.kind, "type", "", "`type` of the alarm: "+strings.Join(kinds(), ", ")+";\nthreshold is for Ceilometer's own alarms and some old releases of Aodh")
	fs.StringVar(&d.description, "description", "", "`text` for people (a new alarm: the service writes one)")
	fs.StringVar(&d.severity, "severity", "", "low, moderate or critical (a new alarm: low)")
	fs.StringVar(&d.state, "state", "", "ok, alarm or 'insufficient data' (a new alarm: the last)")
	fs.Var(&d.enabled, "enabled", "`true` or false: whether the alarm is evaluated (a new alarm: true)")
	fs.Var(&d.repeat, "repeat-actions", "`true` or false: whether actions are called by every evaluation, not only by changes (a new alarm: false)")
	fs.Var(&d.okActions, "ok-action", "`URL` that is called when the state becomes ok; several are possible, none removes them")
	fs.Var(&d.alarmActions, "alarm-action", "`URL` that is called when the state becomes alarm")
	fs.Var(&d.dataActions, "insufficient-data-action", "`URL` that is called when data are missing")
	d.rule.register(fs)
	return d
}

func (d *definition) check(e *cli.Env) error {
	d.rule.given = e.Given
	if _, ok := needed[alarm.Kind(d.kind)]; d.kind != "" && !ok {
		return oneOf("-type", d.kind, kinds()...)
	}
	return cmp.Or(d.format.check(), oneSeverity(d.severity), oneState("-state", d.state), d.rule.check())
}

func kinds() (names []string) {
	for _, k := range slices.Sorted(maps.Keys(needed)) {
		names = append(names, string(k))
	}
	return names
}

// actions are nil where the flag was not given, and empty and not nil where it says none.
func actions(urls texts) []string {
	if slices.Equal(urls, texts{"none"}) {
		return []string{}
	}
	return urls
}

func create(fs *flag.FlagSet) cli.Action {
	d := define(fs)
	return func(ctx context.Context, e *cli.Env) error {
		switch {
		case d.name == "":
			return cli.Usage("-name is missing")
		case d.kind == "":
			return cli.Usage("-type is missing")
		}
		if err := d.check(e); err != nil {
			return err
		}
		rule, err := d.rule.create(alarm.Kind(d.kind))
		if err != nil {
			return err
		}
		return writing(ctx, e, func(s *session) error {
			a, err := s.alarms.CreateAlarm(ctx, alarm.CreateOptions{
				Name: d.name, Description: d.description, Enabled: d.enabled.value, Rule: rule, Severity: alarm.Severity(d.severity),
				State: alarm.State(d.state), OKActions: actions(d.okActions), AlarmActions: actions(d.alarmActions),
				InsufficientDataActions: actions(d.dataActions), RepeatActions: d.repeat.value != nil && *d.repeat.value,
			})
			if err != nil {
				return err
			}
			return d.format.alarm(s.Out, a)
		})
	}
}

func update(fs *flag.FlagSet) cli.Action {
	d := define(fs)
	return func(ctx context.Context, e *cli.Env) error {
		name, err := named(e)
		if err == nil {
			err = d.check(e)
		}
		if err != nil {
			return err
		}
		change := alarm.UpdateOptions{
			Name: d.name, Enabled: d.enabled.value, Severity: alarm.Severity(d.severity), State: alarm.State(d.state),
			OKActions: actions(d.okActions), AlarmActions: actions(d.alarmActions), InsufficientDataActions: actions(d.dataActions),
			RepeatActions: d.repeat.value,
		}
		if e.Given("description") {
			change.Description = &d.description
		}
		if !slices.ContainsFunc(changeable(fs), e.Given) {
			return cli.Usage("nothing is to be changed: say what, as by -threshold or -severity")
		}
		return writing(ctx, e, func(s *session) error { return d.update(ctx, s, name, change) })
	}
}

// changeable are the flags that change an alarm.
func changeable(fs *flag.FlagSet) (names []string) {
	fs.VisitAll(func(f *flag.Flag) {
		if !slices.Contains([]string{"cloud", "region", "v", "format"}, f.Name) {
			names = append(names, f.Name)
		}
	})
	return names
}

func (d *definition) update(ctx context.Context, s *session, name string, change alarm.UpdateOptions) error {
	a, err := s.own(ctx, name)
	if err != nil {
		return err
	}
	switch kind := alarm.Kind(d.kind); {
	case kind != "" && kind != a.Kind():
		change.Rule, err = d.rule.create(kind)
	case d.rule.any():
		change.Rule, err = d.rule.fill(a.Rule)
	}
	if err != nil {
		return err
	}
	if a, err = s.alarms.UpdateAlarm(ctx, a.ID, change); err != nil {
		return err
	}
	return d.format.alarm(s.Out, a)
}

func state(*flag.FlagSet) cli.Action {
	return func(ctx context.Context, e *cli.Env) error {
		if err := arguments(e, 2); err != nil {
			return err
		}
		name, to := e.Args[0], e.Args[1]
		if err := oneState("state", to); err != nil {
			return err
		}
		return changing(ctx, e, name, func(s *session, a alarm.Alarm) error {
			if err := s.alarms.SetState(ctx, a.ID, alarm.State(to)); err != nil {
				return err
			}
			_, err := fmt.Fprintf(s.Out, "%s (%s) was %s and is set to %s\n", a.Name, a.ID, a.State, to)
			return err
		})
	}
}

func remove(*flag.FlagSet) cli.Action {
	return func(ctx context.Context, e *cli.Env) error {
		name, err := named(e)
		if err != nil {
			return err
		}
		return changing(ctx, e, name, func(s *session, a alarm.Alarm) error {
			if err := s.alarms.DeleteAlarm(ctx, a.ID); err != nil {
				return err
			}
			_, err := fmt.Fprintf(s.Out, "%s (%s) is deleted\n", a.Name, a.ID)
			return err
		})
	}
}

// changing finds the alarm that is to be changed.
func changing(ctx context.Context, e *cli.Env, name string, work func(*session, alarm.Alarm) error) error {
	return writing(ctx, e, func(s *session) error {
		a, err := s.own(ctx, name)
		if err != nil {
			return err
		}
		return work(s, a)
	})
}
