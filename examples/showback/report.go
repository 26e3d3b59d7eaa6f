package main

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating"
)

// report is what every format prints. Its usage has Nova's units and full precision, its cost every digit of the exact
// sums; only the table rounds.
type report struct {
	Start      time.Time  `json:"start"`
	End        time.Time  `json:"end"` // not included
	TimeZone   string     `json:"time_zone"`
	By         string     `json:"by"` // project, metric, flavor, state or server
	Daily      bool       `json:"daily"`
	RatedUntil *time.Time `json:"rated_until,omitempty"` // what began before then has its cost; End where nothing is missing; absent where nobody knows
	Rows       []row      `json:"rows"`
	Total      total      `json:"total"` // of the rows
}

// row is what was used from Start to End by a project, flavor, state or server, and what that cost, or what a metric
// cost; the other names are empty. Its JSON names are the columns of CSV.
type row struct {
	Start     time.Time `json:"start"`
	End       time.Time `json:"end"`
	ProjectID string    `json:"project_id,omitempty"`
	Project   string    `json:"project,omitempty"` // its name, or its id where that cannot be read
	Flavor    string    `json:"flavor,omitempty"`
	State     string    `json:"state,omitempty"`
	ServerID  string    `json:"server_id,omitempty"`
	Server    string    `json:"server,omitempty"`
	Servers   int       `json:"servers,omitempty"` // how many; 0 where they were not counted
	*Usage              // nil where there was none
	Metric    string    `json:"metric,omitempty"`
	Unit      string    `json:"unit,omitempty"` // of Quantity
	// Quantity that was rated, added up over the rating periods: 24 instances are one for a day where it is rated by the hour.
	Quantity *decimal.Decimal `json:"quantity,omitempty"`
	Cost     *decimal.Decimal `json:"cost,omitempty"` // nil where nothing was rated, which is not a cost of 0
}

// total is the sum of rows. Of what the report does not have there is none.
type total struct {
	*Usage
	Cost *decimal.Decimal `json:"cost,omitempty"`
}

func newReport(w gophermeter.Window, o *options, rows []row, known costs) *report {
	r := &report{
		Start: w.Start.In(o.Zone), End: w.End.In(o.Zone), TimeZone: o.Zone.String(),
		By: string(o.by), Daily: o.daily,
	}
	if o.servers {
		r.By = "server"
	}
	if !known.until.IsZero() {
		until := known.until.In(o.Zone)
		r.RatedUntil = &until
	}
	r.Rows = slices.DeleteFunc(rows, func(r row) bool { return r.Usage == nil && r.Cost == nil }) // idle
	for i := range r.Rows {
		r.Rows[i].Start, r.Rows[i].End = r.Rows[i].Start.In(o.Zone), r.Rows[i].End.In(o.Zone)
	}
	slices.SortFunc(r.Rows, func(a, b row) int { return compare(a, b, o.servers) })
	if o.by != byMetric {
		used := usageOf(r.Rows)
		r.Total.Usage = &used
	}
	if known.read {
		spent := costOf(r.Rows)
		r.Total.Cost = &spent
	}
	return r
}

// compare puts those with the most vCPU-hours first, and metrics with the highest cost. Servers stand with the others of
// their project.
func compare(a, b row, servers bool) int {
	group := 0
	if servers {
		group = cmp.Or(cmp.Compare(a.Project, b.Project), cmp.Compare(a.ProjectID, b.ProjectID))
	}
	return cmp.Or(a.Start.Compare(b.Start), group, cmp.Compare(b.vcpuHours(), a.vcpuHours()),
		cmp.Compare(a.Project, b.Project), cmp.Compare(a.Flavor, b.Flavor), cmp.Compare(a.State, b.State),
		cmp.Compare(a.Server, b.Server), cmp.Compare(a.ProjectID, b.ProjectID), cmp.Compare(a.ServerID, b.ServerID),
		b.cost().Cmp(a.cost()), cmp.Compare(a.Metric, b.Metric), cmp.Compare(a.Unit, b.Unit))
}

func (r *row) vcpuHours() float64 {
	if r.Usage == nil {
		return 0
	}
	return r.VCPUHours
}

func (r *row) cost() (none decimal.Decimal) {
	if r.Cost == nil {
		return none
	}
	return *r.Cost
}

// costOf and usageOf are where rows are added up: every format prints their result.
func costOf(rows []row) decimal.Decimal {
	var all rating.Sum
	for i := range rows {
		all.Add(rows[i].cost())
	}
	return all.Total()
}
