package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gophermeter/gophermeter/tenantusage"
)

// options are the flags, checked.
type options struct {
	cloud, region string
	project       string // id or name; empty for all
	by            tenantusage.Dimension
	daily         bool
	servers       bool
	format        string
	pageSize      int
	verbose       bool
	zone          *time.Location
	window        windowFunc
}

const samples = `Showback prints who used what in an OpenStack cloud.

  showback                                     last month, every project
  showback -month 2026-09 -tz Europe/Berlin    September as people in Berlin lived it
  showback -last 7 -daily                      the last 7 whole days, day by day
  showback -from 2026-09-14 -to 2026-09-21     the 14th to the 20th
  showback -by flavor -format csv > usage.csv  by flavor, for a spreadsheet
  showback -project web-shop -servers          each server of one project; needs no administrator
  OS_CLOUD=mycloud showback                    your cloud: an entry of clouds.yaml, or the OS_ variables

Without -cloud, OS_CLOUD and OS_AUTH_URL it reads an embedded demo cloud.

Flags:
`

func newFlags(o *options, w *windowFlags) *flag.FlagSet {
	fs := flag.NewFlagSet("showback", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	fs.StringVar(&w.month, "month", "", "calendar `month`, such as 2026-09; the default is the last whole one")
	fs.IntVar(&w.last, "last", 0, "`days`: so many whole ones before today")
	fs.StringVar(&w.from, "from", "", "first `instant` of the window: a date, or RFC 3339 such as 2026-09-14T08:00:00+02:00")
	fs.StringVar(&w.to, "to", "", "`instant` at which the window ends, itself not included; the default is now")
	fs.StringVar(&w.zone, "tz", "UTC", "time `zone` of months and days: an IANA name, or Local")
	fs.StringVar(&o.format, "format", "table", "table, json or csv")
	fs.StringVar(&o.project, "project", "", "only this project: `id` or name")
	fs.StringVar((*string)(&o.by), "by", "", "break down by project, flavor or state (default project)")
	fs.BoolVar(&o.daily, "daily", false, "break down by day, too")
	fs.BoolVar(&o.servers, "servers", false, "list every server")
	fs.StringVar(&o.cloud, "cloud", "", "`name` of an entry in clouds.yaml; wins over OS_CLOUD")
	fs.StringVar(&o.region, "region", "", "region `name`; wins over OS_REGION_NAME")
	fs.IntVar(&o.pageSize, "page-size", 0, "`servers` in a page of Nova's answer; 0 leaves it to Nova")
	fs.BoolVar(&o.verbose, "v", false, "log each request to stderr")
	return fs
}

func usageText() string {
	var b strings.Builder
	b.WriteString(samples)
	fs := newFlags(&options{}, &windowFlags{})
	fs.SetOutput(&b)
	fs.PrintDefaults()
	return b.String()
}

func parseFlags(args []string) (*options, error) {
	o, w := &options{}, &windowFlags{}
	fs := newFlags(o, w)
	if err := fs.Parse(args); err != nil {
		return nil, err
	}
	if fs.NArg() > 0 {
		return nil, fmt.Errorf("%q is not a flag", fs.Arg(0))
	}
	var err error
	fs.Visit(func(f *flag.Flag) {
		// A flag that is given and says nothing, as -project "$UNSET" does, must not widen the report.
		if f.Value.String() == "" {
			err = fmt.Errorf("-%s is empty", f.Name)
		}
		w.given = append(w.given, f.Name)
	})
	if err != nil {
		return nil, err
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	o.zone, o.window, err = w.parse()
	return o, err
}

func (o *options) check() error {
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
	return nil
}
