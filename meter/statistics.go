package meter

import (
	"math"
	"strings"
	"time"

	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// Statistics is what was computed of the samples of one meter in one unit: of all of them, of one group, of one period.
// What was not asked for is nil, and differs from a zero that was measured.
//
// Source: Ceilometer, api/controllers/v2/meters.py, Statistics.
type Statistics struct {
	// GroupBy are the values that the samples of this group have in common, in the order of the answer; empty without
	// groups.
	GroupBy []GroupValue
	// Unit of Min, Max, Avg and Sum; the samples of a meter in two units make two rows.
	Unit string
	// Min, Max and Avg are of the volumes, and Sum is their total; nil where only other Aggregates were asked for.
	Min, Max, Avg, Sum *float64
	// Count is how many samples there are; nil as above.
	Count *int64
	// Aggregates are what was asked for by name, in the order of the answer; empty otherwise.
	Aggregates []AggregateValue
	// Duration is the time from the first sample to the last within the window; nil where the service knows none.
	Duration *time.Duration
	// DurationStart and DurationEnd are the times of the first and last sample, UTC, not beyond the window; zero where
	// the service knows none.
	DurationStart, DurationEnd time.Time
	// Period is the length of the period; 0 without periods.
	Period time.Duration
	// PeriodStart and PeriodEnd are the period, UTC; the last one may end after the window. Without periods they are
	// the times of the first and last sample.
	PeriodStart, PeriodEnd time.Time
}

// GroupValue is what the samples of a group have in common.
type GroupValue struct {
	// Field that was grouped by.
	Field GroupField
	// Value is an id, or the text of an attribute.
	Value string
	// Null tells that the samples have none, such as those of no project.
	Null bool
}

// AggregateValue is a number that was asked for by name.
type AggregateValue struct {
	Aggregate
	// Value is a floating-point number, also that of a count.
	Value float64
	// Null tells that there is none.
	Null bool
}

// Group is the value of a field that was grouped by; ok is false where the samples have none.
func (s *Statistics) Group(field GroupField) (value string, ok bool) {
	for _, g := range s.GroupBy {
		if g.Field == field {
			return g.Value, !g.Null
		}
	}
	return "", false
}

// Aggregate is the number of an aggregate; ok is false where it was not asked for.
func (s *Statistics) Aggregate(a Aggregate) (value float64, ok bool) {
	for _, v := range s.Aggregates {
		if v.Aggregate == a {
			return v.Value, !v.Null
		}
	}
	return 0, false
}

// statisticsReader reads rows of statistics.
type statisticsReader struct {
	r   *jsonstream.Reader
	row Statistics
}

func statisticsRow(r *jsonstream.Reader) func() (Statistics, error) {
	d := &statisticsReader{r: r}
	return func() (Statistics, error) {
		d.row = Statistics{}
		err := r.Object(d.field)
		return d.row, err
	}
}

func (d *statisticsReader) field(name []byte) (err error) {
	s := &d.row
	switch string(name) {
	case "groupby":
		return d.r.Object(d.group)
	case "unit":
		s.Unit, err = d.r.Intern()
	case "min":
		s.Min, err = optional(d.r, d.r.Float)
	case "max":
		s.Max, err = optional(d.r, d.r.Float)
	case "avg":
		s.Avg, err = optional(d.r, d.r.Float)
	case "sum":
		s.Sum, err = optional(d.r, d.r.Float)
	case "count":
		s.Count, err = optional(d.r, d.r.Int)
	case "aggregate":
		return d.r.Object(d.aggregate)
	case "duration":
		s.Duration, err = optional(d.r, d.seconds)
	case "duration_start":
		s.DurationStart, err = d.r.Time()
	case "duration_end":
		s.DurationEnd, err = d.r.Time()
	case "period":
		s.Period, err = d.seconds()
	case "period_start":
		s.PeriodStart, err = d.r.Time()
	case "period_end":
		s.PeriodEnd, err = d.r.Time()
	}
	return err
}

func (d *statisticsReader) group(name []byte) (err error) {
	g := GroupValue{Field: GroupField(name)}
	if g.Null = d.r.Null(); !g.Null {
		g.Value, err = d.r.Intern()
	}
	d.row.GroupBy = append(d.row.GroupBy, g)
	return err
}

// aggregate reads a member such as "cardinality/resource_id": 13.0.
func (d *statisticsReader) aggregate(name []byte) (err error) {
	function, param, _ := strings.Cut(string(name), "/")
	v := AggregateValue{Aggregate: Aggregate{Function(function), GroupField(param)}}
	if v.Null = d.r.Null(); !v.Null {
		v.Value, err = d.r.Float()
	}
	d.row.Aggregates = append(d.row.Aggregates, v)
	return err
}

// seconds are to the microsecond, as the service computes them.
func (d *statisticsReader) seconds() (time.Duration, error) {
	seconds, err := d.r.Float()
	if limit := math.MaxInt64 / float64(time.Second); err == nil && math.Abs(seconds) >= limit {
		return math.MaxInt64, nil
	}
	return time.Duration(math.Round(seconds*1e6)) * time.Microsecond, err
}

// optional reads a value that may be null, or may not be there at all.
func optional[T any](r *jsonstream.Reader, read func() (T, error)) (*T, error) {
	if r.Null() {
		return nil, nil //nolint:nilnil // null
	}
	v, err := read()
	return &v, err
}
