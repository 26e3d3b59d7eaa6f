package apicheck

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/api from the source")

// golden is the file of a package's surface: tenantusage.txt, rating.hashmap.txt, gophermeter.txt for the root.
func golden(p *pkg) string {
	name := strings.ReplaceAll(p.dir, "/", ".")
	if p.dir == "." {
		name = "gophermeter"
	}
	return filepath.Join("testdata", "api", name+".txt")
}

func lines(p *pkg) []string {
	var out []string
	for _, s := range symbols(p) {
		out = append(out, s.line)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestSurface(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	each(t, func(t *testing.T, p *pkg) {
		file := golden(p)
		known[file] = true
		got := lines(p)
		if *update {
			if err := os.WriteFile(file, []byte(strings.Join(got, "\n")+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			return
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatalf("%v\nThe surface of %s is not recorded: make apicheck-update", err, p.dir)
		}
		want := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
		if diff := difference(want, got); diff != "" {
			t.Errorf("the surface of %s changed (- recorded, + source). If that is meant: make apicheck-update, "+
				"and a line in CHANGELOG.md\n%s", p.dir, diff)
		}
	})
	files, _ := filepath.Glob("testdata/api/*.txt")
	for _, file := range files {
		if !known[file] {
			t.Errorf("%s records a package that is gone", file)
		}
	}
}

// loose finds what no public signature may hold: untyped values and the JSON library's types.
var loose = regexp.MustCompile(`\b(any|interface\{\}|jsontext\.\w+)`)

func TestSurfaceIsTyped(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, p *pkg) {
		for _, s := range symbols(p) {
			if found := looseIn(s.line); found != "" {
				t.Errorf("%s: %s is in a public signature: %s", p.at(s.pos), found, s.line)
			}
		}
	})
}

// looseIn looks beside type parameters, where any is a constraint.
func looseIn(line string) string {
	return loose.FindString(regexp.MustCompile(`\[(\w+ [\w.|~ ]+(, )?)+\]`).ReplaceAllString(line, ""))
}

// difference is what the two lists do not share, in order.
func difference(want, got []string) string {
	var out []string
	for _, line := range want {
		if !slices.Contains(got, line) {
			out = append(out, "- "+line)
		}
	}
	for _, line := range got {
		if !slices.Contains(want, line) {
			out = append(out, "+ "+line)
		}
	}
	return strings.Join(out, "\n")
}

func TestSurfaceOfSample(t *testing.T) {
	t.Parallel()
	got := lines(source(t, "sample", sample))
	text, err := os.ReadFile("testdata/sample.surface.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if diff := difference(want, got); diff != "" {
		t.Errorf("- want, + got\n%s", diff)
	}
	for line, want := range map[string]string{
		"type Pager[T any] struct":                 "",
		"func New[K comparable, V any](K) V":       "",
		"method (*T) Do(map[string]any) error":     "any",
		"field T.Raw jsontext.Value":               "jsontext.Value",
		"func All(context.Context) []company.Many": "",
	} {
		if got := looseIn(line); got != want {
			t.Errorf("%s: got %q, want %q", line, got, want)
		}
	}
}

const sample = `package sample

// Kind is a kind.
type Kind string

const (
	One Kind = "one" // the first
	Two
	three
)

var ErrA, ErrB error

type (
	// Pager is lazy.
	Pager[T any] struct {
		core
		Exported
		Start, End int // of the window
		hidden     int
		Name       string ` + "`json:\"name\"`" + ` 
	}
	Alias = Kind
	Union interface { Kind | ~int }
	Sealed interface {
		Do(ctx context.Context, ids ...string) (a, b int, err error)
		seal()
	}
	core struct{ Deep int }
)

func (p *Pager[T]) All(ctx context.Context) iter.Seq2[T, error] { return nil }
func (p Pager[T]) Len() int { return 0 }
func (c *core) Lift() {}
func (c *core) lower() {}

func Make[K comparable, V any](use func(K) V, m map[K][]V) (*Pager[V], error) { return nil, nil }
func unexported() {}
`
