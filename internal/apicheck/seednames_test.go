package apicheck

import (
	_ "embed"
	"path"
	"slices"
	"strings"
	"testing"
)

// seednamesText maps the names of the documents that the project follows to Go symbols.
//
//go:embed seednames.txt
var seednamesText string

func TestSeednames(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for line := range strings.Lines(seednamesText) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, symbol, ok := strings.Cut(line, " -> ")
		switch name = strings.TrimSpace(name); {
		case !ok || symbol == "":
			t.Errorf("seednames.txt: not NAME -> SYMBOL: %q", line)
			continue
		case seen[name]:
			t.Errorf("seednames.txt: %s stands there twice", name)
		}
		seen[name] = true
		dir, ident := splitSymbol(symbol)
		p := lookup(dir)
		if p == nil || p.err != nil {
			continue // not written yet, or TestParse's finding
		}
		if !resolves(p, ident) {
			t.Errorf("seednames.txt: %s: %s has no %s", name, p.path(), ident)
		}
	}
	if len(seen) < 100 {
		t.Errorf("seednames.txt has %d names only", len(seen))
	}
}

// splitSymbol cuts rating/hashmap.Client.Mappings into the package's directory and what is in it.
func splitSymbol(symbol string) (dir, ident string) {
	head, last := path.Split(symbol)
	last, ident, _ = strings.Cut(last, ".")
	if head+last == "gophermeter" {
		return ".", ident
	}
	return head + last, ident
}

func resolves(p *pkg, ident string) bool {
	return slices.ContainsFunc(symbols(p), func(s symbol) bool { return s.name == ident })
}

func TestSeednamesOfSample(t *testing.T) {
	t.Parallel()
	for symbol, want := range map[string][2]string{
		"meter.Client.FindSample":  {"meter", "Client.FindSample"},
		"rating/hashmap.Client":    {"rating/hashmap", "Client"},
		"gophermeter.Connection":   {".", "Connection"},
		"usage.ComputeRecord.Site": {"usage", "ComputeRecord.Site"},
	} {
		if dir, ident := splitSymbol(symbol); dir != want[0] || ident != want[1] {
			t.Errorf("%s: %q %q", symbol, dir, ident)
		}
	}
	p := source(t, "sample", "package sample\ntype Client struct{ Name string }\nfunc (c *Client) Find() {}\nfunc (c *Client) find() {}\n")
	for ident, want := range map[string]bool{"Client": true, "Client.Name": true, "Client.Find": true, "Client.find": false, "Find": false} {
		if resolves(p, ident) != want {
			t.Errorf("%s: want %t", ident, want)
		}
	}
}
