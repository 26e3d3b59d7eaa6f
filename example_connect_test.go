package gophermeter_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/tenantusage"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// A cloud of clouds.yaml, whatever the environment says.
func ExampleWithCloud() {
	ctx := context.Background()
	cloud := fakecloud.New()
	defer cloud.Close()
	dir, err := os.MkdirTemp("", "clouds")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "clouds.yaml") // a program leaves WithCloudsFile out: the usual places are looked at
	if err := os.WriteFile(file, []byte(cloud.CloudsYAML()), 0o600); err != nil {
		log.Fatal(err)
	}
	conn, err := gophermeter.Connect(ctx, gophermeter.WithCloud("demo-appcred"), gophermeter.WithCloudsFile(file))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("rating:", conn.Has("rating"))
	// Output: rating: true
}

// A login that a program has from elsewhere.
func ExampleWithAuth() {
	ctx := context.Background()
	cloud := fakecloud.New()
	defer cloud.Close()
	conn, err := gophermeter.Connect(ctx,
		gophermeter.WithAuth(gophercloud.AuthOptions{
			IdentityEndpoint: cloud.URL() + "/identity/v3", Username: "demo", Password: fakecloud.Password,
			DomainName: "Default", TenantName: "web-shop",
		}),
		gophermeter.WithRegion(fakecloud.Region),
		gophermeter.WithTimeLimits(gophermeter.TimeLimits{Header: 2 * time.Minute}), // of a slow service
		gophermeter.WithRetry(gophermeter.Retry{Attempts: 3}),
	)
	if err != nil {
		log.Fatal(err)
	}
	for _, e := range conn.Services() {
		fmt.Println(e.Type, e.Name)
	}
	// Unordered output:
	// identity keystone
	// compute nova
	// rating cloudkitty
	// metering ceilometer
	// alarming aodh
}

// A program that has logged in by gophercloud goes on with that login.
func ExampleFromProvider() {
	ctx := context.Background()
	cloud := fakecloud.New()
	defer cloud.Close()
	provider, err := openstack.AuthenticatedClient(ctx, gophercloud.AuthOptions{
		IdentityEndpoint: cloud.URL() + "/identity/v3", Username: "admin", Password: fakecloud.Password,
		DomainName: "Default", TenantName: "admin", AllowReauth: true,
	})
	if err != nil {
		log.Fatal(err)
	}
	conn, err := gophermeter.FromProvider(provider, gophercloud.EndpointOpts{Region: fakecloud.Region})
	if err != nil {
		log.Fatal(err)
	}
	client, err := tenantusage.New(conn)
	if err != nil {
		log.Fatal(err)
	}
	projects, err := client.Projects(gophermeter.Month(2026, time.September)).Collect(ctx)
	fmt.Println(len(projects), "projects", err)
	// Output: 6 projects <nil>
}

// Each attempt is seen, for metrics and traces: here one that failed, and the next.
func ExampleWithObserver() {
	ctx := context.Background()
	cloud := fakecloud.New()
	defer cloud.Close()
	observe := gophermeter.WithObserver(func(e gophermeter.Event) {
		fmt.Println(e.Op, e.Method, e.Status, "attempt", e.Attempt)
	})
	conn, err := gophermeter.Connect(ctx, append(cloud.Options(), observe)...)
	if err != nil {
		log.Fatal(err)
	}
	client, err := tenantusage.New(conn)
	if err != nil {
		log.Fatal(err)
	}
	cloud.Inject(fakecloud.Fault{Service: "compute", Status: http.StatusServiceUnavailable})
	if _, err := client.Projects(gophermeter.Month(2026, time.September)).Collect(ctx); err != nil {
		log.Fatal(err)
	}
	// Output:
	// identity POST 201 attempt 1
	// tenantusage.Projects GET 503 attempt 1
	// tenantusage.Projects GET 200 attempt 2
}

// Names for the ids that services answer with.
func ExampleConnection_ProjectNames() {
	ctx := context.Background()
	cloud := fakecloud.New()
	defer cloud.Close()
	conn, err := gophermeter.Connect(ctx, cloud.Options()...)
	if err != nil {
		log.Fatal(err)
	}
	names, err := conn.ProjectNames(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(names[cloud.ProjectID("web-shop")])
	// Output: web-shop
}
