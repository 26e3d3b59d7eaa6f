package alarm_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/alarm"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// demo is a client of a cloud inside the process. A program connects with gophermeter.Connect(ctx), which
// reads OS_CLOUD and clouds.yaml.
func demo(ctx context.Context) (*alarm.Client, *fakecloud.Cloud) {
	cloud := fakecloud.New()
	conn, err := gophermeter.Connect(ctx, cloud.OptionsFor("demo")...)
	if err != nil {
		log.Fatal(err)
	}
	client, err := alarm.New(conn)
	if err != nil {
		log.Fatal(err)
	}
	return client, cloud
}

func ExampleClient_CreateAlarm() {
	ctx := context.Background()
	client, cloud := demo(ctx)
	defer cloud.Close()
	created, err := client.CreateAlarm(ctx, alarm.CreateOptions{
		Name:         "cpu-high",
		Severity:     alarm.SeverityModerate,
		AlarmActions: []string{"https://pager.example/cpu-high"},
		Rule: alarm.GnocchiResourcesRule{
			Metric: "cpu", ResourceID: "6f3d5b1e-64a1-4c0e-9d0c-0c7c8a4e2b11", ResourceType: "instance",
			GnocchiThreshold: alarm.GnocchiThreshold{
				AggregationMethod: "rate:mean", Comparison: alarm.CompareGT, Threshold: 48e9,
				Granularity: time.Minute, EvaluationPeriods: 3,
			},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(created.Kind(), created.State)
	// Output:
	// gnocchi_resources_threshold insufficient data
}

func ExampleClient_UpdateAlarm() {
	ctx := context.Background()
	client, cloud := demo(ctx)
	defer cloud.Close()
	gone, err := client.FindAlarm(ctx, "server-gone")
	if err != nil {
		log.Fatal(err)
	}
	updated, err := client.UpdateAlarm(ctx, gone.ID, alarm.UpdateOptions{
		Enabled:      new(false),
		AlarmActions: []string{}, // none; nil would keep them
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(updated.Enabled, len(updated.AlarmActions), updated.Severity, updated.State)
	// Output:
	// false 0 critical ok
}

func ExampleClient_Alarms() {
	ctx := context.Background()
	client, cloud := demo(ctx)
	defer cloud.Close()
	mine := client.Alarms(alarm.AlarmsOptions{
		Filters: []alarm.Filter{alarm.ByKind(alarm.KindEvent)},
		Sort:    []alarm.Sort{{Field: alarm.FieldName}},
	})
	for a, err := range mine.All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%-14s enabled %-5v %s\n", a.Name, a.Enabled, a.Rule.(alarm.EventRule).EventType)
	}
	// Output:
	// resize-wanted  enabled false compute.instance.resize.*
	// server-gone    enabled true  compute.instance.delete.*
}

func ExampleClient_AlarmChanges() {
	ctx := context.Background()
	client, cloud := demo(ctx)
	defer cloud.Close()
	gone, err := client.FindAlarm(ctx, "server-gone")
	if err != nil {
		log.Fatal(err)
	}
	history := client.AlarmChanges(gone.ID, alarm.ChangesOptions{
		Filters: []alarm.Filter{alarm.ByChange(alarm.ChangeStateTransition)},
	})
	for change, err := range history.All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(change.Timestamp.Format(time.DateTime), change.Detail.State, "-", change.Detail.TransitionReason)
	}
	// Output:
	// 2026-09-22 09:00:00 ok - Event hits the query
	// 2026-09-15 09:00:00 alarm - Event hits the query
	// 2026-09-08 09:00:00 ok - Event hits the query
}

func ExampleClient_QueryAlarms() {
	ctx := context.Background()
	client, cloud := demo(ctx)
	defer cloud.Close()
	loud, err := client.QueryAlarms(ctx, alarm.Query{
		Filter: alarm.Or(
			alarm.Eq(alarm.FieldState, alarm.StateAlarm),
			alarm.And(alarm.Eq(alarm.FieldEnabled, true), alarm.Eq(alarm.FieldSeverity, alarm.SeverityCritical)),
		),
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, a := range loud {
		fmt.Println(a.Name, a.Severity)
	}
	// Output:
	// server-gone critical
}

func ExampleClient_Watch() {
	ctx := context.Background()
	client, cloud := demo(ctx)
	defer cloud.Close()
	gone, err := client.FindAlarm(ctx, "server-gone")
	if err != nil {
		log.Fatal(err)
	}
	history, err := client.AlarmChanges(gone.ID, alarm.ChangesOptions{}).Collect(ctx)
	if err != nil {
		log.Fatal(err)
	}

	for _, state := range []string{"alarm", "ok", "alarm"} { // what evaluations find, faster than the watch looks
		cloud.Advance(time.Second)
		cloud.SetAlarmState(gone.ID, state, "Event hits the query")
	}
	seen := 0
	for change, err := range client.Watch(ctx, gone.ID, alarm.WatchOptions{After: history[0]}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(change.Timestamp.Format(time.TimeOnly), change.Detail.State)
		if seen++; seen == 3 {
			break
		}
	}
	// Output:
	// 00:00:01 alarm
	// 00:00:02 ok
	// 00:00:03 alarm
}
