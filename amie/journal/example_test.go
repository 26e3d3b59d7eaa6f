package journal_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/gophermeter/gophermeter/amie"
	"github.com/gophermeter/gophermeter/amie/journal"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

func Example() {
	ctx := context.Background()
	cloud := fakecloud.New(fakecloud.WithEmpty(), fakecloud.WithClock(time.Now), fakecloud.WithAMIELoadDelay(0))
	defer cloud.Close()
	client, err := amie.NewUsageClient(fakecloud.AMIESite, fakecloud.AMIEKey, amie.WithBaseURL(cloud.AMIEURL()))
	if err != nil {
		log.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "journal")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()

	j, err := journal.Open(filepath.Join(dir, "usage.journal"))
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = j.Close() }()
	for range 2 { // the second time changes nothing: it is how a program begins that was killed
		if err := journal.Add(j, jobs(0, 100, 5)...); err != nil {
			log.Fatal(err)
		}
	}
	delivery, err := j.Deliver(ctx, client)
	if err != nil {
		log.Fatal(err)
	}
	found, err := j.Reconcile(ctx, client)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(delivery.Submitted, "submitted,", found.Loaded, "loaded,", found.Open, "open")
	// Output:
	// 100 submitted, 100 loaded, 0 open
}

// The worst case: the service has queued a message, and its answer is lost.
func Example_lostAnswer() {
	ctx := context.Background()
	cloud := fakecloud.New(fakecloud.WithEmpty(), fakecloud.WithClock(time.Now), fakecloud.WithAMIELoadDelay(0))
	defer cloud.Close()
	dir, err := os.MkdirTemp("", "journal") // t.TempDir() in a test
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()

	client, err := amie.NewUsageClient(fakecloud.AMIESite, fakecloud.AMIEKey, amie.WithBaseURL(cloud.AMIEURL()))
	if err != nil {
		log.Fatal(err)
	}
	outbox, err := journal.Open(filepath.Join(dir, "usage.journal"))
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = outbox.Close() }()
	if err := journal.Add(outbox, credit(1)); err != nil { // an adjustment, which might count twice
		log.Fatal(err)
	}
	cloud.FailAMIEAfter(502)
	delivery, err := outbox.Deliver(ctx, client)
	fmt.Println(delivery.Unknown, "unknown, failed:", err != nil)
	delivery, err = outbox.Deliver(ctx, client) // sends nothing
	fmt.Println(delivery.Submitted, "sent again,", len(cloud.AMIERecords()), "at the service,", err)
	// Output:
	// 1 unknown, failed: true
	// 0 sent again, 1 at the service, <nil>
}

// A person has asked the service, and says what became of a record that the journal cannot know of.
func ExampleJournal_Resolve() {
	ctx := context.Background()
	cloud := fakecloud.New(fakecloud.WithEmpty(), fakecloud.WithClock(time.Now), fakecloud.WithAMIELoadDelay(0))
	defer cloud.Close()
	client, err := amie.NewUsageClient(fakecloud.AMIESite, fakecloud.AMIEKey, amie.WithBaseURL(cloud.AMIEURL()))
	if err != nil {
		log.Fatal(err)
	}
	j, remove := temporary()
	defer remove()
	if err := journal.Add(j, credit(1)); err != nil {
		log.Fatal(err)
	}
	cloud.FailAMIEAfter(502)
	if _, err := j.Deliver(ctx, client); err == nil {
		log.Fatal("the answer was not lost")
	}
	for entry, err := range j.Entries(journal.Unknown) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(entry.Key.LocalRecordID, entry.State, "after", entry.Attempts, "attempt")
		if err := j.Resolve(entry.Key, journal.Loaded); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(j.Counts())
	// Output:
	// adj:1 unknown after 1 attempt
	// map[loaded:1] <nil>
}

// A charge that turns out to be another restates the record, under the same key.
func ExampleAdd() {
	j, remove := temporary()
	defer remove()
	for _, charge := range []int64{5, 5, 3} {
		if err := journal.Add(j, job(1, charge)); err != nil {
			log.Fatal(err)
		}
	}
	entry, err := j.Entry(job(1, 0).Key())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(entry.Key.LocalRecordID, entry.Compute.Charge, entry.State)
	// Output: job:1 3 pending
}

// temporary is a journal that is gone afterwards.
func temporary() (j *journal.Journal, remove func()) {
	dir, err := os.MkdirTemp("", "journal")
	if err != nil {
		log.Fatal(err)
	}
	if j, err = journal.Open(filepath.Join(dir, "usage.journal")); err != nil {
		log.Fatal(err)
	}
	return j, func() {
		_ = j.Close()
		_ = os.RemoveAll(dir)
	}
}
