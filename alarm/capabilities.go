package alarm

import (
	"context"
	"net/http"
	"slices"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// Capability is something that the storage behind a service can do, or cannot.
//
// Source: Aodh and Ceilometer, Capabilities.
type Capability struct {
	// Section is api or alarm_storage, and on Ceilometer also storage and event_storage.
	Section string
	// Name such as alarms:history:query:complex.
	Name string
	// Enabled says that it can.
	Enabled bool
}

// Capabilities are all that a service tells.
type Capabilities []Capability

// Has tells whether a capability of that name, in any section, is enabled.
func (all Capabilities) Has(name string) bool {
	return slices.ContainsFunc(all, func(c Capability) bool { return c.Name == name && c.Enabled })
}

// GetCapabilities is what the service's storage can do: not every one takes complex queries.
//
// API: GET /v2/capabilities
func (c *Client) GetCapabilities(ctx context.Context) (Capabilities, error) {
	r := gophermeter.Request{Op: "alarm.GetCapabilities", Method: http.MethodGet, Path: []string{"capabilities"}}
	return fetch(ctx, c, r, func(body []byte) (Capabilities, error) { return decodeOne(body, readCapabilities) })
}

func readCapabilities(r *jsonstream.Reader) (all Capabilities, err error) {
	err = r.Object(func(name []byte) error {
		section := string(name)
		return r.Object(func(name []byte) error {
			one := Capability{Section: section, Name: string(name)}
			enabled, err := r.Bool()
			one.Enabled = enabled
			all = append(all, one)
			return err
		})
	})
	return all, err
}
