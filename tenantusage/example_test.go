package tenantusage_test

import (
	"cmp"
	"context"
	"fmt"
	"log"
	"slices"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/tenantusage"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// demo is a client of a cloud inside the process. A program connects with gophermeter.Connect(ctx), which
// reads OS_CLOUD and clouds.yaml.
func demo(ctx context.Context) (*tenantusage.Client, *gophermeter.Connection, func()) {
	cloud := fakecloud.New()
	conn, err := gophermeter.Connect(ctx, cloud.Options()...)
	if err != nil {
		log.Fatal(err)
	}
	client, err := tenantusage.New(conn)
	if err != nil {
		log.Fatal(err)
	}
	return client, conn, cloud.Close
}

func ExampleClient_Projects() {
	ctx := context.Background()
	client, conn, done := demo(ctx)
	defer done()
	names, err := conn.ProjectNames(ctx)
	if err != nil {
		log.Fatal(err)
	}
	all, err := client.Projects(gophermeter.Month(2026, time.September)).Collect(ctx)
	if err != nil {
		log.Fatal(err)
	}
	slices.SortFunc(all, func(a, b tenantusage.ProjectUsage) int { return cmp.Compare(b.TotalVCPUsUsage, a.TotalVCPUsUsage) })
	for _, p := range all[:3] {
		fmt.Printf("%-12s %9.1f vCPU-hours\n", names[p.ProjectID], p.TotalVCPUsUsage)
	}
	// Output:
	// genomics      185727.1 vCPU-hours
	// web-shop       81964.8 vCPU-hours
	// data-lake      37440.0 vCPU-hours
}

func ExampleClient_GetProject() {
	ctx := context.Background()
	client, conn, done := demo(ctx)
	defer done()
	names, err := conn.ProjectNames(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for id, name := range names {
		if name != "staging" {
			continue
		}
		usage, err := client.GetProject(ctx, id, gophermeter.Month(2026, time.September))
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%d servers, %.1f server-hours, %.1f GiB-hours of memory\n",
			len(usage.Servers), usage.TotalHours, usage.TotalMemoryMBUsage/1024)
	}
	// Output:
	// 19 servers, 9722.6 server-hours, 54174.0 GiB-hours of memory
}

func ExampleClient_Servers() {
	ctx := context.Background()
	client, _, done := demo(ctx)
	defer done()
	gpus := 0.0
	for server, err := range client.Servers(gophermeter.Month(2026, time.September)).All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		if server.Flavor == "g1.a100" {
			gpus += server.Hours
		}
	}
	fmt.Printf("%.1f hours of GPU servers\n", gpus)
	// Output:
	// 740.9 hours of GPU servers
}

func ExampleClient_GetSeries() {
	ctx := context.Background()
	client, _, done := demo(ctx)
	defer done()
	buckets, err := client.GetSeries(ctx, gophermeter.Month(2026, time.September), 7*24*time.Hour, tenantusage.ByFlavor)
	if err != nil {
		log.Fatal(err)
	}
	for _, b := range buckets {
		fmt.Printf("week of %s: %7.1f build hours\n", b.Window.Start.Format(time.DateOnly), b.Usage["b1.build"].Hours)
	}
	// Output:
	// week of 2026-09-01:    32.3 build hours
	// week of 2026-09-08:    44.4 build hours
	// week of 2026-09-15:    44.9 build hours
	// week of 2026-09-22:    40.1 build hours
	// week of 2026-09-29:    14.9 build hours
}

// RawPages is for programs that store where they are and go on later.
func ExampleClient_RawPages() {
	ctx := context.Background()
	client, _, done := demo(ctx)
	defer done()
	query := tenantusage.Query{Window: gophermeter.Month(2026, time.September), Detailed: true, Limit: 100}
	for page, err := range client.RawPages(query).All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		rows := 0
		for _, p := range page.Projects {
			rows += len(p.Servers)
		}
		fmt.Printf("%d servers of %d projects, microversion %s, more: %v\n", rows, len(page.Projects), page.Version, page.NextMarker != "")
	}
	// Output:
	// 100 servers of 3 projects, microversion 2.40, more: true
	// 100 servers of 4 projects, microversion 2.40, more: true
	// 95 servers of 2 projects, microversion 2.40, more: false
}

// The servers of one project, which its own members may ask for.
func ExampleClient_ProjectServers() {
	ctx := context.Background()
	cloud := fakecloud.New()
	defer cloud.Close()
	conn, err := gophermeter.Connect(ctx, cloud.OptionsFor("demo")...)
	if err != nil {
		log.Fatal(err)
	}
	client, err := tenantusage.New(conn)
	if err != nil {
		log.Fatal(err)
	}
	hours, running := 0.0, 0
	for server, err := range client.ProjectServers(cloud.ProjectID("web-shop"), gophermeter.Month(2026, time.September)).All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		hours += server.Hours
		if server.EndedAt == nil {
			running++
		}
	}
	fmt.Printf("%.1f server-hours, %d servers still there\n", hours, running)
	// Output: 17611.2 server-hours, 24 servers still there
}

// One walk over a month answers for each of its days, by Nova's own rule.
func ExampleServerUsage_HoursIn() {
	ctx := context.Background()
	client, _, done := demo(ctx)
	defer done()
	days := slices.Collect(gophermeter.Month(2026, time.September).Split(24 * time.Hour))
	hours := make([]float64, len(days))
	for server, err := range client.Servers(gophermeter.Month(2026, time.September)).All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		for i, day := range days {
			hours[i] += server.HoursIn(day)
		}
	}
	fmt.Printf("%.1f on the first day, %.1f on the last\n", hours[0], hours[len(hours)-1])
	// Output: 951.3 on the first day, 1433.4 on the last
}
