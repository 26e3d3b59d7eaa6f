package hashmap

import (
	"context"
	"net/http"
	"net/url"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
	"github.com/gophermeter/gophermeter/internal/wire"
)

// Group keeps rules apart: prices are computed in each by itself and then added. Within one the rates multiply each
// other, and of its flat prices the highest counts.
//
// Source: CloudKitty, rating/hash/datamodels/group.py.
type Group struct {
	// ID is the UUID that mappings and thresholds refer to.
	ID string
	// Name is the operator's.
	Name string
}

// DeleteGroupOptions say what becomes of the rules of a group.
type DeleteGroupOptions struct {
	// Recursive deletes them. Otherwise they remain, in no group, and act on prices as before but on other rules.
	Recursive bool
}

// Groups are all groups.
//
// API: GET /v1/rating/module_config/hashmap/groups
func (c *Client) Groups() *gophermeter.Pager[Group] {
	return listed(c, request("Groups", http.MethodGet, "groups"), "groups", readGroup)
}

// GroupMappings are the mappings of a group; none where there is no such group.
//
// API: GET /v1/rating/module_config/hashmap/groups/{group_id}/mappings
func (c *Client) GroupMappings(groupID string) *gophermeter.Pager[Mapping] {
	if err := needed("groupID", groupID); err != nil {
		return gophermeter.FailedPager[Mapping](err)
	}
	return listed(c, request("GroupMappings", http.MethodGet, "groups", groupID, "mappings"), "mappings", c.readMapping)
}

// GroupThresholds are the thresholds of a group; none where there is no such group.
//
// API: GET /v1/rating/module_config/hashmap/groups/{group_id}/thresholds
func (c *Client) GroupThresholds(groupID string) *gophermeter.Pager[Threshold] {
	if err := needed("groupID", groupID); err != nil {
		return gophermeter.FailedPager[Threshold](err)
	}
	return listed(c, request("GroupThresholds", http.MethodGet, "groups", groupID, "thresholds"), "thresholds", readThreshold)
}

// GetGroup is the group of an id.
//
// API: GET /v1/rating/module_config/hashmap/groups/{group_id}
func (c *Client) GetGroup(ctx context.Context, groupID string) (Group, error) {
	if err := needed("groupID", groupID); err != nil {
		return Group{}, err
	}
	return fetch(ctx, c, request("GetGroup", http.MethodGet, "groups", groupID), readGroup)
}

// FindGroup is the group of a name.
//
// API: GET /v1/rating/module_config/hashmap/groups
func (c *Client) FindGroup(ctx context.Context, name string) (Group, error) {
	return find(ctx, c.Groups(), "hashmap group", name, func(g *Group) string { return g.Name })
}

// CreateGroup adds a group. Where there is one of that name, the error is [gophermeter.ErrConflict], with the id in
// its text.
//
// API: POST /v1/rating/module_config/hashmap/groups
func (c *Client) CreateGroup(ctx context.Context, name string) (Group, error) {
	if err := needed("name", name); err != nil {
		return Group{}, err
	}
	r := request("CreateGroup", http.MethodPost, "groups")
	r.Body = body(map[string]string{"name": name})
	return fetch(ctx, c, r, readGroup)
}

// DeleteGroup removes a group.
//
// API: DELETE /v1/rating/module_config/hashmap/groups/{group_id}
func (c *Client) DeleteGroup(ctx context.Context, groupID string, opts DeleteGroupOptions) error {
	if err := needed("groupID", groupID); err != nil {
		return err
	}
	r := request("DeleteGroup", http.MethodDelete, "groups", groupID)
	r.Query = url.Values{}
	wire.SetTrue(r.Query, "recursive", opts.Recursive) // "false" would delete the rules
	return c.call(ctx, r)
}

func readGroup(r *jsonstream.Reader) (g Group, err error) {
	err = r.Object(func(name []byte) (err error) {
		switch string(name) {
		case "group_id":
			g.ID, err = r.String()
		case "name":
			g.Name, err = r.String()
		}
		return err
	})
	return g, err
}
