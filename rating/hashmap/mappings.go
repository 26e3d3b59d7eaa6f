package hashmap

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/wire"
)

// MappingOptions say which mappings are listed: those of a service, a field or a group, or with All of every one.
type MappingOptions struct {
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

	// What follows needs release 23.0 (2025.2); an older one gives ErrUnsupported.

	// All lists those of every service and field.
	All bool
	// Deleted lists deleted ones too.
	Deleted bool
	// Active lists those that hold now, by the clock of the service.
	Active bool
	// StartFrom lists those that begin then or later. Zero is no bound.
	StartFrom time.Time
	// EndBefore lists those that end before then: none that hold for good. Zero is no bound.
	EndBefore time.Time
	// Description lists those whose description holds this text, in upper or lower case.
	Description string
	// CreatedBy, UpdatedBy and DeletedBy list those that a user made, changed or, with Deleted, deleted, by id.
	CreatedBy, UpdatedBy, DeletedBy string
}

// Mappings are the rules that match the options. On a release before 23.0 there is no list of all, and the rules of
// every service and field have to be asked for one by one.
//
// API: GET /v1/rating/module_config/hashmap/mappings
func (c *Client) Mappings(opts MappingOptions) *gophermeter.Pager[Mapping] {
	q, err := c.mappingsQuery(opts)
	if err != nil {
		return gophermeter.FailedPager[Mapping](err)
	}
	r := request("Mappings", http.MethodGet, "mappings")
	r.Query = q
	return listed(c, r, "mappings", c.readMapping)
}

func (c *Client) mappingsQuery(o MappingOptions) (url.Values, error) {
	parent := parents{o.ServiceID, o.FieldID, o.GroupID, o.NoGroup, o.ProjectID, o.NoProject}
	if parent.none() != o.All {
		if o.All {
			return nil, errs.Invalid("MappingOptions.All", "stands beside a service, field or group")
		}
		return nil, errs.Invalid("MappingOptions", "names no service, field or group, and not All")
	}
	q, err := parent.query("MappingOptions")
	if err != nil {
		return nil, err
	}
	wire.SetTrue(q, "all", o.All)
	wire.SetTrue(q, "deleted", o.Deleted)
	wire.SetTrue(q, "is_active", o.Active)
	if !o.StartFrom.IsZero() {
		q.Set("start", c.stamp(o.StartFrom))
	}
	if !o.EndBefore.IsZero() {
		q.Set("end", c.stamp(o.EndBefore))
	}
	wire.Set(q, "description", o.Description)
	wire.Set(q, "created_by", o.CreatedBy)
	wire.Set(q, "updated_by", o.UpdatedBy)
	wire.Set(q, "deleted_by", o.DeletedBy)
	return q, nil
}

// parents are the filters that mappings and thresholds share.
type parents struct {
	service, field, group string
	noGroup               bool
	project               string
	noProject             bool
}

func (p parents) none() bool { return p.service == "" && p.field == "" && p.group == "" }

// query refuses pairs of which the service would forget one.
func (p parents) query(options string) (url.Values, error) {
	switch {
	case p.service != "" && p.field != "":
		return nil, errs.Invalid(options+".FieldID", "stands beside ServiceID, and rules have one of them")
	case p.group != "" && p.noGroup:
		return nil, errs.Invalid(options+".NoGroup", "stands beside GroupID")
	case p.project != "" && p.noProject:
		return nil, errs.Invalid(options+".NoProject", "stands beside ProjectID")
	}
	q := url.Values{}
	wire.Set(q, "service_id", p.service)
	wire.Set(q, "field_id", p.field)
	wire.Set(q, "group_id", p.group)
	wire.SetTrue(q, "no_group", p.noGroup)
	wire.Set(q, "tenant_id", p.project)
	wire.SetTrue(q, "filter_tenant", p.noProject || p.project != "") // without it the project is not looked at
	return q, nil
}

// GetMapping is the mapping of an id. From 23.0 on deleted ones are found too: see [Mapping.Deleted].
//
// API: GET /v1/rating/module_config/hashmap/mappings/{mapping_id}
func (c *Client) GetMapping(ctx context.Context, mappingID string) (Mapping, error) {
	return c.getMapping(ctx, "GetMapping", mappingID)
}

func (c *Client) getMapping(ctx context.Context, op, mappingID string) (Mapping, error) {
	if err := needed("mappingID", mappingID); err != nil {
		return Mapping{}, err
	}
	return fetch(ctx, c, request(op, http.MethodGet, "mappings", mappingID), c.readMapping)
}

// GetMappingGroup is the group that a mapping is in. Where it is in none, or there is no such mapping, the error is
// [gophermeter.ErrNotFound].
//
// API: GET /v1/rating/module_config/hashmap/mappings/{mapping_id}/group
func (c *Client) GetMappingGroup(ctx context.Context, mappingID string) (Group, error) {
	if err := needed("mappingID", mappingID); err != nil {
		return Group{}, err
	}
	return fetch(ctx, c, request("GetMappingGroup", http.MethodGet, "mappings", mappingID, "group"), readGroup)
}

// DeleteMapping removes a mapping. From 23.0 on a record of it remains, which prices nothing any more, not in periods
// that are rated again either: to end a rule give it an end.
//
// API: DELETE /v1/rating/module_config/hashmap/mappings/{mapping_id}
func (c *Client) DeleteMapping(ctx context.Context, mappingID string) error {
	if err := needed("mappingID", mappingID); err != nil {
		return err
	}
	return c.call(ctx, request("DeleteMapping", http.MethodDelete, "mappings", mappingID))
}
