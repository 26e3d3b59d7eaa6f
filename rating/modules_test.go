package rating_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating"
)

var hashmapModule = rating.Module{ID: "hashmap", Description: "HashMap rating module.", Enabled: true, HotConfig: true, Priority: 100}

func TestModules(t *testing.T) {
	t.Parallel()
	c := replayV1(t, "modules", "module", "module-404", "modules-demo-403")
	all, err := c.Modules().Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 3)
	assert.Equal(t, hashmapModule, all[0])
	m, err := c.GetModule(t.Context(), "hashmap")
	require.NoError(t, err)
	assert.Equal(t, hashmapModule, m)
	_, err = c.GetModule(t.Context(), "nope")
	require.ErrorIs(t, err, gophermeter.ErrNotFound)
	_, err = c.Modules().Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrForbidden)
	assert.ErrorContains(t, err, "Policy doesn't allow rating:list_modules to be performed.")
}

func TestQuirkModuleUpdateIsARedirect(t *testing.T) {
	t.Parallel()
	c := replayV1(t, "module-put-302", "module", "module-put-404")
	m, err := c.UpdateModule(t.Context(), "hashmap", rating.ModuleUpdate{Enabled: ptr(true), Priority: ptr(int64(100))})
	require.NoError(t, err)
	assert.Equal(t, hashmapModule, m)
	_, err = c.UpdateModule(t.Context(), "nope", rating.ModuleUpdate{Enabled: ptr(true)})
	assert.ErrorIs(t, err, gophermeter.ErrNotFound)
}

func TestModuleUpdateSendsWhatIsAsked(t *testing.T) {
	t.Parallel()
	c, script := scriptedV1(t, loadV1(t, "module-put-302").answer, loadV1(t, "module").answer)
	_, err := c.UpdateModule(t.Context(), "hashmap", rating.ModuleUpdate{Enabled: ptr(false)})
	require.NoError(t, err)
	assert.JSONEq(t, `{"module_id": "hashmap", "enabled": false}`, script.requests[0].body)
	_, err = c.UpdateModule(t.Context(), "hashmap", rating.ModuleUpdate{})
	require.ErrorContains(t, err, "ModuleUpdate: changes nothing")
	_, err = c.UpdateModule(t.Context(), "", rating.ModuleUpdate{Enabled: ptr(false)})
	require.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
	_, err = c.GetModule(t.Context(), "")
	require.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
	assert.Len(t, script.requests, 2)
}

func TestQuirkReloadModulesIsAGetThatChanges(t *testing.T) {
	t.Parallel()
	require.NoError(t, replayV1(t, "reload-modules").ReloadModules(t.Context()))
	c, script := scriptedV1(t, replies(http.StatusInternalServerError, `{"faultcode": "Server", "faultstring": "x", "debuginfo": null}`))
	require.ErrorIs(t, c.ReloadModules(t.Context()), gophermeter.ErrServer)
	assert.Len(t, script.requests, 1, "not repeated like a GET")
}
