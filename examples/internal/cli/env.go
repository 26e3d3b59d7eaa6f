package cli

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/examples/internal/democloud"
)

// Env is what a command is given to work with.
type Env struct {
	// Program is its name.
	Program string
	// Args are what came after the flags.
	Args []string
	// Out is the report. It is printed when the command has ended without an error.
	Out io.Writer
	// Stdout prints at once, for what is to be seen as it happens.
	Stdout io.Writer
	// Stderr is for notices to people.
	Stderr io.Writer
	// Cloud and Region are the flags of these names.
	Cloud, Region string
	// Verbose is the flag -v.
	Verbose bool

	given map[string]bool
}

// Given tells whether a flag was on the command line.
func (e *Env) Given(flag string) bool { return e.given[flag] }

// Embedded tells whether Connect starts a cloud of its own.
func (e *Env) Embedded() bool { return e.options().Embedded() }

// Connect logs in to the cloud that the flags, else the OS_ variables name, else to an embedded one.
func (e *Env) Connect(ctx context.Context, opts ...gophermeter.Option) (*democloud.Cloud, error) {
	o := e.options()
	o.Connect = opts
	if e.Verbose {
		log := slog.New(slog.NewTextHandler(e.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
		o.Connect = append(o.Connect, gophermeter.WithLogger(log))
	}
	return democloud.Connect(ctx, o)
}

func (e *Env) options() democloud.Options {
	return democloud.Options{Program: e.Program, Cloud: e.Cloud, Region: e.Region, Notice: e.Stderr}
}

// parse reads the arguments of a command.
func (e *Env) parse(fs *flag.FlagSet, v Verb, args []string) error {
	if err := fs.Parse(args); err != nil {
		return err
	}
	if fs.NArg() > 0 && v.Args == "" {
		return fmt.Errorf("%q is not a flag", fs.Arg(0))
	}
	e.Args = fs.Args()
	var err error
	fs.Visit(func(f *flag.Flag) {
		// A flag that is given and says nothing, as -project "$UNSET" does, must not widen the report.
		if f.Value.String() == "" {
			err = fmt.Errorf("-%s is empty", f.Name)
		}
		e.given[f.Name] = true
	})
	return err
}

type usageError struct{ error }

// Usage makes an error about the flags, as fmt.Errorf does.
func Usage(format string, args ...any) error { return &usageError{fmt.Errorf(format, args...)} }
