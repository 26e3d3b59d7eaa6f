package apicheck

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestDocs(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, p *pkg) {
		if !slices.ContainsFunc(p.files, hasDoc) {
			t.Errorf("%s: no file has a package comment", p.dir)
		}
		for _, problem := range undocumented(symbols(p)) {
			t.Errorf("%s: %s", p.at(problem.pos), problem.what)
		}
	})
}

type finding struct {
	pos  token.Pos
	what string
}

// undocumented finds the symbols without a comment that says something. The comment above a group of constants
// or variables stands for those in it that need no word of their own, and so does the comment of a struct for
// the fields that it names.
func undocumented(all []symbol) []finding {
	var out []finding
	docs := map[string]string{}
	for _, s := range all {
		docs[s.name] = s.doc
		doc := s.doc
		if owner, field, ok := strings.Cut(s.name, "."); doc == "" && ok && s.fn == nil && mentions(docs[owner], field) {
			continue
		}
		if doc == "" {
			doc = s.group
		}
		problem := ""
		switch said := strings.TrimSpace(marker.ReplaceAllString(doc, "")); {
		case doc == "":
			problem = "has no comment"
		case said == "":
			problem = "has a comment of API: and Source: lines only"
		case empty(said, s.name):
			problem = "has a comment that says no more than its name: " + said
		default:
			continue
		}
		out = append(out, finding{s.pos, s.name + " " + problem})
	}
	return out
}

func mentions(doc, name string) bool {
	return regexp.MustCompile(`\b` + regexp.QuoteMeta(name) + `\b`).MatchString(doc)
}

var (
	marker = regexp.MustCompile(`(?m)^(API|Source|Deprecated|Python):.*$`)
	words  = regexp.MustCompile(`[A-Z]+[a-z]?s?\b|[A-Z]?[a-z]+|[A-Z]+|[0-9]+`)
)

// filler is what a sentence can consist of and still say nothing.
var filler = strings.Fields(`s a an the this that it its is are be of for to and or in on with as
	return returns returned get gets set sets represents holds contains has have used
	type struct field method function func object value variable const constant interface member`)

// empty tells whether every word of a comment is filler or stands in the symbol's name already.
func empty(comment, name string) bool {
	known := slices.Clone(filler)
	for _, w := range words.FindAllString(name, -1) {
		known = append(known, stem(w))
	}
	for _, ident := range strings.Split(name, ".") {
		known = append(known, stem(ident))
	}
	for _, w := range regexp.MustCompile(`[\pL\pN]+`).FindAllString(comment, -1) {
		if !slices.Contains(known, strings.ToLower(w)) && !slices.Contains(known, stem(w)) {
			return false
		}
	}
	return true
}

func stem(w string) string { return strings.TrimSuffix(strings.ToLower(w), "s") }

func TestDocsOfSamples(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		doc, name string
		ok        bool
	}{
		{"", "Foo", false},
		{"Foo is a foo.", "Foo", false},
		{"ProjectID is the project ID.", "ServerUsage.ProjectID", false},
		{"the project's id", "ServerUsage.ProjectID", false},
		{"GetProject gets a project.\nAPI: GET /projects/{project_id}", "Client.GetProject", false},
		{"API: GET /projects", "Client.Projects", false},
		{"Name returns the name of the server.", "Server.Name", false},
		{"ServerUsage represents a server usage", "ServerUsage", false},
		{"URLs are the URLs.", "Endpoint.URLs", false},
		{"The name at the time of the report; null is \"\".", "Server.Name", true},
		{"MiB", "Server.MemoryMB", true},
		{"Foo implements error.", "Foo", true},
	} {
		if got := undocumented([]symbol{{name: c.name, doc: c.doc}}); (got == nil) != c.ok {
			t.Errorf("%s %q: %v", c.name, c.doc, got)
		}
	}
	got := undocumented([]symbol{
		{name: "Monday", group: "Days, as Keystone spells them."},
		{name: "Window", doc: "Window is the time that a report covers, from Start to End."},
		{name: "Window.Start"}, {name: "Window.End"},
		{name: "Window.Zone"}, {name: "Window.Start", fn: &ast.FuncType{}},
	})
	if len(got) != 2 || got[0].what != "Window.Zone has no comment" || got[1].what != "Window.Start has no comment" {
		t.Error(got)
	}
}

func hasDoc(f *ast.File) bool { return text(f.Doc) != "" }
