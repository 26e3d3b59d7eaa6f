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
