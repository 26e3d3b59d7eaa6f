package pyscripts_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating/pyscripts"
)

// dated is a script as release 23.0 writes it.
const dated = `{"script_id": "s1", "name": "n", "data": "pass", "checksum": "c", "created_at": "2026-01-05T09:00:00.123456",
	"start": "2026-02-01T00:00:00", "end": null, "description": "of 2026", "deleted": null, "created_by": "u1", "updated_by": null,
	"deleted_by": null}`

func altered(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(dated) }

var end = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)

func TestDatedScript(t *testing.T) {
	t.Parallel()
	c, _ := scripted(t, says(200, altered(`"deleted": null`, `"deleted": "2026-03-01T00:00:00"`, `"end": null`, `"end": "2030-01-01T00:00:00"`,
		`"deleted_by": null`, `"deleted_by": "u2"`)))
	s, err := c.GetScript(t.Context(), "s1")
	require.NoError(t, err)
	assert.Equal(t, pyscripts.Script{
		ID: "s1", Name: "n", Data: "pass", Checksum: "c", Description: "of 2026", Start: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC),
		End: &end, CreatedAt: time.Date(2026, 1, 5, 9, 0, 0, 123456000, time.UTC), Deleted: ptr(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)),
		CreatedBy: "u1", DeletedBy: "u2",
	}, s)
}

func TestEndOfARunningScript(t *testing.T) {
	t.Parallel()
	done := says(200, altered(`"end": null`, `"end": "2030-01-01T00:00:00"`))
	c, script := scripted(t, says(200, dated), pair{}, says(400, `{"faultcode":"Client","faultstring":"Cannot update","debuginfo":null}`), done)
	s, err := c.UpdateScript(t.Context(), "s1", pyscripts.ScriptUpdate{End: &end})
	require.NoError(t, err, "the attempt whose answer was lost did it")
	assert.Equal(t, end, *s.End)
	require.Len(t, script.requests, 4)
	assert.JSONEq(t, `{"name":"n","description":"of 2026","end":"2030-01-01T00:00:00"}`, script.requests[1].body,
		"to send the program would be to change it")
}

func TestRefusedChangeOfARunningScript(t *testing.T) {
	t.Parallel()
	no := says(400, `{"faultcode":"Client","faultstring":"You are allowed to update only the attribute [end]","debuginfo":null}`)
	for _, u := range []pyscripts.ScriptUpdate{
		{Data: ptr("x")}, {Description: ptr("x")}, {Start: end}, {End: &end}, {End: ptr(time.Time{}), Data: ptr("y")},
	} {
		c, _ := scripted(t, says(200, dated), no, says(200, dated))
		_, err := c.UpdateScript(t.Context(), "s1", u)
		require.ErrorIs(t, err, gophermeter.ErrBadRequest)
		assert.ErrorContains(t, err, "only the attribute [end]")
	}
}

func TestUpdateOfAScriptOfTheFutureSendsWhatStays(t *testing.T) {
	t.Parallel()
	future := altered(`2026-02-01T00:00:00`, `2199-01-01T00:00:00`, `"end": null`, `"end": "2200-01-01T00:00:00"`)
	later := strings.Replace(future, "2199-01-01", "2199-02-01", 1)
	bare := altered(`2026-02-01T00:00:00`, `2199-01-01T00:00:00`, `"of 2026"`, `""`)
	c, script := scripted(t, says(200, future), says(201, later), says(200, future), says(201, bare))
	_, err := c.UpdateScript(t.Context(), "s1", pyscripts.ScriptUpdate{Start: time.Date(2199, 2, 1, 0, 0, 0, 0, time.UTC)})
	require.NoError(t, err)
	assert.JSONEq(t, `{"name":"n","data":"pass","description":"of 2026","start":"2199-02-01T00:00:00","end":"2200-01-01T00:00:00"}`, script.requests[1].body)
	_, err = c.UpdateScript(t.Context(), "s1", pyscripts.ScriptUpdate{End: &time.Time{}, Description: ptr("")})
	require.NoError(t, err)
	assert.JSONEq(t, `{"name":"n","data":"pass"}`, script.requests[3].body)
}

// Source: cloudkitty/rating/common/validations/fields.py of release 23, which takes an empty text for no change.
func TestUpdateThatTheServiceTakesAndForgets(t *testing.T) {
	t.Parallel()
	for _, u := range []pyscripts.ScriptUpdate{{Data: ptr("")}, {Description: ptr("")}} {
		c, _ := scripted(t, says(200, dated), says(201, dated))
		_, err := c.UpdateScript(t.Context(), "s1", u)
		require.ErrorIs(t, err, gophermeter.ErrUnsupported)
		require.ErrorContains(t, err, "script s1 and did not make all of it")
	}
}

func TestAllFiltersOfRelease23(t *testing.T) {
	t.Parallel()
	c, script := scripted(t, says(200, `{"scripts": []}`))
	all, err := c.Scripts(pyscripts.ScriptOptions{
		NoData: true, Deleted: true, Active: true, StartFrom: end, EndBefore: end, Description: "d", CreatedBy: "a", UpdatedBy: "b",
		DeletedBy: "c",
	}).Collect(t.Context())
	require.NoError(t, err)
	assert.Empty(t, all)
	assert.Equal(t, map[string][]string{
		"no_data": {"true"}, "deleted": {"true"}, "is_active": {"true"}, "start": {"2030-01-01T00:00:00"}, "end": {"2030-01-01T00:00:00"},
		"description": {"d"}, "created_by": {"a"}, "updated_by": {"b"}, "deleted_by": {"c"},
	}, map[string][]string(script.requests[0].query))
}

func TestWhatAReleaseCannotChangeIsSaid(t *testing.T) {
	t.Parallel()
	c, script := scripted(t, says(200, dated), load(t, "script"))
	_, err := c.UpdateScript(t.Context(), "s1", pyscripts.ScriptUpdate{Name: "other"})
	require.ErrorIs(t, err, gophermeter.ErrUnsupported)
	_, err = c.UpdateScript(t.Context(), id, pyscripts.ScriptUpdate{End: &end})
	require.ErrorIs(t, err, gophermeter.ErrUnsupported)
	assert.Len(t, script.requests, 2)
}

func TestRefusedBeforeTheWire(t *testing.T) {
	t.Parallel()
	c, script := scripted(t, says(500, ""))
	ctx := t.Context()
	first := func(_ pyscripts.Script, err error) error { return err }
	for field, err := range map[string]error{
		"scriptID":                 first(c.GetScript(ctx, "")),
		"scriptID: is empty":       c.DeleteScript(ctx, ""),
		"ScriptCreate.Name":        first(c.CreateScript(ctx, pyscripts.ScriptCreate{Data: "x"})),
		"ScriptCreate.Data":        first(c.CreateScript(ctx, pyscripts.ScriptCreate{Name: "n", Data: "\xff"})),
		"ScriptCreate.End":         first(c.CreateScript(ctx, pyscripts.ScriptCreate{Name: "n", End: end})),
		"ScriptCreate.Description": first(c.CreateScript(ctx, pyscripts.ScriptCreate{Name: "n", Description: strings.Repeat("é", 257)})),
		"ScriptUpdate: changes":    first(c.UpdateScript(ctx, "s", pyscripts.ScriptUpdate{})),
		"ScriptUpdate.Data":        first(c.UpdateScript(ctx, "s", pyscripts.ScriptUpdate{Data: ptr("\xff")})),
		"ScriptUpdate.Description": first(c.UpdateScript(ctx, "s", pyscripts.ScriptUpdate{Description: ptr(strings.Repeat("é", 257))})),
	} {
		require.ErrorIs(t, err, gophermeter.ErrInvalidArgument, field)
		assert.ErrorContains(t, err, field)
	}
	assert.Empty(t, script.requests)
}

func TestAnswersThatAreNoScripts(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{}`, `[]`, `{"scripts": [{"name": 1}]}`, `{"scripts": []} x`} {
		c, _ := scripted(t, says(200, body))
		_, err := c.Scripts(pyscripts.ScriptOptions{}).Collect(t.Context())
		assert.Error(t, err, body)
	}
}
