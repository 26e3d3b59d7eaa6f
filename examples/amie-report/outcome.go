package main

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter/amie/bridge"
	"github.com/gophermeter/gophermeter/amie/journal"
	"github.com/gophermeter/gophermeter/usage"
)

// corrected counts a correction.
func corrected[R usage.Record](c *correction, of bridge.Correction[R]) {
	c.New += of.New
	c.Changed += of.Changed
	c.TakenBack += of.TakenBack
	c.Unchanged += of.Unchanged
	for _, r := range of.Vanished {
		c.Vanished = append(c.Vanished, troubleOf(r.Key(), chargeOf(r), "vanished", ""))
	}
	for _, r := range of.Doubtful {
		c.Doubtful = append(c.Doubtful, troubleOf(r.Key(), chargeOf(r), "doubtful", ""))
	}
}

func chargeOf[R usage.Record](r R) decimal.Decimal {
	switch r := any(r).(type) {
	case usage.ComputeRecord:
		return r.Charge
	case usage.StorageRecord:
		return r.Charge
	}
	return decimal.Zero
}

func troubleOf(k usage.Key, charge decimal.Decimal, state, says string) trouble {
	return trouble{Resource: k.Resource, Record: k.LocalRecordID, Charge: charge, State: state, Says: says}
}

// delivered tells what a Deliver has done.
func (r *summary) delivered(d journal.Delivery) {
	r.Delivery = &delivery{Submitted: d.Submitted, Failed: d.Failed, Unsent: d.Refused + d.NotSent, Unknown: d.Unknown}
	for _, f := range d.Unmatched {
		r.Open = append(r.Open, trouble{Resource: f.Resource, Record: f.LocalRecordID, State: "returned", Says: f.Error})
	}
}

// outcome reads the states of all records from the journal, for what was sent on another day may have failed today.
func (r *summary) outcome(d *desk) (err error) {
	if r.Journal, err = d.Counts(); err != nil {
		return err
	}
	for e, err := range d.Entries(journal.Failed, journal.Unknown, journal.Submitted) {
		if err != nil {
			return err
		}
		state := string(e.State)
		if e.State == journal.Submitted {
			if e.Error == "" {
				continue
			}
			state = "mismatched" // it was loaded, with another charge
		}
		charge := decimal.Zero
		switch {
		case e.Compute != nil:
			charge = e.Compute.Charge
		case e.Storage != nil:
			charge = e.Storage.Charge
		}
		r.Open = append(r.Open, troubleOf(e.Key, charge, state, e.Error))
	}
	return nil
}

// verdict is an error where somebody has to do something.
func (r *summary) verdict() error {
	var all []error
	switch n := len(r.Problems); {
	case n == 0:
	case r.dryRun || r.partial:
		all = append(all, fmt.Errorf("%s: what they concern is in no record", counted(n, "problem")))
	default:
		all = append(all, fmt.Errorf("%s: nothing was sent; complete the mapping, or send the rest by -partial", counted(n, "problem")))
	}
	if n := len(r.Open); n > 0 {
		all = append(all, fmt.Errorf("%s failed, unknown or charged otherwise", counted(n, "record")))
	}
	return joined(all...)
}

// notes are what the report cannot know.
func (r *summary) notes() {
	note := func(format string, args ...any) { r.Notes = append(r.Notes, fmt.Sprintf(format, args...)) }
	if n := r.instances; n.all > 0 {
		who := "Nova does not say whose an instance is:"
		if r.used.hasUsers {
			who = "Nova does not say whose an instance is. The rating service does of some: the other"
		}
		note("%s %d of %s are charged to the username of their project.", who, n.forProject, counted(n.all, "compute record"))
		note("Nova knows the present state and flavor only: every instance is charged as active since its launch, with the flavor of now; %s not active now.", isOrAre(r.used.idle))
		note("Time before an instance was resized, rescued, rebuilt or unshelved last is not in Nova's accounting, nor are instances whose rows were archived.")
	}
	if len(r.used.volumes) > 0 && !r.used.settled {
		note("The rating service does not tell whether it is done with these days: storage may be missing.")
	}
	if n := r.Journal[journal.Submitted]; n > 0 {
		note("%s submitted and may yet fail: call again to see. Of storage the service never says that it was loaded.", isOrAre(n))
	}
}

func counted(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}

func isOrAre(n int) string {
	if n == 1 {
		return "1 is"
	}
	return fmt.Sprintf("%d are", n)
}
