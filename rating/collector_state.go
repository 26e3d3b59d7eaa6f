package rating

import (
	"context"
	"net/http"
	"net/url"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// CollectorInfo is whether a collector is enabled. Like the mappings, the state is stored and looked at by nobody
// since CloudKitty 8.
//
// Source: CloudKitty, api/v1/datamodels/collector.py, CollectorInfos.
type CollectorInfo struct {
	// Name of the collector. The service knows no list of them: any name has a state.
	Name string
	// Enabled is false for a name that was never set.
	Enabled bool
}

// GetCollectorState tells whether a collector is enabled. One that does not exist is not found out: it is disabled.
// Administrators only.
//
// API: GET /v1/collector/states/{name}
func (c *Client) GetCollectorState(ctx context.Context, name string) (CollectorInfo, error) {
	r, err := collectorState("rating.GetCollectorState", http.MethodGet, name)
	if err != nil {
		return CollectorInfo{}, err
	}
	return fetch(ctx, c.v1, r, readCollectorInfo)
}

// SetCollectorState enables or disables the collector of info.Name. Administrators only.
//
// API: PUT /v1/collector/states/{name}
func (c *Client) SetCollectorState(ctx context.Context, info CollectorInfo) (CollectorInfo, error) {
	r, err := collectorState("rating.SetCollectorState", http.MethodPut, info.Name)
	if err != nil {
		return CollectorInfo{}, err
	}
	r.Body = body(map[string]any{"name": info.Name, "enabled": info.Enabled})
	return fetch(ctx, c.v1, r, readCollectorInfo)
}

func collectorState(op, method, name string) (gophermeter.Request, error) {
	r := gophermeter.Request{Op: op, Method: method, Path: []string{"collector", "states"}}
	switch {
	case name == "":
		return r, errs.Invalid("name", "is empty")
	case fitsPath(name):
		r.Path = append(r.Path, name)
	default:
		r.Query = url.Values{"name": {name}}
	}
	return r, nil
}

func readCollectorInfo(r *jsonstream.Reader) (info CollectorInfo, err error) {
	err = r.Object(func(name []byte) (err error) {
		switch string(name) {
		case "name":
			info.Name, err = r.String()
		case "enabled":
			info.Enabled, err = r.Bool()
		}
		return err
	})
	return info, err
}
