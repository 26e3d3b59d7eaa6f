package main

import (
	"context"
	"fmt"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/examples/internal/period"
	"github.com/gophermeter/gophermeter/meter"
)

// perCall is how many periods the service is asked for at once: where it keeps its samples in SQL each of them is
// a query of its own, and thousands take longer than a proxy waits.
const perCall = 200

// longest is how much time K5 answers for at once.
const longest = 14 * 24 * time.Hour

// part of a window, in periods of one length; 0 is a single one.
type part struct {
	gophermeter.Window
	period time.Duration
}

// read asks for the statistics, part by part.
func (s *source) read(ctx context.Context, o *options) (*report, error) {
	w, err := o.Window(s.Now)
	if err != nil {
		return nil, err
	}
	var rows []row
	for _, p := range o.every.parts(w, o.Zone, s.client.Dialect()) {
		all := s.client.Statistics(o.meter, meter.StatisticsOptions{
			Window: p.Window, Period: p.period, Filters: s.filters, GroupBy: o.groupBy.fields(), Aggregates: o.aggregates.aggregates(),
		})
		for st, err := range all.All(ctx) {
			if err != nil {
				return nil, err
			}
			if o.unit != "" && st.Unit != o.unit {
				continue
			}
			r, err := s.row(p, &st)
			if err != nil {
				return nil, err
			}
			rows = append(rows, r)
		}
	}
	return newReport(w, o, rows), nil
}

// row is a row of the service's answer for a part.
func (s *source) row(p part, st *meter.Statistics) (row, error) {
	r := row{Start: p.Start, End: p.End, group: groupOf(st, s.names), Unit: st.Unit, numbers: numbersOf(st),
		FirstSample: st.DurationStart, LastSample: st.DurationEnd}
	if p.period == 0 {
		return r, nil
	}
	if !p.Contains(st.PeriodStart) || st.PeriodStart.Sub(p.Start)%p.period != 0 {
		return r, fmt.Errorf("the service answers for a period from %s, which was not asked for", st.PeriodStart.Format(time.RFC3339))
	}
	r.Start = st.PeriodStart
	if end := r.Start.Add(p.period); end.Before(p.End) {
		r.End = end
	}
	return r, nil
}

// parts cut a window into what is asked for at once. Calendar days where summer time begins or ends have a length
// of their own, and so a part.
func (p *every) parts(w gophermeter.Window, loc *time.Location, d meter.Dialect) []part {
	if p.none() {
		return []part{{w, 0}}
	}
	var out []part
	if !p.day {
		for piece := range w.Split(atOnce(p.length, d)) {
			out = append(out, part{piece, p.length})
		}
		return out
	}
	for _, day := range period.Days(w, loc) {
		length := day.Duration()
		if n := len(out); n > 0 && out[n-1].period == length && out[n-1].Duration() < atOnce(length, d) {
			out[n-1].End = day.End
		} else {
			out = append(out, part{day, length})
		}
	}
	return out
}

// atOnce is how much time one call asks for, in whole periods.
func atOnce(period time.Duration, d meter.Dialect) time.Duration {
	whole := perCall * period
	if d == meter.K5 {
		whole = max(period, min(whole, longest-longest%period))
	}
	return whole
}
