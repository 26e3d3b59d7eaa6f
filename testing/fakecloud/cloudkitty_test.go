package fakecloud_test

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

const ratedMonth = "begin=2026-09-01T00:00:00&end=2026-10-01T00:00:00"

// ratingAdmin asks CloudKitty as admin and reads the answer into v.
func ratingAdmin(t *testing.T, k *client, method, path, body string, status int, v any) {
	t.Helper()
	resp, got := k.do(method, "/rating"+path, body)
	require.Equal(t, status, resp.StatusCode, "%s", got)
	if v != nil {
		require.NoError(t, json.Unmarshal(got, v), "%s", got)
	}
}

// What a real CloudKitty 17 and Aodh 15 do not let pass, in their words.
func TestMistakesOfAClientAreRefused(t *testing.T) {
	t.Parallel()
	k := admin(t, newCloud(t))
	for _, test := range []struct {
		method, path, body string
		status             int
		words              string
	}{
		{"GET", "/alarming/v2/alarms?sort=name:up", "", 500, "Unknown sort direction, must be one of: asc-nullsfirst, asc-nullslast, desc-nullsfirst, desc-nullslast"},
		{"GET", "/alarming/v2/alarms?sort=name:desc-nullslast", "", 200, ""},
		{"GET", "/alarming/v2/alarms?limit=1&limit=2", "", 400, "limit. Value: '['1', '2']'. unable to convert to int."},
		{"GET", "/rating/v1/report/summary?begin=2026-09-01&begin=2026-09-02", "", 400, "begin. Value: '['2026-09-01', '2026-09-02']'. unable to convert to datetime."},
		{"POST", "/rating/v1/rating/quote", `{"resources":[{"volume":"1"}]}`, 500, "keys must be str, int, float, bool or None, not UnsetType"},
	} {
		resp, text := k.do(test.method, test.path, test.body)
		assert.Equal(t, test.status, resp.StatusCode, test.path)
		assert.Contains(t, string(text), test.words)
	}
}

func TestRatedMonthIsTheSameInEveryReport(t *testing.T) {
	t.Parallel()
	for _, storage := range []int{1, 2} {
		t.Run(strconv.Itoa(storage), func(t *testing.T) {
			t.Parallel()
			c := newCloud(t, fakecloud.WithRatingStorage(storage))
			k := admin(t, c)
			want := map[string]float64{}
			sum := 0.0
			for _, p := range c.RatedPoints() {
				want[p.Metric] += p.Price
				sum += p.Price
			}
			require.Greater(t, sum, 10000.0)

			var report struct {
				Summary []struct {
					Metric string `json:"res_type"`
					Rate   string
				}
			}
			ratingAdmin(t, k, "GET", "/v1/report/summary?all_tenants=1&groupby=res_type&"+ratedMonth, "", 200, &report)
			require.Len(t, report.Summary, len(want))
			for _, row := range report.Summary {
				assert.InEpsilon(t, want[row.Metric], number(t, row.Rate), 1e-6, row.Metric)
			}
			var total string
			ratingAdmin(t, k, "GET", "/v1/report/total?all_tenants=1&"+ratedMonth, "", 200, &total)
			assert.InEpsilon(t, sum, number(t, total), 1e-6)

			var frames struct {
				DataFrames []struct{ Resources []struct{ Rating string } }
			}
			ratingAdmin(t, k, "GET", "/v1/storage/dataframes?"+ratedMonth, "", 200, &frames)
			sum = 0
			for _, f := range frames.DataFrames {
				for _, r := range f.Resources {
					sum += number(t, strings.ToLower(r.Rating))
				}
			}
			assert.InEpsilon(t, number(t, total), sum, 1e-5)

			if storage == 2 {
				var summary struct{ Results [][]any }
				ratingAdmin(t, k, "GET", "/v2/summary?groupby=type&"+ratedMonth, "", 200, &summary)
				for _, row := range summary.Results {
					assert.InEpsilon(t, want[row[4].(string)], row[3], 1e-12)
				}
			}
		})
	}
}

func TestWholeHoursOfServersAreRated(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	hours := 0.0
	for _, s := range c.Servers() {
		if s.LaunchedAt == nil {
			continue
		}
		from, to := s.LaunchedAt.Truncate(time.Hour), fakecloud.Epoch
		if s.TerminatedAt != nil {
			to = s.TerminatedAt.Add(time.Hour - 1).Truncate(time.Hour)
		}
		if start := fakecloud.Epoch.AddDate(0, -1, 0); from.Before(start) {
			from = start
		}
		hours += to.Sub(from).Hours()
	}
	var rated float64
	for _, p := range c.RatedPoints() {
		if p.Metric == "instance" {
			rated += p.Quantity
		}
	}
	assert.InDelta(t, hours, rated, 0)
}

func TestReprocessFollowsTheClock(t *testing.T) {
	t.Parallel()
	c := newCloud(t, fakecloud.WithRatingRelease(fakecloud.RatingCurrent))
	k := admin(t, c)
	id := c.ProjectID("data-lake")
	cost := func() float64 {
		var s struct{ Results [][]any }
		ratingAdmin(t, k, "GET", "/v2/summary?filters=type:instance,project_id:"+id+"&begin=2026-09-10T00:00:00&end=2026-09-10T03:00:00", "", 200, &s)
		return s.Results[0][3].(float64)
	}
	before := cost()
	var fields struct {
		Fields []struct {
			ID string `json:"field_id"`
		}
	}
	var services struct {
		Services []struct {
			ID   string `json:"service_id"`
			Name string
		}
	}
	const hm = "/v1/rating/module_config/hashmap"
	ratingAdmin(t, k, "GET", hm+"/services", "", 200, &services)
	ratingAdmin(t, k, "GET", hm+"/fields?service_id="+services.Services[0].ID, "", 200, &fields)
	ratingAdmin(t, k, "POST", hm+"/mappings?force=true", `{"field_id": "`+fields.Fields[0].ID+`", "value": "s1.storage", "cost": "100", "tenant_id": "`+id+
		`", "start": "2026-09-01T00:00:00"}`, http.StatusCreated, nil)

	window := `{"scope_ids": ["` + id + `"], "start_reprocess_time": "2026-09-10T00:00:00", "end_reprocess_time": "2026-09-10T%s", "reason": "new price"}`
	ratingAdmin(t, k, "POST", "/v2/task/reprocesses", strings.Replace(window, "%s", "02:30:00", 1), http.StatusBadRequest, nil)
	ratingAdmin(t, k, "POST", "/v2/task/reprocesses", strings.Replace(window, "%s", "02:00:00", 1), http.StatusAccepted, nil)
	current := func() string {
		var tasks struct {
			Results []struct {
				Current string `json:"current_reprocess_time"`
			}
		}
		ratingAdmin(t, k, "GET", "/v2/task/reprocesses/"+id, "", 200, &tasks)
		return tasks.Results[0].Current
	}
	assert.Empty(t, current())
	c.Advance(time.Second)
	assert.Equal(t, "2026-09-10T00:00:00", current())
	assert.Greater(t, cost(), before+1000)
	c.Advance(time.Minute)
	assert.Equal(t, "2026-09-10T02:00:00", current())
	assert.Greater(t, cost(), before+3000)
}

func TestCurrentCloudKitty(t *testing.T) {
	t.Parallel()
	c := newCloud(t, fakecloud.WithRatingRelease(fakecloud.RatingCurrent))
	k := admin(t, c)
	ratingAdmin(t, k, "PUT", "/v2/rating/modules/pyscripts", `{"enabled": true, "priority": 7}`, http.StatusNoContent, nil)
	var module map[string]any
	ratingAdmin(t, k, "GET", "/v2/rating/modules/pyscripts", "", 200, &module)
	assert.Equal(t, []any{true, 7.0}, []any{module["enabled"], module["priority"]})

	var scope map[string]any
	ratingAdmin(t, k, "POST", "/v2/scope", `{"scope_id": "new", "scope_key": "project_id", "fetcher": "keystone", "collector": "gnocchi", `+
		`"last_processed_timestamp": "2026-09-30T00:00:00"}`, 200, &scope)
	assert.NotContains(t, scope, "state")
	ratingAdmin(t, k, "PATCH", "/v2/scope", `{"scope_id": "new", "active": false}`, 200, &scope)
	assert.Equal(t, false, scope["active"])

	const scripts = "/v1/rating/module_config/pyscripts/scripts"
	var script map[string]any
	ratingAdmin(t, k, "POST", scripts, `{"name": "x", "data": "y", "start": "2026-10-01T00:00:00"}`, http.StatusCreated, &script)
	ratingAdmin(t, k, "DELETE", scripts+"/"+script["script_id"].(string), "", http.StatusNoContent, nil)
	var list struct{ Scripts []map[string]any }
	ratingAdmin(t, k, "GET", scripts+"?deleted=1", "", 200, &list)
	require.Len(t, list.Scripts, 2)
	assert.NotNil(t, list.Scripts[1]["deleted"])
}

func TestResetDeletesWhatWasRatedSince(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	k := admin(t, c)
	id := c.ProjectID("genomics")
	ratingAdmin(t, k, "PUT", "/v2/scope", `{"scope_id": "`+id+`", "last_processed_timestamp": "2026-09-15T00:00:00"}`, http.StatusAccepted, nil)
	for _, p := range c.RatedPoints() {
		if p.GroupBy[2][1] == id {
			require.True(t, p.Begin.Before(time.Date(2026, 9, 15, 0, 0, 0, 0, time.UTC)))
		}
	}
}
