package main

import (
	"context"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/tenantusage"
)

// readUsage asks Nova. The window is the one that was counted.
func (c *cloud) readUsage(ctx context.Context, w gophermeter.Window, projectID string) ([]row, gophermeter.Window, error) {
	client, err := tenantusage.New(c.Conn, tenantusage.WithPageSize(c.o.pageSize))
	if err != nil {
		return nil, w, err
	}
	c.progress.Stage("reading usage", "tenantusage.")
	if projectID != "" {
		return c.oneProject(ctx, client, w, projectID)
	}
	rows, w, err := c.allProjects(ctx, client, w)
	if err != nil {
		return nil, w, c.names.Explain(err, "the usage")
	}
	return rows, w, nil
}

// allProjects is for administrators.
func (c *cloud) allProjects(ctx context.Context, usage *tenantusage.Client, w gophermeter.Window) ([]row, gophermeter.Window, error) {
	var rows []row
	switch {
	case c.o.servers:
		return c.allServers(ctx, usage, w)
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

// allServers asks a page for its window first, which a list of servers does not tell: Nova ends it early where its clock is
// behind.
func (c *cloud) allServers(ctx context.Context, usage *tenantusage.Client, w gophermeter.Window) ([]row, gophermeter.Window, error) {
	for page, err := range usage.RawPages(tenantusage.Query{Window: w, Limit: 1}).All(ctx) {
		if err != nil {
			return nil, w, err
		}
		w = page.Window
		break
	}
	var rows []row
	for s, err := range usage.Servers(w).All(ctx) {
		if err != nil {
			return nil, w, err
		}
		rows = append(rows, c.serverRow(w, &s))
	}
	return rows, w, nil
}

// oneProject is for the project's own people, too. One answer has all that any breakdown needs.
func (c *cloud) oneProject(ctx context.Context, usage *tenantusage.Client, w gophermeter.Window, id string) ([]row, gophermeter.Window, error) {
	p, err := usage.GetProject(ctx, id, w)
	if err != nil || p.ProjectID == "" { // idle
		return nil, w, err
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
	return rows, w, nil
}

func (c *cloud) projectRow(w gophermeter.Window, p *tenantusage.ProjectUsage) row {
	return row{Start: w.Start, End: w.End, ProjectID: p.ProjectID, Project: c.names.Name(p.ProjectID),
		Servers: len(p.Servers), Usage: ofProject(p)}
}

func (c *cloud) serverRow(w gophermeter.Window, s *tenantusage.ServerUsage) row {
	return row{Start: w.Start, End: w.End, ProjectID: s.ProjectID, Project: c.names.Name(s.ProjectID), Flavor: s.Flavor,
		State: string(s.State), ServerID: s.InstanceID, Server: s.Name, Servers: 1, Usage: ofServer(s, s.Hours)}
}

func (c *cloud) bucketRows(buckets []tenantusage.Bucket) []row {
	var rows []row
	for _, b := range buckets {
		for key, t := range b.Usage {
			r := row{Start: b.Window.Start, End: b.Window.End, Servers: t.Servers, Usage: ofBucket(t)}
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
