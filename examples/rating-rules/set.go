package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"time"

	"github.com/gophermeter/gophermeter/examples/internal/cli"
	"github.com/gophermeter/gophermeter/rating"
	"github.com/gophermeter/gophermeter/rating/hashmap"
)

// pricing is the command set.
type pricing struct {
	selection
	cost amount
	kind string
	from string
	at   time.Time // of from
}

func set(fs *flag.FlagSet) cli.Action {
	p := &pricing{}
	p.register(fs)
	fs.Var(&p.cost, "cost", "`price` of one unit in a rating period, or factor of a rate: exactly as it is typed")
	fs.StringVar(&p.kind, "type", "", "flat, a price, or rate, a factor; the default is what the price is already, or flat")
	fs.StringVar(&p.from, "from", "", "first `instant` of the price, a date in UTC or RFC 3339 (CloudKitty 23.0 and later); the default is as soon as possible")
	return func(ctx context.Context, e *cli.Env) error {
		if err := p.check(); err != nil {
			return err
		}
		items, err := p.items()
		if err != nil {
			return err
		}
		return writing(ctx, e, &p.zone, func(s *session) error { return p.set(ctx, s, items) })
	}
}

func (p *pricing) check() (err error) {
	switch {
	case !p.cost.given:
		return cli.Usage("-cost is missing")
	case p.cost.Sign() < 0:
		return cli.Usage("-cost %s is negative: CloudKitty takes no price below zero into account", p.cost.Decimal)
	case p.kind != "" && p.kind != string(hashmap.TypeFlat) && p.kind != string(hashmap.TypeRate):
		return cli.Usage("-type %q is neither flat nor rate", p.kind)
	}
	if p.at, err = instant("from", p.from); err != nil {
		return err
	}
	return p.selection.check()
}

// instant reads a date, which is its first instant in UTC, or RFC 3339; empty is the zero time.
func instant(name, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return t, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, cli.Usage("-%s %q is neither a date such as 2026-09-14 nor RFC 3339", name, text)
	}
	return t, nil
}

func (p *pricing) set(ctx context.Context, s *session, items []item) error {
	at, err := p.find(ctx, s)
	if err != nil {
		return err
	}
	old, there, err := at.one(ctx, s)
	if err != nil {
		return err
	}
	if there && old.Cost.Equal(p.cost.Decimal) && (p.kind == "" || hashmap.Type(p.kind) == old.Type) && p.at.IsZero() {
		_, err := fmt.Fprintf(s.Out, "Nothing is to be changed: %s is %s already\n", at, described(old.Type, old.Cost.String()))
		return err
	}
	if err := p.warn(ctx, s, at, there); err != nil {
		return err
	}
	c := &change{session: s, items: items, project: p.project, dryRun: p.dryRun}
	return c.run(ctx, func() (time.Time, error) {
		if there {
			return p.reprice(ctx, c, at, old)
		}
		return p.create(ctx, c, at)
	})
}

// warn tells of a price that would count for nothing, or for more than is meant.
func (p *pricing) warn(ctx context.Context, s *session, at *place, there bool) error {
	if !there && len(at.groups) > 0 && p.group == "" && !p.noGroup {
		g, err := s.rules.GetGroup(ctx, at.groups[0])
		if err != nil {
			return err
		}
		s.notice("other prices of %s are in the group %s, and prices of different groups are added: -group %[2]s puts this one there", p.service, g.Name)
	}
	config, err := s.rating.GetConfig(ctx)
	if err != nil || len(config.Metrics) == 0 { // as releases until 8 answer
		return err
	}
	collected := false
	for i := range config.Metrics {
		m := &config.Metrics[i]
		if m.ID() != p.service {
			continue
		}
		if p.field == "" || has(m, p.field) {
			return nil
		}
		collected = true
	}
	if collected {
		s.notice("the metric %s has no attribute %s: a price for it counts for nothing", p.service, p.field)
	} else {
		s.notice("CloudKitty collects no metric %s: a price for it counts for nothing", p.service)
	}
	return nil
}

func has(m *rating.MetricConfig, attribute string) bool {
	return slices.Contains(m.GroupBy, attribute) || slices.Contains(m.Metadata, attribute)
}

// create adds a price and says from when on it holds; the zero time is at once.
func (p *pricing) create(ctx context.Context, c *change, at *place) (time.Time, error) {
	if err := c.make(ctx, at); err != nil {
		return time.Time{}, err
	}
	kind := hashmap.TypeFlat
	if p.kind != "" {
		kind = hashmap.Type(p.kind)
	}
	create := hashmap.MappingCreate{
		FieldID: at.field.ID, Value: at.value, Type: kind, Cost: p.cost.Decimal, GroupID: at.group.ID, ProjectID: at.projectID, Start: p.at,
	}
	if at.field.Name == "" {
		create.ServiceID = at.service.ID
	}
	return p.at, c.step(c.named(at, "new price", described(kind, p.cost.String())), func() error {
		m, err := c.rules.CreateMapping(ctx, create)
		if err != nil {
			return err
		}
		return p.stored(m)
	})
}

// reprice changes a price that is there, in the way of the release. From 23.0 on that is another mapping, which holds
// from its start.
func (p *pricing) reprice(ctx context.Context, c *change, at *place, old hashmap.Mapping) (from time.Time, err error) {
	kind := old.Type
	if p.kind != "" {
		kind = hashmap.Type(p.kind)
	}
	if kind != old.Type && !p.at.IsZero() {
		return from, cli.Usage("-from does not go with another -type: remove the price, and set the new one")
	}
	text := described(old.Type, old.Cost.String()) + " becomes " + described(kind, p.cost.String())
	err = c.step(c.named(at, "price", text), func() error {
		var m hashmap.Mapping
		if kind != old.Type {
			m, err = c.rules.UpdateMapping(ctx, old.ID, hashmap.MappingUpdate{Cost: &p.cost.Decimal, Type: kind})
		} else {
			m, err = c.rules.ChangePrice(ctx, old.ID, hashmap.PriceChange{Cost: p.cost.Decimal, At: p.at})
		}
		if err != nil {
			return err
		}
		from = m.Start
		return p.stored(m)
	})
	return from, err
}

// stored refuses to believe that a price is set which the service keeps with fewer digits.
func (p *pricing) stored(m hashmap.Mapping) error {
	if m.Cost.Equal(p.cost.Decimal) {
		return nil
	}
	return fmt.Errorf("CloudKitty stored %s where -cost %s was sent: the price %s is not what was meant", m.Cost, p.cost.Decimal, m.ID)
}

func described(kind hashmap.Type, cost string) string {
	return string(kind) + " " + cost
}
