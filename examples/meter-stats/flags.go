package main

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gophermeter/gophermeter/examples/internal/cli"
	"github.com/gophermeter/gophermeter/examples/internal/period"
)

// options are the flags.
type options struct {
	scope
	*period.Period
	flags      *period.Flags
	meter      string
	every      every
	groupBy    groups
	aggregates chosen
	unit       string
	format     string
	plot       string
	draw       string
	size       size
}

const about = `
Meter-stats prints statistics of what Ceilometer has measured, by period and group.

  meter-stats                                        cpu_util, day by day, last month
  meter-stats meters                                 what is measured
  meter-stats -group-by project -period none         one row for each project
  meter-stats -meter memory.usage -period 6h -last 2 four rows for each of two days
  meter-stats -project web-shop -metadata flavor.vcpus=integer::8
                                                     servers of one project with 8 vCPUs
  meter-stats -aggregates avg,stddev,resources       other numbers than the usual ones
  meter-stats -meter memory.usage -period 6h -group-by project,flavor -plot memory.svg
                                                     a picture, with a line for each project and flavor
  OS_CLOUD=mycloud meter-stats                       your cloud: an entry of clouds.yaml, or the OS_ variables

Administrators see every project, others their own.
`

func setup(fs *flag.FlagSet) cli.Action {
	o := &options{flags: period.Register(fs), every: every{day: true}, size: size{800, 400}}
	o.register(fs)
	fs.StringVar(&o.meter, "meter", "cpu_util", "`name` of the meter; the command meters lists them")
	fs.Var(&o.every, "period", "`length` of a period: day is a calendar day in -tz, 1h or 24h is counted from the start of the window,\nnone is the window as a whole")
	fs.Var(&o.groupBy, "group-by", "a row for each `group`: "+strings.Join(groupNames(), ", ")+";\nseveral with commas, or repeated. Samples without a flavor are in no row by flavor")
	fs.Var(&o.aggregates, "aggregates", "`numbers` to be computed, with commas: "+strings.Join(statNames(), ", ")+";\nthe last three are how many different ones have samples (default samples,min,max,avg,sum)")
	fs.StringVar(&o.unit, "unit", "", "only samples in this `unit`, where a meter has several")
	fs.StringVar(&o.format, "format", "table", "table, json or csv")
	fs.StringVar(&o.plot, "plot", "", "draw the statistics into a `file`, PNG or SVG by its ending")
	fs.StringVar(&o.draw, "draw", "", "`number` that the plot shows (default avg, or the first of -aggregates)")
	fs.Var(&o.size, "size", "`pixels` of the plot")
	return o.report
}

func (o *options) check(e *cli.Env) (err error) {
	if formats[o.format] == nil {
		return fmt.Errorf("-format %q is none of csv, json, table", o.format)
	}
	if err := o.scope.check(); err != nil {
		return err
	}
	if err := o.checkPlot(e); err != nil {
		return err
	}
	o.Period, err = o.flags.Parse(e.Given)
	return err
}

func (o *options) checkPlot(e *cli.Env) error {
	numbers := o.aggregates.names()
	switch {
	case o.plot == "" && (e.Given("draw") || e.Given("size")):
		return errors.New("-draw and -size need -plot")
	case o.plot == "":
		return nil
	case pictures[ending(o.plot)] == nil:
		return fmt.Errorf("-plot %q ends in neither .png nor .svg", o.plot)
	case o.every.none():
		return errors.New("-plot needs periods, and -period none makes a single one")
	case o.draw == "" && slices.Contains(numbers, "avg"):
		o.draw = "avg"
	case o.draw == "":
		o.draw = numbers[0]
	case !slices.Contains(numbers, o.draw):
		return fmt.Errorf("-draw %q is none of the numbers of the report: %s", o.draw, strings.Join(numbers, ", "))
	}
	return nil
}

// every is the length of a period; the zero value is the window as a whole.
type every struct {
	day    bool
	length time.Duration
}

func (p *every) none() bool { return *p == every{} }

// String is what people write.
func (p *every) String() string {
	switch {
	case p.day:
		return "day"
	case p.none():
		return "none"
	}
	text := p.length.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}

// Set reads the flag.
func (p *every) Set(text string) error {
	switch text {
	case "day":
		*p = every{day: true}
		return nil
	case "none":
		*p = every{}
		return nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 || d > 366*24*time.Hour || d%time.Second != 0 {
		return errors.New("write day, none, or whole seconds up to a year, such as 15m or 24h")
	}
	*p = every{length: d}
	return nil
}

// size is that of the plot, in pixels of a screen with 96 in an inch.
type size struct{ width, height int }

func (s *size) String() string {
	if *s == (size{}) {
		return ""
	}
	return fmt.Sprintf("%dx%d", s.width, s.height)
}

// Set reads the flag.
func (s *size) Set(text string) error {
	var read size
	if _, err := fmt.Sscanf(text, "%dx%d", &read.width, &read.height); err != nil || read.String() != text {
		return errors.New("write it as 800x400")
	}
	if min(read.width, read.height) < 300 || max(read.width, read.height) > 5000 {
		return errors.New("each side is 300 to 5000")
	}
	*s = read
	return nil
}
