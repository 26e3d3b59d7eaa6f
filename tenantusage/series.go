package tenantusage

import (
	"context"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
)

// Dimension is what a series is broken down by.
type Dimension string

// Dimensions of [Client.GetSeries].
const (
	ByProject Dimension = "project" // project id
	ByFlavor  Dimension = "flavor"  // name of the flavor
	ByState   Dimension = "state"   // state at the time of the call, whatever it was in the bucket
)

// Bucket is one step of a series.
type Bucket struct {
	// Window of the bucket; the last one of a series is shorter where the step does not divide it.
	Window gophermeter.Window
	// Usage by project id, flavor name or state; what did not run in the bucket is absent.
	Usage map[string]Totals
}

// Totals are sums over servers.
type Totals struct {
	// Servers that ran in the bucket.
	Servers int
	// Hours are server-hours.
	Hours float64
	// VCPUHours are vCPU-hours.
	VCPUHours float64
	// MemoryMBHours are MiB-hours.
	MemoryMBHours float64
	// LocalGBHours are GiB-hours.
	LocalGBHours float64
}

// maxBuckets keeps a mistaken step from filling the memory.
const maxBuckets = 100_000

// GetSeries breaks the usage of the window down into buckets of length step, from a single walk over its
// servers: the sum of the buckets is what [Client.Projects] answers for the window, by the same rule.
// Buckets reach to the end that Nova could count, which is before w.End while that lies in the future.
// Administrators only: anybody else gets [gophermeter.ErrForbidden].
//
// API: GET /os-simple-tenant-usage
func (c *Client) GetSeries(ctx context.Context, w gophermeter.Window, step time.Duration, by Dimension) ([]Bucket, error) {
	key, err := by.key()
	if err != nil {
		return nil, err
	}
	if step <= 0 {
		return nil, errs.Invalid("step", "%s is not positive", step)
	}
	if w.Duration()/step > maxBuckets {
		return nil, errs.Invalid("step", "%s cuts the window into more than %d buckets", step, maxBuckets)
	}
	s := series{step: step}
	a := ask{op: "tenantusage.GetSeries", window: w, detailed: true, limit: c.pageSize, unique: true}
	for batch, err := range c.steadyPages(ctx, a) {
		if err != nil {
			return nil, err
		}
		p := batch[0]
		s.cut(p.window)
		for i := range p.rows {
			s.add(key(&p.rows[i]), &p.rows[i])
		}
	}
	return s.result(), nil
}

func (d Dimension) key() (func(*ServerUsage) string, error) {
	switch d {
	case ByProject:
		return func(s *ServerUsage) string { return s.ProjectID }, nil
	case ByFlavor:
		return func(s *ServerUsage) string { return s.Flavor }, nil
	case ByState:
		return func(s *ServerUsage) string { return string(s.State) }, nil
	}
	return nil, errs.Invalid("by", "%q is none of project, flavor, state", string(d))
}

type series struct {
	step    time.Duration
	buckets []bucket
}

type bucket struct {
	window gophermeter.Window
	sums   map[string]*share
}

type share struct {
	servers int
	tally
}

// cut makes the buckets, once the first page has told the window.
func (s *series) cut(w gophermeter.Window) {
	if s.buckets != nil {
		return
	}
	for piece := range w.Split(s.step) {
		s.buckets = append(s.buckets, bucket{window: piece, sums: map[string]*share{}})
	}
}

// add spreads a server over the buckets that it ran in.
func (s *series) add(key string, row *ServerUsage) {
	first, start := 0, s.buckets[0].window.Start
	if row.StartedAt.After(start) {
		first = int(row.StartedAt.Sub(start) / s.step)
	}
	for i := first; i < len(s.buckets); i++ {
		b := &s.buckets[i]
		if row.EndedAt != nil && row.EndedAt.Before(b.window.Start) {
			return
		}
		hours := row.HoursIn(b.window)
		if hours == 0 {
			continue
		}
		sum := b.sums[key]
		if sum == nil {
			sum = &share{}
			b.sums[key] = sum
		}
		sum.servers++
		sum.addServer(row, hours)
	}
}

func (s *series) result() []Bucket {
	out := make([]Bucket, len(s.buckets))
	for i, b := range s.buckets {
		out[i] = Bucket{Window: b.window, Usage: make(map[string]Totals, len(b.sums))}
		for key, sum := range b.sums {
			out[i].Usage[key] = Totals{
				Servers: sum.servers, Hours: sum.hours.value(), VCPUHours: sum.vcpus.value(),
				MemoryMBHours: sum.memory.value(), LocalGBHours: sum.disk.value(),
			}
		}
	}
	return out
}
