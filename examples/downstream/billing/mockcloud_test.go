package billing_test

import (
	"strings"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/examples/downstream/billing"
	"github.com/gophermeter/gophermeter/rating"
	"github.com/gophermeter/gophermeter/tenantusage"
	"github.com/gophermeter/gophermeter/testing/mockcloud"
)

// Answers that a cloud gives rarely, each made of a value.

const (
	dataframes  = mockcloud.URL + "/rating/v2/dataframes"
	scopes      = mockcloud.URL + "/rating/v2/scope"
	reprocesses = mockcloud.URL + "/rating/v2/task/reprocesses"
)

// mocked is a cloud with the project p1, which is rated to the end of September and has these points.
func mocked(points ...rating.Point) *httpmock.MockTransport {
	transport := httpmock.NewMockTransport()
	mockcloud.Keystone(transport, mockcloud.Compute, mockcloud.Rating)
	mockcloud.ProjectNames(transport, map[string]string{"p1": "web"})
	mockcloud.TenantUsage(transport, mockcloud.Usages())
	mockcloud.RatingV2(transport, mockcloud.RatingV2Service{Points: points, Scopes: ratedUntil(october)})
	return transport
}

func ratedUntil(end time.Time) []rating.Scope {
	return []rating.Scope{{ID: "p1", Key: "project_id", Fetcher: "keystone", Collector: "gnocchi", LastProcessed: end.Add(-time.Hour), Active: true}}
}

// point of the first hour of a day.
func point(day int, metric, price string) rating.Point {
	start := september.Start.AddDate(0, 0, day-1)
	return rating.Point{
		Metric: metric, Period: gophermeter.Window{Start: start, End: start.Add(time.Hour)}, Unit: "GiB",
		Quantity: amount("1"), Price: amount(price), GroupBy: rating.Attributes{{Name: "project_id", Value: "p1"}},
	}
}

func mockedInvoices(t *testing.T, transport *httpmock.MockTransport, b billing.Terms) ([]billing.Invoice, error) {
	t.Helper()
	all, _, err := biller(t, mockcloud.Options(transport), b).Invoices(t.Context(), october)
	return all, err
}

func TestMoney(t *testing.T) {
	t.Parallel()
	even := billing.Rounding{Places: 2, Half: billing.HalfEven}
	yen := billing.Rounding{Places: 0, Half: billing.HalfUp}
	for name, c := range map[string]struct {
		prices   string
		rounding billing.Rounding
		want     []string
	}{
		"28 digits below a half":  {"0.0049999999999999999999999999", terms().Rounding, []string{"0.0049999999999999999999999999 = 0.00", "0.00 + 0.00 = 0.00"}},
		"and they add up to it":   {"0.0049999999999999999999999999 1e-28", terms().Rounding, []string{"0.005 = 0.01", "0.01 + 0.00 = 0.01"}},
		"12 digits before it":     {"123456789012.0000000000000001 0.1", terms().Rounding, []string{"123456789012.1000000000000001 = 123456789012.10", "123456789012.10 + 23456789912.30 = 146913578924.40"}},
		"not a sum of floats":     {"0.1 0.2 -0.3", terms().Rounding, []string{"0 = 0.00", "0.00 + 0.00 = 0.00"}},
		"a half up":               {"0.125", terms().Rounding, []string{"0.125 = 0.13", "0.13 + 0.02 = 0.15"}},
		"a half to even":          {"0.125", even, []string{"0.125 = 0.12", "0.12 + 0.02 = 0.14"}},
		"a half to even, upwards": {"0.135", even, []string{"0.135 = 0.14", "0.14 + 0.03 = 0.17"}},
		"VAT's half up":           {"1.50", terms().Rounding, []string{"1.5 = 1.50", "1.50 + 0.29 = 1.79"}},
		"VAT's half to even":      {"1.50", even, []string{"1.5 = 1.50", "1.50 + 0.28 = 1.78"}},
		"a credit":                {"-0.125", terms().Rounding, []string{"-0.125 = -0.13", "-0.13 + -0.02 = -0.15"}},
		"yen":                     {"1234.5", yen, []string{"1234.5 = 1235", "1235 + 235 = 1470"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var points []rating.Point
			for i, price := range strings.Fields(c.prices) {
				points = append(points, point(i+1, "m", price))
			}
			b := terms()
			b.Rounding = c.rounding
			all, err := mockedInvoices(t, mocked(points...), b)
			require.NoError(t, err)
			require.Len(t, all, 1)
			i := all[0]
			assert.Equal(t, c.want, []string{i.Lines[0].Rated.String() + " = " + i.Lines[0].Amount.String(),
				i.Net.String() + " + " + i.VAT.String() + " = " + i.Total.String()})
		})
	}
}

// Three lines of a third of a cent: the invoice is the sum of what it shows, and says so.
func TestNetIsTheSumOfTheLines(t *testing.T) {
	t.Parallel()
	all, err := mockedInvoices(t, mocked(point(1, "a", "0.006"), point(2, "b", "0.006"), point(3, "c", "0.006")), terms())
	require.NoError(t, err)
	require.Len(t, all, 1)
	assert.Equal(t, "0.03", all[0].Net.String(), "and not 0.02, the rounded sum")
	assert.Contains(t, all[0].Text(), "Net is the sum of the rounded lines.")
}

func TestEmptyMonth(t *testing.T) {
	t.Parallel()
	all, err := mockedInvoices(t, mocked(), terms())
	require.NoError(t, err)
	assert.Empty(t, all)
	document, err := billing.JSON(all)
	require.NoError(t, err)
	assert.Equal(t, "[]\n", string(document))
}

func TestTornPage(t *testing.T) {
	t.Parallel()
	var points []rating.Point
	for day := range 30 {
		points = append(points, point(day+1, "m", "0.01"))
	}
	whole := mockcloud.RatingPoints(points...)
	transport := mocked()
	transport.RegisterResponder("GET", dataframes, whole.Then(mockcloud.Torn(whole, 120)).Then(whole))
	all, err := mockedInvoices(t, transport, terms())
	require.NoError(t, err)
	assert.Equal(t, []string{"web: m  30 0.3 = 0.30", "web: 0.30 + 0.06 = 0.36"}, lines(all))
	assert.Equal(t, 31, transport.GetCallCountInfo()["GET "+dataframes], "30 days, one of them twice")
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for url, r := range map[string]httpmock.Responder{
		dataframes: mockcloud.RatingV2Error(403, "You are not authorized to perform this action"),
		scopes:     mockcloud.RatingV2Error(403, "You are not authorized to perform this action"),
		mockcloud.Compute.URL + "/os-simple-tenant-usage": mockcloud.ComputeError(403, "You are not authorized by Nova's policy"),
	} {
		transport := mocked(point(1, "m", "1"))
		transport.RegisterResponder("GET", url, r)
		all, err := mockedInvoices(t, transport, terms())
		require.ErrorIs(t, err, gophermeter.ErrForbidden, url)
		require.ErrorContains(t, err, "You are not authorized", "the service's own words")
		assert.NotContains(t, err.Error(), "\n")
		assert.Empty(t, all)
	}
}

// Somebody has the month rated again while it is read. CloudKitty may be through with it before we ask again.
func TestRatedAgainMeanwhile(t *testing.T) {
	t.Parallel()
	done := rating.Reprocess{ScopeID: "p1", Reason: "prices", Window: gophermeter.Day(2026, time.September, 2), Current: september.Start.AddDate(0, 0, 2)}
	before := rating.Reprocess{ScopeID: "p1", Reason: "prices", Window: gophermeter.Day(2026, time.August, 2), Current: october}
	then := func(a, b httpmock.Responder) httpmock.Responder { return a.Then(b) }
	for want, c := range map[string]struct {
		url    string
		answer httpmock.Responder
	}{
		"rated web up to 2026-09-01 00:00 UTC only":                     {scopes, then(mockcloud.RatingScopes(ratedUntil(october)...), mockcloud.RatingScopes(ratedUntil(september.Start)...))},
		"went back with project web, to 2026-10-01 00:00 UTC, while it": {scopes, then(mockcloud.RatingScopes(ratedUntil(october.Add(time.Hour))...), mockcloud.RatingScopes(ratedUntil(october)...))},
		"has rated some of it again while it was read":                  {reprocesses, then(mockcloud.RatingReprocesses(done), mockcloud.RatingReprocesses(done, done))},
		"": {reprocesses, then(mockcloud.RatingReprocesses(done), mockcloud.RatingReprocesses(done, before))},
	} {
		transport := mocked(point(1, "m", "1"))
		transport.RegisterResponder("GET", c.url, c.answer)
		all, err := mockedInvoices(t, transport, terms())
		if want == "" {
			require.NoError(t, err)
			assert.Len(t, all, 1, "another month is no concern of this one")
			continue
		}
		require.ErrorIs(t, err, billing.ErrIncomplete)
		require.ErrorContains(t, err, want)
		assert.Empty(t, all)
	}
}

// A project that was found by another fetcher once has a second scope, which was switched off.
func TestScopesOfTwoFetchers(t *testing.T) {
	t.Parallel()
	old := ratedUntil(september.Start)[0]
	old.Fetcher, old.Active = "gnocchi", false
	transport := mocked(point(1, "m", "1"))
	transport.RegisterResponder("GET", scopes, mockcloud.RatingScopes(append(ratedUntil(october), old)...))
	all, err := mockedInvoices(t, transport, terms())
	require.NoError(t, err)
	require.Len(t, all, 1)
	assert.Empty(t, all[0].Warnings)
}

func TestReleasesWithoutReprocessing(t *testing.T) {
	t.Parallel()
	transport := mocked(point(1, "m", "1"))
	transport.RegisterResponder("GET", reprocesses, mockcloud.RatingNoV2())
	all, err := mockedInvoices(t, transport, terms())
	require.NoError(t, err)
	assert.Len(t, all, 1)
}

func TestPointsThatNobodyCanBeChargedFor(t *testing.T) {
	t.Parallel()
	ownerless, short := point(2, "m", "1"), point(2, "m", "1")
	ownerless.GroupBy = nil
	short.Period.End = short.Period.Start.Add(10 * time.Minute)
	for want, p := range map[string]rating.Point{
		"a point of m at 2026-09-02 00:00 UTC names no project": ownerless,
		"CloudKitty rates m by periods of 10m0s, not of 1h0m0s": short,
	} {
		all, err := mockedInvoices(t, mocked(point(1, "m", "1"), p), terms())
		require.ErrorContains(t, err, want)
		assert.Empty(t, all)
	}
}

func TestHoursThatDiffer(t *testing.T) {
	t.Parallel()
	warning := func(used string) string {
		return "CloudKitty rated 21 server-hours and Nova counted " + used + ": they differ by more than 5 %"
	}
	servers := point(1, "instance", "1")
	servers.Quantity = amount("21")
	for used, want := range map[float64]string{20: "", 19.999: warning("19.999"), 22.105: "", 22.106: warning("22.106"), 0: warning("0")} {
		transport := mocked(servers)
		mockcloud.TenantUsage(transport, mockcloud.Usages(tenantusage.ProjectUsage{ProjectID: "p1", TotalHours: used}))
		all, err := mockedInvoices(t, transport, terms())
		require.NoError(t, err)
		require.Len(t, all, 1)
		assert.Equal(t, want, strings.Join(all[0].Warnings, "|"), used)
	}
}

// A project that was deleted has points and no name; names of others are anybody's choice.
func TestNames(t *testing.T) {
	t.Parallel()
	transport := mocked(point(1, "m", "1"))
	mockcloud.ProjectNames(transport, nil)
	all, err := mockedInvoices(t, transport, terms())
	require.NoError(t, err)
	require.Len(t, all, 1)
	assert.Empty(t, all[0].Project)
	assert.Contains(t, all[0].Text(), "Invoice for p1\n")

	mockcloud.ProjectNames(transport, map[string]string{"p1": "a\x1b[2J\nTotal 0.00"})
	all, err = mockedInvoices(t, transport, terms())
	require.NoError(t, err)
	assert.Contains(t, all[0].Text(), "Invoice for a?[2J?Total 0.00\n")
}
