package billing_test

import (
	"math/big"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/examples/downstream/billing"
	"github.com/gophermeter/gophermeter/rating"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// Whole runs against a cloud with state. What it holds is asked from it directly, not through what is tested.

func started(t *testing.T, opts ...fakecloud.Option) *fakecloud.Cloud {
	t.Helper()
	cloud := fakecloud.New(opts...)
	t.Cleanup(cloud.Close)
	return cloud
}

// small is a cloud of two projects with a server each, the whole month, and one that did nothing.
func small(t *testing.T, opts ...fakecloud.Option) *fakecloud.Cloud {
	t.Helper()
	cloud := started(t, append(opts, fakecloud.WithEmpty())...)
	for name, price := range map[string]float64{"api": 0.1, "web": 0.0116} {
		id := project(cloud, name)
		serve(cloud, id)
		for at := september.Start; at.Before(september.End); at = at.Add(time.Hour) {
			rate(cloud, id, at, price)
		}
	}
	project(cloud, "idle")
	return cloud
}

// smallLines are its invoices: 720 hours of each.
var smallLines = []string{
	"api: instance m1.small 720 72 = 72.00", "api: 72.00 + 13.68 = 85.68",
	"web: instance m1.small 720 8.352 = 8.35", "web: 8.35 + 1.59 = 9.94",
}

// project is a new one, which is rated to the end of September.
func project(cloud *fakecloud.Cloud, name string) string {
	id := cloud.AddProject(fakecloud.Project{Name: name})
	cloud.SetRatingScope(fakecloud.RatingScope{ID: id, LastProcessed: october.Add(-time.Hour)})
	return id
}

func serve(cloud *fakecloud.Cloud, project string) {
	cloud.AddServer(fakecloud.Server{ProjectID: project, Flavor: "m1.small", VCPUs: 1, LaunchedAt: &september.Start})
}

func rate(cloud *fakecloud.Cloud, project string, at time.Time, price float64) {
	cloud.AddRatedPoints(fakecloud.RatedPoint{Metric: "instance", Unit: "instance", Begin: at, Quantity: 1, Price: price,
		GroupBy: [][2]string{{"project_id", project}}, Metadata: [][2]string{{"flavor_name", "m1.small"}}})
}

func TestSeededMonth(t *testing.T) {
	t.Parallel()
	cloud := started(t, fakecloud.WithMaxLimit(50))
	all, unbilled, err := biller(t, cloud.Options(), terms()).Invoices(t.Context(), cloud.Now())
	require.NoError(t, err)
	assert.Empty(t, unbilled)

	// What was rated, summed as fractions. A price is the shortest text of a float, as CloudKitty writes it.
	type key struct{ project, metric, kind string }
	exact := map[key]*big.Rat{}
	for _, p := range cloud.RatedPoints() {
		k := key{metric: p.Metric}
		for _, pair := range slices.Concat(p.GroupBy, p.Metadata) {
			switch pair[0] {
			case "project_id":
				k.project = pair[1]
			case "flavor_name", "volume_type":
				k.kind = pair[1]
			}
		}
		price, ok := new(big.Rat).SetString(strconv.FormatFloat(p.Price, 'g', -1, 64))
		require.True(t, ok)
		if exact[k] == nil {
			exact[k] = new(big.Rat)
		}
		exact[k].Add(exact[k], price)
	}
	// What Nova has, from its servers.
	hours := map[string]float64{}
	for _, s := range cloud.Servers() {
		if s.LaunchedAt == nil {
			continue
		}
		from, to := *s.LaunchedAt, september.End
		if from.Before(september.Start) {
			from = september.Start
		}
		if s.TerminatedAt != nil && s.TerminatedAt.Before(to) {
			to = *s.TerminatedAt
		}
		hours[s.ProjectID] += max(to.Sub(from), 0).Hours()
	}

	var names []string
	for _, i := range all {
		names = append(names, i.Project)
		net := new(big.Rat)
		for _, l := range i.Lines {
			k := key{i.ProjectID, l.Metric, l.Kind}
			require.NotNil(t, exact[k], l)
			assert.Zero(t, exact[k].Cmp(l.Rated.Rat()), "%s: %s", i.Project, l.Rated)
			assert.Equal(t, exact[k].FloatString(2), l.Amount.String(), "halves away from zero")
			net.Add(net, l.Amount.Decimal().Rat())
			delete(exact, k)
		}
		assert.Equal(t, net.FloatString(2), i.Net.String())
		vat := new(big.Rat).Mul(net, big.NewRat(19, 100)).FloatString(2)
		assert.Equal(t, vat, i.VAT.String())
		assert.InDelta(t, hours[i.ProjectID], i.UsedHours.InexactFloat64(), 0.0006, i.Project)
		assert.Equal(t, i.Project == "ci-runners", len(i.Warnings) > 0, "short builds are rated by the hour: %v", i.Warnings)
	}
	assert.Equal(t, []string{"ci-runners", "data-lake", "genomics", "ml-training", "staging", "web-shop"}, names, "sandbox used nothing")
	assert.Empty(t, exact, "what was rated and is on no invoice")
}

func TestFaultsThatPass(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]fakecloud.Fault{
		"torn page":           {Service: "rating", PathContains: "dataframes", Skip: 10, TearAt: 2000},
		"torn, of all points": {Service: "rating", PathContains: "dataframes", Times: 3, TearAt: 1},
		"expired mid-walk":    {Service: "rating", PathContains: "dataframes", Skip: 12, ExpireToken: true},
		"Nova's token":        {Service: "compute", ExpireToken: true},
		"busy":                {Service: "rating", Skip: 5, Status: 503, Header: http.Header{"Retry-After": {"1"}}},
		"reset":               {Service: "compute", Skip: 1, Reset: true},
		"Keystone":            {Service: "identity", PathContains: "projects", Status: 502, Body: "<html>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cloud := small(t, fakecloud.WithoutContentLength(), fakecloud.WithMaxLimit(1))
			b := biller(t, cloud.Options(), terms())
			cloud.ResetRequests()
			_, _, err := b.Invoices(t.Context(), october)
			require.NoError(t, err)
			whole := len(cloud.Requests())
			cloud.ResetRequests()
			cloud.Inject(f)
			all, _, err := b.Invoices(t.Context(), october)
			require.NoError(t, err)
			assert.Equal(t, smallLines, lines(all))
			assert.Greater(t, len(cloud.Requests()), whole, "what failed was repeated")
		})
	}
}

func TestFaultsThatStay(t *testing.T) {
	t.Parallel()
	for _, f := range []fakecloud.Fault{
		{Service: "rating", PathContains: "dataframes", Skip: 20, TearAt: 500, Times: -1},
		{Service: "rating", PathContains: "scope", Skip: 1, Status: 500, Times: -1},
		{Service: "compute", Skip: 1, Status: 503, Times: -1},
	} {
		cloud := small(t, fakecloud.WithMaxLimit(1))
		cloud.Inject(f)
		all, _, err := biller(t, cloud.Options(), terms()).Invoices(t.Context(), october)
		require.Error(t, err)
		assert.Empty(t, all)
	}
}

func TestMonthsThatAreNotComplete(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*testing.T, *fakecloud.Cloud){
		"CloudKitty has rated web up to 2026-09-30 23:00 UTC only (1 of 3 projects": func(_ *testing.T, cloud *fakecloud.Cloud) {
			cloud.SetRatingScope(fakecloud.RatingScope{ID: cloud.ProjectID("web"), LastProcessed: october.Add(-2 * time.Hour)})
		},
		"CloudKitty is rating project api again, up to 2026-09-03": func(t *testing.T, cloud *fakecloud.Cloud) {
			again(t, cloud, gophermeter.Day(2026, time.September, 2))
		},
		"rating project api again, up to 2026-09-01 00:00 UTC": func(t *testing.T, cloud *fakecloud.Cloud) {
			again(t, cloud, gophermeter.Day(2026, time.August, 31))
		},
		"points of project new and does not say how far": func(_ *testing.T, cloud *fakecloud.Cloud) {
			rate(cloud, cloud.AddProject(fakecloud.Project{Name: "new"}), september.Start, 1)
		},
		"Nova counted up to 2026-09-30 12:00 UTC only": func(_ *testing.T, cloud *fakecloud.Cloud) { cloud.Advance(-12 * time.Hour) },
	} {
		cloud := small(t)
		change(t, cloud)
		all, _, err := biller(t, cloud.Options(), terms()).Invoices(t.Context(), october)
		require.ErrorIs(t, err, billing.ErrIncomplete)
		require.ErrorContains(t, err, want)
		assert.Empty(t, all)
	}

	cloud := small(t)
	b := biller(t, cloud.Options(), terms())
	cloud.ResetRequests()
	_, _, err := b.Invoices(t.Context(), october.Add(-time.Second))
	require.ErrorIs(t, err, billing.ErrIncomplete)
	assert.Empty(t, cloud.Requests(), "of a month that is not over nothing is asked")

	_, _, err = biller(t, started(t, fakecloud.WithRatingStorage(1)).Options(), terms()).Invoices(t.Context(), october)
	require.ErrorIs(t, err, billing.ErrIncomplete)
	require.ErrorContains(t, err, "does not tell how far it has rated")
}

// again has a day rated again; it has not begun, for the clock stands still.
func again(t *testing.T, cloud *fakecloud.Cloud, day gophermeter.Window) {
	t.Helper()
	conn, err := gophermeter.Connect(t.Context(), cloud.Options()...)
	require.NoError(t, err)
	t.Cleanup(conn.CloseIdleConnections)
	client, err := rating.New(conn)
	require.NoError(t, err)
	require.NoError(t, client.CreateReprocess(t.Context(), rating.ReprocessCreate{ScopeIDs: []string{cloud.ProjectID("api")}, Window: day, Reason: "price list"}))
}

// What becomes of a project between its last rated hour and the end of the month is for people to judge.
func TestProjectsThatAreNotRated(t *testing.T) {
	t.Parallel()
	cloud := small(t)
	noon := september.Start.Add(12 * time.Hour)
	gone := project(cloud, "gone")
	cloud.SetRatingScope(fakecloud.RatingScope{ID: gone, LastProcessed: noon.Add(-time.Hour), Inactive: true})
	cloud.AddServer(fakecloud.Server{ProjectID: gone, Flavor: "m1.small", VCPUs: 1, LaunchedAt: &september.Start, TerminatedAt: &noon})
	for at := september.Start; at.Before(noon); at = at.Add(time.Hour) {
		rate(cloud, gone, at, 0.25)
	}
	serve(cloud, cloud.AddProject(fakecloud.Project{Name: "free"}))

	all, unbilled, err := biller(t, cloud.Options(), terms()).Invoices(t.Context(), october)
	require.NoError(t, err)
	assert.Equal(t, []string{"free"}, unbilled)
	require.Len(t, all, 3, "neither idle nor free")
	assert.Equal(t, "gone 3.00", all[1].Project+" "+all[1].Net.String())
	assert.Equal(t, []string{"The rating of this project was switched off, and nothing is charged from 2026-09-01 12:00 UTC on"}, all[1].Warnings)
}

func TestWhoIsNoAdministrator(t *testing.T) {
	t.Parallel()
	cloud := started(t)
	all, _, err := biller(t, cloud.OptionsFor("demo"), terms()).Invoices(t.Context(), october)
	require.ErrorIs(t, err, gophermeter.ErrForbidden)
	assert.Empty(t, all)
}
