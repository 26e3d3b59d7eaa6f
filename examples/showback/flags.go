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
}

const about = `
Showback prints who used what in an OpenStack cloud.

  showback                                     last month, every project
  showback -month 2026-09 -tz Europe/Berlin    September as people in Berlin lived it
  showback -last 7 -daily                      the last 7 whole days, day by day
  showback -from 2026-09-14 -to 2026-09-21     the 14th to the 20th
  showback -by flavor -format csv > usage.csv  by flavor, for a spreadsheet
  showback -project web-shop -servers          each server of one project; needs no administrator
  OS_CLOUD=mycloud showback                    your cloud: an entry of clouds.yaml, or the OS_ variables
`

func setup(fs *flag.FlagSet) cli.Action {
	o := &options{flags: period.Register(fs)}
	fs.StringVar(&o.format, "format", "table", "table, json or csv")
	fs.StringVar(&o.project, "project", "", "only this project: `id` or name")
	fs.StringVar((*string)(&o.by), "by", "", "break down by project, flavor or state (default project)")
	fs.BoolVar(&o.daily, "daily", false, "break down by day, too")
	fs.BoolVar(&o.servers, "servers", false, "list every server")
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
	case tenantusage.ByProject, tenantusage.ByFlavor, tenantusage.ByState:
	default:
		return fmt.Errorf("-by %q is none of project, flavor, state", o.by)
	}
	if o.pageSize < 0 {
		return fmt.Errorf("-page-size %d is negative", o.pageSize)
	}
	o.Period, err = o.flags.Parse(e.Given)
	return err
}
