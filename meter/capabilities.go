package meter

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// Capability is something that the service's storage can do, or cannot.
//
// Source: Ceilometer, api/controllers/v2/capabilities.py.
type Capability struct {
	// Section is "api", "storage", and up to Newton "alarm_storage" and "event_storage".
	Section string
	// Name such as "statistics:groupby".
	Name string
	// Enabled tells whether it can.
	Enabled bool
}

// Capabilities are what the service's storage can do: whether statistics can be grouped, which aggregates there are,
// whether samples can be queried. Since Icehouse.
//
// API: GET /v2/capabilities
func (c *Client) Capabilities() *gophermeter.Pager[Capability] {
	return gophermeter.NewPager(func(ctx context.Context) iter.Seq2[[]Capability, error] {
		return func(yield func([]Capability, error) bool) {
			if all, err := c.capabilities(ctx, "meter.Capabilities"); err != nil || len(all) > 0 {
				yield(all, err)
			}
		}
	})
}

// FindCapability searches a capability by its name, such as "statistics:groupby", or by section and name where
// several sections have it: "event_storage:storage:production_ready". [gophermeter.ErrNotFound] says that the service
// does not know it, which is older than the capability or newer.
//
// API: GET /v2/capabilities
func (c *Client) FindCapability(ctx context.Context, name string) (Capability, error) {
	if name == "" {
		return Capability{}, errs.Invalid("name", "is empty")
	}
	all, err := c.capabilities(ctx, "meter.FindCapability")
	if err != nil {
		return Capability{}, err
	}
	var found []Capability
	var sections []string
	for _, k := range all {
		if k.Name == name || k.Section+":"+k.Name == name {
			found = append(found, k)
			sections = append(sections, k.Section)
		}
	}
	switch len(found) {
	case 0:
		return Capability{}, fmt.Errorf("meter.FindCapability: %w: the service does not know %q", errs.ErrNotFound, name)
	case 1:
		return found[0], nil
	}
	return Capability{}, fmt.Errorf("meter.FindCapability: %w: %q is in %s", errs.ErrAmbiguous, name, strings.Join(sections, ", "))
}

func (c *Client) capabilities(ctx context.Context, op string) ([]Capability, error) {
	return one(ctx, c.api, capabilities(op), capabilityRow)
}

// capabilityRow reads the whole document: sections of names and truth values.
func capabilityRow(r *jsonstream.Reader) func() ([]Capability, error) {
	return func() (all []Capability, err error) {
		err = r.Object(func(section []byte) error {
			name := string(section)
			return r.Object(func(capability []byte) error {
				k := Capability{Section: name, Name: string(capability)}
				var err error
				k.Enabled, err = r.Bool()
				all = append(all, k)
				return err
			})
		})
		return all, err
	}
}
