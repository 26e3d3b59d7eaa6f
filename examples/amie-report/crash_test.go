package main

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gophermeter/gophermeter/amie/journal"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// The crash test's size and seed, as those of package journal.
const (
	roundsVariable = "GOPHERMETER_CRASH"
	seedVariable   = "GOPHERMETER_CRASH_SEED"
	killsOfEach    = 5 // of one journal, before it is left in peace
)

// moved is the server that is found to be of another family while the program is being killed.
const moved = 3

// TestCrash kills the program at random points, while the service has random faults, and a server moves to another
// resource in between. In the end everything is reported once, with the charges of a run that nothing happened to.
func TestCrash(t *testing.T) {
	t.Parallel()
	rounds, seed := 50, uint64(time.Now().UnixNano())
	if testing.Short() {
		rounds = 10
	}
	if n, err := strconv.Atoi(os.Getenv(roundsVariable)); err == nil {
		rounds = n
	}
	if n, err := strconv.ParseUint(os.Getenv(seedVariable), 10, 64); err == nil {
		seed = n
	}
	t.Logf("%s=%d %s=%d", roundsVariable, rounds, seedVariable, seed)
	quiet := newSite(t, newAccess())
	quiet.server(moved, "g1.large", quiet.alpha)
	if a := quiet.run(t); a.status != 0 {
		t.Fatal(a.stderr)
	}
	want := quiet.charges(t)
	begun := time.Now()
	quiet.run(t) // which has nothing to send
	lasts := 2 * time.Since(begun)
	for n := range (rounds + killsOfEach - 1) / killsOfEach {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			t.Parallel()
			c := crash{random: rand.New(rand.NewPCG(seed, uint64(n))), lasts: lasts, repeats: n%2 == 0}
			c.test(t, min(killsOfEach, rounds-n*killsOfEach), want)
		})
	}
}

type crash struct {
	*site
	random  *rand.Rand
	lasts   time.Duration // of an undisturbed run
	repeats bool          // storage records, too
}

func (c *crash) test(t *testing.T, kills int, want map[string]string) {
	c.site = newSite(t, newAccess(fakecloud.WithAMIELoadDelay(time.Duration(c.random.IntN(20))*time.Millisecond)))
	var flags []string
	if c.repeats {
		flags = append(flags, "-repeat-storage")
	}
	sending := 0
	for killed, tries := 0, 0; killed < kills; tries++ {
		if tries > 20*kills {
			t.Fatalf("%d of %d runs were killed in time", killed, tries)
		}
		if killed == kills/2 {
			c.server(moved, "g1.large", c.alpha)
		}
		c.upset()
		if c.kill(t, time.Duration(c.random.Int64N(int64(c.lasts))), flags) {
			killed++
			sending += c.beingSent(t)
		}
	}
	posts := c.posts()
	c.access.ClearFaults()
	a := c.run(t, flags...)
	if a.Delivery == nil || a.Delivery.Unsent > 0 || a.Journal[journal.Pending]+a.Journal[journal.Sending] > 0 {
		t.Fatalf("status %d: %s", a.status, a.stderr)
	}
	c.judge(t, a, want)
	t.Logf("%d kills left %d records being sent; %d messages before the last run, and %d in it", kills, sending, posts, c.posts()-posts)
}

// kill runs the program and ends it after a time, wherever it is then. It tells whether that was before the program had
// come to its report.
func (c *crash) kill(t *testing.T, after time.Duration, flags []string) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := c.command(ctx, flags...)
	var stdout strings.Builder
	cmd.Stdout = &stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	_ = cmd.Wait()
	return stdout.Len() == 0
}

// beingSent counts the records of which the killed program had not yet written down what became of them.
func (c *crash) beingSent(t *testing.T) int {
	t.Helper()
	j, err := journal.Open(c.path("journal.db"))
	if err != nil {
		t.Fatal(err)
	}
	counts, err := j.Counts()
	if err := errors.Join(err, j.Close()); err != nil {
		t.Fatal(err)
	}
	return counts[journal.Sending]
}

// upset makes some of the service's next answers go wrong.
func (c *crash) upset() {
	c.access.ClearFaults()
	soon := http.Header{"Retry-After": {"1"}}
	for range 4 {
		f := []fakecloud.Fault{
			{Reset: true},
			{Status: http.StatusServiceUnavailable, Header: soon},
			{Status: http.StatusServiceUnavailable, Body: "<html><title>503</title></html>"},
			{Status: http.StatusBadGateway},
			{TearAt: 7, NoLength: true},
			{TearAt: 9},
			{Latency: time.Duration(c.random.IntN(10)) * time.Millisecond},
			{Status: http.StatusRequestEntityTooLarge},
		}[c.random.IntN(8)]
		f.Skip = c.random.IntN(8)
		c.access.Inject(f)
	}
	c.access.FailAMIEAfter(slices.Concat(make([]int, c.random.IntN(8)), []int{http.StatusInternalServerError})...)
}

// judge compares the service's books with those of the undisturbed run. Storage records that are not repeated may be
// missing where their answer was lost, and the report then says that they are unknown.
func (c *crash) judge(t *testing.T, a *answer, want map[string]string) {
	t.Helper()
	c.access.Advance(time.Minute) // what was accepted last is loaded too
	got, missing := c.charges(t), map[string]bool{}
	for _, r := range a.Open {
		missing["Storage "+r.Resource+" "+r.Record] = r.State == string(journal.Unknown) && !c.repeats
	}
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if got[key] == "" && missing[key] {
			continue
		}
		if got[key] != want[key] {
			t.Errorf("%s is charged %q, want %s", key, got[key], want[key])
		}
	}
	before := "Compute cpu.example.org " + idOf(moved) + ":" + dayText
	for key, charge := range got {
		if want[key] == "" && (key != before || charge != "0.000000") {
			t.Errorf("%s is charged %s, and should not be", key, charge)
		}
	}
}
