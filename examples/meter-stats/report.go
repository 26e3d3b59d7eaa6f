package main

import (
	"cmp"
	"slices"
	"time"

	"github.com/gophermeter/gophermeter"
)

// report is what every format prints, as the service computed it; only the table rounds.
type report struct {
	Meter    string    `json:"meter"`
	Start    time.Time `json:"start"`
	End      time.Time `json:"end"` // not included
	TimeZone string    `json:"time_zone"`
	Period   string    `json:"period"` // as -period takes it
	GroupBy  []string  `json:"group_by"`
	Rows     []row     `json:"rows"`

	o *options
}

// row is the samples of one group in one unit from Start to End. Its JSON names are the columns of CSV.
type row struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
	group
	Unit string `json:"unit"`
	numbers
	FirstSample time.Time `json:"first_sample,omitzero"` // zero where the service does not say
	LastSample  time.Time `json:"last_sample,omitzero"`
}

func newReport(w gophermeter.Window, o *options, rows []row) *report {
	r := &report{Meter: o.meter, Start: w.Start.In(o.Zone), End: w.End.In(o.Zone), TimeZone: o.Zone.String(),
		Period: o.every.String(), GroupBy: append([]string{}, o.groupBy.names()...), Rows: append([]row{}, rows...), o: o}
	for i := range r.Rows {
		row := &r.Rows[i]
		for _, t := range []*time.Time{&row.Start, &row.End, &row.FirstSample, &row.LastSample} {
			if !t.IsZero() {
				*t = t.In(o.Zone)
			}
		}
	}
	// The service has the groups in no order.
	slices.SortStableFunc(r.Rows, func(a, b row) int {
		return cmp.Or(a.Start.Compare(b.Start), slices.Compare(a.labels(o.groupBy), b.labels(o.groupBy)),
			cmp.Compare(a.ProjectID, b.ProjectID), cmp.Compare(a.Unit, b.Unit))
	})
	return r
}
