package hashmap

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
)

// MappingUpdate is what is changed of a mapping. What is left empty stays as it is.
//
// From release 23.0 on the service lets only little be changed, for prices of the past must not: of a rule that holds
// already only the end may be set, once, to a time in the future; of one that does not yet, also cost, start and
// description. See [Client.ChangePrice].
type MappingUpdate struct {
	// Cost is an amount or a factor; nil stays, 0 is a price. Exact as that of a MappingCreate.
	Cost *decimal.Decimal
	// Type, until release 22.
	Type Type
	// Value of the field, until release 22.
	Value string
	// ProjectID, until release 22; a pointer to "" makes it a rule for all projects.
	ProjectID *string
	// GroupID, until release 22. A mapping cannot be taken out of its group.
	GroupID string
	// Start, from 23.0 on.
	Start time.Time
	// End, from 23.0 on; a pointer to the zero time makes it hold for good.
	End *time.Time
	// Description, from 23.0 on; a pointer to "" removes it.
	Description *string
}

// UpdateMapping changes a rule and reads it back. The mapping is read first: the service replaces all of it, so what
// stays as it is has to be sent again, and another program's change in that moment is lost.
//
// What a release cannot change is [gophermeter.ErrUnsupported], also where it would be ignored in silence.
//
// API: PUT /v1/rating/module_config/hashmap/mappings/{mapping_id}
//
// API: GET /v1/rating/module_config/hashmap/mappings/{mapping_id}
func (c *Client) UpdateMapping(ctx context.Context, mappingID string, u MappingUpdate) (Mapping, error) {
	const op = "UpdateMapping"
	if err := u.check(); err != nil {
		return Mapping{}, err
	}
	before, err := c.getMapping(ctx, op, mappingID)
	if err != nil {
		return Mapping{}, err
	}
	return c.updateMapping(ctx, op, before, u)
}

func (u MappingUpdate) check() error {
	const in = "MappingUpdate."
	if u == (MappingUpdate{}) {
		return errs.Invalid("MappingUpdate", "changes nothing")
	}
	if u.Cost != nil {
		if _, err := amount(in+"Cost", *u.Cost, costDecimals); err != nil {
			return err
		}
	}
	if u.Description != nil {
		return fits(in+"Description", *u.Description)
	}
	return nil
}

func (c *Client) updateMapping(ctx context.Context, op string, before Mapping, u MappingUpdate) (Mapping, error) {
	if err := u.supported(before); err != nil {
		return Mapping{}, err
	}
	want := u.apply(before)
	r := request(op, http.MethodPut, "mappings", before.ID)
	w, err := c.changed(before, want)
	if err != nil {
		return Mapping{}, err
	}
	r.Body = body(w)
	refusal := c.change(ctx, r)
	if refusal != nil && !errors.Is(refusal, gophermeter.ErrBadRequest) {
		return Mapping{}, refusal
	}
	after, err := c.getMapping(ctx, op, before.ID)
	switch {
	case err == nil && (same(after, want) || !before.dated() && refusal == nil):
		return after, nil // refused or not: an earlier attempt may have done it, and what has an end is not changed again
	case refusal != nil:
		return Mapping{}, refusal
	case err != nil:
		return Mapping{}, err
	}
	return Mapping{}, unsupported("CloudKitty took the change of mapping %s and did not make all of it, as with a cost of 0 for a rule "+
		"that holds already: end it and create another", before.ID)
}

// supported refuses what the release cannot do.
func (u MappingUpdate) supported(before Mapping) error {
	if !before.dated() {
		if !u.Start.IsZero() || u.End != nil || u.Description != nil {
			return unsupported("rules have no dates and descriptions before CloudKitty 23.0")
		}
		return nil
	}
	want := u.apply(before)
	if want.Type != before.Type || want.Value != before.Value || want.ProjectID != before.ProjectID || want.GroupID != before.GroupID {
		return unsupported("CloudKitty 23.0 and later change no type, value, project or group of a rule: end it and create another")
	}
	return nil
}

// apply gives the mapping as it is to be.
func (u MappingUpdate) apply(m Mapping) Mapping {
	if u.Cost != nil {
		m.Cost = *u.Cost
	}
	if u.Type != "" {
		m.Type = u.Type
	}
	if u.Value != "" {
		m.Value = u.Value
	}
	if u.ProjectID != nil {
		m.ProjectID = *u.ProjectID
	}
	if u.GroupID != "" {
		m.GroupID = u.GroupID
	}
	if !u.Start.IsZero() {
		m.Start = u.Start
	}
	if u.End != nil {
		if m.End = u.End; u.End.IsZero() {
			m.End = nil
		}
	}
	if u.Description != nil {
		m.Description = *u.Description
	}
	return m
}

// changed is the body of an update. Each release has a trap: older ones forget the value, type and project that are
// left out, and later ones the end and description; a service, field or group that is named counts as a change, to
// what it is too; and a start that is named must not lie in the past.
func (c *Client) changed(before, want Mapping) (w mappingWire, err error) {
	w = mappingWire{Type: want.Type}
	if w.Cost, err = amount("Mapping.Cost", want.Cost, costDecimals); err != nil {
		return w, err
	}
	if !before.dated() {
		w.Value, w.ProjectID = want.Value, want.ProjectID
		if want.GroupID != before.GroupID {
			w.GroupID = want.GroupID
		}
		return w, nil
	}
	w.Description = want.Description
	if !want.Start.Equal(before.Start) {
		w.Start = c.stamp(want.Start)
	}
	if want.End != nil {
		w.End = c.stamp(*want.End)
	}
	return w, nil
}

// same tells whether a mapping is as it was to be. The service keeps microseconds or seconds of a date.
func same(a, b Mapping) bool {
	return a.Cost.Equal(b.Cost) && a.Type == b.Type && a.Value == b.Value && a.ProjectID == b.ProjectID &&
		a.GroupID == b.GroupID && a.Description == b.Description && within(a.Start, b.Start) &&
		(a.End == nil) == (b.End == nil) && (a.End == nil || within(*a.End, *b.End))
}

// within tells whether two dates are the same to the service.
func within(a, b time.Time) bool { return a.Sub(b).Abs() < time.Second }
