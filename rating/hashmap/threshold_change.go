package hashmap

import (
	"context"
	"net/http"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// ThresholdCreate is a new threshold, of a service or of a field.
type ThresholdCreate struct {
	// ServiceID makes it a rule for quantities of a service.
	ServiceID string
	// FieldID makes it a rule for numbers in a field. Where the field of a point holds no number, rating fails for
	// the whole project.
	FieldID string
	// Level from which on the rule holds. Sent exactly: up to 12 digits before and 8 behind the point.
	Level decimal.Decimal
	// Type is flat where it is empty.
	Type Type
	// Cost is an amount or a factor, exact as that of a MappingCreate. Zero is a price.
	Cost decimal.Decimal
	// GroupID puts it into a group; empty into none.
	GroupID string
	// ProjectID makes it a rule for one project; empty for all.
	ProjectID string
}

// ThresholdUpdate is what is changed of a threshold. What is left empty stays as it is.
type ThresholdUpdate struct {
	// Level; nil stays.
	Level *decimal.Decimal
	// Type of the rule.
	Type Type
	// Cost; nil stays, 0 is a price.
	Cost *decimal.Decimal
	// GroupID. A threshold cannot be taken out of its group.
	GroupID string
	// ProjectID; a pointer to "" makes it a rule for all projects.
	ProjectID *string
}

// CreateThreshold adds a rule. It holds from the next rating period on that begins. After a failure that leaves open
// whether the rule was made, it is not made again.
//
// API: POST /v1/rating/module_config/hashmap/thresholds
func (c *Client) CreateThreshold(ctx context.Context, create ThresholdCreate) (Threshold, error) {
	w, err := newThreshold("ThresholdCreate.", Threshold{
		Level: create.Level, Type: create.Type, Cost: create.Cost, ServiceID: create.ServiceID, FieldID: create.FieldID,
		GroupID: create.GroupID, ProjectID: create.ProjectID,
	})
	if err != nil {
		return Threshold{}, err
	}
	r := request("CreateThreshold", http.MethodPost, "thresholds")
	r.Body = body(w)
	return fetch(ctx, c, r, readThreshold)
}

// UpdateThreshold changes a rule, for periods that are rated again too, and reads it back. The threshold is read
// first: the service replaces all of it, so what stays as it is has to be sent again, and another program's change in
// that moment is lost.
//
// API: PUT /v1/rating/module_config/hashmap/thresholds/{threshold_id}
//
// API: GET /v1/rating/module_config/hashmap/thresholds/{threshold_id}
func (c *Client) UpdateThreshold(ctx context.Context, thresholdID string, u ThresholdUpdate) (Threshold, error) {
	const op = "UpdateThreshold"
	if u == (ThresholdUpdate{}) {
		return Threshold{}, errs.Invalid("ThresholdUpdate", "changes nothing")
	}
	if err := u.check(); err != nil {
		return Threshold{}, err
	}
	t, err := c.getThreshold(ctx, op, thresholdID)
	if err != nil {
		return Threshold{}, err
	}
	w, err := newThreshold("ThresholdUpdate.", u.apply(t))
	if err != nil {
		return Threshold{}, err
	}
	r := request(op, http.MethodPut, "thresholds", thresholdID)
	r.Body = body(w)
	if err := c.change(ctx, r); err != nil {
		return Threshold{}, err
	}
	return c.getThreshold(ctx, op, thresholdID)
}

func (u ThresholdUpdate) check() error {
	t := u.apply(Threshold{})
	_, err := newThreshold("ThresholdUpdate.", t)
	return err
}

// apply gives the threshold as it is to be. Its service or field cannot be changed and is not sent; its group only
// where it is another.
func (u ThresholdUpdate) apply(t Threshold) Threshold {
	t.ServiceID, t.FieldID, t.GroupID = "", "", u.GroupID
	if u.Level != nil {
		t.Level = *u.Level
	}
	if u.Type != "" {
		t.Type = u.Type
	}
	if u.Cost != nil {
		t.Cost = *u.Cost
	}
	if u.ProjectID != nil {
		t.ProjectID = *u.ProjectID
	}
	return t
}

type thresholdWire struct {
	Level     string `json:"level"`
	Type      Type   `json:"type,omitempty"`
	Cost      string `json:"cost"`
	ServiceID string `json:"service_id,omitempty"`
	FieldID   string `json:"field_id,omitempty"`
	GroupID   string `json:"group_id,omitempty"`
	ProjectID string `json:"tenant_id,omitempty"`
}

func newThreshold(in string, t Threshold) (w thresholdWire, err error) {
	w = thresholdWire{
		Type: t.Type, ServiceID: t.ServiceID, FieldID: t.FieldID, GroupID: t.GroupID, ProjectID: t.ProjectID,
	}
	if w.Level, err = amount(in+"Level", t.Level, levelDecimals); err == nil {
		w.Cost, err = amount(in+"Cost", t.Cost, costDecimals)
	}
	return w, err
}
