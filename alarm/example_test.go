package alarm_test

import (
	"context"
	"errors"
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

func ExampleClient_DeleteAlarm() {
	ctx := context.Background()
	client, cloud := demo(ctx)
	defer cloud.Close()
	gone, err := client.FindAlarm(ctx, "server-gone")
	if err != nil {
		log.Fatal(err)
	}
	if err := client.DeleteAlarm(ctx, gone.ID); err != nil {
		log.Fatal(err)
	}
	_, err = client.GetAlarm(ctx, gone.ID)
	fmt.Println(errors.Is(err, gophermeter.ErrNotFound))
	// Output:
	// true
}

// A state is set by hand, until the next evaluation.
func ExampleClient_SetState() {
	ctx := context.Background()
	client, cloud := demo(ctx)
	defer cloud.Close()
	gone, err := client.FindAlarm(ctx, "server-gone")
	if err != nil {
		log.Fatal(err)
	}
	if err := client.SetState(ctx, gone.ID, alarm.StateAlarm); err != nil {
		log.Fatal(err)
	}
	fmt.Println(client.GetState(ctx, gone.ID))
	// Output:
	// alarm <nil>
}

// A project may have ten alarms. Quotas are for administrators.
func ExampleClient_SetQuotas() {
	ctx := context.Background()
	cloud := fakecloud.New()
	defer cloud.Close()
	conn, err := gophermeter.Connect(ctx, cloud.Options()...)
	if err != nil {
		log.Fatal(err)
	}
	client, err := alarm.New(conn)
	if err != nil {
		log.Fatal(err)
	}
	project := cloud.ProjectID("web-shop")
	_, err = client.SetQuotas(ctx, alarm.Quotas{ProjectID: project, Limits: []alarm.Quota{{Resource: alarm.ResourceAlarms, Limit: 10}}})
	if err != nil {
		log.Fatal(err)
	}
	quotas, err := client.GetQuotas(ctx, project)
	if err != nil {
		log.Fatal(err)
	}
	limit, _ := quotas.Alarms()
	fmt.Println(limit)
	// Output:
	// 10
}

// The newest transition of all alarms of the project.
func ExampleClient_QueryAlarmChanges() {
	ctx := context.Background()
	client, cloud := demo(ctx)
	defer cloud.Close()
	changes, err := client.QueryAlarmChanges(ctx, alarm.Query{
		Filter:  alarm.Eq(alarm.FieldType, alarm.ChangeStateTransition),
		OrderBy: []alarm.Sort{{Field: alarm.FieldTimestamp, Descending: true}},
		Limit:   1,
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range changes {
		fmt.Println(c.Timestamp.Format(time.DateOnly), c.Detail.State)
	}
	// Output:
	// 2026-09-22 ok
}

// Not found is an error, here as everywhere.
func ExampleClient_FindAlarmChange() {
	ctx := context.Background()
	client, cloud := demo(ctx)
	defer cloud.Close()
	gone, err := client.FindAlarm(ctx, "server-gone")
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.FindAlarmChange(ctx, gone.ID, "00000000-0000-4000-8000-000000000000")
	fmt.Println(errors.Is(err, gophermeter.ErrNotFound))
	// Output:
	// true
}
