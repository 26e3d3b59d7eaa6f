package pyscripts_test

import (
	"crypto/sha512"
	"encoding/hex"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating/pyscripts"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

func fakeScripts(t testing.TB, cloud *fakecloud.Cloud, user string) *pyscripts.Client {
	t.Helper()
	conn, err := gophermeter.Connect(t.Context(), cloud.OptionsFor(user)...)
	require.NoError(t, err)
	t.Cleanup(conn.CloseIdleConnections)
	client, err := pyscripts.New(conn)
	require.NoError(t, err)
	return client
}

func fakeCloud(t testing.TB, opts ...fakecloud.Option) *fakecloud.Cloud {
	t.Helper()
	cloud := fakecloud.New(opts...)
	t.Cleanup(cloud.Close)
	return cloud
}

func listed(t testing.TB, client *pyscripts.Client, opts pyscripts.ScriptOptions) map[string]pyscripts.Script {
	t.Helper()
	all := map[string]pyscripts.Script{}
	for s, err := range client.Scripts(opts).All(t.Context()) {
		require.NoError(t, err)
		require.NotContains(t, all, s.ID)
		all[s.ID] = s
	}
	return all
}

func assertSum(t testing.TB, data string, s pyscripts.Script) {
	t.Helper()
	sum := sha512.Sum512([]byte(data))
	assert.Equal(t, hex.EncodeToString(sum[:]), s.Checksum)
	assert.Equal(t, pyscripts.Checksum(data), s.Checksum)
}

func TestScriptSeesItsOwnWrites(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	client := fakeScripts(t, fakeCloud(t), "admin")
	before := listed(t, client, pyscripts.ScriptOptions{})
	require.NotEmpty(t, before)

	const program = "# ½ price\nfor name in data:\n\tpass\n"
	made, err := client.CreateScript(ctx, pyscripts.ScriptCreate{Name: "discounts", Data: program})
	require.NoError(t, err)
	assert.Equal(t, [2]string{"discounts", program}, [2]string{made.Name, made.Data})
	assertSum(t, program, made)
	got, err := client.GetScript(ctx, made.ID)
	require.NoError(t, err)
	assert.Equal(t, made, got)
	all := listed(t, client, pyscripts.ScriptOptions{})
	assert.Len(t, all, len(before)+1)
	assert.Equal(t, made, all[made.ID])
	for id, s := range listed(t, client, pyscripts.ScriptOptions{NoData: true}) {
		assert.Empty(t, s.Data)
		assert.Equal(t, all[id].Checksum, s.Checksum)
		assertSum(t, all[id].Data, s)
	}

	_, err = client.CreateScript(ctx, pyscripts.ScriptCreate{Name: "discounts", Data: "pass"})
	require.ErrorIs(t, err, gophermeter.ErrConflict)
	assert.ErrorContains(t, err, made.ID)

	changed, err := client.UpdateScript(ctx, made.ID, pyscripts.ScriptUpdate{Data: ptr("pass\n")})
	require.NoError(t, err)
	assert.Equal(t, [3]string{made.ID, "discounts", "pass\n"}, [3]string{changed.ID, changed.Name, changed.Data})
	assertSum(t, "pass\n", changed)
	renamed, err := client.UpdateScript(ctx, made.ID, pyscripts.ScriptUpdate{Name: "rebates"})
	require.NoError(t, err)
	assert.Equal(t, [2]string{"rebates", "pass\n"}, [2]string{renamed.Name, renamed.Data})
	got, err = client.GetScript(ctx, made.ID)
	require.NoError(t, err)
	assert.Equal(t, renamed, got)
	emptied, err := client.UpdateScript(ctx, made.ID, pyscripts.ScriptUpdate{Data: ptr("")})
	require.NoError(t, err)
	assert.Empty(t, emptied.Data)
	assertSum(t, "", emptied)

	require.NoError(t, client.DeleteScript(ctx, made.ID))
	_, err = client.GetScript(ctx, made.ID)
	require.ErrorIs(t, err, gophermeter.ErrNotFound)
	_, err = client.UpdateScript(ctx, made.ID, pyscripts.ScriptUpdate{Name: "again"})
	require.ErrorIs(t, err, gophermeter.ErrNotFound)
	require.ErrorIs(t, client.DeleteScript(ctx, made.ID), gophermeter.ErrNotFound)
	assert.Equal(t, before, listed(t, client, pyscripts.ScriptOptions{}))
}

func TestScriptWithDates(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	cloud := fakeCloud(t, fakecloud.WithRatingRelease(fakecloud.RatingCurrent), fakecloud.WithClock(time.Now))
	client := fakeScripts(t, cloud, "admin")
	start := cloud.Now().Truncate(time.Second).AddDate(0, 1, 0)
	end := start.AddDate(0, 1, 0)
	made, err := client.CreateScript(ctx, pyscripts.ScriptCreate{
		Name: "winter", Data: "a", Description: "Heating is dear", Start: start, End: end,
	})
	require.NoError(t, err)
	assert.Equal(t, start, made.Start)
	require.NotNil(t, made.End)
	assert.Equal(t, end, *made.End)
	assert.NotEmpty(t, made.CreatedBy)
	assert.Equal(t, "Heating is dear", made.Description)

	// It does not run yet: all but the name may change.
	changed, err := client.UpdateScript(ctx, made.ID, pyscripts.ScriptUpdate{Data: ptr("b"), Description: ptr("Still dear")})
	require.NoError(t, err)
	assert.Equal(t, [2]string{"b", "Still dear"}, [2]string{changed.Data, changed.Description})
	require.NotNil(t, changed.End, "what is left out stays")
	assert.Equal(t, end, *changed.End)
	assertSum(t, "b", changed)
	_, err = client.UpdateScript(ctx, made.ID, pyscripts.ScriptUpdate{Name: "summer"})
	require.ErrorIs(t, err, gophermeter.ErrUnsupported)

	assert.NotContains(t, listed(t, client, pyscripts.ScriptOptions{Active: true}), made.ID)
	assert.Contains(t, listed(t, client, pyscripts.ScriptOptions{StartFrom: start}), made.ID)
	assert.NotContains(t, listed(t, client, pyscripts.ScriptOptions{StartFrom: end}), made.ID)
	assert.Contains(t, listed(t, client, pyscripts.ScriptOptions{EndBefore: end.AddDate(0, 0, 1)}), made.ID)
	assert.Contains(t, listed(t, client, pyscripts.ScriptOptions{Description: "still DEAR"}), made.ID)
	assert.Len(t, listed(t, client, pyscripts.ScriptOptions{CreatedBy: made.CreatedBy}), 1)

	_, err = client.CreateScript(ctx, pyscripts.ScriptCreate{Name: "late", Data: "a", Start: start.AddDate(0, -2, 0)})
	require.ErrorIs(t, err, gophermeter.ErrBadRequest)
	late, err := client.CreateScript(ctx, pyscripts.ScriptCreate{Name: "late", Data: "a", Start: start.AddDate(0, -2, 0), Force: true})
	require.NoError(t, err)
	assert.Contains(t, listed(t, client, pyscripts.ScriptOptions{Active: true}), late.ID)

	// It runs: its end alone may be set, once.
	_, err = client.UpdateScript(ctx, late.ID, pyscripts.ScriptUpdate{Data: ptr("b")})
	require.ErrorIs(t, err, gophermeter.ErrBadRequest)
	ended, err := client.UpdateScript(ctx, late.ID, pyscripts.ScriptUpdate{End: &end})
	require.NoError(t, err)
	require.NotNil(t, ended.End)
	assert.Equal(t, end, *ended.End)
	assert.Equal(t, "a", ended.Data)
	assert.NotEmpty(t, ended.UpdatedBy)
	_, err = client.UpdateScript(ctx, late.ID, pyscripts.ScriptUpdate{End: &start})
	require.ErrorIs(t, err, gophermeter.ErrBadRequest)

	require.NoError(t, client.DeleteScript(ctx, late.ID))
	_, err = client.GetScript(ctx, late.ID)
	require.ErrorIs(t, err, gophermeter.ErrNotFound)
	assert.NotContains(t, listed(t, client, pyscripts.ScriptOptions{}), late.ID)
	gone := listed(t, client, pyscripts.ScriptOptions{Deleted: true})[late.ID]
	require.NotNil(t, gone.Deleted)
	assert.NotEmpty(t, gone.DeletedBy)
	again, err := client.CreateScript(ctx, pyscripts.ScriptCreate{Name: "late", Data: "c"})
	require.NoError(t, err, "the name can be used again")
	assert.NotEqual(t, late.ID, again.ID)
}

func TestDatesNeedARelease(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	client := fakeScripts(t, fakeCloud(t), "admin")
	before := listed(t, client, pyscripts.ScriptOptions{})
	_, err := client.Scripts(pyscripts.ScriptOptions{Deleted: true}).Collect(ctx)
	require.ErrorIs(t, err, gophermeter.ErrUnsupported)
	_, err = client.CreateScript(ctx, pyscripts.ScriptCreate{Name: "x", Description: "y"})
	require.ErrorIs(t, err, gophermeter.ErrUnsupported)
	_, err = client.CreateScript(ctx, pyscripts.ScriptCreate{Name: "x", Start: fakecloud.Epoch, Force: true})
	require.ErrorIs(t, err, gophermeter.ErrUnsupported)
	for id := range before {
		_, err = client.UpdateScript(ctx, id, pyscripts.ScriptUpdate{Description: ptr("z")})
		require.ErrorIs(t, err, gophermeter.ErrUnsupported)
	}
	assert.Equal(t, before, listed(t, client, pyscripts.ScriptOptions{}))
}

func TestScriptsAreForAdministrators(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	cloud := fakeCloud(t)
	admin := fakeScripts(t, cloud, "admin")
	before := listed(t, admin, pyscripts.ScriptOptions{})
	for _, user := range []string{"demo", "auditor"} {
		client := fakeScripts(t, cloud, user)
		_, err := client.Scripts(pyscripts.ScriptOptions{}).Collect(ctx)
		require.ErrorIs(t, err, gophermeter.ErrForbidden)
		assert.ErrorContains(t, err, "rating:module_config")
		_, err = client.CreateScript(ctx, pyscripts.ScriptCreate{Name: "x", Data: "y"})
		require.ErrorIs(t, err, gophermeter.ErrForbidden)
		for id := range before {
			_, err = client.GetScript(ctx, id)
			require.ErrorIs(t, err, gophermeter.ErrForbidden)
			_, err = client.UpdateScript(ctx, id, pyscripts.ScriptUpdate{Name: "mine"})
			require.ErrorIs(t, err, gophermeter.ErrForbidden)
			require.ErrorIs(t, client.DeleteScript(ctx, id), gophermeter.ErrForbidden)
		}
	}
	assert.Equal(t, before, listed(t, admin, pyscripts.ScriptOptions{}))
}
