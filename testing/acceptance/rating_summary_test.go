//go:build acceptance

package acceptance_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating"
)

func TestRatingSummaryIsTheTruth(t *testing.T) {
	truth := load[rated](t, "rating-truth.json")
	window := truth.window(t)
	s := storages[0]
	for _, format := range []rating.SummaryFormat{"", rating.FormatTable, rating.FormatObject} {
		for _, size := range []int{1000, 2} {
			rows, err := s.rating(t, "", rating.WithPageSize(size)).Summary(rating.SummaryOptions{Window: window, Format: format,
				GroupBy: []string{rating.GroupByProject, rating.GroupByType}}).Collect(t.Context())
			require.NoError(t, err)
			require.Len(t, rows, 13)
			var sum rating.Sum
			for _, row := range rows {
				project, metric := row.Groups.Get(rating.GroupByProject), row.Groups.Get(rating.GroupByType)
				near(t, truth.cost(project, metric), row.Rate, s.each, 0, project+" "+metric)
				assert.Equal(t, window, row.Window)
				sum.Add(row.Rate)
			}
			near(t, truth.cost("", ""), sum.Total(), s.each, 0, "everything")
		}
	}
	client := s.rating(t, "")
	one := func(o rating.SummaryOptions) rating.SummaryRow {
		t.Helper()
		rows, err := client.Summary(o).Collect(t.Context())
		require.NoError(t, err)
		require.Len(t, rows, 1)
		return rows[0]
	}
	near(t, truth.cost("", ""), one(rating.SummaryOptions{Window: window}).Rate, s.each, 0, "everything")
	p := truth.Projects["tenant-2"]
	row := one(rating.SummaryOptions{Window: window, Filters: []rating.Filter{{Name: "project_id", Value: p.ID}, {Name: "type", Value: "instance"},
		{Name: "type", Value: "volume.size"}}})
	near(t, p.Metrics["instance"].Price.Add(p.Metrics["volume.size"].Price), row.Rate, s.each, 0, "two metrics of a project")
	near(t, p.Metrics["instance"].Quantity.Add(p.Metrics["volume.size"].Quantity), row.Quantity, s.each, 0, "their quantities")

	row = one(rating.SummaryOptions{Window: window, Filters: []rating.Filter{{Name: "type", Value: "instance"}},
		CustomFields: "SUM(price) AS rate, MAX(price), COUNT(qty) AS n"})
	near(t, truth.cost("", "instance"), row.Rate, s.each, 0, "rate as a custom field")
	fields := map[string]string{}
	for _, f := range row.Fields {
		fields[f.Name] = f.Text
	}
	assert.Equal(t, "0.3333333333", fields["max"])
	assert.Equal(t, "4608", fields["n"])

	rows, err := client.Summary(rating.SummaryOptions{Window: gophermeter.Month(2001, 1)}).Collect(t.Context())
	require.NoError(t, err)
	assert.Empty(t, rows)
	_, err = client.Summary(rating.SummaryOptions{Window: window, GroupBy: []string{rating.GroupByDay}}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrUnsupported, "17.0 answers something else")
	_, err = storages[1].rating(t, "").Summary(rating.SummaryOptions{Window: window}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrUnsupported, "storage v1 has no API v2")
}

// InfluxDB has a row for every hour of the window, of nothing (null) for those without data.
func TestRatingSummaryByTime(t *testing.T) {
	truth := load[rated](t, "rating-truth.json")
	p := truth.Projects["tenant-4"] // of the last three days
	window := truth.window(t)
	window.Start = window.End.AddDate(0, 0, -4)
	rows, err := storages[0].rating(t, "", rating.WithPageSize(17)).Summary(rating.SummaryOptions{Window: window, GroupBy: []string{rating.GroupByTime},
		Filters: []rating.Filter{{Name: "project_id", Value: p.ID}}}).Collect(t.Context())
	require.NoError(t, err)
	hours := map[time.Time]decimal.Decimal{}
	for _, point := range truth.Points {
		if point.Project == p.ID {
			at := ratedTime(t, point.Begin)
			hours[at] = hours[at].Add(point.Price)
		}
	}
	require.Len(t, hours, 72)
	for _, row := range rows {
		near(t, hours[row.Window.Start], row.Rate, 1e-12, 0, row.Window.String())
		delete(hours, row.Window.Start)
	}
	assert.Empty(t, hours)
}

// raw asks CloudKitty without the client.
func raw(t *testing.T, conn *gophermeter.Connection, version string, path []string, query url.Values, v any) error {
	t.Helper()
	service, err := conn.Service("rating")
	require.NoError(t, err)
	return service.Base(version).Read(t.Context(), gophermeter.Request{Op: "test", Path: path, Query: query}, func(_ http.Header, body []byte) error {
		return json.Unmarshal(body, v)
	})
}

// In 17.0 a summary without filters is that of the project of whoever was no administrator and asked without before.
func TestRatingSummaryIsNotSilentlyOneProject(t *testing.T) {
	truth := load[rated](t, "rating-truth.json")
	window := truth.window(t)
	s := storages[0]
	query := url.Values{"begin": {truth.Window.Start}, "end": {truth.Window.End}, "groupby": {"project_id"}}
	var answer struct{ Total int }
	for range 8 { // whichever worker answers
		require.NoError(t, raw(t, s.connect(t, "demo"), "v2", []string{"summary"}, query, &answer))
		assert.Equal(t, 1, answer.Total)
	}
	require.NoError(t, raw(t, s.connect(t, ""), "v2", []string{"summary"}, query, &answer))
	assert.Equal(t, 1, answer.Total, "is the fault gone?")

	rows, err := s.rating(t, "").Summary(rating.SummaryOptions{Window: window, GroupBy: []string{rating.GroupByProject}}).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, rows, len(truth.Projects))
	rows, err = s.rating(t, "demo").Summary(rating.SummaryOptions{Window: window}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, rows, 1)
	near(t, truth.cost("tenant-1", ""), rows[0].Rate, s.each, 0, "demo's own")
}

func TestRatingRoles(t *testing.T) {
	truth, known := load[rated](t, "rating-truth.json"), load[ids](t, "ids.json")
	window := truth.window(t)
	day := gophermeter.Window{Start: window.Start, End: window.Start.Add(24 * time.Hour)}
	onBoth(t, func(t *testing.T, s storage) {
		for _, cloud := range []string{"demo", "auditor"} {
			client := s.rating(t, cloud)
			frames, err := client.Frames(rating.FrameOptions{Window: day}).Collect(t.Context())
			require.NoError(t, err)
			assert.Len(t, frames, 3*24)
			_, err = client.Frames(rating.FrameOptions{Window: day, ProjectID: known.Projects["tenant-2"]}).Collect(t.Context())
			require.ErrorIs(t, err, gophermeter.ErrForbidden)
			_, err = client.ReportSummaries(rating.ReportOptions{Window: day, AllProjects: true}).Collect(t.Context())
			require.ErrorIs(t, err, gophermeter.ErrForbidden)
			rows, err := client.ReportSummaries(rating.ReportOptions{Window: window}).Collect(t.Context())
			require.NoError(t, err)
			near(t, truth.cost("tenant-1", ""), rows[0].Rate, s.each, five, cloud)
			_, err = client.ReportTenants(day).Collect(t.Context())
			require.ErrorIs(t, err, gophermeter.ErrForbidden)
			var e *gophermeter.Error
			require.ErrorAs(t, err, &e)
			assert.Contains(t, e.Message, "report:list_tenants")
			assert.NotEmpty(t, e.RequestID)
			_, err = client.Modules().Collect(t.Context())
			require.ErrorIs(t, err, gophermeter.ErrForbidden)
			if s.v2 {
				_, err = client.Scopes(rating.ScopeOptions{}).Collect(t.Context())
				require.ErrorIs(t, err, gophermeter.ErrForbidden)
				modules, err := client.ModulesV2().Collect(t.Context())
				require.NoError(t, err, "17.0 lets anybody read them")
				assert.Len(t, modules, 3)
			}
		}
		// A token without a project sees what all projects cost: in 17.0 it needs no role.
		conn, err := gophermeter.Connect(t.Context(), gophermeter.WithRegion(s.region), gophermeter.WithAuth(gophercloud.AuthOptions{
			IdentityEndpoint: known.AuthURL, Username: "noproject", Password: known.Password, DomainName: "Default"}),
			gophermeter.WithEndpoint("rating", endpoint(t, s)))
		require.NoError(t, err)
		t.Cleanup(conn.CloseIdleConnections)
		client, err := rating.New(conn)
		require.NoError(t, err)
		rows, err := client.ReportSummaries(rating.ReportOptions{Window: window}).Collect(t.Context())
		require.NoError(t, err)
		near(t, truth.cost("", ""), rows[0].Rate, s.each, five, "unscoped")
	})
}

func endpoint(t *testing.T, s storage) string {
	for _, e := range s.connect(t, "").Services() {
		if e.Type == "rating" && e.Region == s.region {
			return e.URL
		}
	}
	t.Fatal("no rating endpoint in " + s.region)
	return ""
}
