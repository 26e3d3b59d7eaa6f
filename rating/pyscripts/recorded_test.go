package pyscripts_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating/pyscripts"
)

func ptr[T any](v T) *T { return &v }

const (
	id      = "6f3c4337-24d1-4971-b085-2b73baee52f9"
	program = "# naïve\npass\n"
)

func TestScripts(t *testing.T) {
	t.Parallel()
	c := replay(t, "pyscripts", "pyscripts-nodata")
	all, err := c.Scripts(pyscripts.ScriptOptions{}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 1)
	assert.Equal(t, "noop script", all[0].Name)
	assert.Equal(t, "# real script, keeps data as is\nassert data is not None\n", all[0].Data)
	assert.Equal(t, pyscripts.Checksum(all[0].Data), all[0].Checksum)

	bare, err := c.Scripts(pyscripts.ScriptOptions{NoData: true}).Collect(t.Context())
	require.NoError(t, err)
	all[0].Data = ""
	assert.Equal(t, all, bare)
}

func TestScriptLife(t *testing.T) {
	t.Parallel()
	c := replay(t, "create", "create-409", "script", "script", "update", "delete", "script-404")
	s, err := c.CreateScript(t.Context(), pyscripts.ScriptCreate{Name: "recorded script", Data: program})
	require.NoError(t, err)
	assert.Equal(t, pyscripts.Script{ID: id, Name: "recorded script", Data: program, Checksum: pyscripts.Checksum(program)}, s)
	_, err = c.CreateScript(t.Context(), pyscripts.ScriptCreate{Name: "recorded script", Data: "pass"})
	require.ErrorIs(t, err, gophermeter.ErrConflict)
	assert.ErrorContains(t, err, id)
	again, err := c.GetScript(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, s, again)
	s, err = c.UpdateScript(t.Context(), id, pyscripts.ScriptUpdate{Data: ptr("x = 1\n")})
	require.NoError(t, err, "201 is success")
	assert.Equal(t, "x = 1\n", s.Data)
	assert.Equal(t, pyscripts.Checksum("x = 1\n"), s.Checksum)
	require.NoError(t, c.DeleteScript(t.Context(), id))
	_, err = c.GetScript(t.Context(), id)
	assert.ErrorIs(t, err, gophermeter.ErrNotFound)
}

func TestQuirkNewArgumentsOnAnOldRelease(t *testing.T) {
	t.Parallel()
	c := replay(t, "active-400", "create-start-400")
	_, err := c.Scripts(pyscripts.ScriptOptions{Active: true}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrUnsupported)
	_, err = c.CreateScript(t.Context(), pyscripts.ScriptCreate{
		Name: "recorded script 2", Data: "pass", Start: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
	})
	require.ErrorIs(t, err, gophermeter.ErrUnsupported)
	assert.ErrorIs(t, err, gophermeter.ErrBadRequest)
}

func TestRenamingSendsTheProgram(t *testing.T) {
	t.Parallel()
	c, script := scripted(t, load(t, "script"), load(t, "update"))
	_, err := c.UpdateScript(t.Context(), id, pyscripts.ScriptUpdate{Name: "new"})
	require.NoError(t, err)
	assert.JSONEq(t, `{"name":"new","data":"# naïve\npass\n"}`, script.requests[1].body, "without it the service would take an empty one")
}

func TestQuirkEmptyProgramIsSent(t *testing.T) {
	t.Parallel()
	c, script := scripted(t, load(t, "create"))
	_, err := c.CreateScript(t.Context(), pyscripts.ScriptCreate{Name: "n"})
	require.NoError(t, err)
	assert.JSONEq(t, `{"name":"n","data":""}`, script.requests[0].body, "without data the service fails; a checksum it refuses")
	assert.Empty(t, script.requests[0].query, "force=false would force")
}
