package apicheck

import (
	"errors"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const module = "github.com/gophermeter/gophermeter"

// pkg is the source of one directory, as it builds on linux/amd64 without tags.
type pkg struct {
	dir   string // below the module root, with slashes; "." is the root itself
	name  string
	fset  *token.FileSet
	files []*ast.File
	tests []*ast.File
	err   error // of the first file that does not parse
}

// path is the import path.
func (p *pkg) path() string { return path.Join(module, p.dir) }

// public tells whether other modules can import it and are meant to.
func (p *pkg) public() bool {
	return len(p.files) > 0 && p.name != "main" && !within(p.dir, "internal") && !within(p.dir, "testing/acceptance")
}

// at is a position as "dir/file.go:12".
func (p *pkg) at(pos token.Pos) string {
	where := p.fset.Position(pos)
	return path.Join(p.dir, filepath.Base(where.Filename)) + ":" + strconv.Itoa(where.Line)
}

// root is the module's directory.
var root = sync.OnceValue(func() string {
	dir, err := os.Getwd()
	for ; err == nil; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	panic("apicheck: no go.mod above the working directory")
})

// tree is every package of the module, by directory. Examples are a module of their own.
var tree = sync.OnceValue(func() []*pkg {
	var all []*pkg
	err := filepath.WalkDir(root(), func(dir string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if dir != root() {
			_, modErr := os.Stat(filepath.Join(dir, "go.mod"))
			if modErr == nil || d.Name() == "testdata" || d.Name() == "examples" || strings.ContainsAny(d.Name()[:1], "._") {
				return filepath.SkipDir
			}
		}
		if p := parse(dir); p != nil {
			all = append(all, p)
		}
		return nil
	})
	if err != nil {
		panic(err)
	}
	return all
})

// parse reads one directory; nil where it holds no Go file.
func parse(dir string) *pkg {
	rel, err := filepath.Rel(root(), dir)
	if err != nil {
		panic(err)
	}
	p := &pkg{dir: filepath.ToSlash(rel), fset: token.NewFileSet()}
	target := build.Default
	target.GOOS, target.GOARCH = "linux", "amd64"
	names, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	for _, name := range names {
		if ok, err := target.MatchFile(dir, filepath.Base(name)); err == nil && !ok {
			continue
		}
		f, err := parser.ParseFile(p.fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		p.err = errors.Join(p.err, err)
		switch {
		case f == nil:
		case strings.HasSuffix(name, "_test.go"):
			p.tests = append(p.tests, f)
		default:
			p.files, p.name = append(p.files, f), f.Name.Name
		}
	}
	if len(p.files)+len(p.tests) == 0 && p.err == nil {
		return nil
	}
	return p
}

// lookup is the package of a directory below the root; nil where there is none yet.
func lookup(dir string) *pkg {
	for _, p := range tree() {
		if p.dir == dir && len(p.files) > 0 {
			return p
		}
	}
	return nil
}

// each runs a check on every public package. A package that does not parse is TestParse's finding.
func each(t *testing.T, check func(t *testing.T, p *pkg)) {
	t.Helper()
	for _, p := range tree() {
		if !p.public() {
			continue
		}
		t.Run(strings.ReplaceAll(p.dir, "/", "_"), func(t *testing.T) {
			if p.err != nil {
				t.Skipf("%s does not parse", p.dir)
			}
			check(t, p)
		})
	}
}

// within tells whether dir is top or lies below it.
func within(dir, top string) bool { return dir == top || strings.HasPrefix(dir, top+"/") }

func TestParse(t *testing.T) {
	t.Parallel()
	for _, p := range tree() {
		if p.err != nil {
			t.Errorf("%s does not parse:\n%v", p.dir, p.err)
		}
	}
	for _, dir := range []string{".", "internal/apicheck"} {
		if !slices.ContainsFunc(tree(), func(p *pkg) bool { return p.dir == dir }) {
			t.Errorf("the package in %s was not found: this check looks in the wrong place", dir)
		}
	}
}

// source is a package made of one file, for the tests of the checks themselves.
func source(t *testing.T, dir, text string) *pkg {
	t.Helper()
	p := &pkg{dir: dir, fset: token.NewFileSet()}
	f, err := parser.ParseFile(p.fset, "x.go", text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	p.name, p.files = f.Name.Name, []*ast.File{f}
	return p
}
