package gophermeter_test

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

// servers are a collection of a cloud inside the process.
func servers(ctx context.Context, cloud *fakecloud.Cloud) *gophermeter.Pager[tenantusage.ServerUsage] {
	conn, err := gophermeter.Connect(ctx, cloud.Options()...)
	if err != nil {
		log.Fatal(err)
	}
	client, err := tenantusage.New(conn, tenantusage.WithPageSize(100))
	if err != nil {
		log.Fatal(err)
	}
	return client.Servers(gophermeter.Month(2026, time.September))
}

// A range may end early; what it has not asked for yet is not fetched.
func ExamplePager_All() {
	ctx := context.Background()
	cloud := fakecloud.New()
	defer cloud.Close()
	conn, err := gophermeter.Connect(ctx, cloud.Options()...)
	if err != nil {
		log.Fatal(err)
	}
	client, err := tenantusage.New(conn, tenantusage.WithPageSize(50))
	if err != nil {
		log.Fatal(err)
	}
	for server, err := range client.Servers(gophermeter.Month(2026, time.September)).All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		if server.State == tenantusage.StateShelved {
			fmt.Println("the first shelved server:", server.Name)
			break
		}
	}
	// Output: the first shelved server: staging-16
}

// All that a request brought at once, for who writes in batches.
func ExamplePager_Pages() {
	ctx := context.Background()
	cloud := fakecloud.New()
	defer cloud.Close()
	for batch, err := range servers(ctx, cloud).Pages(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(len(batch), "servers")
	}
	// Output:
	// 100 servers
	// 100 servers
	// 95 servers
}

// Everything in memory, or nothing: a walk that fails in the middle leaves no half of a list.
func ExamplePager_Collect() {
	ctx := context.Background()
	cloud := fakecloud.New()
	defer cloud.Close()
	collection := servers(ctx, cloud)
	cloud.Inject(fakecloud.Fault{Service: "compute", Skip: 2, Times: -1, Status: http.StatusForbidden}) // from the third page on
	all, err := collection.Collect(ctx)
	fmt.Println(len(all), errors.Is(err, gophermeter.ErrForbidden))
	cloud.ClearFaults()
	all, err = collection.Collect(ctx) // each range asks anew
	fmt.Println(len(all), err)
	// Output:
	// 0 true
	// 295 <nil>
}

// The end of the caller's context is found in the error, and so is its cause.
func ExamplePager_All_cancelled() {
	cloud := fakecloud.New()
	defer cloud.Close()
	shutdown := errors.New("the program is told to stop")
	ctx, stop := context.WithCancelCause(context.Background())
	defer stop(nil)
	count := 0
	for _, err := range servers(ctx, cloud).All(ctx) {
		if err != nil {
			fmt.Println(count, errors.Is(err, context.Canceled), errors.Is(err, shutdown))
			break
		}
		if count++; count == 100 { // the end of the first page
			stop(shutdown)
		}
	}
	// Output: 100 true true
}
