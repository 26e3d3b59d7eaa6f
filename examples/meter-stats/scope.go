package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strconv"
	"strings"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/examples/internal/cli"
	"github.com/gophermeter/gophermeter/examples/internal/democloud"
	"github.com/gophermeter/gophermeter/examples/internal/projects"
	"github.com/gophermeter/gophermeter/meter"
)

// scope is the flags that both commands have: which service is asked, and of what.
type scope struct {
	project, user, resource string
	metadata                conditions
	dialect                 string
}

func (s *scope) register(fs *flag.FlagSet) {
	fs.StringVar(&s.project, "project", "", "only this project: `id` or name")
	fs.StringVar(&s.user, "user", "", "only this user: `id`")
	fs.StringVar(&s.resource, "resource", "", "only this resource: `id`")
	fs.Var(&s.metadata, "metadata", "only resources with this metadata: `key=value`, or key=type::value where the type is integer, float\nor boolean, for 2 and the text \"2\" differ; repeated, all must hold")
	fs.StringVar(&s.dialect, "dialect", "", "how the service speaks: ceilometer or k5 (default what its address tells)")
}

func (s *scope) check() error {
	switch meter.Dialect(s.dialect) {
	case "", meter.Ceilometer, meter.K5:
		return nil
	}
	return fmt.Errorf("-dialect %q is neither %s nor %s", s.dialect, meter.Ceilometer, meter.K5)
}

// source is where the measurements are.
type source struct {
	*democloud.Cloud
	client  *meter.Client
	names   projects.Names
	filters []meter.Filter
}

// connect logs in; named reads the names of projects, too.
func (s *scope) connect(ctx context.Context, e *cli.Env, named bool) (*source, error) {
	cloud, err := e.Connect(ctx)
	if err != nil {
		return nil, err
	}
	from := &source{Cloud: cloud}
	if err := s.fill(ctx, e, from, named); err != nil {
		cloud.Close()
		return nil, err
	}
	return from, nil
}

func (s *scope) fill(ctx context.Context, e *cli.Env, from *source, named bool) (err error) {
	var opts []meter.Option
	if s.dialect != "" {
		opts = append(opts, meter.WithDialect(meter.Dialect(s.dialect)))
	}
	from.client, err = meter.New(from.Conn, opts...)
	switch {
	case errors.Is(err, gophermeter.ErrNoService):
		return fmt.Errorf("%w (Ceilometer has this API up to its release Pike of 2017; Gnocchi, the type metric, is not read)", err)
	case err != nil:
		return err
	}
	if named || s.project != "" {
		if from.names, err = projects.Read(ctx, from.Conn, e.Program, e.Stderr); err != nil {
			return err
		}
	}
	from.filters, err = s.filters(from.names)
	return err
}

func (s *scope) filters(names projects.Names) ([]meter.Filter, error) {
	all := s.metadata.filters
	if s.project != "" {
		id, err := names.Find(s.project)
		if err != nil {
			return nil, err
		}
		all = append(all, meter.ByProject(id))
	}
	if s.user != "" {
		all = append(all, meter.ByUser(s.user))
	}
	if s.resource != "" {
		all = append(all, meter.ByResource(s.resource))
	}
	return all, nil
}

// conditions are those on the metadata.
type conditions struct {
	texts   []string
	filters []meter.Filter
}

func (c *conditions) String() string { return strings.Join(c.texts, " ") }

// Set reads one condition, written as for OpenStack's own ceilometer command.
func (c *conditions) Set(text string) error {
	key, value, _ := strings.Cut(text, "=")
	if key == "" || value == "" {
		return errors.New("write it as key=value")
	}
	f, err := condition(key, value)
	if err == nil {
		c.texts, c.filters = append(c.texts, text), append(c.filters, f)
	}
	return err
}

func condition(key, value string) (meter.Filter, error) {
	kind, literal, typed := strings.Cut(value, "::")
	switch {
	case typed && kind == "integer":
		n, err := strconv.ParseInt(literal, 10, 64)
		return meter.ByMetadata(key, n), syntax(err, literal, kind)
	case typed && kind == "float":
		x, err := strconv.ParseFloat(literal, 64)
		return meter.ByMetadata(key, x), syntax(err, literal, kind)
	case typed && kind == "boolean":
		b, err := strconv.ParseBool(literal)
		return meter.ByMetadata(key, b), syntax(err, literal, kind)
	case typed && kind == "string":
		value = literal
	}
	return meter.ByMetadata(key, value), nil
}

func syntax(err error, literal, kind string) error {
	if err != nil {
		return fmt.Errorf("%q is no %s", literal, kind)
	}
	return nil
}
