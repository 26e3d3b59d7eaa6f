package rating_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating"
)

// task is a row. Source: cloudkitty/api/v2/task/reprocess.py; its times are naive and UTC.
func task(scope string, w gophermeter.Window, current string) string {
	const naive = "2006-01-02T15:04:05"
	return fmt.Sprintf(`{"scope_id": %q, "reason": "new prices", "start_reprocess_time": %q, "end_reprocess_time": %q, "current_reprocess_time": %q}`,
		scope, w.Start.Format(naive), w.End.Format(naive), current)
}

func tasks(rows ...string) string { return `{"results": [` + strings.Join(rows, ",") + `]}` }

func TestReprocesses(t *testing.T) {
	t.Parallel()
	page := tasks(task("a", dayV2, ""), task("b", dayV2, "2026-11-20T06:00:00"), task("b", dayV2, "2026-11-21T00:00:00"))
	client, server := serveV2(t, map[string]http.HandlerFunc{
		"GET /v2/task/reprocesses": inTurn(replies(200, bodyV2(t, "v2-reprocesses")), replies(200, page)),
	})
	all, err := client.Reprocesses(rating.ReprocessOptions{}).Collect(t.Context())
	require.NoError(t, err)
	assert.Empty(t, all)
	all, err = client.Reprocesses(rating.ReprocessOptions{ScopeIDs: []string{"a", "b"}, NewestFirst: true}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 3)
	assert.Equal(t, rating.Reprocess{ScopeID: "a", Reason: "new prices", Window: dayV2}, all[0])
	assert.False(t, all[0].Done())
	assert.Zero(t, all[0].Progress())
	assert.InDelta(t, 0.25, all[1].Progress(), 1e-9)
	assert.True(t, all[2].Done())
	sent, _ := server.asked("GET /v2/task/reprocesses")
	assert.Equal(t, "asc", sent[0].URL.Query().Get("order"))
	assert.False(t, sent[0].URL.Query().Has("scope_ids"))
	assert.Equal(t, "desc", sent[1].URL.Query().Get("order"))
	assert.Equal(t, []string{"a", "b"}, sent[1].URL.Query()["scope_ids"])
}

func TestReprocessesOfABackendWithoutOffsets(t *testing.T) {
	t.Parallel()
	client, _ := serveV2(t, map[string]http.HandlerFunc{
		"GET /v2/task/reprocesses": replies(200, tasks(task("a", dayV2, ""), task("b", dayV2, ""))),
	}, rating.WithPageSize(2))
	_, err := client.Reprocesses(rating.ReprocessOptions{}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrTruncated)
}

func TestReprocessesThatMoveDuringTheWalk(t *testing.T) {
	t.Parallel()
	a, b, c := task("a", dayV2, ""), task("b", dayV2, "2026-11-20T06:00:00"), task("c", dayV2, "")
	started := task("b", dayV2, "2026-11-20T07:00:00")
	client, server := serveV2(t, nil, rating.WithPageSize(2))
	for _, pages := range [][2]string{{tasks(a, b), tasks(started)}, {tasks(a, b), tasks(started, c)}} {
		server.routes = map[string]http.HandlerFunc{"GET /v2/task/reprocesses": inTurn(replies(200, pages[0]), replies(200, pages[1]))}
		_, err := client.Reprocesses(rating.ReprocessOptions{NewestFirst: true}).Collect(t.Context())
		require.ErrorIs(t, err, gophermeter.ErrTruncated, "a task was created before the second page")
	}
	server.routes["GET /v2/task/reprocesses"] = inTurn(replies(200, tasks(a, b)), replies(200, tasks(c)))
	all, err := client.Reprocesses(rating.ReprocessOptions{NewestFirst: true}).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, all, 3)
	server.routes["GET /v2/task/reprocesses"] = inTurn(replies(200, tasks(a, b)), replies(200, tasks(b)))
	all, err = client.Reprocesses(rating.ReprocessOptions{}).Collect(t.Context())
	require.NoError(t, err, "the oldest first do not move, and a task may come twice")
	assert.Len(t, all, 3)
}

func TestScopeReprocesses(t *testing.T) {
	t.Parallel()
	client, server := serveV2(t, map[string]http.HandlerFunc{
		"GET /v2/task/reprocesses/a": replies(200, tasks(task("a", dayV2, ""))),
		"GET /v2/task/reprocesses":   replies(200, tasks(task("a/b", dayV2, ""))),
	})
	all, err := client.ScopeReprocesses("a").Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, all, 1)
	all, err = client.ScopeReprocesses("a/b").Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, all, 1)
	sent, _ := server.asked("GET /v2/task/reprocesses")
	assert.Equal(t, "a/b", sent[0].URL.Query().Get("scope_ids"))
	_, err = client.ScopeReprocesses("").Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
	_, err = client.Reprocesses(rating.ReprocessOptions{ScopeIDs: []string{"a,b"}}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
}

func TestGetReprocess(t *testing.T) {
	t.Parallel()
	client, _ := serveV2(t, map[string]http.HandlerFunc{"GET /v2/task/reprocesses/a": replies(200,
		tasks(task("a", dayV2, "2026-11-21T00:00:00"), task("a", hourV2(0), ""), task("a", dayV2, "2026-11-20T12:00:00")))})
	got, err := client.GetReprocess(t.Context(), "a", dayV2)
	require.NoError(t, err)
	assert.InDelta(t, 0.5, got.Progress(), 1e-9, "the newest")
	_, err = client.GetReprocess(t.Context(), "a", hourV2(1))
	require.ErrorIs(t, err, gophermeter.ErrNotFound)
	_, err = client.GetReprocess(t.Context(), "a", gophermeter.Window{})
	require.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
	_, err = client.GetReprocess(t.Context(), "", dayV2)
	require.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
}

func TestCreateReprocess(t *testing.T) {
	t.Parallel()
	client, server := serveV2(t, map[string]http.HandlerFunc{"POST /v2/task/reprocesses": replies(202, "{}")}, rating.WithPeriod(time.Hour))
	require.NoError(t, client.CreateReprocess(t.Context(), rating.ReprocessCreate{ScopeIDs: []string{"a", "b"}, Window: dayV2, Reason: "new prices"}))
	require.NoError(t, client.CreateReprocess(t.Context(), rating.ReprocessCreate{All: true, Window: dayV2, Reason: "new prices"}))
	_, bodies := server.asked("POST /v2/task/reprocesses")
	const rest = `, "start_reprocess_time": "2026-11-20T00:00:00Z", "end_reprocess_time": "2026-11-21T00:00:00Z", "reason": "new prices"}`
	assert.JSONEq(t, `{"scope_ids": ["a", "b"]`+rest, bodies[0])
	assert.JSONEq(t, `{"scope_ids": ["ALL"]`+rest, bodies[1])
}

func TestCreateReprocessRefusals(t *testing.T) {
	t.Parallel()
	client, server := serveV2(t, map[string]http.HandlerFunc{"POST /v2/task/reprocesses": replies(400, bodyV2(t, "v2-reprocess-400"))}, rating.WithPeriod(time.Hour))
	good := rating.ReprocessCreate{ScopeIDs: []string{"nope"}, Window: dayV2, Reason: "wire"}
	for name, change := range map[string]func(*rating.ReprocessCreate){
		"not both":              func(c *rating.ReprocessCreate) { c.ScopeIDs = nil },
		"needs ScopeIDs":        func(c *rating.ReprocessCreate) { c.All = true },
		"set All":               func(c *rating.ReprocessCreate) { c.ScopeIDs = []string{"ALL"} },
		"ScopeIDs: is empty":    func(c *rating.ReprocessCreate) { c.ScopeIDs = []string{""} },
		"Reason":                func(c *rating.ReprocessCreate) { c.Reason = " " },
		"Window.End":            func(c *rating.ReprocessCreate) { c.Window.End = c.Window.Start },
		"Window.Start: 2026":    func(c *rating.ReprocessCreate) { c.Window.Start = c.Window.Start.Add(time.Minute) },
		"Window.End: 2026":      func(c *rating.ReprocessCreate) { c.Window.End = c.Window.End.Add(time.Minute) },
		"fractions of a second": func(c *rating.ReprocessCreate) { c.Window.End = c.Window.End.Add(1) },
	} {
		bad := good
		change(&bad)
		err := client.CreateReprocess(t.Context(), bad)
		require.ErrorIs(t, err, gophermeter.ErrInvalidArgument, name)
		require.ErrorContains(t, err, name)
	}
	assert.Zero(t, server.count())
	err := client.CreateReprocess(t.Context(), good)
	require.ErrorIs(t, err, gophermeter.ErrBadRequest)
	require.ErrorContains(t, err, "Scopes ['nope'] scheduled to reprocess")

	server.routes["POST /v2/task/reprocesses"] = replies(500, bodyV2(t, "v2-scope-post-500"))
	before := server.count()
	require.ErrorIs(t, client.CreateReprocess(t.Context(), good), gophermeter.ErrServer)
	assert.Equal(t, before+1, server.count(), "a second task would be another one")
	server.routes = nil
	require.ErrorIs(t, client.CreateReprocess(t.Context(), good), gophermeter.ErrUnsupported, "a release before 16")
}

// mocked is a client without a network, for tests in which time stands still.
func mocked(t *testing.T, transport *httpmock.MockTransport) *rating.Client {
	t.Helper()
	provider := &gophercloud.ProviderClient{TokenID: "a-token", IdentityBase: "http://keystone/"}
	conn, err := gophermeter.FromProvider(provider, gophercloud.EndpointOpts{},
		gophermeter.WithEndpoint("rating", "http://cloudkitty"), gophermeter.WithTransport(transport))
	require.NoError(t, err)
	client, err := rating.New(conn)
	require.NoError(t, err)
	return client
}

func TestWaitReprocess(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		looks := 0
		transport := httpmock.NewMockTransport()
		transport.RegisterResponder("GET", "=~/v2/task/reprocesses/a", func(*http.Request) (*http.Response, error) {
			current := ""
			if looks > 0 {
				current = dayV2.Start.Add(time.Duration(looks) * 8 * time.Hour).Format("2006-01-02T15:04:05")
			}
			looks++
			return &http.Response{
				StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(tasks(task("a", dayV2, current)))),
			}, nil
		})
		client := mocked(t, transport)
		start := time.Now()
		var seen []float64
		done, err := client.WaitReprocess(t.Context(), "a", dayV2, func(r rating.Reprocess) { seen = append(seen, r.Progress()) })
		require.NoError(t, err)
		assert.True(t, done.Done())
		assert.InDeltaSlice(t, []float64{0, 1. / 3, 2. / 3, 1}, seen, 1e-9)
		assert.Equal(t, 30*time.Second, time.Since(start))

		looks = 1
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		_, err = client.WaitReprocess(ctx, "a", dayV2, nil)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "33 % done")
		_, err = client.WaitReprocess(t.Context(), "a", hourV2(0), nil)
		require.ErrorIs(t, err, gophermeter.ErrNotFound)
	})
}
