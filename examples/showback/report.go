package main

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/tenantusage"
)

// report is what every format prints. Its values have Nova's units and full precision; only the table rounds.
type report struct {
	Start    time.Time `json:"start"`
	End      time.Time `json:"end"` // not included
	TimeZone string    `json:"time_zone"`
	By       string    `json:"by"` // project, flavor, state or server
	Daily    bool      `json:"daily"`
	Rows     []row     `json:"rows"`
	Total    amounts   `json:"total"` // of the rows
}

// row is what was used from Start to End by a project, flavor, state or server; the other names are empty.
// Its JSON names are the columns of CSV.
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
	amounts
}

// amounts are hours of servers, times their size.
type amounts struct {
	ServerHours    float64 `json:"server_hours"`
	VCPUHours      float64 `json:"vcpu_hours"`
	MemoryMiBHours float64 `json:"memory_mib_hours"`
	DiskGiBHours   float64 `json:"disk_gib_hours"`
}

func ofProject(p *tenantusage.ProjectUsage) amounts {
	return amounts{p.TotalHours, p.TotalVCPUsUsage, p.TotalMemoryMBUsage, p.TotalLocalGBUsage}
}

func ofBucket(t tenantusage.Totals) amounts {
	return amounts{t.Hours, t.VCPUHours, t.MemoryMBHours, t.LocalGBHours}
}

// ofServer is what a server used in so many hours.
func ofServer(s *tenantusage.ServerUsage, hours float64) amounts {
	return amounts{hours, hours * float64(s.VCPUs), hours * float64(s.MemoryMB), hours * float64(s.LocalGB)}
}

func newReport(w gophermeter.Window, o *options, rows []row) *report {
	r := &report{
		Start: w.Start.In(o.Zone), End: w.End.In(o.Zone), TimeZone: o.Zone.String(),
		By: string(o.by), Daily: o.daily,
	}
	if o.servers {
		r.By = "server"
	}
	r.Rows = slices.DeleteFunc(rows, func(r row) bool { return r.amounts == amounts{} }) // idle
	for i := range r.Rows {
		r.Rows[i].Start, r.Rows[i].End = r.Rows[i].Start.In(o.Zone), r.Rows[i].End.In(o.Zone)
	}
	slices.SortFunc(r.Rows, func(a, b row) int {
		group := 0
		if o.servers {
			group = cmp.Compare(a.Project, b.Project)
		}
		return cmp.Or(a.Start.Compare(b.Start), group, cmp.Compare(b.VCPUHours, a.VCPUHours),
			cmp.Compare(a.Project, b.Project), cmp.Compare(a.Flavor, b.Flavor), cmp.Compare(a.State, b.State),
			cmp.Compare(a.Server, b.Server), cmp.Compare(a.ProjectID, b.ProjectID), cmp.Compare(a.ServerID, b.ServerID))
	})
	r.Total = total(r.Rows)
	return r
}

// total is the one place where rows are added up: every format prints its result.
func total(rows []row) amounts {
	var hours, vcpus, memory, disk sum
	for i := range rows {
		hours.add(rows[i].ServerHours)
		vcpus.add(rows[i].VCPUHours)
		memory.add(rows[i].MemoryMiBHours)
		disk.add(rows[i].DiskGiBHours)
	}
	return amounts{hours.value(), vcpus.value(), memory.value(), disk.value()}
}

// sum adds floats and keeps what a plain addition rounds off (Neumaier), so that it does not drift over many
// rows.
type sum struct{ total, rest float64 }

func (s *sum) add(x float64) {
	t := s.total + x
	if math.Abs(s.total) >= math.Abs(x) {
		s.rest += (s.total - t) + x
	} else {
		s.rest += (x - t) + s.total
	}
	s.total = t
}

func (s *sum) value() float64 { return s.total + s.rest }
