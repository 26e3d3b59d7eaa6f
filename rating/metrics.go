package rating

import (
	"context"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// Metric is something that is collected and can be rated.
//
// Source: CloudKitty, api/v1/datamodels/info.py, CloudkittyMetricInfo.
type Metric struct {
	// ID is what rules, filters and rated points call the metric: its alt_name in metrics.yml where it has one, so
	// "instance" and not "cpu".
	ID string
	// Metadata are the names of its attributes that may change during its life, which rules can look at.
	Metadata []string
	// Unit is that of a quantity, as the operator wrote it: "GiB", "instance".
	Unit string
}

// Metrics are what the operator has collected. Anybody with a token may ask. A CloudKitty whose metrics.yml is not
// valid answers 405.
//
// API: GET /v1/info/metrics
func (c *Client) Metrics() *gophermeter.Pager[Metric] {
	return c.metrics("rating.Metrics", "metrics")
}

// GetMetric is the metric of an [Metric.ID]; metrics.yml's own names are not found.
//
// API: GET /v1/info/metrics/{metric_id}
func (c *Client) GetMetric(ctx context.Context, metricID string) (Metric, error) {
	return c.metric(ctx, "rating.GetMetric", "metrics", "metricID", metricID)
}

// Services are the metrics under the name that they had before CloudKitty 8 (2018).
//
// API: GET /v1/info/services
//
// Deprecated: [Client.Metrics] answers the same.
func (c *Client) Services() *gophermeter.Pager[Metric] {
	return c.metrics("rating.Services", "services")
}

// GetService is the metric of an id under its former name.
//
// API: GET /v1/info/services/{service_id}
//
// Deprecated: [Client.GetMetric] answers the same.
func (c *Client) GetService(ctx context.Context, serviceID string) (Metric, error) {
	return c.metric(ctx, "rating.GetService", "services", "serviceID", serviceID)
}

func (c *Client) metrics(op, collection string) *gophermeter.Pager[Metric] {
	return listed(c.v1, gophermeter.Request{Op: op, Path: []string{"info", collection}}, readMetric, "metrics", "services")
}

func (c *Client) metric(ctx context.Context, op, collection, field, id string) (Metric, error) {
	if id == "" {
		return Metric{}, errs.Invalid(field, "is empty")
	}
	return fetch(ctx, c.v1, gophermeter.Request{Op: op, Path: []string{"info", collection, id}}, readMetric)
}

func readMetric(r *jsonstream.Reader) (m Metric, err error) {
	err = r.Object(func(name []byte) (err error) {
		switch string(name) {
		case "metric_id", "service_id": // the second until CloudKitty 7
			m.ID, err = r.String()
		case "metadata":
			m.Metadata, err = readTexts(r)
		case "unit":
			m.Unit, err = r.String()
		}
		return err
	})
	return m, err
}

func readTexts(r *jsonstream.Reader) (all []string, err error) {
	err = r.Array(func() error {
		text, err := r.String()
		all = append(all, text)
		return err
	})
	return all, err
}
