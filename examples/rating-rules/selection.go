package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/examples/internal/cli"
	"github.com/gophermeter/gophermeter/examples/internal/projects"
	"github.com/gophermeter/gophermeter/rating/hashmap"
)

// selection are the flags that say which price is meant.
type selection struct {
	zone                                  zone
	service, field, value, group, project string
	noGroup, dryRun                       bool
	quotes                                texts
}

func (p *selection) register(fs *flag.FlagSet) {
	p.zone.register(fs)
	fs.StringVar(&p.service, "service", "", "`metric` that is rated, such as instance")
	fs.StringVar(&p.field, "field", "", "`attribute` of the metric, such as flavor_name; without it the price is for all of the service")
	fs.StringVar(&p.value, "value", "", "`value` of the attribute, such as m1.large")
	fs.StringVar(&p.group, "group", "", "`name` of the group that the price is in; the prices of several groups are added")
	fs.BoolVar(&p.noGroup, "no-group", false, "the price that is in no group")
	fs.StringVar(&p.project, "project", "", "price for one project alone: its `id` or name")
	fs.Var(&p.quotes, "quote", "`what` is quoted, such as 'm1.large x10'; may be given several times; one unit of what is changed by default")
	fs.BoolVar(&p.dryRun, "dry-run", false, "only say what would be done")
}

func (p *selection) check() error {
	switch {
	case p.service == "":
		return cli.Usage("-service is missing")
	case p.field != "" && p.value == "":
		return cli.Usage("-field needs -value: the price is for what has that value")
	case p.value != "" && p.field == "":
		return cli.Usage("-value needs -field: the attribute that has the value")
	case p.group != "" && p.noGroup:
		return cli.Usage("-group and -no-group contradict each other")
	case p.project != "" && p.quotes != nil:
		return cli.Usage("-quote does not go with -project: CloudKitty quotes by the prices for all projects alone")
	}
	return p.zone.check()
}

// items are what is quoted; nothing for the price of one project, by which CloudKitty does not quote.
func (p *selection) items() ([]item, error) {
	if p.project != "" {
		return nil, nil
	}
	if p.quotes == nil {
		attributes := map[string]string{}
		if p.field != "" {
			attributes[p.field] = p.value
		}
		return []item{newItem(p.service, attributes, decimal.NewFromInt(1))}, nil
	}
	var out []item
	for _, text := range p.quotes {
		i, err := parseItem(text, p.service, p.field)
		if err != nil {
			return nil, err
		}
		out = append(out, i)
	}
	return out, nil
}

// place is where a price is in the card. What does not exist yet has a name and no id.
type place struct {
	service   hashmap.Service
	field     hashmap.Field
	value     string
	group     hashmap.Group
	projectID string
	prices    []hashmap.Mapping // that hold or will hold there
	groups    []string          // of the other prices of the service or field
}

func (p *selection) find(ctx context.Context, s *session) (*place, error) {
	at := &place{value: p.value}
	var err error
	if p.project != "" {
		names, err := projects.Read(ctx, s.Conn, s.Program, s.Stderr)
		if err != nil {
			return nil, err
		}
		if at.projectID, err = names.Find(p.project); err != nil {
			return nil, err
		}
	}
	if at.service, err = s.rules.FindService(ctx, p.service); errors.Is(err, gophermeter.ErrNotFound) {
		at.service, err = hashmap.Service{Name: p.service}, nil
	}
	if err != nil {
		return nil, err
	}
	if at.field, err = p.findField(ctx, s, at.service); err != nil {
		return nil, err
	}
	if p.group != "" {
		if at.group, err = s.rules.FindGroup(ctx, p.group); errors.Is(err, gophermeter.ErrNotFound) {
			at.group, err = hashmap.Group{Name: p.group}, nil
		}
		if err != nil {
			return nil, err
		}
	}
	return at, p.findPrices(ctx, s, at)
}

func (p *selection) findField(ctx context.Context, s *session, service hashmap.Service) (hashmap.Field, error) {
	if p.field == "" || service.ID == "" {
		return hashmap.Field{Name: p.field}, nil
	}
	field, err := s.rules.FindField(ctx, service.ID, p.field)
	if errors.Is(err, gophermeter.ErrNotFound) {
		return hashmap.Field{Name: p.field}, nil
	}
	return field, err
}

// findPrices takes those of the value and the project, in the group or, where none is named, in any: a price that is
// changed in one group must not be added in another by mistake.
func (p *selection) findPrices(ctx context.Context, s *session, at *place) error {
	of := parent{field: at.field.ID}
	if at.field.Name == "" {
		of = parent{service: at.service.ID}
	}
	if of == (parent{}) {
		return nil
	}
	named := map[string]bool{}
	for m, err := range s.rules.Mappings(of.mappings()).All(ctx) {
		switch {
		case err != nil:
			return err
		case ended(m, s.now()):
		case m.Value != at.value || m.ProjectID != at.projectID:
			if m.GroupID != "" && !named[m.GroupID] {
				named[m.GroupID] = true
				at.groups = append(at.groups, m.GroupID)
			}
		case p.group != "" && (at.group.ID == "" || m.GroupID != at.group.ID), p.noGroup && m.GroupID != "":
		default:
			at.prices = append(at.prices, m)
		}
	}
	return nil
}

// one is the price that is there, or false, and puts the group that it is in into the place.
func (at *place) one(ctx context.Context, s *session) (m hashmap.Mapping, ok bool, err error) {
	switch len(at.prices) {
	case 0:
		return m, false, nil
	case 1:
		m = at.prices[0]
		return m, true, at.takeGroup(ctx, s, m.GroupID)
	}
	texts := make([]string, len(at.prices))
	for i, m := range at.prices {
		texts[i] = m.ID + " of " + m.Cost.String()
		if m.End != nil {
			texts[i] += " until " + clock(*m.End)
		}
	}
	return m, false, fmt.Errorf("%w: %s has %d prices that hold or will hold: %s; say -group or -no-group, or remove one by its id",
		gophermeter.ErrAmbiguous, at, len(texts), strings.Join(texts, ", "))
}

func (at *place) takeGroup(ctx context.Context, s *session, id string) (err error) {
	if id != "" && at.group.ID == "" {
		at.group, err = s.rules.GetGroup(ctx, id)
	}
	return err
}

// String is what the price is for.
func (at *place) String() string {
	if at.field.Name == "" {
		return at.service.Name
	}
	return at.service.Name + " " + at.field.Name + "=" + at.value
}
