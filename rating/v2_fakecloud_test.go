package rating_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

func fakeRating(t testing.TB, cloud *fakecloud.Cloud, user string, opts ...rating.Option) *rating.Client {
	t.Helper()
	conn, err := gophermeter.Connect(t.Context(), cloud.OptionsFor(user)...)
	require.NoError(t, err)
	t.Cleanup(conn.CloseIdleConnections)
	client, err := rating.New(conn, opts...)
	require.NoError(t, err)
	return client
}

func fakeCloud(t testing.TB, opts ...fakecloud.Option) *fakecloud.Cloud {
	t.Helper()
	cloud := fakecloud.New(opts...)
	t.Cleanup(cloud.Close)
	return cloud
}

// seededDay is one of the seeded month.
var seededDay = gophermeter.Day(2026, time.September, 3)

// billsOf are the exact totals by project.
func billsOf(t *testing.T, client *rating.Client, w gophermeter.Window) (bills rating.Totals[string], points int) {
	t.Helper()
	for f, err := range client.Frames(rating.FrameOptions{Window: w}).All(t.Context()) {
		require.NoError(t, err)
		require.NotEmpty(t, f.ProjectID)
		bills.Add(f.ProjectID, f.Price)
		points++
	}
	return bills, points
}

// v2 writes floats of 64 bits, and storage v1 keeps prices in floats of 32.
func TestFramesAgreeWithTheSummaryAndWithStorageV1(t *testing.T) {
	t.Parallel()
	v2 := fakeRating(t, fakeCloud(t), "admin")
	bills, points := billsOf(t, v2, seededDay)
	rows, err := v2.Summary(rating.SummaryOptions{Window: seededDay, GroupBy: []string{rating.GroupByProject}}).Collect(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, rows)
	for _, row := range rows {
		bill := bills.Get(row.Groups.Get(rating.GroupByProject))
		assert.InEpsilon(t, row.Rate.InexactFloat64(), bill.Total().InexactFloat64(), 1e-12)
	}
	old, same := billsOf(t, fakeRating(t, fakeCloud(t, fakecloud.WithRatingStorage(1)), "admin"), seededDay)
	assert.Equal(t, points, same)
	for project, total := range bills.All() {
		bill := old.Get(project)
		assert.InEpsilon(t, total.InexactFloat64(), bill.Total().InexactFloat64(), 1e-6)
	}
}

// bareSummary asks without filters, as other clients do, and counts the projects of the answer.
func bareSummary(t *testing.T, cloud *fakecloud.Cloud, user string) int {
	t.Helper()
	conn, err := gophermeter.Connect(t.Context(), cloud.OptionsFor(user)...)
	require.NoError(t, err)
	t.Cleanup(conn.CloseIdleConnections)
	service, err := conn.Service("rating")
	require.NoError(t, err)
	var answer struct{ Total int }
	require.NoError(t, service.Base("v2").Read(t.Context(), gophermeter.Request{
		Op: "test", Path: []string{"summary"}, Query: url.Values{
			"groupby": {"project_id"}, "begin": {"2026-09-03T00:00:00Z"}, "end": {"2026-09-04T00:00:00Z"},
		},
	}, func(_ http.Header, body []byte) error { return json.Unmarshal(body, &answer) }))
	return answer.Total
}

func TestSummaryOfTheCloudIsWholeAfterAUserAsked(t *testing.T) {
	t.Parallel()
	cloud := fakeCloud(t, fakecloud.WithSummaryLeak())
	projects := bareSummary(t, cloud, "admin")
	require.Greater(t, projects, 1)
	require.Equal(t, 1, bareSummary(t, cloud, "demo"))
	require.Equal(t, 1, bareSummary(t, cloud, "admin"), "the fault of releases before 24")
	rows, err := fakeRating(t, cloud, "admin").Summary(rating.SummaryOptions{Window: seededDay, GroupBy: []string{rating.GroupByProject}}).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, rows, projects)
}

func TestAUserIsNotGivenHisOwnBillForAnothers(t *testing.T) {
	t.Parallel()
	for _, storage := range []int{1, 2} {
		cloud := fakeCloud(t, fakecloud.WithRatingStorage(storage))
		demo, other := fakeRating(t, cloud, "demo"), cloud.ProjectID("genomics")
		_, err := demo.Frames(rating.FrameOptions{Window: seededDay, ProjectID: other}).Collect(t.Context())
		require.ErrorIs(t, err, gophermeter.ErrForbidden)
		own, err := demo.Frames(rating.FrameOptions{Window: seededDay, ProjectID: cloud.ProjectID("web-shop")}).Collect(t.Context())
		require.NoError(t, err)
		assert.NotEmpty(t, own)
		if storage == 1 {
			continue
		}
		_, err = demo.Summary(rating.SummaryOptions{Window: seededDay, Filters: []rating.Filter{{Name: "project_id", Value: other}}}).Collect(t.Context())
		require.ErrorIs(t, err, gophermeter.ErrForbidden)
	}
}

func TestEveryCallOfV2(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	cloud := fakeCloud(t, fakecloud.WithRatingRelease(fakecloud.RatingCurrent))
	client := fakeRating(t, cloud, "admin", rating.WithPeriod(time.Hour))
	can, err := client.GetCapabilities(ctx)
	require.NoError(t, err)
	assert.Equal(t, 19, can.AtLeast)
	project := cloud.ProjectID("web-shop")

	at := seededDay.Start
	pushed := rating.Point{
		Metric: "support", Unit: "hour", Period: gophermeter.Window{Start: at, End: at.Add(time.Hour)}, Quantity: amount("1.5"),
		Price: amount("12.25"), GroupBy: rating.Attributes{{Name: "project_id", Value: project}}, Metadata: rating.Attributes{},
	}
	require.NoError(t, client.PushPoints(ctx, []rating.Point{pushed}))
	points, err := client.Points(rating.PointOptions{Window: seededDay, Filters: []rating.Filter{{Name: "type", Value: "support"}}}).Collect(ctx)
	require.NoError(t, err)
	require.Len(t, points, 1)
	assert.True(t, pushed.Price.Equal(points[0].Price))

	created, err := client.CreateScope(ctx, rating.ScopeCreate{ID: "new", Key: "project_id", Fetcher: "keystone", Collector: "gnocchi", LastProcessed: at})
	require.NoError(t, err)
	assert.Equal(t, at, created.LastProcessed)
	updated, err := client.UpdateScope(ctx, "new", rating.ScopeUpdate{Collector: "prometheus"})
	require.NoError(t, err)
	assert.Equal(t, "prometheus", updated.Collector)
	require.NoError(t, client.ResetScopes(ctx, rating.ScopeReset{IDs: []string{"new"}, LastProcessed: at.Add(-time.Hour)}))

	require.NoError(t, client.CreateReprocess(ctx, rating.ReprocessCreate{ScopeIDs: []string{project}, Window: seededDay, Reason: "new prices"}))
	all, err := client.Reprocesses(rating.ReprocessOptions{}).Collect(ctx)
	require.NoError(t, err)
	require.Len(t, all, 1)
	task, err := client.GetReprocess(ctx, project, seededDay)
	require.NoError(t, err)
	assert.Equal(t, all[0], task)

	modules, err := client.ModulesV2().Collect(ctx)
	require.NoError(t, err)
	require.Len(t, modules, 3)
	module, err := client.UpdateModuleV2(ctx, "pyscripts", rating.ModuleUpdate{Priority: ptr(int64(7))})
	require.NoError(t, err)
	assert.Equal(t, int64(7), module.Priority)
	module, err = client.GetModuleV2(ctx, "pyscripts")
	require.NoError(t, err)
	assert.Equal(t, int64(7), module.Priority)
}

// Release 17 stores a PATCH and then fails; it cannot create scopes, and has no PUT of modules in v2.
func TestWritesOfARelease17(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	cloud := fakeCloud(t)
	client := fakeRating(t, cloud, "admin")
	project := cloud.ProjectID("staging")
	updated, err := client.UpdateScope(ctx, project, rating.ScopeUpdate{Active: ptr(false)})
	require.NoError(t, err)
	assert.False(t, updated.Active)
	_, err = client.CreateScope(ctx, rating.ScopeCreate{ID: "new", Key: "project_id", Fetcher: "keystone", Collector: "gnocchi", LastProcessed: seededDay.Start})
	require.Error(t, err)
	module, err := client.UpdateModuleV2(ctx, "pyscripts", rating.ModuleUpdate{Priority: ptr(int64(7))})
	require.NoError(t, err)
	assert.Equal(t, int64(7), module.Priority)
}
