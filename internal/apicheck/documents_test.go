package apicheck

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// document is a Markdown file of the repository.
type document struct {
	name   string // below the module root, with slashes
	prose  string // what is outside the fenced blocks, at its lines
	blocks []block
}

// block is a fenced block.
type block struct {
	lang string
	line int // of its first line
	text string
}

// at is a line of a document that holds the byte of the prose at offset, as "docs/x.md:12".
func (d *document) at(offset int) string { return at(d.name, 1+strings.Count(d.prose[:offset], "\n")) }

// documents are the Markdown files of the repository, those of the examples' module and of testdata too.
var documents = sync.OnceValue(func() []document {
	var out []document
	err := filepath.WalkDir(root(), func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{".git", "bin"}, d.Name()):
			return filepath.SkipDir
		case d.IsDir() || filepath.Ext(file) != ".md":
			return nil
		}
		rel, err := filepath.Rel(root(), file)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) { // a neighbour's temporary file
			return nil
		}
		out = append(out, read(filepath.ToSlash(rel), string(text)))
		return err
	})
	if err != nil {
		panic(err)
	}
	return out
})

var fence = regexp.MustCompile("^\\s*(```+|~~~+)\\s*(\\w*)")

// read takes a document apart. The indentation of a fence is taken off its block.
func read(name, markdown string) document {
	d := document{name: name}
	var (
		prose   strings.Builder
		mark    string // that opened the block; "" outside of one
		indent  string
		current block
	)
	number := 0
	for line := range strings.Lines(markdown) {
		number++
		m := fence.FindStringSubmatch(line)
		switch {
		case mark == "" && m == nil:
			prose.WriteString(strings.TrimSuffix(line, "\n"))
		case mark == "":
			mark, indent = m[1], line[:len(line)-len(strings.TrimLeft(line, " \t"))]
			current = block{lang: m[2], line: number + 1}
		case strings.TrimSpace(line) == mark:
			d.blocks, mark = append(d.blocks, current), ""
		default:
			current.text += strings.TrimPrefix(line, indent)
		}
		prose.WriteByte('\n')
	}
	d.prose = prose.String()
	return d
}

// in are the blocks in one of the languages.
func (d *document) in(langs ...string) []block {
	var out []block
	for _, b := range d.blocks {
		if slices.Contains(langs, b.lang) {
			out = append(out, b)
		}
	}
	return out
}

func TestDocuments(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"README.md", "docs/README.md", "testing/acceptance/cloud/README.md"} {
		if !slices.ContainsFunc(documents(), func(d document) bool { return d.name == name }) {
			t.Errorf("%s was not found: these checks look in the wrong place", name)
		}
	}
}

func TestDocumentsOfSample(t *testing.T) {
	t.Parallel()
	d := read("x.md", "# A\n```go\nx := 1\n```\nb\n1. c\n   ```sh\n   ls\n    -l\n   ```\n````text\n```\n````\n")
	want := []block{{"go", 3, "x := 1\n"}, {"sh", 8, "ls\n -l\n"}, {"text", 12, "```\n"}}
	if !slices.Equal(d.blocks, want) {
		t.Errorf("%+v", d.blocks)
	}
	if d.prose != "# A\n\n\n\nb\n1. c\n\n\n\n\n\n\n\n" {
		t.Errorf("%q", d.prose)
	}
	if got := d.at(strings.Index(d.prose, "c")); got != "x.md:6" {
		t.Error(got)
	}
	if got := d.in("sh", "bash"); len(got) != 1 || got[0].line != 8 {
		t.Errorf("%+v", got)
	}
}
