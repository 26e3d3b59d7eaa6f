package rating_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating"
)

const thirdProject = "5687c2b4887a47379deaf98576abd1df"

var demoScope = rating.Scope{
	ID: demoProject, Key: "project_id", Fetcher: "keystone", Collector: "gnocchi",
	LastProcessed: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), Active: true,
	ToggledAt: time.Date(2026, 11, 23, 1, 8, 45, 0, time.UTC),
}

// scopesOf is a page of scopes without a toggle date.
func scopesOf(ids ...string) string {
	var rows []string
	for _, id := range ids {
		id, state, _ := strings.Cut(id, "/")
		rows = append(rows, fmt.Sprintf(`{"scope_id": %q, "scope_key": "project_id", "fetcher": "keystone", "collector": %q, `+
			`"last_processed_timestamp": "2026-11-23T00:00:00+00:00", "active": %v, "scope_activation_toggle_date": null}`, id, "g"+state, state != "off"))
	}
	return `{"results": [` + strings.Join(rows, ",") + `]}`
}

func TestScopesReadARecordedList(t *testing.T) {
	t.Parallel()
	client, server := serveV2(t, map[string]http.HandlerFunc{"GET /v2/scope": replies(200, bodyV2(t, "v2-scope"))})
	scopes, err := client.Scopes(rating.ScopeOptions{
		IDs: []string{"b", "a", "b"}, Keys: []string{"project_id"}, Fetchers: []string{"keystone"}, Collectors: []string{"gnocchi"}, Active: ptr(false),
	}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, scopes, 3)
	assert.Equal(t, demoScope, scopes[0])
	sent, _ := server.asked("GET /v2/scope")
	require.Len(t, sent, 1)
	assert.Equal(t, map[string][]string{
		"scope_id": {"a", "b"}, "scope_key": {"project_id"}, "fetcher": {"keystone"}, "collector": {"gnocchi"},
		"active": {"0"}, "limit": {"1000"}, "offset": {"0"},
	}, map[string][]string(sent[0].URL.Query()))
}

func TestScopesWithoutFiltersSendNone(t *testing.T) {
	t.Parallel()
	client, server := serveV2(t, map[string]http.HandlerFunc{"GET /v2/scope": replies(404, bodyV2(t, "v2-nothing"))})
	scopes, err := client.Scopes(rating.ScopeOptions{}).Collect(t.Context())
	require.NoError(t, err)
	assert.Empty(t, scopes)
	sent, _ := server.asked("GET /v2/scope")
	assert.Len(t, sent[0].URL.Query(), 2)
}

func TestScopesPagesEndWithOneThatIsNotFull(t *testing.T) {
	t.Parallel()
	client, server := serveV2(t, map[string]http.HandlerFunc{
		"GET /v2/scope": inTurn(replies(200, scopesOf("a", "b")), replies(200, scopesOf("c", "d")), replies(404, bodyV2(t, "v2-nothing"))),
	}, rating.WithPageSize(2))
	scopes, err := client.Scopes(rating.ScopeOptions{}).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, scopes, 4)
	sent, _ := server.asked("GET /v2/scope")
	require.Len(t, sent, 3)
	assert.Equal(t, "4", sent[2].URL.Query().Get("offset"))

	server.routes["GET /v2/scope"] = inTurn(replies(200, scopesOf("a", "b")), replies(200, scopesOf("c", "a")))
	_, err = client.Scopes(rating.ScopeOptions{}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrTruncated, "a row that comes twice")
}

func TestScopesOfManyIDsAreAskedForInPortions(t *testing.T) {
	t.Parallel()
	client, server := serveV2(t, map[string]http.HandlerFunc{"GET /v2/scope": func(w http.ResponseWriter, r *http.Request) {
		replies(200, scopesOf(r.URL.Query()["scope_id"]...))(w, r)
	}})
	var ids []string
	for n := range 120 {
		ids = append(ids, fmt.Sprintf("%032x", n))
	}
	scopes, err := client.Scopes(rating.ScopeOptions{IDs: ids}).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, scopes, 120)
	sent, _ := server.asked("GET /v2/scope")
	require.Len(t, sent, 3)
	for _, r := range sent {
		assert.Less(t, len(r.URL.RawQuery), 4096)
	}
}

// Source: cloudkitty/api/v2/scope/state.py of release 14.
func TestScopesOfAnOldRelease(t *testing.T) {
	t.Parallel()
	client, _ := serveV2(t, map[string]http.HandlerFunc{"GET /v2/scope": replies(200,
		`{"results": [{"scope_id": "a", "scope_key": "project_id", "fetcher": "keystone", "collector": "gnocchi", "state": "2021-01-01T00:00:00+02:00"}]}`)})
	scopes, err := client.Scopes(rating.ScopeOptions{}).Collect(t.Context())
	require.NoError(t, err)
	assert.Equal(t, time.Date(2020, 12, 31, 22, 0, 0, 0, time.UTC), scopes[0].LastProcessed)
	assert.True(t, scopes[0].Active)
}

func TestGetScope(t *testing.T) {
	t.Parallel()
	client, server := serveV2(t, map[string]http.HandlerFunc{"GET /v2/scope": inTurn(
		replies(200, bodyV2(t, "v2-scope-id")), replies(404, bodyV2(t, "v2-nothing")),
		replies(200, scopesOf("a", "a/off")), replies(403, bodyV2(t, "v2-forbidden")))})
	scope, err := client.GetScope(t.Context(), demoProject)
	require.NoError(t, err)
	assert.Equal(t, demoScope, scope)
	for _, want := range []error{gophermeter.ErrNotFound, gophermeter.ErrAmbiguous, gophermeter.ErrForbidden} {
		_, err = client.GetScope(t.Context(), "a")
		require.ErrorIs(t, err, want)
	}
	n := server.count()
	_, err = client.GetScope(t.Context(), "")
	require.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
	_, err = client.Scopes(rating.ScopeOptions{Fetchers: []string{""}}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
	_, err = client.Scopes(rating.ScopeOptions{Keys: []string{"a,b"}}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
	assert.Equal(t, n, server.count())
}

func TestResetScopesSendsTheRecordedRequest(t *testing.T) {
	t.Parallel()
	client, server := serveV2(t, map[string]http.HandlerFunc{
		"GET /v2/scope": replies(200, scopesOf(thirdProject)), "PUT /v2/scope": replies(202, bodyV2(t, "v2-scope-put")),
	})
	require.NoError(t, client.ResetScopes(t.Context(), rating.ScopeReset{
		IDs: []string{thirdProject}, LastProcessed: time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC),
	}))
	_, bodies := server.asked("PUT /v2/scope")
	assert.JSONEq(t, `{"scope_id": ["`+thirdProject+`"], "last_processed_timestamp": "2099-01-01T00:00:00Z"}`, bodies[0])
}

func TestResetScopesGoesBeyondTheHundredOfTheServer(t *testing.T) {
	t.Parallel()
	var ids []string
	for n := range 250 {
		id := fmt.Sprintf("p%03d", n)
		ids = append(ids, id)
		if n == 99 {
			ids = append(ids, id+"/twin")
		}
		if n%50 == 0 {
			ids = append(ids, id+"x/off")
		}
	}
	client, server := serveV2(t, map[string]http.HandlerFunc{
		"GET /v2/scope": replies(200, scopesOf(ids...)), "PUT /v2/scope": replies(202, "{}"),
	})
	require.NoError(t, client.ResetScopes(t.Context(), rating.ScopeReset{
		All: true, Collectors: []string{"g"}, LastProcessed: dayV2.Start,
	}))
	_, bodies := server.asked("PUT /v2/scope")
	require.Len(t, bodies, 3)
	seen := map[string]bool{}
	for i, text := range bodies {
		var sent struct {
			IDs        []string `json:"scope_id"`
			Collectors []string `json:"collector"`
		}
		require.NoError(t, json.Unmarshal([]byte(text), &sent))
		assert.Equal(t, []int{99, 99, 52}[i], len(sent.IDs), "p099 is two scopes")
		assert.Equal(t, []string{"g"}, sent.Collectors)
		for _, id := range sent.IDs {
			assert.False(t, seen[id])
			seen[id] = true
			assert.False(t, strings.HasSuffix(id, "x"), "not active")
		}
	}
	assert.Len(t, seen, 250)
}

func TestResetScopesResetsNothingWhereOneIsMissing(t *testing.T) {
	t.Parallel()
	client, server := serveV2(t, map[string]http.HandlerFunc{
		"GET /v2/scope": replies(200, scopesOf("a", "b/off")), "PUT /v2/scope": replies(202, "{}"),
	})
	for _, missing := range []string{"b", "c"} {
		err := client.ResetScopes(t.Context(), rating.ScopeReset{IDs: []string{"a", missing}, LastProcessed: dayV2.Start})
		require.ErrorIs(t, err, gophermeter.ErrNotFound)
		require.ErrorContains(t, err, `"`+missing+`"`)
	}
	sent, _ := server.asked("PUT /v2/scope")
	assert.Empty(t, sent)
}

// The database of CloudKitty compares ids without looking at the case of letters.
func TestResetScopesResetsNoMoreThanAsked(t *testing.T) {
	t.Parallel()
	client, server := serveV2(t, map[string]http.HandlerFunc{
		"GET /v2/scope": replies(200, scopesOf("a", "A")), "PUT /v2/scope": replies(202, "{}"),
	})
	err := client.ResetScopes(t.Context(), rating.ScopeReset{IDs: []string{"a"}, LastProcessed: dayV2.Start})
	require.ErrorIs(t, err, gophermeter.ErrAmbiguous)
	require.ErrorContains(t, err, `"A"`)
	sent, _ := server.asked("PUT /v2/scope")
	require.Empty(t, sent)
	require.NoError(t, client.ResetScopes(t.Context(), rating.ScopeReset{IDs: []string{"a", "A", "a"}, LastProcessed: dayV2.Start}))
	require.NoError(t, client.ResetScopes(t.Context(), rating.ScopeReset{All: true, LastProcessed: dayV2.Start}))

	for _, none := range []http.HandlerFunc{replies(404, bodyV2(t, "v2-nothing")), replies(200, scopesOf("a/off"))} {
		server.routes["GET /v2/scope"] = none
		err = client.ResetScopes(t.Context(), rating.ScopeReset{All: true, Collectors: []string{"typo"}, LastProcessed: dayV2.Start})
		require.ErrorIs(t, err, gophermeter.ErrNotFound, "it would look as if all were reset")
	}
}

func TestResetScopesRefusals(t *testing.T) {
	t.Parallel()
	client, server := serveV2(t, nil, rating.WithPeriod(time.Hour))
	for name, reset := range map[string]rating.ScopeReset{
		"not both":                         {LastProcessed: dayV2.Start},
		"ScopeReset: needs":                {IDs: []string{"a"}, All: true, LastProcessed: dayV2.Start},
		"LastProcessed: is not":            {All: true},
		"starts no rating period":          {All: true, LastProcessed: dayV2.Start.Add(time.Minute)},
		"fraction":                         {All: true, LastProcessed: dayV2.Start.Add(1)},
		"ScopeReset.IDs: is empty":         {IDs: []string{""}, LastProcessed: dayV2.Start},
		`ScopeReset.IDs: "a,b" has one of`: {IDs: []string{"a,b"}, LastProcessed: dayV2.Start},
	} {
		err := client.ResetScopes(t.Context(), reset)
		require.ErrorIs(t, err, gophermeter.ErrInvalidArgument, name)
		require.ErrorContains(t, err, name)
	}
	assert.Zero(t, server.count())

	server.routes = map[string]http.HandlerFunc{"GET /v2/scope": replies(200, scopesOf("a")), "PUT /v2/scope": replies(400, bodyV2(t, "v2-scope-put-400"))}
	err := client.ResetScopes(t.Context(), rating.ScopeReset{All: true, LastProcessed: dayV2.Start})
	require.ErrorIs(t, err, gophermeter.ErrBadRequest)
	require.ErrorContains(t, err, "0 of 1 scopes are reset")
}

// Source: cloudkitty/api/v2/scope/state.py of release 14, and the words of voluptuous.
func TestResetScopesOfAnOldRelease(t *testing.T) {
	t.Parallel()
	client, server := serveV2(t, map[string]http.HandlerFunc{
		"GET /v2/scope": replies(200, scopesOf("a")),
		"PUT /v2/scope": inTurn(replies(400, `{"message": "Invalid data '{}' : extra keys not allowed (path: '['last_processed_timestamp']')"}`), replies(202, "{}")),
	})
	require.NoError(t, client.ResetScopes(t.Context(), rating.ScopeReset{All: true, LastProcessed: dayV2.Start}))
	_, bodies := server.asked("PUT /v2/scope")
	require.Len(t, bodies, 2)
	assert.JSONEq(t, `{"scope_id": ["a"], "state": "2026-11-20T00:00:00Z"}`, bodies[1])
}

// patchedScope is what a release that can answers. Source: cloudkitty/api/v2/scope/state.py, patch and post.
const patchedScope = `{"scope_id": "a", "scope_key": "project_id", "fetcher": "keystone", "collector": "prometheus", ` +
	`"last_processed_timestamp": "2026-11-23T00:00:00+00:00", "active": false, "scope_activation_toggle_date": "2026-11-23T02:00:00+00:00"}`

func TestUpdateScope(t *testing.T) {
	t.Parallel()
	client, server := serveV2(t, map[string]http.HandlerFunc{"PATCH /v2/scope": replies(200, patchedScope)})
	scope, err := client.UpdateScope(t.Context(), "a", rating.ScopeUpdate{Collector: "prometheus", Active: ptr(false)})
	require.NoError(t, err)
	assert.Equal(t, "prometheus", scope.Collector)
	assert.False(t, scope.Active)
	_, bodies := server.asked("PATCH /v2/scope")
	assert.JSONEq(t, `{"scope_id": "a", "collector": "prometheus", "active": false}`, bodies[0])
	_, err = client.UpdateScope(t.Context(), "a", rating.ScopeUpdate{Key: "k", Fetcher: "f"})
	require.NoError(t, err)
	_, bodies = server.asked("PATCH /v2/scope")
	assert.JSONEq(t, `{"scope_id": "a", "scope_key": "k", "fetcher": "f"}`, bodies[1], `"active": null would end the rating`)
}

// v2-scope-patch-500 is the answer of release 17, which has stored the change by then.
func TestUpdateScopeOfARelease17(t *testing.T) {
	t.Parallel()
	client, server := serveV2(t, map[string]http.HandlerFunc{
		"PATCH /v2/scope": replies(500, bodyV2(t, "v2-scope-patch-500")), "GET /v2/scope": replies(200, scopesOf(thirdProject)),
	})
	scope, err := client.UpdateScope(t.Context(), thirdProject, rating.ScopeUpdate{Active: ptr(true)})
	require.NoError(t, err)
	assert.Equal(t, thirdProject, scope.ID)
	sent, _ := server.asked("PATCH /v2/scope")
	assert.Len(t, sent, 1, "a PATCH that may have been stored is not repeated")
	for _, u := range []rating.ScopeUpdate{{Active: ptr(false)}, {Collector: "prometheus"}} {
		_, err = client.UpdateScope(t.Context(), thirdProject, u)
		require.ErrorIs(t, err, gophermeter.ErrServer, "it was not stored")
	}
	_, err = client.UpdateScope(t.Context(), "a", rating.ScopeUpdate{})
	require.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
	_, err = client.UpdateScope(t.Context(), "", rating.ScopeUpdate{Key: "k"})
	require.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
}

var newScope = rating.ScopeCreate{ID: "a", Key: "project_id", Fetcher: "keystone", Collector: "gnocchi", LastProcessed: dayV2.Start}

func TestCreateScope(t *testing.T) {
	t.Parallel()
	client, server := serveV2(t, map[string]http.HandlerFunc{
		"GET /v2/scope": replies(404, bodyV2(t, "v2-nothing")), "POST /v2/scope": replies(200, patchedScope),
	})
	scope, err := client.CreateScope(t.Context(), newScope)
	require.NoError(t, err)
	assert.Equal(t, "a", scope.ID)
	_, bodies := server.asked("POST /v2/scope")
	assert.JSONEq(t, `{"scope_id": "a", "scope_key": "project_id", "fetcher": "keystone", "collector": "gnocchi", "active": true, `+
		`"last_processed_timestamp": "2026-11-20T00:00:00Z"}`, bodies[0])
}

func TestCreateScopeGuards(t *testing.T) {
	t.Parallel()
	client, server := serveV2(t, nil, rating.WithPeriod(time.Hour))
	for name, change := range map[string]func(*rating.ScopeCreate){
		"LastProcessed: has a fraction":                                         func(s *rating.ScopeCreate) { s.LastProcessed = s.LastProcessed.Add(1) },
		"LastProcessed: 2026-11-20T00:01:00Z starts no rating period of 1h0m0s": func(s *rating.ScopeCreate) { s.LastProcessed = s.LastProcessed.Add(time.Minute) },
		"ID": func(s *rating.ScopeCreate) { s.ID = "" }, "Key": func(s *rating.ScopeCreate) { s.Key = "" },
		"Fetcher": func(s *rating.ScopeCreate) { s.Fetcher = "" }, "Collector": func(s *rating.ScopeCreate) { s.Collector = " " },
		"LastProcessed": func(s *rating.ScopeCreate) { s.LastProcessed = time.Time{} },
	} {
		s := newScope
		change(&s)
		_, err := client.CreateScope(t.Context(), s)
		require.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
		require.ErrorContains(t, err, "ScopeCreate."+name)
	}
	assert.Zero(t, server.count())

	for _, there := range []string{scopesOf("a/off"), scopesOf("a", "a/twin")} {
		server.routes = map[string]http.HandlerFunc{"GET /v2/scope": replies(200, there)}
		_, err := client.CreateScope(t.Context(), newScope)
		require.ErrorIs(t, err, gophermeter.ErrConflict, "CloudKitty looks at active scopes only")
	}
	sent, _ := server.asked("POST /v2/scope")
	assert.Empty(t, sent)

	server.routes["GET /v2/scope"] = replies(404, bodyV2(t, "v2-nothing"))
	for want, answer := range map[error]http.HandlerFunc{
		gophermeter.ErrServer: replies(500, bodyV2(t, "v2-scope-post-500")),
		// Source: cloudkitty/api/v2/scope/state.py, post.
		gophermeter.ErrConflict:    replies(404, `{"message": "Cannot create a scope with an already existing scope_id: a."}`),
		gophermeter.ErrUnsupported: replies(400, `{"message": "Invalid data '{}' : extra keys not allowed (path: '['last_processed_timestamp']')"}`),
	} {
		server.routes["POST /v2/scope"] = answer
		_, err := client.CreateScope(t.Context(), newScope)
		require.ErrorIs(t, err, want)
	}
	sent, _ = server.asked("POST /v2/scope")
	assert.Len(t, sent, 3, "none is repeated")
	server.routes = nil
	_, err := client.CreateScope(t.Context(), newScope)
	require.ErrorIs(t, err, gophermeter.ErrUnsupported, "storage v1")
}
