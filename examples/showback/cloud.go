package main

import (
	"context"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/examples/internal/cli"
	"github.com/gophermeter/gophermeter/examples/internal/democloud"
	"github.com/gophermeter/gophermeter/examples/internal/projects"
)

// cloud is where the usage is read from.
type cloud struct {
	*democloud.Cloud
	o        *options
	progress *progress
	names    projects.Names
}

func (o *options) connect(ctx context.Context, e *cli.Env) (*cloud, error) {
	c := &cloud{o: o, progress: newProgress(e.Stderr, e.Verbose)}
	var err error
	if c.Cloud, err = e.Connect(ctx, gophermeter.WithObserver(c.progress.observe)); err != nil {
		return nil, err
	}
	if c.names, err = projects.Read(ctx, c.Conn, e.Program, e.Stderr); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}
