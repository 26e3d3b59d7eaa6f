package fakecloud_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/alarm"
	"github.com/gophermeter/gophermeter/meter"
	"github.com/gophermeter/gophermeter/rating"
	"github.com/gophermeter/gophermeter/rating/hashmap"
	"github.com/gophermeter/gophermeter/tenantusage"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// dial connects as admin. A test writes it out, or has a helper like this one.
func dial(ctx context.Context, cloud *fakecloud.Cloud) *gophermeter.Connection {
	conn, err := gophermeter.Connect(ctx, cloud.Options()...)
	if err != nil {
		log.Fatal(err)
	}
	return conn
}

// One server of known size and time, so that a person can say what the total is.
func ExampleCloud_AddServer() {
	ctx := context.Background()
	cloud := fakecloud.New(fakecloud.WithEmpty())
	defer cloud.Close()
	conn := dial(ctx, cloud)

	launched := time.Date(2026, time.September, 10, 0, 0, 0, 0, time.UTC)
	cloud.AddServer(fakecloud.Server{
		ProjectID: cloud.AddProject(fakecloud.Project{Name: "web"}), Flavor: "m1.small", VCPUs: 2, MemoryMB: 2048,
		LaunchedAt: &launched, TerminatedAt: new(launched.Add(36 * time.Hour)),
	})
	client, err := tenantusage.New(conn)
	if err != nil {
		log.Fatal(err)
	}
	projects, err := client.Projects(gophermeter.Month(2026, time.September)).Collect(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(projects[0].TotalHours, projects[0].TotalVCPUsUsage)
	// Output: 36 72
}

// What was rated, and its sum.
func ExampleCloud_AddRatedPoints() {
	ctx := context.Background()
	cloud := fakecloud.New(fakecloud.WithEmpty())
	defer cloud.Close()
	conn := dial(ctx, cloud)

	day := gophermeter.Day(2026, time.September, 10)
	for hour := range 3 {
		cloud.AddRatedPoints(fakecloud.RatedPoint{
			Metric: "instance", Begin: day.Start.Add(time.Duration(hour) * time.Hour), Quantity: 1, Price: 0.1,
			GroupBy: [][2]string{{"project_id", "p1"}, {"id", "server-1"}},
		})
	}
	client, err := rating.New(conn)
	if err != nil {
		log.Fatal(err)
	}
	var bill rating.Sum
	for frame, err := range client.Frames(rating.FrameOptions{Window: day}).All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		bill.Add(frame.Price)
	}
	fmt.Println(bill.Total())
	// Output: 0.3
}

// What is written is seen by the next read: a quote knows the new price.
func Example_hashmap() {
	ctx := context.Background()
	cloud := fakecloud.New()
	defer cloud.Close()
	conn := dial(ctx, cloud)

	rules, err := hashmap.New(conn)
	if err != nil {
		log.Fatal(err)
	}
	service, err := rules.FindService(ctx, "instance")
	if err != nil {
		log.Fatal(err)
	}
	field, err := rules.FindField(ctx, service.ID, "flavor_name")
	if err != nil {
		log.Fatal(err)
	}
	_, err = rules.CreateMapping(ctx, hashmap.MappingCreate{FieldID: field.ID, Value: "m2.small", Cost: decimal.RequireFromString("0.0139")})
	if err != nil {
		log.Fatal(err)
	}
	prices, err := rating.New(conn)
	if err != nil {
		log.Fatal(err)
	}
	quote, err := prices.GetQuote(ctx, rating.QuoteResource{
		Service: "instance", Volume: decimal.NewFromInt(2), Metadata: map[string]string{"flavor_name": "m2.small"},
	})
	fmt.Println(quote, err)
	// Output: 0.0278 <nil>
}

// More samples than a Ceilometer shows without being asked for more.
func ExampleCloud_AddSamples() {
	ctx := context.Background()
	cloud := fakecloud.New(fakecloud.WithEmpty())
	defer cloud.Close()
	conn := dial(ctx, cloud)

	for minute := range 250 {
		cloud.AddSamples(fakecloud.Sample{
			Meter: "power", Unit: "W", Volume: 400, ResourceID: "rack-1",
			Timestamp: fakecloud.Epoch.Add(-time.Duration(minute) * time.Minute),
		})
	}
	client, err := meter.New(conn)
	if err != nil {
		log.Fatal(err)
	}
	samples, err := client.Samples(meter.SampleOptions{Meter: "power"}).Collect(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(samples), "samples")
	// Output: 250 samples
}

// The test is the evaluator of the alarms.
func ExampleCloud_SetAlarmState() {
	ctx := context.Background()
	cloud := fakecloud.New()
	defer cloud.Close()
	conn := dial(ctx, cloud)

	client, err := alarm.New(conn)
	if err != nil {
		log.Fatal(err)
	}
	created, err := client.CreateAlarm(ctx, alarm.CreateOptions{Name: "deleted", Rule: alarm.EventRule{EventType: "compute.instance.delete.*"}})
	if err != nil {
		log.Fatal(err)
	}
	cloud.Advance(time.Minute)
	cloud.SetAlarmState(created.ID, "alarm", "Event hits the query")
	changes, err := client.AlarmChanges(created.ID, alarm.ChangesOptions{}).Collect(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, change := range changes { // the newest first
		fmt.Println(change.Timestamp.Format(time.TimeOnly), change.Type, change.Detail.State)
	}
	// Output:
	// 00:01:00 state transition alarm
	// 00:00:00 creation insufficient data
}
