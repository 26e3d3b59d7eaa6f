package hashmap_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating"
	"github.com/gophermeter/gophermeter/rating/hashmap"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

func fakeCloud(t testing.TB, opts ...fakecloud.Option) *fakecloud.Cloud {
	t.Helper()
	cloud := fakecloud.New(opts...)
	t.Cleanup(cloud.Close)
	return cloud
}

func fakeConn(t testing.TB, cloud *fakecloud.Cloud, user string) *gophermeter.Connection {
	t.Helper()
	conn, err := gophermeter.Connect(t.Context(), cloud.OptionsFor(user)...)
	require.NoError(t, err)
	t.Cleanup(conn.CloseIdleConnections)
	return conn
}

func fakeHashmap(t testing.TB, cloud *fakecloud.Cloud, user string) *hashmap.Client {
	t.Helper()
	client, err := hashmap.New(fakeConn(t, cloud, user))
	require.NoError(t, err)
	return client
}

func collect[T any](t testing.TB, p *gophermeter.Pager[T]) []T {
	t.Helper()
	all, err := p.Collect(t.Context())
	require.NoError(t, err)
	return all
}

// parent is a service of a name with a field and a group.
func parent(t testing.TB, client *hashmap.Client, name string) (hashmap.Service, hashmap.Field, hashmap.Group) {
	t.Helper()
	service, err := client.CreateService(t.Context(), name)
	require.NoError(t, err)
	field, err := client.CreateField(t.Context(), service.ID, "size")
	require.NoError(t, err)
	group, err := client.CreateGroup(t.Context(), name+" rules")
	require.NoError(t, err)
	return service, field, group
}

func TestServicesFieldsAndGroupsSeeTheirOwnWrites(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	client := fakeHashmap(t, fakeCloud(t), "admin")
	assert.ElementsMatch(t, []hashmap.Type{hashmap.TypeFlat, hashmap.TypeRate}, collect(t, client.Types()))
	services, groups := collect(t, client.Services()), collect(t, client.Groups())
	require.NotEmpty(t, services)
	require.NotEmpty(t, groups)

	service, field, group := parent(t, client, "backup")
	assert.Equal(t, append(services, service), collect(t, client.Services()))
	assert.Equal(t, append(groups, group), collect(t, client.Groups()))
	assert.Equal(t, []hashmap.Field{field}, collect(t, client.Fields(service.ID)))
	assert.Equal(t, service.ID, field.ServiceID)
	for _, find := range []func() (hashmap.Service, error){
		func() (hashmap.Service, error) { return client.GetService(ctx, service.ID) },
		func() (hashmap.Service, error) { return client.FindService(ctx, "backup") },
	} {
		got, err := find()
		require.NoError(t, err)
		assert.Equal(t, service, got)
	}
	for _, find := range []func() (hashmap.Field, error){
		func() (hashmap.Field, error) { return client.GetField(ctx, field.ID) },
		func() (hashmap.Field, error) { return client.FindField(ctx, service.ID, "size") },
	} {
		got, err := find()
		require.NoError(t, err)
		assert.Equal(t, field, got)
	}
	for _, find := range []func() (hashmap.Group, error){
		func() (hashmap.Group, error) { return client.GetGroup(ctx, group.ID) },
		func() (hashmap.Group, error) { return client.FindGroup(ctx, "backup rules") },
	} {
		got, err := find()
		require.NoError(t, err)
		assert.Equal(t, group, got)
	}

	_, err := client.CreateService(ctx, "backup")
	require.ErrorIs(t, err, gophermeter.ErrConflict)
	require.ErrorContains(t, err, service.ID)
	_, err = client.CreateField(ctx, service.ID, "size")
	require.ErrorIs(t, err, gophermeter.ErrConflict)
	require.ErrorContains(t, err, field.ID)
	_, err = client.CreateGroup(ctx, "backup rules")
	require.ErrorIs(t, err, gophermeter.ErrConflict)
	require.ErrorContains(t, err, group.ID)

	require.NoError(t, client.DeleteField(ctx, field.ID))
	assert.Empty(t, collect(t, client.Fields(service.ID)))
	require.NoError(t, client.DeleteService(ctx, service.ID))
	require.NoError(t, client.DeleteGroup(ctx, group.ID, hashmap.DeleteGroupOptions{}))
	assert.Equal(t, services, collect(t, client.Services()))
	assert.Equal(t, groups, collect(t, client.Groups()))
	for _, gone := range []func() error{
		func() error { _, err := client.GetService(ctx, service.ID); return err },
		func() error { _, err := client.GetField(ctx, field.ID); return err },
		func() error { _, err := client.GetGroup(ctx, group.ID); return err },
		func() error { return client.DeleteService(ctx, service.ID) },
		func() error { return client.DeleteField(ctx, field.ID) },
		func() error { return client.DeleteGroup(ctx, group.ID, hashmap.DeleteGroupOptions{}) },
	} {
		require.ErrorIs(t, gone(), gophermeter.ErrNotFound)
	}
}

func TestMappingSeesItsOwnWrites(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	client := fakeHashmap(t, fakeCloud(t), "admin")
	service, field, group := parent(t, client, "backup")
	ofField, err := client.CreateMapping(ctx, hashmap.MappingCreate{
		FieldID: field.ID, Value: "big", Cost: dec("0.1234567890123456789012345678"), GroupID: group.ID, ProjectID: "p",
	})
	require.NoError(t, err)
	assert.Equal(t, hashmap.TypeFlat, ofField.Type)
	assert.True(t, dec("0.1234567890123456789012345678").Equal(ofField.Cost))
	ofService, err := client.CreateMapping(ctx, hashmap.MappingCreate{ServiceID: service.ID, Type: hashmap.TypeRate, Cost: dec("1.1")})
	require.NoError(t, err)

	assert.Equal(t, []hashmap.Mapping{ofField}, collect(t, client.Mappings(hashmap.MappingOptions{FieldID: field.ID})))
	assert.Equal(t, []hashmap.Mapping{ofService}, collect(t, client.Mappings(hashmap.MappingOptions{ServiceID: service.ID})))
	assert.Equal(t, []hashmap.Mapping{ofField}, collect(t, client.Mappings(hashmap.MappingOptions{GroupID: group.ID})))
	assert.Equal(t, []hashmap.Mapping{ofField}, collect(t, client.Mappings(hashmap.MappingOptions{FieldID: field.ID, ProjectID: "p"})))
	assert.Empty(t, collect(t, client.Mappings(hashmap.MappingOptions{FieldID: field.ID, NoProject: true})))
	assert.Empty(t, collect(t, client.Mappings(hashmap.MappingOptions{FieldID: field.ID, NoGroup: true})))
	assert.Equal(t, []hashmap.Mapping{ofService}, collect(t, client.Mappings(hashmap.MappingOptions{ServiceID: service.ID, NoGroup: true})))
	assert.Equal(t, []hashmap.Mapping{ofField}, collect(t, client.GroupMappings(group.ID)))
	of, err := client.GetMappingGroup(ctx, ofField.ID)
	require.NoError(t, err)
	assert.Equal(t, group, of)
	_, err = client.GetMappingGroup(ctx, ofService.ID)
	require.ErrorIs(t, err, gophermeter.ErrNotFound)

	// What is left out of an update stays.
	want := ofField
	want.Cost = dec("0.5")
	got, err := client.UpdateMapping(ctx, ofField.ID, hashmap.MappingUpdate{Cost: &want.Cost})
	require.NoError(t, err)
	assert.True(t, want.Cost.Equal(got.Cost))
	got.Cost = want.Cost
	assert.Equal(t, want, got)
	other, err := client.CreateGroup(ctx, "other")
	require.NoError(t, err)
	got, err = client.UpdateMapping(ctx, ofField.ID, hashmap.MappingUpdate{
		Value: "huge", Type: hashmap.TypeRate, ProjectID: ptr(""), GroupID: other.ID, Cost: ptr(dec("0")),
	})
	require.NoError(t, err)
	assert.Equal(t, [5]string{"huge", "rate", "", other.ID, field.ID}, [5]string{got.Value, string(got.Type), got.ProjectID, got.GroupID, got.FieldID})
	assert.True(t, got.Cost.IsZero())
	back, err := client.GetMapping(ctx, ofField.ID)
	require.NoError(t, err)
	assert.Equal(t, got, back)
	assert.Empty(t, collect(t, client.GroupMappings(group.ID)))
	assert.Equal(t, []hashmap.Mapping{got}, collect(t, client.GroupMappings(other.ID)))
	_, err = client.UpdateMapping(ctx, ofField.ID, hashmap.MappingUpdate{Description: ptr("x")})
	require.ErrorIs(t, err, gophermeter.ErrUnsupported)

	require.NoError(t, client.DeleteMapping(ctx, ofField.ID))
	_, err = client.GetMapping(ctx, ofField.ID)
	require.ErrorIs(t, err, gophermeter.ErrNotFound)
	require.ErrorIs(t, client.DeleteMapping(ctx, ofField.ID), gophermeter.ErrNotFound)
	assert.Empty(t, collect(t, client.Mappings(hashmap.MappingOptions{FieldID: field.ID})))
	require.NoError(t, client.DeleteService(ctx, service.ID))
	_, err = client.GetMapping(ctx, ofService.ID)
	require.ErrorIs(t, err, gophermeter.ErrNotFound, "the rules go with their service")
}

func TestThresholdSeesItsOwnWrites(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	client := fakeHashmap(t, fakeCloud(t), "admin")
	service, field, group := parent(t, client, "backup")
	ofService, err := client.CreateThreshold(ctx, hashmap.ThresholdCreate{
		ServiceID: service.ID, Level: dec("1000.12345678"), Cost: dec("0.02"), GroupID: group.ID, ProjectID: "p",
	})
	require.NoError(t, err)
	assert.True(t, dec("1000.12345678").Equal(ofService.Level))
	ofField, err := client.CreateThreshold(ctx, hashmap.ThresholdCreate{FieldID: field.ID, Level: dec("4"), Type: hashmap.TypeRate, Cost: dec("0.9")})
	require.NoError(t, err)
	assert.Equal(t, []hashmap.Threshold{ofService}, collect(t, client.Thresholds(hashmap.ThresholdOptions{ServiceID: service.ID})))
	assert.Equal(t, []hashmap.Threshold{ofField}, collect(t, client.Thresholds(hashmap.ThresholdOptions{FieldID: field.ID, NoProject: true})))
	assert.Equal(t, []hashmap.Threshold{ofService}, collect(t, client.Thresholds(hashmap.ThresholdOptions{GroupID: group.ID})))
	assert.Equal(t, []hashmap.Threshold{ofService}, collect(t, client.GroupThresholds(group.ID)))
	of, err := client.GetThresholdGroup(ctx, ofService.ID)
	require.NoError(t, err)
	assert.Equal(t, group, of)
	_, err = client.GetThresholdGroup(ctx, ofField.ID)
	require.ErrorIs(t, err, gophermeter.ErrNotFound)

	got, err := client.UpdateThreshold(ctx, ofService.ID, hashmap.ThresholdUpdate{Level: ptr(dec("2000"))})
	require.NoError(t, err)
	assert.True(t, dec("2000").Equal(got.Level))
	assert.True(t, dec("0.02").Equal(got.Cost), "what is left out stays")
	assert.Equal(t, [4]string{service.ID, "flat", group.ID, "p"}, [4]string{got.ServiceID, string(got.Type), got.GroupID, got.ProjectID})
	got, err = client.UpdateThreshold(ctx, ofField.ID, hashmap.ThresholdUpdate{Type: hashmap.TypeFlat, Cost: ptr(dec("0")), GroupID: group.ID, ProjectID: ptr("q")})
	require.NoError(t, err)
	assert.Equal(t, [4]string{field.ID, "flat", group.ID, "q"}, [4]string{got.FieldID, string(got.Type), got.GroupID, got.ProjectID})
	assert.True(t, got.Cost.IsZero())
	back, err := client.GetThreshold(ctx, ofField.ID)
	require.NoError(t, err)
	assert.Equal(t, got, back)
	assert.Len(t, collect(t, client.GroupThresholds(group.ID)), 2)

	require.NoError(t, client.DeleteThreshold(ctx, ofField.ID))
	_, err = client.GetThreshold(ctx, ofField.ID)
	require.ErrorIs(t, err, gophermeter.ErrNotFound)
	require.ErrorIs(t, client.DeleteThreshold(ctx, ofField.ID), gophermeter.ErrNotFound)
	assert.Len(t, collect(t, client.GroupThresholds(group.ID)), 1)
}

func TestGroupTakesItsRulesAlongOnlyWhenRecursive(t *testing.T) {
	t.Parallel()
	for _, recursive := range []bool{false, true} {
		ctx := t.Context()
		client := fakeHashmap(t, fakeCloud(t), "admin")
		service, field, group := parent(t, client, "backup")
		mapping, err := client.CreateMapping(ctx, hashmap.MappingCreate{FieldID: field.ID, Value: "big", Cost: dec("1"), GroupID: group.ID})
		require.NoError(t, err)
		free, err := client.CreateMapping(ctx, hashmap.MappingCreate{FieldID: field.ID, Value: "small", Cost: dec("1")})
		require.NoError(t, err)
		threshold, err := client.CreateThreshold(ctx, hashmap.ThresholdCreate{ServiceID: service.ID, Level: dec("1"), Cost: dec("1"), GroupID: group.ID})
		require.NoError(t, err)

		require.NoError(t, client.DeleteGroup(ctx, group.ID, hashmap.DeleteGroupOptions{Recursive: recursive}))
		assert.Empty(t, collect(t, client.GroupMappings(group.ID)))
		assert.Empty(t, collect(t, client.GroupThresholds(group.ID)))
		_, err = client.GetMapping(ctx, free.ID)
		require.NoError(t, err)
		keptMapping, err := client.GetMapping(ctx, mapping.ID)
		if recursive {
			require.ErrorIs(t, err, gophermeter.ErrNotFound)
			_, err = client.GetThreshold(ctx, threshold.ID)
			require.ErrorIs(t, err, gophermeter.ErrNotFound)
			continue
		}
		require.NoError(t, err)
		assert.Empty(t, keptMapping.GroupID)
		keptThreshold, err := client.GetThreshold(ctx, threshold.ID)
		require.NoError(t, err)
		assert.Empty(t, keptThreshold.GroupID)
	}
}

// The laws of a price: flat prices of a group compete, rates multiply, groups add up, and the highest threshold counts.
func TestQuoteFollowsTheRules(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	cloud := fakeCloud(t)
	client := fakeHashmap(t, cloud, "admin")
	quotes, err := rating.New(fakeConn(t, cloud, "demo"))
	require.NoError(t, err)
	costs := func(want, volume string) {
		t.Helper()
		price, err := quotes.GetQuote(ctx, rating.QuoteResource{Service: "backup", Volume: dec(volume), Metadata: map[string]string{"size": "big", "tier": "gold"}})
		require.NoError(t, err)
		assert.True(t, dec(want).Equal(price), "want %s, got %s", want, price)
	}
	mapping := func(m hashmap.MappingCreate) hashmap.Mapping {
		t.Helper()
		made, err := client.CreateMapping(ctx, m)
		require.NoError(t, err)
		return made
	}
	costs("0", "2")
	service, field, group := parent(t, client, "backup")
	costs("0", "2")
	big := mapping(hashmap.MappingCreate{FieldID: field.ID, Value: "big", Cost: dec("0.1")})
	mapping(hashmap.MappingCreate{FieldID: field.ID, Value: "small", Cost: dec("7")})
	mapping(hashmap.MappingCreate{FieldID: field.ID, Value: "big", Cost: dec("9"), ProjectID: "nobody"})
	costs("0.2", "2")
	mapping(hashmap.MappingCreate{ServiceID: service.ID, Cost: dec("0.3")})
	costs("0.6", "2")
	tier, err := client.CreateField(ctx, service.ID, "tier")
	require.NoError(t, err)
	mapping(hashmap.MappingCreate{FieldID: tier.ID, Value: "gold", Type: hashmap.TypeRate, Cost: dec("1.5")})
	costs("0.9", "2")
	mapping(hashmap.MappingCreate{ServiceID: service.ID, Cost: dec("0.01"), GroupID: group.ID})
	costs("0.92", "2")
	_, err = client.ChangePrice(ctx, big.ID, hashmap.PriceChange{Cost: dec("1")})
	require.NoError(t, err)
	costs("3.02", "2")
	low, err := client.CreateThreshold(ctx, hashmap.ThresholdCreate{ServiceID: service.ID, Level: dec("2"), Cost: dec("100")})
	require.NoError(t, err)
	costs("1.51", "1")
	costs("103.02", "2")
	_, err = client.CreateThreshold(ctx, hashmap.ThresholdCreate{ServiceID: service.ID, Level: dec("10"), Type: hashmap.TypeRate, Cost: dec("0.5")})
	require.NoError(t, err)
	costs("7.6", "10")
	require.NoError(t, client.DeleteThreshold(ctx, low.ID))
	costs("3.02", "2")
	require.NoError(t, client.DeleteGroup(ctx, group.ID, hashmap.DeleteGroupOptions{Recursive: true}))
	costs("3", "2")
	require.NoError(t, client.DeleteField(ctx, field.ID))
	costs("0.9", "2")
}

func TestPriceChangeWithDates(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	cloud := fakeCloud(t, fakecloud.WithRatingRelease(fakecloud.RatingCurrent), fakecloud.WithClock(time.Now))
	client := fakeHashmap(t, cloud, "admin")
	quotes, err := rating.New(fakeConn(t, cloud, "admin"))
	require.NoError(t, err)
	cost := func() string {
		price, err := quotes.GetQuote(ctx, rating.QuoteResource{Service: "instance", Volume: dec("1"), Metadata: map[string]string{"flavor_name": "m1.small"}})
		require.NoError(t, err)
		return price.String()
	}
	require.Equal(t, "0.0116", cost())
	var old hashmap.Mapping
	all := collect(t, client.Mappings(hashmap.MappingOptions{All: true}))
	for _, m := range all {
		if m.Value == "m1.small" {
			old = m
		}
	}
	require.NotEmpty(t, old.ID)
	at := cloud.Now().Truncate(time.Second).AddDate(0, 0, 2)
	next, err := client.ChangePrice(ctx, old.ID, hashmap.PriceChange{Cost: dec("0.02"), At: at, Name: "small"})
	require.NoError(t, err)
	assert.NotEqual(t, old.ID, next.ID)
	assert.Equal(t, [4]string{old.FieldID, "m1.small", old.GroupID, "small"}, [4]string{next.FieldID, next.Value, next.GroupID, next.Name})
	assert.Equal(t, at, next.Start)
	ended, err := client.GetMapping(ctx, old.ID)
	require.NoError(t, err)
	require.NotNil(t, ended.End)
	assert.Equal(t, at, *ended.End)
	assert.True(t, old.Cost.Equal(ended.Cost))
	assert.Len(t, collect(t, client.Mappings(hashmap.MappingOptions{All: true})), len(all)+1)
	assert.Len(t, collect(t, client.Mappings(hashmap.MappingOptions{All: true, Active: true})), len(all))

	// One that does not hold yet gets its cost changed, and a second for the same time is refused.
	next, err = client.ChangePrice(ctx, next.ID, hashmap.PriceChange{Cost: dec("0.03")})
	require.NoError(t, err)
	assert.True(t, dec("0.03").Equal(next.Cost))
	assert.Equal(t, "small", next.Name)
	_, err = client.CreateMapping(ctx, hashmap.MappingCreate{FieldID: old.FieldID, Value: "m1.small", GroupID: old.GroupID, Cost: dec("1"), Start: at.Add(time.Hour)})
	require.ErrorIs(t, err, gophermeter.ErrConflict)
	assert.Equal(t, "0.0116", cost())
	cloud.Advance(49 * time.Hour)
	assert.Equal(t, "0.03", cost())

	require.NoError(t, client.DeleteMapping(ctx, next.ID))
	assert.Equal(t, "0", cost())
	gone, err := client.GetMapping(ctx, next.ID)
	require.NoError(t, err, "a record remains")
	assert.NotNil(t, gone.Deleted)
	assert.NotEmpty(t, gone.DeletedBy)
	assert.Len(t, collect(t, client.Mappings(hashmap.MappingOptions{All: true})), len(all))
	assert.Len(t, collect(t, client.Mappings(hashmap.MappingOptions{All: true, Deleted: true})), len(all)+1)
	assert.NotContains(t, collect(t, client.GroupMappings(old.GroupID)), gone)
}

func TestListOfAllNeedsARelease(t *testing.T) {
	t.Parallel()
	_, err := fakeHashmap(t, fakeCloud(t), "admin").Mappings(hashmap.MappingOptions{All: true}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrUnsupported)
}

func TestRulesAreForAdministrators(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	cloud := fakeCloud(t)
	admin := fakeHashmap(t, cloud, "admin")
	service, field, group := parent(t, admin, "backup")
	mapping, err := admin.CreateMapping(ctx, hashmap.MappingCreate{FieldID: field.ID, Value: "big", Cost: dec("1"), GroupID: group.ID})
	require.NoError(t, err)
	threshold, err := admin.CreateThreshold(ctx, hashmap.ThresholdCreate{ServiceID: service.ID, Level: dec("1"), Cost: dec("1"), GroupID: group.ID})
	require.NoError(t, err)
	demo := fakeHashmap(t, cloud, "demo")
	for what, call := range map[string]func() error{
		"types":           func() error { _, err := demo.Types().Collect(ctx); return err },
		"services":        func() error { _, err := demo.Services().Collect(ctx); return err },
		"a service":       func() error { _, err := demo.GetService(ctx, service.ID); return err },
		"a new service":   func() error { _, err := demo.CreateService(ctx, "x"); return err },
		"a service's end": func() error { return demo.DeleteService(ctx, service.ID) },
		"fields":          func() error { _, err := demo.Fields(service.ID).Collect(ctx); return err },
		"a field's end":   func() error { return demo.DeleteField(ctx, field.ID) },
		"groups":          func() error { _, err := demo.Groups().Collect(ctx); return err },
		"a group's end":   func() error { return demo.DeleteGroup(ctx, group.ID, hashmap.DeleteGroupOptions{Recursive: true}) },
		"a group's rules": func() error { _, err := demo.GroupMappings(group.ID).Collect(ctx); return err },
		"mappings": func() error {
			_, err := demo.Mappings(hashmap.MappingOptions{FieldID: field.ID}).Collect(ctx)
			return err
		},
		"a mapping": func() error { _, err := demo.GetMapping(ctx, mapping.ID); return err },
		"a new mapping": func() error {
			_, err := demo.CreateMapping(ctx, hashmap.MappingCreate{ServiceID: service.ID, Cost: dec("0")})
			return err
		},
		"a price": func() error {
			_, err := demo.ChangePrice(ctx, mapping.ID, hashmap.PriceChange{Cost: dec("0")})
			return err
		},
		"a mapping's end":   func() error { return demo.DeleteMapping(ctx, mapping.ID) },
		"a threshold":       func() error { _, err := demo.GetThreshold(ctx, threshold.ID); return err },
		"a threshold's end": func() error { return demo.DeleteThreshold(ctx, threshold.ID) },
	} {
		err := call()
		require.ErrorIs(t, err, gophermeter.ErrForbidden, what)
		assert.ErrorContains(t, err, "rating:module_config", what)
	}
	got, err := admin.GetMapping(ctx, mapping.ID)
	require.NoError(t, err)
	assert.Equal(t, mapping, got, "what was refused was not done")
	_, err = admin.GetThreshold(ctx, threshold.ID)
	require.NoError(t, err)
}
