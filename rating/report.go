package rating

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
	"github.com/gophermeter/gophermeter/internal/wire"
)

// ReportGroup is what a report can be split by.
type ReportGroup string

// Groups of a report. The service ignores any other.
const (
	ReportByProject ReportGroup = "tenant_id"
	ReportByMetric  ReportGroup = "res_type"
)

// ReportOptions say what is reported on.
type ReportOptions struct {
	// Window is required: what the service takes without one is the current month in UTC.
	Window gophermeter.Window
	// ProjectID is the project whose costs are asked for, by its id: a name has none, and is no error. Empty is the caller's own, for administrators too.
	// Other projects are for administrators.
	ProjectID string
	// AllProjects takes all of them in place of one. Administrators only.
	AllProjects bool
	// Metric counts the costs of one metric, by its [Metric.ID]; empty is all.
	Metric string
	// GroupBy splits the costs; without it they come as one sum. [Client.GetReportTotal] has no use for it.
	GroupBy []ReportGroup
}

// ReportSummary are the costs of a window, or a part of them.
//
// Source: CloudKitty, api/v1/datamodels/report.py, SummaryModel.
type ReportSummary struct {
	// Window is what was asked for, UTC.
	Window gophermeter.Window
	// ProjectID that the costs are of; empty where they are of several, or the storage does not say of which one.
	ProjectID string
	// Metric that the costs are of; empty where they are of several.
	Metric string
	// Rate are the costs, in the operator's currency, which the service does not know. The service rounds them to 5
	// decimals in binary floating point: smaller ones are lost, one above 100 billion has fewer digits, and the parts
	// of a sum may differ from it in the last one.
	Rate decimal.Decimal
}

// ReportSummaries are the costs of a window: one sum, or one for each group that has costs. Where nothing was rated
// the storage of version 1 answers with one sum of 0, and that of version 2 with none. Members may ask for their own
// project, administrators for any; an administrator who names no project and not AllProjects is asking for that of
// the token.
//
// With a token that has no project, CloudKitty 17 gives anybody the costs of all projects.
//
// More than 1000 groups are cut off by the storage of version 2: 1000 are [gophermeter.ErrTruncated]. Version 2 of the
// API has pages and does not round.
//
// API: GET /v1/report/summary
func (c *Client) ReportSummaries(opts ReportOptions) *gophermeter.Pager[ReportSummary] {
	q, err := opts.query()
	if err != nil {
		return gophermeter.FailedPager[ReportSummary](err)
	}
	wire.Set(q, "groupby", opts.groups())
	r := gophermeter.Request{Op: "rating.ReportSummaries", Path: []string{"report", "summary"}, Query: q}
	return whole(c.v1, r, func(r *jsonstream.Reader) ([]ReportSummary, error) {
		rows, err := elements(r, opts.readSummary, "summary")
		if err == nil && len(rows) == maxGroups {
			err = fmt.Errorf("%w: the service gives no more than %d groups, and may have more", errs.ErrTruncated, maxGroups)
		}
		return rows, err
	})
}

// maxGroups is where storage of version 2 cuts a report of version 1 off.
const maxGroups = 1000

// ReportTenants are the ids of the projects that were rated. With storage of version 2 the service forgets the window
// and tells all that ever were, each once here though not in its answer. Administrators only.
//
// API: GET /v1/report/tenants
func (c *Client) ReportTenants(w gophermeter.Window) *gophermeter.Pager[string] {
	if err := w.Check(); err != nil {
		return gophermeter.FailedPager[string](err)
	}
	r := gophermeter.Request{Op: "rating.ReportTenants", Path: []string{"report", "tenants"}, Query: windowQuery(w)}
	return whole(c.v1, r, func(r *jsonstream.Reader) (ids []string, err error) {
		seen := map[string]bool{}
		err = r.Array(func() error {
			id, err := r.String()
			if err == nil && !seen[id] {
				seen[id], ids = true, append(ids, id)
			}
			return err
		})
		return ids, err
	})
}

// GetReportTotal are the costs of a window as one sum. It has all digits of the storage's binary floating point, so
// 0.30000000000000004 is to be expected, and on storage of version 1, which keeps prices in single precision, errors
// from the seventh digit on. With AllProjects on storage of version 2 it leaves out all projects behind the
// thousandth, and nothing in the answer shows it.
//
// API: GET /v1/report/total
//
// Deprecated: [Client.ReportSummaries] without groups is the same sum, rounded.
func (c *Client) GetReportTotal(ctx context.Context, opts ReportOptions) (decimal.Decimal, error) {
	q, err := opts.query()
	if err != nil {
		return decimal.Decimal{}, err
	}
	if len(opts.GroupBy) > 0 {
		return decimal.Decimal{}, errs.Invalid("ReportOptions.GroupBy", "a total has no groups")
	}
	r := gophermeter.Request{Op: "rating.GetReportTotal", Path: []string{"report", "total"}, Query: q}
	return fetch(ctx, c.v1, r, readDecimal)
}

func (o ReportOptions) query() (url.Values, error) {
	if err := o.Window.Check(); err != nil {
		return nil, err
	}
	if o.AllProjects && o.ProjectID != "" {
		return nil, errs.Invalid("ReportOptions.ProjectID", "%q is one project, and AllProjects asks for all", o.ProjectID)
	}
	if slices.Contains(o.GroupBy, "") {
		return nil, errs.Invalid("ReportOptions.GroupBy", "a group is empty")
	}
	q := windowQuery(o.Window)
	wire.Set(q, "tenant_id", o.ProjectID)
	wire.Set(q, "service", o.Metric)
	wire.SetTrue(q, "all_tenants", o.AllProjects)
	return q, nil
}

// groups in the form of the service, which looks for the names in the text.
func (o ReportOptions) groups() string {
	names := make([]string, len(o.GroupBy))
	for i, g := range o.GroupBy {
		names[i] = string(g)
	}
	return strings.Join(names, ",")
}

func (o ReportOptions) readSummary(r *jsonstream.Reader) (s ReportSummary, err error) {
	rated := false
	err = r.Object(func(name []byte) (err error) {
		switch string(name) {
		case "begin":
			s.Window.Start, err = r.Time()
		case "end":
			s.Window.End, err = r.Time()
		case "tenant_id":
			s.ProjectID, err = r.Intern()
		case "res_type":
			s.Metric, err = r.Intern()
		case "rate":
			s.Rate, err = r.Decimal()
			rated = true
		}
		return err
	})
	if err == nil && !rated {
		err = &jsonstream.Error{Path: "summary", Problem: "a row without a rate"}
	}
	// Storage of version 1 repeats what was asked for, that of version 2 says ALL.
	if s.ProjectID == everything {
		s.ProjectID = o.ProjectID
	}
	if s.Metric == everything {
		s.Metric = o.Metric
	}
	return s, err
}

// everything stands where a report is not split.
const everything = "ALL"

// windowQuery is a window in version 1, which means UTC where it reads no zone.
func windowQuery(w gophermeter.Window) url.Values {
	return url.Values{"begin": {wire.FormatNaive(w.Start)}, "end": {wire.FormatNaive(w.End)}}
}
