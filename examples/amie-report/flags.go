package main

import (
	_ "embed"
	"flag"
	"fmt"
	"os"

	"github.com/gophermeter/gophermeter/amie"
	"github.com/gophermeter/gophermeter/amie/bridge"
	"github.com/gophermeter/gophermeter/examples/internal/cli"
)

// keyVariable has the API key: a flag would show it to everybody on the machine.
const keyVariable = "AMIE_API_KEY"

//go:embed mapping.json
var demoMapping []byte

// options are the flags.
type options struct {
	days                                      dayFlags
	config, journal, site, url, format        string
	dryRun, partial, void, retry, repeat, cat bool
	client                                    []amie.Option
}

const about = `
Amie-report tells ACCESS what the projects of an OpenStack cloud used.

  amie-report                                       the demo cloud's last day, to a demo service
  amie-report -print-config > mapping.json          a mapping to begin with
  amie-report -config mapping.json -dry-run         your cloud's last whole day, looked at and not sent
  amie-report -config mapping.json -journal j.db -site EXAMPLE
                                                    the same, sent to ACCESS; the API key is in AMIE_API_KEY
  amie-report ... -day 2026-09-30                   another day; repeat it after a correction of the mapping
  amie-report ... -from 2026-09-24 -to 2026-10-01   the 24th to the 30th

It reads instances from Nova and volumes from CloudKitty, makes one record for each instance and day and one for each
owner's storage and day, and hands them to the service by way of the journal, so that it may be killed at any time and
called again: what was sent is not sent twice, and what changed is restated. Days are those of UTC, and over.

What the mapping does not know (projects, users, flavors, volume types) is listed, and nothing is sent before that list
is empty; -partial sends the rest. The status is 0 when everything is reported and nothing failed.
`

func (o *options) register(fs *flag.FlagSet) {
	o.days.register(fs)
	fs.StringVar(&o.config, "config", "", "`file` with the mapping of projects, users, flavors and rates")
	fs.StringVar(&o.journal, "journal", "", "`file` in which it is written down what was sent, one for each cloud and service; it is made if need be")
	fs.StringVar(&o.site, "site", "", "`name` of the site at ACCESS")
	fs.StringVar(&o.url, "amie-url", amie.DefaultURL, "base `URL` of the AMIE Usage API")
	fs.StringVar(&o.format, "format", "table", "table or json")
	fs.BoolVar(&o.dryRun, "dry-run", false, "print the records, and touch neither the journal nor the service")
	fs.BoolVar(&o.partial, "partial", false, "send what can be mapped, though something cannot; the status is 1 then")
	fs.BoolVar(&o.void, "void", false, "take back the charges of instances that Nova does not know any more")
	fs.BoolVar(&o.retry, "retry-failed", false, "send again what failed, as after the service has learnt of an allocation")
	fs.BoolVar(&o.repeat, "repeat-storage", false, "send storage records again whose answer was lost, trusting that the later one counts")
	fs.BoolVar(&o.cat, "print-config", false, "print the mapping of the demo cloud, to begin with")
}

// check holds the flags against one another.
func (o *options) check(e *cli.Env) error {
	if formats[o.format] == nil {
		return fmt.Errorf("-format %q is neither table nor json", o.format)
	}
	if err := o.days.check(e.Given); err != nil {
		return err
	}
	if o.dryRun {
		for _, name := range []string{"void", "retry-failed", "repeat-storage"} {
			if e.Given(name) {
				return fmt.Errorf("-%s is about the journal, which -dry-run does not touch", name)
			}
		}
	}
	if e.Embedded() {
		for _, name := range []string{"site", "amie-url"} {
			if e.Given(name) {
				return fmt.Errorf("-%s is for a cloud of yours: ACCESS must not hear of the demo cloud", name)
			}
		}
		return nil
	}
	return o.checkReal()
}

// checkReal looks for what only the demo cloud has of its own.
func (o *options) checkReal() error {
	switch {
	case o.config == "":
		return fmt.Errorf("-config is missing; -print-config prints one to begin with")
	case o.dryRun:
	case o.journal == "":
		return fmt.Errorf("-journal is missing: without one a record may be sent twice, or never")
	case o.site == "":
		return fmt.Errorf("-site is missing: the name that ACCESS gave to the site")
	case os.Getenv(keyVariable) == "":
		return fmt.Errorf("the variable %s is empty: it has the site's API key", keyVariable)
	}
	return nil
}

// mapping reads the configuration.
func (o *options) mapping() (bridge.Config, error) {
	if o.config == "" {
		return bridge.ReadConfig(demoMapping)
	}
	text, err := os.ReadFile(o.config)
	if err != nil {
		return bridge.Config{}, err
	}
	c, err := bridge.ReadConfig(text)
	if err != nil {
		return c, fmt.Errorf("%s: %w", o.config, err)
	}
	return c, nil
}
