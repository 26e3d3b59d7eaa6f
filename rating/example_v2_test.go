package rating_test

import (
	"cmp"
	"context"
	"fmt"
	"log"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// ratedCloud is a client of a cloud inside the process. A program connects with gophermeter.Connect(ctx), which reads
// OS_CLOUD and clouds.yaml.
func ratedCloud(ctx context.Context, opts ...fakecloud.Option) (client *rating.Client, names map[string]string, done func()) {
	cloud := fakecloud.New(opts...)
	conn, err := gophermeter.Connect(ctx, cloud.Options()...)
	if err != nil {
		log.Fatal(err)
	}
	if names, err = conn.ProjectNames(ctx); err != nil {
		log.Fatal(err)
	}
	if client, err = rating.New(conn, rating.WithPeriod(time.Hour)); err != nil {
		log.Fatal(err)
	}
	return client, names, cloud.Close
}

// What each metric cost in a month, in the whole cloud.
func ExampleClient_Summary() {
	ctx := context.Background()
	client, _, done := ratedCloud(ctx)
	defer done()
	var total rating.Sum
	for row, err := range client.Summary(rating.SummaryOptions{
		Window: gophermeter.Month(2026, time.September), GroupBy: []string{rating.GroupByType},
	}).All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%-28s %9s\n", row.Groups.Get(rating.GroupByType), row.Rate.StringFixed(2))
		total.Add(row.Rate)
	}
	fmt.Println("total", total.Round(2))
	// Output:
	// instance                      10725.05
	// network.outgoing.bytes.rate      61.48
	// volume.size                     747.27
	// total 11533.79
}

// The bill of each project, from its points. Amounts are summed exactly and rounded once.
func ExampleClient_Frames() {
	ctx := context.Background()
	client, names, done := ratedCloud(ctx)
	defer done()
	var bills rating.Totals[string]
	for frame, err := range client.Frames(rating.FrameOptions{Window: gophermeter.Day(2026, time.September, 3)}).All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		bills.Add(names[frame.ProjectID], frame.Price)
	}
	for _, project := range bills.Keys(cmp.Compare) {
		bill := bills.Get(project)
		fmt.Printf("%-12s %7s of %d points\n", project, bill.Round(2).StringFixed(2), bill.Count())
	}
	// Output:
	// ci-runners      0.84 of 9 points
	// data-lake      65.36 of 408 points
	// genomics      330.20 of 384 points
	// ml-training    38.14 of 13 points
	// staging         4.79 of 111 points
	// web-shop       90.70 of 853 points
}

// After prices have changed, a day is rated again.
func ExampleClient_CreateReprocess() {
	ctx := context.Background()
	client, names, done := ratedCloud(ctx)
	defer done()
	day := gophermeter.Day(2026, time.September, 3)
	scopes, err := client.Scopes(rating.ScopeOptions{}).Collect(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, scope := range scopes {
		if names[scope.ID] != "web-shop" {
			continue
		}
		err := client.CreateReprocess(ctx, rating.ReprocessCreate{ScopeIDs: []string{scope.ID}, Window: day, Reason: "new prices"})
		if err != nil {
			log.Fatal(err)
		}
		// WaitReprocess waits until it is done.
		task, err := client.GetReprocess(ctx, scope.ID, day)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(task.Reason, task.Window)
	}
	// Output:
	// new prices 2026-09-03T00:00:00Z/2026-09-04T00:00:00Z
}
