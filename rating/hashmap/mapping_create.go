package hashmap

import (
	"context"
	"net/http"
	"net/url"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/wire"
)

// MappingCreate is a new mapping, of a service or of a field.
type MappingCreate struct {
	// ServiceID makes it a rule for all of a service.
	ServiceID string
	// FieldID makes it a rule for what has Value in that field.
	FieldID string
	// Value is required for a field, and refused for a service.
	Value string
	// Type is flat where it is empty.
	Type Type
	// Cost is an amount or a factor, for one unit and rating period. Sent exactly: up to 12 digits before and 28
	// behind the point. Releases until 13 keep 8 of the latter, and 14 to 16 take 2 before it: the mapping that comes
	// back has what was stored. Zero is a price of 0.
	Cost decimal.Decimal
	// GroupID puts it into a group; empty into none.
	GroupID string
	// ProjectID makes it a rule for one project; empty for all.
	ProjectID string

	// What follows needs release 23.0 (2025.2); an older one gives ErrUnsupported.

	// Name of at most 32 characters, unique among mappings; the service makes one up where it is empty.
	Name string
	// Description of at most 256 characters.
	Description string
	// Start is from when on the rule holds; zero is now.
	Start time.Time
	// End is until when the rule holds; zero is for good. Needs a Start.
	End time.Time
	// Force allows a Start in the past, and so prices for periods that are rated again.
	Force bool
}

// CreateMapping adds a rule. It holds from the next rating period on that begins. Releases before 23.0 take a second
// rule of the same kind without a word, later ones answer [gophermeter.ErrConflict].
//
// After a failure that leaves open whether the rule was made, it is not made again.
//
// API: POST /v1/rating/module_config/hashmap/mappings
func (c *Client) CreateMapping(ctx context.Context, create MappingCreate) (Mapping, error) {
	w, err := c.newMapping("MappingCreate.", create)
	if err != nil {
		return Mapping{}, err
	}
	r := request("CreateMapping", http.MethodPost, "mappings")
	r.Query = url.Values{}
	wire.SetTrue(r.Query, "force", create.Force)
	r.Body = body(w)
	return fetch(ctx, c, r, c.readMapping)
}

// mappingWire is a mapping as it is sent. What is left out takes the service's default, and not the stored value.
type mappingWire struct {
	Value       string `json:"value,omitempty"`
	Type        Type   `json:"type,omitempty"`
	Cost        string `json:"cost"`
	ServiceID   string `json:"service_id,omitempty"`
	FieldID     string `json:"field_id,omitempty"`
	GroupID     string `json:"group_id,omitempty"`
	ProjectID   string `json:"tenant_id,omitempty"`
	Name        string `json:"name,omitempty"`
	Description string `json:"description,omitempty"`
	Start       string `json:"start,omitempty"`
	End         string `json:"end,omitempty"`
}

func (c *Client) newMapping(in string, m MappingCreate) (w mappingWire, err error) {
	w = mappingWire{
		Value: m.Value, Type: m.Type, ServiceID: m.ServiceID, FieldID: m.FieldID, GroupID: m.GroupID, ProjectID: m.ProjectID,
		Name: m.Name, Description: m.Description, Start: c.optionalStamp(m.Start), End: c.optionalStamp(m.End),
	}
	if w.Cost, err = amount(in+"Cost", m.Cost, costDecimals); err != nil {
		return w, err
	}
	switch {
	case w.End != "" && w.Start == "":
		return w, errs.Invalid(in+"End", "needs a Start")
	case utf8.RuneCountInString(m.Name) > maxName:
		return w, errs.Invalid(in+"Name", "has more than %d characters", maxName)
	}
	return w, fits(in+"Description", m.Description)
}

func fits(field, description string) error {
	if utf8.RuneCountInString(description) > maxDescription {
		return errs.Invalid(field, "has more than %d characters", maxDescription)
	}
	return nil
}

// optionalStamp is stamp, and nothing for the zero time.
func (c *Client) optionalStamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return c.stamp(t)
}
