// Package cli is what the command lines of the examples have in common: flags of OpenStack users, a status that
// scripts can rely on, errors on one line, and no half of a report on stdout.
package cli

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/gophermeter/gophermeter/examples/internal/table"
)

// Program is an example: one command, or several that are told apart by their first argument.
type Program struct {
	// Name of the program, in front of every line that it prints on stderr.
	Name string
	// About is what -h prints before the flags: what it does, and sample calls.
	About string
	// Setup is the command of a program that has no verbs, and of a call without one. Nil demands a verb.
	Setup Setup
	// Verbs are further commands, in the order in which -h lists them.
	Verbs []Verb
}

// Verb is a command that is called by its name: program verb -flags.
type Verb struct {
	Name, About string
	// Args names what comes after the flags, as -h prints it; empty takes nothing.
	Args  string
	Setup Setup
}

// Setup registers the flags of a command and returns what is done once they are parsed.
type Setup func(fs *flag.FlagSet) Action

// Action does the work. An error made by [Usage] is about the flags; it ends with status 2, others with 1.
type Action func(ctx context.Context, e *Env) error

// Main runs the program as its process was called. Ctrl-C cancels the context; a second one ends the process at
// once.
func (p Program) Main() (status int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop)
	return p.Run(ctx, os.Args[1:], os.Stdout, os.Stderr)
}

// Run is the program without the process around it: its result is the exit status.
func (p Program) Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	v, args, err := p.verb(args)
	if err != nil {
		return p.misused(stderr, "", err)
	}
	e := &Env{Program: p.Name, Stdout: stdout, Stderr: stderr, given: map[string]bool{}}
	fs := flagSet(p.Name)
	action := v.setup(fs, e)
	switch err := e.parse(fs, v, args); {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, p.help(v))
		return 0
	case err != nil:
		return p.misused(stderr, v.Name, err)
	}
	// Nothing is printed before everything was read: half a report looks like a whole one.
	var out bytes.Buffer
	e.Out = &out
	if err := action(ctx, e); err != nil {
		if misuse := (*usageError)(nil); errors.As(err, &misuse) {
			return p.misused(stderr, v.Name, err)
		}
		if ctx.Err() != nil {
			err = errors.New("interrupted")
		}
		return p.failed(stderr, err)
	}
	if _, err := out.WriteTo(stdout); err != nil {
		return p.failed(stderr, err)
	}
	return 0
}

// verb is the command that the arguments call, and what is left of them.
func (p Program) verb(args []string) (Verb, []string, error) {
	if len(args) > 0 && len(p.Verbs) > 0 && !strings.HasPrefix(args[0], "-") {
		for _, v := range p.Verbs {
			if v.Name == args[0] {
				return v, args[1:], nil
			}
		}
		return Verb{}, nil, fmt.Errorf("%q is none of %s", args[0], strings.Join(p.verbs(), ", "))
	}
	if p.Setup == nil && !slices.Contains(args, "-h") {
		return Verb{}, nil, fmt.Errorf("say what to do: %s", strings.Join(p.verbs(), ", "))
	}
	return Verb{Setup: p.Setup}, args, nil
}

func (p Program) verbs() (names []string) {
	for _, v := range p.Verbs {
		names = append(names, v.Name)
	}
	return names
}

// setup registers the flags that every command has, and the command's own.
func (v Verb) setup(fs *flag.FlagSet, e *Env) Action {
	fs.StringVar(&e.Cloud, "cloud", "", "`name` of an entry in clouds.yaml; wins over OS_CLOUD")
	fs.StringVar(&e.Region, "region", "", "region `name`; wins over OS_REGION_NAME")
	fs.BoolVar(&e.Verbose, "v", false, "log each request to stderr")
	if v.Setup == nil {
		return nil
	}
	return v.Setup(fs)
}

func flagSet(name string) *flag.FlagSet {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	return fs
}

func (p Program) misused(stderr io.Writer, verb string, err error) int {
	fmt.Fprintf(stderr, "%s: %s (%s -h explains)\n", p.Name, oneLine(err), strings.TrimSpace(p.Name+" "+verb))
	return 2
}

func (p Program) failed(stderr io.Writer, err error) int {
	fmt.Fprintf(stderr, "%s: %s\n", p.Name, oneLine(err))
	return 1
}

// oneLine is an error without what would control the terminal: there are names in it, which are their owners' to choose.
func oneLine(err error) string {
	return table.Printable(strings.Join(strings.Fields(err.Error()), " "))
}
