package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating"
	"github.com/gophermeter/gophermeter/tenantusage"
)

// byMetric is the breakdown that Nova does not have: what CloudKitty calls a metric, such as instance or volume.size.
const byMetric tenantusage.Dimension = "metric"

// costs are what was rated.
type costs struct {
	read     bool // false where the report goes without
	windows  []gophermeter.Window
	amounts  rating.Totals[subject]
	quantity rating.Totals[subject]
	units    map[string]string // of metrics whose points do not tell it
	projects map[string]bool   // that something was rated of
	flavors  bool              // some point told its flavor
	period   time.Duration     // the longest that was met
	last     time.Time         // end of the last period
	until    time.Time         // up to which all is rated; zero where nobody knows
}

// rating is the client of CloudKitty; nil where the report goes without cost.
func (c *cloud) rating() (client *rating.Client, err error) {
	if c.o.cost == never {
		return client, nil
	}
	client, err = rating.New(c.Conn)
	if c.o.cost == wherePossible && errors.Is(err, gophermeter.ErrNoService) {
		err = nil
	}
	return client, err
}

// readCost adds up the frames, the rated points themselves, although CloudKitty has sums, which are quicker to read: its
// Summary is not there on storage v1, whose reports are rounded; it adds floats, so that projects and metrics would
// come to totals that differ in their last digits; and it knows neither the flavors, which are mostly metadata, nor
// the days of other zones. Of frames every breakdown has the same total, to the last digit.
func (c *cloud) readCost(ctx context.Context, client *rating.Client, w gophermeter.Window, projectID string, rows []row) (costs, error) {
	k := costs{windows: c.o.pieces(w), projects: map[string]bool{}}
	if client == nil {
		return k, nil
	}
	c.progress.Stage("reading cost", "rating.Frames")
	before, err := c.ask(ctx, client, w, projectID)
	if errors.Is(err, gophermeter.ErrForbidden) && c.o.cost == wherePossible {
		c.notice("there is no cost in this report, for you may not read it: %v", err)
		return k, nil
	}
	if err == nil {
		err = c.addFrames(ctx, client, &k, framesOf(w, projectID), rows)
	}
	var after []rating.Reprocess
	if err == nil {
		after, err = tasks(ctx, client, projectID)
	}
	if err != nil && projectID == "" {
		err = c.names.Explain(err, "the cost")
	}
	if err != nil {
		return k, err
	}
	k.read = true
	c.ratedUntil(&k, w, before.scopes, rows)
	c.ratedAgain(&k, w, before.tasks, after)
	if c.o.by == tenantusage.ByFlavor && !k.flavors && k.period > 0 {
		c.notice("no rated point has an attribute %s: -flavor-attribute says what the flavor is called in your metrics.yml", c.o.flavorAttribute)
	}
	err = c.readUnits(ctx, client, &k)
	return k, err
}

// framesOf asks up to the next midnight, UTC: a rating period counts for the day and the window in which it begins, and
// one that begins before the end may end after it.
func framesOf(w gophermeter.Window, projectID string) rating.FrameOptions {
	w.End = w.Align(day).End
	return rating.FrameOptions{Window: w, ProjectID: projectID}
}

const day = 24 * time.Hour

// fits tells whether no period of that length crosses midnight, UTC. One that does may be missing in the answer.
func fits(p gophermeter.Window) bool {
	length := p.Duration()
	return length > 0 && day%length == 0 && p.Start.Truncate(length).Equal(p.Start)
}

func (c *cloud) addFrames(ctx context.Context, client *rating.Client, k *costs, o rating.FrameOptions, rows []row) error {
	servers := map[string]bool{}
	for i := range rows {
		servers[rows[i].ServerID] = true
	}
	end := k.windows[len(k.windows)-1].End
	for page, err := range client.Frames(o).Pages(ctx) {
		if err != nil {
			return err
		}
		for i := range page {
			f := &page[i]
			if !fits(f.Period) {
				return fmt.Errorf("%s was rated for %s, one of periods that do not fit into a day: what they cost cannot be put into windows", f.Metric, f.Period)
			}
			if f.Period.Start.Before(end) {
				c.add(k, f, servers)
			}
		}
		done := page[len(page)-1].Period.End.Sub(o.Window.Start)
		c.progress.Part(int(done/day), int(o.Window.Duration()/day), "days")
	}
	return nil
}

func (c *cloud) add(k *costs, f *rating.Frame, servers map[string]bool) {
	s := c.subjectOf(f, servers)
	s.start = k.windowOf(f.Period.Start).Start.Unix()
	k.amounts.Add(s, f.Price)
	k.quantity.Add(s, f.Quantity)
	k.flavors = k.flavors || s.flavor != "" && s.flavor != noFlavor
	k.projects[f.ProjectID] = true
	k.period = max(k.period, f.Period.Duration())
	if f.Period.End.After(k.last) {
		k.last = f.Period.End
	}
}

// windowOf is the day, or the whole window, in which t is.
func (k *costs) windowOf(t time.Time) gophermeter.Window {
	i, found := slices.BinarySearchFunc(k.windows, t, func(w gophermeter.Window, t time.Time) int { return w.Start.Compare(t) })
	if !found {
		i--
	}
	return k.windows[i]
}

// flavorOf is the flavor that a point tells; "" where it tells none.
func (o *options) flavorOf(f *rating.Frame) string {
	for _, name := range o.flavors {
		if flavor := f.Attributes.Get(name); flavor != "" {
			return flavor
		}
	}
	return ""
}

// readUnits are the units of metrics whose points do not tell it, those of API v1. They are a courtesy.
func (c *cloud) readUnits(ctx context.Context, client *rating.Client, k *costs) error {
	missing := false
	for s := range k.amounts.All() {
		missing = missing || s.metric != "" && s.unit == ""
	}
	if !missing {
		return nil
	}
	metrics, err := client.Metrics().Collect(ctx)
	if err != nil && ctx.Err() == nil {
		c.notice("quantities are without units, which cannot be read: %v", err)
		return nil
	}
	k.units = map[string]string{}
	for _, m := range metrics {
		k.units[m.ID] = m.Unit
	}
	return err
}
