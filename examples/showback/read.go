package main

import (
	"context"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/tenantusage"
)

// read asks Nova for what the report needs, and no more.
func (c *cloud) read(ctx context.Context) (*report, error) {
	w, err := c.o.Window(c.Now)
	if err != nil {
		return nil, err
	}
	usage, err := tenantusage.New(c.Conn, tenantusage.WithPageSize(c.o.pageSize))
	if err != nil {
		return nil, err
	}
	if c.o.project != "" {
		return c.oneProject(ctx, usage, w)
	}
	rows, w, err := c.allProjects(ctx, usage, w)
	if err != nil {
		return nil, c.names.Explain(err, "the usage")
	}
	return newReport(w, c.o, rows), nil
}

// allProjects is for administrators. The window is the one that was counted.
func (c *cloud) allProjects(ctx context.Context, usage *tenantusage.Client, w gophermeter.Window) ([]row, gophermeter.Window, error) {
	var rows []row
	switch {
	case c.o.servers:
		for s, err := range usage.Servers(w).All(ctx) {
			if err != nil {
				return nil, w, err
			}
			rows = append(rows, c.serverRow(w, &s))
		}
	case c.o.daily || c.o.by != tenantusage.ByProject:
		for _, part := range stretches(c.o.pieces(w)) {
			buckets, err := usage.GetSeries(ctx, part.window, part.step, c.o.by)
			if err != nil {
				return nil, w, err
			}
			rows = append(rows, c.bucketRows(buckets)...)
			w.End = buckets[len(buckets)-1].Window.End
		}
	default:
		for p, err := range usage.Projects(w).All(ctx) {
			if err != nil {
				return nil, w, err
			}
			w = gophermeter.Window{Start: p.Start, End: p.Stop}
			rows = append(rows, c.projectRow(w, &p))
		}
	}
	return rows, w, nil
}

// oneProject is for the project's own people, too. One answer has all that any breakdown needs.
func (c *cloud) oneProject(ctx context.Context, usage *tenantusage.Client, w gophermeter.Window) (*report, error) {
	id, err := c.names.Find(c.o.project)
	if err != nil {
		return nil, err
	}
	p, err := usage.GetProject(ctx, id, w)
	if err != nil {
		return nil, err
	}
	if p.ProjectID == "" {
		return newReport(w, c.o, nil), nil // idle
	}
	w = gophermeter.Window{Start: p.Start, End: p.Stop}
	var rows []row
	switch {
	case c.o.servers:
		for i := range p.Servers {
			rows = append(rows, c.serverRow(w, &p.Servers[i]))
		}
	case c.o.daily || c.o.by != tenantusage.ByProject:
		rows = c.bucketRows(split(p.Servers, c.o.pieces(w), c.o.by))
	default:
		rows = []row{c.projectRow(w, &p)}
	}
	return newReport(w, c.o, rows), nil
}

func (c *cloud) projectRow(w gophermeter.Window, p *tenantusage.ProjectUsage) row {
	return row{Start: w.Start, End: w.End, ProjectID: p.ProjectID, Project: c.names.Name(p.ProjectID),
		Servers: len(p.Servers), amounts: ofProject(p)}
}

func (c *cloud) serverRow(w gophermeter.Window, s *tenantusage.ServerUsage) row {
	return row{Start: w.Start, End: w.End, ProjectID: s.ProjectID, Project: c.names.Name(s.ProjectID), Flavor: s.Flavor,
		State: string(s.State), ServerID: s.InstanceID, Server: s.Name, Servers: 1, amounts: ofServer(s, s.Hours)}
}

func (c *cloud) bucketRows(buckets []tenantusage.Bucket) []row {
	var rows []row
	for _, b := range buckets {
		for key, t := range b.Usage {
			r := row{Start: b.Window.Start, End: b.Window.End, Servers: t.Servers, amounts: ofBucket(t)}
			switch c.o.by {
			case tenantusage.ByProject:
				r.ProjectID, r.Project = key, c.names.Name(key)
			case tenantusage.ByFlavor:
				r.Flavor = key
			case tenantusage.ByState:
				r.State = key
			}
			rows = append(rows, r)
		}
	}
	return rows
}
