package amie_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/gophermeter/gophermeter/amie"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
	"github.com/gophermeter/gophermeter/usage"
)

// demo is a client of a Usage API inside the process. A program gives its site's name and key only.
func demo() (*amie.UsageClient, *fakecloud.Cloud) {
	cloud := fakecloud.New(fakecloud.WithEmpty())
	client, err := amie.NewUsageClient(fakecloud.AMIESite, fakecloud.AMIEKey, amie.WithBaseURL(cloud.AMIEURL()))
	if err != nil {
		log.Fatal(err)
	}
	return client, cloud
}

func ExampleUsageClient_Send() {
	ctx := context.Background()
	client, cloud := demo()
	defer cloud.Close()
	report, err := client.Send(ctx, usage.MessageOf(jobs(1, 1501)...))
	if err != nil {
		fmt.Println(err)
	}
	for _, chunk := range report.Chunks {
		fmt.Printf("records %d to %d: %s, %d validated\n", chunk.First, chunk.First+chunk.Count-1, chunk.Outcome, chunk.Validated())
	}
	fmt.Println(report.Validated(), "in all")
	// Output:
	// records 0 to 752: accepted, 753 validated
	// records 753 to 1499: accepted, 747 validated
	// 1500 in all
}

func ExampleUsageClient_Status() {
	ctx := context.Background()
	client, cloud := demo()
	defer cloud.Close()
	if _, err := client.Send(ctx, usage.MessageOf(jobs(1, 4)...)); err != nil {
		log.Fatal(err)
	}
	cloud.Advance(time.Hour) // it is loaded later than it is sent
	status, err := client.Status(ctx, time.Time{}, time.Time{})
	if err != nil {
		log.Fatal(err)
	}
	for _, resource := range status {
		fmt.Println(resource.Resource, resource.LoadedRecordCount, "loaded,", resource.FailedJobCount, "failed,", resource.TotalCharge, "SU")
	}
	// Output:
	// res.example.access-ci.org 3 loaded, 0 failed, 0.006 SU
}

func ExampleUsageClient_Resubmit() {
	ctx := context.Background()
	client, cloud := demo()
	defer cloud.Close()
	cloud.SetAMIELoader(func(r fakecloud.AMIERecord) string {
		if r.Username == "alice" {
			return "Allocation could not be found for user alice"
		}
		return ""
	})
	if _, err := client.Send(ctx, usage.MessageOf(job(1))); err != nil {
		log.Fatal(err)
	}
	cloud.Advance(time.Hour)
	failed, err := client.FailedRecords(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range failed {
		fmt.Println(f.LocalRecordID, f.Error)
		f.Compute.Username = "alice2"
	}
	report, err := client.Resubmit(ctx, failed)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(report.Cleared), "cleared,", len(report.Left), "left")
	// Output:
	// job-1 Allocation could not be found for user alice
	// 1 cleared, 0 left
}
