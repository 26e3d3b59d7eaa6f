package main

import (
	"context"
	"flag"
	"fmt"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/examples/internal/cli"
	"github.com/gophermeter/gophermeter/rating/hashmap"
)

// removing is the command remove.
type removing struct {
	selection
	prune, erase bool
}

func remove(fs *flag.FlagSet) cli.Action {
	r := &removing{}
	r.register(fs)
	fs.BoolVar(&r.prune, "prune", false, "remove the field, the service and the group that are left without prices, too")
	fs.BoolVar(&r.erase, "erase", false, "from 23.0 on: for periods that are rated again, too, where otherwise the price ends")
	return func(ctx context.Context, e *cli.Env) error {
		if len(e.Args) > 0 {
			if err := r.checkID(e.Args); err != nil {
				return err
			}
			return writing(ctx, e, &r.zone, func(s *session) error { return r.byID(ctx, s, e.Args[0]) })
		}
		if r.service == "" {
			return cli.Usage("-service is missing, or the id of a price, which card -format json tells")
		}
		if err := r.check(); err != nil {
			return err
		}
		if _, err := r.items(); err != nil {
			return err
		}
		return writing(ctx, e, &r.zone, func(s *session) error { return r.named(ctx, s) })
	}
}

func (r *removing) checkID(args []string) error {
	switch {
	case len(args) > 1:
		return cli.Usage("%q comes after an id: flags come first, and one id at a time", args[1])
	case args[0] == "":
		return cli.Usage("the id is empty")
	case r.service != "" || r.field != "" || r.value != "" || r.group != "" || r.noGroup || r.project != "":
		return cli.Usage("an id says which price is meant: it goes without -service and the like")
	}
	return r.zone.check()
}

func (r *removing) named(ctx context.Context, s *session) error {
	at, err := r.find(ctx, s)
	if err != nil {
		return err
	}
	m, there, err := at.one(ctx, s)
	switch {
	case err != nil:
		return err
	case !there:
		return fmt.Errorf("%w: there is no such price of %s", gophermeter.ErrNotFound, at)
	}
	return r.remove(ctx, s, at, m)
}

func (r *removing) byID(ctx context.Context, s *session, id string) error {
	m, err := s.rules.GetMapping(ctx, id)
	if err != nil {
		return err
	}
	if m.Deleted != nil {
		return fmt.Errorf("%w: the price %s was deleted at %s", gophermeter.ErrNotFound, id, clock(*m.Deleted))
	}
	at := &place{value: m.Value, projectID: m.ProjectID}
	service := m.ServiceID
	if m.FieldID != "" {
		if at.field, err = s.rules.GetField(ctx, m.FieldID); err != nil {
			return err
		}
		service = at.field.ServiceID
	}
	if at.service, err = s.rules.GetService(ctx, service); err != nil {
		return err
	}
	r.service, r.field, r.value, r.project = at.service.Name, at.field.Name, m.Value, m.ProjectID
	if err := at.takeGroup(ctx, s, m.GroupID); err != nil {
		return err
	}
	return r.remove(ctx, s, at, m)
}

func (r *removing) remove(ctx context.Context, s *session, at *place, m hashmap.Mapping) error {
	items, err := r.items()
	if err != nil {
		return err
	}
	c := &change{session: s, items: items, project: r.project, dryRun: r.dryRun}
	return c.run(ctx, func() (time.Time, error) { return r.apply(ctx, c, at, m) })
}

// apply ends a price that has held by dates, for it is what the past costs when that is rated again; any other it
// deletes.
func (r *removing) apply(ctx context.Context, c *change, at *place, m hashmap.Mapping) (end time.Time, err error) {
	was := described(m.Type, m.Cost.String())
	if !m.Start.IsZero() && m.Start.Before(c.now()) && !r.erase {
		end = c.now().Add(time.Minute).Truncate(time.Second)
		if r.prune {
			c.notice("nothing is pruned: the price has held, and stays for periods that are rated again")
		}
		return end, c.step(c.named(at, "price", was+" ends at "+clock(end)), func() error {
			_, err := c.rules.UpdateMapping(ctx, m.ID, hashmap.MappingUpdate{End: &end})
			return err
		})
	}
	err = c.step(c.named(at, "price", was+" is removed"), func() error { return c.rules.DeleteMapping(ctx, m.ID) })
	if err == nil && r.prune {
		err = r.pruned(ctx, c, at, m)
	}
	return end, err
}

// pruned removes what the price leaves empty. To remove a field or service removes all in it: nothing may be there.
func (r *removing) pruned(ctx context.Context, c *change, at *place, m hashmap.Mapping) error {
	fields := 0
	if m.FieldID != "" {
		empty, err := c.empty(ctx, parent{field: m.FieldID}, m.ID)
		if err != nil {
			return err
		}
		if !empty {
			fields = 1
		} else if err := c.step("field "+at.field.Name+" is removed", func() error { return c.rules.DeleteField(ctx, m.FieldID) }); err != nil {
			return err
		}
	}
	for f, err := range c.rules.Fields(at.service.ID).All(ctx) {
		if err != nil {
			return err
		}
		if f.ID != m.FieldID {
			fields++
		}
	}
	empty, err := c.empty(ctx, parent{service: at.service.ID}, m.ID)
	if err != nil {
		return err
	}
	if empty && fields == 0 {
		if err := c.step("service "+at.service.Name+" is removed", func() error { return c.rules.DeleteService(ctx, at.service.ID) }); err != nil {
			return err
		}
	}
	return r.prunedGroup(ctx, c, at, m)
}

func (r *removing) prunedGroup(ctx context.Context, c *change, at *place, m hashmap.Mapping) error {
	if m.GroupID == "" {
		return nil
	}
	mappings, err := c.rules.GroupMappings(m.GroupID).Collect(ctx)
	if err != nil {
		return err
	}
	thresholds, err := c.rules.GroupThresholds(m.GroupID).Collect(ctx)
	if err != nil || without(mappings, m.ID) > 0 || len(thresholds) > 0 {
		return err
	}
	return c.step("group "+at.group.Name+" is removed", func() error {
		return c.rules.DeleteGroup(ctx, m.GroupID, hashmap.DeleteGroupOptions{})
	})
}

// empty tells whether a service, or a field, has no rules but one.
func (c *change) empty(ctx context.Context, p parent, but string) (bool, error) {
	mappings, err := c.rules.Mappings(p.mappings()).Collect(ctx)
	if err != nil {
		return false, err
	}
	thresholds, err := c.rules.Thresholds(p.thresholds()).Collect(ctx)
	return without(mappings, but) == 0 && len(thresholds) == 0, err
}
