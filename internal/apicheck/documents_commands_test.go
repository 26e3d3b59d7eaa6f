package apicheck

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// marks begin a comment above commands that no check can run; they hold to the next empty line.
var marks = []string{"# after publication", "# needs a cloud", "# runs until Ctrl-C"}

func isMark(comment string) bool {
	return slices.ContainsFunc(marks, func(mark string) bool {
		what, _, _ := strings.Cut(comment, ":")
		return what == mark
	})
}

// TestDocumentsCommands wants each command of the documents run by what .ci/run runs, word for word, or marked.
func TestDocumentsCommands(t *testing.T) {
	t.Parallel()
	makefile, err := os.ReadFile(filepath.Join(root(), "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	ci, err := os.ReadFile(filepath.Join(root(), ".ci", "run"))
	if err != nil {
		t.Fatal(err)
	}
	checked := ran(string(makefile), string(ci))
	for _, d := range documents() {
		for _, b := range d.in("sh", "bash", "shell", "console") {
			for _, command := range commands(b.text) {
				if !slices.Contains(checked, command) {
					t.Errorf("%s: nothing runs %q: put it into the Makefile's readme-check, or mark it with %q",
						at(d.name, b.line), command, marks)
				}
			}
		}
	}
}

// at is a place as "docs/x.md:12".
func at(name string, line int) string { return name + ":" + strconv.Itoa(line) }

// commands are the unmarked command lines of a block.
func commands(block string) []string {
	var out []string
	marked := false
	for line := range strings.Lines(strings.ReplaceAll(block, "\\\n", "")) {
		line = strings.Join(strings.Fields(strings.TrimPrefix(line, "$ ")), " ")
		command, comment, _ := strings.Cut(line, " # ")
		switch {
		case line == "":
			marked = false
		case strings.HasPrefix(line, "#"):
			marked = marked || isMark(line)
		case !marked && !isMark("# "+comment):
			out = append(out, strings.TrimSpace(command))
		}
	}
	return out
}

var (
	target  = regexp.MustCompile(`^([a-z0-9-]+): *([a-z0-9 -]*)`)
	callsMk = regexp.MustCompile(`\bmake ([a-z0-9-]+)`)
)

// ran is every command line that .ci/run reaches: its own, the make targets it calls with what they need, and
// the recipes of those.
func ran(makefile, ci string) []string {
	var (
		needs   = map[string][]string{}
		recipes = map[string][]string{}
		current string
		out     []string
		seen    = map[string]bool{}
		visit   func(name string)
	)
	for line := range strings.Lines(makefile) {
		if m := target.FindStringSubmatch(line); m != nil {
			current = m[1]
			needs[current] = append(needs[current], strings.Fields(m[2])...)
		} else if recipe, ok := strings.CutPrefix(line, "\t"); ok {
			recipes[current] = append(recipes[current], strings.TrimSpace(strings.TrimLeft(recipe, "@-")))
		}
	}
	visit = func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		out = append(out, "make "+name)
		out = append(out, recipes[name]...)
		for _, other := range needs[name] {
			visit(other)
		}
	}
	for line := range strings.Lines(ci) {
		line = strings.TrimSpace(line)
		out = append(out, line)
		if m := callsMk.FindStringSubmatch(line); m != nil && !strings.HasPrefix(line, "#") {
			visit(m[1])
		}
	}
	return out
}

func TestDocumentsCommandsOfSample(t *testing.T) {
	t.Parallel()
	d := read("x.md", "# Title\n```sh\n$ go run ./examples/a  # what it shows\ngo test ./... \\\n  ./examples/...\n\n"+
		"# after publication\ngo get x\ngo get y\n\nmake fuzz\nOS_CLOUD=x go run ./examples/a # needs a cloud\n\n# runs until Ctrl-C: for ever\nserve\n```\n"+
		"```go\nx := 1\n```\n```sh\n# some comment\nmake check\n```\n")
	var got []string
	for _, b := range d.in("sh") {
		got = append(got, commands(b.text)...)
	}
	want := []string{"go run ./examples/a", "go test ./... ./examples/...", "make fuzz", "make check"}
	if !slices.Equal(got, want) {
		t.Errorf("commands: %q", got)
	}
	got = ran("V := 1\ncheck: test lint ## all\ntest: export A += b\ntest: ## tests\n\t@go test ./...\nlint:\n\tlint it\nfuzz: lint\n\tfuzz it\n",
		"#!/bin/bash\n# make fuzz is not run\nmake check\n")
	for command, want := range map[string]bool{
		"make check": true, "make test": true, "go test ./...": true, "lint it": true, "make fuzz": false, "fuzz it": false,
	} {
		if slices.Contains(got, command) != want {
			t.Errorf("%s: want %t in %q", command, want, got)
		}
	}
}
