package main

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

var update = flag.Bool("update", false, "write what the program prints into the scripts")

func TestMain(m *testing.M) { testscript.Main(nowhere{m}, map[string]func(){"showback": main}) }

// nowhere runs the tests without a cloud of the person who runs them.
type nowhere struct{ *testing.M }

func (m nowhere) Run() int {
	for _, pair := range os.Environ() {
		if name, _, _ := strings.Cut(pair, "="); strings.HasPrefix(name, "OS_") {
			os.Unsetenv(name)
		}
	}
	return m.M.Run()
}

// TestScripts runs the program as a user does. Each script has a cloud of its own: an entry of clouds.yaml
// for every user, and AUTH_URL. A script that names none of them gets the embedded one.
func TestScripts(t *testing.T) {
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
			return os.WriteFile(file, []byte(cloud.CloudsYAML()), 0o600)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			// refused TEXT FLAGS...: one line that contains TEXT, nothing on stdout, status 2.
			"refused": func(ts *testscript.TestScript, _ bool, args []string) {
				var stdout, stderr strings.Builder
				status := run(context.Background(), args[1:], &stdout, &stderr)
				text := stderr.String()
				if status != 2 || stdout.Len() > 0 || !strings.HasPrefix(text, "showback: "+args[0]) || strings.Count(text, "\n") != 1 {
					ts.Fatalf("status %d, stdout %q, stderr %q", status, stdout.String(), text)
				}
			},
			// fault PATH STATUS: every request whose path contains PATH is answered with STATUS.
			"fault": func(ts *testscript.TestScript, _ bool, args []string) {
				status, err := strconv.Atoi(args[1])
				ts.Check(err)
				ts.Value("cloud").(*fakecloud.Cloud).Inject(fakecloud.Fault{PathContains: args[0], Status: status, Times: -1})
			},
		},
	})
}
