package apicheck

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestDocumentsGo compiles each go block of the documents: a whole file or declarations as they stand, and statements
// inside a function that has ctx and conn and may return an error. What is a part of an Example is compiled there.
func TestDocumentsGo(t *testing.T) {
	t.Parallel()
	apart := slices.DeleteFunc(slices.Clone(documents()), func(d document) bool { return slices.Contains(exemplified, d.name) })
	if out := compile(t, apart); out != "" {
		t.Errorf("a go block does not compile:\n%s", out)
	}
}

// compile gives what the compiler says of blocks that stand, by an overlay only, in packages of this module.
func compile(t *testing.T, all []document) string {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip(err)
	}
	var overlay struct{ Replace map[string]string }
	overlay.Replace = map[string]string{}
	temp := t.TempDir()
	args := []string{"list", "-export", "-gcflags=-e", "-overlay", filepath.Join(temp, "overlay.json")}
	for _, d := range all {
		for _, b := range d.in("go") {
			dir := fmt.Sprintf("block%d", len(overlay.Replace)+1)
			file := filepath.Join(temp, dir+".go")
			if err := os.WriteFile(file, []byte(whole(d.name, b)), 0o600); err != nil {
				t.Fatal(err)
			}
			if statements(b.text) {
				dir = "blocks"
			}
			overlay.Replace[filepath.Join(root(), "internal", "apicheck", dir, filepath.Base(file))] = file
			if dir = "./internal/apicheck/" + dir; !slices.Contains(args, dir) {
				args = append(args, dir)
			}
		}
	}
	if len(overlay.Replace) == 0 {
		return ""
	}
	text, err := json.Marshal(overlay)
	if err == nil {
		err = os.WriteFile(filepath.Join(temp, "overlay.json"), text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = root()
	out, err := cmd.CombinedOutput()
	if err == nil {
		return ""
	}
	return fmt.Sprintf("%v\n%s", err, out)
}

// common are the packages from elsewhere that an excerpt may use without saying where they come from.
var common = strings.Fields(`context errors fmt io iter log log/slog maps net/http os path/filepath slices strings testing time
	encoding/json github.com/shopspring/decimal github.com/jarcoal/httpmock github.com/gophercloud/gophercloud/v2`)

var (
	declaration = regexp.MustCompile(`(?m)^(func [(\w]|type \w+ |import )`)

	// declared are the variables that statements declare outside any block; the excerpt need not use them.
	declared = regexp.MustCompile(`(?m)^(\w+(?:, \w+)*) := `)

	selector = regexp.MustCompile(`\b([a-z][a-z0-9]*)\.[A-Z]`)
)

// statements tells whether a block is what stands inside a function.
func statements(text string) bool { return !clause(text) && !declaration.MatchString(text) }

func clause(text string) bool { return strings.HasPrefix(strings.TrimSpace(text), "package ") }

// whole makes a file of a block: the imports are found by the packages' names. The compiler is told where it stands.
func whole(document string, b block) string {
	place := fmt.Sprintf("//line %s:%d\n", filepath.Join(root(), filepath.FromSlash(document)), b.line)
	switch {
	case clause(b.text):
		return place + b.text
	case strings.HasPrefix(b.text, "import "):
		return "package block\n\n" + place + b.text
	case !statements(b.text):
		return "package block\n\n" + needed(b.text) + place + b.text
	}
	end := "return nil\n"
	lines := strings.Split(strings.TrimSpace(b.text), "\n")
	if strings.HasPrefix(lines[len(lines)-1], "return") {
		end = ""
	}
	params := "ctx context.Context, conn *gophermeter.Connection"
	for _, m := range declared.FindAllStringSubmatch(b.text, -1) {
		for name := range strings.SplitSeq(m[1], ", ") {
			if name == "ctx" || name == "conn" {
				params = regexp.MustCompile(`\b`+name+` `).ReplaceAllString(params, "_ ")
			}
			if name != "_" && end != "" {
				end = "_ = " + name + "\n" + end
			}
		}
	}
	const types = "context.Context gophermeter.Connection" // those of the parameters
	return "package blocks\n\n" + needed(b.text+types) + "func _(" + params + ") error {\n" + place + b.text + end + "}\n"
}

// needed imports the packages that a text uses.
func needed(text string) string {
	var used []string
	for _, m := range selector.FindAllStringSubmatch(text, -1) {
		used = append(used, m[1])
	}
	known := slices.Clone(common)
	for _, p := range tree() {
		if p.public() {
			known = append(known, p.path())
		}
	}
	out := "import (\n"
	for _, p := range known {
		if slices.Contains(used, path.Base(strings.TrimSuffix(p, "/v2"))) {
			out += fmt.Sprintf("%q\n", p)
		}
	}
	return out + ")\n\n"
}

func TestDocumentsGoOfSample(t *testing.T) {
	t.Parallel()
	good := []string{
		"package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(1) }\n",
		"if err := ctx.Err(); err != nil {\n\treturn err\n}\nfmt.Println(time.Now())\n",
		"return errors.Join(ctx.Err())\n",
		"now, err := time.Now(), ctx.Err()\n",
		"conn, err := gophermeter.Connect(ctx)\n",
		"client, err := tenantusage.New(conn)\n",
		"func TestA(t *testing.T) { t.Log(decimal.Zero) }\n",
		"func TestA(t *testing.T) {}\n",
		"import \"fmt\"\n\nvar _ = fmt.Sprint\n",
	}
	bad := []string{"{\n\tx := 1\n}\n", "fmt.Println(nobody)\n", "package main\n\nfunc main() { x := 1 }\n", "func TestA(t *testing.T) { t.Nothing() }\n"}
	sample := func(name string, texts []string) (d document) {
		d.name = name
		for i, text := range texts {
			d.blocks = append(d.blocks, block{lang: "go", line: 100 * (i + 1), text: text})
		}
		return d
	}
	out := compile(t, []document{sample("docs/good.md", good), sample("docs/bad.md", bad)})
	for _, want := range []string{"docs/bad.md:101:", "docs/bad.md:200:", "docs/bad.md:302:", "docs/bad.md:400:"} {
		if !strings.Contains(out, filepath.FromSlash(want)) {
			t.Errorf("%s passes", want)
		}
	}
	if strings.Contains(out, "good.md") {
		t.Error(out)
	}
}
