package main

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gophermeter/gophermeter/alarm"
	"github.com/gophermeter/gophermeter/examples/internal/cli"
	"github.com/gophermeter/gophermeter/examples/internal/table"
)

func history(fs *flag.FlagSet) cli.Action {
	var f format
	f.register(fs)
	limit := fs.Int("limit", 0, "at most so `many` changes; 0 is all")
	return func(ctx context.Context, e *cli.Env) error {
		name, err := named(e)
		switch {
		case err != nil:
			return err
		case *limit < 0:
			return cli.Usage("-limit %d is negative", *limit)
		}
		if err := f.check(); err != nil {
			return err
		}
		return reading(ctx, e, func(s *session) error {
			a, err := s.find(ctx, name)
			if err != nil {
				return err
			}
			changes, err := s.changes(ctx, a.ID, *limit)
			if err != nil {
				return err
			}
			return f.changes(s, a, changes)
		})
	}
}

// changes are the newest of an alarm's history, up to the limit.
func (s *session) changes(ctx context.Context, id string, limit int) (out []alarm.AlarmChange, err error) {
	for change, err := range s.alarms.AlarmChanges(id, alarm.ChangesOptions{}).All(ctx) {
		if err != nil {
			return nil, err
		}
		if out = append(out, change); len(out) == limit {
			break
		}
	}
	return out, nil
}

func (f *format) changes(s *session, a alarm.Alarm, changes []alarm.AlarmChange) error {
	if *f == "json" {
		out := make([]changeDocument, len(changes))
		for i := range changes {
			out[i] = documentOf(changes[i])
		}
		return writeJSON(s.Out, out)
	}
	return changeTable(a.Kind(), changes).Write(s.Out)
}

func changeTable(kind alarm.Kind, changes []alarm.AlarmChange) *table.Table {
	t := table.New(table.Left("Time"), table.Left("Change"), table.Left("Detail"))
	for i, c := range changes {
		t.Row(clock(c.Timestamp), string(c.Type), detail(c, ruleChange(kind, changes[i:])))
	}
	return t
}

// ruleChange is what the first of the changes, the newest, did to the rule that those before it had made; of a
// creation it is the rule.
func ruleChange(kind alarm.Kind, changes []alarm.AlarmChange) details {
	var rules []details
	for _, c := range changes {
		rule := c.Detail.Rule
		if unknown, ok := rule.(alarm.Unknown); ok {
			rule = unknown.As(cmp.Or(unknown.Type, kind)) // a change does not say of which type its rule is
		}
		rules = append(rules, detailsOf(rule))
	}
	before := slices.IndexFunc(rules[1:], func(d details) bool { return d != nil })
	if rules[0] == nil || before < 0 || changes[0].Type == alarm.ChangeCreation {
		return rules[0]
	}
	return rules[0].unlike(rules[1+before])
}

// changeDocument is a change in JSON, under the names of the service's API.
type changeDocument struct {
	EventID    string           `json:"event_id"`
	AlarmID    string           `json:"alarm_id"`
	Type       alarm.ChangeType `json:"type"`
	Timestamp  time.Time        `json:"timestamp"`
	ProjectID  string           `json:"project_id"`
	UserID     string           `json:"user_id"`
	OnBehalfOf string           `json:"on_behalf_of"`
	Detail     json.RawMessage  `json:"detail"`
}

func documentOf(c alarm.AlarmChange) changeDocument {
	return changeDocument{
		EventID: c.EventID, AlarmID: c.AlarmID, Type: c.Type, Timestamp: c.Timestamp, ProjectID: c.ProjectID, UserID: c.UserID,
		OnBehalfOf: c.OnBehalfOf, Detail: c.Detail.Raw,
	}
}

// detail is what a change set, in words. Of a creation, which sets all, it is what the alarm watches for.
func detail(c alarm.AlarmChange, rule details) string {
	if c.Type == alarm.ChangeCreation {
		return rule.line()
	}
	d := c.Detail
	var parts []string
	say := func(name, value string) { parts = append(parts, strings.TrimSpace(name+" "+value)) }
	if d.State != "" {
		say("state", string(d.State)+inBrackets(cmp.Or(d.TransitionReason, d.StateReason)))
	}
	if d.Name != nil {
		say("name", *d.Name)
	}
	if d.Description != nil {
		say("description", *d.Description)
	}
	if d.Enabled != nil {
		say("enabled", strconv.FormatBool(*d.Enabled))
	}
	if d.Severity != "" {
		say("severity", string(d.Severity))
	}
	if d.RepeatActions != nil {
		say("repeat actions", strconv.FormatBool(*d.RepeatActions))
	}
	for _, a := range []struct {
		name string
		urls []string
	}{{"ok actions", d.OKActions}, {"alarm actions", d.AlarmActions}, {"insufficient data actions", d.InsufficientDataActions}} {
		if a.urls != nil {
			say(a.name, cmp.Or(strings.Join(a.urls, " "), "none"))
		}
	}
	if d.TimeConstraints != nil {
		say("time constraints", text(constraintsOf(alarm.Alarm{TimeConstraints: d.TimeConstraints})))
	}
	if rule != nil {
		say("rule", rule.line())
	}
	return strings.Join(parts, "; ")
}

func inBrackets(reason string) string {
	if reason == "" {
		return ""
	}
	return " (" + reason + ")"
}
