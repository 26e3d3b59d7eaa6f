package hashmap

import (
	"context"
	"net/http"
	"net/url"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// Field is an attribute of a metric whose value rules look at, such as flavor_name.
//
// Source: CloudKitty, rating/hash/datamodels/field.py.
type Field struct {
	// ID is the UUID that mappings and thresholds refer to.
	ID string
	// Name is that of a group-by or metadata attribute in metrics.yml. It is not checked.
	Name string
	// ServiceID is the service whose metric has the attribute.
	ServiceID string
}

// Fields are those of one service; the API has no list of all. Of a service that does not exist there are none.
//
// API: GET /v1/rating/module_config/hashmap/fields
func (c *Client) Fields(serviceID string) *gophermeter.Pager[Field] {
	if err := needed("serviceID", serviceID); err != nil {
		return gophermeter.FailedPager[Field](err)
	}
	r := request("Fields", http.MethodGet, "fields")
	r.Query = url.Values{"service_id": {serviceID}}
	return listed(c, r, "fields", readField)
}

// GetField is the field of an id.
//
// API: GET /v1/rating/module_config/hashmap/fields/{field_id}
func (c *Client) GetField(ctx context.Context, fieldID string) (Field, error) {
	if err := needed("fieldID", fieldID); err != nil {
		return Field{}, err
	}
	return fetch(ctx, c, request("GetField", http.MethodGet, "fields", fieldID), readField)
}

// FindField is the field of a service that is named so.
//
// API: GET /v1/rating/module_config/hashmap/fields
func (c *Client) FindField(ctx context.Context, serviceID, name string) (Field, error) {
	return find(ctx, c.Fields(serviceID), "field of the service "+serviceID, name, func(f *Field) string { return f.Name })
}

// CreateField makes an attribute of a service one that can have rules. Where it is one, the error is
// [gophermeter.ErrConflict], with the id in its text.
//
// API: POST /v1/rating/module_config/hashmap/fields
func (c *Client) CreateField(ctx context.Context, serviceID, name string) (Field, error) {
	if err := needed("serviceID", serviceID); err != nil {
		return Field{}, err
	}
	if err := needed("name", name); err != nil {
		return Field{}, err
	}
	r := request("CreateField", http.MethodPost, "fields")
	r.Body = body(map[string]string{"name": name, "service_id": serviceID})
	return fetch(ctx, c, r, readField)
}

// DeleteField removes a field with all of its mappings and thresholds.
//
// API: DELETE /v1/rating/module_config/hashmap/fields/{field_id}
func (c *Client) DeleteField(ctx context.Context, fieldID string) error {
	if err := needed("fieldID", fieldID); err != nil {
		return err
	}
	return c.call(ctx, request("DeleteField", http.MethodDelete, "fields", fieldID))
}

func readField(r *jsonstream.Reader) (f Field, err error) {
	err = r.Object(func(name []byte) (err error) {
		switch string(name) {
		case "field_id":
			f.ID, err = r.String()
		case "name":
			f.Name, err = r.String()
		case "service_id":
			f.ServiceID, err = r.String()
		}
		return err
	})
	return f, err
}
