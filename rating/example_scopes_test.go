package rating_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// A month is ready for the bill once every scope has been rated to its end: LastProcessed is the start of the last
// period.
func ExampleClient_Scopes() {
	ctx := context.Background()
	client, names, done := ratedCloud(ctx)
	defer done()
	september, period := gophermeter.Month(2026, time.September), time.Hour
	for scope, err := range client.Scopes(rating.ScopeOptions{Active: new(true)}).All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		if end := scope.LastProcessed.Add(period); end.Before(september.End) {
			log.Fatalf("%s is rated until %s only", names[scope.ID], end)
		}
	}
	fmt.Println("September is complete")
	// Output: September is complete
}

// A project is not rated any more.
func ExampleClient_UpdateScope() {
	ctx := context.Background()
	client, names, done := ratedCloud(ctx, fakecloud.WithRatingRelease(fakecloud.RatingCurrent))
	defer done()
	for scope, err := range client.Scopes(rating.ScopeOptions{}).All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		if names[scope.ID] != "staging" {
			continue
		}
		updated, err := client.UpdateScope(ctx, scope.ID, rating.ScopeUpdate{Active: new(false)})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(names[updated.ID], updated.Active)
	}
	// Output: staging false
}

// A new project is rated from a day on.
func ExampleClient_CreateScope() {
	ctx := context.Background()
	client, _, done := ratedCloud(ctx, fakecloud.WithRatingRelease(fakecloud.RatingCurrent))
	defer done()
	scope, err := client.CreateScope(ctx, rating.ScopeCreate{
		ID: "7f3c", Key: "project_id", Fetcher: "keystone", Collector: "gnocchi",
		LastProcessed: time.Date(2026, time.September, 15, 0, 0, 0, 0, time.UTC),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(scope.ID, scope.Active, scope.LastProcessed.Format(time.DateOnly))
	// Output: 7f3c true 2026-09-15
}

// Prices were wrong since the twentieth: what was rated since is deleted, and rated again in the background.
func ExampleClient_ResetScopes() {
	ctx := context.Background()
	client, _, done := ratedCloud(ctx)
	defer done()
	since := time.Date(2026, time.September, 20, 0, 0, 0, 0, time.UTC)
	if err := client.ResetScopes(ctx, rating.ScopeReset{All: true, LastProcessed: since}); err != nil {
		log.Fatal(err)
	}
	fmt.Println("under way; Scopes tells how far it is")
	// Output: under way; Scopes tells how far it is
}

// One day of a project is rated again, and waited for.
func ExampleClient_WaitReprocess() {
	ctx := context.Background()
	cloud := fakecloud.New()
	defer cloud.Close()
	conn, err := gophermeter.Connect(ctx, cloud.Options()...)
	if err != nil {
		log.Fatal(err)
	}
	client, err := rating.New(conn)
	if err != nil {
		log.Fatal(err)
	}
	project, day := cloud.ProjectID("web-shop"), gophermeter.Day(2026, time.September, 3)
	err = client.CreateReprocess(ctx, rating.ReprocessCreate{ScopeIDs: []string{project}, Window: day, Reason: "late samples"})
	if err != nil {
		log.Fatal(err)
	}
	cloud.Advance(time.Minute) // a real one may take hours: give ctx a deadline
	task, err := client.WaitReprocess(ctx, project, day, func(t rating.Reprocess) { fmt.Println(100*t.Progress(), "% done") })
	fmt.Println(task.Done(), err)
	// Output:
	// 100 % done
	// true <nil>
}

// What is being rated again, and how far it is.
func ExampleClient_Reprocesses() {
	ctx := context.Background()
	client, names, done := ratedCloud(ctx)
	defer done()
	day := gophermeter.Day(2026, time.September, 3)
	if err := client.CreateReprocess(ctx, rating.ReprocessCreate{All: true, Window: day, Reason: "new prices"}); err != nil {
		log.Fatal(err)
	}
	for task, err := range client.Reprocesses(rating.ReprocessOptions{}).All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(names[task.ScopeID], task.Reason, task.Done())
	}
	// Unordered output:
	// web-shop new prices false
	// genomics new prices false
	// ml-training new prices false
	// ci-runners new prices false
	// staging new prices false
	// data-lake new prices false
}
