package rating_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating"
)

// recordedPages are two recorded pages of two points each, of a collection of four.
func recordedPages(t testing.TB) http.HandlerFunc {
	of4 := func(name string) string {
		return strings.Replace(bodyV2(t, name), `"total": 288`, `"total": 4`, 1)
	}
	return pagedV2(map[string]string{"0": of4("v2-dataframes"), "2": of4("v2-dataframes-next")}, bodyV2(t, "v2-dataframes-past"))
}

var firstFrame = rating.Frame{
	ProjectID: demoProject,
	Metric:    "instance",
	Period:    hourV2(0),
	Quantity:  amount("1.0"),
	Unit:      "instance",
	Price:     amount("0.0213"),
	Attributes: rating.Attributes{
		{Name: "id", Value: "00000001-0000-4000-8000-000000000000"},
		{Name: "user_id", Value: "6899b2618dda421f8af34afd8e8aabdf"},
		{Name: "project_id", Value: demoProject},
		{Name: "flavor_name", Value: "m1.small"},
		{Name: "flavor_id", Value: "2"},
		{Name: "vcpus", Value: ""},
	},
}

func TestFramesReadRecordedPagesOfV2(t *testing.T) {
	t.Parallel()
	client, server := serveV2(t, map[string]http.HandlerFunc{"GET /v2/dataframes": recordedPages(t)}, rating.WithPageSize(2))
	frames, err := client.Frames(rating.FrameOptions{Window: dayV2}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, frames, 4, "a period that two pages share")
	assert.Equal(t, firstFrame, frames[0])
	assert.Equal(t, "network.outgoing.bytes.rate", frames[1].Metric)
	assert.Equal(t, "MB", frames[1].Unit)
	assert.Equal(t, "5687c2b4887a47379deaf98576abd1df", frames[1].ProjectID)
	assert.Equal(t, "0.3333333333", frames[3].Price.String())
	sent, _ := server.asked("GET /v2/dataframes")
	require.Len(t, sent, 2)
	q := sent[0].URL.Query()
	assert.Equal(t, "2026-11-20T00:00:00Z", q.Get("begin"))
	assert.Equal(t, "2026-11-21T00:00:01Z", q.Get("end"), "a second more, for backends that go by the end of a period")
	assert.Equal(t, "2", q.Get("limit"))
	assert.False(t, q.Has("filters"))
	assert.Equal(t, "2", sent[1].URL.Query().Get("offset"), "points, not frames")
}

func TestFramesFilters(t *testing.T) {
	t.Parallel()
	page := strings.Replace(bodyV2(t, "v2-dataframes-filters"), `"total": 48`, `"total": 2`, 1)
	client, server := serveV2(t, map[string]http.HandlerFunc{"GET /v2/dataframes": replies(200, page)})
	frames, err := client.Frames(rating.FrameOptions{Window: dayV2, ProjectID: otherProject, Metric: "instance"}).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, frames, 2)
	sent, _ := server.asked("GET /v2/dataframes")
	assert.Equal(t, []string{"project_id:" + otherProject, "type:instance"}, sent[0].URL.Query()["filters"])
}

// v2-dataframes-demo-other is what a user got who asked for another project: his own.
func TestFramesOfAnotherProjectAreForbidden(t *testing.T) {
	t.Parallel()
	page := strings.Replace(bodyV2(t, "v2-dataframes-demo-other"), `"total": 72`, `"total": 1`, 1)
	client, _ := serveV2(t, map[string]http.HandlerFunc{"GET /v2/dataframes": replies(200, page)})
	_, err := client.Frames(rating.FrameOptions{Window: dayV2, ProjectID: otherProject}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrForbidden)
}

func TestFramesOfNothing(t *testing.T) {
	t.Parallel()
	client, _ := serveV2(t, map[string]http.HandlerFunc{"GET /v2/dataframes": replies(404, bodyV2(t, "v2-nothing"))})
	frames, err := client.Frames(rating.FrameOptions{Window: gophermeter.Month(2001, 1)}).Collect(t.Context())
	require.NoError(t, err, "No resource found is an empty list")
	assert.Empty(t, frames)
	points, err := client.Points(rating.PointOptions{Window: dayV2}).Collect(t.Context())
	require.NoError(t, err)
	assert.Empty(t, points)
}

// A member who asks for another project while his own has nothing gets nothing from API v2, and a 403 from API v1.
func TestFramesOfNothingAreNotThoseOfAnotherProject(t *testing.T) {
	t.Parallel()
	client, server := serveV2(t, map[string]http.HandlerFunc{
		"GET /v2/dataframes":         replies(404, bodyV2(t, "v2-nothing")),
		"GET /v1/storage/dataframes": loadV1(t, "dataframes-demo-other").answer,
	})
	o := rating.FrameOptions{Window: dayV2, ProjectID: otherProject}
	_, err := client.Frames(o).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrForbidden)
	sent, _ := server.asked("GET /v1/storage/dataframes")
	require.Len(t, sent, 1)
	assert.Equal(t, otherProject, sent[0].URL.Query().Get("tenant_id"))

	server.routes["GET /v1/storage/dataframes"] = replies(200, `{"dataframes": []}`)
	frames, err := client.Frames(o).Collect(t.Context())
	require.NoError(t, err)
	assert.Empty(t, frames)
}

func TestFramesReadARecordedBodyOfV1(t *testing.T) {
	t.Parallel()
	client, server := serveV2(t, map[string]http.HandlerFunc{"GET /v1/storage/dataframes": replies(200, bodyV2(t, "v1-dataframes"))})
	w := gophermeter.Window{Start: dayV2.Start, End: dayV2.Start.Add(2 * time.Hour)}
	frames, err := client.Frames(rating.FrameOptions{Window: w}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, frames, 24)
	assert.Equal(t, demoProject, frames[0].ProjectID)
	assert.Equal(t, "instance", frames[0].Metric)
	assert.Equal(t, hourV2(0), frames[0].Period)
	assert.Empty(t, frames[0].Unit, "v1 does not tell")
	assert.Equal(t, "m1.small", frames[0].Attributes.Get("flavor_name"))
	sameAmount(t, "10", frames[2].Quantity) // "1E+1"
	var total rating.Sum
	for _, f := range frames {
		total.Add(f.Price)
	}
	sameAmount(t, "1.537532", total.Total())
	sent, _ := server.asked("GET /v1/storage/dataframes")
	require.Len(t, sent, 1)
	q := sent[0].URL.Query()
	assert.Equal(t, "2026-11-20T00:00:00", q.Get("begin"))
	assert.Equal(t, "2026-11-20T02:00:00", q.Get("end"))
	assert.False(t, q.Has("tenant_id"))
}

func TestFramesOfV1Filters(t *testing.T) {
	t.Parallel()
	client, server := serveV2(t, map[string]http.HandlerFunc{"GET /v1/storage/dataframes": replies(200, bodyV2(t, "v1-dataframes-tenant-type"))})
	frames, err := client.Frames(rating.FrameOptions{Window: dayV2, ProjectID: otherProject, Metric: "instance"}).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, frames, 4)
	sent, _ := server.asked("GET /v1/storage/dataframes")
	assert.Equal(t, otherProject, sent[0].URL.Query().Get("tenant_id"))
	assert.Equal(t, "instance", sent[0].URL.Query().Get("resource_type"))

	client, _ = serveV2(t, map[string]http.HandlerFunc{"GET /v1/storage/dataframes": replies(403, bodyV2(t, "v1-dataframes-other"))})
	_, err = client.Frames(rating.FrameOptions{Window: dayV2, ProjectID: otherProject}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrForbidden)
	client, _ = serveV2(t, map[string]http.HandlerFunc{"GET /v1/storage/dataframes": replies(200, bodyV2(t, "v1-dataframes-empty"))})
	frames, err = client.Frames(rating.FrameOptions{Window: dayV2}).Collect(t.Context())
	require.NoError(t, err)
	assert.Empty(t, frames)
}

func TestFramesOfV1ThatComeTwiceAreNotAdded(t *testing.T) {
	t.Parallel()
	client, _ := serveV2(t, map[string]http.HandlerFunc{"GET /v1/storage/dataframes": replies(200, `{"dataframes": [], "dataframes": []}`)})
	_, err := client.Frames(rating.FrameOptions{Window: dayV2}).Collect(t.Context())
	require.ErrorContains(t, err, "dataframes: comes twice")
}

// Storage v2 behind API v1 puts several tenants into one frame, whose tenant_id is that of its first resource.
func TestFramesOfV1BelongToTheProjectOfThePoint(t *testing.T) {
	t.Parallel()
	resource := func(desc string) string {
		return `{"rating": "1.0", "service": "instance", "desc": {` + desc + `}, "volume": "1.0"}`
	}
	frame := func(tenant string, resources ...string) string {
		return `{"begin": "2026-11-20T00:00:00", "end": "2026-11-20T01:00:00", "tenant_id": "` + tenant + `", "resources": [` + strings.Join(resources, ",") + `]}`
	}
	text := `{"dataframes": [` + strings.Join([]string{
		frame("a", resource(`"project_id": "a"`), resource(`"project_id": "b"`), resource(`"tenant_id": "c"`), resource(`"id": "1"`)),
		frame("d", resource(`"id": "2"`), resource(`"id": "3"`)),
		frame("__UNDEF__", resource(`"id": "4"`)),
		`{"resources": [` + resource(`"id": "5"`) + `,` + resource(`"project_id": "f"`) + `], "tenant_id": "e", "end": "2026-11-20T01:00:00", "begin": "2026-11-20T00:00:00"}`,
	}, ",") + `]}`
	client, _ := serveV2(t, map[string]http.HandlerFunc{"GET /v1/storage/dataframes": replies(200, text)})
	var projects []string
	for f, err := range client.Frames(rating.FrameOptions{Window: dayV2}).All(t.Context()) {
		require.NoError(t, err)
		assert.Equal(t, hourV2(0), f.Period)
		projects = append(projects, f.ProjectID)
	}
	assert.Equal(t, []string{"a", "b", "c", "", "d", "", "", "e", "f"}, projects)
}

func TestFramesAreCutIntoAlignedPieces(t *testing.T) {
	t.Parallel()
	for name, of := range map[string]struct {
		window gophermeter.Window
		piece  time.Duration
		period time.Duration
		want   []string
	}{
		"a day at most": {dayV2, 0, 0, []string{"2026-11-20T00:00:00Z 2026-11-21T00:00:01Z"}},
		"days": {gophermeter.Window{Start: dayV2.Start.Add(6 * time.Hour), End: dayV2.End.Add(26 * time.Hour)}, 0, 0, []string{
			"2026-11-20T06:00:00Z 2026-11-21T00:00:00Z", "2026-11-21T00:00:00Z 2026-11-22T00:00:00Z", "2026-11-22T00:00:00Z 2026-11-22T02:00:01Z",
		}},
		"by a period of seven hours": {gophermeter.Window{Start: time.Unix(0, 0), End: time.Unix(30*3600, 0)}, 0, 7 * time.Hour, []string{
			"1970-01-01T00:00:00Z 1970-01-02T04:00:00Z", "1970-01-02T04:00:00Z 1970-01-02T06:00:01Z",
		}},
		"as asked": {dayV2, 12 * time.Hour, time.Hour, []string{
			"2026-11-20T00:00:00Z 2026-11-20T12:00:00Z", "2026-11-20T12:00:00Z 2026-11-21T00:00:01Z",
		}},
	} {
		client, server := serveV2(t, map[string]http.HandlerFunc{"GET /v2/dataframes": replies(404, bodyV2(t, "v2-nothing"))},
			rating.WithPeriod(of.period), rating.WithConcurrency(1))
		_, err := client.Frames(rating.FrameOptions{Window: of.window, Piece: of.piece}).Collect(t.Context())
		require.NoError(t, err)
		sent, _ := server.asked("GET /v2/dataframes")
		var got []string
		for _, r := range sent {
			got = append(got, r.URL.Query().Get("begin")+" "+r.URL.Query().Get("end"))
		}
		assert.Equal(t, of.want, got, name)
	}
}

// onePoint is a page of one point.
func onePoint(period gophermeter.Window, total int, attributes string) string {
	return fmt.Sprintf(`{"total": %d, "dataframes": [{"period": {"begin": "%s", "end": "%s"}, "usage": {"instance": [`+
		`{"vol": {"unit": "instance", "qty": 1.0}, "rating": {"price": 0.1}, "groupby": {%s}, "metadata": {}}]}}]}`,
		total, period.Start.Format(time.RFC3339), period.End.Format(time.RFC3339), attributes)
}

func TestFramesLeaveOutPeriodsHalfInTheWindow(t *testing.T) {
	t.Parallel()
	w := gophermeter.Window{Start: hourV2(1).Start.Add(30 * time.Minute), End: hourV2(4).Start.Add(30 * time.Minute)}
	var pages []string
	for n := range 6 {
		pages = append(pages, strings.TrimSuffix(strings.TrimPrefix(onePoint(hourV2(n), 6, ""), `{"total": 6, "dataframes": [`), "]}"))
	}
	client, _ := serveV2(t, map[string]http.HandlerFunc{
		"GET /v2/dataframes": replies(200, `{"dataframes": [`+strings.Join(pages, ",")+`], "total": 6}`),
	})
	frames, err := client.Frames(rating.FrameOptions{Window: w}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, frames, 2)
	assert.Equal(t, hourV2(2), frames[0].Period)
	assert.Equal(t, hourV2(3), frames[1].Period)
}

func TestFramesWhosePeriodsCrossACutAreNotTrusted(t *testing.T) {
	t.Parallel()
	w := gophermeter.Window{Start: dayV2.Start, End: dayV2.End.Add(48 * time.Hour)}
	odd := gophermeter.Window{Start: dayV2.Start, End: dayV2.Start.Add(7 * time.Hour)}
	client, _ := serveV2(t, map[string]http.HandlerFunc{"GET /v2/dataframes": replies(200, onePoint(odd, 1, ""))})
	_, err := client.Frames(rating.FrameOptions{Window: w}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrTruncated)
	require.ErrorContains(t, err, "Piece")
	frames, err := client.Frames(rating.FrameOptions{Window: w, Piece: w.Duration()}).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, frames, 1)
}

// Loki has no offsets and calls what it shows the total.
func TestFramesNoticeABackendWithoutOffsets(t *testing.T) {
	t.Parallel()
	page := strings.Replace(bodyV2(t, "v2-dataframes"), `"total": 288`, `"total": 2`, 1)
	client, server := serveV2(t, map[string]http.HandlerFunc{"GET /v2/dataframes": replies(200, page)}, rating.WithPageSize(2))
	_, err := client.Frames(rating.FrameOptions{Window: dayV2}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrTruncated)
	require.ErrorContains(t, err, "Loki")
	asked := server.count()

	server.routes["GET /v2/dataframes"] = pagedV2(map[string]string{"0": page, "2": bodyV2(t, "v2-dataframes-pushed")}, "")
	_, err = client.Frames(rating.FrameOptions{Window: dayV2}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrTruncated, "one more row is enough")
	assert.Equal(t, 2*asked, server.count())

	server.routes["GET /v2/dataframes"] = pagedV2(map[string]string{"0": page}, `{"total": 2, "dataframes": []}`)
	frames, err := client.Frames(rating.FrameOptions{Window: dayV2}).Collect(t.Context())
	require.NoError(t, err, "a page that happens to be full")
	assert.Len(t, frames, 2)

	server.routes["GET /v2/dataframes"] = replies(200, bodyV2(t, "v2-dataframes"))
	_, err = client.Frames(rating.FrameOptions{Window: dayV2}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrTruncated, "the same page at every offset")
}

func TestFramesKeepNoMoreRequestsUnderWayThanAsked(t *testing.T) {
	t.Parallel()
	for _, k := range []int{1, 3} {
		running, most := make(chan int, 1), 0
		running <- 0
		pages := recordedPages(t)
		client, server := serveV2(t, map[string]http.HandlerFunc{"GET /v2/dataframes": func(w http.ResponseWriter, r *http.Request) {
			n := <-running + 1
			most = max(most, n)
			running <- n
			time.Sleep(time.Millisecond)
			running <- <-running - 1
			pages(w, r)
		}}, rating.WithPageSize(2), rating.WithConcurrency(k))
		w := gophermeter.Window{Start: dayV2.Start.Add(-72 * time.Hour), End: dayV2.End.Add(72 * time.Hour)}
		for _, err := range client.Frames(rating.FrameOptions{Window: w}).Pages(t.Context()) {
			require.NoError(t, err)
		}
		sent, _ := server.asked("GET /v2/dataframes")
		assert.Len(t, sent, 14, "two pages of seven days")
		<-running
		assert.LessOrEqual(t, most, k)
	}
}

func TestFramesMakingAndLeaving(t *testing.T) {
	t.Parallel()
	client, server := serveV2(t, map[string]http.HandlerFunc{"GET /v2/dataframes": recordedPages(t)}, rating.WithPageSize(2))
	frames := client.Frames(rating.FrameOptions{Window: dayV2})
	assert.Zero(t, server.count(), "making one asks for nothing")
	for range frames.All(t.Context()) {
		break
	}
	for range 2 {
		all, err := frames.Collect(t.Context())
		require.NoError(t, err)
		assert.Len(t, all, 4, "every range starts again")
	}
}

// A torn body is asked for again before its first frame, and is an error behind it.
func TestFramesOfV1TornBody(t *testing.T) {
	t.Parallel()
	whole := bodyV2(t, "v1-dataframes")
	torn := func(at int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(len(whole)))
			replies(200, whole[:at])(w, r)
		}
	}
	o := rating.FrameOptions{Window: dayV2}
	client, server := serveV2(t, map[string]http.HandlerFunc{"GET /v1/storage/dataframes": inTurn(torn(100), replies(200, whole))})
	frames, err := client.Frames(o).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, frames, 24)
	sent, _ := server.asked("GET /v1/storage/dataframes")
	assert.Len(t, sent, 2)

	client, _ = serveV2(t, map[string]http.HandlerFunc{"GET /v1/storage/dataframes": torn(3000)})
	n := 0
	var failed *gophermeter.Error
	for f, err := range client.Frames(o).All(t.Context()) {
		if err != nil {
			assert.Zero(t, f)
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			require.ErrorAs(t, err, &failed)
			continue
		}
		n++
	}
	assert.Positive(t, n)
	require.NotNil(t, failed)
	assert.Equal(t, []any{"rating.Frames", "rating", "GET", "/v1/storage/dataframes", 200},
		[]any{failed.Op, failed.Service, failed.Method, failed.Path, failed.StatusCode})
	assert.Contains(t, failed.Message, fmt.Sprintf("the answer broke off after %d elements: ", n))
}

func TestFramesRefusedBeforeTheWire(t *testing.T) {
	t.Parallel()
	client, server := serveV2(t, nil, rating.WithPeriod(time.Hour))
	for name, o := range map[string]rating.FrameOptions{
		"Window.Start":              {},
		"Piece: 1ms":                {Window: dayV2, Piece: time.Millisecond},
		"multiple":                  {Window: dayV2, Piece: 90 * time.Minute},
		"FrameOptions.ProjectID":    {Window: dayV2, ProjectID: "a,b"},
		"FrameOptions.Metric":       {Window: dayV2, Metric: "a:b"},
		"FrameOptions.ScopeKey: \"": {Window: dayV2, ProjectID: "a", ScopeKey: "domain:id"},
	} {
		_, err := client.Frames(o).Collect(t.Context())
		require.ErrorIs(t, err, gophermeter.ErrInvalidArgument, name)
		require.ErrorContains(t, err, name)
	}
	for _, o := range []rating.PointOptions{
		{}, {Window: dayV2, Filters: []rating.Filter{{Name: "type", Value: "a"}, {Name: "type", Value: "b"}}},
	} {
		_, err := client.Points(o).Collect(t.Context())
		require.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
	}
	assert.Zero(t, server.count())
}

func TestFramesByAnotherScopeKey(t *testing.T) {
	t.Parallel()
	client, server := serveV2(t, map[string]http.HandlerFunc{
		"GET /v2/dataframes": replies(200, onePoint(hourV2(0), 1, `"project_id": "p", "domain_id": "d"`)),
	})
	frames, err := client.Frames(rating.FrameOptions{Window: dayV2, ScopeKey: "domain_id", ProjectID: "d"}).Collect(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "d", frames[0].ProjectID)
	sent, _ := server.asked("GET /v2/dataframes")
	assert.Equal(t, []string{"domain_id:d"}, sent[0].URL.Query()["filters"])
}

func TestPointsKeepTheKindsOfAttributesApart(t *testing.T) {
	t.Parallel()
	client, server := serveV2(t, map[string]http.HandlerFunc{"GET /v2/dataframes": recordedPages(t)}, rating.WithPageSize(2))
	points, err := client.Points(rating.PointOptions{Window: dayV2, Filters: instances}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, points, 4)
	p := points[0]
	assert.Equal(t, firstFrame.Attributes[:3:3], p.GroupBy)
	assert.Equal(t, firstFrame.Attributes[3:], p.Metadata)
	assert.Equal(t, firstFrame.Metric, p.Metric)
	assert.Equal(t, firstFrame.Period, p.Period)
	assert.Equal(t, "instance", p.Unit)
	sent, _ := server.asked("GET /v2/dataframes")
	assert.Equal(t, "2026-11-21T00:00:00Z", sent[0].URL.Query().Get("end"))
	assert.Equal(t, []string{"type:instance"}, sent[0].URL.Query()["filters"])
}

func TestPointsReadAnyOrderAndAnyValue(t *testing.T) {
	t.Parallel()
	client, _ := serveV2(t, map[string]http.HandlerFunc{"GET /v2/dataframes": replies(200, `{"dataframes": [{"usage": {"m": [`+
		`{"metadata": {"n": null, "i": 5, "f": 1.50, "o": {"a": [1]}, "b": true}, "groupby": {"project_id": "p", "id": "1"}, `+
		`"rating": {"price": 1e-07}, "vol": {"qty": 0.30000000000000004, "unit": "x"}}]}, `+
		`"period": {"end": "2026-11-20T01:00:00+00:00", "begin": "2026-11-20T02:00:00+02:00"}}], "total": 1}`)})
	points, err := client.Points(rating.PointOptions{Window: dayV2}).Collect(t.Context())
	require.NoError(t, err)
	assert.Equal(t, rating.Attributes{{Name: "project_id", Value: "p"}, {Name: "id", Value: "1"}}, points[0].GroupBy)
	assert.Equal(t, rating.Attributes{
		{Name: "n"}, {Name: "i", Value: "5"}, {Name: "f", Value: "1.50"}, {Name: "o", Value: `{"a": [1]}`}, {Name: "b", Value: "true"},
	}, points[0].Metadata)
	assert.Equal(t, hourV2(0), points[0].Period)
	sameAmount(t, "0.0000001", points[0].Price)
	sameAmount(t, "0.30000000000000004", points[0].Quantity)
}

func TestPointsRefuseHalfAnAnswer(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"dataframes": []}`: "total",
		`{"total": 1, "dataframes": [{"usage": {"m": [{"rating": {"price": 1}}]}}]}`:       "period",
		`{"total": 1, "dataframes": [{"usage": {"m": [{"vol": {"qty": 1}}]}}]}`:            "rating",
		`{"total": 1, "dataframes": [{"usage": {"m": [{"rating": {"price": "cheap"}}]}}]}`: "decimal",
		`{"total": 3, "dataframes": []}`:                                                   "total is 3",
	} {
		client, _ := serveV2(t, map[string]http.HandlerFunc{"GET /v2/dataframes": replies(200, text)})
		_, err := client.Points(rating.PointOptions{Window: dayV2}).Collect(t.Context())
		require.ErrorContains(t, err, want)
	}
	client, _ := serveV2(t, nil)
	_, err := client.Points(rating.PointOptions{Window: dayV2}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrUnsupported, "storage v1")
}

func TestPushPoints(t *testing.T) {
	t.Parallel()
	client, server := serveV2(t, map[string]http.HandlerFunc{
		"POST /v2/dataframes": replies(204, ""),
		"GET /v2/dataframes":  replies(200, bodyV2(t, "v2-dataframes-pushed")),
	})
	w := gophermeter.Month(2026, time.February)
	pushed := rating.Point{
		Metric: "instance", Unit: "instance", Quantity: amount("1.5"), Price: amount("0.1234567890123"),
		Period:   gophermeter.Window{Start: w.Start, End: w.Start.Add(time.Hour)},
		GroupBy:  rating.Attributes{{Name: "id", Value: "w"}, {Name: "project_id", Value: "2845bc9e198d46c89312fa2d02ae0606"}},
		Metadata: rating.Attributes{{Name: "flavor_name", Value: "m1.tiny"}},
	}
	other := pushed
	other.Metric, other.Price = "volume.size", amount("1e-20")
	require.NoError(t, client.PushPoints(t.Context(), []rating.Point{pushed, other}))
	_, bodies := server.asked("POST /v2/dataframes")
	assert.JSONEq(t, `{"dataframes": [{"period": {"begin": "2026-02-01T00:00:00Z", "end": "2026-02-01T01:00:00Z"}, "usage": {`+
		`"instance": [{"vol": {"unit": "instance", "qty": "1.5"}, "rating": {"price": "0.1234567890123"}, `+
		`"groupby": {"id": "w", "project_id": "2845bc9e198d46c89312fa2d02ae0606"}, "metadata": {"flavor_name": "m1.tiny"}}], `+
		`"volume.size": [{"vol": {"unit": "instance", "qty": "1.5"}, "rating": {"price": "0.00000000000000000001"}, `+
		`"groupby": {"id": "w", "project_id": "2845bc9e198d46c89312fa2d02ae0606"}, "metadata": {"flavor_name": "m1.tiny"}}]}}]}`, bodies[0])
	stored, err := client.Points(rating.PointOptions{Window: w}).Collect(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []rating.Point{pushed}, stored)
}

func TestPushPointsOfAYearThatTheServiceRefuses(t *testing.T) {
	t.Parallel()
	client, _ := serveV2(t, map[string]http.HandlerFunc{"POST /v2/dataframes": replies(400, bodyV2(t, "v2-dataframes-bad"))})
	far := gophermeter.Month(10000, time.January)
	require.ErrorIs(t, client.PushPoints(t.Context(), []rating.Point{{Metric: "m", Unit: "u", Period: far}}), gophermeter.ErrBadRequest)
}

func TestPushPointsRefusals(t *testing.T) {
	t.Parallel()
	good := rating.Point{Metric: "m", Unit: "u", Period: hourV2(0)}
	with := func(change func(*rating.Point)) []rating.Point {
		p := good
		change(&p)
		return []rating.Point{good, p}
	}
	client, server := serveV2(t, map[string]http.HandlerFunc{"POST /v2/dataframes": replies(403, bodyV2(t, "v2-forbidden"))})
	for name, points := range map[string][]rating.Point{
		"points: is empty":     nil,
		"points[1].Period":     with(func(p *rating.Point) { p.Period = gophermeter.Window{} }),
		"points[1].Metric":     with(func(p *rating.Point) { p.Metric = "" }),
		"points[1].Unit":       with(func(p *rating.Point) { p.Unit = "" }),
		"points[1].Quantity":   with(func(p *rating.Point) { p.Quantity = decimal.New(1, 1<<30) }),
		"points[1].Price":      with(func(p *rating.Point) { p.Price = decimal.New(1, -1<<30) }),
		"points[1].Attributes": with(func(p *rating.Point) { p.Metadata = rating.Attributes{{Value: "x"}} }),
	} {
		err := client.PushPoints(t.Context(), points)
		require.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
		require.ErrorContains(t, err, name)
	}
	assert.Zero(t, server.count())
	require.ErrorIs(t, client.PushPoints(t.Context(), []rating.Point{good}), gophermeter.ErrForbidden)
	server.routes["POST /v2/dataframes"] = replies(400, bodyV2(t, "v2-dataframes-bad"))
	require.ErrorContains(t, client.PushPoints(t.Context(), []rating.Point{good}), "not a valid value")
	server.routes["POST /v2/dataframes"] = replies(500, bodyV2(t, "v2-scope-post-500"))
	before := server.count()
	require.ErrorIs(t, client.PushPoints(t.Context(), []rating.Point{good}), gophermeter.ErrServer)
	assert.Equal(t, before+1, server.count(), "a push that may have been stored is not repeated")
}

func TestFramesTornPageIsAskedForAgain(t *testing.T) {
	t.Parallel()
	whole := strings.Replace(bodyV2(t, "v2-dataframes"), `"total": 288`, `"total": 2`, 1)
	client, server := serveV2(t, map[string]http.HandlerFunc{
		"GET /v2/dataframes": inTurn(replies(200, whole[:300]), replies(200, whole[:500]), replies(200, whole)),
	})
	frames, err := client.Frames(rating.FrameOptions{Window: dayV2}).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, frames, 2)
	sent, _ := server.asked("GET /v2/dataframes")
	assert.Len(t, sent, 3)

	server.routes["GET /v2/dataframes"] = replies(200, `{"total": "many"}`)
	_, err = client.Frames(rating.FrameOptions{Window: dayV2}).Collect(t.Context())
	require.ErrorContains(t, err, "rating.Frames: GET /v2/dataframes", "the call stands in the error of a page")
}
