package amie_test

import (
	"context"
	"fmt"
	"iter"
	"log"
	"time"

	"github.com/shopspring/decimal"

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

// Accepted is not loaded: what cannot be is told later.
func ExampleUsageClient_FailedRecords() {
	ctx := context.Background()
	cloud := fakecloud.New(fakecloud.WithEmpty())
	defer cloud.Close()
	client, err := amie.NewUsageClient(fakecloud.AMIESite, fakecloud.AMIEKey, amie.WithBaseURL(cloud.AMIEURL()))
	if err != nil {
		log.Fatal(err)
	}
	cloud.SetAMIELoader(func(r fakecloud.AMIERecord) string {
		if r.LocalRecordID == "job-2" {
			return "no such user"
		}
		return ""
	})
	report, err := client.Send(ctx, usage.MessageOf(jobs(1, 4)...))
	if err != nil {
		log.Fatal(err)
	}
	cloud.Advance(time.Hour)
	failed, err := client.FailedRecords(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(report.Validated(), "validated, then:", failed[0].LocalRecordID, failed[0].Error)
	// Output: 3 validated, then: job-2 no such user
}

// A failure that is given up is taken off the service's list. Its record is not charged.
func ExampleUsageClient_ClearFailedRecords() {
	ctx := context.Background()
	client, cloud := demo()
	defer cloud.Close()
	cloud.SetAMIELoader(func(fakecloud.AMIERecord) string { return "the allocation has ended" })
	if _, err := client.Send(ctx, usage.MessageOf(job(1))); err != nil {
		log.Fatal(err)
	}
	cloud.Advance(time.Hour)
	failed, err := client.FailedRecords(ctx)
	if err != nil {
		log.Fatal(err)
	}
	if err := client.ClearFailedRecords(ctx, failed[0].ID); err != nil {
		log.Fatal(err)
	}
	failed, err = client.FailedRecords(ctx)
	fmt.Println(len(failed), "left", err)
	// Output: 0 left <nil>
}

// A charge is corrected by sending its record again: the key stays, the charge is new.
func ExampleUsageClient_Loaded() {
	ctx := context.Background()
	client, cloud := demo()
	defer cloud.Close()
	for _, charge := range []string{"2.5", "1.75"} {
		record := job(1)
		record.Charge = decimal.RequireFromString(charge)
		if _, err := client.Send(ctx, usage.MessageOf(record)); err != nil {
			log.Fatal(err)
		}
		cloud.Advance(time.Hour)
	}
	for loaded, err := range client.Loaded(amie.LoadedQuery{}).All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(loaded.LocalRecordID, loaded.Charge)
	}
	// Output: job-1 1.75
}

// Records that are read from somewhere go out at constant memory.
func ExampleSendSeq() {
	ctx := context.Background()
	client, cloud := demo()
	defer cloud.Close()
	var records iter.Seq2[usage.ComputeRecord, error] = func(yield func(usage.ComputeRecord, error) bool) {
		for n := range 2000 {
			if !yield(job(n), nil) { // a row of a query
				return
			}
		}
	}
	validated := 0
	for chunk, err := range amie.SendSeq(ctx, client, records) {
		if err != nil {
			log.Fatal(err) // chunk.Outcome says whether the service may have it
		}
		validated += chunk.Validated()
	}
	fmt.Println(validated, "validated")
	// Output: 2000 validated
}
