package hashmap_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating/hashmap"
)

// dated is a mapping as release 23.0 writes it.
const dated = `{"mapping_id": "m1", "value": "m1.small", "type": "rate", "cost": "0.0213000000000000000000000000", "service_id": null,
	"field_id": "f1", "group_id": "g1", "tenant_id": "p1", "created_at": "2026-01-05T09:00:00.123456", "start": "2026-02-01T00:00:00",
	"end": null, "name": "small", "description": "of 2026", "deleted": null, "created_by": "u1", "updated_by": null, "deleted_by": null}`

func altered(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(dated) }

func TestDatesAreInTheServicesZone(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	c, script := located(t, berlin, says(200, altered(`"end": null`, `"end": "2026-07-01T00:00:00"`)), says(201, dated))
	m, err := c.GetMapping(t.Context(), "m1")
	require.NoError(t, err)
	assert.Equal(t, time.Date(2026, 1, 31, 23, 0, 0, 0, time.UTC), m.Start)
	assert.Equal(t, time.Date(2026, 6, 30, 22, 0, 0, 0, time.UTC), *m.End, "summer time")
	assert.Equal(t, time.Date(2026, 1, 5, 8, 0, 0, 123456000, time.UTC), m.CreatedAt)
	assert.Nil(t, m.Deleted)
	assert.Equal(t, "small", m.Name)
	assert.Equal(t, "of 2026", m.Description)
	assert.Equal(t, "u1", m.CreatedBy)

	_, err = c.CreateMapping(t.Context(), hashmap.MappingCreate{
		FieldID: "f1", Value: "v", Cost: dec("1"), Start: m.Start, End: time.Date(2026, 7, 1, 12, 0, 0, 5000, time.UTC), Force: true, Name: "n",
	})
	require.NoError(t, err)
	assert.Equal(t, "true", script.requests[1].query.Get("force"))
	assert.JSONEq(t, `{"field_id":"f1","value":"v","cost":"1","name":"n","start":"2026-02-01T00:00:00","end":"2026-07-01T14:00:00.000005"}`,
		script.requests[1].body, "a T and no zone: with one the service fails, and without the other it takes the end of the day")
}

func TestAllFiltersOfRelease23(t *testing.T) {
	t.Parallel()
	c, script := scripted(t, says(200, `{"mappings": [`+dated+`]}`))
	all, err := c.Mappings(hashmap.MappingOptions{
		All: true, NoGroup: true, Deleted: true, Active: true, StartFrom: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		EndBefore: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), Description: "2026", CreatedBy: "a", UpdatedBy: "b", DeletedBy: "c",
	}).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, all, 1)
	assert.Equal(t, map[string][]string{
		"all": {"true"}, "no_group": {"true"}, "deleted": {"true"}, "is_active": {"true"}, "start": {"2026-01-01T00:00:00"},
		"end": {"2027-01-01T00:00:00"}, "description": {"2026"}, "created_by": {"a"}, "updated_by": {"b"}, "deleted_by": {"c"},
	}, map[string][]string(script.requests[0].query))
}

func TestUpdateOfARuleThatHolds(t *testing.T) {
	t.Parallel()
	end := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	c, script := scripted(t, says(200, dated), says(http.StatusFound, ""), says(200, altered(`"end": null`, `"end": "2030-01-01T00:00:00"`)))
	m, err := c.UpdateMapping(t.Context(), "m1", hashmap.MappingUpdate{End: &end})
	require.NoError(t, err)
	assert.Equal(t, end, *m.End)
	assert.JSONEq(t, `{"type":"rate","cost":"0.0213","end":"2030-01-01T00:00:00","description":"of 2026"}`, script.requests[1].body,
		"the type because flat would be a change, and no service, field or group because each is one")
}

func TestUpdateThatTheServiceHadDoneBefore(t *testing.T) {
	t.Parallel()
	end := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	refused := says(400, `{"faultcode":"Client","faultstring":"Cannot update a rule that was already processed and has a defined end date.","debuginfo":null}`)
	cut := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	done := altered(`"end": null`, `"end": "2030-01-01T00:00:00"`)
	c, script := scripted(t, says(200, dated), cut, refused, says(200, done))
	m, err := c.UpdateMapping(t.Context(), "m1", hashmap.MappingUpdate{End: &end})
	require.NoError(t, err)
	assert.Equal(t, end, *m.End)
	assert.Len(t, script.requests, 4)

	c, _ = scripted(t, says(200, dated), refused, says(200, dated))
	_, err = c.UpdateMapping(t.Context(), "m1", hashmap.MappingUpdate{Cost: ptr(dec("1"))})
	require.ErrorIs(t, err, gophermeter.ErrBadRequest)
	assert.ErrorContains(t, err, "already processed")
}

func TestUpdateKeepsEndAndDescriptionOfAFutureRule(t *testing.T) {
	t.Parallel()
	future := altered(`"start": "2026-02-01T00:00:00"`, `"start": "2029-01-01T00:00:00"`, `"end": null`, `"end": "2030-01-01T00:00:00"`)
	free := strings.Replace(future, "0.0213000000000000000000000000", "0E-28", 1)
	c, script := scripted(t, says(200, future), says(http.StatusFound, ""), says(200, free))
	_, err := c.UpdateMapping(t.Context(), "m1", hashmap.MappingUpdate{Cost: ptr(dec("0"))})
	require.NoError(t, err)
	assert.JSONEq(t, `{"type":"rate","cost":"0","end":"2030-01-01T00:00:00","description":"of 2026"}`, script.requests[1].body)

	bare := altered(`"start": "2026-02-01T00:00:00"`, `"start": "2029-02-01T00:00:00"`, `"of 2026"`, `null`)
	c, script = scripted(t, says(200, future), says(http.StatusFound, ""), says(200, bare))
	_, err = c.UpdateMapping(t.Context(), "m1", hashmap.MappingUpdate{
		End: &time.Time{}, Description: ptr(""), Start: time.Date(2029, 2, 1, 0, 0, 0, 0, time.UTC),
	})
	require.NoError(t, err)
	assert.JSONEq(t, `{"type":"rate","cost":"0.0213","start":"2029-02-01T00:00:00"}`, script.requests[1].body, "what is left out is removed")
}

// Source: cloudkitty/rating/common/validations/fields.py of release 23, which takes a 0 or an empty text for no change.
func TestUpdateThatTheServiceTakesAndForgets(t *testing.T) {
	t.Parallel()
	c, _ := scripted(t, says(200, dated), says(http.StatusFound, ""), says(200, dated))
	_, err := c.UpdateMapping(t.Context(), "m1", hashmap.MappingUpdate{Cost: ptr(dec("0"))})
	require.ErrorIs(t, err, gophermeter.ErrUnsupported)
	require.ErrorContains(t, err, "mapping m1 and did not make all of it")

	c, _ = scripted(t, says(200, dated), says(http.StatusFound, ""), says(404, `{"faultcode":"Client","faultstring":"gone","debuginfo":null}`))
	_, err = c.UpdateMapping(t.Context(), "m1", hashmap.MappingUpdate{Cost: ptr(dec("0"))})
	require.ErrorIs(t, err, gophermeter.ErrNotFound)
}

func TestWhatAReleaseCannotChangeIsSaid(t *testing.T) {
	t.Parallel()
	for name, u := range map[string]hashmap.MappingUpdate{
		"type": {Type: hashmap.TypeFlat}, "value": {Value: "other"}, "project": {ProjectID: ptr("")}, "group": {GroupID: "g2"},
	} {
		c, script := scripted(t, says(200, dated))
		_, err := c.UpdateMapping(t.Context(), "m1", u)
		require.ErrorIs(t, err, gophermeter.ErrUnsupported, name)
		assert.Len(t, script.requests, 1, "a rule of the future would ignore it in silence")
	}
	c, script := scripted(t, load(t, "mapping-get").answer)
	_, err := c.UpdateMapping(t.Context(), "m", hashmap.MappingUpdate{End: ptr(time.Now())})
	require.ErrorIs(t, err, gophermeter.ErrUnsupported)
	_, err = c.ChangePrice(t.Context(), "m", hashmap.PriceChange{At: time.Now()})
	require.ErrorIs(t, err, gophermeter.ErrUnsupported)
	assert.Len(t, script.requests, 2)
}

func TestChangePriceUntilRelease22(t *testing.T) {
	t.Parallel()
	c := replay(t, "mapping-field-get", "mapping-field-put-302", "mapping-field-after")
	m, err := c.ChangePrice(t.Context(), newMapping, hashmap.PriceChange{Cost: dec("0.25")})
	require.NoError(t, err)
	assert.Equal(t, newMapping, m.ID)
	assert.True(t, m.Cost.Equal(dec("0.25")))
}

func TestChangePriceFromRelease23(t *testing.T) {
	t.Parallel()
	at := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	ended := altered(`"end": null`, `"end": "2030-01-01T00:00:00"`)
	next := altered(`"m1"`, `"m2"`, `2026-02-01T00:00:00`, `2030-01-01T00:00:00`, `0.0213`, `0.0250`)
	c, script := scripted(t, says(200, dated), says(http.StatusFound, ""), says(200, ended), says(201, next))
	m, err := c.ChangePrice(t.Context(), "m1", hashmap.PriceChange{Cost: dec("0.025"), At: at, Name: "small 2030"})
	require.NoError(t, err)
	assert.Equal(t, "m2", m.ID)
	require.Len(t, script.requests, 4)
	assert.JSONEq(t, `{"value":"m1.small","type":"rate","cost":"0.025","field_id":"f1","group_id":"g1","tenant_id":"p1",
		"name":"small 2030","description":"of 2026","start":"2030-01-01T00:00:00"}`, script.requests[3].body)
	assert.Equal(t, "POST", script.requests[3].method)
}

func TestChangePriceSaysWhatIsLeftToDo(t *testing.T) {
	t.Parallel()
	ended := altered(`"end": null`, `"end": "2030-01-01T00:00:00"`)
	conflict := says(409, `{"faultcode":"Client","faultstring":"Mapping m1.small already exists for field f1","debuginfo":null}`)
	c, _ := scripted(t, says(200, dated), says(http.StatusFound, ""), says(200, ended), conflict)
	_, err := c.ChangePrice(t.Context(), "m1", hashmap.PriceChange{Cost: dec("1"), At: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)})
	require.ErrorIs(t, err, gophermeter.ErrConflict)
	assert.ErrorContains(t, err, "mapping m1 ends at 2030-01-01T00:00:00Z; making its successor: ")
}

func TestChangePriceAtOnce(t *testing.T) {
	t.Parallel()
	c, script := scripted(t, says(200, dated), says(http.StatusFound, ""))
	script.answers = append(script.answers, func(w http.ResponseWriter, r *http.Request) {
		_, end, _ := strings.Cut(script.requests[1].body, `"end":`)
		says(200, altered(`"end": null`, `"end": `+end[:21]))(w, r)
	}, says(201, dated))
	before := time.Now()
	_, err := c.ChangePrice(t.Context(), "m1", hashmap.PriceChange{Cost: dec("1")})
	require.NoError(t, err)
	_, text, found := strings.Cut(script.requests[3].body, `"start":"`)
	require.True(t, found)
	at, err := time.Parse("2006-01-02T15:04:05", text[:19])
	require.NoError(t, err)
	assert.WithinDuration(t, before.Add(time.Minute), at, 30*time.Second)
	assert.Contains(t, script.requests[1].body, text[:19], "the end of the one is the start of the other")
}

func TestChangePriceOfARuleOfTheFutureOrThePast(t *testing.T) {
	t.Parallel()
	future := altered(`"start": "2026-02-01T00:00:00"`, `"start": "2199-01-01T00:00:00"`)
	after := strings.NewReplacer("0.0213", "7.0000", "of 2026", "of 2199").Replace(future)
	c, script := scripted(t, says(200, future), says(http.StatusFound, ""), says(200, after))
	_, err := c.ChangePrice(t.Context(), "m1", hashmap.PriceChange{Cost: dec("7"), Description: "of 2199"})
	require.NoError(t, err)
	assert.JSONEq(t, `{"type":"rate","cost":"7","description":"of 2199"}`, script.requests[1].body)

	c, script = scripted(t, says(200, altered(`"deleted": null`, `"deleted": "2026-03-01T00:00:00"`)))
	_, err = c.ChangePrice(t.Context(), "m1", hashmap.PriceChange{Cost: dec("7")})
	require.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
	assert.ErrorContains(t, err, "was deleted at 2026-03-01T00:00:00Z")
	assert.Len(t, script.requests, 1)
}

// Source: cloudkitty/rating/hash/db/sqlalchemy/api.py of release 23, create_mapping: end >= start is an overlap.
func TestChangePriceRefusedBeforeAnythingIsChanged(t *testing.T) {
	t.Parallel()
	bounded := altered(`"start": "2026-02-01T00:00:00"`, `"start": "2199-01-01T00:00:00"`, `"end": null`, `"end": "2199-07-01T00:00:00"`)
	for name, change := range map[string]hashmap.PriceChange{
		"mapping m1 has an end, 2199-07-01T00:00:00Z, and": {Cost: dec("7"), At: time.Date(2199, 2, 1, 0, 0, 0, 0, time.UTC)},
		"m1 has an end":                     {Cost: dec("7"), At: time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)},
		`PriceChange.Name: "small" is that`: {Cost: dec("7"), At: time.Date(2199, 2, 1, 0, 0, 0, 0, time.UTC), Name: "small"},
	} {
		c, script := scripted(t, says(200, bounded))
		_, err := c.ChangePrice(t.Context(), "m1", change)
		require.ErrorContains(t, err, name)
		assert.Len(t, script.requests, 1, "the old price goes on")
	}
	c, script := scripted(t, says(200, bounded))
	_, err := c.ChangePrice(t.Context(), "m1", hashmap.PriceChange{Cost: dec("1e12")})
	require.ErrorContains(t, err, "PriceChange.Cost: has more than 12 digits")
	assert.Empty(t, script.requests)
	c, _ = scripted(t, load(t, "mapping-get").answer)
	_, err = c.ChangePrice(t.Context(), "m", hashmap.PriceChange{Description: "d"})
	require.ErrorIs(t, err, gophermeter.ErrUnsupported, "no descriptions until release 22")
}

func TestChangePriceGoesOnWhereItWasInterrupted(t *testing.T) {
	t.Parallel()
	at := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	ended := altered(`"end": null`, `"end": "2030-01-01T00:00:00"`)
	refused := says(400, `{"faultcode":"Client","faultstring":"Cannot update a rule that was already processed and has a defined end date.","debuginfo":null}`)
	c, script := scripted(t, says(200, ended), refused, says(200, ended), says(201, altered(`"m1"`, `"m2"`)))
	m, err := c.ChangePrice(t.Context(), "m1", hashmap.PriceChange{Cost: dec("1"), At: at})
	require.NoError(t, err)
	assert.Equal(t, "m2", m.ID)
	assert.Len(t, script.requests, 4)
}
