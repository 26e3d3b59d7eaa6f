package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

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
		"-from 2026-09-28T12:00:00Z": {september(28, 12), "cost is rated up to 2026-09-28 12:00 UTC only: CloudKitty has not come further with genomics, staging"},
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
	billOf(t, cloud, "-format json").report(t, "")
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
	billOf(t, old, "-format json").report(t, "")
}
