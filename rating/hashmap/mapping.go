package hashmap

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// Mapping is a rule: what a unit of a service costs, or of those of a service whose field has a certain value. The
// price is one for a rating period, an hour unless the operator chose another, and not for an hour.
//
// Source: CloudKitty, rating/hash/datamodels/mapping.py.
type Mapping struct {
	// ID is the UUID.
	ID string
	// Value of the field, as a text, that the rule is for; empty in the rule of a service.
	Value string
	// Type says what is done with Cost.
	Type Type
	// Cost is an amount or a factor, exact to 28 decimals (8 until release 13).
	Cost decimal.Decimal
	// ServiceID is the service that the rule is for; empty where it is for a field.
	ServiceID string
	// FieldID is the field that the rule is for; empty where it is for a service.
	FieldID string
	// GroupID is the group that the rule is in; empty where it is in none.
	GroupID string
	// ProjectID is the only project that the rule is for; empty where it is for all.
	ProjectID string

	// What follows is empty on releases before 23.0 (2025.2), where rules have no history.

	// Name is unique among the mappings that are not deleted. The service makes one up where none is given.
	Name string
	// Description is the operator's.
	Description string
	// Start is from when on the rule holds, UTC. See [WithLocation].
	Start time.Time
	// End is until when the rule holds, UTC; nil for good.
	End *time.Time
	// CreatedAt is when the rule was made, UTC.
	CreatedAt time.Time
	// Deleted is when the rule was deleted, UTC; nil where it was not. GetMapping answers with deleted ones too.
	Deleted *time.Time
	// CreatedBy, UpdatedBy and DeletedBy are ids of users; empty where nobody was it.
	CreatedBy, UpdatedBy, DeletedBy string
}

// dated tells of a release whose rules have dates.
func (m *Mapping) dated() bool { return !m.Start.IsZero() || !m.CreatedAt.IsZero() }

func (c *Client) readMapping(r *jsonstream.Reader) (m Mapping, err error) {
	err = r.Object(func(name []byte) error { return c.mappingField(r, &m, name) })
	return m, err
}

func (c *Client) mappingField(r *jsonstream.Reader, m *Mapping, name []byte) (err error) {
	switch string(name) {
	case "mapping_id":
		m.ID, err = r.String()
	case "value":
		m.Value, err = r.String()
	case "type":
		var text string
		text, err = r.Intern()
		m.Type = Type(text)
	case "cost":
		m.Cost, err = r.Decimal()
	case "service_id":
		m.ServiceID, err = r.Intern()
	case "field_id":
		m.FieldID, err = r.Intern()
	case "group_id":
		m.GroupID, err = r.Intern()
	case "tenant_id":
		m.ProjectID, err = r.Intern()
	case "name":
		m.Name, err = r.String()
	case "description":
		m.Description, err = r.String()
	case "start":
		m.Start, err = c.ruleTime(r)
	case "end":
		m.End, err = c.optionalTime(r)
	case "created_at":
		m.CreatedAt, err = c.ruleTime(r)
	case "deleted":
		m.Deleted, err = c.optionalTime(r)
	case "created_by":
		m.CreatedBy, err = r.Intern()
	case "updated_by":
		m.UpdatedBy, err = r.Intern()
	case "deleted_by":
		m.DeletedBy, err = r.Intern()
	}
	return err
}
