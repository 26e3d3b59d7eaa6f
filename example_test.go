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

func ExampleConnect() {
	ctx := context.Background()
	cloud := fakecloud.New() // a program leaves the options out and reads OS_CLOUD and clouds.yaml
	defer cloud.Close()
	conn, err := gophermeter.Connect(ctx, cloud.Options()...)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("compute:", conn.Has("compute"))
	_, err = conn.Service("orchestration")
	fmt.Println("orchestration:", errors.Is(err, gophermeter.ErrNoService))
	// Output:
	// compute: true
	// orchestration: true
}

// A refused call says who refused what, in the service's words.
func ExampleError() {
	ctx := context.Background()
	cloud := fakecloud.New()
	defer cloud.Close()
	conn, err := gophermeter.Connect(ctx, cloud.OptionsFor("demo")...) // no administrator
	if err != nil {
		log.Fatal(err)
	}
	client, err := tenantusage.New(conn)
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.Projects(gophermeter.Month(2026, time.September)).Collect(ctx)
	var failed *gophermeter.Error
	if errors.As(err, &failed) {
		fmt.Println(failed.Service, failed.StatusCode, errors.Is(err, gophermeter.ErrForbidden))
		fmt.Println(failed.Message)
	}
	// Output:
	// compute 403 true
	// Policy doesn't allow os_compute_api:os-simple-tenant-usage:list to be performed.
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

func ExampleMonthIn() {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		log.Fatal(err)
	}
	w := gophermeter.MonthIn(2026, time.October, berlin)
	fmt.Println(w)
	fmt.Println(w.Duration().Hours(), "hours")
	// Output:
	// 2026-09-30T22:00:00Z/2026-10-31T23:00:00Z
	// 745 hours
}

func ExampleWindow_Split() {
	for day := range gophermeter.Month(2026, time.September).Split(10 * 24 * time.Hour) {
		fmt.Println(day)
	}
	// Output:
	// 2026-09-01T00:00:00Z/2026-09-11T00:00:00Z
	// 2026-09-11T00:00:00Z/2026-09-21T00:00:00Z
	// 2026-09-21T00:00:00Z/2026-10-01T00:00:00Z
}

// What a package of this module lacks can be asked for with the same login, retries and errors.
func ExampleService_Read() {
	ctx := context.Background()
	cloud := fakecloud.New()
	defer cloud.Close()
	conn, err := gophermeter.Connect(ctx, cloud.Options()...)
	if err != nil {
		log.Fatal(err)
	}
	compute, err := conn.Service("compute")
	if err != nil {
		log.Fatal(err)
	}
	r := gophermeter.Request{Op: "versions", Method: http.MethodGet}
	err = compute.Read(ctx, r, func(h http.Header, body []byte) error {
		fmt.Println(h.Get("Content-Type"), len(body) > 0)
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output: application/json true
}
