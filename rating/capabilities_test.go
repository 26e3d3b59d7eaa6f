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

// rootV2 is what storage v2 answers. Source: cloudkitty/api/root.py.
const rootV2 = `{"versions": [{"id": "v1", "links": [{"href": "http://127.0.0.1:8889/v1", "rel": "self"}], "status": "CURRENT"}, ` +
	`{"id": "v2", "links": [{"href": "http://127.0.0.1:8889/v2", "rel": "self"}], "status": "EXPERIMENTAL"}]}`

var bothVersions = []rating.APIVersion{{ID: "v1", Status: "CURRENT"}, {ID: "v2", Status: "EXPERIMENTAL"}}

func TestCapabilitiesOfStorageV1(t *testing.T) {
	t.Parallel()
	client, server := serveV2(t, map[string]http.HandlerFunc{"GET /": replies(200, bodyV2(t, "v1-root-v1"))})
	can, err := client.GetCapabilities(t.Context())
	require.NoError(t, err)
	assert.Equal(t, rating.Capabilities{Versions: bothVersions[:1]}, can)
	assert.Equal(t, 1, server.count())
}

func TestCapabilitiesOfARelease17(t *testing.T) {
	t.Parallel()
	client, server := serveV2(t, map[string]http.HandlerFunc{
		"GET /": replies(200, rootV2), "GET /v2/dataframes": replies(404, bodyV2(t, "v2-nothing")),
		"GET /v2/task/reprocesses": replies(200, bodyV2(t, "v2-reprocesses")), "GET /v2/rating/modules": replies(200, bodyV2(t, "v2-modules")),
		"GET /v2/scope": replies(200, bodyV2(t, "v2-scope-limit1")),
	})
	can, err := client.GetCapabilities(t.Context())
	require.NoError(t, err)
	want := rating.Capabilities{Versions: bothVersions, V2: true, Dataframes: true, Reprocesses: true, ModulesV2: true, AtLeast: 17}
	assert.Equal(t, want, can)

	// A user sees nothing of scopes and tasks, and that they are there.
	server.routes["GET /v2/scope"] = replies(403, bodyV2(t, "v2-forbidden"))
	server.routes["GET /v2/task/reprocesses"] = replies(403, bodyV2(t, "v2-forbidden"))
	can, err = client.GetCapabilities(t.Context())
	require.NoError(t, err)
	assert.Equal(t, want, can)

	server.routes["GET /v2/scope"] = replies(200, strings.Replace(bodyV2(t, "v2-scope-limit1"), `"state"`, `"none"`, 1))
	can, err = client.GetCapabilities(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 19, can.AtLeast)
}

func TestCapabilitiesOfARelease12(t *testing.T) {
	t.Parallel()
	client, server := serveV2(t, map[string]http.HandlerFunc{
		"GET /": replies(200, rootV2), "GET /v2/dataframes": replies(200, bodyV2(t, "v2-dataframes-past")),
		"GET /v2/scope": replies(200, `{"results": [{"scope_id": "a", "state": "2021-01-01T00:00:00+00:00"}]}`),
	})
	can, err := client.GetCapabilities(t.Context())
	require.NoError(t, err)
	assert.Equal(t, rating.Capabilities{Versions: bothVersions, V2: true, Dataframes: true, StateOnly: true, AtLeast: 11}, can)

	server.routes["GET /v2/scope"] = replies(500, bodyV2(t, "v2-scope-post-500"))
	can, err = client.GetCapabilities(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrServer)
	assert.Zero(t, can)
	server.routes["GET /v2/dataframes"] = replies(500, bodyV2(t, "v2-scope-post-500"))
	_, err = client.GetCapabilities(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrServer)
}

// Source: cloudkitty/api/controllers/root.py of release 9, a bare list.
func TestCapabilitiesOfARelease9(t *testing.T) {
	t.Parallel()
	client, _ := serveV2(t, map[string]http.HandlerFunc{"GET /": replies(200,
		`[{"id": "v1", "status": "STABLE", "updated": "2014-08-11T16:00:00Z", "links": [], "media_types": []}]`)})
	can, err := client.GetCapabilities(t.Context())
	require.NoError(t, err)
	assert.Equal(t, rating.Capabilities{Versions: []rating.APIVersion{{ID: "v1", Status: "STABLE"}}}, can)
	for _, text := range []string{`{}`, `[{}]`} {
		client, _ = serveV2(t, map[string]http.HandlerFunc{"GET /": replies(200, text)})
		_, err = client.GetCapabilities(t.Context())
		require.Error(t, err)
	}
}

func TestModulesV2(t *testing.T) {
	t.Parallel()
	client, server := serveV2(t, map[string]http.HandlerFunc{
		"GET /v2/rating/modules": replies(200, bodyV2(t, "v2-modules")), "GET /v2/rating/modules/hashmap": replies(200, bodyV2(t, "v2-module")),
		"GET /v2/rating/modules/nope": replies(404, bodyV2(t, "v2-module-404")),
		// Source: cloudkitty/api/v2/rating/modules.py, put.
		"PUT /v2/rating/modules/hashmap": replies(204, ""),
	})
	all, err := client.ModulesV2().Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 3)
	hashmap := rating.Module{ID: "hashmap", Description: "HashMap rating module.", Enabled: true, HotConfig: true, Priority: 100}
	assert.Equal(t, hashmap, all[0])
	one, err := client.GetModuleV2(t.Context(), "hashmap")
	require.NoError(t, err)
	assert.Equal(t, hashmap, one)
	_, err = client.GetModuleV2(t.Context(), "nope")
	require.ErrorIs(t, err, gophermeter.ErrNotFound)
	require.NotErrorIs(t, err, gophermeter.ErrUnsupported)
	one, err = client.UpdateModuleV2(t.Context(), "hashmap", rating.ModuleUpdate{Enabled: ptr(false), Priority: ptr(int64(0))})
	require.NoError(t, err)
	assert.Equal(t, hashmap, one)
	_, bodies := server.asked("PUT /v2/rating/modules/hashmap")
	assert.JSONEq(t, `{"enabled": false, "priority": 0}`, bodies[0])

	n := server.count()
	for _, err := range []error{
		func() error { _, err := client.GetModuleV2(t.Context(), ""); return err }(),
		func() error {
			_, err := client.UpdateModuleV2(t.Context(), "", rating.ModuleUpdate{Enabled: ptr(true)})
			return err
		}(),
		func() error { _, err := client.UpdateModuleV2(t.Context(), "a", rating.ModuleUpdate{}); return err }(),
	} {
		require.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
	}
	assert.Equal(t, n, server.count())
}

// v2-module-put-405 is the answer of release 17, which cannot write them by v2.
func TestModulesV2FallBackToV1(t *testing.T) {
	t.Parallel()
	v1 := strings.ReplaceAll(bodyV2(t, "v2-modules"), "hot_config", "hot-config")
	one := strings.ReplaceAll(bodyV2(t, "v2-module"), "hot_config", "hot-config")
	client, server := serveV2(t, map[string]http.HandlerFunc{
		"PUT /v2/rating/modules/hashmap": replies(405, bodyV2(t, "v2-module-put-405")),
		"GET /v1/rating/modules":         replies(200, v1), "GET /v1/rating/modules/hashmap": replies(200, one),
		"PUT /v1/rating/modules/hashmap": replies(302, "null"),
	})
	_, err := client.UpdateModuleV2(t.Context(), "hashmap", rating.ModuleUpdate{Enabled: ptr(true), Priority: ptr(int64(100))})
	require.NoError(t, err)
	_, bodies := server.asked("PUT /v1/rating/modules/hashmap")
	assert.Len(t, bodies, 1)
	all, err := client.ModulesV2().Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, all, 3)
	_, err = client.GetModuleV2(t.Context(), "hashmap")
	require.NoError(t, err)
	server.routes["GET /v2/rating/modules"] = replies(403, bodyV2(t, "v2-forbidden"))
	_, err = client.ModulesV2().Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrForbidden)
}
