package apicheck

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestReadmeGo compiles each go block of README.md: a whole file as it stands, statements inside a function that
// has ctx and may return an error.
func TestReadmeGo(t *testing.T) {
	t.Parallel()
	if out := compile(t, blocks(readme(t), "go")); out != "" {
		t.Errorf("a go block does not compile:\n%s", out)
	}
}

// compile gives what the compiler says of texts that stand, by an overlay only, in packages of this module.
func compile(t *testing.T, texts []string) string {
	t.Helper()
	if len(texts) == 0 {
		return ""
	}
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip(err)
	}
	var overlay struct{ Replace map[string]string }
	overlay.Replace = map[string]string{}
	temp := t.TempDir()
	args := []string{"list", "-export", "-overlay", filepath.Join(temp, "overlay.json")}
	for i, text := range texts {
		name := fmt.Sprintf("block%d", i+1)
		file := filepath.Join(temp, name+".go")
		if err := os.WriteFile(file, []byte(whole(text)), 0o600); err != nil {
			t.Fatal(err)
		}
		overlay.Replace[filepath.Join(root(), "internal", "apicheck", name, name+".go")] = file
		args = append(args, "./internal/apicheck/"+name)
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

// common are packages of the standard library that statements may use without saying where they come from.
var common = strings.Fields("context errors fmt log log/slog maps net/http os slices strings time")

// declared are the variables that statements declare outside any block; the excerpt need not use them.
var declared = regexp.MustCompile(`(?m)^(\w+(?:, \w+)*) := `)

var selector = regexp.MustCompile(`\b([a-z][a-z0-9]*)\.[A-Z]`)

// whole makes a file of statements: the imports are found by the packages' names.
func whole(text string) string {
	if strings.HasPrefix(strings.TrimSpace(text), "package ") {
		return text
	}
	var used []string
	for _, m := range selector.FindAllStringSubmatch(text, -1) {
		used = append(used, m[1])
	}
	imports := []string{`"context"`}
	for _, path := range common {
		if slices.Contains(used, filepath.Base(path)) && path != "context" {
			imports = append(imports, fmt.Sprintf("%q", path))
		}
	}
	for _, p := range tree() {
		if p.public() && slices.Contains(used, p.name) {
			imports = append(imports, fmt.Sprintf("%q", p.path()))
		}
	}
	end := "return nil\n"
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if strings.HasPrefix(lines[len(lines)-1], "return") {
		end = ""
	}
	for _, m := range declared.FindAllStringSubmatch(text, -1) {
		for name := range strings.SplitSeq(m[1], ", ") {
			if name != "_" && end != "" {
				end = "_ = " + name + "\n" + end
			}
		}
	}
	return "package block\n\nimport (\n" + strings.Join(imports, "\n") + "\n)\n\nfunc _(ctx context.Context) error {\n" + text + end + "}\n"
}

func TestReadmeGoOfSample(t *testing.T) {
	t.Parallel()
	good := []string{
		"package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(1) }\n",
		"if err := ctx.Err(); err != nil {\n\treturn err\n}\nfmt.Println(time.Now())\n",
		"return errors.Join(ctx.Err())\n",
		"now, err := time.Now(), ctx.Err()\n",
	}
	if out := compile(t, good); out != "" {
		t.Error(out)
	}
	for _, bad := range []string{"{\n\tx := 1\n}\n", "fmt.Println(nobody)\n", "package main\n\nfunc main() { x := 1 }\n"} {
		if compile(t, []string{bad}) == "" {
			t.Errorf("passes: %q", bad)
		}
	}
}
