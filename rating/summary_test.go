package rating_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating"
)

const demoProject, otherProject = "d3be098c33ed412795ff7c9116dd0223", "49dea906e9ff4583bb28589ac8856948"

// instances is a filter that keeps a summary from asking for the metrics.
var instances = []rating.Filter{{Name: "type", Value: "instance"}}

func summaries(t *testing.T, answer http.HandlerFunc, opts ...rating.Option) (*rating.Client, *serverV2) {
	t.Helper()
	return serveV2(t, map[string]http.HandlerFunc{
		"GET /v2/summary":      answer,
		"GET /v1/info/metrics": replies(200, bodyV2(t, "v1-metrics")),
	}, opts...)
}

func TestSummaryReadsARecordedTable(t *testing.T) {
	t.Parallel()
	client, server := summaries(t, replies(200, bodyV2(t, "v2-summary-groups")))
	rows, err := client.Summary(rating.SummaryOptions{
		Window: dayV2, GroupBy: []string{rating.GroupByType, rating.GroupByProject}, Filters: instances,
	}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, rows, 9)
	assert.Equal(t, dayV2, rows[0].Window)
	sameAmount(t, "48.0", rows[0].Quantity)
	assert.Equal(t, "9.019999999199998", rows[0].Rate.String(), "every digit that was sent")
	assert.Equal(t, rating.Attributes{{Name: "type", Value: "instance"}, {Name: "project_id", Value: otherProject}}, rows[0].Groups)
	assert.Nil(t, rows[0].Fields)

	sent, _ := server.asked("GET /v2/summary")
	require.Len(t, sent, 1)
	q := sent[0].URL.Query()
	assert.Equal(t, "2026-11-20T00:00:00Z", q.Get("begin"))
	assert.Equal(t, "2026-11-21T00:00:00Z", q.Get("end"))
	assert.Equal(t, []string{"type", "project_id"}, q["groupby"])
	assert.Equal(t, []string{"type:instance"}, q["filters"])
	assert.Equal(t, "1000", q.Get("limit"))
	assert.False(t, q.Has("response_format"), "releases before 16 do not know it")
	assert.False(t, q.Has("custom_fields"))
}

func TestSummaryTableAndObjectAreOneResult(t *testing.T) {
	t.Parallel()
	var all [2][]rating.SummaryRow
	for i, name := range []string{"v2-summary-type", "v2-summary-object"} {
		client, server := summaries(t, replies(200, bodyV2(t, name)))
		format := []rating.SummaryFormat{"", rating.FormatObject}[i]
		rows, err := client.Summary(rating.SummaryOptions{
			Window: dayV2, GroupBy: []string{"type"}, Filters: instances, Format: format,
		}).Collect(t.Context())
		require.NoError(t, err)
		all[i] = rows
		sent, _ := server.asked("GET /v2/summary")
		assert.Equal(t, string(format), sent[0].URL.Query().Get("response_format"))
	}
	require.Len(t, all[0], 3)
	assert.Equal(t, all[0], all[1])
}

func TestSummaryWithoutFiltersNamesEveryMetric(t *testing.T) {
	t.Parallel()
	client, server := summaries(t, replies(200, bodyV2(t, "v2-summary-explicit")))
	rows, err := client.Summary(rating.SummaryOptions{Window: dayV2, GroupBy: []string{"project_id"}}).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, rows, 3)
	sent, _ := server.asked("GET /v2/summary")
	assert.Equal(t, []string{
		"type:instance", "type:image.size", "type:volume.size", "type:network.outgoing.bytes.rate",
		"type:network.incoming.bytes.rate", "type:ip.floating", "type:radosgw.objects.size",
	}, sent[0].URL.Query()["filters"], "or up to release 23 it is the summary of the project that asked before")
}

// What the guard is against: v2-summary-leak is what an administrator got without filters.
func TestSummaryNeverAsksWithoutFilters(t *testing.T) {
	t.Parallel()
	client, _ := summaries(t, func(w http.ResponseWriter, r *http.Request) {
		name := "v2-summary-explicit"
		if !r.URL.Query().Has("filters") {
			name = "v2-summary-leak"
		}
		replies(200, bodyV2(t, name))(w, r)
	})
	rows, err := client.Summary(rating.SummaryOptions{Window: dayV2, GroupBy: []string{"project_id"}}).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, rows, 3)
}

func TestSummaryOfNoMetricsIsRefused(t *testing.T) {
	t.Parallel()
	client, _ := serveV2(t, map[string]http.HandlerFunc{"GET /v1/info/metrics": replies(200, `{"metrics": []}`)})
	_, err := client.Summary(rating.SummaryOptions{Window: dayV2}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrUnsupported)
}

func TestSummaryByPeriodHasItsOwnWindows(t *testing.T) {
	t.Parallel()
	client, _ := summaries(t, replies(200, bodyV2(t, "v2-summary-time")))
	rows, err := client.Summary(rating.SummaryOptions{Window: dayV2, GroupBy: []string{rating.GroupByTime}, Filters: instances}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, rows, 24)
	for i, row := range rows {
		assert.Equal(t, hourV2(i), row.Window)
		assert.Empty(t, row.Groups)
	}
}

func TestSummaryByDayOfAnOldReleaseIsUnsupported(t *testing.T) {
	t.Parallel()
	client, _ := summaries(t, replies(200, bodyV2(t, "v2-summary-time-d")))
	_, err := client.Summary(rating.SummaryOptions{Window: dayV2, GroupBy: []string{rating.GroupByDay}, Filters: instances}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrUnsupported)
	require.ErrorContains(t, err, "time-d")
}

// Source: cloudkitty/storage/v2/influx.py of release 20, which names the columns.
func TestSummaryByDayOfANewRelease(t *testing.T) {
	t.Parallel()
	client, _ := summaries(t, replies(200, `{"total": 1, "columns": ["begin", "end", "qty", "rate", "day_of_the_year"], `+
		`"results": [["2026-11-20T00:00:00+00:00", "2026-11-21T00:00:00+00:00", 144.0, 1e-07, "324"]], "format": "table"}`))
	rows, err := client.Summary(rating.SummaryOptions{Window: dayV2, GroupBy: []string{rating.GroupByDay}, Filters: instances}).Collect(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "324", rows[0].Groups.Get("day_of_the_year"))
	sameAmount(t, "0.0000001", rows[0].Rate)
}

func TestSummaryCustomFields(t *testing.T) {
	t.Parallel()
	client, server := summaries(t, replies(200, bodyV2(t, "v2-summary-custom")))
	const fields = "SUM(price) AS rate"
	rows, err := client.Summary(rating.SummaryOptions{Window: dayV2, Filters: instances, CustomFields: fields}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, rows, 1)
	require.Len(t, rows[0].Fields, 1)
	assert.Equal(t, "rate", rows[0].Fields[0].Name)
	assert.Equal(t, "18.45439999839999", rows[0].Fields[0].Text)
	sameAmount(t, "18.45439999839999", rows[0].Fields[0].Number)
	sameAmount(t, "18.45439999839999", rows[0].Rate)
	assert.True(t, rows[0].Quantity.IsZero())
	sent, _ := server.asked("GET /v2/summary")
	assert.Equal(t, fields, sent[0].URL.Query().Get("custom_fields"))
}

func TestSummaryCustomFieldsOfEveryKind(t *testing.T) {
	t.Parallel()
	client, _ := summaries(t, replies(200, `{"results": [["2026-11-20T00:00:00+00:00", "2026-11-21T00:00:00+00:00", null, "x\u00e9", "1.5", "p1"]], `+
		`"columns": ["begin", "end", "peak", "unit", "mean", "project_id"], "total": 1}`))
	rows, err := client.Summary(rating.SummaryOptions{Window: dayV2, Filters: instances, GroupBy: []string{"project_id"}, CustomFields: "x"}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, rows, 1, "columns behind the results")
	assert.Equal(t, []rating.SummaryField{
		{Name: "peak"}, {Name: "unit", Text: "xé"}, {Name: "mean", Text: "1.5", Number: amount("1.5")},
	}, rows[0].Fields)
	assert.Equal(t, "p1", rows[0].Groups.Get("project_id"))
}

func TestSummaryEmptyIsNoError(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"v2-summary-empty", "v2-summary-object-empty", "v2-summary-unscoped"} {
		client, _ := summaries(t, replies(200, bodyV2(t, name)))
		rows, err := client.Summary(rating.SummaryOptions{Window: dayV2, Filters: instances}).Collect(t.Context())
		require.NoError(t, err, name)
		assert.Empty(t, rows, name)
	}
}

func TestSummaryWalksItsPages(t *testing.T) {
	t.Parallel()
	first, last := bodyV2(t, "v2-summary-limit1"), bodyV2(t, "v2-summary-limit1-last")
	pages := map[string]string{"0": first, "8": last}
	for n := 1; n < 8; n++ {
		pages[string(rune('0'+n))] = strings.Replace(first, "48.0", "48."+string(rune('0'+n)), 1)
	}
	client, server := summaries(t, pagedV2(pages, ""), rating.WithPageSize(1))
	rows, err := client.Summary(rating.SummaryOptions{Window: dayV2, GroupBy: []string{"type", "project_id"}, Filters: instances}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, rows, 9)
	sameAmount(t, "48.3", rows[3].Quantity)
	assert.Equal(t, "volume.size", rows[8].Groups.Get("type"))
	sent, _ := server.asked("GET /v2/summary")
	assert.Len(t, sent, 9)
}

func TestSummaryNoticesABackendWithoutOffsets(t *testing.T) {
	t.Parallel()
	client, _ := summaries(t, replies(200, bodyV2(t, "v2-summary-limit1")), rating.WithPageSize(1))
	_, err := client.Summary(rating.SummaryOptions{Window: dayV2, Filters: instances}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrTruncated)
}

// v2-summary-demo-other is what a user got who asked for another project: his own.
func TestSummaryOfAnotherProjectIsForbidden(t *testing.T) {
	t.Parallel()
	own := strings.NewReplacer(`"rate"]`, `"rate", "project_id"]`, `0.5631999999999998]`, `0.5631999999999998, "`+demoProject+`"]`).
		Replace(bodyV2(t, "v2-summary-demo-other"))
	client, server := summaries(t, replies(200, own))
	filters := []rating.Filter{{Name: "project_id", Value: otherProject}}
	_, err := client.Summary(rating.SummaryOptions{Window: dayV2, Filters: filters}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrForbidden)
	sent, _ := server.asked("GET /v2/summary")
	assert.Equal(t, []string{"project_id"}, sent[0].URL.Query()["groupby"], "that shows whose summary it is")

	filters[0].Value = demoProject
	rows, err := client.Summary(rating.SummaryOptions{Window: dayV2, Filters: filters}).Collect(t.Context())
	require.NoError(t, err)
	assert.Empty(t, rows[0].Groups, "it was not asked for")
	sameAmount(t, "0.5631999999999998", rows[0].Rate)
}

func TestSummaryOfAnotherProjectIsForbiddenWhateverIsAsked(t *testing.T) {
	t.Parallel()
	filters := []rating.Filter{{Name: "project_id", Value: otherProject}}
	client, server := summaries(t, replies(200, strings.NewReplacer(`"rate"]`, `"rate", "project_id"]`, `18.45439999839999`, `1, "`+demoProject+`"`).
		Replace(bodyV2(t, "v2-summary-custom"))))
	_, err := client.Summary(rating.SummaryOptions{Window: dayV2, Filters: filters, CustomFields: "SUM(price) AS rate"}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrForbidden, "fields of his own project")

	server.routes["GET /v2/summary"] = replies(200, bodyV2(t, "v2-summary-empty"))
	server.routes["GET /v1/storage/dataframes"] = loadV1(t, "dataframes-demo-other").answer
	_, err = client.Summary(rating.SummaryOptions{Window: dayV2, Filters: filters}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrForbidden, "nothing, of his own project")
	server.routes["GET /v1/storage/dataframes"] = replies(200, `{"dataframes": []}`)
	rows, err := client.Summary(rating.SummaryOptions{Window: dayV2, Filters: filters}).Collect(t.Context())
	require.NoError(t, err)
	assert.Empty(t, rows)
}

func TestSummaryRowWithoutARateIsNoSumOfNothing(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"total": 1, "columns": ["begin", "end", "qty"], "results": [["2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", 1]]}`,
		`{"total": 1, "results": [{"begin": "2026-11-20T00:00:00Z", "end": "2026-11-21T00:00:00Z", "qty": 1}]}`,
	} {
		client, _ := summaries(t, replies(200, text))
		_, err := client.Summary(rating.SummaryOptions{Window: dayV2, Filters: instances}).Collect(t.Context())
		require.ErrorContains(t, err, "a row without a rate")
	}
}

func TestSummaryRaggedTableIsNotRead(t *testing.T) {
	t.Parallel()
	for _, values := range []string{"1", "1, 2, 3"} {
		client, _ := summaries(t, replies(200, `{"total": 1, "columns": ["begin", "end", "qty", "rate"], "results": [[`+
			`"2026-11-20T00:00:00+00:00", "2026-11-21T00:00:00+00:00", `+values+`]]}`))
		_, err := client.Summary(rating.SummaryOptions{Window: dayV2, Filters: instances}).Collect(t.Context())
		require.ErrorIs(t, err, gophermeter.ErrTruncated)
	}
}

func TestSummaryRefusedBeforeTheWire(t *testing.T) {
	t.Parallel()
	client, server := summaries(t, noPath)
	for name, o := range map[string]rating.SummaryOptions{
		"Window.Start":           {},
		"Window":                 {Window: gophermeter.Window{Start: dayV2.Start.Add(1), End: dayV2.End}},
		"Filter.Name":            {Window: dayV2, Filters: []rating.Filter{{Value: "x"}}},
		"Filter.Value: is empty": {Window: dayV2, Filters: []rating.Filter{{Name: "type"}}},
		`"a:b"`:                  {Window: dayV2, Filters: []rating.Filter{{Name: "flavor_name", Value: "a:b"}}},
		`"a,b"`:                  {Window: dayV2, Filters: []rating.Filter{{Name: "flavor_name", Value: "a,b"}}},
		"GroupBy":                {Window: dayV2, GroupBy: []string{""}},
		`"type,id"`:              {Window: dayV2, GroupBy: []string{"type,id"}},
		"twice":                  {Window: dayV2, GroupBy: []string{"type", "type"}},
		"Format":                 {Window: dayV2, Format: "csv"},
	} {
		_, err := client.Summary(o).Collect(t.Context())
		require.ErrorIs(t, err, gophermeter.ErrInvalidArgument, name)
		require.ErrorContains(t, err, name)
	}
	assert.Zero(t, server.count())
}

func TestSummaryRefusals(t *testing.T) {
	t.Parallel()
	ask := func(answer http.HandlerFunc) error {
		client, _ := summaries(t, answer)
		_, err := client.Summary(rating.SummaryOptions{Window: dayV2, Filters: instances}).Collect(t.Context())
		return err
	}
	require.ErrorIs(t, ask(noPath), gophermeter.ErrUnsupported, "storage v1 has no v2")
	err := ask(replies(400, bodyV2(t, "v2-extra-keys")))
	require.ErrorIs(t, err, gophermeter.ErrUnsupported)
	require.ErrorContains(t, err, "extra keys not allowed")
	err = ask(replies(400, bodyV2(t, "v2-filters-bad")))
	require.ErrorIs(t, err, gophermeter.ErrBadRequest)
	require.NotErrorIs(t, err, gophermeter.ErrUnsupported)
	// Source: cloudkitty/api/v2/utils.py, DictQueryParam, of releases before 16.
	err = ask(replies(400, `{"message": "Invalid data '{}' : key type already provided (path: '['filters']')"}`))
	require.ErrorIs(t, err, gophermeter.ErrUnsupported)
	require.ErrorIs(t, ask(replies(500, bodyV2(t, "v2-summary-bad-format"))), gophermeter.ErrServer)
	require.ErrorContains(t, ask(replies(200, `{"results": []}`)), "total")
	require.ErrorContains(t, ask(replies(200, `{"total": 0}`)), "results")
}

func TestSummaryOfAMonthIsOneRow(t *testing.T) {
	t.Parallel()
	client, _ := summaries(t, replies(200, bodyV2(t, "v2-summary-table")))
	rows, err := client.Summary(rating.SummaryOptions{Window: gophermeter.Month(2026, 11), Filters: instances}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, rows, 1)
	assert.Equal(t, "406.6825666313991", rows[0].Rate.String())
	assert.Equal(t, "1595099.9962", rows[0].Quantity.String())
	assert.Empty(t, rows[0].Groups)
}
