package tenantusage

import "math"

// sum adds floats without drift: what a plain addition rounds off is kept and added at the end (Neumaier).
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

// tally sums the four measures of usage.
type tally struct{ hours, vcpus, memory, disk sum }

func (t *tally) addTotals(p *ProjectUsage) {
	t.hours.add(p.TotalHours)
	t.vcpus.add(p.TotalVCPUsUsage)
	t.memory.add(p.TotalMemoryMBUsage)
	t.disk.add(p.TotalLocalGBUsage)
}

// addServer counts hours of a server; negative hours take it out again.
func (t *tally) addServer(s *ServerUsage, hours float64) {
	t.hours.add(hours)
	t.vcpus.add(hours * float64(s.VCPUs))
	t.memory.add(hours * float64(s.MemoryMB))
	t.disk.add(hours * float64(s.LocalGB))
}

func (t *tally) into(p *ProjectUsage) {
	p.TotalHours, p.TotalVCPUsUsage = t.hours.value(), t.vcpus.value()
	p.TotalMemoryMBUsage, p.TotalLocalGBUsage = t.memory.value(), t.disk.value()
}
