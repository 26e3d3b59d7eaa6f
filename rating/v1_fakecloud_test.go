package rating_test

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating"
	"github.com/gophermeter/gophermeter/rating/hashmap"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

func fakeHashmap(t testing.TB, cloud *fakecloud.Cloud) *hashmap.Client {
	t.Helper()
	conn, err := gophermeter.Connect(t.Context(), cloud.Options()...)
	require.NoError(t, err)
	t.Cleanup(conn.CloseIdleConnections)
	client, err := hashmap.New(conn)
	require.NoError(t, err)
	return client
}

// onBothStorages runs a test on a cloud of each.
func onBothStorages(t *testing.T, test func(t *testing.T, storage int, cloud *fakecloud.Cloud)) {
	t.Helper()
	for _, storage := range []int{1, 2} {
		t.Run(fmt.Sprint("storage v", storage), func(t *testing.T) {
			t.Parallel()
			test(t, storage, fakeCloud(t, fakecloud.WithRatingStorage(storage)))
		})
	}
}

// near wants two amounts no further apart than rounding to 5 decimals makes so many of them.
func near(t testing.TB, want, got decimal.Decimal, rounded int) {
	t.Helper()
	most := decimal.New(5, -6).Mul(decimal.NewFromInt(int64(rounded))).Add(decimal.New(1, -9))
	assert.True(t, want.Sub(got).Abs().LessThanOrEqual(most), "%s and %s", want, got)
}

func TestReportsOfV1Agree(t *testing.T) {
	t.Parallel()
	onBothStorages(t, func(t *testing.T, _ int, cloud *fakecloud.Cloud) {
		ctx := t.Context()
		client := fakeRating(t, cloud, "admin")
		all := rating.ReportOptions{Window: seededDay, AllProjects: true}
		total, err := client.GetReportTotal(ctx, all)
		require.NoError(t, err)
		require.True(t, total.IsPositive())

		for _, groups := range [][]rating.ReportGroup{nil, {rating.ReportByProject}, {rating.ReportByMetric}, {rating.ReportByProject, rating.ReportByMetric}} {
			opts := all
			opts.GroupBy = groups
			rows, err := client.ReportSummaries(opts).Collect(ctx)
			require.NoError(t, err)
			require.NotEmpty(t, rows)
			if groups == nil {
				require.Len(t, rows, 1)
			}
			var sum rating.Sum
			seen := map[[2]string]bool{}
			for _, row := range rows {
				assert.Equal(t, seededDay, row.Window)
				assert.Equal(t, len(groups) == 2 || len(groups) == 1 && groups[0] == rating.ReportByProject, row.ProjectID != "")
				assert.Equal(t, len(groups) == 2 || len(groups) == 1 && groups[0] == rating.ReportByMetric, row.Metric != "")
				assert.True(t, row.Rate.Equal(row.Rate.Round(5)))
				seen[[2]string{row.ProjectID, row.Metric}] = true
				sum.Add(row.Rate)
			}
			assert.Len(t, seen, len(rows))
			near(t, total, sum.Total(), len(rows))
		}
	})
}

func TestStorageDataFramesAgreeWithTheReports(t *testing.T) {
	t.Parallel()
	onBothStorages(t, func(t *testing.T, storage int, cloud *fakecloud.Cloud) {
		ctx := t.Context()
		client := fakeRating(t, cloud, "admin")
		var bills rating.Totals[string]
		resources := 0
		for frame, err := range client.StorageDataFrames(rating.StorageDataFrameOptions{Window: seededDay}).All(ctx) {
			require.NoError(t, err)
			for _, r := range frame.Resources {
				require.NotEmpty(t, r.ProjectID)
				bills.Add(r.ProjectID, r.Price)
				resources++
			}
		}
		_, points := billsOf(t, client, seededDay)
		assert.Equal(t, points, resources)

		rows, err := client.ReportSummaries(rating.ReportOptions{
			Window: seededDay, AllProjects: true, GroupBy: []rating.ReportGroup{rating.ReportByProject},
		}).Collect(ctx)
		require.NoError(t, err)
		billed := map[string]bool{}
		for project := range bills.All() {
			billed[project] = true
		}
		require.Len(t, rows, len(billed))
		for _, row := range rows {
			bill := bills.Get(row.ProjectID)
			if storage == 2 {
				near(t, row.Rate, bill.Total(), 1)
			} else {
				assert.InEpsilon(t, row.Rate.InexactFloat64(), bill.Total().InexactFloat64(), 1e-6)
			}
			total, err := client.GetReportTotal(ctx, rating.ReportOptions{Window: seededDay, ProjectID: row.ProjectID})
			require.NoError(t, err)
			near(t, row.Rate, total, 1)
		}

		tenants, err := client.ReportTenants(seededDay).Collect(ctx)
		require.NoError(t, err)
		got := map[string]bool{}
		for _, id := range tenants {
			got[id] = true
		}
		if storage == 2 { // all that ever were
			assert.Contains(t, got, cloud.ProjectID("sandbox"))
			delete(got, cloud.ProjectID("sandbox"))
		}
		assert.Equal(t, billed, got)
	})
}

func TestReportOfOneMetric(t *testing.T) {
	t.Parallel()
	onBothStorages(t, func(t *testing.T, _ int, cloud *fakecloud.Cloud) {
		client := fakeRating(t, cloud, "admin")
		web := cloud.ProjectID("web-shop")
		var sum rating.Sum
		for frame, err := range client.StorageDataFrames(rating.StorageDataFrameOptions{
			Window: seededDay, ProjectID: web, Metric: "volume.size",
		}).All(t.Context()) {
			require.NoError(t, err)
			for _, r := range frame.Resources {
				require.Equal(t, "volume.size", r.Metric)
				require.Equal(t, web, r.ProjectID)
				sum.Add(r.Price)
			}
		}
		require.Positive(t, sum.Count())
		rows, err := client.ReportSummaries(rating.ReportOptions{Window: seededDay, ProjectID: web, Metric: "volume.size"}).Collect(t.Context())
		require.NoError(t, err)
		require.Len(t, rows, 1)
		assert.Equal(t, [2]string{web, "volume.size"}, [2]string{rows[0].ProjectID, rows[0].Metric})
		// Of six digits that storage v1 reads back the last may be half of one off.
		assert.InEpsilon(t, rows[0].Rate.InexactFloat64(), sum.Total().InexactFloat64(), 5e-6)
	})
}

func TestReportWhereNothingWasRated(t *testing.T) {
	t.Parallel()
	onBothStorages(t, func(t *testing.T, storage int, cloud *fakecloud.Cloud) {
		ctx := t.Context()
		client := fakeRating(t, cloud, "admin")
		opts := rating.ReportOptions{Window: longAgoV1, AllProjects: true}
		rows, err := client.ReportSummaries(opts).Collect(ctx)
		require.NoError(t, err)
		if storage == 1 {
			require.Len(t, rows, 1)
			assert.True(t, rows[0].Rate.IsZero())
		} else {
			assert.Empty(t, rows)
		}
		total, err := client.GetReportTotal(ctx, opts)
		require.NoError(t, err)
		assert.True(t, total.IsZero())
		frames, err := client.StorageDataFrames(rating.StorageDataFrameOptions{Window: longAgoV1}).Collect(ctx)
		require.NoError(t, err)
		assert.Empty(t, frames)

		// The administrator's own project, which has nothing, and not all.
		total, err = client.GetReportTotal(ctx, rating.ReportOptions{Window: seededDay})
		require.NoError(t, err)
		assert.True(t, total.IsZero())
	})
}

func TestMemberOfV1SeesHisOwn(t *testing.T) {
	t.Parallel()
	onBothStorages(t, func(t *testing.T, _ int, cloud *fakecloud.Cloud) {
		ctx := t.Context()
		admin, demo := fakeRating(t, cloud, "admin"), fakeRating(t, cloud, "demo")
		web, other := cloud.ProjectID("web-shop"), cloud.ProjectID("genomics")
		want, err := admin.GetReportTotal(ctx, rating.ReportOptions{Window: seededDay, ProjectID: web})
		require.NoError(t, err)
		require.True(t, want.IsPositive())
		for _, project := range []string{"", web} {
			total, err := demo.GetReportTotal(ctx, rating.ReportOptions{Window: seededDay, ProjectID: project})
			require.NoError(t, err)
			assert.True(t, want.Equal(total), "%s and %s", want, total)
		}
		for frame, err := range demo.StorageDataFrames(rating.StorageDataFrameOptions{Window: seededDay}).All(ctx) {
			require.NoError(t, err)
			for _, r := range frame.Resources {
				require.Equal(t, web, r.ProjectID)
			}
		}

		refused := map[string]func() error{
			"the total of another": func() error {
				_, err := demo.GetReportTotal(ctx, rating.ReportOptions{Window: seededDay, ProjectID: other})
				return err
			},
			"the total of all": func() error {
				_, err := demo.GetReportTotal(ctx, rating.ReportOptions{Window: seededDay, AllProjects: true})
				return err
			},
			"the summary of another": func() error {
				_, err := demo.ReportSummaries(rating.ReportOptions{Window: seededDay, ProjectID: other}).Collect(ctx)
				return err
			},
			"the summary of all": func() error {
				_, err := demo.ReportSummaries(rating.ReportOptions{Window: seededDay, AllProjects: true}).Collect(ctx)
				return err
			},
			"the frames of another": func() error {
				_, err := demo.StorageDataFrames(rating.StorageDataFrameOptions{Window: seededDay, ProjectID: other}).Collect(ctx)
				return err
			},
			"tenants":  func() error { _, err := demo.ReportTenants(seededDay).Collect(ctx); return err },
			"modules":  func() error { _, err := demo.Modules().Collect(ctx); return err },
			"a module": func() error { _, err := demo.GetModule(ctx, "hashmap"); return err },
			"a module's change": func() error {
				_, err := demo.UpdateModule(ctx, "hashmap", rating.ModuleUpdate{Enabled: ptr(false)})
				return err
			},
			"reloading": func() error { return demo.ReloadModules(ctx) },
			"mappings": func() error {
				_, err := demo.CollectorMappings(rating.CollectorMappingOptions{}).Collect(ctx)
				return err
			},
			"a mapping": func() error { _, err := demo.GetCollectorMapping(ctx, "compute"); return err },
			"a new mapping": func() error {
				_, err := demo.CreateCollectorMapping(ctx, rating.CollectorMapping{Service: "compute", Collector: "gnocchi"})
				return err
			},
			"a mapping's end": func() error { return demo.DeleteCollectorMapping(ctx, "compute") },
			"a state":         func() error { _, err := demo.GetCollectorState(ctx, "gnocchi"); return err },
			"a state's change": func() error {
				_, err := demo.SetCollectorState(ctx, rating.CollectorInfo{Name: "gnocchi", Enabled: true})
				return err
			},
		}
		for what, call := range refused {
			err := call()
			require.ErrorIs(t, err, gophermeter.ErrForbidden, what)
			assert.ErrorContains(t, err, "Policy doesn't allow", what)
		}
		module, err := admin.GetModule(ctx, "hashmap")
		require.NoError(t, err)
		assert.True(t, module.Enabled, "what was refused was not done")
		mappings, err := admin.CollectorMappings(rating.CollectorMappingOptions{}).Collect(ctx)
		require.NoError(t, err)
		assert.Empty(t, mappings)
	})
}

// server is a quote for servers of a flavor.
func server(flavor, count string) rating.QuoteResource {
	return rating.QuoteResource{Service: "instance", Volume: amount(count), Metadata: map[string]string{"flavor_name": flavor}}
}

func TestQuoteIsWhatWasRated(t *testing.T) {
	t.Parallel()
	cloud := fakeCloud(t)
	client := fakeRating(t, cloud, "admin")
	first := gophermeter.Window{Start: seededDay.Start, End: seededDay.Start.Add(time.Hour)}
	quoted := map[string]int{}
	for f, err := range client.Frames(rating.FrameOptions{Window: first}).All(t.Context()) {
		require.NoError(t, err)
		if f.ProjectID == cloud.ProjectID("genomics") && f.Metric == "instance" {
			continue // has a price of its own, and quotes know no project
		}
		price, err := client.GetQuote(t.Context(), rating.QuoteResource{Service: f.Metric, Volume: f.Quantity, Metadata: f.Attributes.Map()})
		require.NoError(t, err)
		assert.InDelta(t, f.Price.InexactFloat64(), price.InexactFloat64(), 1e-12, "%+v", f)
		quoted[f.Metric]++
	}
	assert.Len(t, quoted, 3)
	contract, err := client.GetQuote(t.Context(), server("h1.node", "1"))
	require.NoError(t, err)
	sameAmount(t, "1.4333333333", contract)
}

func TestQuoteBeforeAndAfterAPriceChange(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	cloud := fakeCloud(t)
	admin, demo, rules := fakeRating(t, cloud, "admin"), fakeRating(t, cloud, "demo"), fakeHashmap(t, cloud)
	costs := func(want string, resources ...rating.QuoteResource) {
		t.Helper()
		price, err := demo.GetQuote(ctx, resources...)
		require.NoError(t, err)
		sameAmount(t, want, price)
	}
	volume := rating.QuoteResource{Service: "volume.size", Volume: amount("20"), Metadata: map[string]string{"volume_type": "nvme"}}
	traffic := func(mb string) rating.QuoteResource {
		return rating.QuoteResource{Service: "network.outgoing.bytes.rate", Volume: amount(mb)}
	}
	costs("0.0232", server("m1.small", "2"))
	costs("0.00410958903", volume) // a factor of 1.5
	costs("0.02730958903", server("m1.small", "2"), volume)
	costs("0", server("unknown", "2"))
	costs("0", rating.QuoteResource{Service: "unknown", Volume: amount("2")})
	costs("0", traffic("999.999"))
	costs("0.02", traffic("1000"))
	costs("0.02", traffic("5000"))
	costs("0")
	inGroupBy := rating.QuoteResource{Service: "instance", Volume: amount("1"), GroupBy: map[string]string{"flavor_name": "m1.small"}}
	costs("0.0116", inGroupBy)
	inGroupBy.Flat = true
	costs("0", inGroupBy) // as releases since 11 want it not

	service, err := rules.FindService(ctx, "instance")
	require.NoError(t, err)
	field, err := rules.FindField(ctx, service.ID, "flavor_name")
	require.NoError(t, err)
	for m, err := range rules.Mappings(hashmap.MappingOptions{FieldID: field.ID}).All(ctx) {
		require.NoError(t, err)
		if m.Value == "m1.small" {
			changed, err := rules.ChangePrice(ctx, m.ID, hashmap.PriceChange{Cost: amount("0.0123456789012345678901234567")})
			require.NoError(t, err)
			assert.Equal(t, m.ID, changed.ID)
		}
	}
	costs("0.0246913578024691357802469134", server("m1.small", "2")) // every digit
	costs("0.0052", server("m1.tiny", "1"))

	bill, err := admin.GetReportTotal(ctx, rating.ReportOptions{Window: seededDay, AllProjects: true})
	require.NoError(t, err)
	untouched, err := fakeRating(t, fakeCloud(t), "admin").GetReportTotal(ctx, rating.ReportOptions{Window: seededDay, AllProjects: true})
	require.NoError(t, err)
	assert.True(t, untouched.Equal(bill), "what was rated stays")

	_, err = admin.UpdateModule(ctx, "hashmap", rating.ModuleUpdate{Enabled: ptr(false)})
	require.NoError(t, err)
	costs("0", server("m1.small", "2"))
}

func TestModulesOfV1(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	client := fakeRating(t, fakeCloud(t), "admin")
	before, err := client.Modules().Collect(ctx)
	require.NoError(t, err)
	require.Len(t, before, 3)

	scripts, err := client.UpdateModule(ctx, "pyscripts", rating.ModuleUpdate{Enabled: ptr(true), Priority: ptr(int64(50))})
	require.NoError(t, err)
	assert.Equal(t, [3]any{"pyscripts", true, int64(50)}, [3]any{scripts.ID, scripts.Enabled, scripts.Priority})
	scripts, err = client.UpdateModule(ctx, "pyscripts", rating.ModuleUpdate{Priority: ptr(int64(60))})
	require.NoError(t, err)
	assert.True(t, scripts.Enabled, "what is left out stays")
	require.NoError(t, client.ReloadModules(ctx))
	after, err := client.Modules().Collect(ctx)
	require.NoError(t, err)
	require.Len(t, after, 3)
	for i, m := range after {
		one, err := client.GetModule(ctx, m.ID)
		require.NoError(t, err)
		assert.Equal(t, m, one)
		if m.ID != "pyscripts" {
			assert.Equal(t, before[i], m)
		} else {
			assert.Equal(t, scripts, m)
		}
	}
	noop, err := client.UpdateModule(ctx, "noop", rating.ModuleUpdate{Enabled: ptr(false)})
	require.NoError(t, err)
	assert.True(t, noop.Enabled, "it cannot be changed, and the service does not say so")

	_, err = client.GetModule(ctx, "nothing")
	require.ErrorIs(t, err, gophermeter.ErrNotFound)
	_, err = client.UpdateModule(ctx, "nothing", rating.ModuleUpdate{Enabled: ptr(false)})
	require.ErrorIs(t, err, gophermeter.ErrNotFound)
}

func TestMetricsAreTheSameUnderBothNames(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	client := fakeRating(t, fakeCloud(t), "demo") // anybody may ask
	metrics, err := client.Metrics().Collect(ctx)
	require.NoError(t, err)
	require.NotEmpty(t, metrics)
	services, err := client.Services().Collect(ctx)
	require.NoError(t, err)
	assert.Equal(t, metrics, services)
	units := map[string]string{}
	for _, m := range metrics {
		units[m.ID] = m.Unit
		one, err := client.GetMetric(ctx, m.ID)
		require.NoError(t, err)
		assert.Equal(t, m, one)
		one, err = client.GetService(ctx, m.ID)
		require.NoError(t, err)
		assert.Equal(t, m, one)
	}
	config, err := client.GetConfig(ctx)
	require.NoError(t, err)
	configured := map[string]string{}
	for _, m := range config.Metrics {
		configured[m.ID()] = m.Unit
		assert.Contains(t, m.GroupBy, "project_id")
	}
	assert.Equal(t, units, configured)

	for _, id := range []string{"cpu", "nothing"} { // the first is metrics.yml's own name
		_, err = client.GetMetric(ctx, id)
		require.ErrorIs(t, err, gophermeter.ErrNotFound)
		_, err = client.GetService(ctx, id)
		require.ErrorIs(t, err, gophermeter.ErrNotFound)
	}
	rated := map[string]bool{}
	for f, err := range client.Frames(rating.FrameOptions{Window: seededDay}).All(ctx) {
		require.NoError(t, err)
		rated[f.Metric] = true
		assert.Equal(t, units[f.Metric], f.Unit)
	}
	for metric := range maps.Keys(rated) {
		assert.Contains(t, units, metric)
	}
}

func TestCollectorMappingsAndStatesAreKept(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	client := fakeRating(t, fakeCloud(t), "admin")
	list := func(collector string) []rating.CollectorMapping {
		all, err := client.CollectorMappings(rating.CollectorMappingOptions{Collector: collector}).Collect(ctx)
		require.NoError(t, err)
		return all
	}
	compute, object := rating.CollectorMapping{Service: "compute", Collector: "gnocchi"}, rating.CollectorMapping{Service: "object/store", Collector: "prometheus"}
	require.Empty(t, list(""))
	for _, want := range []rating.CollectorMapping{compute, object} {
		got, err := client.CreateCollectorMapping(ctx, want)
		require.NoError(t, err)
		assert.Equal(t, want, got)
		got, err = client.GetCollectorMapping(ctx, want.Service)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	assert.ElementsMatch(t, []rating.CollectorMapping{compute, object}, list(""))
	assert.Equal(t, []rating.CollectorMapping{compute}, list("gnocchi"))

	compute.Collector = "prometheus"
	_, err := client.CreateCollectorMapping(ctx, compute)
	require.NoError(t, err)
	assert.Empty(t, list("gnocchi"))
	assert.ElementsMatch(t, []rating.CollectorMapping{compute, object}, list("prometheus"))

	for _, service := range []string{"compute", "object/store"} {
		require.NoError(t, client.DeleteCollectorMapping(ctx, service))
		_, err = client.GetCollectorMapping(ctx, service)
		require.ErrorIs(t, err, gophermeter.ErrNotFound)
		require.ErrorIs(t, client.DeleteCollectorMapping(ctx, service), gophermeter.ErrNotFound)
	}
	assert.Empty(t, list(""))

	for _, name := range []string{"gnocchi", "my/own"} {
		for _, enabled := range []bool{true, false} {
			want := rating.CollectorInfo{Name: name, Enabled: enabled}
			got, err := client.SetCollectorState(ctx, want)
			require.NoError(t, err)
			assert.Equal(t, want, got)
			got, err = client.GetCollectorState(ctx, name)
			require.NoError(t, err)
			assert.Equal(t, want, got)
		}
	}
	never, err := client.GetCollectorState(ctx, "never-set")
	require.NoError(t, err)
	assert.Equal(t, rating.CollectorInfo{Name: "never-set"}, never)
}
