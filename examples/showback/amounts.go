package main

import (
	"math"

	"github.com/gophermeter/gophermeter/tenantusage"
)

// Usage is hours of servers, times their size.
type Usage struct {
	ServerHours    float64 `json:"server_hours"`
	VCPUHours      float64 `json:"vcpu_hours"`
	MemoryMiBHours float64 `json:"memory_mib_hours"`
	DiskGiBHours   float64 `json:"disk_gib_hours"`
}

// used is nil where nothing was.
func used(u Usage) *Usage {
	if u == (Usage{}) {
		return nil
	}
	return &u
}

func ofProject(p *tenantusage.ProjectUsage) *Usage {
	return used(Usage{p.TotalHours, p.TotalVCPUsUsage, p.TotalMemoryMBUsage, p.TotalLocalGBUsage})
}

func ofBucket(t tenantusage.Totals) *Usage {
	return used(Usage{t.Hours, t.VCPUHours, t.MemoryMBHours, t.LocalGBHours})
}

// ofServer is what a server used in so many hours.
func ofServer(s *tenantusage.ServerUsage, hours float64) *Usage {
	return used(Usage{hours, hours * float64(s.VCPUs), hours * float64(s.MemoryMB), hours * float64(s.LocalGB)})
}

func usageOf(rows []row) Usage {
	var hours, vcpus, memory, disk sum
	for i := range rows {
		if u := rows[i].Usage; u != nil {
			hours.add(u.ServerHours)
			vcpus.add(u.VCPUHours)
			memory.add(u.MemoryMiBHours)
			disk.add(u.DiskGiBHours)
		}
	}
	return Usage{hours.value(), vcpus.value(), memory.value(), disk.value()}
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
