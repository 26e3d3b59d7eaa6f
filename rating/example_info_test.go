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

// What is rated, and in which unit.
func ExampleClient_Metrics() {
	ctx := context.Background()
	client, _, done := ratedCloud(ctx, fakecloud.WithEmpty())
	defer done()
	for metric, err := range client.Metrics().All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(metric.ID, metric.Unit)
	}
	// Output:
	// instance instance
	// image.size MiB
	// volume.size GiB
	// network.outgoing.bytes.rate MB
	// network.incoming.bytes.rate MB
	// ip.floating ip
	// radosgw.objects.size GiB
}

// What this cloud's CloudKitty can do.
func ExampleClient_GetCapabilities() {
	ctx := context.Background()
	client, _, done := oldCloud(ctx, fakecloud.WithEmpty())
	defer done()
	can, err := client.GetCapabilities(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("scopes, summaries and reprocessing:", can.V2)
	// Output: scopes, summaries and reprocessing: false
}

// The modules that put prices on things, in the order in which they run.
func ExampleClient_Modules() {
	ctx := context.Background()
	client, _, done := ratedCloud(ctx)
	defer done()
	for module, err := range client.Modules().All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(module.ID, module.Enabled, module.Priority)
	}
	// Output:
	// hashmap true 100
	// noop true 1
	// pyscripts false 1
}

// One number, for a quick look.
func ExampleClient_GetReportTotal() {
	ctx := context.Background()
	client, _, done := oldCloud(ctx)
	defer done()
	total, err := client.GetReportTotal(ctx, rating.ReportOptions{Window: gophermeter.Day(2026, time.September, 3), AllProjects: true})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(total.StringFixed(2))
	// Output: 530.02
}

// Which collector a service is mapped to: of interest on clouds before 2018 only.
func ExampleClient_CreateCollectorMapping() {
	ctx := context.Background()
	client, _, done := ratedCloud(ctx, fakecloud.WithEmpty())
	defer done()
	if _, err := client.CreateCollectorMapping(ctx, rating.CollectorMapping{Service: "compute", Collector: "gnocchi"}); err != nil {
		log.Fatal(err)
	}
	for mapping, err := range client.CollectorMappings(rating.CollectorMappingOptions{}).All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(mapping.Service, mapping.Collector)
	}
	// Output: compute gnocchi
}

// Which projects were rated in a month.
func ExampleClient_ReportTenants() {
	ctx := context.Background()
	client, names, done := oldCloud(ctx)
	defer done()
	for id, err := range client.ReportTenants(gophermeter.Month(2026, time.September)).All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(names[id])
	}
	// Unordered output:
	// ci-runners
	// staging
	// data-lake
	// ml-training
	// web-shop
	// genomics
}

// Rules of the module pyscripts come before those of hashmap.
func ExampleClient_UpdateModuleV2() {
	ctx := context.Background()
	client, _, done := ratedCloud(ctx, fakecloud.WithRatingRelease(fakecloud.RatingCurrent))
	defer done()
	if _, err := client.UpdateModuleV2(ctx, "pyscripts", rating.ModuleUpdate{Enabled: new(true), Priority: new(int64(200))}); err != nil {
		log.Fatal(err)
	}
	for module, err := range client.ModulesV2().All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(module.ID, module.Enabled, module.Priority)
	}
	// Unordered output:
	// hashmap true 100
	// noop true 1
	// pyscripts true 200
}
