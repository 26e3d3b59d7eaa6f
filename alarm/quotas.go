package alarm

import (
	"context"
	"net/http"
	"net/url"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// Quotas are the limits of a project. Aodh has them since Ussuri.
//
// Source: Aodh, Quotas.
type Quotas struct {
	// ProjectID is whose they are.
	ProjectID string
	// Limits are one a resource.
	Limits []Quota
}

// Quota is a limit on one resource.
type Quota struct {
	// Resource is [ResourceAlarms]; there is no other.
	Resource string
	// Limit is how many there may be. -1 is what Aodh stores where its configuration sets no limit, and refuses
	// every new alarm then: see [Client.GetQuotas].
	Limit int64
}

// ResourceAlarms is the resource that quotas limit.
const ResourceAlarms = "alarms"

// Alarms is the limit on alarms; false where there is none.
func (q Quotas) Alarms() (limit int64, ok bool) {
	for _, one := range q.Limits {
		if one.Resource == ResourceAlarms {
			return one.Limit, true
		}
	}
	return 0, false
}

// GetQuotas are the quotas of a project: of the own one, or of any for administrators.
//
// It is not harmless. Where the project has no quota, Aodh stores the default of its configuration as one. That
// default is -1 unless the operator set another, and a stored -1 does not mean "no limit": Aodh finds the number
// of alarms not to be below it, and from then on every new alarm of the project is [gophermeter.ErrForbidden],
// until [Client.DeleteQuotas].
//
// API: GET /v2/quotas
func (c *Client) GetQuotas(ctx context.Context, projectID string) (Quotas, error) {
	if projectID == "" {
		return Quotas{}, errs.Invalid("projectID", "is empty")
	}
	return c.getQuotas(ctx, "alarm.GetQuotas", url.Values{"project_id": {projectID}})
}

// GetOwnQuotas are the quotas of the caller's project, with all that [Client.GetQuotas] warns of.
//
// API: GET /v2/quotas
func (c *Client) GetOwnQuotas(ctx context.Context) (Quotas, error) {
	return c.getQuotas(ctx, "alarm.GetOwnQuotas", nil)
}

func (c *Client) getQuotas(ctx context.Context, op string, query url.Values) (Quotas, error) {
	if err := c.only("quotas"); err != nil {
		return Quotas{}, err
	}
	r := gophermeter.Request{Op: op, Method: http.MethodGet, Path: []string{"quotas"}, Query: query}
	return fetch(ctx, c, r, decodeQuotas)
}

// SetQuotas adds quotas to a project or changes them; it is for administrators. Limits that are not named stay.
// Aodh counts the alarms of the user who creates one, in whatever project they are, and not the project's.
//
// A negative limit is refused here, for it would forbid every alarm: [Client.DeleteQuotas] lifts a limit.
//
// API: POST /v2/quotas
func (c *Client) SetQuotas(ctx context.Context, q Quotas) (Quotas, error) {
	if err := c.only("quotas"); err != nil {
		return Quotas{}, err
	}
	body, err := q.json()
	if err != nil {
		return Quotas{}, err
	}
	r := gophermeter.Request{
		Op: "alarm.SetQuotas", Method: http.MethodPost, Path: []string{"quotas"}, Body: body,
		Repeat: gophermeter.RepeatAlways, // the second time it sets what is set
	}
	return fetch(ctx, c, r, decodeQuotas)
}

// DeleteQuotas takes all quotas from a project, so that the defaults of the configuration hold again; it is for
// administrators. A project without quotas is no error.
//
// API: DELETE /v2/quotas/{project_id}
func (c *Client) DeleteQuotas(ctx context.Context, projectID string) error {
	if err := c.only("quotas"); err != nil {
		return err
	}
	if projectID == "" {
		return errs.Invalid("projectID", "is empty")
	}
	r := gophermeter.Request{Op: "alarm.DeleteQuotas", Method: http.MethodDelete, Path: []string{"quotas", projectID}}
	return c.call(ctx, r, nil)
}

type quotaWire struct {
	Resource string `json:"resource"`
	Limit    int64  `json:"limit"`
}

func (q Quotas) json() ([]byte, error) {
	if q.ProjectID == "" {
		return nil, errs.Invalid("Quotas.ProjectID", "is empty")
	}
	limits := make([]quotaWire, len(q.Limits))
	for i, one := range q.Limits {
		if one.Limit < 0 {
			return nil, errs.Invalid("Quota.Limit", "%d would forbid every alarm; DeleteQuotas lifts a limit", one.Limit)
		}
		limits[i] = quotaWire(one)
	}
	var d draft
	d.set("project_id", q.ProjectID)
	d.set("quotas", limits)
	all, err := d.members()
	return all.json(), err
}

func decodeQuotas(body []byte) (Quotas, error) {
	return decodeOne(body, func(r *jsonstream.Reader) (q Quotas, err error) {
		err = r.Object(func(name []byte) (err error) {
			switch string(name) {
			case "project_id":
				q.ProjectID, err = r.String()
			case "quotas":
				return r.Array(func() error {
					one, err := readQuota(r)
					q.Limits = append(q.Limits, one)
					return err
				})
			}
			return err
		})
		return q, err
	})
}

func readQuota(r *jsonstream.Reader) (q Quota, err error) {
	err = r.Object(func(name []byte) (err error) {
		switch string(name) {
		case "resource":
			q.Resource, err = r.String()
		case "limit":
			q.Limit, err = r.Int()
		}
		return err
	})
	return q, err
}
