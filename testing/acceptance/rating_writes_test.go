//go:build acceptance

package acceptance_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating"
	"github.com/gophermeter/gophermeter/rating/hashmap"
)

func TestRatingCapabilities(t *testing.T) {
	onBoth(t, func(t *testing.T, s storage) {
		got, err := s.rating(t, "").GetCapabilities(t.Context())
		require.NoError(t, err)
		assert.Equal(t, s.v2, got.V2)
		assert.Equal(t, [3]bool{s.v2, s.v2, s.v2}, [3]bool{got.Dataframes, got.Reprocesses, got.ModulesV2})
		assert.LessOrEqual(t, got.AtLeast, 17)
		if s.v2 {
			assert.Equal(t, 17, got.AtLeast)
		}
	})
}

func TestRatingInfo(t *testing.T) {
	onBoth(t, func(t *testing.T, s storage) {
		ctx, client := t.Context(), s.rating(t, "demo")
		metrics, err := client.Metrics().Collect(ctx)
		require.NoError(t, err)
		require.Len(t, metrics, 5)
		one, err := client.GetMetric(ctx, "instance")
		require.NoError(t, err)
		assert.Equal(t, "instance", one.Unit)
		assert.ElementsMatch(t, []string{"flavor_name", "flavor_id", "vcpus"}, one.Metadata)
		_, err = client.GetMetric(ctx, "cpu")
		require.ErrorIs(t, err, gophermeter.ErrNotFound, "by its other name only")
		services, err := client.Services().Collect(ctx) //nolint:staticcheck // deprecated, and works
		require.NoError(t, err)
		assert.Len(t, services, 5)
		service, err := client.GetService(ctx, "volume.size") //nolint:staticcheck // deprecated, and works
		require.NoError(t, err)
		assert.Equal(t, "GiB", service.Unit)
		config, err := client.GetConfig(ctx)
		require.NoError(t, err)
		require.Len(t, config.Metrics, 5)
		cpu := config.Metrics[slices.IndexFunc(config.Metrics, func(m rating.MetricConfig) bool { return m.Name == "cpu" })]
		assert.Equal(t, "instance", cpu.ID())
		assert.Equal(t, rating.MutateNumBool, cpu.Mutate)
	})
}

func TestRatingModules(t *testing.T) {
	onBoth(t, func(t *testing.T, s storage) {
		ctx, client := t.Context(), s.rating(t, "")
		modules, err := client.Modules().Collect(ctx)
		require.NoError(t, err)
		again, err := client.ModulesV2().Collect(ctx) // of v1 where there is no v2
		require.NoError(t, err)
		assert.Equal(t, modules, again)
		require.Len(t, modules, 3)
		before, err := client.GetModuleV2(ctx, "pyscripts")
		require.NoError(t, err)
		assert.Equal(t, rating.Module{ID: "pyscripts", Description: "PyScripts rating module.", Enabled: true, HotConfig: true, Priority: 50}, before)
		t.Cleanup(func() {
			_, err := client.UpdateModule(context.WithoutCancel(ctx), "pyscripts", rating.ModuleUpdate{Enabled: &before.Enabled, Priority: &before.Priority})
			assert.NoError(t, err)
		})
		priority := int64(51)
		after, err := client.UpdateModule(ctx, "pyscripts", rating.ModuleUpdate{Priority: &priority})
		require.NoError(t, err, "a 302 is what 17.0 says")
		assert.Equal(t, [2]any{true, priority}, [2]any{after.Enabled, after.Priority})
		off := false
		after, err = client.UpdateModuleV2(ctx, "pyscripts", rating.ModuleUpdate{Enabled: &off}) // 17.0 has only v1's
		require.NoError(t, err)
		assert.Equal(t, [2]any{false, priority}, [2]any{after.Enabled, after.Priority})
		require.NoError(t, client.ReloadModules(ctx))
		_, err = client.GetModule(ctx, "nope")
		require.ErrorIs(t, err, gophermeter.ErrNotFound)
		_, err = client.UpdateModule(ctx, "nope", rating.ModuleUpdate{Enabled: &off})
		require.ErrorIs(t, err, gophermeter.ErrNotFound)
	})
}

func TestRatingQuote(t *testing.T) {
	onBoth(t, func(t *testing.T, s storage) {
		ctx, client := t.Context(), s.rating(t, "demo")
		server := rating.QuoteResource{Service: "instance", Volume: decimal.NewFromInt(2), Metadata: map[string]string{"flavor_name": "m1.small"}}
		price, err := client.GetQuote(ctx, server)
		require.NoError(t, err)
		exact(t, "0.0426", price, "two servers")
		disk := rating.QuoteResource{Service: "volume.size", Volume: decimal.RequireFromString("0.3"), Metadata: map[string]string{"volume_type": "ssd"}}
		address := rating.QuoteResource{Service: "ip.floating", Volume: decimal.NewFromInt(1)}
		price, err = client.GetQuote(ctx, server, disk, address)
		require.NoError(t, err)
		exact(t, "0.0426331", price, "with a volume, and a script's price")
		server.Flat = true
		price, err = client.GetQuote(ctx, server)
		require.NoError(t, err)
		exact(t, "0", price, "the form of the document")
		price, err = client.GetQuote(ctx)
		require.NoError(t, err)
		exact(t, "0", price, "nothing")
	})
}

func TestRatingCollectors(t *testing.T) {
	onBoth(t, func(t *testing.T, s storage) {
		ctx, client := t.Context(), s.rating(t, "")
		for _, m := range []rating.CollectorMapping{{Service: "compute", Collector: "gnocchi"}, {Service: "a/b c", Collector: "meta"}} {
			t.Cleanup(func() { _ = client.DeleteCollectorMapping(context.WithoutCancel(ctx), m.Service) })
			made, err := client.CreateCollectorMapping(ctx, m)
			require.NoError(t, err)
			assert.Equal(t, m, made)
			got, err := client.GetCollectorMapping(ctx, m.Service)
			require.NoError(t, err)
			assert.Equal(t, m, got)
			of, err := client.CollectorMappings(rating.CollectorMappingOptions{Collector: m.Collector}).Collect(ctx)
			require.NoError(t, err)
			assert.Equal(t, []rating.CollectorMapping{m}, of)
			require.NoError(t, client.DeleteCollectorMapping(ctx, m.Service))
			_, err = client.GetCollectorMapping(ctx, m.Service)
			require.ErrorIs(t, err, gophermeter.ErrNotFound)
			require.ErrorIs(t, client.DeleteCollectorMapping(ctx, m.Service), gophermeter.ErrNotFound)
		}
		for _, on := range []bool{true, false} {
			info, err := client.SetCollectorState(ctx, rating.CollectorInfo{Name: "gnocchi", Enabled: on})
			require.NoError(t, err)
			assert.Equal(t, rating.CollectorInfo{Name: "gnocchi", Enabled: on}, info)
			info, err = client.GetCollectorState(ctx, "gnocchi")
			require.NoError(t, err)
			assert.Equal(t, on, info.Enabled)
		}
	})
}

func TestRatingScopes(t *testing.T) {
	truth := load[rated](t, "rating-truth.json")
	ctx, client := t.Context(), storages[0].rating(t, "", rating.WithPageSize(50), rating.WithPeriod(time.Hour))
	all, err := client.Scopes(rating.ScopeOptions{}).Collect(ctx)
	require.NoError(t, err)
	assert.Len(t, all, len(truth.Projects)+len(truth.Scopes))
	none, err := client.Scopes(rating.ScopeOptions{Keys: []string{"nope"}}).Collect(ctx)
	require.NoError(t, err)
	assert.Empty(t, none)
	_, err = client.GetScope(ctx, "nope")
	require.ErrorIs(t, err, gophermeter.ErrNotFound)

	id := truth.Scopes[0]
	for _, active := range []bool{false, true} {
		scope, err := client.UpdateScope(ctx, id, rating.ScopeUpdate{Active: &active})
		require.NoError(t, err, "17.0 stores it and answers 500")
		assert.Equal(t, active, scope.Active)
		found, err := client.Scopes(rating.ScopeOptions{IDs: truth.Scopes[:2], Active: &active}).Collect(ctx)
		require.NoError(t, err)
		assert.Len(t, found, map[bool]int{true: 2, false: 1}[active])
	}
	_, err = client.CreateScope(ctx, rating.ScopeCreate{ID: "gophermeter-new", Key: "project_id", Fetcher: "source", Collector: "gnocchi",
		LastProcessed: truth.window(t).Start})
	require.ErrorIs(t, err, gophermeter.ErrUnsupported, "17.0 cannot")

	// More than the hundred that one call of 17.0 reaches. They have no data that could be lost.
	for _, at := range []time.Time{truth.window(t).Start, truth.window(t).End.Add(-time.Hour)} {
		require.NoError(t, client.ResetScopes(ctx, rating.ScopeReset{IDs: truth.Scopes, LastProcessed: at}))
		require.Eventually(t, func() bool {
			scopes, err := client.Scopes(rating.ScopeOptions{IDs: truth.Scopes}).Collect(ctx)
			return assert.NoError(t, err) && !slices.ContainsFunc(scopes, func(s rating.Scope) bool { return !s.LastProcessed.Equal(at) })
		}, time.Minute, 200*time.Millisecond, "the processor resets them")
	}
	require.ErrorIs(t, client.ResetScopes(ctx, rating.ScopeReset{IDs: []string{"nope"}, LastProcessed: truth.window(t).Start}), gophermeter.ErrNotFound)
}

func TestRatingPushedPoints(t *testing.T) {
	ctx, client := t.Context(), storages[0].rating(t, "", rating.WithPageSize(3))
	day := gophermeter.Day(2026, time.February, 3)
	var pushed []rating.Point
	for i := range 8 {
		hour := gophermeter.Window{Start: day.Start.Add(time.Duration(i/2) * time.Hour), End: day.Start.Add(time.Duration(i/2+1) * time.Hour)}
		pushed = append(pushed, rating.Point{Metric: "gophermeter.test", Period: hour, Unit: "unit", Quantity: decimal.RequireFromString("0.1"),
			Price:    decimal.RequireFromString("0.12345678901234"),
			GroupBy:  rating.Attributes{{Name: "id", Value: string(rune('a' + i))}, {Name: "project_id", Value: "pushed"}},
			Metadata: rating.Attributes{{Name: "color", Value: "dark: blue, é"}}})
	}
	require.NoError(t, client.PushPoints(ctx, pushed))
	require.NoError(t, client.PushPoints(ctx, pushed), "InfluxDB has a point of the same time and attributes once")
	got, err := client.Points(rating.PointOptions{Window: day, Filters: []rating.Filter{{Name: "type", Value: "gophermeter.test"}}}).Collect(ctx)
	require.NoError(t, err)
	require.Len(t, got, len(pushed))
	for _, p := range got {
		i := slices.IndexFunc(pushed, func(o rating.Point) bool { return o.GroupBy.Get("id") == p.GroupBy.Get("id") })
		require.GreaterOrEqual(t, i, 0)
		exact(t, pushed[i].Price.String(), p.Price, "price")
		exact(t, "0.1", p.Quantity, "quantity")
		assert.Equal(t, pushed[i].Period, p.Period)
		assert.Equal(t, "dark: blue, é", p.Metadata.Get("color"))
	}
	err = storages[0].rating(t, "demo").PushPoints(ctx, pushed)
	require.ErrorIs(t, err, gophermeter.ErrForbidden)
	err = storages[1].rating(t, "").PushPoints(ctx, pushed)
	require.ErrorIs(t, err, gophermeter.ErrUnsupported)
}

// A new price, and what was rated with the old one rated again.
func TestRatingReprocess(t *testing.T) {
	truth := load[rated](t, "rating-truth.json")
	ctx, s := t.Context(), storages[0]
	client, h := s.rating(t, "", rating.WithPeriod(time.Hour)), s.hashmap(t, "")
	id := truth.Projects["tenant-1"].ID
	window := gophermeter.Window{Start: truth.window(t).Start.AddDate(0, 0, 4), End: truth.window(t).Start.AddDate(0, 0, 4).Add(3 * time.Hour)}

	instance, err := h.FindService(ctx, "instance")
	require.NoError(t, err)
	flavor, err := h.FindField(ctx, instance.ID, "flavor_name")
	require.NoError(t, err)
	mappings, err := h.Mappings(hashmap.MappingOptions{FieldID: flavor.ID}).Collect(ctx)
	require.NoError(t, err)
	small := mappings[slices.IndexFunc(mappings, func(m hashmap.Mapping) bool { return m.Value == "m1.small" })]

	rate := func(ctx context.Context, cost decimal.Decimal) {
		t.Helper()
		_, err := h.ChangePrice(ctx, small.ID, hashmap.PriceChange{Cost: cost})
		require.NoError(t, err)
		require.NoError(t, client.CreateReprocess(ctx, rating.ReprocessCreate{ScopeIDs: []string{id}, Window: window, Reason: "acceptance"}))
		seen := 0
		done, err := client.WaitReprocess(ctx, id, window, func(rating.Reprocess) { seen++ })
		require.NoError(t, err)
		assert.True(t, done.Done())
		assert.InDelta(t, 1, done.Progress(), 0)
		assert.Positive(t, seen)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Minute)
		defer cancel()
		rate(ctx, small.Cost)
		sum, n := servers(ctx, t, client, id, window)
		assert.Equal(t, 3, n)
		near(t, decimal.NewFromInt(3).Mul(small.Cost), sum, s.each, 0, "as it was")
	})
	rate(ctx, decimal.RequireFromString("0.5"))
	sum, n := servers(ctx, t, client, id, window)
	assert.Equal(t, 3, n)
	exact(t, "1.5", sum, "three hours of a server")
	next := gophermeter.Window{Start: window.End, End: window.End.Add(time.Hour)}
	sum, _ = servers(ctx, t, client, id, next)
	exact(t, "0.5", sum, "17.0 also rates again the period that begins at the end of the window")

	tasks, err := client.ScopeReprocesses(id).Collect(ctx)
	require.NoError(t, err)
	require.NotEmpty(t, tasks)
	assert.Equal(t, window, tasks[len(tasks)-1].Window)
	newest, err := client.Reprocesses(rating.ReprocessOptions{ScopeIDs: []string{id}, NewestFirst: true}).Collect(ctx)
	require.NoError(t, err)
	assert.Equal(t, tasks[len(tasks)-1], newest[0])
	err = client.CreateReprocess(ctx, rating.ReprocessCreate{ScopeIDs: []string{"nope"}, Window: window, Reason: "acceptance"})
	require.ErrorIs(t, err, gophermeter.ErrBadRequest)
	assert.ErrorContains(t, err, "do not exist")
	_, err = client.GetReprocess(ctx, id, gophermeter.Month(2001, 1))
	require.ErrorIs(t, err, gophermeter.ErrNotFound)
}

func servers(ctx context.Context, t *testing.T, client *rating.Client, id string, w gophermeter.Window) (decimal.Decimal, int) {
	t.Helper()
	var sum rating.Sum
	for f, err := range client.Frames(rating.FrameOptions{Window: w, ProjectID: id, Metric: "instance"}).All(ctx) {
		require.NoError(t, err)
		sum.Add(f.Price)
	}
	return sum.Total(), sum.Count()
}
