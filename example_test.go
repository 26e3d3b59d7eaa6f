package gophermeter_test

import (
	"context"
	"errors"
	"fmt"
	"log"
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
