package fakecloud

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"time"
)

// meteredMonth is what agents measured while the believable month went by. Everything in it follows from a fixed seed.
type meteredMonth struct {
	cloud      *Cloud
	rnd        *rand.Rand
	start, end time.Time
	samples    []Sample
	events     []Event
}

// seed measures the servers of Nova's month, every hour those that run all the time, and things beside servers.
func (m *metering) seed() {
	now := m.cloud.Now()
	end := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	b := &meteredMonth{cloud: m.cloud, rnd: rand.New(rand.NewPCG(2026, 9)), start: end.AddDate(0, -1, 0), end: end}
	b.servers()
	b.volumes()
	b.containers()
	m.cloud.AddSamples(b.samples...)
	m.cloud.AddEvents(b.events...)
}

// servers are measured by the compute agent: four of web-shop that run all the time and two of genomics, every hour. Events tell
// the life of all.
func (b *meteredMonth) servers() {
	shop, genomics := b.cloud.ProjectID("web-shop"), b.cloud.ProjectID("genomics")
	measured := map[string]int{}
	most := map[string]int{shop: 4, genomics: 2}
	for _, s := range b.cloud.Servers() {
		if s.LaunchedAt == nil || s.Name == nil {
			continue
		}
		b.life(s)
		if measured[s.ProjectID] < most[s.ProjectID] && (s.ProjectID != shop || s.LaunchedAt.Before(b.start)) {
			measured[s.ProjectID]++
			b.server(s)
		}
	}
}

func (b *meteredMonth) server(s Server) {
	metadata := string(dumps(object{
		{"display_name", *s.Name}, {"flavor", object{{"name", s.Flavor}, {"ram", s.MemoryMB}, {"vcpus", s.VCPUs}}},
		{"host", fmt.Sprintf("compute-%d", s.Cell)}, {"instance_type", s.Flavor}, {"status", "active"},
	}))
	add := func(meter, kind, unit string, volume float64, at time.Time) {
		b.samples = append(b.samples, Sample{Meter: meter, Type: kind, Unit: unit, Volume: volume, ResourceID: s.ID, ProjectID: s.ProjectID,
			UserID: idOf("user", "demo"), Timestamp: at, RecordedAt: at.Add(1500 * time.Millisecond), Metadata: metadata})
	}
	busy := 0.0
	for at := b.first(s); at.Before(b.last(s)); at = at.Add(time.Hour) {
		day := 40 + 30*math.Sin(float64(at.Hour()-8)/24*2*math.Pi)
		load := math.Round((day+20*b.rnd.Float64())*100) / 100
		busy += load / 100 * 3600e9 * float64(s.VCPUs)
		add("cpu_util", "gauge", "%", load, at)
		if at.Hour()%6 == 0 {
			add("cpu", "cumulative", "ns", math.Round(busy), at)
			add("memory.usage", "gauge", "MB", float64(s.MemoryMB/2+b.rnd.IntN(s.MemoryMB/4)), at)
		}
	}
}

// first and last are when a server is measured within the month: at whole hours.
func (b *meteredMonth) first(s Server) time.Time {
	if s.LaunchedAt.Before(b.start) {
		return b.start
	}
	return s.LaunchedAt.Truncate(time.Hour).Add(time.Hour)
}

func (b *meteredMonth) last(s Server) time.Time {
	if s.TerminatedAt != nil && s.TerminatedAt.Before(b.end) {
		return *s.TerminatedAt
	}
	return b.end
}

// life is what Nova notified of a server within the month.
func (b *meteredMonth) life(s Server) {
	tell := func(eventType string, at *time.Time) {
		if at == nil || at.Before(b.start) || !at.Before(b.end) {
			return
		}
		b.events = append(b.events, Event{EventType: eventType, Generated: *at, Traits: []Trait{
			{Name: "instance_id", Value: s.ID}, {Name: "display_name", Value: *s.Name}, {Name: "instance_type", Value: s.Flavor},
			{Name: "memory_mb", Type: "integer", Value: strconv.Itoa(s.MemoryMB)},
			{Name: "launched_at", Type: "datetime", Value: isoformat(*s.LaunchedAt)},
			{Name: "project_id", Value: s.ProjectID}, {Name: "user_id", Value: idOf("user", "demo")},
		}})
	}
	tell("compute.instance.create.end", s.LaunchedAt)
	tell("compute.instance.delete.end", s.TerminatedAt)
}

// volumes are counted once a day. An upgrade in the middle of the month changed the name of their unit.
func (b *meteredMonth) volumes() {
	project := b.cloud.ProjectID("data-lake")
	for day := 0; b.start.AddDate(0, 0, day).Before(b.end); day++ {
		unit := "GB"
		if day >= 14 {
			unit = "GiB"
		}
		for v := range 3 {
			b.samples = append(b.samples, Sample{Meter: "volume.size", Unit: unit, Volume: float64(100 * (v + 1)),
				ResourceID: idOf("volume", strconv.Itoa(v)), ProjectID: project, Source: "openstack",
				Timestamp: b.start.AddDate(0, 0, day).Add(time.Duration(v) * time.Minute),
				Metadata:  fmt.Sprintf(`{"display_name": "lake-%d", "status": "in-use"}`, v)})
		}
	}
}

// containers are Swift's, whose ids have a slash. Nobody notifies of the image, which belongs to no project.
func (b *meteredMonth) containers() {
	project := b.cloud.ProjectID("web-shop")
	for day := 0; b.start.AddDate(0, 0, day).Before(b.end); day++ {
		b.samples = append(b.samples, Sample{Meter: "storage.containers.objects.size", Unit: "B", Volume: float64(5e9 + 1e7*float64(day)),
			ResourceID: project + "/photos", ProjectID: project, Timestamp: b.start.AddDate(0, 0, day).Add(3 * time.Hour)})
	}
	b.events = append(b.events, Event{EventType: "image.update", Generated: b.start.Add(36 * time.Hour),
		Traits: []Trait{{Name: "name", Value: "debian-13"}}})
}
