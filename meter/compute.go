package meter

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
)

// GroupField is what statistics can be grouped by, and what a cardinality counts.
type GroupField string

// What statistics can be grouped by; a cardinality counts the first three of them.
const (
	GroupByProject      GroupField = "project_id"
	GroupByUser         GroupField = "user_id"
	GroupByResource     GroupField = "resource_id"
	GroupBySource       GroupField = "source"                          // MongoDB; SQL answers 501
	GroupByInstanceType GroupField = "resource_metadata.instance_type" // leaves out what has none
)

// Function computes one number of many samples.
type Function string

// Functions of aggregates. What the storage can do is in [Client.Capabilities], under
// statistics:aggregation:selectable.
const (
	FunctionAvg         Function = "avg"
	FunctionMax         Function = "max"
	FunctionMin         Function = "min"
	FunctionSum         Function = "sum"
	FunctionCount       Function = "count"
	FunctionStdDev      Function = "stddev"      // of all samples, not of a draw from them
	FunctionCardinality Function = "cardinality" // how many different values the parameter has
)

// Aggregate is a number to be computed: {Function: FunctionMax}, or with a parameter
// {FunctionCardinality, GroupByResource}.
type Aggregate struct {
	// Function is required.
	Function Function
	// Param is what FunctionCardinality counts: resources, users or projects. It is for that function alone; with
	// another one the service breaks.
	Param GroupField
}

// StatisticsOptions are what [Client.Statistics] asks for. The zero value is one row for each unit, of all samples.
type StatisticsOptions struct {
	// Window of the time of measurement. The zero Window is all of the time. K5 needs one, of at most 1440 periods and
	// two weeks.
	Window gophermeter.Window
	// Filters must all hold, as in [SampleOptions].
	Filters []Filter
	// Period cuts the time into pieces of that many whole seconds, from the start of the window or the first sample
	// on; 0 does not. Each piece is a query of its own on SQL: a small Period in a long window takes minutes.
	Period time.Duration
	// GroupBy makes a row for each combination of values.
	GroupBy []GroupField
	// Aggregates are what is computed; without any that is minimum, maximum, average, sum and count.
	Aggregates []Aggregate
}

// Statistics are computed by the service of the samples of one meter: a row for each unit, for each group, for each
// period that has samples, the periods in their order. No samples are no rows.
//
// API: GET /v2/meters/{meter_name}/statistics
func (c *Client) Statistics(meter string, opts StatisticsOptions) *gophermeter.Pager[Statistics] {
	l, err := c.statistics("meter.Statistics", meter, opts)
	if err != nil {
		return gophermeter.FailedPager[Statistics](err)
	}
	return whole(c, l)
}

// FindStatistics is the one row of a meter without groups and periods. [gophermeter.ErrNotFound] says that there are no
// samples, [gophermeter.ErrAmbiguous] that they are in several units.
//
// API: GET /v2/meters/{meter_name}/statistics
func (c *Client) FindStatistics(ctx context.Context, meter string, opts StatisticsOptions) (Statistics, error) {
	if len(opts.GroupBy) > 0 || opts.Period != 0 {
		return Statistics{}, errs.Invalid("StatisticsOptions", "groups and periods make many rows: Statistics has them")
	}
	l, err := c.statistics("meter.FindStatistics", meter, opts)
	if err != nil {
		return Statistics{}, err
	}
	rows, err := fetch(ctx, c.api, l)
	switch {
	case err != nil:
		return Statistics{}, err
	case len(rows) == 0:
		return Statistics{}, fmt.Errorf("meter.FindStatistics: %w: no samples of %q", errs.ErrNotFound, meter)
	case len(rows) > 1:
		units := make([]string, len(rows))
		for i := range rows {
			units[i] = rows[i].Unit
		}
		return Statistics{}, fmt.Errorf("meter.FindStatistics: %w: %q has samples in %d units: %q", errs.ErrAmbiguous, meter, len(rows), units)
	}
	return rows[0], nil
}

// statistics is the call for statistics.
func (c *Client) statistics(op, meter string, opts StatisticsOptions) (list[Statistics], error) {
	all, err := c.criteria(onStatistics, opts.Window, opts.Filters)
	if err == nil {
		err = meterName(meter)
	}
	if err == nil {
		err = all.complete()
	}
	q := all.query()
	if err == nil {
		err = opts.into(q)
	}
	return statisticsList(op, meter, q), err
}

// into adds what is to be computed. Functions and parameters are paired by their position.
func (o StatisticsOptions) into(q url.Values) error {
	switch {
	case o.Period < 0 || o.Period%time.Second != 0:
		return errs.Invalid("StatisticsOptions.Period", "%s is not a number of seconds", o.Period)
	case slices.Contains(o.GroupBy, ""):
		return errs.Invalid("StatisticsOptions.GroupBy", "a field is empty")
	case o.Period > 0:
		q.Set("period", strconv.FormatInt(int64(o.Period/time.Second), 10))
	}
	for _, field := range o.GroupBy {
		q.Add("groupby", string(field))
	}
	for _, a := range o.Aggregates {
		switch {
		case a.Function == "":
			return errs.Invalid("Aggregate.Function", "is empty")
		case (a.Param != "") != (a.Function == FunctionCardinality):
			return errs.Invalid("Aggregate.Param", "cardinality needs one and no other function takes one, got %s of %q", a.Function, a.Param)
		}
		q.Add("aggregate.func", string(a.Function))
		q.Add("aggregate.param", string(a.Param))
	}
	if !slices.ContainsFunc(o.Aggregates, func(a Aggregate) bool { return a.Param != "" }) {
		q.Del("aggregate.param")
	}
	return nil
}
