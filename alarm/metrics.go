package alarm

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
	"github.com/gophermeter/gophermeter/internal/wire"
)

// EvaluationResult counts how the evaluations of one alarm ended.
//
// Source: Aodh, api/controllers/v2/metrics.py, evaluation_results[].
type EvaluationResult struct {
	// AlarmID is the alarm's that was evaluated.
	AlarmID string
	// ProjectID of the alarm.
	ProjectID string
	// States are the evaluations that found each state, since the alarm was made; after 2000000000 a count begins
	// again.
	States map[State]int64
}

// MetricsOptions say whose evaluations are counted.
type MetricsOptions struct {
	// AllProjects counts those of every project, for administrators.
	AllProjects bool
}

// GetMetrics counts evaluations by alarm. Aodh has that since 2025.1 ([gophermeter.ErrUnsupported] before), and
// refuses it where its configuration leaves it off (enable_evaluation_results_metrics), with
// [gophermeter.ErrForbidden].
//
// API: GET /v2/metrics
func (c *Client) GetMetrics(ctx context.Context, opts MetricsOptions) ([]EvaluationResult, error) {
	if err := c.only("metrics"); err != nil {
		return nil, err
	}
	query := url.Values{}
	wire.SetTrue(query, "all_projects", opts.AllProjects)
	r := gophermeter.Request{Op: "alarm.GetMetrics", Method: http.MethodGet, Path: []string{"metrics"}, Query: query}
	all, err := fetch(ctx, c, r, func(body []byte) ([]EvaluationResult, error) { return decodeOne(body, readResults) })
	if status(err) == http.StatusNotFound {
		return nil, fmt.Errorf("%w: this Aodh is older than 2025.1 and has no metrics: %w", errs.ErrUnsupported, err)
	}
	return all, err
}

func readResults(r *jsonstream.Reader) (all []EvaluationResult, err error) {
	err = r.Object(func(name []byte) error {
		if string(name) != "evaluation_results" {
			return nil
		}
		return r.Array(func() error {
			one, err := readResult(r)
			all = append(all, one)
			return err
		})
	})
	return all, err
}

func readResult(r *jsonstream.Reader) (e EvaluationResult, err error) {
	e.States = map[State]int64{}
	err = r.Object(func(name []byte) (err error) {
		switch string(name) {
		case "alarm_id":
			e.AlarmID, err = r.String()
		case "project_id":
			e.ProjectID, err = r.Intern()
		case "state_counters":
			return r.Object(func(name []byte) error {
				state := State(name)
				n, err := r.Int()
				e.States[state] = n
				return err
			})
		}
		return err
	})
	return e, err
}
