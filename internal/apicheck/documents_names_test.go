package apicheck

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestDocumentsNames wants each name of ours in the documents' inline code, such as tenantusage.Client.Projects, to be
// the name of something exported.
func TestDocumentsNames(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, d := range documents() {
		for _, name := range names(d.prose, public()) {
			seen++
			if !exports(public(), name.pkg, name.ident) {
				t.Errorf("%s: `%s.%s` is nothing that is exported", d.at(name.offset), name.pkg, name.ident)
			}
		}
	}
	if seen < 10 {
		t.Errorf("%d names only: this check does not see them", seen)
	}
}

// public are the packages that others can import, by their names.
func public() map[string]*pkg {
	out := map[string]*pkg{}
	for _, p := range tree() {
		if p.public() && p.err == nil {
			out[p.name] = p
		}
	}
	return out
}

// qualified is a name in inline code: alarm.Client.Watch of package alarm.
type qualified struct {
	pkg, ident string
	offset     int
}

var (
	inlineCode = regexp.MustCompile("`[^`\n]+`")
	dotted     = regexp.MustCompile(`(?:^|[^\w./-])([a-z]\w*)\.([A-Z]\w*(?:\.[A-Z]\w*)?)`)
)

func names(prose string, packages map[string]*pkg) []qualified {
	var out []qualified
	for _, span := range inlineCode.FindAllStringIndex(prose, -1) {
		code := prose[span[0]+1 : span[1]-1]
		for _, m := range dotted.FindAllStringSubmatch(code, -1) {
			if packages[m[1]] != nil {
				out = append(out, qualified{m[1], m[2], span[0]})
			}
		}
	}
	return out
}

// exports tells whether a package has an exported symbol, a member of an embedded type included.
func exports(packages map[string]*pkg, name, ident string) bool {
	p := packages[name]
	if p == nil {
		return false
	}
	if resolves(p, ident) {
		return true
	}
	owner, member, ok := strings.Cut(ident, ".")
	return ok && slices.ContainsFunc(symbols(p), func(s symbol) bool {
		embedded, ok := strings.CutPrefix(s.line, "embed "+owner+".")
		if !ok {
			return false
		}
		embedded, _, _ = strings.Cut(strings.TrimPrefix(embedded, "*"), " ")
		if where, typ, other := strings.Cut(embedded, "."); other {
			return exports(packages, where, typ+"."+member)
		}
		return exports(packages, name, embedded+"."+member)
	})
}

func TestDocumentsNamesOfSample(t *testing.T) {
	t.Parallel()
	packages := map[string]*pkg{
		"sample": source(t, "sample", "package sample\ntype Base struct{ Deep int }\ntype Client struct{ *Base; other.Thing; Name string }\n"+
			"func (c *Client) Find() {}\nfunc New() {}\n"),
		"other": source(t, "other", "package other\ntype Thing struct{ Far int }\n"),
	}
	prose := "Text sample.Nothing, `sample.New(x)` and `*sample.Client`;\n`sample.Client.Name`, `sample.Client.Deep`, `sample.Client.Far`, " +
		"`python.sample.Bad`, `sample.bad`, `sample/x.Bad`, `foreign.Bad`;\n`sample.Client.Bad` `sample.Old{X: sample.Gone}`"
	var bad []string
	all := names(prose, packages)
	for _, name := range all {
		if !exports(packages, name.pkg, name.ident) {
			bad = append(bad, name.ident)
		}
	}
	if want := []string{"Client.Bad", "Old", "Gone"}; !slices.Equal(bad, want) {
		t.Errorf("refused %q, want %q", bad, want)
	}
	if len(all) != 8 {
		t.Errorf("found %v", all)
	}
}
