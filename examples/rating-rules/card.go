package main

import (
	"context"
	"flag"
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter/examples/internal/cli"
	"github.com/gophermeter/gophermeter/examples/internal/projects"
	"github.com/gophermeter/gophermeter/rating/hashmap"
)

// listing is the command card.
type listing struct {
	format  format
	zone    zone
	service string
	ended   bool
}

func card(fs *flag.FlagSet) cli.Action {
	var l listing
	l.format.register(fs)
	l.zone.register(fs)
	fs.StringVar(&l.service, "service", "", "only the prices of this `metric`")
	fs.BoolVar(&l.ended, "ended", false, "prices that do not hold any more, too (CloudKitty 23.0 and later)")
	return func(ctx context.Context, e *cli.Env) error {
		if err := l.format.check(); err != nil {
			return err
		}
		if err := l.zone.check(); err != nil {
			return err
		}
		return administrating(ctx, e, &l.zone, func(s *session) error {
			names, err := projects.Read(ctx, s.Conn, s.Program, s.Stderr)
			if err != nil {
				return err
			}
			r := &reader{session: s, projects: names, ended: l.ended}
			if err := r.read(ctx, l.service); err != nil {
				return err
			}
			return l.format.card(s.Out, r.prices)
		})
	}
}

// price is a rule of the card.
type price struct {
	ID string `json:"id"`
	// Service and Field are names; a price without a Field is for all of the service.
	Service string `json:"service"`
	Field   string `json:"field,omitempty"`
	// Value of the field.
	Value string `json:"value,omitempty"`
	// Level is the quantity, or number in the field, from which on a threshold holds; nil for mappings.
	Level *decimal.Decimal `json:"level,omitempty"`
	Type  hashmap.Type     `json:"type"`
	// Cost in one rating period.
	Cost      decimal.Decimal `json:"cost"`
	Group     string          `json:"group,omitempty"`
	ProjectID string          `json:"project_id,omitempty"`
	Project   string          `json:"project,omitempty"`
	// Start and End are when it holds; releases before 23.0 know no dates.
	Start time.Time  `json:"start,omitzero"`
	End   *time.Time `json:"end,omitempty"`
}

// reader collects the prices: before 23.0 there is no list of all, and of thresholds never.
type reader struct {
	*session
	projects projects.Names
	ended    bool
	groups   map[string]string
	prices   []price
}

// read takes every service, or one.
func (r *reader) read(ctx context.Context, only string) error {
	r.groups = map[string]string{}
	for g, err := range r.rules.Groups().All(ctx) {
		if err != nil {
			return err
		}
		r.groups[g.ID] = g.Name
	}
	if only != "" {
		service, err := r.rules.FindService(ctx, only)
		if err != nil {
			return err
		}
		return r.service(ctx, service)
	}
	for service, err := range r.rules.Services().All(ctx) {
		if err == nil {
			err = r.service(ctx, service)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) service(ctx context.Context, service hashmap.Service) error {
	if err := r.of(ctx, service.Name, hashmap.Field{}, parent{service: service.ID}); err != nil {
		return err
	}
	for field, err := range r.rules.Fields(service.ID).All(ctx) {
		if err == nil {
			err = r.of(ctx, service.Name, field, parent{field: field.ID})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// of takes the prices of a service without those of its fields, or of a field.
func (r *reader) of(ctx context.Context, service string, field hashmap.Field, p parent) error {
	for m, err := range r.rules.Mappings(p.mappings()).All(ctx) {
		if err != nil {
			return err
		}
		if ended(m, r.now()) && !r.ended {
			continue
		}
		r.prices = append(r.prices, price{
			ID: m.ID, Service: service, Field: field.Name, Value: m.Value, Type: m.Type, Cost: m.Cost, Group: r.groups[m.GroupID],
			ProjectID: m.ProjectID, Project: r.projects.Name(m.ProjectID), Start: m.Start, End: m.End,
		})
	}
	for t, err := range r.rules.Thresholds(p.thresholds()).All(ctx) {
		if err != nil {
			return err
		}
		r.prices = append(r.prices, price{
			ID: t.ID, Service: service, Field: field.Name, Level: &t.Level, Type: t.Type, Cost: t.Cost, Group: r.groups[t.GroupID],
			ProjectID: t.ProjectID, Project: r.projects.Name(t.ProjectID),
		})
	}
	return nil
}

func ended(m hashmap.Mapping, now time.Time) bool { return m.End != nil && !m.End.After(now) }

// parent is what a rule is for: one of the two ids.
type parent struct{ service, field string }

func (p parent) mappings() hashmap.MappingOptions {
	return hashmap.MappingOptions{ServiceID: p.service, FieldID: p.field}
}

func (p parent) thresholds() hashmap.ThresholdOptions {
	return hashmap.ThresholdOptions{ServiceID: p.service, FieldID: p.field}
}
