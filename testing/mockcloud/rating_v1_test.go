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
	"github.com/gophermeter/gophermeter/rating/hashmap"
	"github.com/gophermeter/gophermeter/rating/pyscripts"
	"github.com/gophermeter/gophermeter/testing/mockcloud"
)

func amount(text string) decimal.Decimal { return decimal.RequireFromString(text) }

func ratingConnection(t *testing.T, transport *httpmock.MockTransport) *gophermeter.Connection {
	t.Helper()
	mockcloud.Keystone(transport, mockcloud.Rating)
	conn, err := gophermeter.Connect(t.Context(), mockcloud.Options(transport)...)
	require.NoError(t, err)
	return conn
}

func TestRatingV1AnswersAsItIsGiven(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	hour := gophermeter.Window{Start: may.Start, End: may.Start.Add(time.Hour)}
	s := mockcloud.RatingV1Service{
		Metrics: []rating.Metric{{ID: "instance", Metadata: []string{"flavor_name"}, Unit: "instance"}, {ID: "volume.size", Unit: "GiB"}},
		Config: rating.Config{Metrics: []rating.MetricConfig{{
			Name: "cpu", AltName: "instance", Unit: "instance", Description: "d", Factor: "1/2", Offset: "1", GroupBy: []string{"id"},
			Metadata: []string{"flavor_name"}, Mutate: rating.MutateNumBool, ExtraArgs: []byte(`{"a":1}`),
		}}},
		Modules:    []rating.Module{{ID: "hashmap", Description: "d", Enabled: true, HotConfig: true, Priority: 2}, {ID: "noop", Priority: 1}},
		Quote:      amount("0.0426"),
		Summaries:  []rating.ReportSummary{{ProjectID: "p1", Rate: amount("1.5")}, {Metric: "instance", Window: hour, Rate: amount("0.00001")}},
		Tenants:    []string{"p1", "p2"},
		Total:      amount("405.91279996479915"),
		Mappings:   []rating.CollectorMapping{{Service: "compute", Collector: "gnocchi"}, {Service: "image", Collector: "monasca"}},
		Collectors: []rating.CollectorInfo{{Name: "gnocchi", Enabled: true}},
		Frames: []rating.StorageDataFrame{
			{Period: hour, ProjectID: "p1", Resources: []rating.RatedResource{
				{Metric: "instance", ProjectID: "p1", Quantity: amount("1"), Price: amount("0.0213"),
					Attributes: rating.Attributes{{Name: "flavor_name", Value: "m1.small"}, {Name: "project_id", Value: "p1"}}},
				{Metric: "volume.size", ProjectID: "p2", Quantity: amount("10"), Price: amount("1"),
					Attributes: rating.Attributes{{Name: "project_id", Value: "p2"}}},
			}},
			{Period: gophermeter.Window{Start: may.End, End: may.End.Add(time.Hour)}, ProjectID: "p1"},
		},
	}
	transport := httpmock.NewMockTransport()
	mockcloud.RatingV1(transport, s)
	c, err := rating.New(ratingConnection(t, transport))
	require.NoError(t, err)

	metrics, err := c.Metrics().Collect(ctx)
	require.NoError(t, err)
	assert.Equal(t, s.Metrics, metrics)
	metrics, err = c.Services().Collect(ctx) //nolint:staticcheck // deprecated, and answered
	require.NoError(t, err)
	assert.Len(t, metrics, 2)
	metric, err := c.GetMetric(ctx, "volume.size")
	require.NoError(t, err)
	assert.Equal(t, s.Metrics[1], metric)
	_, err = c.GetService(ctx, "nope") //nolint:staticcheck // as above
	require.ErrorIs(t, err, gophermeter.ErrNotFound)
	config, err := c.GetConfig(ctx)
	require.NoError(t, err)
	assert.Equal(t, s.Config.Metrics, config.Metrics)

	modules, err := c.Modules().Collect(ctx)
	require.NoError(t, err)
	assert.Equal(t, s.Modules, modules)
	enabled := true
	module, err := c.UpdateModule(ctx, "hashmap", rating.ModuleUpdate{Enabled: &enabled})
	require.NoError(t, err)
	assert.Equal(t, s.Modules[0], module)
	_, err = c.GetModule(ctx, "nope")
	require.ErrorContains(t, err, "Module not found.")
	require.NoError(t, c.ReloadModules(ctx))
	price, err := c.GetQuote(ctx, rating.QuoteResource{Service: "instance", Volume: amount("2")})
	require.NoError(t, err)
	assert.Equal(t, s.Quote, price)

	rows, err := c.ReportSummaries(rating.ReportOptions{Window: may, AllProjects: true}).Collect(ctx)
	require.NoError(t, err)
	s.Summaries[0].Window = may
	assert.Equal(t, s.Summaries, rows)
	tenants, err := c.ReportTenants(may).Collect(ctx)
	require.NoError(t, err)
	assert.Equal(t, s.Tenants, tenants)
	total, err := c.GetReportTotal(ctx, rating.ReportOptions{Window: may}) //nolint:staticcheck // as above
	require.NoError(t, err)
	assert.Equal(t, s.Total, total)

	frames, err := c.StorageDataFrames(rating.StorageDataFrameOptions{Window: may}).Collect(ctx)
	require.NoError(t, err)
	assert.Equal(t, s.Frames[:1], frames)
	frames, err = c.StorageDataFrames(rating.StorageDataFrameOptions{Window: may, ProjectID: "p2"}).Collect(ctx)
	require.NoError(t, err)
	require.Len(t, frames, 1)
	assert.Equal(t, s.Frames[0].Resources[1:], frames[0].Resources)

	mappings, err := c.CollectorMappings(rating.CollectorMappingOptions{Collector: "monasca"}).Collect(ctx)
	require.NoError(t, err)
	assert.Equal(t, s.Mappings[1:], mappings)
	mapping, err := c.GetCollectorMapping(ctx, "compute")
	require.NoError(t, err)
	assert.Equal(t, s.Mappings[0], mapping)
	mapping, err = c.CreateCollectorMapping(ctx, rating.CollectorMapping{Service: "a", Collector: "b"})
	require.NoError(t, err)
	assert.Equal(t, rating.CollectorMapping{Service: "a", Collector: "b"}, mapping)
	require.NoError(t, c.DeleteCollectorMapping(ctx, "a"))
	require.NoError(t, c.DeleteCollectorMapping(ctx, "a/b"))
	for _, name := range []string{"gnocchi", "not/one"} {
		info, err := c.GetCollectorState(ctx, name)
		require.NoError(t, err)
		assert.Equal(t, rating.CollectorInfo{Name: name, Enabled: name == "gnocchi"}, info)
	}
	info, err := c.SetCollectorState(ctx, rating.CollectorInfo{Name: "x", Enabled: true})
	require.NoError(t, err)
	assert.True(t, info.Enabled)
}

func TestRatingErrors(t *testing.T) {
	t.Parallel()
	transport := httpmock.NewMockTransport()
	mockcloud.RatingV1(transport, mockcloud.RatingV1Service{Config: rating.Config{Raw: []byte(`{"metrics": {}}`)}})
	transport.RegisterResponder("GET", mockcloud.Rating.URL+"/v1/rating/modules", mockcloud.RatingError(403, "Policy doesn't allow it."))
	transport.RegisterResponder("GET", mockcloud.Rating.URL+"/v1/info/metrics", mockcloud.RatingRouteError(405, ""))
	c, err := rating.New(ratingConnection(t, transport))
	require.NoError(t, err)
	_, err = c.Modules().Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrForbidden)
	assert.ErrorContains(t, err, "Policy doesn't allow it.")
	_, err = c.Metrics().Collect(t.Context())
	require.ErrorContains(t, err, "405 Method Not Allowed")
	config, err := c.GetConfig(t.Context())
	require.NoError(t, err)
	assert.JSONEq(t, `{"metrics": {}}`, string(config.Raw))
}

func TestHashmapAnswersAsItIsGiven(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	end := may.End
	s := mockcloud.HashmapService{
		Services: []hashmap.Service{{ID: "s1", Name: "instance"}},
		Fields:   []hashmap.Field{{ID: "f1", Name: "flavor_name", ServiceID: "s1"}, {ID: "f2", Name: "x", ServiceID: "s2"}},
		Groups:   []hashmap.Group{{ID: "g1", Name: "uptime"}},
		Mappings: []hashmap.Mapping{
			{ID: "m1", Value: "m1.small", Type: hashmap.TypeFlat, Cost: amount("0.0213"), FieldID: "f1", GroupID: "g1", ProjectID: "p1"},
			{ID: "m2", Type: hashmap.TypeRate, Cost: amount("1.1"), ServiceID: "s1", Name: "n", Description: "d", Start: may.Start, End: &end,
				CreatedAt: may.Start, Deleted: &end, CreatedBy: "a", UpdatedBy: "b", DeletedBy: "c"},
		},
		Thresholds:       []hashmap.Threshold{{ID: "t1", Level: amount("100.5"), Type: hashmap.TypeRate, Cost: amount("0.9"), ServiceID: "s1", GroupID: "g1"}},
		CreatedService:   hashmap.Service{ID: "s9", Name: "new"},
		CreatedField:     hashmap.Field{ID: "f9", Name: "new", ServiceID: "s1"},
		CreatedGroup:     hashmap.Group{ID: "g9", Name: "new"},
		CreatedMapping:   hashmap.Mapping{ID: "m9", Type: hashmap.TypeFlat, ServiceID: "s1"},
		CreatedThreshold: hashmap.Threshold{ID: "t9", Type: hashmap.TypeFlat, ServiceID: "s1"},
	}
	transport := httpmock.NewMockTransport()
	mockcloud.Hashmap(transport, s)
	c, err := hashmap.New(ratingConnection(t, transport))
	require.NoError(t, err)
	exact := func(m hashmap.Mapping) hashmap.Mapping { // 28 digits behind the point come back
		m.Cost = amount(m.Cost.String())
		return m
	}

	types, err := c.Types().Collect(ctx)
	require.NoError(t, err)
	assert.Len(t, types, 2)
	service, err := c.FindService(ctx, "instance")
	require.NoError(t, err)
	assert.Equal(t, s.Services[0], service)
	fields, err := c.Fields("s1").Collect(ctx)
	require.NoError(t, err)
	assert.Equal(t, s.Fields[:1], fields)
	group, err := c.GetMappingGroup(ctx, "m1")
	require.NoError(t, err)
	assert.Equal(t, s.Groups[0], group)
	_, err = c.GetMappingGroup(ctx, "m2")
	require.ErrorIs(t, err, gophermeter.ErrNotFound)
	group, err = c.GetThresholdGroup(ctx, "t1")
	require.NoError(t, err)
	assert.Equal(t, "g1", group.ID)
	mappings, err := c.GroupMappings("g1").Collect(ctx)
	require.NoError(t, err)
	require.Len(t, mappings, 1)
	assert.Equal(t, s.Mappings[0], exact(mappings[0]))
	mappings, err = c.Mappings(hashmap.MappingOptions{ServiceID: "s1"}).Collect(ctx)
	require.NoError(t, err)
	require.Len(t, mappings, 1)
	assert.Equal(t, s.Mappings[1], exact(mappings[0]))
	thresholds, err := c.GroupThresholds("g1").Collect(ctx)
	require.NoError(t, err)
	require.Len(t, thresholds, 1)
	assert.True(t, thresholds[0].Level.Equal(amount("100.5")))
	thresholds, err = c.Thresholds(hashmap.ThresholdOptions{ServiceID: "s1", GroupID: "g2"}).Collect(ctx)
	require.NoError(t, err)
	assert.Empty(t, thresholds)

	service, err = c.CreateService(ctx, "new")
	require.NoError(t, err)
	assert.Equal(t, s.CreatedService, service)
	_, err = c.GetService(ctx, "s9")
	require.NoError(t, err)
	field, err := c.CreateField(ctx, "s1", "new")
	require.NoError(t, err)
	assert.Equal(t, s.CreatedField, field)
	_, err = c.GetField(ctx, "f9")
	require.NoError(t, err)
	group, err = c.CreateGroup(ctx, "new")
	require.NoError(t, err)
	assert.Equal(t, s.CreatedGroup, group)
	_, err = c.GetGroup(ctx, "g9")
	require.NoError(t, err)
	mapping, err := c.CreateMapping(ctx, hashmap.MappingCreate{ServiceID: "s1"})
	require.NoError(t, err)
	assert.Equal(t, "m9", mapping.ID)
	cost := amount("0.5")
	mapping, err = c.UpdateMapping(ctx, "m1", hashmap.MappingUpdate{Cost: &cost})
	require.NoError(t, err)
	assert.Equal(t, s.Mappings[0], exact(mapping), "nothing is remembered")
	threshold, err := c.CreateThreshold(ctx, hashmap.ThresholdCreate{ServiceID: "s1"})
	require.NoError(t, err)
	assert.Equal(t, "t9", threshold.ID)
	_, err = c.UpdateThreshold(ctx, "t1", hashmap.ThresholdUpdate{Cost: &cost})
	require.NoError(t, err)
	require.NoError(t, c.DeleteService(ctx, "s1"))
	require.NoError(t, c.DeleteField(ctx, "f1"))
	require.NoError(t, c.DeleteGroup(ctx, "g1", hashmap.DeleteGroupOptions{Recursive: true}))
	require.NoError(t, c.DeleteMapping(ctx, "m1"))
	require.NoError(t, c.DeleteThreshold(ctx, "t1"))
	_, err = c.GetMapping(ctx, "nope")
	require.ErrorIs(t, err, gophermeter.ErrNotFound)
}

func TestPyscriptsAnswerAsTheyAreGiven(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	old := pyscripts.Script{ID: "a", Name: "n", Data: "pass\n", Checksum: pyscripts.Checksum("pass\n")}
	dated := pyscripts.Script{ID: "b", Name: "m", Checksum: "c", Description: "d", Start: may.Start, CreatedAt: may.Start, CreatedBy: "u"}
	transport := httpmock.NewMockTransport()
	mockcloud.Pyscripts(transport, pyscripts.Script{ID: "new", Name: "x"}, old, dated)
	c, err := pyscripts.New(ratingConnection(t, transport))
	require.NoError(t, err)
	all, err := c.Scripts(pyscripts.ScriptOptions{}).Collect(ctx)
	require.NoError(t, err)
	assert.Equal(t, []pyscripts.Script{old, dated}, all)
	all, err = c.Scripts(pyscripts.ScriptOptions{NoData: true}).Collect(ctx)
	require.NoError(t, err)
	assert.Empty(t, all[0].Data)
	s, err := c.GetScript(ctx, "b")
	require.NoError(t, err)
	assert.Equal(t, dated, s)
	s, err = c.CreateScript(ctx, pyscripts.ScriptCreate{Name: "x"})
	require.NoError(t, err)
	assert.Equal(t, "new", s.ID)
	data := "x = 1"
	s, err = c.UpdateScript(ctx, "a", pyscripts.ScriptUpdate{Data: &data})
	require.NoError(t, err)
	assert.Equal(t, old, s)
	require.NoError(t, c.DeleteScript(ctx, "a"))
	_, err = c.GetScript(ctx, "nope")
	require.ErrorIs(t, err, gophermeter.ErrNotFound)
}
