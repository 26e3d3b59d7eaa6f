package main

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/gophermeter/gophermeter/alarm"
	"github.com/gophermeter/gophermeter/examples/internal/cli"
	"github.com/gophermeter/gophermeter/examples/internal/table"
)

// format is the flag -format.
type format string

func (f *format) register(fs *flag.FlagSet) {
	fs.StringVar((*string)(f), "format", "table", "table or json")
}

func (f *format) check() error { return oneOf("-format", string(*f), "table", "json") }

func show(fs *flag.FlagSet) cli.Action {
	var f format
	f.register(fs)
	return func(ctx context.Context, e *cli.Env) error {
		name, err := named(e)
		if err == nil {
			err = f.check()
		}
		if err != nil {
			return err
		}
		return reading(ctx, e, func(s *session) error {
			a, err := s.find(ctx, name)
			if err != nil {
				return err
			}
			return f.alarm(s.Out, a)
		})
	}
}

// alarm prints one alarm.
func (f *format) alarm(w io.Writer, a alarm.Alarm) error {
	if *f == "json" {
		return writeJSON(w, document(a))
	}
	t := table.New(table.Left("Field"), table.Left("Value"))
	for _, row := range [][2]string{
		{"alarm_id", a.ID}, {"name", a.Name}, {"description", a.Description}, {"type", string(a.Kind())},
		{"enabled", strconv.FormatBool(a.Enabled)}, {"severity", string(a.Severity)}, {"state", string(a.State)},
		{"state_reason", a.StateReason}, {"state_timestamp", clock(a.StateTimestamp)}, {"timestamp", clock(a.Timestamp)},
		{"ok_actions", strings.Join(a.OKActions, " ")}, {"alarm_actions", strings.Join(a.AlarmActions, " ")},
		{"insufficient_data_actions", strings.Join(a.InsufficientDataActions, " ")},
		{"repeat_actions", strconv.FormatBool(a.RepeatActions)}, {"time_constraints", text(constraintsOf(a))},
		{"project_id", a.ProjectID}, {"user_id", a.UserID},
	} {
		t.Row(row[0], row[1])
	}
	rule := detailsOf(a.Rule)
	for _, name := range rule.names() {
		t.Row(name, text(rule[name]))
	}
	return t.Write(w)
}

// alarmDocument is an alarm in JSON, under the names of the service's API but for the rule.
type alarmDocument struct {
	ID                      string       `json:"alarm_id"`
	Name                    string       `json:"name"`
	Description             string       `json:"description"`
	Type                    alarm.Kind   `json:"type"`
	Rule                    details      `json:"rule"`
	Enabled                 bool         `json:"enabled"`
	Severity                string       `json:"severity"`
	State                   alarm.State  `json:"state"`
	StateReason             string       `json:"state_reason"`
	StateTimestamp          time.Time    `json:"state_timestamp,omitzero"`
	Timestamp               time.Time    `json:"timestamp,omitzero"`
	OKActions               []string     `json:"ok_actions"`
	AlarmActions            []string     `json:"alarm_actions"`
	InsufficientDataActions []string     `json:"insufficient_data_actions"`
	RepeatActions           bool         `json:"repeat_actions"`
	TimeConstraints         []constraint `json:"time_constraints"`
	ProjectID               string       `json:"project_id"`
	UserID                  string       `json:"user_id"`
}

type constraint struct {
	Name     string `json:"name"`
	Start    string `json:"start"`
	Duration int64  `json:"duration"` // seconds
	Timezone string `json:"timezone,omitempty"`
}

func document(a alarm.Alarm) alarmDocument {
	return alarmDocument{
		ID: a.ID, Name: a.Name, Description: a.Description, Type: a.Kind(), Rule: detailsOf(a.Rule), Enabled: a.Enabled,
		Severity: string(a.Severity), State: a.State, StateReason: a.StateReason, StateTimestamp: a.StateTimestamp,
		Timestamp: a.Timestamp, OKActions: filled(a.OKActions), AlarmActions: filled(a.AlarmActions),
		InsufficientDataActions: filled(a.InsufficientDataActions), RepeatActions: a.RepeatActions,
		TimeConstraints: constraintsOf(a), ProjectID: a.ProjectID, UserID: a.UserID,
	}
}

func constraintsOf(a alarm.Alarm) []constraint {
	out := make([]constraint, len(a.TimeConstraints))
	for i, c := range a.TimeConstraints {
		out[i] = constraint{c.Name, c.Start, int64(c.Duration / time.Second), c.Timezone}
	}
	return out
}

// filled is an array in JSON, and never null.
func filled(all []string) []string { return append([]string{}, all...) }

func writeJSON[T any](w io.Writer, document T) error {
	e := encoder(w)
	e.SetIndent("", "  ")
	return e.Encode(document)
}

// encoder leaves < and & as they are.
func encoder(w io.Writer) *json.Encoder {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e
}
