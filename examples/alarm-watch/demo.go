package main

import (
	"context"
	"flag"
	"fmt"
	"time"

	"github.com/gophermeter/gophermeter/alarm"
	"github.com/gophermeter/gophermeter/examples/internal/cli"
)

// evaluations are what the embedded cloud's evaluator finds while the demo watches.
var evaluations = []struct{ state, reason string }{
	{"ok", "Transition to ok due to 3 samples inside threshold, most recent: 31000000000.0"},
	{"alarm", "Transition to alarm due to 3 samples outside threshold, most recent: 55100000000.0"},
	{"ok", "Transition to ok due to 3 samples inside threshold, most recent: 47200000000.0"},
	{"insufficient data", "3 datapoints are unknown"},
}

func demo(*flag.FlagSet) cli.Action {
	return func(ctx context.Context, e *cli.Env) error {
		if !e.Embedded() {
			return cli.Usage("the demo is for the embedded cloud: unset OS_CLOUD and OS_AUTH_URL, and leave -cloud out")
		}
		return reading(ctx, e, func(s *session) error { return s.demo(ctx) })
	}
}

// demo is an alarm from its creation to its deletion.
func (s *session) demo(ctx context.Context) error {
	say := func(format string, args ...any) { fmt.Fprintf(s.Stdout, format+"\n", args...) }
	rule := alarm.GnocchiResourcesRule{
		Metric: "cpu", ResourceID: "6f3d5b1e-64a1-4c0e-9d0c-0c7c8a4e2b11", ResourceType: "instance",
		GnocchiThreshold: alarm.GnocchiThreshold{
			AggregationMethod: "rate:mean", Comparison: alarm.CompareGT, Threshold: 48e9, Granularity: time.Minute, EvaluationPeriods: 3,
		},
	}
	a, err := s.alarms.CreateAlarm(ctx, alarm.CreateOptions{
		Name: "cpu-high", Severity: alarm.SeverityModerate, AlarmActions: []string{"https://pager.example/cpu-high"}, Rule: rule,
	})
	if err != nil {
		return err
	}
	say("Created %s: %s, %s, %s", a.Name, a.Kind(), a.Severity, a.State)

	rule.Threshold = 54e9
	s.Fake.Advance(time.Second)
	before := detailsOf(a.Rule)
	if a, err = s.alarms.UpdateAlarm(ctx, a.ID, alarm.UpdateOptions{Rule: rule, Severity: alarm.SeverityCritical}); err != nil {
		return err
	}
	say("Updated %s: %s, %s", a.Name, a.Severity, detailsOf(a.Rule).unlike(before).line())

	say("\nWatching, while the evaluator of the embedded cloud works:")
	if err := s.demoWatch(ctx, a); err != nil {
		return err
	}

	changes, err := s.changes(ctx, a.ID, 0)
	if err != nil {
		return err
	}
	say("\nIts history, the newest first:")
	if err := changeTable(a.Kind(), changes).Write(s.Stdout); err != nil {
		return err
	}
	if err := s.alarms.DeleteAlarm(ctx, a.ID); err != nil {
		return err
	}
	say("\nDeleted %s", a.Name)
	return nil
}

// demoWatch prints each evaluation as the watch sees it, and then has the next one happen.
func (s *session) demoWatch(ctx context.Context, a alarm.Alarm) error {
	newest, err := s.changes(ctx, a.ID, 1)
	if err != nil {
		return err
	}
	next := func(i int) {
		s.Fake.Advance(time.Minute)
		s.Fake.SetAlarmState(a.ID, evaluations[i].state, evaluations[i].reason)
	}
	next(0)
	seen := 0
	for change, err := range s.alarms.Watch(ctx, a.ID, alarm.WatchOptions{Interval: 300 * time.Millisecond, After: newest[0]}) {
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(s.Stdout, line(a.Name, change)); err != nil {
			return err
		}
		if seen++; seen == len(evaluations) {
			break
		}
		next(seen)
	}
	return nil
}
