package apicheck

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestDocumentsLinks wants each link within the repository to lead to a file and, after a #, to one of its headings.
func TestDocumentsLinks(t *testing.T) {
	t.Parallel()
	known := map[string]*document{}
	for _, d := range documents() {
		known[d.name] = &d
	}
	for _, d := range documents() {
		for _, l := range links(d.prose) {
			if why := broken(d.name, l.to, known); why != "" {
				t.Errorf("%s: (%s) %s", d.at(l.offset), l.to, why)
			}
		}
	}
}

type link struct {
	to     string
	offset int
}

var (
	linked = regexp.MustCompile(`(?m)(?:\]\(|^ {0,3}\[[^\]\n]+\]:\s*)<?([^()\s<>]+)`)
	scheme = regexp.MustCompile(`^[a-z][a-z0-9+.-]*:`)
)

// links are the targets of the links that lead to no other site.
func links(prose string) []link {
	prose = inlineCode.ReplaceAllStringFunc(prose, func(code string) string { return strings.Repeat("x", len(code)) })
	var out []link
	for _, m := range linked.FindAllStringSubmatchIndex(prose, -1) {
		if to := prose[m[2]:m[3]]; !scheme.MatchString(to) {
			out = append(out, link{to, m[2]})
		}
	}
	return out
}

// broken says why a link in a document leads nowhere.
func broken(from, to string, known map[string]*document) string {
	file, anchor, _ := strings.Cut(to, "#")
	name := from
	if file != "" {
		name = path.Join(path.Dir(from), file)
	}
	if name == ".." || strings.HasPrefix(name, "../") || path.IsAbs(file) {
		return "leaves the repository"
	}
	d := known[name]
	if d == nil {
		if _, err := os.Stat(filepath.Join(root(), filepath.FromSlash(name))); err != nil {
			return "leads to nothing"
		}
	}
	if anchor != "" && (d == nil || !slices.Contains(anchors(d.prose), anchor)) {
		return "leads to no heading of " + name
	}
	return ""
}

var (
	heading  = regexp.MustCompile(`(?m)^#{1,6} +(.*?)[ #]*$`)
	inText   = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
	noAnchor = regexp.MustCompile(`[^\pL\pN _-]`)
)

// anchors are the headings as GitHub names them.
func anchors(prose string) []string {
	var out []string
	times := map[string]int{}
	for _, m := range heading.FindAllStringSubmatch(prose, -1) {
		text := strings.ToLower(inText.ReplaceAllString(m[1], "$1"))
		name := strings.ReplaceAll(noAnchor.ReplaceAllString(text, ""), " ", "-")
		if n := times[name]; n > 0 {
			out = append(out, name+"-"+strconv.Itoa(n))
		} else {
			out = append(out, name)
		}
		times[name]++
	}
	return out
}

func TestDocumentsLinksOfSample(t *testing.T) {
	t.Parallel()
	d := read("docs/x.md", "# A title: `code`, [there](y.md) & more\n## Twice\n## Twice\n[a](https://x.org/#no) [b](mailto:x@y) `[c](gone.md)`\n"+
		"[d](y.md#there) [e](../README.md) ![f](../rating) [g](#twice-1)\n```go\n[h](gone.md)\n```\n"+
		"[i](gone.md) [j](#thrice) [k](y.md#here) [l](../../README.md) [m](/etc) [n](../README.md#no)\n\n[o]: away.md\n[p]: y.md \"title\"\n")
	y := read("docs/y.md", "There\n# There #\n")
	readme := read("README.md", "")
	if got, want := anchors(d.prose), []string{"a-title-code-there--more", "twice", "twice-1"}; !slices.Equal(got, want) {
		t.Errorf("anchors %q, want %q", got, want)
	}
	known := map[string]*document{d.name: &d, y.name: &y, readme.name: &readme}
	var bad []string
	all := links(d.prose)
	for _, l := range all {
		if broken(d.name, l.to, known) != "" {
			bad = append(bad, l.to)
		}
	}
	if want := []string{"gone.md", "#thrice", "y.md#here", "../../README.md", "/etc", "../README.md#no", "away.md"}; !slices.Equal(bad, want) {
		t.Errorf("refused %q, want %q", bad, want)
	}
	if len(all) != 13 || all[0].to != "y.md" {
		t.Errorf("found %v", all)
	}
}
