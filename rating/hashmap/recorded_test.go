package hashmap_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating/hashmap"
)

func dec(text string) decimal.Decimal { return decimal.RequireFromString(text) }

func ptr[T any](v T) *T { return &v }

const (
	instance = "15957de5-9b30-4952-820a-190471f23b78" // service
	flavor   = "ad7a0261-f868-4bd8-941e-0d6faf60bb20" // its field
	volume   = "6ba9dc43-2240-48e2-b5fd-403ca60a6fb9" // service
	network  = "dbd8fb9b-06df-4667-b3c2-c7c9cfc53504" // service
	uptime   = "047bc5bd-becc-4d97-a202-638de8b9f69e" // group
	tenant1  = "d3be098c33ed412795ff7c9116dd0223"
	tenant2  = "49dea906e9ff4583bb28589ac8856948"

	newField     = "c4257056-14c8-4048-8633-d10120c238af"
	newService   = "4dd33cdc-49ef-462b-977e-2e5150f7d7b0"
	newGroup     = "2a764f6e-21e9-4fe4-b2f9-cda212671be2"
	newMapping   = "54b70c36-1358-4269-98d0-7cfd4f088ce1"
	newThreshold = "81007a14-9a69-4dae-90ce-27f474f94c52"
)

func TestTypes(t *testing.T) {
	t.Parallel()
	types, err := replay(t, "types").Types().Collect(t.Context())
	require.NoError(t, err)
	assert.ElementsMatch(t, []hashmap.Type{hashmap.TypeFlat, hashmap.TypeRate}, types)
}

func TestServices(t *testing.T) {
	t.Parallel()
	all, err := replay(t, "services").Services().Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 3)
	assert.Equal(t, hashmap.Service{ID: instance, Name: "instance"}, all[0])
}

func TestService(t *testing.T) {
	t.Parallel()
	c := replay(t, "service", "service-404", "service-badid", "services", "services")
	s, err := c.GetService(t.Context(), instance)
	require.NoError(t, err)
	assert.Equal(t, "instance", s.Name)
	for _, id := range []string{"00000000-0000-0000-0000-000000000000", "notauuid"} {
		_, err = c.GetService(t.Context(), id)
		require.ErrorIs(t, err, gophermeter.ErrNotFound)
		assert.ErrorContains(t, err, "No such service: None (UUID: "+id+")")
	}
	s, err = c.FindService(t.Context(), "volume.size")
	require.NoError(t, err)
	assert.Equal(t, volume, s.ID)
	_, err = c.FindService(t.Context(), "VOLUME.size")
	assert.ErrorIs(t, err, gophermeter.ErrNotFound)
}

func TestServiceCreateAndDelete(t *testing.T) {
	t.Parallel()
	c := replay(t, "service-create", "service-create-409", "service-delete")
	s, err := c.CreateService(t.Context(), "wire-tmp-5214")
	require.NoError(t, err)
	assert.Equal(t, hashmap.Service{ID: "c8ce08d5-567a-498e-8c56-3011057fce18", Name: "wire-tmp-5214"}, s)
	_, err = c.CreateService(t.Context(), "wire-tmp-5214")
	require.ErrorIs(t, err, gophermeter.ErrConflict)
	assert.ErrorContains(t, err, s.ID)
	require.NoError(t, c.DeleteService(t.Context(), s.ID))
}

func TestFields(t *testing.T) {
	t.Parallel()
	c := replay(t, "fields", "fields", "field-create", "field-create-409", "field", "field-delete", "field-404")
	all, err := c.Fields(instance).Collect(t.Context())
	require.NoError(t, err)
	want := hashmap.Field{ID: flavor, Name: "flavor_name", ServiceID: instance}
	assert.Equal(t, []hashmap.Field{want}, all)
	f, err := c.FindField(t.Context(), instance, "flavor_name")
	require.NoError(t, err)
	assert.Equal(t, want, f)

	f, err = c.CreateField(t.Context(), newService, "flavor")
	require.NoError(t, err)
	assert.Equal(t, hashmap.Field{ID: newField, Name: "flavor", ServiceID: newService}, f)
	_, err = c.CreateField(t.Context(), newService, "flavor")
	require.ErrorIs(t, err, gophermeter.ErrConflict)
	again, err := c.GetField(t.Context(), newField)
	require.NoError(t, err)
	assert.Equal(t, f, again)
	require.NoError(t, c.DeleteField(t.Context(), newField))
	_, err = c.GetField(t.Context(), newField)
	assert.ErrorIs(t, err, gophermeter.ErrNotFound)
}

func TestGroups(t *testing.T) {
	t.Parallel()
	c := replay(t, "groups", "groups", "group-create", "group-create-409", "group", "group-404", "group-delete", "group-delete-recursive")
	all, err := c.Groups().Collect(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []hashmap.Group{{ID: uptime, Name: "instance_uptime"}}, all)
	found, err := c.FindGroup(t.Context(), "instance_uptime")
	require.NoError(t, err)
	assert.Equal(t, all[0], found)

	g, err := c.CreateGroup(t.Context(), "recorded-group")
	require.NoError(t, err)
	assert.Equal(t, hashmap.Group{ID: newGroup, Name: "recorded-group"}, g)
	_, err = c.CreateGroup(t.Context(), "recorded-group")
	require.ErrorIs(t, err, gophermeter.ErrConflict)
	again, err := c.GetGroup(t.Context(), newGroup)
	require.NoError(t, err)
	assert.Equal(t, g, again)
	_, err = c.GetGroup(t.Context(), "00000000-0000-0000-0000-000000000000")
	require.ErrorIs(t, err, gophermeter.ErrNotFound)
	require.NoError(t, c.DeleteGroup(t.Context(), newGroup, hashmap.DeleteGroupOptions{}))
	require.NoError(t, c.DeleteGroup(t.Context(), "78dd2c3b-19bb-4dc8-a10b-0ab472583d45", hashmap.DeleteGroupOptions{Recursive: true}))
}

func TestRulesOfAGroup(t *testing.T) {
	t.Parallel()
	c := replay(t, "group-mappings-path", "group-thresholds")
	mappings, err := c.GroupMappings(newGroup).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, mappings, 1)
	assert.Equal(t, newMapping, mappings[0].ID)
	thresholds, err := c.GroupThresholds(newGroup).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, thresholds, 1)
	assert.Equal(t, newThreshold, thresholds[0].ID)
}

func TestMappings(t *testing.T) {
	t.Parallel()
	c := replay(t, "mappings-field", "mappings-service", "mappings-service-tenant")
	all, err := c.Mappings(hashmap.MappingOptions{FieldID: flavor}).Collect(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, all)
	assert.True(t, all[0].Cost.Equal(dec("0.01")))
	all[0].Cost = decimal.Decimal{}
	assert.Equal(t, hashmap.Mapping{
		ID: "978cb0f2-0f93-49fa-963e-932626baa79e", Value: "m1.tiny", Type: hashmap.TypeFlat, FieldID: flavor, GroupID: uptime,
	}, all[0])

	all, err = c.Mappings(hashmap.MappingOptions{ServiceID: volume}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 2)
	assert.Equal(t, hashmap.TypeRate, all[1].Type)
	assert.Equal(t, tenant2, all[1].ProjectID)
	assert.Equal(t, "1.1", all[1].Cost.String())

	all, err = c.Mappings(hashmap.MappingOptions{ServiceID: volume, ProjectID: tenant2}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 1)
	assert.Equal(t, "ba33233c-ee62-4848-9576-ceff0bfdc027", all[0].ID)
}

func TestMappingCreate(t *testing.T) {
	t.Parallel()
	c := replay(t, "mapping-create", "mapping-create-field", "mapping-group", "mapping-field-get")
	m, err := c.CreateMapping(t.Context(), hashmap.MappingCreate{
		ServiceID: "c8ce08d5-567a-498e-8c56-3011057fce18", Cost: dec("0.0213"), Type: hashmap.TypeFlat,
	})
	require.NoError(t, err)
	assert.Equal(t, "62375d2e-4898-4e0d-bd6c-cc55d150074c", m.ID)
	assert.True(t, m.Cost.Equal(dec("0.0213")))

	m, err = c.CreateMapping(t.Context(), hashmap.MappingCreate{
		FieldID: newField, Value: "m1.large", Cost: dec("0.1234567890123456789012345678"), Type: hashmap.TypeFlat, GroupID: newGroup,
		ProjectID: tenant1,
	})
	require.NoError(t, err)
	assert.Equal(t, hashmap.Mapping{
		ID: newMapping, FieldID: newField, Value: "m1.large", Cost: dec("0.1234567890123456789012345678"), Type: hashmap.TypeFlat,
		GroupID: newGroup, ProjectID: tenant1,
	}, m, "28 decimals, there and back")
	g, err := c.GetMappingGroup(t.Context(), newMapping)
	require.NoError(t, err)
	assert.Equal(t, hashmap.Group{ID: newGroup, Name: "recorded-group"}, g)
	again, err := c.GetMapping(t.Context(), newMapping)
	require.NoError(t, err)
	assert.Equal(t, m, again)
}

func TestMappingWithoutGroup(t *testing.T) {
	t.Parallel()
	_, err := replay(t, "mapping-group-404").GetMappingGroup(t.Context(), "ab329e39-af9b-48ba-ac8c-245c23bd61ef")
	require.ErrorIs(t, err, gophermeter.ErrNotFound)
	assert.ErrorContains(t, err, "Mapping has no group")
}

func TestMappingUpdateSendsWhatStays(t *testing.T) {
	t.Parallel()
	c := replay(t, "mapping-field-get", "mapping-field-put-302", "mapping-field-after")
	m, err := c.UpdateMapping(t.Context(), newMapping, hashmap.MappingUpdate{Cost: ptr(dec("0.25"))})
	require.NoError(t, err)
	assert.True(t, m.Cost.Equal(dec("0.25")))
	m.Cost = decimal.Decimal{}
	assert.Equal(t, hashmap.Mapping{
		ID: newMapping, FieldID: newField, Value: "m1.large", Type: hashmap.TypeFlat, GroupID: newGroup, ProjectID: tenant1,
	}, m, "neither value nor project got lost")
}

func TestMappingDelete(t *testing.T) {
	t.Parallel()
	c := replay(t, "mapping-delete", "mapping-delete-404")
	require.NoError(t, c.DeleteMapping(t.Context(), "62375d2e-4898-4e0d-bd6c-cc55d150074c"))
	err := c.DeleteMapping(t.Context(), "62375d2e-4898-4e0d-bd6c-cc55d150074c")
	assert.ErrorIs(t, err, gophermeter.ErrNotFound, "nothing ambiguous went before")
}

func TestThresholds(t *testing.T) {
	t.Parallel()
	c := replay(t, "thresholds", "threshold-create", "threshold", "threshold-group", "threshold", "threshold-put-302", "threshold-after", "threshold-delete")
	all, err := c.Thresholds(hashmap.ThresholdOptions{ServiceID: network}).Collect(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, all)
	assert.True(t, all[0].Level.Equal(dec("1000")))
	assert.True(t, all[0].Cost.Equal(dec("0.5")))
	assert.Equal(t, hashmap.TypeRate, all[0].Type)

	th, err := c.CreateThreshold(t.Context(), hashmap.ThresholdCreate{
		ServiceID: newService, Level: dec("100.5"), Cost: dec("0.9"), Type: hashmap.TypeRate, GroupID: newGroup,
	})
	require.NoError(t, err)
	assert.Equal(t, newThreshold, th.ID)
	assert.Equal(t, newService, th.ServiceID)
	again, err := c.GetThreshold(t.Context(), newThreshold)
	require.NoError(t, err)
	assert.Equal(t, th, again)
	g, err := c.GetThresholdGroup(t.Context(), newThreshold)
	require.NoError(t, err)
	assert.Equal(t, newGroup, g.ID)

	th, err = c.UpdateThreshold(t.Context(), newThreshold, hashmap.ThresholdUpdate{Cost: ptr(dec("0.8"))})
	require.NoError(t, err)
	assert.True(t, th.Cost.Equal(dec("0.8")))
	assert.True(t, th.Level.Equal(dec("100.5")))
	assert.Equal(t, hashmap.TypeRate, th.Type)
	assert.Equal(t, newGroup, th.GroupID)
	require.NoError(t, c.DeleteThreshold(t.Context(), newThreshold))
}

func TestMembersAreRefused(t *testing.T) {
	t.Parallel()
	_, err := replay(t, "demo-403").Services().Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrForbidden)
	assert.ErrorContains(t, err, "Policy doesn't allow rating:module_config to be performed.", "words of the router, not of the service")
}
