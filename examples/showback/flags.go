package main

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gophermeter/gophermeter/examples/internal/cli"
	"github.com/gophermeter/gophermeter/examples/internal/period"
	"github.com/gophermeter/gophermeter/tenantusage"
)

// options are the flags.
type options struct {
	*period.Period
	flags    *period.Flags
	project  string // id or name; empty for all
	by       tenantusage.Dimension
	daily    bool
	servers  bool
	format   string
	pageSize int

	withCost        bool // as it was given
	cost            need
	flavorAttribute string // as it was given
	flavors         []string
}

// need is what is done about cost.
type need int

const (
	wherePossible need = iota
	always
	never
)

const about = `
Showback prints who used what in an OpenStack cloud, and what it cost.

  showback                                     last month, every project
  showback -month 2026-09 -tz Europe/Berlin    September as people in Berlin lived it
  showback -last 7 -daily                      the last 7 whole days, day by day
  showback -from 2026-09-14 -to 2026-09-21     the 14th to the 20th
  showback -by flavor -format csv > usage.csv  by flavor, for a spreadsheet
  showback -by metric                          what is rated: servers, volumes, traffic
  showback -project web-shop -servers          each server of one project; needs no administrator
  OS_CLOUD=mycloud showback                    your cloud: an entry of clouds.yaml, or the OS_ variables

Usage is Nova's, to the second. Cost is the sum of all that CloudKitty rated, in the currency of its operator, exact
but in the table, which rounds: a rating period, mostly an hour, belongs to the day and the window in which it
begins. What has usage and no cost was not rated; cost of no flavor or server has a row of its own. A name that
a spreadsheet would take for a formula has a ' in front in CSV.
`

func setup(fs *flag.FlagSet) cli.Action {
	o := &options{flags: period.Register(fs)}
	fs.StringVar(&o.format, "format", "table", "table, json or csv")
	fs.StringVar(&o.project, "project", "", "only this project: `id` or name")
	fs.StringVar((*string)(&o.by), "by", "", "break down by project, metric, flavor or state (default project)")
	fs.BoolVar(&o.daily, "daily", false, "break down by day, too")
	fs.BoolVar(&o.servers, "servers", false, "list every server")
	fs.BoolVar(&o.withCost, "cost", false, "fail where there is no cost to read; -cost=false does not ask for any (default cost where the cloud rates)")
	fs.StringVar(&o.flavorAttribute, "flavor-attribute", "flavor_name,flavor", "`names` that the flavor may have in rated points, the first one first")
	fs.IntVar(&o.pageSize, "page-size", 0, "`servers` in a page of Nova's answer; 0 leaves it to Nova")
	return o.report
}

func (o *options) check(e *cli.Env) (err error) {
	if formats[o.format] == nil {
		return fmt.Errorf("-format %q is none of %s", o.format, strings.Join(slices.Sorted(maps.Keys(formats)), ", "))
	}
	if o.servers && (o.by != "" || o.daily) {
		return errors.New("-servers lists servers over the whole window: it goes with neither -by nor -daily")
	}
	switch o.by {
	case "":
		o.by = tenantusage.ByProject
	case tenantusage.ByProject, tenantusage.ByFlavor, tenantusage.ByState, byMetric:
	default:
		return fmt.Errorf("-by %q is none of project, metric, flavor, state", o.by)
	}
	if err := o.checkCost(e); err != nil {
		return err
	}
	if o.pageSize < 0 {
		return fmt.Errorf("-page-size %d is negative", o.pageSize)
	}
	o.Period, err = o.flags.Parse(e.Given)
	return err
}

func (o *options) checkCost(e *cli.Env) error {
	switch given := e.Given("cost"); {
	case given && o.withCost && o.by == tenantusage.ByState:
		return errors.New("-cost does not go with -by state: CloudKitty does not know states")
	case given && !o.withCost && o.by == byMetric:
		return errors.New("-cost=false does not go with -by metric, which has nothing else")
	case given && !o.withCost, o.by == tenantusage.ByState:
		o.cost = never
	case given, o.by == byMetric:
		o.cost = always
	}
	if e.Given("flavor-attribute") && (o.by != tenantusage.ByFlavor || o.cost == never) {
		return errors.New("-flavor-attribute is for the cost of -by flavor")
	}
	for name := range strings.SplitSeq(o.flavorAttribute, ",") {
		o.flavors = append(o.flavors, strings.TrimSpace(name))
	}
	if slices.Contains(o.flavors, "") {
		return fmt.Errorf("-flavor-attribute %q has an empty name", o.flavorAttribute)
	}
	return nil
}
