package mockcloud_test

import (
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating"
	"github.com/gophermeter/gophermeter/testing/mockcloud"
)

func ratingV2Client(t *testing.T, transport *httpmock.MockTransport, opts ...rating.Option) *rating.Client {
	t.Helper()
	mockcloud.Keystone(transport, mockcloud.Rating)
	client, err := rating.New(connect(t, transport), opts...)
	require.NoError(t, err)
	return client
}

var ratedHour = gophermeter.Window{Start: when.Truncate(time.Hour), End: when.Truncate(time.Hour).Add(time.Hour)}

func rated(metric, project, price string) rating.Point {
	return rating.Point{
		Metric: metric, Period: ratedHour, Unit: "u", Quantity: decimal.NewFromInt(1), Price: decimal.RequireFromString(price),
		GroupBy: rating.Attributes{{Name: "project_id", Value: project}}, Metadata: rating.Attributes{{Name: "flavor_name", Value: "m1"}},
	}
}

func TestRatingV2IsAnsweredAsItIsGiven(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	day := gophermeter.Day(2026, time.September, 1)
	scope := rating.Scope{ID: "p1", Key: "project_id", Fetcher: "keystone", Collector: "gnocchi", LastProcessed: day.Start, Active: true, ToggledAt: day.End}
	idle := rating.Scope{ID: "p2", Key: "project_id", Fetcher: "keystone", Collector: "gnocchi", LastProcessed: day.Start}
	tasks := []rating.Reprocess{{ScopeID: "p1", Reason: "r", Window: day}, {ScopeID: "p2", Reason: "r", Window: day, Current: day.End}}
	points := []rating.Point{rated("instance", "p1", "0.1"), rated("instance", "p2", "0.2"), rated("volume.size", "p1", "0.00000001")}
	row := rating.SummaryRow{Window: day, Quantity: decimal.New(3, 0), Rate: decimal.New(3, -1), Groups: rating.Attributes{{Name: "type", Value: "instance"}}}
	module := rating.Module{ID: "hashmap", Description: "d", Enabled: true, HotConfig: true, Priority: 7}

	transport := httpmock.NewMockTransport()
	mockcloud.RatingV2(transport, mockcloud.RatingV2Service{
		Points: points, Summary: []rating.SummaryRow{row, row}, Scopes: []rating.Scope{scope, idle}, Updated: idle, Created: scope,
		Reprocesses: tasks, Modules: []rating.Module{module},
	})
	mockcloud.RatingV1(transport, mockcloud.RatingV1Service{Metrics: []rating.Metric{{ID: "instance"}}})
	client := ratingV2Client(t, transport, rating.WithPageSize(2))

	got, err := client.Points(rating.PointOptions{Window: day}).Collect(ctx)
	require.NoError(t, err)
	assert.Equal(t, points, got)
	frames, err := client.Frames(rating.FrameOptions{Window: day, ProjectID: "p1", Metric: "instance"}).Collect(ctx)
	require.NoError(t, err)
	assert.Len(t, frames, 1)
	frames, err = client.Frames(rating.FrameOptions{Window: gophermeter.Day(2026, time.August, 1)}).Collect(ctx)
	require.NoError(t, err)
	assert.Empty(t, frames)
	require.NoError(t, client.PushPoints(ctx, points))

	for _, format := range []rating.SummaryFormat{"", rating.FormatObject} {
		rows, err := client.Summary(rating.SummaryOptions{Window: day, GroupBy: []string{"type"}, Format: format}).Collect(ctx)
		require.NoError(t, err)
		assert.Equal(t, []rating.SummaryRow{row, row}, rows)
	}
	scopes, err := client.Scopes(rating.ScopeOptions{}).Collect(ctx)
	require.NoError(t, err)
	assert.Equal(t, []rating.Scope{scope, idle}, scopes)
	no := false
	scopes, err = client.Scopes(rating.ScopeOptions{Active: &no}).Collect(ctx)
	require.NoError(t, err)
	assert.Equal(t, []rating.Scope{idle}, scopes)
	require.NoError(t, client.ResetScopes(ctx, rating.ScopeReset{All: true, LastProcessed: day.Start}))
	updated, err := client.UpdateScope(ctx, "p2", rating.ScopeUpdate{Active: &no})
	require.NoError(t, err)
	assert.Equal(t, idle, updated)
	created, err := client.CreateScope(ctx, rating.ScopeCreate{ID: "p3", Key: "k", Fetcher: "f", Collector: "c", LastProcessed: day.Start})
	require.NoError(t, err)
	assert.Equal(t, scope, created)

	all, err := client.Reprocesses(rating.ReprocessOptions{NewestFirst: true}).Collect(ctx)
	require.NoError(t, err)
	assert.Equal(t, []rating.Reprocess{tasks[1], tasks[0]}, all)
	task, err := client.GetReprocess(ctx, "p2", day)
	require.NoError(t, err)
	assert.Equal(t, tasks[1], task)
	require.NoError(t, client.CreateReprocess(ctx, rating.ReprocessCreate{All: true, Window: day, Reason: "r"}))

	modules, err := client.ModulesV2().Collect(ctx)
	require.NoError(t, err)
	assert.Equal(t, []rating.Module{module}, modules)
	one, err := client.UpdateModuleV2(ctx, "hashmap", rating.ModuleUpdate{Enabled: &no})
	require.NoError(t, err)
	assert.Equal(t, module, one)
	_, err = client.GetModuleV2(ctx, "nope")
	require.ErrorIs(t, err, gophermeter.ErrNotFound)
	can, err := client.GetCapabilities(ctx)
	require.NoError(t, err)
	assert.True(t, can.V2 && can.Dataframes && can.Reprocesses && can.ModulesV2)
	assert.Equal(t, 19, can.AtLeast)
}

func TestRatingSummaryOfCustomFields(t *testing.T) {
	t.Parallel()
	transport := httpmock.NewMockTransport()
	fields := []rating.SummaryField{{Name: "peak", Number: decimal.New(15, -1), Text: "1.5"}, {Name: "note", Text: "x"}, {Name: "none"}}
	mockcloud.RatingV2(transport, mockcloud.RatingV2Service{Summary: []rating.SummaryRow{{Fields: fields}}})
	day := gophermeter.Day(2026, time.September, 1)
	rows, err := ratingV2Client(t, transport).Summary(rating.SummaryOptions{
		Window: day, Filters: []rating.Filter{{Name: "type", Value: "x"}}, CustomFields: "MAX(qty) AS peak",
	}).Collect(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []rating.SummaryRow{{Window: day, Fields: fields}}, rows)
}

func TestRatingOfStorageV1(t *testing.T) {
	t.Parallel()
	transport := httpmock.NewMockTransport()
	transport.RegisterResponder("GET", mockcloud.Rating.URL+"/v2/dataframes", mockcloud.RatingNoV2())
	transport.RegisterResponder("GET", mockcloud.Rating.URL+"/", mockcloud.RatingVersions("v1"))
	mockcloud.RatingV1(transport, mockcloud.RatingV1Service{})
	client := ratingV2Client(t, transport)
	can, err := client.GetCapabilities(t.Context())
	require.NoError(t, err)
	assert.False(t, can.V2)
	frames, err := client.Frames(rating.FrameOptions{Window: ratedHour}).Collect(t.Context())
	require.NoError(t, err)
	assert.Empty(t, frames)
}
