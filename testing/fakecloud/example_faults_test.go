package fakecloud_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/tenantusage"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// Faults follow one another; the client is expected to get over these.
func ExampleCloud_Inject() {
	ctx := context.Background()
	cloud := fakecloud.New()
	defer cloud.Close()
	conn := dial(ctx, cloud)

	client, err := tenantusage.New(conn)
	if err != nil {
		log.Fatal(err)
	}
	cloud.Inject(fakecloud.Fault{Service: "compute", TearAt: 500, NoLength: true}) // half a page, without a word
	cloud.Inject(fakecloud.Fault{Service: "compute", Status: 503, Header: http.Header{"Retry-After": {"1"}}})
	cloud.Inject(fakecloud.Fault{Service: "compute", ExpireToken: true})
	cloud.Inject(fakecloud.Fault{Service: "compute", Reset: true})
	projects, err := client.Projects(gophermeter.Month(2026, time.September)).Collect(ctx)
	fmt.Println(len(projects), "projects,", err)
	for _, r := range cloud.Requests() {
		fmt.Println(r.Service, r.Method, r.Status)
	}
	// Output:
	// 6 projects, <nil>
	// identity POST 201
	// compute GET 200
	// compute GET 503
	// compute GET 401
	// identity POST 201
	// compute GET 0
	// compute GET 200
}

// What does not pass is an error, and nothing hangs.
func ExampleFault_stall() {
	ctx := context.Background()
	cloud := fakecloud.New()
	defer cloud.Close()

	conn, err := gophermeter.Connect(ctx, append(cloud.Options(),
		gophermeter.WithTimeLimits(gophermeter.TimeLimits{Header: time.Second}),
		gophermeter.WithRetry(gophermeter.Retry{Attempts: 1}),
	)...)
	if err != nil {
		log.Fatal(err)
	}
	client, err := tenantusage.New(conn)
	if err != nil {
		log.Fatal(err)
	}
	cloud.Inject(fakecloud.Fault{Service: "compute", Stall: fakecloud.StallHeader, Times: -1})
	_, err = client.Projects(gophermeter.Month(2026, time.September)).Collect(ctx)
	fmt.Println(err)
	// Output:
	// tenantusage.Projects: GET /compute/v2.1/os-simple-tenant-usage: no response header within 1s
}

// A token is not taken to another host.
func ExampleFault_redirect() {
	ctx := context.Background()
	cloud := fakecloud.New()
	defer cloud.Close()
	conn := dial(ctx, cloud)

	client, err := tenantusage.New(conn)
	if err != nil {
		log.Fatal(err)
	}
	cloud.Inject(fakecloud.Fault{Service: "compute", Redirect: "https://elsewhere.example/usage"})
	_, err = client.Projects(gophermeter.Month(2026, time.September)).Collect(ctx)
	var failed *gophermeter.Error
	fmt.Println(errors.As(err, &failed), failed.StatusCode)
	// Output: true 302
}

// A user without a role of an administrator.
func ExampleCloud_OptionsFor() {
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
	september := gophermeter.Month(2026, time.September)
	_, err = client.Projects(september).Collect(ctx)
	fmt.Println("all projects:", errors.Is(err, gophermeter.ErrForbidden))
	own, err := client.GetProject(ctx, cloud.ProjectID("web-shop"), september)
	fmt.Printf("the own one: %.1f hours, %v\n", own.TotalHours, err)
	// Output:
	// all projects: true
	// the own one: 17611.2 hours, <nil>
}

// A month that is not over: what was counted ends at the cloud's now, which the test decides.
func ExampleWithClock() {
	ctx := context.Background()
	noon := time.Date(2026, time.September, 10, 12, 0, 0, 0, time.UTC)
	cloud := fakecloud.New(fakecloud.WithEmpty(), fakecloud.WithClock(func() time.Time { return noon }))
	defer cloud.Close()
	conn := dial(ctx, cloud)

	project := cloud.AddProject(fakecloud.Project{Name: "web"})
	cloud.AddServer(fakecloud.Server{ProjectID: project, LaunchedAt: new(noon.Add(-2 * time.Hour)), VCPUs: 2})
	client, err := tenantusage.New(conn)
	if err != nil {
		log.Fatal(err)
	}
	for range 2 {
		usage, err := client.GetProject(ctx, project, gophermeter.Month(2026, time.September))
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(usage.TotalHours, "hours until", usage.Stop.Format(time.DateTime))
		cloud.Advance(24 * time.Hour) // tokens expire meanwhile, and are renewed
	}
	// Output:
	// 2 hours until 2026-09-10 12:00:00
	// 26 hours until 2026-09-11 12:00:00
}
