package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/amie"
	"github.com/gophermeter/gophermeter/examples/internal/exampletest"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// childVariable makes the test the program itself, which can then be killed.
const childVariable = "GOPHERMETER_AMIE_REPORT_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		impatient := amie.WithRetry(gophermeter.Retry{Base: time.Millisecond, Cap: 2 * time.Millisecond})
		os.Exit(newProgram(impatient, amie.WithMaxRecords(7)).Main())
	}
	exampletest.Main(m, "amie-report", main)
}

// TestScripts runs the program as a user does. Beside the cloud there is an AMIE service at AMIE_URL, of the site
// EXAMPLE, whose key is in the environment.
func TestScripts(t *testing.T) {
	exampletest.Scripts(t, "amie-report", newProgram().Run, func(env *testscript.Env, _ *fakecloud.Cloud) error {
		access := newAccess()
		env.Defer(access.Close)
		env.Setenv("AMIE_URL", access.AMIEURL())
		env.Setenv(keyVariable, fakecloud.AMIEKey)
		return nil
	})
}

// newAccess is an AMIE service that has the time of this machine, as journals do.
func newAccess(opts ...fakecloud.Option) *fakecloud.Cloud {
	return fakecloud.New(append([]fakecloud.Option{
		fakecloud.WithEmpty(), fakecloud.WithClock(time.Now), fakecloud.WithAMIELoadDelay(0),
	}, opts...)...)
}

// site is a cloud with two projects, a mapping of it, an AMIE service and a journal.
type site struct {
	cloud, access *fakecloud.Cloud
	dir           string
	alpha, beta   string // ids of projects
	ann           string // id of a user of alpha
}

const serversOfEach = 20

func newSite(t testing.TB, access *fakecloud.Cloud) *site {
	t.Helper()
	return newSiteOn(t, fakecloud.New(fakecloud.WithEmpty()), access)
}

func newSiteOn(t testing.TB, cloud, access *fakecloud.Cloud) *site {
	t.Helper()
	s := &site{cloud: cloud, access: access, dir: t.TempDir()}
	t.Cleanup(s.cloud.Close)
	t.Cleanup(access.Close)
	s.alpha, s.beta = s.cloud.AddProject(fakecloud.Project{Name: "alpha"}), s.cloud.AddProject(fakecloud.Project{Name: "beta"})
	s.ann = s.cloud.AddUser(fakecloud.User{Name: "ann", Roles: map[string][]string{s.alpha: {"member"}}})
	for n := range serversOfEach {
		s.server(n, "m1.small", s.alpha)
		s.server(serversOfEach+n, "g1.large", s.beta)
	}
	for h := range 24 {
		at := hourOf(h)
		s.cloud.AddRatedPoints(s.rated("volume.size", "vol-a", s.alpha, s.ann, at, "ssd"), s.rated("volume.size", "vol-b", s.beta, "", at, "hdd"),
			s.rated("instance", idOf(0), s.alpha, s.ann, at, ""))
	}
	s.write(t, "clouds.yaml", s.cloud.CloudsYAML())
	s.remap(t, nil)
	return s
}

// dayText is the day that the tests report.
const dayText = "2026-09-15"

func hourOf(h int) time.Time { return time.Date(2026, time.September, 15, h, 0, 0, 0, time.UTC) }

func idOf(n int) string { return fmt.Sprintf("%08d-0000-4000-8000-000000000000", n) }

// server is one of 1 to 4 vCPUs that has run since some minutes into the day.
func (s *site) server(n int, flavor, project string) {
	name, launched := fmt.Sprint("vm-", n), hourOf(0).Add(time.Duration(n*7)*time.Minute)
	s.cloud.AddServer(fakecloud.Server{ID: idOf(n), Name: &name, ProjectID: project, Flavor: flavor, VCPUs: 1 + n%4, LaunchedAt: &launched, Cell: 1})
}

func (s *site) rated(metric, id, project, user string, at time.Time, kind string) fakecloud.RatedPoint {
	return fakecloud.RatedPoint{Metric: metric, Begin: at, Unit: "GiB", Quantity: 10, Price: 0.25,
		GroupBy: [][2]string{{"id", id}, {"user_id", user}, {"project_id", project}}, Metadata: [][2]string{{"volume_type", kind}}}
}

// remap writes the mapping, changed.
func (s *site) remap(t testing.TB, change func(m map[string]any)) {
	t.Helper()
	m := map[string]any{
		"compute": []any{
			map[string]any{"resource": "cpu.example.org", "flavors": []string{"m1.*"}, "rate": "1"},
			map[string]any{"resource": "gpu.example.org", "flavors": []string{"g1.*"}, "rate": "2.5"},
		},
		"states": map[string]any{"active": 1},
		"storage": []any{
			map[string]any{"resource": "store.example.org", "metrics": []string{"volume.size"}, "types": []string{"ssd"}, "charge": "GiB", "rate": "1"},
			map[string]any{"resource": "store.example.org", "metrics": []string{"volume.size"}, "types": []string{"hdd"}, "charge": "price", "rate": "2"},
		},
		"projects": map[string]any{
			s.alpha: map[string]any{"local_project_id": "TG-A", "username": "pi_a"},
			s.beta:  map[string]any{"local_project_id": "TG-B", "username": "pi_b"},
		},
		"users": map[string]any{s.ann: "ann_login"},
	}
	if change != nil {
		change(m)
	}
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	s.write(t, "mapping.json", string(text))
}

func (s *site) path(name string) string { return filepath.Join(s.dir, name) }

func (s *site) write(t testing.TB, name, text string) {
	t.Helper()
	if err := os.WriteFile(s.path(name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// command is the program, in a process of its own.
func (s *site) command(ctx context.Context, args ...string) *exec.Cmd {
	program, err := os.Executable()
	if err != nil {
		panic(err)
	}
	cmd := exec.CommandContext(ctx, program, append([]string{"-config", s.path("mapping.json"), "-journal", s.path("journal.db"), "-site", fakecloud.AMIESite,
		"-amie-url", s.access.AMIEURL(), "-day", dayText, "-format", "json"}, args...)...)
	cmd.Env = append(os.Environ(), childVariable+"=1", "GORACE=atexit_sleep_ms=0", keyVariable+"="+fakecloud.AMIEKey,
		"OS_CLIENT_CONFIG_FILE="+s.path("clouds.yaml"), "OS_CLOUD=fakecloud")
	return cmd
}

// answer is what one run came to.
type answer struct {
	summary
	status int
	stderr string
}

func (s *site) run(t testing.TB, args ...string) *answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := s.command(ctx, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	a := &answer{}
	var exit *exec.ExitError
	if err := cmd.Run(); errors.As(err, &exit) {
		a.status = exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	a.stderr = stderr.String()
	if stdout.Len() > 0 {
		if err := json.Unmarshal(stdout.Bytes(), &a.summary); err != nil {
			t.Fatalf("%v: %s", err, &stdout)
		}
	}
	return a
}

// charges are what the service has loaded, by resource and record; it must be once.
func (s *site) charges(t testing.TB) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, r := range s.access.AMIERecords() {
		key := r.Kind + " " + r.Resource + " " + r.LocalRecordID
		if all[key] != "" {
			t.Errorf("%s counts twice", key)
		}
		all[key] = r.Charge
	}
	return all
}

// posts are how often records were sent.
func (s *site) posts() (n int) {
	for _, r := range s.access.Requests() {
		if r.Method == http.MethodPost {
			n++
		}
	}
	return n
}
