package hashmap

import (
	"context"
	"net/http"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// Service is a metric that has rules.
//
// Source: CloudKitty, rating/hash/datamodels/service.py.
type Service struct {
	// ID is the UUID that mappings, thresholds and fields refer to.
	ID string
	// Name is the metric, as rating.Metric.ID has it. The service does not check that there is such a metric: under
	// any other name the rules apply to nothing.
	Name string
}

// Services are the metrics that have rules.
//
// API: GET /v1/rating/module_config/hashmap/services
func (c *Client) Services() *gophermeter.Pager[Service] {
	return listed(c, request("Services", http.MethodGet, "services"), "services", readService)
}

// GetService is the service of an id.
//
// API: GET /v1/rating/module_config/hashmap/services/{service_id}
func (c *Client) GetService(ctx context.Context, serviceID string) (Service, error) {
	if err := needed("serviceID", serviceID); err != nil {
		return Service{}, err
	}
	return fetch(ctx, c, request("GetService", http.MethodGet, "services", serviceID), readService)
}

// FindService is the service of a metric.
//
// API: GET /v1/rating/module_config/hashmap/services
func (c *Client) FindService(ctx context.Context, name string) (Service, error) {
	return find(ctx, c.Services(), "hashmap service", name, func(s *Service) string { return s.Name })
}

// CreateService makes a metric one that can have rules. Where it is one, the error is [gophermeter.ErrConflict], with
// the id in its text.
//
// API: POST /v1/rating/module_config/hashmap/services
func (c *Client) CreateService(ctx context.Context, name string) (Service, error) {
	if err := needed("name", name); err != nil {
		return Service{}, err
	}
	r := request("CreateService", http.MethodPost, "services")
	r.Body = body(map[string]string{"name": name})
	return fetch(ctx, c, r, readService)
}

// DeleteService removes a service with its fields and all mappings and thresholds of both: rules too that would still
// have a say in periods which are rated again.
//
// API: DELETE /v1/rating/module_config/hashmap/services/{service_id}
func (c *Client) DeleteService(ctx context.Context, serviceID string) error {
	if err := needed("serviceID", serviceID); err != nil {
		return err
	}
	return c.call(ctx, request("DeleteService", http.MethodDelete, "services", serviceID))
}

func readService(r *jsonstream.Reader) (s Service, err error) {
	err = r.Object(func(name []byte) (err error) {
		switch string(name) {
		case "service_id":
			s.ID, err = r.String()
		case "name":
			s.Name, err = r.String()
		}
		return err
	})
	return s, err
}
