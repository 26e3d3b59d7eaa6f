package fakecloud

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// flavor is what a server is made from.
type flavor struct {
	name                      string
	vcpus, memory, root, temp int // memory in MiB, disks in GiB
}

var flavors = []flavor{
	{"m1.tiny", 1, 512, 1, 0},
	{"m1.small", 1, 2048, 20, 0},
	{"m1.medium", 2, 4096, 40, 0},
	{"m1.large", 4, 8192, 80, 0},
	{"c1.large", 8, 16384, 80, 20},
	{"r1.xlarge", 8, 65536, 80, 0},
	{"b1.build", 4, 8192, 20, 60},
	{"g1.a100", 16, 131072, 100, 800},
	{"h1.node", 64, 262144, 100, 500},
	{"s1.storage", 4, 16384, 2000, 0},
}

// month is the believable month while it is made. Everything in it follows from a fixed seed.
type month struct {
	cloud *Cloud
	rnd   *rand.Rand
	start time.Time
	days  int
}

// seed starts and ends the servers of the calendar month before the clock.
func (n *compute) seed() {
	now := n.cloud.Now()
	end := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	start := end.AddDate(0, -1, 0)
	m := month{cloud: n.cloud, rnd: rand.New(rand.NewPCG(2026, 9)), start: start, days: int(end.Sub(start).Hours() / 24)}
	m.shop()
	m.builds()
	m.campaigns()
	m.training()
	m.staging()
	m.storage()
}

// shop is a web shop that has run for months in both cells and grows every evening.
func (m *month) shop() {
	for i := range 24 {
		m.run("web-shop", fmt.Sprintf("shop-%02d", i+1), pick(i, "m1.medium", "m1.large", "r1.xlarge"), 1+i%2, -m.hours(200, 7000), 0)
	}
	for day := range m.days {
		for i := range 2 {
			m.run("web-shop", fmt.Sprintf("shop-evening-%02d-%d", day+1, i+1), "m1.large", 1+i, m.at(day, 16, 18), m.hours(4, 7))
		}
	}
}

// builds are short and only on working days.
func (m *month) builds() {
	for day := range m.days {
		if weekday := m.start.AddDate(0, 0, day).Weekday(); weekday == time.Saturday || weekday == time.Sunday {
			continue
		}
		for i := range 5 {
			m.run("ci-runners", fmt.Sprintf("runner-%02d-%d", day+1, i+1), "b1.build", 2, m.at(day, 7, 19), m.hours(0.2, 3))
		}
	}
}

// campaigns fill very large nodes, three times.
func (m *month) campaigns() {
	for i, day := range []int{2, 11, 20} {
		for node := range 16 {
			m.run("genomics", fmt.Sprintf("batch-%d-node-%02d", i+1, node), "h1.node", 1, m.at(day, 8, 9), m.hours(30, 90))
		}
	}
	m.run("genomics", "scheduler", "m1.large", 1, -m.hours(3000, 4000), 0)
	m.run("genomics", "archive", "s1.storage", 1, -m.hours(3000, 4000), 0)
}

// training takes GPUs for hours to days; the last jobs still run when the month ends.
func (m *month) training() {
	for i := range 20 {
		at, lasts := m.at(i*m.days/20, 6, 22), m.hours(6, 72)
		if i >= 18 {
			lasts = 0
		}
		m.run("ml-training", fmt.Sprintf("train-%02d", i+1), "g1.a100", 2, at, lasts)
	}
	m.add("ml-training", "train-no-valid-host", "g1.a100", 2, Server{State: "error"})
}

// staging keeps servers in every state they can be in.
func (m *month) staging() {
	for i := range 18 {
		s := m.started(m.at(i%m.days, 8, 18))
		s.State = pick(i, "active", "stopped", "shelved_offloaded", "active", "paused", "suspended", "shelved", "resized", "soft-delete")
		m.add("staging", fmt.Sprintf("staging-%02d", i+1), pick(i, "m1.tiny", "m1.small", "c1.large"), 1, s)
	}
	s := m.started(m.at(3, 8, 18))
	s.ProjectID, s.Cell = m.cloud.ProjectID("staging"), 1
	m.put(s, "m1.tiny") // without a name
}

// storage has run for years.
func (m *month) storage() {
	for i := range 11 {
		m.run("data-lake", fmt.Sprintf("osd-%02d", i+1), "s1.storage", 2, -m.hours(9000, 20000), 0)
	}
	m.run("data-lake", "entrepôt-中央", "r1.xlarge", 2, -m.hours(9000, 20000), 0)
}

// run adds a server that starts at an offset from the month's start and runs for a time; zero, and one that the month's end cuts
// short, still runs.
func (m *month) run(project, name, flavor string, cell int, at, lasts time.Duration) {
	s := m.started(at)
	if end := s.LaunchedAt.Add(lasts); lasts > 0 && end.Before(m.start.AddDate(0, 0, m.days)) {
		s.TerminatedAt = &end
	}
	m.add(project, name, flavor, cell, s)
}

func (m *month) started(at time.Duration) Server {
	t := m.start.Add(at)
	return Server{LaunchedAt: &t}
}

func (m *month) add(project, name, flavor string, cell int, s Server) {
	s.Name, s.ProjectID, s.Cell = &name, m.cloud.ProjectID(project), cell
	m.put(s, flavor)
}

func (m *month) put(s Server, name string) {
	f, _ := first(flavors, func(f flavor) bool { return f.name == name })
	s.Flavor, s.VCPUs, s.MemoryMB, s.RootGB, s.EphemeralGB = f.name, f.vcpus, f.memory, f.root, f.temp
	hi, lo := m.rnd.Uint64(), m.rnd.Uint64()
	s.ID = fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", hi>>32, hi>>16&0xffff, hi&0xfff, 0x8000|lo>>48&0x3fff, lo&0xffffffffffff)
	m.cloud.AddServer(s)
}

// at is a moment between two hours of a day, to the second, from the month's start.
func (m *month) at(day int, from, to float64) time.Duration {
	return time.Duration(day)*24*time.Hour + m.hours(from, to)
}

// hours are some number of hours, to the second.
func (m *month) hours(from, to float64) time.Duration {
	return time.Duration(m.rnd.IntN(int((to-from)*3600))+int(from*3600)) * time.Second
}

func pick(i int, from ...string) string { return from[i%len(from)] }
