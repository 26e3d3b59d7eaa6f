package main

import (
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter/amie"
	"github.com/gophermeter/gophermeter/amie/journal"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
	"github.com/gophermeter/gophermeter/usage"
)

// A day is reported once, however often the program is called, and each charge is the one that was worked out by hand.
func TestReportIsSentOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t, newAccess())
	first := s.run(t)
	if first.status != 0 || first.Correction.New != 42 || first.Journal[journal.Loaded] != 40 || first.Journal[journal.Submitted] != 2 {
		t.Fatalf("status %d, %s%+v", first.status, first.stderr, first.summary)
	}
	charges, posts := s.charges(t), s.posts()
	for key, want := range map[string]string{
		"Compute cpu.example.org " + idOf(0) + ":" + dayText:  "24.000000",  // 1 vCPU for 24 h
		"Compute cpu.example.org " + idOf(7) + ":" + dayText:  "92.733333",  // 4 vCPUs for 23 h 11 min
		"Compute gpu.example.org " + idOf(21) + ":" + dayText: "107.750000", // 2 vCPUs for 21 h 33 min at 2.5
	} {
		if charges[key] != want {
			t.Errorf("%s costs %s, want %s", key, charges[key], want)
		}
	}
	if len(charges) != 42 {
		t.Errorf("%d records are in the service's books", len(charges))
	}
	who := map[string]string{}
	for _, r := range s.access.AMIERecords() {
		if r.Kind == "Storage" {
			who[r.LocalProjectID+" "+r.Username] = r.Charge
		}
	}
	if !maps.Equal(who, map[string]string{"TG-A ann_login": "10.000000", "TG-B pi_b": "12.000000"}) {
		t.Errorf("storage: %v", who)
	}
	second := s.run(t)
	if c := second.Correction; second.status != 0 || c.New+c.Changed+c.TakenBack != 0 || c.Unchanged != 42 || second.Delivery.Submitted != 0 {
		t.Errorf("status %d, %s%+v", second.status, second.stderr, second.summary)
	}
	if s.posts() != posts || !maps.Equal(s.charges(t), charges) {
		t.Errorf("%d messages were sent, and then %d more", posts, s.posts()-posts)
	}
}

// A server that turns out to be of another family is charged on its resource, and no more on the other.
func TestCorrectionIsRestated(t *testing.T) {
	t.Parallel()
	s := newSite(t, newAccess())
	if a := s.run(t); a.status != 0 {
		t.Fatal(a.stderr)
	}
	s.server(3, "g1.large", s.alpha)
	a := s.run(t)
	if c := a.Correction; a.status != 0 || c.New != 1 || c.Changed != 0 || c.TakenBack != 1 || c.Unchanged != 41 {
		t.Errorf("status %d, %s%+v", a.status, a.stderr, c)
	}
	charges := s.charges(t)
	id := " " + idOf(3) + ":" + dayText
	// 4 vCPUs for 23 h 39 min
	if old, now := charges["Compute cpu.example.org"+id], charges["Compute gpu.example.org"+id]; old != "0.000000" || now != "236.500000" || len(charges) != 43 {
		t.Errorf("the old resource is charged %s, the new one %s, of %d", old, now, len(charges))
	}
	if a := s.run(t); a.Correction.Unchanged != 42 || a.Delivery.Submitted != 0 {
		t.Errorf("%+v", a.summary)
	}
}

// An instance that the operator archived keeps its charge, until somebody says otherwise.
func TestVanishedInstance(t *testing.T) {
	t.Parallel()
	s := newSite(t, newAccess())
	if a := s.run(t); a.status != 0 {
		t.Fatal(a.stderr)
	}
	s.cloud.RemoveServer(idOf(0))
	key := "Compute cpu.example.org " + idOf(0) + ":" + dayText
	a := s.run(t)
	if len(a.Correction.Vanished) != 1 || a.Correction.Vanished[0].Record != idOf(0)+":"+dayText || a.status != 0 || s.charges(t)[key] != "24.000000" {
		t.Errorf("status %d, %s%+v, charged %s", a.status, a.stderr, a.Correction, s.charges(t)[key])
	}
	a = s.run(t, "-void")
	if a.Correction.TakenBack != 1 || s.charges(t)[key] != "0.000000" {
		t.Errorf("%+v, charged %s", a.Correction, s.charges(t)[key])
	}
	if a = s.run(t, "-void"); a.Correction.TakenBack != 0 || len(a.Correction.Vanished) != 0 {
		t.Errorf("%+v", a.Correction)
	}
}

// What was not read has not vanished.
func TestNotReadIsNotVanished(t *testing.T) {
	t.Parallel()
	s := newSite(t, newAccess())
	if a := s.run(t); a.status != 0 {
		t.Fatal(a.stderr)
	}
	before := s.charges(t)
	for _, part := range []string{"compute", "storage"} {
		s.remap(t, func(m map[string]any) { delete(m, part) })
		if a := s.run(t, "-void"); a.status != 0 || a.Correction.TakenBack != 0 || len(a.Correction.Vanished) == 0 {
			t.Errorf("without %s: status %d, %s%+v", part, a.status, a.stderr, a.Correction)
		}
	}
	if got := s.charges(t); !maps.Equal(got, before) {
		t.Errorf("got %v, want %v", got, before)
	}
}

// Nothing is sent while something has no mapping, unless that is asked for; what was left out is reported when it has.
func TestUnmapped(t *testing.T) {
	t.Parallel()
	s := newSite(t, newAccess())
	s.remap(t, func(m map[string]any) { delete(m["projects"].(map[string]any), s.beta) })
	a := s.run(t)
	if a.status != 1 || len(a.Problems) != 1 || len(a.Problems[0].IDs) != 21 || s.posts() != 0 || a.Delivery != nil {
		t.Errorf("status %d, %+v", a.status, a.summary)
	}
	if want := "amie-report: 1 problem: nothing was sent; complete the mapping, or send the rest by -partial\n"; a.stderr != want {
		t.Errorf("got %q, want %q", a.stderr, want)
	}
	a = s.run(t, "-partial")
	if a.status != 1 || a.Correction.New != 21 || len(s.charges(t)) != 21 {
		t.Errorf("status %d, %+v", a.status, a.summary)
	}
	s.remap(t, nil)
	a = s.run(t)
	if a.status != 0 || a.Correction.New != 21 || len(s.charges(t)) != 42 {
		t.Errorf("status %d, %+v", a.status, a.summary)
	}
	s.remap(t, func(m map[string]any) { m["states"] = map[string]any{"paused": 1} })
	a = s.run(t, "-partial")
	if a.status != 1 || len(a.Correction.Doubtful) != 40 || a.Correction.TakenBack != 0 {
		t.Errorf("status %d, %+v", a.status, a.Correction)
	}
}

// What the service does not load is reported in its words, and sent again when it is told to.
func TestFailedRecords(t *testing.T) {
	t.Parallel()
	s := newSite(t, newAccess())
	s.access.SetAMIELoader(func(r fakecloud.AMIERecord) string {
		if r.LocalProjectID == "TG-B" {
			return "Allocation could not be found"
		}
		return ""
	})
	a := s.run(t)
	says := map[string]int{}
	for _, r := range a.Open {
		says[r.State+" "+r.Says]++
	}
	if a.status != 1 || !maps.Equal(says, map[string]int{"failed Allocation could not be found": 21}) || a.Journal[journal.Failed] != 21 {
		t.Errorf("status %d, %v, %+v", a.status, says, a.Journal)
	}
	if !strings.Contains(a.stderr, "21 records failed, unknown or charged otherwise") {
		t.Errorf("got %q", a.stderr)
	}
	if a = s.run(t); a.Delivery.Submitted != 0 || a.status != 1 {
		t.Errorf("status %d, %+v", a.status, a.Delivery)
	}
	s.access.SetAMIELoader(func(fakecloud.AMIERecord) string { return "" })
	a = s.run(t, "-retry-failed")
	if a.status != 0 || a.Delivery.Submitted != 21 || len(a.Open) != 0 || len(s.charges(t)) != 42 {
		t.Errorf("status %d, %s%+v", a.status, a.stderr, a.summary)
	}
}

// An answer that is lost leaves compute records to be sent again, and storage records unknown.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	s := newSite(t, newAccess())
	s.access.FailAMIEAfter(0, 0, 0, 0, 0, 0, 502)
	a := s.run(t)
	if a.status != 1 || a.Delivery.Unknown != 2 || a.Journal[journal.Unknown] != 2 || a.Journal[journal.Loaded] != 40 || len(a.Open) != 2 {
		t.Errorf("status %d, %s%+v", a.status, a.stderr, a.summary)
	}
	if !strings.Contains(a.stderr, "502") || strings.Count(a.stderr, "\n") != 1 {
		t.Errorf("got %q", a.stderr)
	}
	a = s.run(t, "-repeat-storage")
	if a.status != 0 || a.Journal[journal.Submitted] != 2 || len(s.charges(t)) != 42 {
		t.Errorf("status %d, %s%+v", a.status, a.stderr, a.summary)
	}
}

// A wrong key, a service that is down: the records wait in the journal.
func TestServiceRefuses(t *testing.T) {
	t.Parallel()
	s := newSite(t, newAccess())
	s.access.Inject(fakecloud.Fault{Status: 401, Body: `{"error":"Invalid XA-API-KEY"}`, Times: -1})
	a := s.run(t)
	if a.status != 1 || !strings.Contains(a.stderr, "Invalid XA-API-KEY") || a.Journal[journal.Pending] != 42 || a.Delivery.Unsent != 40 {
		t.Errorf("status %d, %s%+v", a.status, a.stderr, a.summary)
	}
	s.access.ClearFaults()
	if a = s.run(t); a.status != 0 || a.Correction.Unchanged != 42 || a.Delivery.Submitted != 42 {
		t.Errorf("status %d, %s%+v", a.status, a.stderr, a.summary)
	}
}

// Storage of a day that is not rated yet would be too small, so the day waits.
func TestRatingIsBehind(t *testing.T) {
	t.Parallel()
	s := newSite(t, newAccess())
	s.cloud.SetRatingScope(fakecloud.RatingScope{ID: s.alpha, LastProcessed: hourOf(22)})
	a := s.run(t)
	want := "amie-report: the rating service has come to 2026-09-15 23:00 UTC with project " + s.alpha + ", so the storage of 2026-09-15 is not known yet\n"
	if a.status != 1 || a.stderr != want || s.posts() != 0 {
		t.Errorf("status %d, got %q, want %q", a.status, a.stderr, want)
	}
	s.cloud.SetRatingScope(fakecloud.RatingScope{ID: s.alpha, LastProcessed: hourOf(23)})
	if a = s.run(t); a.status != 0 {
		t.Errorf("status %d, %s", a.status, a.stderr)
	}
}

// Without a rating service there is no storage, and nobody's user is known.
func TestWithoutRating(t *testing.T) {
	t.Parallel()
	s := newSite(t, newAccess())
	s.cloud.SetCatalogEntry(fakecloud.CatalogEntry{Type: "rating"})
	if a := s.run(t); a.status != 1 || !strings.Contains(a.stderr, "the cloud has no rating service") {
		t.Errorf("status %d, %s", a.status, a.stderr)
	}
	s.remap(t, func(m map[string]any) { delete(m, "storage") })
	a := s.run(t)
	if a.status != 0 || a.Correction.New != 40 || len(a.Notes) == 0 || !strings.Contains(a.Notes[0], "40 of 40 compute records") {
		t.Errorf("status %d, %s%+v", a.status, a.stderr, a.summary)
	}
}

// CloudKitty with storage of version 1 tells neither units nor scopes: the report says so.
func TestOldRating(t *testing.T) {
	t.Parallel()
	s := newSite(t, newAccess())
	old := newSiteOn(t, fakecloud.New(fakecloud.WithEmpty(), fakecloud.WithRatingStorage(1)), newAccess())
	if a := s.run(t); a.status != 0 {
		t.Fatal(a.stderr)
	}
	a := old.run(t)
	if a.status != 0 || !slices.ContainsFunc(a.Notes, func(n string) bool { return strings.Contains(n, "storage may be missing") }) {
		t.Errorf("status %d, %s%v", a.status, a.stderr, a.Notes)
	}
	if got, want := slices.Sorted(maps.Values(old.charges(t))), slices.Sorted(maps.Values(s.charges(t))); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Several days in one call are the days one by one.
func TestSeveralDays(t *testing.T) {
	t.Parallel()
	s := newSite(t, newAccess())
	cmd := s.command(t.Context(), "-from", "2026-09-14", "-to", "2026-09-18")
	cmd.Args = slices.DeleteFunc(cmd.Args, func(a string) bool { return a == "-day" || a == dayText })
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if n := len(s.charges(t)); n != 3*2*serversOfEach+2 {
		t.Errorf("%d records", n)
	}
	want := s.charges(t)
	again := newSite(t, newAccess())
	for day := hourOf(0).AddDate(0, 0, -1); day.Before(hourOf(0).AddDate(0, 0, 3)); day = day.AddDate(0, 0, 1) {
		if a := again.run(t, "-day", day.Format(time.DateOnly)); a.status != 0 {
			t.Fatal(a.stderr)
		}
	}
	if got := again.charges(t); !maps.Equal(got, want) {
		t.Errorf("day by day it is %d records, and %d at once", len(got), len(want))
	}
}

// A journal is of one service: what is in it was not told to another, and is not taken back by way of it.
func TestJournalOfAnotherService(t *testing.T) {
	t.Parallel()
	s := newSite(t, newAccess())
	if a := s.run(t); a.status != 0 {
		t.Fatal(a.stderr)
	}
	s.cloud.RemoveServer(idOf(0))
	requests := len(s.access.Requests())
	for _, flags := range [][]string{{"-site", "OTHER"}, {"-amie-url", s.access.AMIEURL() + "_test"}} {
		a := s.run(t, append(flags, "-void")...)
		if a.status != 1 || !strings.Contains(a.stderr, "each has a journal of its own") || a.Correction != nil || a.Delivery != nil {
			t.Errorf("%v: status %d, %s%+v", flags, a.status, a.stderr, a.summary)
		}
	}
	if n := len(s.access.Requests()); n != requests {
		t.Errorf("%d requests", n-requests)
	}
	if a := s.run(t); a.status != 0 || len(a.Correction.Vanished) != 1 || a.Correction.Unchanged != 41 {
		t.Errorf("status %d, %s%+v", a.status, a.stderr, a.Correction)
	}
}

// What was charged otherwise than it was reported is told in each run, also while the service does not list it.
func TestChargedOtherwise(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	s := newSite(t, newAccess(fakecloud.WithAMIELoadDelay(time.Minute), fakecloud.WithClock(func() time.Time {
		return time.Now().Add(time.Duration(ahead.Load()))
	})))
	if a := s.run(t); a.status != 0 || a.Journal[journal.Submitted] != 42 {
		t.Fatalf("status %d, %s%+v", a.status, a.stderr, a.Journal)
	}
	client, err := amie.NewUsageClient(fakecloud.AMIESite, fakecloud.AMIEKey, amie.WithBaseURL(s.access.AMIEURL()))
	if err != nil {
		t.Fatal(err)
	}
	other := usage.ComputeRecord{ // of another program
		Username: "x", LocalProjectID: "TG-A", LocalRecordID: idOf(0) + ":" + dayText, Resource: "cpu.example.org",
		SubmitTime: hourOf(0), StartTime: hourOf(0), EndTime: hourOf(1), Charge: decimal.New(7, 0), NodeCount: 1,
	}
	if _, err := client.Send(t.Context(), usage.MessageOf(other)); err != nil {
		t.Fatal(err)
	}
	ahead.Store(int64(2 * time.Minute))
	for range 2 {
		a := s.run(t)
		if a.status != 1 || len(a.Open) != 1 || a.Open[0].State != "mismatched" || a.Open[0].Charge.String() != "24" || a.Open[0].Says != "loaded with a charge of 7" {
			t.Errorf("status %d, %+v", a.status, a.Open)
		}
		s.access.Inject(fakecloud.Fault{PathContains: "loaded", Status: 200, Body: `[]`, Times: -1})
	}
}
