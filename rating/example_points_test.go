package rating_test

import (
	"cmp"
	"context"
	"fmt"
	"log"
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// What CloudKitty does not collect is put on the bill: a support contract.
func ExampleClient_PushPoints() {
	ctx := context.Background()
	client, _, done := ratedCloud(ctx, fakecloud.WithEmpty())
	defer done()
	day := gophermeter.Day(2026, time.September, 3)
	err := client.PushPoints(ctx, []rating.Point{{
		Metric: "support", Period: gophermeter.Window{Start: day.Start, End: day.Start.Add(time.Hour)}, Unit: "contract",
		Quantity: decimal.NewFromInt(1), Price: decimal.RequireFromString("49.90"),
		GroupBy: rating.Attributes{{Name: "project_id", Value: "7f3c"}},
	}})
	if err != nil {
		log.Fatal(err)
	}
	for point, err := range client.Points(rating.PointOptions{Window: day}).All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(point.Metric, point.Price, point.GroupBy.Get("project_id"))
	}
	// Output: support 49.9 7f3c
}

// What a storage of version 1 holds, as it holds it.
func ExampleClient_StorageDataFrames() {
	ctx := context.Background()
	client, names, done := oldCloud(ctx)
	defer done()
	hour := gophermeter.Window{Start: time.Date(2026, time.September, 3, 12, 0, 0, 0, time.UTC)}
	hour.End = hour.Start.Add(time.Hour)
	var bills rating.Totals[string]
	for frame, err := range client.StorageDataFrames(rating.StorageDataFrameOptions{Window: hour, Metric: "instance"}).All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		for _, r := range frame.Resources {
			bills.Add(names[r.ProjectID], r.Price) // not the frame's project: on storage v2 it is that of the first only
		}
	}
	lake := bills.Get("data-lake")
	fmt.Println(lake.Count(), "servers,", lake.Total())
	// Output: 12 servers, 2.562
}

// Sums by project and metric, in one range.
func ExampleTotals() {
	type line struct{ project, metric string }
	var bill rating.Totals[line]
	for _, point := range []struct{ project, metric, price string }{
		{"web", "instance", "0.1"}, {"web", "instance", "0.2"}, {"lab", "volume.size", "1e-05"},
	} {
		bill.Add(line{point.project, point.metric}, decimal.RequireFromString(point.price))
	}
	for _, l := range bill.Keys(func(a, b line) int { return cmp.Compare(a.project, b.project) }) {
		sum := bill.Get(l)
		fmt.Println(l.project, l.metric, sum.Total())
	}
	fmt.Println("total", bill.Total())
	// Output:
	// lab volume.size 0.00001
	// web instance 0.3
	// total 0.30001
}
