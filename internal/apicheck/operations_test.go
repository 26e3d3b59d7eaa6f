package apicheck

import (
	_ "embed"
	"go/ast"
	"go/types"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// operationsText is every HTTP operation of the services, by package.
//
//go:embed operations.txt
var operationsText string

// omittedText is the optional operations that a package leaves out: "package METHOD /path: reason".
//
//go:embed omitted.txt
var omittedText string

// operation is one line of operations.txt.
type operation struct {
	dir      string // the package's, below the module root
	call     string // METHOD /path/{placeholder}
	optional bool
}

var (
	section = regexp.MustCompile(`^## ([a-z/]+): .`)
	oneCall = regexp.MustCompile(`^(GET|HEAD|POST|PUT|PATCH|DELETE) (/[^\s{}]*|\{[a-z][a-z0-9_]*\})+$`)
)

// operations reads operations.txt: sections of calls, of which a package may have several.
func operations(t *testing.T, text string) []operation {
	t.Helper()
	var (
		all []operation
		dir string
	)
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		call, optional := strings.CutSuffix(line, " optional")
		switch head := section.FindStringSubmatch(line); {
		case head != nil:
			dir = head[1]
		case line == "" || strings.HasPrefix(line, "# "):
		case dir == "" || !oneCall.MatchString(call):
			t.Errorf("operations.txt: not an operation: %q", line)
		default:
			all = append(all, operation{dir, call, optional})
		}
	}
	return all
}

// served are the packages that have a section, once they have source.
func served(t *testing.T) []*pkg {
	t.Helper()
	var all []*pkg
	for _, op := range operations(t, operationsText) {
		if p := lookup(op.dir); p != nil && p.err == nil && !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	return all
}

// calls are the operations that a symbol's comment names, and the lines that try to and fail.
func calls(s symbol) (named, malformed []string) {
	for line := range strings.Lines(s.doc) {
		call, ok := strings.CutPrefix(strings.TrimSpace(line), "API:")
		switch call = strings.TrimSpace(call); {
		case !ok:
		case oneCall.MatchString(call):
			named = append(named, call)
		default:
			malformed = append(malformed, call)
		}
	}
	return named, malformed
}

func TestOperations(t *testing.T) {
	t.Parallel()
	all := operations(t, operationsText)
	omitted := omissions(t, all)
	for _, p := range served(t) {
		for _, problem := range unmatched(p, all, omitted) {
			t.Error(problem)
		}
	}
}

// unmatched compares the operations of a package with what its comments name, both ways.
func unmatched(p *pkg, all []operation, omitted []string) []string {
	var problems []string
	has := map[string]bool{}
	for _, s := range symbols(p) {
		named, malformed := calls(s)
		for _, call := range malformed {
			problems = append(problems, p.at(s.pos)+": "+s.name+": not an operation: API: "+call)
		}
		for _, call := range named {
			has[call] = true
			if !slices.ContainsFunc(all, func(op operation) bool { return op.dir == p.dir && op.call == call }) {
				problems = append(problems, p.at(s.pos)+": "+s.name+": operations.txt has no "+call+" for "+p.dir)
			}
		}
		if s.fn != nil && len(named) == 0 && reaches(s) {
			problems = append(problems, p.at(s.pos)+": "+s.name+": calls the service, and no API: line says how")
		}
	}
	for _, op := range all {
		left := slices.Contains(omitted, op.dir+" "+op.call)
		switch {
		case op.dir != p.dir:
		case has[op.call] && left:
			problems = append(problems, op.dir+": "+op.call+" is there and stands in omitted.txt")
		case !has[op.call] && !left:
			problems = append(problems, op.dir+": no exported method or function has the line API: "+op.call)
		}
	}
	return problems
}

// reaches tells whether a function, or a method of a client, talks to its service: it has a context or gives
// a collection.
func reaches(s symbol) bool {
	if s.recv != "" && s.recv != "Client" && s.recv != "UsageClient" {
		return false
	}
	return slices.Contains(list(s.fn.Params), "context.Context") || slices.ContainsFunc(results(s.fn), func(typ string) bool {
		return strings.HasPrefix(typ, "*gophermeter.Pager[") || strings.HasPrefix(typ, "iter.Seq")
	})
}

func results(fn *ast.FuncType) []string {
	var out []string
	if fn.Results != nil {
		for _, f := range fn.Results.List {
			out = append(out, types.ExprString(f.Type))
		}
	}
	return out
}

// omissions reads omitted.txt, of which every line needs an optional operation and a reason.
func omissions(t *testing.T, all []operation) []string {
	t.Helper()
	var out []string
	for line := range strings.Lines(omittedText) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		what, reason, _ := strings.Cut(line, ": ")
		if !slices.ContainsFunc(all, func(op operation) bool { return op.dir+" "+op.call == what && op.optional }) {
			t.Errorf("omitted.txt: %s is no optional operation", what)
		}
		if len(strings.Fields(reason)) < 3 {
			t.Errorf("omitted.txt: %s: the reason is missing", what)
		}
		out = append(out, what)
	}
	return out
}

func TestOperationsOfSample(t *testing.T) {
	t.Parallel()
	all := operations(t, "# head\n## sample: Sample v1, Sample v2\nGET /things\nGET /things/{thing_id}\nDELETE /things/{thing_id}\n"+
		"GET /rare optional\n## other: Other\nGET /\n## sample: Sample v3\nPOST /things/{thing_id}/do\n")
	p := source(t, "sample", `package sample

type Client struct{}
type Thing struct{}

// Things is fine.
//
// API: GET /things
func (c *Client) Things() *gophermeter.Pager[Thing] { return nil }

// GetThing has a line in bad form.
// API: GET things
func (c *Client) GetThing(ctx context.Context, id string) (Thing, error) { return Thing{}, nil }

// DeleteThing names what is another package's.
//
// API: GET /
// API: DELETE /things/{thing_id}
func (c *Client) DeleteThing(ctx context.Context, id string) error { return nil }

// Count has no line.
func Count(ctx context.Context, c *Client) (int, error) { return 0, nil }

// Rows has none either.
func (c *Client) Rows() iter.Seq2[int, error] { return nil }

// Wait is not a client's.
func (t *Thing) Wait(ctx context.Context) error { return nil }

// New does no I/O.
func New(c *gophermeter.Connection) (*Client, error) { return nil, nil }
`)
	want := []string{
		"sample/x.go:13: Client.GetThing: not an operation: API: GET things",
		"sample/x.go:13: Client.GetThing: calls the service, and no API: line says how",
		"sample/x.go:19: Client.DeleteThing: operations.txt has no GET / for sample",
		"sample/x.go:22: Count: calls the service, and no API: line says how",
		"sample/x.go:25: Client.Rows: calls the service, and no API: line says how",
		"sample: no exported method or function has the line API: GET /things/{thing_id}",
		"sample: no exported method or function has the line API: POST /things/{thing_id}/do",
	}
	if diff := difference(want, unmatched(p, all, []string{"sample GET /rare"})); diff != "" {
		t.Errorf("- want, + got\n%s", diff)
	}
}
