package rating_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating"
)

func TestReportSummaries(t *testing.T) {
	t.Parallel()
	c := replayV1(t, "summary-default-month", "summary-tenant", "summary-groupby-both", "summary-window", "summary-service")
	rows, err := c.ReportSummaries(rating.ReportOptions{Window: novemberV1, AllProjects: true}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, rows, 1)
	sameAmount(t, "406.68258", rows[0].Rate)
	assert.Equal(t, rating.ReportSummary{Window: novemberV1, Rate: rows[0].Rate}, rows[0], "not split: nothing stands for ALL")

	rows, err = c.ReportSummaries(rating.ReportOptions{Window: novemberV1, ProjectID: tenant1}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, rows, 1)
	assert.Equal(t, tenant1, rows[0].ProjectID)

	both := []rating.ReportGroup{rating.ReportByProject, rating.ReportByMetric}
	rows, err = c.ReportSummaries(rating.ReportOptions{Window: novemberV1, AllProjects: true, GroupBy: both}).Collect(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, rows)
	assert.Equal(t, tenant2, rows[0].ProjectID)
	assert.Equal(t, "volume.size", rows[0].Metric)
	assert.True(t, rows[0].Rate.IsZero())

	rows, err = c.ReportSummaries(rating.ReportOptions{Window: twoHoursV1, AllProjects: true, GroupBy: both[1:]}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, rows, 3)
	assert.Equal(t, twoHoursV1, rows[2].Window)
	sameAmount(t, "1.52353", rows[2].Rate)

	rows, err = c.ReportSummaries(rating.ReportOptions{Window: novemberV1, AllProjects: true, Metric: "volume.size"}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, rows, 1)
	assert.Equal(t, "volume.size", rows[0].Metric)
}

func TestQuirkReportOfOneProjectOnStorageV2SaysALL(t *testing.T) {
	t.Parallel()
	c, _ := scriptedV1(t, replies(200, `{"summary": [{"tenant_id": "ALL", "res_type": "ALL", "rate": "12.3387",
		"begin": "2026-11-01T00:00:00", "end": "2026-12-01T00:00:00"}]}`))
	rows, err := c.ReportSummaries(rating.ReportOptions{Window: novemberV1, ProjectID: tenant1, Metric: "instance"}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, rows, 1)
	assert.Equal(t, tenant1, rows[0].ProjectID, "as storage of version 1 has it")
	assert.Equal(t, "instance", rows[0].Metric)
}

func TestQuirkReportOfAnEmptyWindow(t *testing.T) {
	t.Parallel()
	rows, err := replayV1(t, "summary-window-empty").ReportSummaries(rating.ReportOptions{Window: longAgoV1, AllProjects: true}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, rows, 1, "storage of version 1 says 0")
	assert.True(t, rows[0].Rate.IsZero())
	c, _ := scriptedV1(t, replies(200, `{"summary": []}`))
	rows, err = c.ReportSummaries(rating.ReportOptions{Window: longAgoV1, AllProjects: true}).Collect(t.Context())
	require.NoError(t, err)
	assert.Empty(t, rows, "and that of version 2 nothing")
}

func TestQuirkRatesInScientificForm(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{`"1e-05"`: "0.00001", `"1.2345678901234568e+16"`: "12345678901234568", `"0"`: "0", `0.5`: "0.5"} {
		c, _ := scriptedV1(t, replies(200, `{"summary": [{"rate": `+text+`}]}`))
		rows, err := c.ReportSummaries(rating.ReportOptions{Window: novemberV1}).Collect(t.Context())
		require.NoError(t, err)
		sameAmount(t, want, rows[0].Rate)
	}
}

func TestReportThatCannotBeSummed(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"summary": [{"rate": "1"}], "summary": [{"rate": "1"}]}`: "summary: comes twice",
		`{"summary": [{"rate": "1"}, {"tenant_id": "p"}]}`:         "a row without a rate",
		`{"summary": [{"rate": NaN}]}`:                             "invalid",
		`{"summary": [{"rate": "Infinity"}]}`:                      "a decimal number",
		`{"summary": [{"rate": 1e400}, {"rate": 1e4000}]}`:         "a decimal number",
	} {
		c, _ := scriptedV1(t, replies(200, text))
		_, err := c.ReportSummaries(rating.ReportOptions{Window: novemberV1}).Collect(t.Context())
		require.ErrorContains(t, err, want, text)
	}
}

func TestQuirkFalseAllTenantsIsLeftOut(t *testing.T) {
	t.Parallel()
	c, script := scriptedV1(t, loadV1(t, "summary-own-project-empty").answer)
	_, err := c.ReportSummaries(rating.ReportOptions{Window: novemberV1}).Collect(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[string][]string{"begin": {"2026-11-01T00:00:00"}, "end": {"2026-12-01T00:00:00"}}, map[string][]string(script.requests[0].query),
		"all_tenants=false is true")
	assert.Equal(t, "application/json", script.requests[0].accept, "any other gets XML or nothing")
}

func TestQuirkReportCutOffAtAThousandGroups(t *testing.T) {
	t.Parallel()
	groups := func(n int) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf(`{"tenant_id": "p%d", "res_type": "ALL", "rate": "1"}`, i))
		}
		return `{"summary": [` + strings.Join(all, ",") + `]}`
	}
	by := rating.ReportOptions{Window: novemberV1, AllProjects: true, GroupBy: []rating.ReportGroup{rating.ReportByProject}}
	for n, want := range map[int]error{999: nil, 1000: gophermeter.ErrTruncated, 1001: nil} {
		c, _ := scriptedV1(t, replies(200, groups(n)))
		rows, err := c.ReportSummaries(by).Collect(t.Context())
		if want != nil {
			require.ErrorIs(t, err, want)
			continue
		}
		require.NoError(t, err)
		assert.Len(t, rows, n)
	}
}

func TestReportTotal(t *testing.T) {
	t.Parallel()
	c := replayV1(t, "total", "total-empty", "total-demo-other")
	total, err := c.GetReportTotal(t.Context(), rating.ReportOptions{Window: novemberV1, AllProjects: true}) //nolint:staticcheck // deprecated, and works
	require.NoError(t, err)
	assert.Equal(t, "406.6825765710091", total.String(), "all digits that storage of version 1 has, of which seven are right")
	total, err = c.GetReportTotal(t.Context(), rating.ReportOptions{Window: longAgoV1, AllProjects: true}) //nolint:staticcheck // as above
	require.NoError(t, err)
	assert.True(t, total.IsZero())
	_, err = c.GetReportTotal(t.Context(), rating.ReportOptions{Window: novemberV1, ProjectID: tenant2}) //nolint:staticcheck // as above
	assert.ErrorIs(t, err, gophermeter.ErrForbidden)
}

func TestReportTenants(t *testing.T) {
	t.Parallel()
	c := replayV1(t, "tenants", "tenants-window-empty", "tenants-demo-403")
	ids, err := c.ReportTenants(novemberV1).Collect(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []string{tenant1, tenant2, "5687c2b4887a47379deaf98576abd1df"}, ids)
	ids, err = c.ReportTenants(longAgoV1).Collect(t.Context())
	require.NoError(t, err)
	assert.Empty(t, ids)
	_, err = c.ReportTenants(novemberV1).Collect(t.Context())
	assert.ErrorIs(t, err, gophermeter.ErrForbidden)
}

func TestQuirkReportTenantsTwice(t *testing.T) {
	t.Parallel()
	c, _ := scriptedV1(t, replies(200, `["a", "b", "a", "c", "b"]`))
	ids, err := c.ReportTenants(novemberV1).Collect(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "b", "c"}, ids)
}

func TestReportErrors(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]error{
		"summary-demo-all": gophermeter.ErrForbidden, "summary-bad-date": gophermeter.ErrBadRequest,
		"summary-unknown-param": gophermeter.ErrUnsupported, "bad-token": gophermeter.ErrUnauthorized,
		"path-404-outside": gophermeter.ErrNotFound, "path-404": gophermeter.ErrUnsupported,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := scriptedV1(t, loadV1(t, name).answer)
			_, err := c.ReportSummaries(rating.ReportOptions{Window: novemberV1, AllProjects: true}).Collect(t.Context())
			require.ErrorIs(t, err, want)
			var e *gophermeter.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, "rating.ReportSummaries", e.Op)
			assert.NotEmpty(t, err.Error())
			assert.NotContains(t, e.Message, "\n")
		})
	}
}

func TestReportRefusedBeforeTheWire(t *testing.T) {
	t.Parallel()
	c, script := scriptedV1(t, replies(500, ""))
	ctx := t.Context()
	one := func(_ any, err error) error { return err }
	backwards := gophermeter.Window{Start: novemberV1.End, End: novemberV1.Start}
	for field, err := range map[string]error{
		"Window.Start":            one(c.ReportSummaries(rating.ReportOptions{}).Collect(ctx)),
		"Window.End":              one(c.ReportSummaries(rating.ReportOptions{Window: backwards}).Collect(ctx)),
		"ReportOptions.ProjectID": one(c.ReportSummaries(rating.ReportOptions{Window: novemberV1, ProjectID: "p", AllProjects: true}).Collect(ctx)),
		"a group is empty":        one(c.ReportSummaries(rating.ReportOptions{Window: novemberV1, GroupBy: []rating.ReportGroup{""}}).Collect(ctx)),
		"a total has no groups": one(c.GetReportTotal(ctx, //nolint:staticcheck // as above
			rating.ReportOptions{Window: novemberV1, GroupBy: []rating.ReportGroup{rating.ReportByMetric}})),
		"Window.End: ":    one(c.ReportTenants(backwards).Collect(ctx)),
		"Window.End: 202": one(c.StorageDataFrames(rating.StorageDataFrameOptions{Window: backwards}).Collect(ctx)),
	} {
		require.ErrorIs(t, err, gophermeter.ErrInvalidArgument, field)
		assert.ErrorContains(t, err, field)
	}
	assert.Empty(t, script.requests)
}
