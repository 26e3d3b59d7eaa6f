package main

import (
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/examples/internal/period"
	"github.com/gophermeter/gophermeter/tenantusage"
)

// pieces are the windows of a breakdown: the days, or the whole.
func (o *options) pieces(w gophermeter.Window) []gophermeter.Window {
	if o.daily {
		return period.Days(w, o.Zone)
	}
	return []gophermeter.Window{w}
}

// stretch is a run of pieces that are equally long: what GetSeries can answer from one walk.
type stretch struct {
	window gophermeter.Window
	step   time.Duration
}

// stretches joins the pieces. A month is one stretch, unless summer time begins or ends in it: its odd day is
// a stretch of its own.
func stretches(pieces []gophermeter.Window) []stretch {
	var out []stretch
	for _, p := range pieces {
		if n := len(out); n > 0 && out[n-1].step == p.Duration() {
			out[n-1].window.End = p.End
		} else {
			out = append(out, stretch{p, p.Duration()})
		}
	}
	return out
}

// split does for the servers of one project what GetSeries does for a whole cloud.
func split(servers []tenantusage.ServerUsage, pieces []gophermeter.Window, by tenantusage.Dimension) []tenantusage.Bucket {
	var out []tenantusage.Bucket
	for _, piece := range pieces {
		rows, count := map[string][]row{}, map[string]int{}
		for i := range servers {
			s := &servers[i]
			if hours := s.HoursIn(piece); hours != 0 {
				key := keyOf(s, by)
				rows[key] = append(rows[key], row{Usage: ofServer(s, hours)})
				count[key]++
			}
		}
		b := tenantusage.Bucket{Window: piece, Usage: map[string]tenantusage.Totals{}}
		for key := range rows {
			t := usageOf(rows[key])
			b.Usage[key] = tenantusage.Totals{Servers: count[key], Hours: t.ServerHours, VCPUHours: t.VCPUHours,
				MemoryMBHours: t.MemoryMiBHours, LocalGBHours: t.DiskGiBHours}
		}
		out = append(out, b)
	}
	return out
}

func keyOf(s *tenantusage.ServerUsage, by tenantusage.Dimension) string {
	switch by {
	case tenantusage.ByFlavor:
		return s.Flavor
	case tenantusage.ByState:
		return string(s.State)
	default:
		return s.ProjectID
	}
}
