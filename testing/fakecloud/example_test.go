package fakecloud_test

import (
	"cmp"
	"context"
	"fmt"
	"log"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating"
	"github.com/gophermeter/gophermeter/tenantusage"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// A golden bill: the seeded month is the same in every run, so a whole report can be compared with a text.
func Example_goldenBill() {
	ctx := context.Background()
	cloud := fakecloud.New()
	defer cloud.Close()
	conn := dial(ctx, cloud)

	text, err := bill(ctx, conn, gophermeter.Day(2026, time.September, 3))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(text)
	// Output:
	// ci-runners     0.84
	// data-lake     65.36
	// genomics     330.20
	// ml-training   38.14
	// staging        4.79
	// web-shop      90.70
}

// bill is the code under test: what each project has to pay.
func bill(ctx context.Context, conn *gophermeter.Connection, w gophermeter.Window) (string, error) {
	names, err := conn.ProjectNames(ctx)
	if err != nil {
		return "", err
	}
	client, err := rating.New(conn)
	if err != nil {
		return "", err
	}
	var bills rating.Totals[string]
	for frame, err := range client.Frames(rating.FrameOptions{Window: w}).All(ctx) {
		if err != nil {
			return "", err
		}
		bills.Add(names[frame.ProjectID], frame.Price)
	}
	var out strings.Builder
	for _, project := range bills.Keys(cmp.Compare) {
		sum := bills.Get(project)
		fmt.Fprintf(&out, "%-12s %6s\n", project, sum.Round(2).StringFixed(2))
	}
	return out.String(), nil
}

// For a program that reads clouds.yaml.
func ExampleCloud_CloudsYAML() {
	ctx := context.Background()
	cloud := fakecloud.New()
	defer cloud.Close()
	dir, err := os.MkdirTemp("", "clouds") // t.TempDir() in a test
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()

	file := filepath.Join(dir, "clouds.yaml")
	if err := os.WriteFile(file, []byte(cloud.CloudsYAML()), 0o600); err != nil {
		log.Fatal(err)
	}
	conn, err := gophermeter.Connect(ctx, gophermeter.WithCloud("demo"), gophermeter.WithCloudsFile(file))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(conn.Has("rating"))
	// Output: true
}

// What was sent, down to the query.
func ExampleCloud_Requests() {
	ctx := context.Background()
	cloud := fakecloud.New()
	defer cloud.Close()
	conn := dial(ctx, cloud)

	client, err := tenantusage.New(conn, tenantusage.WithPageSize(200))
	if err != nil {
		log.Fatal(err)
	}
	cloud.ResetRequests() // forgets the login
	if _, err := client.Projects(gophermeter.Month(2026, time.September)).Collect(ctx); err != nil {
		log.Fatal(err)
	}
	for _, r := range cloud.Requests() {
		query, err := url.ParseQuery(r.RawQuery)
		fmt.Println(r.Method, r.Path, query.Get("start"), query.Get("end"), "marker:", query.Has("marker"), err)
	}
	// Output:
	// GET /v2.1/os-simple-tenant-usage 2026-09-01T00:00:00 2026-10-01T00:00:00 marker: false <nil>
	// GET /v2.1/os-simple-tenant-usage 2026-09-01T00:00:00 2026-10-01T00:00:00 marker: true <nil>
}
