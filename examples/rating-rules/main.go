// Rating-rules prints CloudKitty's rate card and changes a price of it: a mapping of the hashmap module. What a change
// does to a bill is quoted before and after.
//
//	go run ./examples/rating-rules                                        # the rate card of the embedded demo cloud
//	go run ./examples/rating-rules set -service instance -field flavor_name -value m1.large -cost 0.12
//	go run ./examples/rating-rules -h                                     # commands and sample calls
package main

import (
	"os"

	"github.com/gophermeter/gophermeter/examples/internal/cli"
)

func main() { os.Exit(program.Main()) }

const about = `
Rating-rules prints CloudKitty's rate card, and adds, changes and removes prices of it.

  rating-rules                                       the rate card
  rating-rules card -service instance -format json   the prices of one service, in JSON
  rating-rules set -service instance -field flavor_name -value m1.large -cost 0.12
                                                     a price, and what one of it costs before and after
  rating-rules set -service instance -field flavor_name -value m1.large -cost 0.12 -quote 'm1.large x10' -dry-run
                                                     what would be done, and what ten of it cost now
  rating-rules set -service volume.size -field volume_type -value nvme -type rate -cost 1.75 -quote 'nvme x100'
  rating-rules set -service volume.size -cost 0.0001 -project web-shop
  rating-rules quote -service instance -desc flavor_name=m1.large -volume 10
  rating-rules remove -service instance -field flavor_name -value m1.large
  OS_CLOUD=mycloud rating-rules                      your cloud: an entry of clouds.yaml, or the OS_ variables

Prices are those of one unit in one rating period, an hour unless the operator of the cloud chose another.
`

var program = cli.Program{
	Name: "rating-rules", About: about, Setup: card,
	Verbs: []cli.Verb{
		{Name: "card", About: "Card prints the prices of the hashmap module.", Setup: card},
		{Name: "set", About: "Set adds a price or changes the one that is there.", Setup: set},
		{Name: "remove", About: "Remove takes a price out of the card.", Args: "[ID]", Setup: remove},
		{Name: "quote", About: "Quote asks what a resource costs in a rating period.", Setup: quote},
	},
}
