package rating

import (
	"context"
	"net/http"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// Module is one of the programs that put prices on what was collected. They run one after the other, and each may
// change what those before it did.
//
// Source: CloudKitty, api/v1/datamodels/rating.py, CloudkittyModule; v2/rating/modules.py.
type Module struct {
	// ID is the name of the module: hashmap, pyscripts, noop, or the operator's own.
	ID string
	// Description is its author's.
	Description string
	// Enabled tells whether it runs.
	Enabled bool
	// HotConfig tells whether it has rules that can be changed by calls, as those of packages hashmap and pyscripts.
	HotConfig bool
	// Priority says when it runs: the highest first. Each module has its own default, mostly 1.
	Priority int64
}

// ModuleUpdate is what is changed of a module. What is nil stays as it is.
type ModuleUpdate struct {
	// Enabled makes the module run, or not.
	Enabled *bool
	// Priority moves the module before those of a lower one.
	Priority *int64
}

// Modules are those that the service has loaded. Administrators only.
//
// API: GET /v1/rating/modules
func (c *Client) Modules() *gophermeter.Pager[Module] {
	return listed(c.v1, gophermeter.Request{Op: "rating.Modules", Path: []string{"rating", "modules"}}, readModule, "modules")
}

// GetModule is the module of an id. Administrators only.
//
// API: GET /v1/rating/modules/{module_id}
func (c *Client) GetModule(ctx context.Context, moduleID string) (Module, error) {
	return c.module(ctx, "rating.GetModule", moduleID)
}

func (c *Client) module(ctx context.Context, op, moduleID string) (Module, error) {
	if moduleID == "" {
		return Module{}, errs.Invalid("moduleID", "is empty")
	}
	return fetch(ctx, c.v1, gophermeter.Request{Op: op, Path: []string{"rating", "modules", moduleID}}, readModule)
}

// UpdateModule enables or disables a module or gives it another priority, and reads it back. Administrators only.
//
// API: PUT /v1/rating/modules/{module_id}
//
// API: GET /v1/rating/modules/{module_id}
func (c *Client) UpdateModule(ctx context.Context, moduleID string, u ModuleUpdate) (Module, error) {
	const op = "rating.UpdateModule"
	switch {
	case moduleID == "":
		return Module{}, errs.Invalid("moduleID", "is empty")
	case u.Enabled == nil && u.Priority == nil:
		return Module{}, errs.Invalid("ModuleUpdate", "changes nothing")
	}
	// The answer is a redirect to the module. It is not followed: behind a proxy it names another origin.
	err := call(ctx, c.v1, gophermeter.Request{
		Op: op, Method: http.MethodPut, Path: []string{"rating", "modules", moduleID},
		Body: body(struct {
			ID       string `json:"module_id"`
			Enabled  *bool  `json:"enabled,omitempty"`
			Priority *int64 `json:"priority,omitempty"`
		}{moduleID, u.Enabled, u.Priority}),
		OK: []int{http.StatusFound, http.StatusOK, http.StatusNoContent},
	})
	if err != nil {
		return Module{}, err
	}
	return c.module(ctx, op, moduleID)
}

// ReloadModules makes the service and its processors look for modules again, as after one was installed. It is a GET
// that changes something, and is repeated only where it surely did nothing. Administrators only.
//
// API: GET /v1/rating/reload_modules
func (c *Client) ReloadModules(ctx context.Context) error {
	return call(ctx, c.v1, gophermeter.Request{
		Op: "rating.ReloadModules", Path: []string{"rating", "reload_modules"},
		OK: []int{http.StatusNoContent, http.StatusOK}, Repeat: gophermeter.RepeatUnprocessed,
	})
}

func readModule(r *jsonstream.Reader) (m Module, err error) {
	err = r.Object(func(name []byte) (err error) {
		switch string(name) {
		case "module_id":
			m.ID, err = r.String()
		case "description":
			m.Description, err = r.String()
		case "enabled":
			m.Enabled, err = r.Bool()
		case "hot-config", "hot_config": // v1, v2
			m.HotConfig, err = r.Bool()
		case "priority":
			m.Priority, err = r.Int()
		}
		return err
	})
	return m, err
}
