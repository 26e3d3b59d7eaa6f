package hashmap

import (
	"context"
	"net/http"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// Threshold is a rule for large quantities: what is added from a level on, or what the price is multiplied by. Of the
// thresholds in a group that are reached only the highest counts. Thresholds have no dates, on no release.
//
// Source: CloudKitty, rating/hash/datamodels/threshold.py.
type Threshold struct {
	// ID is the UUID.
	ID string
	// Level is the least quantity of a service in a period, or number in a field, that the rule is for; 8 decimals.
	Level decimal.Decimal
	// Type says what is done with Cost. A flat threshold of a service is added once a point, not for each unit.
	Type Type
	// Cost is an amount or a factor, exact to 28 decimals (8 until release 13).
	Cost decimal.Decimal
	// ServiceID is the service whose quantity counts; empty where a field's number does.
	ServiceID string
	// FieldID is the field whose number counts; empty where a service's quantity does.
	FieldID string
	// GroupID is the group that the rule is in; empty where it is in none.
	GroupID string
	// ProjectID is the only project that the rule is for; empty where it is for all.
	ProjectID string
}

// ThresholdOptions say which thresholds are listed: those of a service, a field or a group. The API has no list of
// all.
type ThresholdOptions struct {
	// ServiceID lists those of a service itself, without those of its fields. Not together with FieldID.
	ServiceID string
	// FieldID lists those of a field.
	FieldID string
	// GroupID lists those in a group, of the service or field where one is named.
	GroupID string
	// NoGroup lists those in no group. Not together with GroupID.
	NoGroup bool
	// ProjectID lists those that are for one project only, and leaves out those for all.
	ProjectID string
	// NoProject lists those for all projects. Not together with ProjectID.
	NoProject bool
}

// Thresholds are the rules that match the options.
//
// API: GET /v1/rating/module_config/hashmap/thresholds
func (c *Client) Thresholds(opts ThresholdOptions) *gophermeter.Pager[Threshold] {
	parent := parents{opts.ServiceID, opts.FieldID, opts.GroupID, opts.NoGroup, opts.ProjectID, opts.NoProject}
	if parent.none() {
		return gophermeter.FailedPager[Threshold](errs.Invalid("ThresholdOptions", "names no service, field or group"))
	}
	q, err := parent.query("ThresholdOptions")
	if err != nil {
		return gophermeter.FailedPager[Threshold](err)
	}
	r := request("Thresholds", http.MethodGet, "thresholds")
	r.Query = q
	return listed(c, r, "thresholds", readThreshold)
}

// GetThreshold is the threshold of an id.
//
// API: GET /v1/rating/module_config/hashmap/thresholds/{threshold_id}
func (c *Client) GetThreshold(ctx context.Context, thresholdID string) (Threshold, error) {
	return c.getThreshold(ctx, "GetThreshold", thresholdID)
}

func (c *Client) getThreshold(ctx context.Context, op, thresholdID string) (Threshold, error) {
	if err := needed("thresholdID", thresholdID); err != nil {
		return Threshold{}, err
	}
	return fetch(ctx, c, request(op, http.MethodGet, "thresholds", thresholdID), readThreshold)
}

// GetThresholdGroup is the group that a threshold is in. Where it is in none, or there is no such threshold, the
// error is [gophermeter.ErrNotFound].
//
// API: GET /v1/rating/module_config/hashmap/thresholds/{threshold_id}/group
func (c *Client) GetThresholdGroup(ctx context.Context, thresholdID string) (Group, error) {
	if err := needed("thresholdID", thresholdID); err != nil {
		return Group{}, err
	}
	return fetch(ctx, c, request("GetThresholdGroup", http.MethodGet, "thresholds", thresholdID, "group"), readGroup)
}

// DeleteThreshold removes a threshold.
//
// API: DELETE /v1/rating/module_config/hashmap/thresholds/{threshold_id}
func (c *Client) DeleteThreshold(ctx context.Context, thresholdID string) error {
	if err := needed("thresholdID", thresholdID); err != nil {
		return err
	}
	return c.call(ctx, request("DeleteThreshold", http.MethodDelete, "thresholds", thresholdID))
}

func readThreshold(r *jsonstream.Reader) (t Threshold, err error) {
	err = r.Object(func(name []byte) (err error) {
		switch string(name) {
		case "threshold_id":
			t.ID, err = r.String()
		case "level":
			t.Level, err = r.Decimal()
		case "type":
			var text string
			text, err = r.Intern()
			t.Type = Type(text)
		case "cost":
			t.Cost, err = r.Decimal()
		case "service_id":
			t.ServiceID, err = r.Intern()
		case "field_id":
			t.FieldID, err = r.Intern()
		case "group_id":
			t.GroupID, err = r.Intern()
		case "tenant_id":
			t.ProjectID, err = r.Intern()
		}
		return err
	})
	return t, err
}
