package pyscripts

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
	"github.com/gophermeter/gophermeter/internal/wire"
)

// ScriptOptions say which scripts are listed, and how.
type ScriptOptions struct {
	// NoData leaves the programs out; checksums come all the same.
	NoData bool

	// What follows needs release 23.0 (2025.2); an older one gives ErrUnsupported.

	// Deleted lists deleted ones too.
	Deleted bool
	// Active lists those that run now, by the clock of the service.
	Active bool
	// StartFrom lists those that begin then or later. Zero is no bound.
	StartFrom time.Time
	// EndBefore lists those that end before then: none that run for good. Zero is no bound.
	EndBefore time.Time
	// Description lists those whose description holds this text, in upper or lower case.
	Description string
	// CreatedBy, UpdatedBy and DeletedBy list those that a user made, changed or, with Deleted, deleted, by id.
	CreatedBy, UpdatedBy, DeletedBy string
}

// Scripts are those that match the options.
//
// API: GET /v1/rating/module_config/pyscripts/scripts
func (c *Client) Scripts(opts ScriptOptions) *gophermeter.Pager[Script] {
	r := request("Scripts", http.MethodGet)
	r.Query = c.query(opts)
	return gophermeter.NewPager(func(ctx context.Context) iter.Seq2[[]Script, error] {
		return func(yield func([]Script, error) bool) {
			all, err := fetch(ctx, c, r, c.readScripts)
			if err != nil || len(all) > 0 {
				yield(all, err)
			}
		}
	})
}

func (c *Client) query(o ScriptOptions) url.Values {
	q := url.Values{}
	wire.SetTrue(q, "no_data", o.NoData)
	wire.SetTrue(q, "deleted", o.Deleted)
	wire.SetTrue(q, "is_active", o.Active)
	wire.Set(q, "start", c.stamp(o.StartFrom))
	wire.Set(q, "end", c.stamp(o.EndBefore))
	wire.Set(q, "description", o.Description)
	wire.Set(q, "created_by", o.CreatedBy)
	wire.Set(q, "updated_by", o.UpdatedBy)
	wire.Set(q, "deleted_by", o.DeletedBy)
	return q
}

func (c *Client) readScripts(r *jsonstream.Reader) (all []Script, err error) {
	found := false
	err = r.Object(func(name []byte) error {
		if string(name) != "scripts" {
			return nil
		}
		found = true
		return r.Array(func() error {
			s, err := c.readScript(r)
			all = append(all, s)
			return err
		})
	})
	if err == nil && !found {
		err = &jsonstream.Error{Problem: "no scripts in the document"}
	}
	return all, err
}

// GetScript is the script of an id. One that was deleted is [gophermeter.ErrNotFound].
//
// API: GET /v1/rating/module_config/pyscripts/scripts/{script_id}
func (c *Client) GetScript(ctx context.Context, scriptID string) (Script, error) {
	return c.getScript(ctx, "GetScript", scriptID)
}

func (c *Client) getScript(ctx context.Context, op, scriptID string) (Script, error) {
	if scriptID == "" {
		return Script{}, errs.Invalid("scriptID", "is empty")
	}
	return fetch(ctx, c, request(op, http.MethodGet, scriptID), c.readScript)
}

// DeleteScript removes a script. From 23.0 on a record of it remains, and its name can be used again.
//
// API: DELETE /v1/rating/module_config/pyscripts/scripts/{script_id}
func (c *Client) DeleteScript(ctx context.Context, scriptID string) error {
	if scriptID == "" {
		return errs.Invalid("scriptID", "is empty")
	}
	r := request("DeleteScript", http.MethodDelete, scriptID)
	return explained(c.service.Read(ctx, r, func(http.Header, []byte) error { return nil }))
}
