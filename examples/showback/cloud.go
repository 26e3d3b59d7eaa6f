package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/examples/internal/democloud"
)

// cloud is where the usage is read from.
type cloud struct {
	o        *options
	conn     *gophermeter.Connection
	now      time.Time // latest instant that can be asked for
	stop     func()
	stderr   io.Writer
	progress *progress
	names    map[string]string // of projects, by id; nil where they cannot be read
}

func (o *options) connect(ctx context.Context, stderr io.Writer) (*cloud, error) {
	c := &cloud{o: o, stderr: stderr, progress: newProgress(stderr, o.verbose)}
	opts := []gophermeter.Option{gophermeter.WithObserver(c.progress.observe)}
	if o.verbose {
		log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
		opts = append(opts, gophermeter.WithLogger(log))
	}
	var err error
	c.conn, c.now, c.stop, err = democloud.Connect(ctx, democloud.Options{
		Program: "showback", Cloud: o.cloud, Region: o.region, Notice: stderr, Connect: opts,
	})
	return c, err
}

// readNames is a courtesy to the reader: a report without names is still right.
func (c *cloud) readNames(ctx context.Context) error {
	names, err := c.conn.ProjectNames(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		fmt.Fprintf(c.stderr, "showback: ids stand for project names, which cannot be read: %v\n", err)
	}
	c.names = names
	return nil
}

func (c *cloud) name(projectID string) string { return cmp.Or(c.names[projectID], projectID) }

var idForm = regexp.MustCompile(`^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$`)

// projectID finds a project by id or name. An id need not be known: deleted projects still have usage.
func (c *cloud) projectID(project string) (string, error) {
	if c.names[project] != "" {
		return project, nil
	}
	var found []string
	for id, name := range c.names {
		if name == project {
			found = append(found, id)
		}
	}
	slices.Sort(found)
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return "", fmt.Errorf("several projects are called %q: use one of the ids %s", project, strings.Join(found, ", "))
	case idForm.MatchString(project):
		return project, nil
	case c.names == nil:
		return "", fmt.Errorf("project names cannot be read, so -project needs an id, which %q is not", project)
	}
	return "", fmt.Errorf("no project is called %q%s", project, c.known())
}

// known names some projects.
func (c *cloud) known() string {
	names := slices.Compact(slices.Sorted(maps.Values(c.names)))
	switch {
	case len(names) == 0:
		return ""
	case len(names) > 8:
		return fmt.Sprintf(": there are %s and %d more", strings.Join(names[:8], ", "), len(names)-8)
	}
	return ": there are " + strings.Join(names, ", ")
}

// explain tells people who are no administrators what they can ask for instead.
func (c *cloud) explain(err error) error {
	if !errors.Is(err, gophermeter.ErrForbidden) {
		return err
	}
	own := "NAME"
	if names := slices.Sorted(maps.Values(c.names)); len(names) > 0 {
		own = names[0]
	}
	return fmt.Errorf("only administrators may read the usage of all projects; for your own try -project %s (%w)", own, err)
}
