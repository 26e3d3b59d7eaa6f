package main

import (
	"context"
	"fmt"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/examples/internal/cli"
	"github.com/gophermeter/gophermeter/examples/internal/democloud"
	"github.com/gophermeter/gophermeter/examples/internal/progress"
	"github.com/gophermeter/gophermeter/examples/internal/projects"
)

// cloud is where usage and cost are read from.
type cloud struct {
	*democloud.Cloud
	o        *options
	progress *progress.Line
	names    projects.Names
	notices  []string // for stderr, once the line of the progress has gone
}

func (o *options) connect(ctx context.Context, e *cli.Env) (*cloud, error) {
	c := &cloud{o: o, progress: progress.New(e.Stderr, e.Verbose)}
	var err error
	if c.Cloud, err = e.Connect(ctx, gophermeter.WithObserver(c.progress.Observe)); err != nil {
		return nil, err
	}
	if c.names, err = projects.Read(ctx, c.Conn, e.Program, e.Stderr); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

func (c *cloud) notice(format string, args ...any) {
	c.notices = append(c.notices, fmt.Sprintf(format, args...))
}

// read asks Nova and CloudKitty for what the report needs, and no more.
func (c *cloud) read(ctx context.Context) (*report, error) {
	w, err := c.o.Window(c.Now)
	if err != nil {
		return nil, err
	}
	projectID := ""
	if c.o.project != "" {
		if projectID, err = c.names.Find(c.o.project); err != nil {
			return nil, err
		}
		if c.names != nil && c.names[projectID] == "" {
			c.notice("there is no project with the id %s: this is what is left of one that was deleted, if it ever was", projectID)
		}
	}
	service, err := c.rating()
	if err != nil {
		return nil, err
	}
	var rows []row
	if c.o.by != byMetric {
		if rows, w, err = c.readUsage(ctx, w, projectID); err != nil {
			return nil, err
		}
	}
	known, err := c.readCost(ctx, service, w, projectID, rows)
	if err != nil {
		return nil, err
	}
	return newReport(w, c.o, c.join(rows, known), known), nil
}
