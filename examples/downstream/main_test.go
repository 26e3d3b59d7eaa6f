package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

var update = flag.Bool("update", false, "write what the program writes into testdata")

// TestMain forgets the clouds of the person who runs the tests.
func TestMain(m *testing.M) {
	for _, pair := range os.Environ() {
		if name, _, _ := strings.Cut(pair, "="); strings.HasPrefix(name, "OS_") {
			if err := os.Unsetenv(name); err != nil {
				panic(err)
			}
		}
	}
	os.Exit(m.Run())
}

// called is the program with its flags: its status and what it printed.
func called(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, notices strings.Builder
	status = run(t.Context(), args, &out, &notices)
	return status, out.String(), notices.String()
}

// files are the names and contents of a folder.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	all := map[string]string{}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		require.NoError(t, err)
		all[e.Name()] = strings.ReplaceAll(string(content), "\r\n", "\n") // as git may have checked it out
	}
	return all
}

// TestFolder comes before those that run in parallel, which read what it updates.
func TestFolder(t *testing.T) {
	out := t.TempDir()
	status, stdout, stderr := called(t, "-month", "2026-09", "-vat", "19", "-out", out)
	require.Equal(t, 0, status, stderr)
	assert.Empty(t, stdout)
	assert.Contains(t, stderr, "invoices: 6 in "+filepath.Join(out, "2026-09")+"\n")
	assert.Contains(t, stderr, `invoices: warning: "ci-runners": CloudKitty rated 292 server-hours and Nova counted`)
	got := files(t, filepath.Join(out, "2026-09"))
	if *update {
		require.NoError(t, os.RemoveAll("testdata"))
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		for name, content := range got {
			require.NoError(t, os.WriteFile(filepath.Join("testdata", name), []byte(content), 0o644))
		}
	}
	assert.Equal(t, files(t, "testdata"), got)

	status, _, stderr = called(t, "-month", "2026-09", "-out", out)
	assert.Equal(t, 1, status)
	assert.Equal(t, 2, strings.Count(stderr, "\n"), "the notice, and why: %s", stderr)
	assert.Contains(t, stderr, "never overwritten")
}

// Other runs of the same month give the same bytes.
func TestPrinted(t *testing.T) {
	t.Parallel()
	written := files(t, "testdata")
	var texts, documents []string
	for _, name := range []string{"ci-runners", "data-lake", "genomics", "ml-training", "staging", "web-shop"} {
		texts = append(texts, written["invoice-"+name+".txt"])
		documents = append(documents, written["invoice-"+name+".json"])
	}
	status, stdout, stderr := called(t, "-vat", "19")
	require.Equal(t, 0, status, stderr)
	assert.Equal(t, strings.Join(texts, "\n"), stdout)

	var list bytes.Buffer
	require.NoError(t, json.Indent(&list, []byte("["+strings.Join(documents, ",")+"]"), "", "  "))
	status, stdout, stderr = called(t, "-vat", "19", "-json")
	require.Equal(t, 0, status, stderr)
	assert.Equal(t, list.String()+"\n", stdout)
}

func TestFlagsThatAreRefused(t *testing.T) {
	t.Parallel()
	for want, args := range map[string]string{
		`invoices: invalid value "9" for flag -month: a month is written as 2026-09 (invoices -h explains)` + "\n": "-month 9",
		"invoices: VAT has 0 to 100 percent":                         "-vat 119",
		"invoices: rating periods of 25h0m0s do not make up a month": "-period 25h",
		`invoices: halves are rounded half-up or half-even`:          "-round down",
		`invoices: "2026-09" is not a flag`:                          "2026-09",
		"invoices: -json is for what is printed":                     "-json -out x",
		`invoices: invalid value "" for flag -out`:                   "-out=",
		`invoices: invalid value "x" for flag -digits`:               "-digits x",
		"invoices: flag provided but not defined: -nope":             "-nope",
	} {
		status, stdout, stderr := called(t, strings.Fields(args)...)
		assert.Equal(t, 2, status, args)
		assert.Empty(t, stdout, args)
		assert.True(t, strings.HasPrefix(stderr, want), "%s: %s", args, stderr)
		assert.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	status, stdout, stderr := called(t, "-h")
	assert.Equal(t, 0, status)
	assert.Empty(t, stderr)
	assert.Contains(t, stdout, "invoices -month 2026-09 -out ./invoices")
	assert.Contains(t, stdout, "-tolerance percent\n")
}

// use makes an entry of a cloud's clouds.yaml the one of the environment.
func use(t *testing.T, cloud *fakecloud.Cloud, entry string) {
	t.Helper()
	t.Cleanup(cloud.Close)
	file := filepath.Join(t.TempDir(), "clouds.yaml")
	require.NoError(t, os.WriteFile(file, []byte(cloud.CloudsYAML()), 0o600))
	t.Setenv("OS_CLIENT_CONFIG_FILE", file)
	t.Setenv("OS_CLOUD", entry)
}

func TestWhoIsNoAdministrator(t *testing.T) {
	use(t, fakecloud.New(), "demo")
	out := t.TempDir()
	status, stdout, stderr := called(t, "-month", "2026-09", "-out", out)
	assert.Equal(t, 1, status)
	assert.Empty(t, stdout)
	assert.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
	assert.Contains(t, stderr, "403")
	assert.Empty(t, files(t, out), "nothing is written before everything was read")
}

func TestOtherMonths(t *testing.T) {
	cloud := fakecloud.New(fakecloud.WithEmpty())
	use(t, cloud, "fakecloud")
	out := t.TempDir()
	status, _, stderr := called(t, "-month", "9999-01", "-out", out)
	assert.Equal(t, 1, status)
	assert.True(t, strings.HasPrefix(stderr, "invoices: the month is not complete: 9999-01 ends at 9999-02-01 00:00 UTC"), stderr)

	status, _, stderr = called(t, "-month", "2026-08", "-out", out)
	assert.Equal(t, 0, status)
	assert.Equal(t, "invoices: nothing was rated in 2026-08: there are no invoices\n", stderr)
	assert.Empty(t, files(t, out), "or a later run would be refused")

	august := time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)
	id := cloud.AddProject(fakecloud.Project{Name: "new"})
	cloud.SetRatingScope(fakecloud.RatingScope{ID: id, LastProcessed: fakecloud.Epoch})
	cloud.AddRatedPoints(fakecloud.RatedPoint{Metric: "m", Unit: "GB", Begin: august, Quantity: 1, Price: 2.5, GroupBy: [][2]string{{"project_id", id}}})
	status, stdout, stderr := called(t, "-month", "2026-08", "-json", "-round", "half-even", "-digits", "0", "-currency", "JPY")
	assert.Equal(t, 0, status)
	assert.Empty(t, stderr)
	assert.Contains(t, stdout, `"net": "2",`)
	assert.Contains(t, stdout, `"currency": "JPY",`)
}

func TestInterrupted(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var stdout, stderr strings.Builder
	assert.Equal(t, 1, run(ctx, []string{"-month", "2026-09"}, &stdout, &stderr))
	assert.Empty(t, stdout.String())
	assert.Contains(t, stderr.String(), "context canceled")
}
