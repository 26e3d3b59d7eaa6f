package rating_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// oldCloud is a client of a cloud inside the process that has version 1 only. A program connects with
// gophermeter.Connect(ctx), which reads OS_CLOUD and clouds.yaml.
func oldCloud(ctx context.Context, opts ...fakecloud.Option) (client *rating.Client, names map[string]string, done func()) {
	cloud := fakecloud.New(append(opts, fakecloud.WithRatingStorage(1))...)
	conn, err := gophermeter.Connect(ctx, cloud.Options()...)
	if err != nil {
		log.Fatal(err)
	}
	if names, err = conn.ProjectNames(ctx); err != nil {
		log.Fatal(err)
	}
	if client, err = rating.New(conn); err != nil {
		log.Fatal(err)
	}
	return client, names, cloud.Close
}

// What two small servers would cost in a month of hourly rating periods.
func ExampleClient_GetQuote() {
	ctx := context.Background()
	client, _, done := oldCloud(ctx)
	defer done()
	price, err := client.GetQuote(ctx, rating.QuoteResource{
		Service: "instance", Volume: decimal.NewFromInt(2), Metadata: map[string]string{"flavor_name": "m1.small"},
	})
	if err != nil {
		log.Fatal(err)
	}
	hours := int64(gophermeter.Month(2026, time.September).Duration() / time.Hour)
	fmt.Printf("%s an hour, %s in September\n", price, price.Mul(decimal.NewFromInt(hours)).StringFixed(2))
	// Output:
	// 0.0232 an hour, 16.70 in September
}

// What each project cost in a month. An administrator has to ask for all projects.
func ExampleClient_ReportSummaries() {
	ctx := context.Background()
	client, names, done := oldCloud(ctx)
	defer done()
	for row, err := range client.ReportSummaries(rating.ReportOptions{
		Window: gophermeter.Month(2026, time.September), AllProjects: true, GroupBy: []rating.ReportGroup{rating.ReportByProject},
	}).All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%-11s %8s\n", names[row.ProjectID], row.Rate.StringFixed(2))
	}
	// Output:
	// ci-runners     27.50
	// staging       713.50
	// data-lake    1961.94
	// ml-training  2232.45
	// web-shop     2721.80
	// genomics     3876.60
}

// A module is enabled, and read back.
func ExampleClient_UpdateModule() {
	ctx := context.Background()
	client, _, done := oldCloud(ctx)
	defer done()
	enabled := true
	module, err := client.UpdateModule(ctx, "pyscripts", rating.ModuleUpdate{Enabled: &enabled})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(module.ID, module.Enabled)
	// Output:
	// pyscripts true
}
