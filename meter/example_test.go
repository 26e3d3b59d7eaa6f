package meter_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/alarm"
	"github.com/gophermeter/gophermeter/meter"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// demo is a client of a cloud inside the process. A program connects with gophermeter.Connect(ctx), which reads OS_CLOUD
// and clouds.yaml.
func demo(ctx context.Context, opts ...fakecloud.Option) (*meter.Client, *gophermeter.Connection, func()) {
	cloud := fakecloud.New(opts...)
	conn, err := gophermeter.Connect(ctx, cloud.Options()...)
	if err != nil {
		log.Fatal(err)
	}
	client, err := meter.New(conn)
	if err != nil {
		log.Fatal(err)
	}
	return client, conn, cloud.Close
}

func ExampleClient_FindMeter() {
	ctx := context.Background()
	client, _, done := demo(ctx)
	defer done()
	m, err := client.FindMeter(ctx, "cpu_util")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s is a %s in %s\n", m.Name, m.Type, m.Unit)
	_, err = client.FindMeter(ctx, "volume.size")
	fmt.Println(err)
	// Output:
	// cpu_util is a gauge in %
	// meter.FindMeter: ambiguous: gauge volume.size in "GB", gauge volume.size in "GiB"
}

func ExampleClient_Samples() {
	ctx := context.Background()
	client, _, done := demo(ctx)
	defer done()
	samples := client.Samples(meter.SampleOptions{
		Meter:   "cpu_util",
		Window:  gophermeter.Day(2026, time.September, 7),
		Filters: []meter.Filter{meter.ByMetadata("flavor.vcpus", 2)},
	})
	busiest, count := meter.Sample{}, 0
	for s, err := range samples.All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		if count++; s.Volume > busiest.Volume {
			busiest = s
		}
	}
	name, _ := busiest.Metadata.Get("display_name")
	fmt.Printf("%d samples; %s was at %.1f %s at %s\n", count, name, busiest.Volume, busiest.Unit, busiest.Timestamp.Format(time.TimeOnly))
	// Output: 48 samples; shop-13 was at 87.9 % at 14:00:00
}

func ExampleClient_Statistics() {
	ctx := context.Background()
	client, conn, done := demo(ctx)
	defer done()
	names, err := conn.ProjectNames(ctx)
	if err != nil {
		log.Fatal(err)
	}
	rows := client.Statistics("cpu_util", meter.StatisticsOptions{
		Window:  gophermeter.Month(2026, time.September),
		Period:  10 * 24 * time.Hour,
		GroupBy: []meter.GroupField{meter.GroupByProject},
	})
	for row, err := range rows.All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		project, _ := row.Group(meter.GroupByProject)
		fmt.Printf("from %s: %-8s %4d samples, %.1f %s on average\n",
			row.PeriodStart.Format(time.DateOnly), names[project], *row.Count, *row.Avg, row.Unit)
	}
	// Output:
	// from 2026-09-01: genomics   60 samples, 53.2 % on average
	// from 2026-09-01: web-shop  960 samples, 50.2 % on average
	// from 2026-09-11: genomics   76 samples, 51.7 % on average
	// from 2026-09-11: web-shop  960 samples, 50.1 % on average
	// from 2026-09-21: web-shop  960 samples, 50.0 % on average
}

func ExampleClient_FindStatistics() {
	ctx := context.Background()
	client, _, done := demo(ctx)
	defer done()
	resources := meter.Aggregate{Function: meter.FunctionCardinality, Param: meter.GroupByResource}
	row, err := client.FindStatistics(ctx, "cpu_util", meter.StatisticsOptions{
		Aggregates: []meter.Aggregate{resources, {Function: meter.FunctionMax}},
	})
	if err != nil {
		log.Fatal(err)
	}
	count, _ := row.Aggregate(resources)
	fmt.Printf("%.0f resources, at most %.1f %s; the minimum was not asked for: %v\n", count, *row.Max, row.Unit, row.Min == nil)
	// Output: 6 resources, at most 90.0 %; the minimum was not asked for: true
}

func ExampleClient_QuerySamples() {
	ctx := context.Background()
	client, _, done := demo(ctx)
	defer done()
	hot, err := client.QuerySamples(meter.SampleQuery{
		Filter: alarm.And(
			alarm.Eq(meter.FieldMeter, "cpu_util"),
			alarm.Or(alarm.Gt(meter.FieldVolume, 89.5), alarm.Lt(meter.FieldVolume, 10.5)),
		),
		OrderBy: []meter.SampleOrder{{Field: meter.FieldVolume, Descending: true}},
		Limit:   3,
	}).Collect(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range hot {
		fmt.Println(s.Volume, s.Unit)
	}
	// Output:
	// 89.96 %
	// 89.92 %
	// 89.64 %
}

func ExampleClient_CreateSamples() {
	ctx := context.Background()
	client, _, done := demo(ctx)
	defer done()
	created, err := client.CreateSamples(ctx, "room.temperature", []meter.SampleCreate{{
		Type: meter.TypeGauge, Unit: "C", Volume: 21.5, ResourceID: "machine-room-2", Source: "probe",
	}}, meter.CreateSamplesOptions{Direct: true})
	if err != nil {
		log.Fatal(err)
	}
	one, err := client.FindSample(ctx, created[0].ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(one.Volume, one.Unit, one.ResourceID)
	// Output: 21.5 C machine-room-2
}

func ExampleClient_FindCapability() {
	ctx := context.Background()
	client, _, done := demo(ctx)
	defer done()
	groups, err := client.FindCapability(ctx, "statistics:groupby")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(groups.Section, groups.Name, groups.Enabled)
	// Output: api statistics:groupby true
}

// Which meters there are, each once; without Unique there is one for each resource.
func ExampleClient_Meters() {
	ctx := context.Background()
	client, _, done := demo(ctx)
	defer done()
	for m, err := range client.Meters(meter.MeterOptions{Unique: true}).All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s in %q, a %s\n", m.Name, m.Unit, m.Type)
	}
	// Unordered output:
	// cpu in "ns", a cumulative
	// memory.usage in "MB", a gauge
	// cpu_util in "%", a gauge
	// volume.size in "GB", a gauge
	// volume.size in "GiB", a gauge
	// storage.containers.objects.size in "B", a gauge
}

// What was measured in a week, and the name that it had then.
func ExampleClient_Resources() {
	ctx := context.Background()
	client, _, done := demo(ctx)
	defer done()
	resources := client.Resources(meter.ResourceOptions{
		Window:  gophermeter.Window{Start: fakecloud.Epoch.AddDate(0, 0, -7), End: fakecloud.Epoch},
		Filters: []meter.Filter{meter.ByMetadata("flavor.vcpus", 2)},
	})
	for r, err := range resources.All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		one, err := client.GetResource(ctx, r.ResourceID)
		if err != nil {
			log.Fatal(err)
		}
		name, _ := one.Metadata.Get("display_name")
		fmt.Println(name, one.MeterNames())
	}
	// Unordered output:
	// shop-01 [cpu memory.usage cpu_util]
	// shop-13 [cpu memory.usage cpu_util]
}

// What happened, from a Ceilometer that has events. An administrator sees those of no project, and of the own one only.
func ExampleClient_Events() {
	ctx := context.Background()
	client, _, done := demo(ctx, fakecloud.WithCeilometer(fakecloud.CeilometerLiberty))
	defer done()
	for event, err := range client.Events(meter.EventOptions{Window: gophermeter.Month(2026, time.September)}).All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		name, _ := event.Trait("name")
		fmt.Println(event.Generated.Format(time.DateOnly), event.EventType, name.Value)
	}
	// Output: 2026-09-02 image.update debian-13
}

// All that the service's storage can do.
func ExampleClient_Capabilities() {
	ctx := context.Background()
	client, _, done := demo(ctx)
	defer done()
	for c, err := range client.Capabilities().All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		if c.Enabled && c.Section == "storage" {
			fmt.Println(c.Name)
		}
	}
	// Output: storage:production_ready
}

// Which events there are, and what they tell.
func ExampleClient_EventTypes() {
	ctx := context.Background()
	client, _, done := demo(ctx, fakecloud.WithCeilometer(fakecloud.CeilometerLiberty))
	defer done()
	for eventType, err := range client.EventTypes().All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		traits, err := client.Traits(eventType).Collect(ctx)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(eventType, len(traits), "traits")
	}
	// Unordered output:
	// compute.instance.create.end 7 traits
	// compute.instance.delete.end 7 traits
	// image.update 1 traits
}
