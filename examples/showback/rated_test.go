package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/examples/internal/period"
	"github.com/gophermeter/gophermeter/rating"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// silent is what is said of a CloudKitty of storage v1.
const silent = "showback: this CloudKitty does not tell how far it has rated: the last cost of some project may be missing\n"

func september(day, hour int) time.Time { return time.Date(2026, 9, day, hour, 0, 0, 0, time.UTC) }

// A month that CloudKitty has not rated to its end says so, and who reads JSON can tell.
func TestNotRatedYet(t *testing.T) {
	cloud := fakecloud.New()
	t.Cleanup(cloud.Close)
	// Scopes of projects that were deleted, or are not rated any more, stay behind for ever.
	cloud.SetRatingScope(fakecloud.RatingScope{ID: strings.Repeat("ab", 16), LastProcessed: september(2, 0)})
	cloud.SetRatingScope(fakecloud.RatingScope{ID: cloud.ProjectID("sandbox"), LastProcessed: september(2, 0), Inactive: true})
	billOf(t, cloud, "-format json").report(t, "")

	cloud.SetRatingScope(fakecloud.RatingScope{ID: cloud.ProjectID("staging"), LastProcessed: september(29, 0)})
	cloud.SetRatingScope(fakecloud.RatingScope{ID: cloud.ProjectID("genomics"), LastProcessed: september(28, 4)})
	for args, want := range map[string]struct {
		until  time.Time
		notice string
	}{
		"":                           {september(28, 5), "cost is rated up to 2026-09-28 05:00 UTC only: CloudKitty has not come further with genomics, staging"},
		"-by metric":                 {september(28, 5), "cost is rated up to 2026-09-28 05:00 UTC only: CloudKitty has not come further with genomics, staging"},
		"-project staging":           {september(29, 1), "cost is rated up to 2026-09-29 01:00 UTC only: CloudKitty has not come further with staging"},
		"-project web-shop":          {september(31, 0), ""},
		"-from 2026-09-28T12:00:00Z": {september(28, 12), "cost is rated up to 2026-09-28 05:00 UTC only: CloudKitty has not come further with genomics, staging"},
		"-from 2026-09-27 -to 2026-09-28T05:00:00Z": {september(28, 5), ""},
		"-daily -by flavor":                         {september(28, 5), "cost is rated up to 2026-09-28 05:00 UTC only: CloudKitty has not come further with genomics, staging"},
		"-tz Asia/Tokyo -cost":                      {september(28, 5), "cost is rated up to 2026-09-28 14:00 JST only: CloudKitty has not come further with genomics, staging"},
	} {
		stderr := ""
		if want.notice != "" {
			stderr = "showback: " + want.notice + "\n"
		}
		if r := billOf(t, cloud, args+" -format json").report(t, stderr); r.RatedUntil == nil || !r.RatedUntil.Equal(want.until) {
			t.Errorf("%s: rated until %v, want %s", args, r.RatedUntil, want.until)
		}
	}
}

// Who may not read scopes, which storage v1 does not have either, sees where what was rated ends.
func TestLastRatedPeriod(t *testing.T) {
	for _, storage := range []int{1, 2} {
		cloud, alpha, _ := small(t, fakecloud.WithRatingStorage(storage))
		cloud.AddUser(fakecloud.User{Name: "ada", DefaultProjectID: alpha, Roles: map[string][]string{alpha: {"member"}}})
		if r := billOf(t, cloud, "-cloud ada -project alpha -from 2026-09-01 -format json").report(t, ""); r.RatedUntil != nil || r.Rows[0].Cost != nil {
			t.Errorf("nothing was rated, but got %+v", r)
		}
		cloud.AddRatedPoints(point(alpha, "instance", "2026-09-10T00:00:00Z", 1), point(alpha, "instance", "2026-09-12T04:00:00Z", 1))
		r := billOf(t, cloud, "-cloud ada -project alpha -from 2026-09-01 -format json").report(t, "showback: nothing is rated after 2026-09-12 05:00 UTC so far\n")
		if r.RatedUntil == nil || !r.RatedUntil.Equal(september(12, 5)) || r.Total.Cost.String() != "2" {
			t.Errorf("got %+v", r)
		}
		billOf(t, cloud, "-cloud ada -project alpha -from 2026-09-12 -to 2026-09-12T05:00:00Z -format json").report(t, "")
	}
}

// Scopes that CloudKitty itself cannot list are no reason to have no bill.
func TestScopesFail(t *testing.T) {
	cloud := fakecloud.New()
	t.Cleanup(cloud.Close)
	cloud.Inject(fakecloud.Fault{Service: "rating", PathContains: "/scope", Status: 500, Times: -1,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: `{"message": "'NoneType' object has no attribute 'lower'"}`})
	r := billOf(t, cloud, "-format json").report(t, "showback: how far CloudKitty has rated cannot be read: "+
		"rating.Scopes: GET /rating/v2/scope: 500 Internal Server Error: 'NoneType' object has no attribute 'lower'\n")
	if r.RatedUntil != nil {
		t.Errorf("rated until %s, which nobody knows", r.RatedUntil)
	}
}

// Where nothing was rated no point tells how long the periods are.
func TestNothingWasRated(t *testing.T) {
	cloud, alpha, _ := small(t)
	cloud.SetRatingScope(fakecloud.RatingScope{ID: alpha, LastProcessed: september(30, 23)})
	if r := billOf(t, cloud, "-format json").report(t, ""); r.RatedUntil == nil || !r.RatedUntil.Equal(r.End) {
		t.Errorf("got %+v", r)
	}
}

// Of several projects one that was rated to the end tells nothing of another.
func TestLastRatedPeriodOfSeveral(t *testing.T) {
	cloud, alpha, _ := small(t, fakecloud.WithRatingStorage(1))
	cloud.AddRatedPoints(point(alpha, "instance", "2026-09-12T04:00:00Z", 1))
	r := billOf(t, cloud, "-from 2026-09-01 -format json").report(t, silent+"showback: nothing is rated after 2026-09-12 05:00 UTC so far\n")
	if r.RatedUntil != nil || r.Total.Cost.String() != "1" {
		t.Errorf("got %+v", r)
	}
}

// While CloudKitty rates something again its points are not there.
func TestRatedAgain(t *testing.T) {
	cloud := fakecloud.New()
	t.Cleanup(cloud.Close)
	conn, err := gophermeter.Connect(t.Context(), cloud.Options()...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.CloseIdleConnections)
	client, err := rating.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	task := rating.ReprocessCreate{ScopeIDs: []string{cloud.ProjectID("staging")}, Window: gophermeter.Day(2026, time.September, 28), Reason: "price list"}
	if err := client.CreateReprocess(t.Context(), task); err != nil {
		t.Fatal(err)
	}
	const notice = "showback: cost from 2026-09-28 00:00 UTC on is not final: CloudKitty was rating staging again while it was read\n"
	for args, want := range map[string]struct {
		until  time.Time
		stderr string
	}{
		"":                           {september(28, 0), notice},
		"-project staging":           {september(28, 0), notice},
		"-from 2026-09-28T12:00:00Z": {september(28, 12), notice},
		"-project web-shop":          {september(31, 0), ""},
		"-to 2026-09-28":             {september(28, 0), ""},
		"-from 2026-09-29":           {september(29, 0), notice}, // CloudKitty 17 rates the hour behind the window again, too
		"-from 2026-09-29T01:00:00Z": {september(31, 0), ""},
	} {
		if r := billOf(t, cloud, args+" -format json").report(t, want.stderr); r.RatedUntil == nil || !r.RatedUntil.Equal(want.until) {
			t.Errorf("%s: rated until %v, want %s", args, r.RatedUntil, want.until)
		}
	}
	member := billOf(t, cloud, "-cloud demo -project web-shop -format json").report(t, "")
	if member.RatedUntil == nil {
		t.Errorf("got %+v", member)
	}
	cloud.Advance(time.Minute) // done
	billOf(t, cloud, "-format json").report(t, "")
}

// Tasks that come, or are done, while the points are read count too.
func TestRatedAgainMeanwhile(t *testing.T) {
	t.Parallel()
	w := gophermeter.Window{Start: september(27, 0), End: september(31, 0)}
	done := rating.Reprocess{ScopeID: "a", Window: gophermeter.Day(2026, time.September, 28), Current: september(29, 0)}
	begun := done
	begun.Current = september(28, 4)
	for name, c := range map[string]struct {
		before, after []rating.Reprocess
		until         time.Time
	}{
		"none":            {nil, nil, w.End},
		"done before":     {[]rating.Reprocess{done}, []rating.Reprocess{done}, w.End},
		"done meanwhile":  {[]rating.Reprocess{begun}, []rating.Reprocess{done}, september(28, 0)},
		"came and went":   {[]rating.Reprocess{done}, []rating.Reprocess{done, done}, september(28, 0)},
		"not done at all": {[]rating.Reprocess{begun}, []rating.Reprocess{begun}, september(28, 0)},
	} {
		k := costs{until: w.End}
		(&cloud{o: &options{Period: &period.Period{Zone: time.UTC}}}).ratedAgain(&k, w, c.before, c.after)
		if !k.until.Equal(c.until) {
			t.Errorf("%s: rated until %s, want %s", name, k.until, c.until)
		}
	}
}

// What passes is asked for again, and what does not is no bill.
func TestTornAnswers(t *testing.T) {
	cloud := fakecloud.New()
	t.Cleanup(cloud.Close)
	want := billOf(t, cloud, "-format json")
	want.report(t, "")
	for _, fault := range []fakecloud.Fault{
		{Status: 503}, {TearAt: 40_000}, {TearAt: 40_000, NoLength: true}, {TearAt: 1000, Reset: true}, {PathContains: "report", Status: 502},
	} {
		fault.Service = "rating"
		if fault.PathContains == "" {
			fault.PathContains, fault.Skip = "dataframes", 1
		}
		cloud.Inject(fault)
		cloud.ResetRequests()
		if got := billOf(t, cloud, "-format json"); got != want {
			t.Errorf("%+v: got %+v", fault, got)
		}
		cloud.ClearFaults()
	}

	old := fakecloud.New(fakecloud.WithRatingStorage(1), fakecloud.WithoutContentLength())
	t.Cleanup(old.Close)
	old.Inject(fakecloud.Fault{Service: "rating", PathContains: "dataframes", TearAt: 200_000, Times: -1})
	billOf(t, old, "").failed(t, "showback: rating.Frames: GET /rating/v1/storage/dataframes: the answer broke off after ")
	old.ClearFaults()
	billOf(t, old, "-format json").report(t, silent)
}
