package mockcloud_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/alarm"
	"github.com/gophermeter/gophermeter/amie"
	"github.com/gophermeter/gophermeter/amie/journal"
	"github.com/gophermeter/gophermeter/meter"
	"github.com/gophermeter/gophermeter/rating"
	"github.com/gophermeter/gophermeter/rating/hashmap"
	"github.com/gophermeter/gophermeter/rating/pyscripts"
	"github.com/gophermeter/gophermeter/tenantusage"
	"github.com/gophermeter/gophermeter/testing/mockcloud"
	"github.com/gophermeter/gophermeter/usage"
)

// dial connects through the transport. A test writes it out, or has a helper like this one.
func dial(ctx context.Context, transport *httpmock.MockTransport) *gophermeter.Connection {
	conn, err := gophermeter.Connect(ctx, mockcloud.Options(transport)...)
	if err != nil {
		log.Fatal(err)
	}
	return conn
}

// What every request for usage gets.
func ExampleTenantUsage() {
	ctx := context.Background()
	transport := httpmock.NewMockTransport()
	mockcloud.Keystone(transport, mockcloud.Compute)
	conn := dial(ctx, transport)

	mockcloud.TenantUsage(transport, mockcloud.Usages(tenantusage.ProjectUsage{ProjectID: "p1", TotalHours: 36, TotalVCPUsUsage: 72}))
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

// Rated points, of a cloud that has version 2.
func ExampleRatingV2() {
	ctx := context.Background()
	transport := httpmock.NewMockTransport()
	mockcloud.Keystone(transport, mockcloud.Rating)
	conn := dial(ctx, transport)

	hour := gophermeter.Window{Start: time.Date(2026, time.September, 3, 0, 0, 0, 0, time.UTC)}
	hour.End = hour.Start.Add(time.Hour)
	point := rating.Point{
		Metric: "instance", Period: hour, Unit: "instance", Quantity: decimal.NewFromInt(1), Price: decimal.RequireFromString("0.1"),
		GroupBy: rating.Attributes{{Name: "project_id", Value: "p1"}},
	}
	mockcloud.RatingV2(transport, mockcloud.RatingV2Service{Points: []rating.Point{point, point, point}})
	client, err := rating.New(conn)
	if err != nil {
		log.Fatal(err)
	}
	var bill rating.Sum
	for frame, err := range client.Frames(rating.FrameOptions{Window: hour}).All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		bill.Add(frame.Price)
	}
	fmt.Println(bill.Total())
	// Output: 0.3
}

// A price list.
func ExampleHashmap() {
	ctx := context.Background()
	transport := httpmock.NewMockTransport()
	mockcloud.Keystone(transport, mockcloud.Rating)
	conn := dial(ctx, transport)

	mockcloud.Hashmap(transport, mockcloud.HashmapService{
		Services: []hashmap.Service{{ID: "s1", Name: "instance"}},
		Fields:   []hashmap.Field{{ID: "f1", ServiceID: "s1", Name: "flavor_name"}},
		Mappings: []hashmap.Mapping{{ID: "m1", FieldID: "f1", Value: "m1.small", Type: hashmap.TypeFlat, Cost: decimal.RequireFromString("0.0116")}},
	})
	client, err := hashmap.New(conn)
	if err != nil {
		log.Fatal(err)
	}
	for m, err := range client.Mappings(hashmap.MappingOptions{FieldID: "f1"}).All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(m.Value, m.Cost)
	}
	// Output: m1.small 0.0116
}

// A script that is there, and one that is made.
func ExamplePyscripts() {
	ctx := context.Background()
	transport := httpmock.NewMockTransport()
	mockcloud.Keystone(transport, mockcloud.Rating)
	conn := dial(ctx, transport)

	mockcloud.Pyscripts(transport, pyscripts.Script{ID: "2", Name: "discounts"}, pyscripts.Script{ID: "1", Name: "nights", Data: "pass\n"})
	client, err := pyscripts.New(conn)
	if err != nil {
		log.Fatal(err)
	}
	script, err := client.GetScript(ctx, "1")
	fmt.Println(script.Name, script.Checksum == pyscripts.Checksum("pass\n"), err)
	created, err := client.CreateScript(ctx, pyscripts.ScriptCreate{Name: "discounts", Data: "pass\n"})
	fmt.Println(created.ID, err)
	// Output:
	// nights true <nil>
	// 2 <nil>
}

// Samples, cut off at the limit like the service's.
func ExampleMeters() {
	ctx := context.Background()
	transport := httpmock.NewMockTransport()
	mockcloud.Keystone(transport, mockcloud.Metering)
	conn := dial(ctx, transport)

	var stored []meter.Sample
	for minute := range 250 { // the newest first
		stored = append(stored, meter.Sample{
			ID: fmt.Sprint(minute), Meter: "power", Type: meter.TypeGauge, Unit: "W", Volume: 400, ResourceID: "rack-1",
			Timestamp: time.Date(2026, time.September, 3, 12, 0, 0, 0, time.UTC).Add(-time.Duration(minute) * time.Minute),
		})
	}
	mockcloud.Meters(transport, mockcloud.MeterService{Samples: stored})
	client, err := meter.New(conn, meter.WithPageSize(100))
	if err != nil {
		log.Fatal(err)
	}
	samples, err := client.Samples(meter.SampleOptions{Meter: "power"}).Collect(ctx)
	fmt.Println(len(samples), "samples,", err)
	// Output: 250 samples, <nil>
}

// An alarm, and one that is refused.
func ExampleAlarms() {
	ctx := context.Background()
	transport := httpmock.NewMockTransport()
	mockcloud.Keystone(transport, mockcloud.Alarming)
	conn := dial(ctx, transport)

	rule := alarm.EventRule{EventType: "compute.instance.delete.*"}
	mockcloud.Alarms(transport, mockcloud.AlarmService{
		Alarms: []alarm.Alarm{{ID: "a1", Name: "deleted", State: alarm.StateAlarm, Rule: rule}},
	})
	client, err := alarm.New(conn)
	if err != nil {
		log.Fatal(err)
	}
	found, err := client.FindAlarm(ctx, "deleted")
	fmt.Println(found.ID, found.State, err)
	transport.RegisterResponder("POST", mockcloud.Alarming.URL+"/v2/alarms", mockcloud.AlarmError(403, "Alarm quota exceeded"))
	_, err = client.CreateAlarm(ctx, alarm.CreateOptions{Name: "one more", Rule: rule})
	fmt.Println(errors.Is(err, gophermeter.ErrForbidden))
	// Output:
	// a1 alarm <nil>
	// true
}

// A record that fails the service's validation comes back.
func ExampleAMIESend() {
	ctx := context.Background()
	transport := httpmock.NewMockTransport()

	mockcloud.AMIESend(transport, mockcloud.AMIEAccepted(usage.FailedRecord{
		LocalRecordID: "job-2", Resource: "res.example.access-ci.org", Error: "no such user",
	}))
	client, err := amie.NewUsageClient("SITE", "key", mockcloud.AMIEOptions(transport)...)
	if err != nil {
		log.Fatal(err)
	}
	report, err := client.Send(ctx, usage.MessageOf(jobs("alice", "mallory")...))
	fmt.Println(err)
	for _, f := range report.Failed() {
		fmt.Println(f.LocalRecordID, f.Error)
	}
	// Output:
	// <nil>
	// job-2 no such user
}

// A message whose first answer is lost.
func ExampleAMIEAccepted() {
	ctx := context.Background()
	transport := httpmock.NewMockTransport()
	dir, err := os.MkdirTemp("", "journal") // t.TempDir() in a test
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()

	mockcloud.AMIESend(transport, mockcloud.AMIEError(502, "lost").Then(mockcloud.AMIEAccepted()))
	client, err := amie.NewUsageClient("SITE", "key", mockcloud.AMIEOptions(transport)...)
	if err != nil {
		log.Fatal(err)
	}
	outbox, err := journal.Open(filepath.Join(dir, "usage.journal"))
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = outbox.Close() }()
	if err := journal.Add(outbox, jobs("alice", "bob")...); err != nil {
		log.Fatal(err)
	}
	delivery, err := outbox.Deliver(ctx, client)
	fmt.Println(delivery.Submitted, "submitted,", err)
	// Output: 2 submitted, <nil>
}

// jobs are compute records of an hour each, one a user.
func jobs(users ...string) []usage.ComputeRecord {
	var out []usage.ComputeRecord
	start := time.Date(2026, time.September, 3, 0, 0, 0, 0, time.UTC)
	for i, user := range users {
		out = append(out, usage.ComputeRecord{
			Username: user, LocalProjectID: "p.abc", LocalRecordID: fmt.Sprintf("job-%d", i+1), Resource: "res.example.access-ci.org",
			SubmitTime: start, StartTime: start, EndTime: start.Add(time.Hour), Charge: decimal.NewFromInt(1), NodeCount: 1,
		})
	}
	return out
}
