package hashmap

import (
	"context"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// PriceChange is a new price for what a mapping is for.
type PriceChange struct {
	// Cost is the new amount or factor, exact as that of a MappingCreate. Zero is a price.
	Cost decimal.Decimal
	// At is from when on it holds. Zero is as soon as the service can, which is at once until release 22 and in a
	// minute from 23.0 on. Another time needs 23.0.
	At time.Time
	// Name of the mapping that takes over, from 23.0 on; the service makes one up where it is empty.
	Name string
	// Description of that mapping, from 23.0 on; empty takes over the old one's.
	Description string
}

// ChangePrice gives what a mapping is for a new price, in the way of the release, and returns the mapping that holds
// then. Until release 22 that is the same one with another cost, for periods that are rated again too. From 23.0 on
// the service changes no rule that has been in use: the mapping ends at change.At, and another begins there with the
// same type, value, project and group. One that does not hold yet gets its cost changed. One that has another end than
// change.At is [gophermeter.ErrUnsupported] if it holds by then: the service lets no two rules with ends meet.
//
// The two steps are two calls. Where the first is done and the second fails, the text of the error says so: the
// mapping ends, and CreateMapping with the same start is left to be done.
//
// API: PUT /v1/rating/module_config/hashmap/mappings/{mapping_id}
//
// API: POST /v1/rating/module_config/hashmap/mappings
//
// API: GET /v1/rating/module_config/hashmap/mappings/{mapping_id}
func (c *Client) ChangePrice(ctx context.Context, mappingID string, change PriceChange) (Mapping, error) {
	const op = "ChangePrice"
	if _, err := c.newMapping("PriceChange.", MappingCreate{Cost: change.Cost, Name: change.Name, Description: change.Description}); err != nil {
		return Mapping{}, err
	}
	before, err := c.getMapping(ctx, op, mappingID)
	if err != nil {
		return Mapping{}, err
	}
	now := time.Now()
	switch {
	case before.Deleted != nil:
		return Mapping{}, errs.Invalid("mappingID", "%s was deleted at %s", mappingID, before.Deleted.Format(time.RFC3339))
	case !before.dated() && !change.At.IsZero():
		return Mapping{}, unsupported("a price cannot be changed at a later time before CloudKitty 23.0")
	case !before.dated(), before.Start.After(now) && !change.At.After(before.Start):
		u := MappingUpdate{Cost: &change.Cost}
		if change.Description != "" {
			u.Description = &change.Description
		}
		return c.updateMapping(ctx, op, before, u)
	}
	if change.At.IsZero() {
		change.At = now.Add(time.Minute).Truncate(time.Second)
	}
	switch {
	case change.Name != "" && change.Name == before.Name:
		return Mapping{}, errs.Invalid("PriceChange.Name", "%q is that of the mapping which ends", change.Name)
	case before.End != nil && !within(*before.End, change.At):
		return Mapping{}, unsupported("mapping %s has an end, %s, and would get another", before.ID, before.End.Format(time.RFC3339))
	}
	ended, err := c.updateMapping(ctx, op, before, MappingUpdate{End: &change.At})
	if err != nil {
		return Mapping{}, err
	}
	create := MappingCreate{
		ServiceID: ended.ServiceID, FieldID: ended.FieldID, Value: ended.Value, Type: ended.Type, Cost: change.Cost,
		GroupID: ended.GroupID, ProjectID: ended.ProjectID, Name: change.Name, Description: change.Description,
		Start: change.At,
	}
	if create.Description == "" {
		create.Description = ended.Description
	}
	after, err := c.CreateMapping(ctx, create)
	if err != nil {
		return Mapping{}, fmt.Errorf("mapping %s ends at %s; making its successor: %w", ended.ID, change.At.UTC().Format(time.RFC3339), err)
	}
	return after, nil
}
