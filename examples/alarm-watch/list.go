package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strconv"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/alarm"
	"github.com/gophermeter/gophermeter/examples/internal/cli"
	"github.com/gophermeter/gophermeter/examples/internal/projects"
	"github.com/gophermeter/gophermeter/examples/internal/table"
)

// listing is the command list.
type listing struct {
	format                format
	all                   bool
	kind, state, severity string
}

func list(fs *flag.FlagSet) cli.Action {
	var l listing
	l.format.register(fs)
	fs.BoolVar(&l.all, "all-projects", false, "the alarms of every project, for administrators; the default on the embedded cloud")
	fs.StringVar(&l.kind, "type", "", "only alarms of this `type`, such as event")
	fs.StringVar(&l.state, "state", "", "only alarms in this `state`: ok, alarm or 'insufficient data'")
	fs.StringVar(&l.severity, "severity", "", "only alarms of this `severity`: low, moderate or critical")
	return func(ctx context.Context, e *cli.Env) error {
		err := cmp.Or(l.format.check(), oneState("-state", l.state), oneSeverity(l.severity))
		if err != nil {
			return err
		}
		// The administrator of the embedded cloud, who is logged in there, has no alarms of his own.
		l.all = l.all || e.Embedded() && !e.Given("all-projects")
		return reading(ctx, e, func(s *session) error { return l.print(ctx, s) })
	}
}

func oneState(name, state string) error {
	return oneOf(name, state, string(alarm.StateOK), string(alarm.StateAlarm), string(alarm.StateInsufficientData))
}

func oneSeverity(severity string) error {
	return oneOf("-severity", severity, string(alarm.SeverityLow), string(alarm.SeverityModerate), string(alarm.SeverityCritical))
}

func (l *listing) filters() (out []alarm.Filter) {
	if l.all {
		out = append(out, alarm.AllProjects())
	}
	if l.kind != "" {
		out = append(out, alarm.ByKind(alarm.Kind(l.kind)))
	}
	if l.state != "" {
		out = append(out, alarm.ByState(alarm.State(l.state)))
	}
	if l.severity != "" {
		out = append(out, alarm.BySeverity(alarm.Severity(l.severity)))
	}
	return out
}

// print has the alarms by name; a Ceilometer sorts nothing.
func (l *listing) print(ctx context.Context, s *session) error {
	all, err := s.alarms.Alarms(alarm.AlarmsOptions{Filters: l.filters()}).Collect(ctx)
	if err != nil {
		if l.all && errors.Is(err, gophermeter.ErrForbidden) {
			return fmt.Errorf("only administrators may list the alarms of all projects; your own come without -all-projects (%w)", err)
		}
		return err
	}
	slices.SortFunc(all, func(a, b alarm.Alarm) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	if l.format == "json" {
		out := make([]alarmDocument, len(all))
		for i := range all {
			out[i] = document(all[i])
		}
		return writeJSON(s.Out, out)
	}
	return l.table(ctx, s, all)
}

func (l *listing) table(ctx context.Context, s *session, all []alarm.Alarm) error {
	columns := []table.Column{table.Left("ID"), table.Left("Type"), table.Left("Name"), table.Left("State"), table.Left("Severity"), table.Left("Enabled")}
	var names projects.Names
	if l.all {
		var err error
		if names, err = projects.Read(ctx, s.Conn, s.Program, s.Stderr); err != nil {
			return err
		}
		columns = append(columns, table.Left("Project"))
	}
	t := table.New(columns...)
	for _, a := range all {
		row := []string{a.ID, string(a.Kind()), a.Name, string(a.State), string(a.Severity), strconv.FormatBool(a.Enabled)}
		if l.all {
			row = append(row, names.Name(a.ProjectID))
		}
		t.Row(row...)
	}
	return t.Write(s.Out)
}
