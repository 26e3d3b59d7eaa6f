package main

import (
	"cmp"
	"time"

	"github.com/gophermeter/gophermeter/rating"
	"github.com/gophermeter/gophermeter/tenantusage"
)

// What stands where cost belongs to no project, flavor or server: with it the rows add up to all that was rated.
const (
	noProject = "(no project)"
	noFlavor  = "(no flavor)"
	noServer  = "(no server)"
)

// subject is what a row is about: its names, and when it begins.
type subject struct {
	start                                 int64 // Unix
	project, flavor, server, metric, unit string
}

// subjectOf is the row that a rated point belongs to. Which metric is that of servers, and how it names them, is the
// operator's choice: a point belongs to the server that it has the id of.
func (c *cloud) subjectOf(f *rating.Frame, servers map[string]bool) subject {
	switch {
	case c.o.servers:
		for _, name := range []string{"id", "resource_id"} {
			if id := f.Attributes.Get(name); id != "" && servers[id] {
				return subject{server: id}
			}
		}
		return subject{project: f.ProjectID, server: noServer}
	case c.o.by == byMetric:
		return subject{metric: f.Metric, unit: f.Unit}
	case c.o.by == tenantusage.ByFlavor:
		return subject{flavor: cmp.Or(c.o.flavorOf(f), noFlavor)}
	default:
		return subject{project: f.ProjectID}
	}
}

func (c *cloud) subjectOfRow(r *row) subject {
	s := subject{start: r.Start.Unix()}
	switch {
	case c.o.servers:
		s.server = r.ServerID
	case c.o.by == tenantusage.ByFlavor:
		s.flavor = r.Flavor
	default:
		s.project = r.ProjectID
	}
	return s
}

// join puts costs to the rows of usage. What cost something and was not used in Nova's eyes, such as the volumes of a
// project without servers, gets a row of its own.
func (c *cloud) join(rows []row, known costs) []row {
	at := map[subject]int{}
	for i := range rows {
		at[c.subjectOfRow(&rows[i])] = i
	}
	for s, cost := range known.amounts.All() {
		i, used := at[s]
		if !used {
			i = len(rows)
			rows = append(rows, c.costRow(s, known))
		}
		rows[i].Cost = &cost
	}
	return rows
}

func (c *cloud) costRow(s subject, known costs) row {
	w := known.windowOf(time.Unix(s.start, 0))
	r := row{Start: w.Start, End: w.End, ProjectID: s.project, Flavor: s.flavor, Server: s.server, Metric: s.metric}
	if c.o.servers || c.o.by == tenantusage.ByProject {
		r.Project = cmp.Or(c.names.Name(s.project), noProject)
	}
	if c.o.by == byMetric {
		quantity := known.quantity.Get(s)
		total := quantity.Total()
		r.Quantity, r.Unit = &total, cmp.Or(s.unit, known.units[s.metric])
	}
	return r
}
