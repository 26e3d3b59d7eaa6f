// Package exampletest runs the examples as their users do.
package exampletest

import (
	"context"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

var update = flag.Bool("update", false, "write what the program prints into the scripts")

// Main is the TestMain of a program. Its tests know nothing of the clouds of the person who runs them.
func Main(m *testing.M, program string, main func()) {
	testscript.Main(nowhere{m}, map[string]func(){program: main})
}

type nowhere struct{ *testing.M }

func (m nowhere) Run() int {
	for _, pair := range os.Environ() {
		if name, _, _ := strings.Cut(pair, "="); strings.HasPrefix(name, "OS_") {
			if err := os.Unsetenv(name); err != nil {
				panic(err)
			}
		}
	}
	return m.M.Run()
}

// Run is a program without the process around it.
type Run func(ctx context.Context, args []string, stdout, stderr io.Writer) int

// Scripts runs the scripts of testdata/script; with the flag -update they are rewritten to what the program
// prints. Each has a cloud of its own: an entry of clouds.yaml for every user, fakecloud among them, and
// AUTH_URL. A script that names none of them gets the embedded one. Further options set more up.
//
//	refused TEXT FLAGS...  one line on stderr that begins with TEXT, nothing on stdout, status 2
//	fault PATH STATUS      each request whose path contains PATH is answered with STATUS
func Scripts(t *testing.T, program string, run Run, setup ...func(*testscript.Env, *fakecloud.Cloud) error) {
	t.Helper()
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		Setup: func(env *testscript.Env) error {
			cloud := fakecloud.New()
			env.Defer(cloud.Close)
			env.Values["cloud"] = cloud
			env.Setenv("GORACE", "atexit_sleep_ms=0") // else each run of the program takes a second more under -race
			env.Setenv("AUTH_URL", cloud.URL()+"/identity/v3")
			file := filepath.Join(env.WorkDir, "my-clouds.yaml")
			env.Setenv("OS_CLIENT_CONFIG_FILE", file)
			for _, more := range setup {
				if err := more(env, cloud); err != nil {
					return err
				}
			}
			return os.WriteFile(file, []byte(cloud.CloudsYAML()), 0o600)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"refused": func(ts *testscript.TestScript, _ bool, args []string) {
				var stdout, stderr strings.Builder
				status := run(context.Background(), args[1:], &stdout, &stderr)
				text := stderr.String()
				if status != 2 || stdout.Len() > 0 || !strings.HasPrefix(text, program+": "+args[0]) || strings.Count(text, "\n") != 1 {
					ts.Fatalf("status %d, stdout %q, stderr %q", status, stdout.String(), text)
				}
			},
			"fault": func(ts *testscript.TestScript, _ bool, args []string) {
				status, err := strconv.Atoi(args[1])
				ts.Check(err)
				ts.Value("cloud").(*fakecloud.Cloud).Inject(fakecloud.Fault{PathContains: args[0], Status: status, Times: -1})
			},
		},
	})
}

// InReadme holds the README of the project to what a program prints of the embedded cloud.
func InReadme(t *testing.T, run Run, args ...string) {
	t.Helper()
	var stdout, stderr strings.Builder
	if status := run(t.Context(), args, &stdout, &stderr); status != 0 {
		t.Fatalf("status %d: %s", status, &stderr)
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "```text\n"+stdout.String()+"```\n") {
		t.Errorf("README.md has no block with what is printed:\n%s", &stdout)
	}
}
