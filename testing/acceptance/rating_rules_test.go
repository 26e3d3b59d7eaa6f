//go:build acceptance

package acceptance_test

import (
	"net/url"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating/hashmap"
	"github.com/gophermeter/gophermeter/rating/pyscripts"
)

// exact holds two decimals to each other, digit by digit.
func exact(t testing.TB, want string, got decimal.Decimal, what string) {
	t.Helper()
	assert.True(t, decimal.RequireFromString(want).Equal(got), "%s: %s, not %s", what, got, want)
}

func (s storage) hashmap(t testing.TB, cloud string) *hashmap.Client {
	t.Helper()
	client, err := hashmap.New(s.connect(t, cloud))
	require.NoError(t, err)
	return client
}

func TestRatingHashmapIsTheRateCard(t *testing.T) {
	known := load[ids](t, "ids.json")
	onBoth(t, func(t *testing.T, s storage) {
		ctx, h := t.Context(), s.hashmap(t, "")
		types, err := h.Types().Collect(ctx)
		require.NoError(t, err)
		assert.ElementsMatch(t, []hashmap.Type{hashmap.TypeFlat, hashmap.TypeRate}, types)
		instance, err := h.FindService(ctx, "instance")
		require.NoError(t, err)
		flavor, err := h.FindField(ctx, instance.ID, "flavor_name")
		require.NoError(t, err)
		group, err := h.FindGroup(ctx, "instance_uptime")
		require.NoError(t, err)

		prices := map[string]string{"m1.tiny": "0.01", "m1.small": "0.0213", "m1.medium": "0.0425", "c1.large": "0.3333333333"}
		byField, err := h.Mappings(hashmap.MappingOptions{FieldID: flavor.ID}).Collect(ctx)
		require.NoError(t, err)
		byGroup, err := h.GroupMappings(group.ID).Collect(ctx)
		require.NoError(t, err)
		assert.Equal(t, byField, byGroup)
		require.Len(t, byField, len(prices))
		for _, m := range byField {
			exact(t, prices[m.Value], m.Cost, m.Value)
			assert.Equal(t, [3]string{flavor.ID, group.ID, ""}, [3]string{m.FieldID, m.GroupID, m.ServiceID})
			of, err := h.GetMappingGroup(ctx, m.ID)
			require.NoError(t, err)
			assert.Equal(t, group, of)
		}

		volume, err := h.FindService(ctx, "volume.size")
		require.NoError(t, err)
		own, err := h.Mappings(hashmap.MappingOptions{ServiceID: volume.ID, ProjectID: known.Projects["tenant-2"]}).Collect(ctx)
		require.NoError(t, err)
		require.Len(t, own, 1)
		exact(t, "0.00008", own[0].Cost, "of tenant-2")
		general, err := h.Mappings(hashmap.MappingOptions{ServiceID: volume.ID, NoProject: true}).Collect(ctx)
		require.NoError(t, err)
		require.Len(t, general, 1)
		exact(t, "0.0001", general[0].Cost, "of everybody")
		_, err = h.GetMappingGroup(ctx, own[0].ID)
		require.ErrorIs(t, err, gophermeter.ErrNotFound)

		traffic, err := h.FindService(ctx, "network.outgoing.bytes.rate")
		require.NoError(t, err)
		thresholds, err := h.Thresholds(hashmap.ThresholdOptions{ServiceID: traffic.ID}).Collect(ctx)
		require.NoError(t, err)
		require.Len(t, thresholds, 2)
		exact(t, "10", thresholds[0].Level, "level")
		exact(t, "0.002", thresholds[0].Cost, "cost")

		_, err = s.hashmap(t, "demo").Services().Collect(ctx)
		require.ErrorIs(t, err, gophermeter.ErrForbidden)
		_, err = h.Thresholds(hashmap.ThresholdOptions{}).Collect(ctx)
		require.Error(t, err, "17.0 would answer 500")
	})
}

func TestRatingHashmapWrites(t *testing.T) {
	known := load[ids](t, "ids.json")
	onBoth(t, func(t *testing.T, s storage) {
		ctx, h := t.Context(), s.hashmap(t, "")
		const name = "gophermeter.test"
		if old, err := h.FindService(ctx, name); err == nil { // of a run that was interrupted
			require.NoError(t, h.DeleteService(ctx, old.ID))
		}
		if old, err := h.FindGroup(ctx, name); err == nil {
			require.NoError(t, h.DeleteGroup(ctx, old.ID, hashmap.DeleteGroupOptions{Recursive: true}))
		}
		service, err := h.CreateService(ctx, name)
		require.NoError(t, err)
		_, err = h.CreateService(ctx, name)
		require.ErrorIs(t, err, gophermeter.ErrConflict)
		assert.ErrorContains(t, err, service.ID)
		got, err := h.GetService(ctx, service.ID)
		require.NoError(t, err)
		assert.Equal(t, service, got)

		field, err := h.CreateField(ctx, service.ID, "color")
		require.NoError(t, err)
		gotField, err := h.GetField(ctx, field.ID)
		require.NoError(t, err)
		assert.Equal(t, field, gotField)
		fields, err := h.Fields(service.ID).Collect(ctx)
		require.NoError(t, err)
		assert.Equal(t, []hashmap.Field{field}, fields)
		group, err := h.CreateGroup(ctx, name)
		require.NoError(t, err)
		gotGroup, err := h.GetGroup(ctx, group.ID)
		require.NoError(t, err)
		assert.Equal(t, group, gotGroup)

		// All 28 decimals, and less than any float would keep beside.
		const cost = "123456789012.1234567890123456789012345678"
		m, err := h.CreateMapping(ctx, hashmap.MappingCreate{FieldID: field.ID, Value: "dark blue/é", Cost: decimal.RequireFromString(cost),
			GroupID: group.ID, ProjectID: known.Projects["tenant-3"]})
		require.NoError(t, err)
		gotMapping, err := h.GetMapping(ctx, m.ID)
		require.NoError(t, err)
		exact(t, cost, gotMapping.Cost, "cost")
		assert.Equal(t, [3]string{"dark blue/é", group.ID, known.Projects["tenant-3"]}, [3]string{gotMapping.Value, gotMapping.GroupID, gotMapping.ProjectID})
		_, err = h.CreateMapping(ctx, hashmap.MappingCreate{FieldID: field.ID, Value: "dark blue/é", Cost: decimal.NewFromInt(1), ProjectID: known.Projects["tenant-3"]})
		require.ErrorIs(t, err, gophermeter.ErrConflict)

		small := decimal.RequireFromString("0.0000001")
		m, err = h.UpdateMapping(ctx, m.ID, hashmap.MappingUpdate{Cost: &small, Type: hashmap.TypeRate})
		require.NoError(t, err)
		exact(t, "1e-7", m.Cost, "cost")
		assert.Equal(t, hashmap.TypeRate, m.Type)
		assert.Equal(t, [2]string{"dark blue/é", known.Projects["tenant-3"]}, [2]string{m.Value, m.ProjectID}, "what was not named stays")
		m, err = h.ChangePrice(ctx, m.ID, hashmap.PriceChange{Cost: decimal.RequireFromString("0.25")})
		require.NoError(t, err)
		exact(t, "0.25", m.Cost, "cost")

		th, err := h.CreateThreshold(ctx, hashmap.ThresholdCreate{ServiceID: service.ID, Level: decimal.RequireFromString("0.5"),
			Type: hashmap.TypeRate, Cost: decimal.RequireFromString("0.9"), GroupID: group.ID})
		require.NoError(t, err)
		of, err := h.GetThresholdGroup(ctx, th.ID)
		require.NoError(t, err)
		assert.Equal(t, group, of)
		zero := decimal.Zero
		th, err = h.UpdateThreshold(ctx, th.ID, hashmap.ThresholdUpdate{Level: &zero})
		require.NoError(t, err)
		exact(t, "0", th.Level, "level")
		exact(t, "0.9", th.Cost, "cost")
		byGroup, err := h.GroupThresholds(group.ID).Collect(ctx)
		require.NoError(t, err)
		require.Len(t, byGroup, 1)
		gotThreshold, err := h.GetThreshold(ctx, th.ID)
		require.NoError(t, err)
		assert.Equal(t, byGroup[0], gotThreshold)

		require.NoError(t, h.DeleteGroup(ctx, group.ID, hashmap.DeleteGroupOptions{}), "without its rules")
		m, err = h.GetMapping(ctx, m.ID)
		require.NoError(t, err)
		assert.Empty(t, m.GroupID)
		group, err = h.CreateGroup(ctx, name)
		require.NoError(t, err)
		m, err = h.UpdateMapping(ctx, m.ID, hashmap.MappingUpdate{GroupID: group.ID})
		require.NoError(t, err)
		require.NoError(t, h.DeleteGroup(ctx, group.ID, hashmap.DeleteGroupOptions{Recursive: true}))
		_, err = h.GetMapping(ctx, m.ID)
		require.ErrorIs(t, err, gophermeter.ErrNotFound)

		require.NoError(t, h.DeleteThreshold(ctx, th.ID))
		m, err = h.CreateMapping(ctx, hashmap.MappingCreate{ServiceID: service.ID, Cost: decimal.NewFromInt(1)})
		require.NoError(t, err)
		require.NoError(t, h.DeleteMapping(ctx, m.ID))
		require.ErrorIs(t, h.DeleteMapping(ctx, m.ID), gophermeter.ErrNotFound)
		require.NoError(t, h.DeleteField(ctx, field.ID))
		require.NoError(t, h.DeleteService(ctx, service.ID))
		_, err = h.GetService(ctx, service.ID)
		require.ErrorIs(t, err, gophermeter.ErrNotFound)
	})
}

// In 17.0 any text of a query is true: a client must leave out what is false.
func TestRatingFalseIsTrueInAQuery(t *testing.T) {
	onBoth(t, func(t *testing.T, s storage) {
		var scripts struct{ Scripts []map[string]any }
		path := []string{"rating", "module_config", "pyscripts", "scripts"}
		require.NoError(t, raw(t, s.connect(t, ""), "v1", path, url.Values{"no_data": {"false"}}, &scripts))
		require.NotEmpty(t, scripts.Scripts)
		assert.NotContains(t, scripts.Scripts[0], "data")
		var summary struct{ Summary []struct{ Rate string } }
		err := raw(t, s.connect(t, "demo"), "v1", []string{"report", "summary"}, url.Values{"all_tenants": {"false"}}, &summary)
		require.ErrorIs(t, err, gophermeter.ErrForbidden)
	})
}

func TestRatingPyscripts(t *testing.T) {
	onBoth(t, func(t *testing.T, s storage) {
		ctx := t.Context()
		client, err := pyscripts.New(s.connect(t, ""))
		require.NoError(t, err)
		all, err := client.Scripts(pyscripts.ScriptOptions{}).Collect(ctx)
		require.NoError(t, err)
		for _, sc := range all {
			assert.Equal(t, pyscripts.Checksum(sc.Data), sc.Checksum)
			if sc.Name == "gophermeter test" || sc.Name == "gophermeter test 2" {
				require.NoError(t, client.DeleteScript(ctx, sc.ID))
			}
		}
		const data = "data = data  # é \"q\"\n"
		sc, err := client.CreateScript(ctx, pyscripts.ScriptCreate{Name: "gophermeter test", Data: data})
		require.NoError(t, err)
		assert.Equal(t, [2]string{data, pyscripts.Checksum(data)}, [2]string{sc.Data, sc.Checksum})
		_, err = client.CreateScript(ctx, pyscripts.ScriptCreate{Name: "gophermeter test", Data: data})
		require.ErrorIs(t, err, gophermeter.ErrConflict)
		other := "pass\n"
		sc, err = client.UpdateScript(ctx, sc.ID, pyscripts.ScriptUpdate{Data: &other})
		require.NoError(t, err)
		assert.Equal(t, [2]string{"gophermeter test", other}, [2]string{sc.Name, sc.Data})
		sc, err = client.UpdateScript(ctx, sc.ID, pyscripts.ScriptUpdate{Name: "gophermeter test 2"})
		require.NoError(t, err)
		got, err := client.GetScript(ctx, sc.ID)
		require.NoError(t, err)
		assert.Equal(t, sc, got)
		assert.Equal(t, [2]string{"gophermeter test 2", other}, [2]string{got.Name, got.Data})
		bare, err := client.Scripts(pyscripts.ScriptOptions{NoData: true}).Collect(ctx)
		require.NoError(t, err)
		require.Len(t, bare, 2)
		assert.Empty(t, bare[0].Data)
		assert.NotEmpty(t, bare[0].Checksum)
		require.NoError(t, client.DeleteScript(ctx, sc.ID))
		_, err = client.GetScript(ctx, sc.ID)
		require.ErrorIs(t, err, gophermeter.ErrNotFound)
		demo, err := pyscripts.New(s.connect(t, "demo"))
		require.NoError(t, err)
		_, err = demo.Scripts(pyscripts.ScriptOptions{}).Collect(ctx)
		require.ErrorIs(t, err, gophermeter.ErrForbidden)
	})
}
