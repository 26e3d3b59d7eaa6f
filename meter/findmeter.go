package meter

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// Key is what a meter id says: the resource and the name, in plain text. ok is false where it says nothing. Where both
// hold a "+" only the service could tell where one ends; Key takes the first one.
func (m *Meter) Key() (resourceID, name string, ok bool) {
	return strings.Cut(decodeID(m.MeterID), "+")
}

// decodeID is the text in a meter id, empty where there is none.
func decodeID(id string) string {
	plain, err := base64.StdEncoding.DecodeString(trimmed(id))
	if err != nil {
		return ""
	}
	return string(plain)
}

// FindMeter searches a meter by its id (with newlines or without), else by its name. By id it is the meter of one
// resource, and by name a definition: Name, Type and Unit alone, however many resources have it.
//
// [gophermeter.ErrAmbiguous] lists the definitions where they are several, [gophermeter.ErrNotFound] says that there
// is none.
//
// API: GET /v2/meters
func (c *Client) FindMeter(ctx context.Context, nameOrID string) (Meter, error) {
	if nameOrID == "" {
		return Meter{}, errs.Invalid("nameOrID", "is empty")
	}
	found, err := c.metersByID(ctx, nameOrID)
	if err == nil && len(found) == 0 {
		found, err = c.definitions(ctx, nameOrID)
	}
	switch {
	case err != nil:
		return Meter{}, err
	case len(found) == 0:
		return Meter{}, fmt.Errorf("meter.FindMeter: %w: no meter has the id or name %q", errs.ErrNotFound, nameOrID)
	case len(found) > 1:
		return Meter{}, fmt.Errorf("meter.FindMeter: %w: %s", errs.ErrAmbiguous, listed(found))
	}
	return found[0], nil
}

// metersByID asks for the meters of each resource that an id may name.
func (c *Client) metersByID(ctx context.Context, id string) ([]Meter, error) {
	plain := decodeID(id)
	for at, b := range []byte(plain) {
		if b != '+' || at == 0 || at == len(plain)-1 {
			continue
		}
		l, err := c.meters("meter.FindMeter", MeterOptions{Filters: []Filter{ByResource(plain[:at])}})
		if err != nil {
			continue // a text that only looks like an id: K5 takes no value so long
		}
		found, err := c.allMeters(ctx, l, 0)
		found = slices.DeleteFunc(found, func(m Meter) bool { return trimmed(m.MeterID) != trimmed(id) })
		if err != nil || len(found) > 0 {
			return found, err
		}
	}
	return nil, nil
}

// definitions are the different definitions of a name, or the meters of an id that does not say what it names, as
// K5's do not.
func (c *Client) definitions(ctx context.Context, name string) ([]Meter, error) {
	l, err := c.meters("meter.FindMeter", MeterOptions{})
	if err != nil {
		return nil, err
	}
	all, err := c.allMeters(ctx, l, 0)
	var found []Meter
	for _, m := range all {
		if trimmed(m.MeterID) == trimmed(name) {
			found = append(found, m)
		}
	}
	if len(found) > 0 {
		return found, err
	}
	return slices.DeleteFunc(unique(all), func(m Meter) bool { return m.Name != name }), err
}

// allMeters reads a list of meters to its end.
func (c *Client) allMeters(ctx context.Context, l list[Meter], offset int) ([]Meter, error) {
	if c.dialect == K5 {
		return paged(c, l, offset, meterKey).Collect(ctx)
	}
	return grow(ctx, c, limiting(l))
}

// unique are the definitions of meters, in the order in which they come. The service's own parameter of that name is of
// no use: it looks at the newest sample of a definition, and leaves it out where that is another project's, and one of
// two units on MongoDB.
func unique(all []Meter) []Meter {
	known := map[Meter]bool{}
	var definitions []Meter
	for _, m := range all {
		d := Meter{Name: m.Name, Type: m.Type, Unit: m.Unit}
		if !known[d] {
			known[d] = true
			definitions = append(definitions, d)
		}
	}
	return definitions
}

func listed(found []Meter) string {
	texts := make([]string, len(found))
	for i, m := range found {
		texts[i] = fmt.Sprintf("%s %s in %q", m.Type, m.Name, m.Unit)
	}
	slices.Sort(texts)
	return strings.Join(texts, ", ")
}
