// Amie-report tells ACCESS what the projects of an OpenStack cloud used: it reads a day from Nova and CloudKitty, maps
// it to AMIE usage records, sends them by a journal that survives being killed, and prints what became of them.
//
//	go run ./examples/amie-report       # the embedded demo cloud, and an AMIE service with it
//	go run ./examples/amie-report -h    # flags and sample calls
package main

import (
	"flag"
	"os"

	"github.com/gophermeter/gophermeter/amie"
	"github.com/gophermeter/gophermeter/examples/internal/cli"
)

func main() { os.Exit(newProgram().Main()) }

// newProgram makes the program, with further properties of its client of AMIE.
func newProgram(client ...amie.Option) cli.Program {
	return cli.Program{Name: "amie-report", About: about, Setup: func(fs *flag.FlagSet) cli.Action {
		o := &options{client: client}
		o.register(fs)
		return o.report
	}}
}
