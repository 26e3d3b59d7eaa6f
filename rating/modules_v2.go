package rating

import (
	"context"
	"errors"
	"iter"
	"net/http"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
)

// ModulesV2 are the modules of [Client.Modules], which anybody with a token may list in API v2. It came with release
// 17; where it is missing they are listed by v1, to administrators.
//
// API: GET /v2/rating/modules
//
// API: GET /v1/rating/modules
func (c *Client) ModulesV2() *gophermeter.Pager[Module] {
	r := gophermeter.Request{Op: "rating.ModulesV2", Path: []string{"rating", "modules"}}
	return gophermeter.NewPager(func(ctx context.Context) iter.Seq2[[]Module, error] {
		return func(yield func([]Module, error) bool) {
			all, err := listed(c.v2, r, readModule, "modules").Collect(ctx)
			if missingV2(err) {
				all, err = listed(c.v1, r, readModule, "modules").Collect(ctx)
			}
			if err != nil || len(all) > 0 {
				yield(all, err)
			}
		}
	})
}

// GetModuleV2 is the module of an id, from API v2 or, where that does not have it, from v1. Administrators only.
//
// API: GET /v2/rating/modules/{module_id}
//
// API: GET /v1/rating/modules/{module_id}
func (c *Client) GetModuleV2(ctx context.Context, moduleID string) (Module, error) {
	const op = "rating.GetModuleV2"
	m, err := c.moduleV2(ctx, op, moduleID)
	if errors.Is(err, errs.ErrUnsupported) {
		return c.module(ctx, op, moduleID)
	}
	return m, err
}

func (c *Client) moduleV2(ctx context.Context, op, moduleID string) (m Module, err error) {
	if moduleID == "" {
		return Module{}, errs.Invalid("moduleID", "is empty")
	}
	err = c.readV2(ctx, gophermeter.Request{Op: op, Path: []string{"rating", "modules", moduleID}}, func(body []byte) (err error) {
		m, err = decode(body, readModule)
		return err
	})
	return m, err
}

// UpdateModuleV2 does what [Client.UpdateModule] does, by API v2 from release 21 on and by v1 before. Administrators
// only.
//
// API: PUT /v2/rating/modules/{module_id}
//
// API: GET /v2/rating/modules/{module_id}
//
// API: PUT /v1/rating/modules/{module_id}
//
// API: GET /v1/rating/modules/{module_id}
func (c *Client) UpdateModuleV2(ctx context.Context, moduleID string, u ModuleUpdate) (Module, error) {
	const op = "rating.UpdateModuleV2"
	switch {
	case moduleID == "":
		return Module{}, errs.Invalid("moduleID", "is empty")
	case u == ModuleUpdate{}:
		return Module{}, errs.Invalid("ModuleUpdate", "changes nothing")
	}
	err := c.readV2(ctx, gophermeter.Request{
		Op: op, Method: http.MethodPut, Path: []string{"rating", "modules", moduleID},
		Body: body(struct {
			Enabled  *bool  `json:"enabled,omitempty"`
			Priority *int64 `json:"priority,omitempty"`
		}{u.Enabled, u.Priority}),
	}, nil)
	switch {
	case errors.Is(err, errs.ErrUnsupported):
		return c.UpdateModule(ctx, moduleID, u)
	case err != nil:
		return Module{}, err
	}
	return c.moduleV2(ctx, op, moduleID)
}
