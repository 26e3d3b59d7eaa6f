package apicheck

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"
	"testing"
)

// exemplified are the documents whose Go is run and not only compiled.
var exemplified = []string{"docs/testing.md"}

// TestDocumentsExamples wants each go block of those documents to stand, line by line, in an Example whose output go test
// compares.
func TestDocumentsExamples(t *testing.T) {
	t.Parallel()
	bodies := examples(t, tree())
	for _, d := range documents() {
		if !slices.Contains(exemplified, d.name) {
			continue
		}
		for _, b := range d.in("go") {
			if !slices.ContainsFunc(bodies, func(body string) bool { return strings.Contains(body, trimmed(b.text)) }) {
				t.Errorf("%s: no Example with an Output has these lines:\n%s", at(d.name, b.line), b.text)
			}
		}
	}
}

// examples are the bodies of the Examples that are run, trimmed.
func examples(t *testing.T, packages []*pkg) []string {
	t.Helper()
	var out []string
	for _, p := range packages {
		for _, f := range p.tests {
			source := p.fset.File(f.Package)
			var text []byte
			for _, d := range f.Decls {
				fn, ok := d.(*ast.FuncDecl)
				if !ok || !strings.HasPrefix(fn.Name.Name, "Example") || fn.Body == nil {
					continue
				}
				if text == nil {
					var err error
					if text, err = os.ReadFile(source.Name()); err != nil {
						t.Fatal(err)
					}
				}
				body := trimmed(string(text[source.Offset(fn.Body.Lbrace)+1 : source.Offset(fn.Body.Rbrace)]))
				if strings.Contains(body, "\n// Output:") || strings.Contains(body, "\n// Unordered output:") {
					out = append(out, body)
				}
			}
		}
	}
	return out
}

// trimmed is a text without indentation and empty lines, between line ends.
func trimmed(text string) string {
	var out strings.Builder
	out.WriteByte('\n')
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out.WriteString(line + "\n")
		}
	}
	return out.String()
}

func TestDocumentsExamplesOfSample(t *testing.T) {
	t.Parallel()
	file := t.TempDir() + "/x_test.go"
	text := "package x\n\nfunc Example() {\n\ta()\n\n\tif b {\n\t\tc()\n\t}\n\t// Output: 1\n}\n\nfunc Example_silent() {\n\td()\n}\n\nfunc helper() { e() }\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p := &pkg{fset: token.NewFileSet()}
	f, err := parser.ParseFile(p.fset, file, nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	p.tests = []*ast.File{f}
	bodies := examples(t, []*pkg{p})
	for block, want := range map[string]bool{
		"a()\nif b {\n\tc()\n}\n": true, "a()\n// Output: 1\n": false, "c()\n}\n// Output: 1\n": true, "d()\n": false, "e()\n": false, "a(": false,
	} {
		if got := slices.ContainsFunc(bodies, func(body string) bool { return strings.Contains(body, trimmed(block)) }); got != want {
			t.Errorf("%q: %t", block, got)
		}
	}
}
