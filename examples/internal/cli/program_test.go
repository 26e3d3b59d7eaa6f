package cli_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"
	"testing"

	"github.com/gophermeter/gophermeter/examples/internal/cli"
)

var errTwoLines = errors.New("the service says:\n  no\x1b[2J")

// sample is a program with a command of its own, and one verb.
var sample = cli.Program{
	Name:  "sample",
	About: "Sample counts.",
	Setup: func(fs *flag.FlagSet) cli.Action {
		n := fs.Int("n", 1, "how `many`")
		return func(_ context.Context, e *cli.Env) error {
			if *n < 0 {
				return cli.Usage("-n %d is negative", *n)
			}
			fmt.Fprintln(e.Stdout, "live")
			fmt.Fprintln(e.Out, "report", *n, e.Given("n"))
			if *n > 9 {
				return errTwoLines
			}
			return nil
		}
	},
	Verbs: []cli.Verb{{
		Name: "show", About: "Show prints what it is told.", Args: "WORD...",
		Setup: func(fs *flag.FlagSet) cli.Action {
			loud := fs.String("mark", ".", "`text` at the end")
			return func(_ context.Context, e *cli.Env) error {
				fmt.Fprintln(e.Out, strings.Join(e.Args, " ")+*loud)
				return nil
			}
		},
	}},
}

func TestRun(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args           string
		status         int
		stdout, stderr string
	}{
		{"", 0, "live\nreport 1 false\n", ""},
		{"-n 2", 0, "live\nreport 2 true\n", ""},
		{"-n -1", 2, "", "sample: -n -1 is negative (sample -h explains)\n"},
		{"-n 10", 1, "live\n", "sample: the service says: no?[2J\n"},
		{"-n many", 2, "", "sample: invalid value \"many\" for flag -n: parse error (sample -h explains)\n"},
		{"-cloud=", 2, "", "sample: -cloud is empty (sample -h explains)\n"},
		{"-n 1 more", 2, "", "sample: \"more\" is not a flag (sample -h explains)\n"},
		{"show -mark ! a b", 0, "a b!\n", ""},
		{"show -nope", 2, "", "sample: flag provided but not defined: -nope (sample show -h explains)\n"},
		{"-n=\x1b -mark", 2, "", "sample: invalid value \"\\x1b\" for flag -n: parse error (sample -h explains)\n"},
		{"-\x1b[2J", 2, "", "sample: flag provided but not defined: -?[2J (sample -h explains)\n"},
		{"hide", 2, "", "sample: \"hide\" is none of show (sample -h explains)\n"},
	} {
		var stdout, stderr strings.Builder
		status := sample.Run(t.Context(), strings.Fields(c.args), &stdout, &stderr)
		if status != c.status || stdout.String() != c.stdout || stderr.String() != c.stderr {
			t.Errorf("%q: status %d, stdout %q, stderr %q", c.args, status, &stdout, &stderr)
		}
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	for args, want := range map[string][]string{
		"-h":      {"Sample counts.\n", "  show       Show prints", "-n many\n", "-cloud name\n"},
		"show -h": {"sample show [flags] WORD...\n", "-mark text\n", "-region name\n"},
	} {
		var stdout, stderr strings.Builder
		status := sample.Run(t.Context(), strings.Fields(args), &stdout, &stderr)
		for _, text := range want {
			if status != 0 || stderr.Len() > 0 || !strings.Contains(stdout.String(), text) {
				t.Errorf("%s: status %d, %q is not in %s%s", args, status, text, &stdout, &stderr)
			}
		}
	}
}

// A program whose verbs are all it has says so.
func TestVerbMissing(t *testing.T) {
	t.Parallel()
	p := sample
	p.Setup = nil
	var stdout, stderr strings.Builder
	if status := p.Run(t.Context(), nil, &stdout, &stderr); status != 2 || stderr.String() != "sample: say what to do: show (sample -h explains)\n" {
		t.Errorf("status %d, stderr %q", status, &stderr)
	}
}
