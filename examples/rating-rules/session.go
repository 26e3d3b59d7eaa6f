package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"
	_ "time/tzdata" // -tz works on machines without a zone database, too

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/examples/internal/cli"
	"github.com/gophermeter/gophermeter/examples/internal/democloud"
	"github.com/gophermeter/gophermeter/rating"
	"github.com/gophermeter/gophermeter/rating/hashmap"
)

// session is a command that is connected.
type session struct {
	*cli.Env
	*democloud.Cloud
	rating *rating.Client
	rules  *hashmap.Client
}

// zone is the flag -tz.
type zone struct {
	name     string
	location *time.Location
}

func (z *zone) register(fs *flag.FlagSet) {
	fs.StringVar(&z.name, "tz", "UTC", "`zone` of the clocks of CloudKitty's machines, which dates of prices are in (CloudKitty 23.0 and later)")
}

func (z *zone) check() (err error) {
	if z.location, err = time.LoadLocation(z.name); err != nil {
		return cli.Usage("-tz %q is no time zone: IANA names look like Europe/Berlin", z.name)
	}
	return nil
}

func connected(ctx context.Context, e *cli.Env, z *zone, work func(*session) error) error {
	c, err := e.Connect(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	s := &session{Env: e, Cloud: c}
	if s.rating, err = rating.New(c.Conn); err != nil {
		return err
	}
	if s.rules, err = hashmap.New(c.Conn, hashmap.WithLocation(z.location)); err != nil {
		return err
	}
	return work(s)
}

// administrating is connected for what is for administrators, and says where the prices do not count.
func administrating(ctx context.Context, e *cli.Env, z *zone, work func(*session) error) error {
	return connected(ctx, e, z, func(s *session) error {
		err := s.module(ctx)
		if err == nil {
			err = work(s)
		}
		if errors.Is(err, gophermeter.ErrForbidden) {
			return fmt.Errorf("only administrators may see and change prices; the command quote tells anybody what a thing costs (%w)", err)
		}
		return err
	})
}

// writing is administrating for a command that changes something.
func writing(ctx context.Context, e *cli.Env, z *zone, work func(*session) error) error {
	return administrating(ctx, e, z, func(s *session) error {
		if s.Fake != nil {
			s.notice("the embedded cloud ends with the program, and so does what is changed here")
		}
		return work(s)
	})
}

func (s *session) notice(format string, args ...any) {
	fmt.Fprintf(s.Stderr, s.Program+": "+format+"\n", args...)
}

// module says where the prices do not count, because their module does not run.
func (s *session) module(ctx context.Context) error {
	m, err := s.rating.GetModule(ctx, "hashmap")
	if err != nil {
		return err
	}
	if !m.Enabled {
		s.notice("the module hashmap is not enabled: CloudKitty charges none of its prices, and quotes know none")
	}
	return nil
}

// now is the time by which a price holds.
func (s *session) now() time.Time {
	if s.Fake != nil {
		return s.Fake.Now()
	}
	return time.Now()
}
