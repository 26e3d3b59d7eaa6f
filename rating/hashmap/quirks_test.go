package hashmap_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating/hashmap"
)

func TestQuirkFalseIsLeftOut(t *testing.T) {
	t.Parallel()
	c, script := scripted(t, says(204, ""), load(t, "mappings-service").answer)
	require.NoError(t, c.DeleteGroup(t.Context(), uptime, hashmap.DeleteGroupOptions{Recursive: false}))
	_, err := c.Mappings(hashmap.MappingOptions{ServiceID: volume}).Collect(t.Context())
	require.NoError(t, err)
	assert.Empty(t, script.requests[0].query, "recursive=false deletes the mappings of the group")
	assert.Len(t, script.requests[1].query, 1)
}

func TestQuirkMoneyIsSentAsText(t *testing.T) {
	t.Parallel()
	c, script := scripted(t, load(t, "mapping-create").answer, load(t, "threshold-create").answer)
	_, err := c.CreateMapping(t.Context(), hashmap.MappingCreate{ServiceID: volume, Cost: dec("1e-7")})
	require.NoError(t, err)
	_, err = c.CreateThreshold(t.Context(), hashmap.ThresholdCreate{ServiceID: volume, Level: dec("1e3"), Cost: dec("0.1")})
	require.NoError(t, err)
	assert.JSONEq(t, `{"service_id":"`+volume+`","cost":"0.0000001"}`, script.requests[0].body)
	assert.JSONEq(t, `{"service_id":"`+volume+`","level":"1000","cost":"0.1"}`, script.requests[1].body)
}

func TestQuirkNumberCostIsInexact(t *testing.T) {
	t.Parallel()
	c, _ := scripted(t, load(t, "mapping-create-numcost").answer)
	m, err := c.CreateMapping(t.Context(), hashmap.MappingCreate{ServiceID: "x", Cost: dec("0.1")})
	require.NoError(t, err)
	assert.Equal(t, "0.1000000000000000055511151231", m.Cost.String(), "what other clients store for 0.1")
}

func TestQuirkScientificZeroAndAbsentMembers(t *testing.T) {
	t.Parallel()
	c, _ := scripted(t, says(200, `{"mappings": [{"mapping_id": "m", "cost": "0E-28", "type": "tiered", "field_id": "f", "value": null},
		{"cost": "1E-7", "service_id": "s", "mapping_id": "n", "future": {"a": [1]}, "type": null}]}`))
	all, err := c.Mappings(hashmap.MappingOptions{GroupID: "g"}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 2)
	assert.True(t, all[0].Cost.IsZero())
	assert.Equal(t, hashmap.Type("tiered"), all[0].Type, "kept as it was sent")
	assert.Equal(t, "0.0000001", all[1].Cost.String())
}

func TestQuirkRedirectOfAnUpdateIsNotFollowed(t *testing.T) {
	t.Parallel()
	abroad := pair{Status: http.StatusFound, Location: "http://internal.invalid/v1/rating/module_config/hashmap/mappings/m"}
	c, script := scripted(t, load(t, "mapping-get").answer, abroad.answer, load(t, "mapping-get").answer)
	_, err := c.UpdateMapping(t.Context(), "62375d2e-4898-4e0d-bd6c-cc55d150074c", hashmap.MappingUpdate{Cost: ptr(dec("0.5"))})
	require.NoError(t, err)
	require.Len(t, script.requests, 3, "one PUT, where the Python client sends 31")
	assert.Equal(t, "PUT", script.requests[1].method)
	assert.Equal(t, "GET", script.requests[2].method)
}

func TestQuirkProjectFilterNeedsAFlag(t *testing.T) {
	t.Parallel()
	c, script := scripted(t, load(t, "mappings-service").answer)
	_, err := c.Mappings(hashmap.MappingOptions{ServiceID: volume, NoProject: true, NoGroup: true}).Collect(t.Context())
	require.NoError(t, err)
	q := script.requests[0].query
	assert.Equal(t, "true", q.Get("filter_tenant"))
	assert.False(t, q.Has("tenant_id"))
	assert.Equal(t, "true", q.Get("no_group"))
}

func TestQuirkNewArgumentsOnAnOldRelease(t *testing.T) {
	t.Parallel()
	c := replay(t, "mappings-all-400", "mapping-create-start-400")
	_, err := c.Mappings(hashmap.MappingOptions{All: true}).Collect(t.Context())
	require.ErrorIs(t, err, gophermeter.ErrUnsupported)
	assert.ErrorContains(t, err, `Unknown argument: "all"`)
	_, err = c.CreateMapping(t.Context(), hashmap.MappingCreate{
		ServiceID: newService, Cost: dec("1"), Type: hashmap.TypeRate, Start: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
	})
	require.ErrorIs(t, err, gophermeter.ErrUnsupported)
	assert.ErrorIs(t, err, gophermeter.ErrBadRequest, "the service's words are there")
}

func TestQuirkDuplicateIsTheServicesAffair(t *testing.T) {
	t.Parallel()
	c, _ := scripted(t, load(t, "mapping-create-dup").answer)
	_, err := c.CreateMapping(t.Context(), hashmap.MappingCreate{ServiceID: "s", Cost: dec("0.0213")})
	assert.NoError(t, err, "17.0 takes it")
}

func TestCreatingIsNotRepeatedAfterAnAmbiguousFailure(t *testing.T) {
	t.Parallel()
	c, script := scripted(t, says(500, `{"faultcode":"Server","faultstring":"lost","debuginfo":null}`))
	_, err := c.CreateMapping(t.Context(), hashmap.MappingCreate{ServiceID: "s", Cost: dec("1")})
	require.ErrorIs(t, err, gophermeter.ErrServer)
	assert.Len(t, script.requests, 1)
}

func TestModuleThatIsNotInstalled(t *testing.T) {
	t.Parallel()
	c, _ := scripted(t, says(405, `{"code": 405, "title": "Method Not Allowed", "description": ""}`))
	_, err := c.Services().Collect(t.Context())
	assert.ErrorIs(t, err, gophermeter.ErrUnsupported)
}

func TestTheServicesWords(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"mapping-create-400-type": "Value should be one of: flat, rate",
		"mapping-create-400-none": "You must specify one parent.",
	} {
		c, _ := scripted(t, load(t, name).answer)
		_, err := c.CreateMapping(t.Context(), hashmap.MappingCreate{Cost: dec("1"), Type: "tiered"})
		require.ErrorIs(t, err, gophermeter.ErrBadRequest)
		assert.ErrorContains(t, err, want)
		assert.NotErrorIs(t, err, gophermeter.ErrUnsupported)
	}
}

func TestRefusedBeforeTheWire(t *testing.T) {
	t.Parallel()
	c, script := scripted(t, says(500, ""))
	ctx := t.Context()
	long := strings.Repeat("é", 33)
	first := func(_ any, err error) error { return err }
	for field, err := range map[string]error{
		"serviceID":                      first(c.GetService(ctx, "")),
		"name":                           first(c.FindService(ctx, "")),
		"name: is empty":                 first(c.CreateService(ctx, "")),
		"fieldID":                        first(c.GetField(ctx, "")),
		"serviceID: is empty":            first(c.Fields("").Collect(ctx)),
		"groupID":                        c.DeleteGroup(ctx, "", hashmap.DeleteGroupOptions{Recursive: true}),
		"groupID: is empty":              first(c.GroupMappings("").Collect(ctx)),
		"groupID: ":                      first(c.GroupThresholds("").Collect(ctx)),
		"mappingID":                      first(c.GetMapping(ctx, "")),
		"mappingID: is empty":            first(c.GetMappingGroup(ctx, "")),
		"mappingID: ":                    c.DeleteMapping(ctx, ""),
		"thresholdID":                    first(c.GetThreshold(ctx, "")),
		"thresholdID: is empty":          first(c.GetThresholdGroup(ctx, "")),
		"thresholdID: ":                  c.DeleteThreshold(ctx, ""),
		"MappingOptions: names no":       first(c.Mappings(hashmap.MappingOptions{NoGroup: true}).Collect(ctx)),
		"MappingOptions.All":             first(c.Mappings(hashmap.MappingOptions{All: true, GroupID: "g"}).Collect(ctx)),
		"MappingOptions.FieldID":         first(c.Mappings(hashmap.MappingOptions{ServiceID: "s", FieldID: "f"}).Collect(ctx)),
		"MappingOptions.NoGroup":         first(c.Mappings(hashmap.MappingOptions{GroupID: "g", NoGroup: true}).Collect(ctx)),
		"MappingOptions.NoProject":       first(c.Mappings(hashmap.MappingOptions{GroupID: "g", ProjectID: "p", NoProject: true}).Collect(ctx)),
		"ThresholdOptions: names no":     first(c.Thresholds(hashmap.ThresholdOptions{}).Collect(ctx)),
		"ThresholdOptions.FieldID":       first(c.Thresholds(hashmap.ThresholdOptions{ServiceID: "s", FieldID: "f"}).Collect(ctx)),
		"MappingCreate.Cost: has more":   first(c.CreateMapping(ctx, hashmap.MappingCreate{Cost: dec("1234567890123")})),
		"MappingCreate.Cost":             first(c.CreateMapping(ctx, hashmap.MappingCreate{Cost: dec("1e-29")})),
		"digits before the point":        first(c.CreateMapping(ctx, hashmap.MappingCreate{Cost: decimal.New(1, 2_000_000_000)})),
		"digits behind the point":        first(c.CreateMapping(ctx, hashmap.MappingCreate{Cost: decimal.New(1, -2_000_000_000)})),
		"MappingCreate.End":              first(c.CreateMapping(ctx, hashmap.MappingCreate{End: time.Now()})),
		"MappingCreate.Name":             first(c.CreateMapping(ctx, hashmap.MappingCreate{Name: long})),
		"MappingCreate.Description":      first(c.CreateMapping(ctx, hashmap.MappingCreate{Description: strings.Repeat(long, 8)})),
		"MappingUpdate: changes nothing": first(c.UpdateMapping(ctx, "m", hashmap.MappingUpdate{})),
		"MappingUpdate.Cost":             first(c.UpdateMapping(ctx, "m", hashmap.MappingUpdate{Cost: ptr(dec("1e-29"))})),
		"ThresholdCreate.Level":          first(c.CreateThreshold(ctx, hashmap.ThresholdCreate{Level: dec("1e-9")})),
		"ThresholdUpdate: changes":       first(c.UpdateThreshold(ctx, "t", hashmap.ThresholdUpdate{})),
		"ThresholdUpdate.Cost":           first(c.UpdateThreshold(ctx, "t", hashmap.ThresholdUpdate{Cost: ptr(dec("1e-29"))})),
	} {
		assert.ErrorIs(t, err, gophermeter.ErrInvalidArgument, field)
		assert.ErrorContains(t, err, field)
	}
	assert.Empty(t, script.requests)
}

func TestCostsThatFit(t *testing.T) {
	t.Parallel()
	for _, cost := range []string{"999999999999.9999999999999999999999999999", "-1.5", "0", "1e11", "1.5000000000000000000000000000000000"} {
		c, script := scripted(t, load(t, "mapping-create").answer)
		_, err := c.CreateMapping(t.Context(), hashmap.MappingCreate{ServiceID: "s", Cost: dec(cost)})
		require.NoError(t, err, cost)
		assert.Contains(t, script.requests[0].body, `"cost":"`+dec(cost).String()+`"`)
	}
}

func TestAnswersThatAreNoRules(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"missing key": `{"services": []}`, "a list": `[]`, "text cost": `{"mappings": [{"cost": "free"}]}`, "trailing": `{"mappings": []} {}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, script := scripted(t, says(200, body))
			all, err := c.Mappings(hashmap.MappingOptions{GroupID: "g"}).Collect(t.Context())
			var e *gophermeter.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, "hashmap.Mappings", e.Op)
			assert.Nil(t, all)
			assert.Len(t, script.requests, 1)
		})
	}
}

func TestTornListIsAskedForAgain(t *testing.T) {
	t.Parallel()
	c, script := scripted(t, says(200, `{"groups": [{"group_id": "a", "name": "b"}, {"gro`), load(t, "groups").answer)
	all, err := c.Groups().Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, all, 1, "nothing is left of the first answer")
	assert.Len(t, script.requests, 2)
}
