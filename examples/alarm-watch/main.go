// Alarm-watch lists, makes, changes and watches alarms: Aodh's, or those that Ceilometer had up to Liberty. A watch
// prints each change of an alarm's state as it happens.
//
//	go run ./examples/alarm-watch        # the alarms of the embedded demo cloud
//	go run ./examples/alarm-watch demo   # an alarm from its creation to its deletion
//	go run ./examples/alarm-watch -h     # commands and sample calls
package main

import (
	"os"

	"github.com/gophermeter/gophermeter/examples/internal/cli"
)

func main() { os.Exit(program.Main()) }

const about = `
Alarm-watch lists, makes, changes and watches alarms.

  alarm-watch                                        the alarms of your project
  alarm-watch demo                                   an alarm's life in a second, on the embedded cloud
  alarm-watch history server-gone                    what happened to an alarm
  alarm-watch watch server-gone                      each change of its state as it happens, until Ctrl-C
  alarm-watch watch -for 8h -format json server-gone a JSON object a line, for a working day
  alarm-watch create -name server-gone -type event -event-type 'compute.instance.delete.*' \
      -severity critical -alarm-action https://pager.example/gone
  alarm-watch create -name busy -type gnocchi_resources_threshold -metric cpu -resource-type instance \
      -resource-id UUID -aggregation-method rate:mean -granularity 300 -comparison-operator gt -threshold 48e9
  alarm-watch update -threshold 54e9 -enabled false busy
  alarm-watch state busy ok                          until the next evaluation finds something else
  OS_CLOUD=mycloud alarm-watch list -all-projects    your cloud: an entry of clouds.yaml, or the OS_ variables

What is made in the embedded cloud is gone when the program ends; a cloud that stays is examples/demo-cloud.
`

var program = cli.Program{
	Name: "alarm-watch", About: about, Setup: list,
	Verbs: []cli.Verb{
		{Name: "list", About: "List prints the alarms of the project, or of all.", Setup: list},
		{Name: "show", About: "Show prints all that is known of an alarm.", Args: "NAME|ID", Setup: show},
		{Name: "create", About: "Create makes an alarm.", Setup: create},
		{Name: "update", About: "Update changes what the flags name, and keeps the rest.", Args: "NAME|ID", Setup: update},
		{Name: "state", About: "State sets the state until the next evaluation.", Args: "NAME|ID ok|alarm|'insufficient data'", Setup: state},
		{Name: "delete", About: "Delete removes an alarm and its history.", Args: "NAME|ID", Setup: remove},
		{Name: "history", About: "History prints what happened to an alarm, the newest first.", Args: "NAME|ID", Setup: history},
		{Name: "watch", About: "Watch prints each change of the state as it happens.", Args: "NAME|ID", Setup: watch},
		{Name: "demo", About: "Demo makes, changes, watches and deletes an alarm of the embedded cloud.", Setup: demo},
	},
}
