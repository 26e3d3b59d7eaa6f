package meter

import (
	"strings"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// TraitType is the type of a trait's values. An unknown one is kept as it was sent.
type TraitType string

// What traits can be, as the operator of the cloud has defined them.
const (
	TraitString   TraitType = "string"
	TraitInteger  TraitType = "integer"
	TraitFloat    TraitType = "float"
	TraitDatetime TraitType = "datetime" // UTC without a zone
	TraitNone     TraitType = "none"
)

// Trait is a value that was taken out of a notification.
//
// Source: Ceilometer, api/controllers/v2/events.py, Trait.
type Trait struct {
	// Name such as "instance_id".
	Name string
	// Value is a text whatever the Type.
	Value string
	// Type of the value, which [ByTrait] must meet.
	Type TraitType
}

// TraitDefinition is a trait that events of a type have.
//
// Source: Ceilometer, api/controllers/v2/events.py, TraitDescription.
type TraitDefinition struct {
	// Name such as "instance_id".
	Name string
	// Type of its values, which [ByTrait] must meet.
	Type TraitType
}

// EventTypes are the types of all events, in the order of the alphabet. Administrators only: anybody else gets
// [gophermeter.ErrForbidden].
//
// API: GET /v2/event_types
func (c *Client) EventTypes() *gophermeter.Pager[string] {
	return whole(c, eventTypeList("meter.EventTypes"))
}

// Traits are the traits that the events of a type have; none where there is no such type. Administrators only: anybody
// else gets [gophermeter.ErrForbidden].
//
// API: GET /v2/event_types/{event_type}/traits
func (c *Client) Traits(eventType string) *gophermeter.Pager[TraitDefinition] {
	if err := segment("eventType", eventType); err != nil {
		return gophermeter.FailedPager[TraitDefinition](err)
	}
	return whole(c, traitList("meter.Traits", eventType))
}

// TraitValues are the values that a trait has in the events of a type, one for each event; none where there is no such
// type or trait. Administrators only: anybody else gets [gophermeter.ErrForbidden].
//
// API: GET /v2/event_types/{event_type}/traits/{trait_name}
func (c *Client) TraitValues(eventType, name string) *gophermeter.Pager[Trait] {
	err := segment("eventType", eventType)
	if err == nil {
		err = segment("name", name)
	}
	if err != nil {
		return gophermeter.FailedPager[Trait](err)
	}
	return whole(c, traitValueList("meter.TraitValues", eventType, name))
}

// segment checks what is to be part of a path, in which the service takes a slash for its end.
func segment(field, value string) error {
	switch {
	case value == "":
		return errs.Invalid(field, "is empty")
	case strings.Contains(value, "/"):
		return unsupported("the service does not find %s %q, which has a slash", field, value)
	}
	return nil
}

func traitRow(r *jsonstream.Reader) func() (Trait, error) {
	var t Trait
	field := func(name []byte) (err error) {
		switch string(name) {
		case "name":
			t.Name, err = r.Intern()
		case "value":
			t.Value, err = r.String()
		case "type":
			err = intern(r, &t.Type)
		}
		return err
	}
	return func() (Trait, error) {
		t = Trait{}
		err := r.Object(field)
		return t, err
	}
}

func traitDefinitionRow(r *jsonstream.Reader) func() (TraitDefinition, error) {
	trait := traitRow(r)
	return func() (TraitDefinition, error) {
		t, err := trait()
		return TraitDefinition{Name: t.Name, Type: t.Type}, err
	}
}

func textRow(r *jsonstream.Reader) func() (string, error) { return r.String }
