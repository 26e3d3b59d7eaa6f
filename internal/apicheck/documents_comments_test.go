package apicheck

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestDocumentsComments wants each name in brackets in a public package's comments, such as [Client.Projects] or
// [gophermeter.ErrLoop], to be exported: go doc and pkg.go.dev make a link of it, and print what they do not find as it is.
func TestDocumentsComments(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, p *pkg) {
		for _, problem := range unlinked(p, public()) {
			t.Errorf("%s: [%s] is nothing that is exported", p.at(problem.pos), problem.what)
		}
	})
}

// bracketed is a link of a comment: the package's name, if it is another's, and what is in it.
var bracketed = regexp.MustCompile(`\[\*?(?:(?:[\w./-]+/)?([a-z]\w*)\.)?([A-Z]\w*(?:\.[A-Z]\w*)?)\]`)

// unlinked are the links of a package's comments, outside of their code, that lead nowhere.
func unlinked(p *pkg, packages map[string]*pkg) []finding {
	var out []finding
	for _, f := range p.files {
		for _, group := range f.Comments {
			for _, c := range group.List {
				for _, m := range bracketed.FindAllStringSubmatch(prose(c.Text), -1) {
					where, known := p, true
					if m[1] != "" {
						where, known = packages[m[1]], packages[m[1]] != nil
					}
					if known && !exported(where, m[2], packages) {
						out = append(out, finding{c.Pos(), strings.Trim(m[0], "[]")})
					}
				}
			}
		}
	}
	return out
}

func exported(p *pkg, ident string, packages map[string]*pkg) bool {
	return resolves(p, ident) || exports(packages, p.name, ident)
}

// prose is a comment's line, or nothing where it is code.
func prose(comment string) string {
	if strings.HasPrefix(comment, "//\t") {
		return ""
	}
	return comment
}

func TestDocumentsCommentsOfSample(t *testing.T) {
	t.Parallel()
	p := source(t, "sample", "// Package sample has [Client], [*Client], [Client.Find], [other.Thing], [io.EOF], [path/other.Thing].\n//\n//\tx[Code]\n//\n"+
		"// And [Gone], [Client.Lost], [other.Gone], [path/other.Lost].\npackage sample\ntype Client struct{}\n// Find is [Local].\nfunc (c *Client) Find() {}\n")
	packages := map[string]*pkg{"sample": p, "other": source(t, "other", "package other\ntype Thing struct{}\n")}
	var got []string
	for _, f := range unlinked(p, packages) {
		got = append(got, f.what)
	}
	if want := []string{"Gone", "Client.Lost", "other.Gone", "path/other.Lost", "Local"}; !slices.Equal(got, want) {
		t.Errorf("refused %q, want %q", got, want)
	}
}
