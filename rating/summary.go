package rating

import (
	"context"
	"fmt"
	"hash/maphash"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/paging"
	"github.com/gophermeter/gophermeter/internal/wire"
)

// Groups of a summary. Beside these there is every attribute that metrics.yml groups by.
const (
	// GroupByType has a row for each metric.
	GroupByType = "type"
	// GroupByProject has a row for each project, where the operator did not choose another scope key.
	GroupByProject = "project_id"
	// GroupByTime has a row for each rating period, which is the row's Window; from release 12 on. Periods without
	// data can have one too: the service sends null for their sums, which is read as 0.
	GroupByTime = "time"
	// GroupByDay has a row for each day of the year, without the year, in the group day_of_the_year. This group and the
	// three below came with release 20, and know only what was rated since.
	GroupByDay = "time-d"
	// GroupByWeek has a row for each week of the year, in the group week_of_the_year.
	GroupByWeek = "time-w"
	// GroupByMonth has a row for each month, in the group month.
	GroupByMonth = "time-m"
	// GroupByYear has a row for each year, in the group year.
	GroupByYear = "time-y"
)

// SummaryFormat is how the service writes the rows of a summary. What is read is the same.
type SummaryFormat string

// Formats from release 16 on. The releases before have the first, without a name for it.
const (
	FormatTable  SummaryFormat = "table"  // names once, then rows of values; the default
	FormatObject SummaryFormat = "object" // names in every row
)

// SummaryOptions say what is summed.
type SummaryOptions struct {
	// Window is required.
	Window gophermeter.Window
	// GroupBy has one row for each combination of these attributes; empty is one row in all. CloudKitty answers for an
	// attribute that nothing has with one empty group.
	GroupBy []string
	// Filters keep what has these values; of a name that comes more than once, any of its values (from release 16 on).
	// None is everything that the caller may see of the metrics that are configured now.
	Filters []Filter
	// CustomFields are InfluxQL, such as "SUM(price) AS rate, MAX(qty) AS peak", instead of the sums of quantity and
	// price. Only InfluxDB obeys, from release 14 on; other backends ignore it and answer with the sums.
	CustomFields string
	// Format of the answer; empty is the service's own, table.
	Format SummaryFormat
}

// SummaryRow is a group and its sums.
type SummaryRow struct {
	// Window that was summed, UTC: that of the summary, or a rating period in a summary by time.
	Window gophermeter.Window
	// Quantity is the sum of quantities, of whatever units; 0 where CustomFields left it out.
	Quantity decimal.Decimal
	// Rate is the sum of prices, with every digit of the float of 64 bits that the service sends. The rates of several
	// rows are added with [Sum].
	Rate decimal.Decimal
	// Groups are the attributes of GroupBy, in the order of the answer.
	Groups Attributes
	// Fields are the results of CustomFields, in the order of the answer; nil without them.
	Fields []SummaryField
}

// SummaryField is the result of a custom field.
type SummaryField struct {
	// Name that AS gave it.
	Name string
	// Number it is; 0 where it is none.
	Number decimal.Decimal
	// Text as it is written: a number's digits, a text; empty where it is null.
	Text string
}

// Summary are sums of what was rated in a window, computed by the service.
//
// Filters are always sent. Up to release 23 a summary without any, asked for by an administrator, is silently that of
// one project: of whoever else asked without before. So where there are no Filters the metrics of
// GET /v1/info/metrics are the filter, and who rates metrics that are not configured any more has to name them.
// For who is no administrator CloudKitty sets the filter of the project to his own; one that asks for another single
// project gets [gophermeter.ErrForbidden].
//
// With Loki as the backend CloudKitty sums no more than its first rows, as many as [WithPageSize] says, and does not
// tell: [Client.Frames] does. It goes by the end of a period there, so the period before the window is in the sum, and
// the last one of the window is not.
//
// API: GET /v2/summary
//
// API: GET /v1/info/metrics
//
// API: GET /v1/storage/dataframes
func (c *Client) Summary(o SummaryOptions) *gophermeter.Pager[SummaryRow] {
	if err := o.check(); err != nil {
		return gophermeter.FailedPager[SummaryRow](err)
	}
	o.GroupBy, o.Filters = slices.Clone(o.GroupBy), slices.Clone(o.Filters)
	return gophermeter.NewPager(func(ctx context.Context) iter.Seq2[[]SummaryRow, error] {
		return func(yield func([]SummaryRow, error) bool) {
			w, err := c.summaryWalk(ctx, o)
			if err != nil {
				yield(nil, err)
				return
			}
			paging.Offset(ctx, 0, c.concurrency, w.fetch)(yield)
		}
	})
}

func (o *SummaryOptions) check() error {
	if err := checkWindow(o.Window); err != nil {
		return err
	}
	for i, group := range o.GroupBy {
		if err := checkValue("SummaryOptions.GroupBy", group, ","); err != nil {
			return err
		}
		if slices.Contains(o.GroupBy[:i], group) {
			return errs.Invalid("SummaryOptions.GroupBy", "%q comes twice", group)
		}
	}
	switch o.Format {
	case "", FormatTable, FormatObject:
	default:
		return errs.Invalid("SummaryOptions.Format", "%q is not known, and CloudKitty would answer with a 500", o.Format)
	}
	return addFilters(url.Values{}, o.Filters, false)
}

// summaryWalk is one range over a summary.
type summaryWalk struct {
	client *Client
	query  url.Values
	custom bool
	groups []string
	own    Filter // the only project that was asked for
	hidden bool   // it was not asked to be a group
	first  uint64 // hash of the first page
}

func (c *Client) summaryWalk(ctx context.Context, o SummaryOptions) (*summaryWalk, error) {
	if len(o.Filters) == 0 {
		var err error
		if o.Filters, err = c.everyMetric(ctx); err != nil {
			return nil, err
		}
	}
	w := &summaryWalk{client: c, custom: o.CustomFields != "", groups: o.GroupBy}
	w.own = onlyProject(o.Filters)
	if w.own.Name != "" && !slices.Contains(w.groups, w.own.Name) {
		w.hidden = true // the groups are the same, and show whether the service obeyed
		w.groups = append(slices.Clone(w.groups), w.own.Name)
	}
	w.query = url.Values{
		"begin": {wire.FormatRFC3339(o.Window.Start)},
		"end":   {wire.FormatRFC3339(o.Window.End)},
		"limit": {strconv.Itoa(c.pageSize)},
	}
	if len(w.groups) > 0 {
		w.query["groupby"] = w.groups
	}
	wire.Set(w.query, "custom_fields", o.CustomFields)
	wire.Set(w.query, "response_format", string(o.Format))
	return w, addFilters(w.query, o.Filters, false)
}

// everyMetric is the filter that keeps all metrics.
func (c *Client) everyMetric(ctx context.Context) (all []Filter, err error) {
	for batch, err := range c.metrics("rating.Summary", "metrics").Pages(ctx) {
		if err != nil {
			return nil, err
		}
		for _, m := range batch {
			f := Filter{"type", m.ID}
			if !slices.Contains(all, f) {
				all = append(all, f)
			}
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%w: rating.Summary: no metric is configured, so Filters are needed", errs.ErrUnsupported)
	}
	return all, nil
}

// onlyProject is the filter of the project where there is a single one.
func onlyProject(filters []Filter) (own Filter) {
	for _, f := range filters {
		switch {
		case f.Name != GroupByProject || f == own:
		case own.Name != "":
			return Filter{}
		default:
			own = f
		}
	}
	return own
}

func (w *summaryWalk) fetch(ctx context.Context, offset int) (rows []SummaryRow, total int, err error) {
	query := url.Values{"offset": {strconv.Itoa(offset)}}
	for name, values := range w.query {
		query[name] = values
	}
	var hash uint64
	err = w.client.readV2(ctx, gophermeter.Request{Op: "rating.Summary", Path: []string{"summary"}, Query: query}, func(body []byte) (err error) {
		hash = maphash.Bytes(pageSeed, body)
		rows, total, err = decodeSummary(body, w.groups, w.custom)
		return err
	})
	switch {
	case err != nil:
		return nil, 0, w.explained(err)
	case offset == 0 && total == 0 && w.own.Name != "":
		return nil, 0, w.client.mayRead(ctx, "rating.Summary", w.own.Value)
	case offset == 0:
		w.first = hash
	case hash == w.first:
		return nil, 0, fmt.Errorf("%w: rating.Summary: the page at offset %d is the first one again: this backend has no offsets", errs.ErrTruncated, offset)
	}
	if err := w.obeyed(rows); err != nil {
		return nil, 0, err
	}
	return rows, total, nil
}

// explained says which release could have answered.
func (w *summaryWalk) explained(err error) error {
	if refusedV2(err, 400, "already provided") {
		return fmt.Errorf("%w: this release takes one value for a filter; release 16 takes several: %w", errs.ErrUnsupported, err)
	}
	return err
}

// obeyed checks that the answer is one to the question.
func (w *summaryWalk) obeyed(rows []SummaryRow) error {
	for i := range rows {
		groups := rows[i].Groups
		for _, asked := range w.groups {
			// A release that does not know the buckets has an attribute of that name, and nothing has it.
			if strings.HasPrefix(asked, "time-") && groups.Has(asked) {
				return fmt.Errorf("%w: rating.Summary: this release cannot group by %s; release 20 can", errs.ErrUnsupported, asked)
			}
		}
		if w.own.Name == "" || !groups.Has(w.own.Name) {
			continue
		}
		if got := groups.Get(w.own.Name); got != w.own.Value {
			return fmt.Errorf("%w: rating.Summary: asked for project %s, and CloudKitty answered for %q: only administrators see others",
				errs.ErrForbidden, w.own.Value, got)
		}
		if w.hidden {
			rows[i].Groups = slices.DeleteFunc(groups, func(a Attribute) bool { return a.Name == w.own.Name })
		}
	}
	return nil
}
