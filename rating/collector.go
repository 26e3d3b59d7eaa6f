package rating

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
	"github.com/gophermeter/gophermeter/internal/wire"
)

// CollectorMapping says which collector gets the data of a service. Processors have not looked at these since
// CloudKitty 8 (2018), where metrics.yml took their place; the service still stores them.
//
// Source: CloudKitty, api/v1/datamodels/collector.py, ServiceToCollectorMapping.
type CollectorMapping struct {
	// Service is what is collected, such as compute. There is at most one mapping of a service.
	Service string
	// Collector is the name of a collector, such as gnocchi. It is not checked.
	Collector string
}

// CollectorMappingOptions say which mappings are listed.
type CollectorMappingOptions struct {
	// Collector lists those of one collector; empty is all.
	Collector string
}

// CollectorMappings are the services that were given a collector. Administrators only.
//
// API: GET /v1/collector/mappings
func (c *Client) CollectorMappings(opts CollectorMappingOptions) *gophermeter.Pager[CollectorMapping] {
	q := url.Values{}
	wire.Set(q, "collector", opts.Collector)
	r := gophermeter.Request{Op: "rating.CollectorMappings", Path: []string{"collector", "mappings"}, Query: q}
	return listed(c.v1, r, readCollectorMapping, "mappings")
}

// GetCollectorMapping is the mapping of a service. Administrators only. A name with a slash does not fit into a path
// and is searched in the list.
//
// API: GET /v1/collector/mappings/{service}
//
// API: GET /v1/collector/mappings
func (c *Client) GetCollectorMapping(ctx context.Context, service string) (CollectorMapping, error) {
	const op = "rating.GetCollectorMapping"
	switch {
	case service == "":
		return CollectorMapping{}, errs.Invalid("service", "is empty")
	case fitsPath(service):
		r := gophermeter.Request{Op: op, Path: []string{"collector", "mappings", service}}
		return fetch(ctx, c.v1, r, readCollectorMapping)
	}
	for m, err := range c.CollectorMappings(CollectorMappingOptions{}).All(ctx) {
		if err != nil {
			return CollectorMapping{}, err
		}
		if m.Service == service {
			return m, nil
		}
	}
	return CollectorMapping{}, fmt.Errorf("%s: %w: no mapping of the service %q", op, errs.ErrNotFound, service)
}

// CreateCollectorMapping gives a service its collector, or another one where it has one. Administrators only.
//
// API: POST /v1/collector/mappings
func (c *Client) CreateCollectorMapping(ctx context.Context, m CollectorMapping) (CollectorMapping, error) {
	switch {
	case m.Service == "":
		return CollectorMapping{}, errs.Invalid("CollectorMapping.Service", "is empty")
	case m.Collector == "":
		return CollectorMapping{}, errs.Invalid("CollectorMapping.Collector", "is empty")
	}
	return fetch(ctx, c.v1, gophermeter.Request{
		Op: "rating.CreateCollectorMapping", Method: http.MethodPost, Path: []string{"collector", "mappings"},
		Body: body(map[string]string{"collector": m.Collector, "service": m.Service}),
	}, readCollectorMapping)
}

// DeleteCollectorMapping takes the collector from a service. Administrators only. A name with a slash, which does not
// fit into a path, is sent as a query.
//
// API: DELETE /v1/collector/mappings/{service}
func (c *Client) DeleteCollectorMapping(ctx context.Context, service string) error {
	if service == "" {
		return errs.Invalid("service", "is empty")
	}
	r := gophermeter.Request{
		Op: "rating.DeleteCollectorMapping", Method: http.MethodDelete, Path: []string{"collector", "mappings"},
	}
	if fitsPath(service) {
		r.Path = append(r.Path, service)
	} else {
		r.Query = url.Values{"service": {service}}
	}
	return call(ctx, c.v1, r)
}

func readCollectorMapping(r *jsonstream.Reader) (m CollectorMapping, err error) {
	err = r.Object(func(name []byte) (err error) {
		switch string(name) {
		case "service":
			m.Service, err = r.String()
		case "collector":
			m.Collector, err = r.String()
		}
		return err
	})
	return m, err
}

// fitsPath tells whether the service's router leaves a name in one piece: it unescapes a path before it splits it.
func fitsPath(name string) bool { return !strings.Contains(name, "/") && name != "." && name != ".." }
