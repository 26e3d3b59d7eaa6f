package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter/rating/hashmap"
)

// change is work on the card in steps, with quotes before and after.
type change struct {
	*session
	items   []item
	project string
	dryRun  bool
	steps   []string
}

// run quotes, has the work done, quotes again and tells of it. The work says from when on it counts.
func (c *change) run(ctx context.Context, work func() (from time.Time, err error)) error {
	before, err := c.quotes(ctx, c.items)
	if err != nil {
		return err
	}
	from, err := work()
	if err != nil {
		return c.after(err)
	}
	head := "Done:"
	if c.dryRun {
		head = "Would be done:"
	}
	fmt.Fprintf(c.Out, "%s\n  %s\n", head, strings.Join(c.steps, "\n  "))
	switch {
	case c.project != "":
		c.notice("no quote: CloudKitty quotes by the prices for all projects, and not by those of %s", c.project)
		return nil
	case c.dryRun:
		return c.compare(before, nil)
	case !from.IsZero():
		fmt.Fprintf(c.Out, "It counts from %s on: until then CloudKitty quotes as before.\n", clock(from))
		return c.compare(before, nil)
	}
	after, err := c.quotes(ctx, c.items)
	if err != nil {
		return c.after(err)
	}
	if slices.EqualFunc(before, after, decimal.Decimal.Equal) {
		c.notice("the change does not show in what was quoted")
	}
	return c.compare(before, after)
}

// after tells with a failure what was done before.
func (c *change) after(err error) error {
	if c.dryRun || len(c.steps) == 0 {
		return err
	}
	return fmt.Errorf("%w (done before that: %s)", err, strings.Join(c.steps, ", "))
}

func (c *change) compare(before, after []decimal.Decimal) error {
	fmt.Fprintf(c.Out, "\nOf %s, in one rating period:\n\n", c.items[0].resource.Service)
	return compared(c.items, before, after).Write(c.Out)
}

// step does one thing, unless it is a dry run.
func (c *change) step(what string, do func() error) error {
	if !c.dryRun {
		if err := do(); err != nil {
			return err
		}
	}
	c.steps = append(c.steps, what)
	return nil
}

// make makes what the price needs and the card does not have.
func (c *change) make(ctx context.Context, at *place) (err error) {
	if at.service.ID == "" {
		err = c.step("new service "+at.service.Name, func() error {
			at.service, err = c.rules.CreateService(ctx, at.service.Name)
			return err
		})
	}
	if err == nil && at.field.Name != "" && at.field.ID == "" {
		err = c.step("new field "+at.field.Name, func() error {
			at.field, err = c.rules.CreateField(ctx, at.service.ID, at.field.Name)
			return err
		})
	}
	if err == nil && at.group.Name != "" && at.group.ID == "" {
		err = c.step("new group "+at.group.Name, func() error {
			at.group, err = c.rules.CreateGroup(ctx, at.group.Name)
			return err
		})
	}
	return err
}

// named is a step with a price: of what, for whom, and in which group if one was named.
func (c *change) named(at *place, what, price string) string {
	text := what + " of " + at.String()
	if at.group.Name != "" {
		text += " in the group " + at.group.Name
	}
	if c.project != "" {
		text += " for " + c.project
	}
	return text + ": " + price
}

// without are mappings that are left when one is gone.
func without(all []hashmap.Mapping, id string) (n int) {
	for _, m := range all {
		if m.ID != id {
			n++
		}
	}
	return n
}
