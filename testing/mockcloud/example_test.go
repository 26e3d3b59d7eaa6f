package mockcloud_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/jarcoal/httpmock"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/tenantusage"
	"github.com/gophermeter/gophermeter/testing/mockcloud"
)

// What a test of usage begins with: a login, the names of projects, and what they used.
func Example() {
	ctx := context.Background()
	transport := httpmock.NewMockTransport()
	mockcloud.Keystone(transport, mockcloud.Compute)
	mockcloud.ProjectNames(transport, map[string]string{"p1": "web-shop", "p2": "genomics"})
	mockcloud.TenantUsage(transport, mockcloud.Usages(
		tenantusage.ProjectUsage{ProjectID: "p1", TotalVCPUsUsage: 1440},
		tenantusage.ProjectUsage{ProjectID: "p2", TotalVCPUsUsage: 96},
	))

	conn, err := gophermeter.Connect(ctx, mockcloud.Options(transport)...)
	if err != nil {
		fmt.Println(err)
		return
	}
	names, err := conn.ProjectNames(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	usage, err := tenantusage.New(conn)
	if err != nil {
		fmt.Println(err)
		return
	}
	for p, err := range usage.Projects(gophermeter.Month(2026, time.May)).All(ctx) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(names[p.ProjectID], p.TotalVCPUsUsage)
	}
	// Output:
	// web-shop 1440
	// genomics 96
}

// Failures are responders, too, and follow one another by httpmock's Then.
func ExampleUnauthorized() {
	transport := httpmock.NewMockTransport()
	mockcloud.Keystone(transport, mockcloud.Compute)
	usages := mockcloud.Usages(tenantusage.ProjectUsage{ProjectID: "p1", TotalHours: 720})
	busy := mockcloud.ComputeError(http.StatusServiceUnavailable, "busy").HeaderSet(http.Header{"Retry-After": {"2"}})
	mockcloud.TenantUsage(transport, mockcloud.Unauthorized().Then(busy).Then(mockcloud.Torn(usages, 100)).Then(usages))

	got, err := total(transport)
	fmt.Println(got, err)
	fmt.Println(transport.GetCallCountInfo()["POST "+mockcloud.Identity.URL+"/auth/tokens"], "logins")
	// Output:
	// 720 <nil>
	// 2 logins
}

// A user who is no administrator.
func ExampleComputeError() {
	transport := httpmock.NewMockTransport()
	mockcloud.Keystone(transport, mockcloud.Compute)
	mockcloud.TenantUsage(transport, mockcloud.ComputeError(http.StatusForbidden, "Policy doesn't allow it to be performed."))

	_, err := total(transport)
	fmt.Println(errors.Is(err, gophermeter.ErrForbidden))
	fmt.Println(err)
	// Output:
	// true
	// tenantusage.Projects: GET /compute/v2.1/os-simple-tenant-usage: 403 Forbidden: Policy doesn't allow it to be performed. (req-00000000-0000-4000-8000-000000000000)
}

// A Nova that answers two servers at a time.
func ExampleUsagePages() {
	transport := httpmock.NewMockTransport()
	mockcloud.Keystone(transport, mockcloud.Compute)
	mockcloud.TenantUsage(transport, mockcloud.UsagePages(2, tenantusage.ProjectUsage{
		ProjectID: "p1",
		Servers: []tenantusage.ServerUsage{
			{InstanceID: "s1", Hours: 24}, {InstanceID: "s2", Hours: 12.5}, {InstanceID: "s3", Hours: 1},
		},
	}))

	fmt.Println(total(transport))
	// Output: 37.5 <nil>
}

// total are the server-hours of May.
func total(transport *httpmock.MockTransport) (hours float64, err error) {
	ctx := context.Background()
	conn, err := gophermeter.Connect(ctx, mockcloud.Options(transport)...)
	if err != nil {
		return 0, err
	}
	usage, err := tenantusage.New(conn)
	if err != nil {
		return 0, err
	}
	for p, err := range usage.Projects(gophermeter.Month(2026, time.May)).All(ctx) {
		if err != nil {
			return 0, err
		}
		hours += p.TotalHours
	}
	return hours, nil
}
