package apicheck

import (
	"bufio"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// oplog names the variable that makes fakecloud write what it was asked into files of a directory: one file a
// test process, which says "# working directory" first and then "METHOD /path status" for every answer.
const oplog = "GOPHERMETER_OPLOG"

// TestSent wants each operation of a package sent by a test in that package's directory, and answered by the
// fake with a status that says it knew the call.
func TestSent(t *testing.T) {
	dir := os.Getenv(oplog)
	if dir == "" {
		t.Skipf("%s is not set: run make apicheck, which runs the tests of the service packages with it first", oplog)
	}
	sent := map[string][]string{}
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, file := range files {
		where, what := readLog(t, file)
		sent[where] = append(sent[where], what...)
	}
	all := operations(t, operationsText)
	omitted := omissions(t, all)
	for _, p := range served(t) {
		for _, call := range unsent(p.dir, all, sent[p.dir]) {
			if !slices.Contains(omitted, p.dir+" "+call) {
				t.Errorf("%s: no test in %s sent %s (%d requests seen)", p.dir, p.dir, call, len(sent[p.dir]))
			}
		}
	}
}

// readLog gives the directory below the module root, and "METHOD /path" of each answer below 400.
func readLog(t *testing.T, file string) (where string, what []string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for in := bufio.NewScanner(f); in.Scan(); {
		if dir, ok := strings.CutPrefix(in.Text(), "# "); ok {
			rel, err := filepath.Rel(root(), dir)
			if err != nil {
				t.Fatal(err)
			}
			where = filepath.ToSlash(rel)
			continue
		}
		at := strings.LastIndexByte(in.Text(), ' ')
		status, err := strconv.Atoi(in.Text()[at+1:])
		if at < 0 || err != nil {
			t.Fatalf("%s: not METHOD /path status: %q", file, in.Text())
		}
		if status >= 200 && status < 400 {
			what = append(what, in.Text()[:at])
		}
	}
	return where, what
}

// unsent are the operations of a package that no request matches.
func unsent(dir string, all []operation, requests []string) []string {
	var out []string
	for _, op := range all {
		if op.dir == dir && !slices.ContainsFunc(requests, func(r string) bool { return matches(op.call, r) }) {
			out = append(out, op.call)
		}
	}
	return out
}

var version = regexp.MustCompile(`^(GET|HEAD|POST|PUT|PATCH|DELETE) (?:/[^/]+)*?/v\d+(?:\.\d+)?(/.*)$`)

// matches compares segment by segment; a catalogue's URL may have put a version in front of the path.
func matches(call, request string) bool {
	if same(call, request) {
		return true
	}
	below := version.FindStringSubmatch(request)
	return below != nil && same(call, below[1]+" "+below[2])
}

func same(call, request string) bool {
	want, got := strings.Split(call, "/"), strings.Split(request, "/")
	return slices.EqualFunc(want, got, func(w, g string) bool {
		return w == g || strings.HasPrefix(w, "{") && g != ""
	})
}

func TestSentOfSample(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "ops-1")
	log := "# " + filepath.Join(root(), "sample") + "\nGET /v2.1/things 200\nGET /things/17 404\nPOST /v1/things/a b/do 302\n" +
		"DELETE /things/ 204\nPUT /v1/things/7 200\n"
	if err := os.WriteFile(file, []byte(log), 0o600); err != nil {
		t.Fatal(err)
	}
	where, what := readLog(t, file)
	all := operations(t, "## sample: S\nGET /things\nGET /things/{id}\nDELETE /things/{id}\nPOST /things/{id}/do\nPUT /v1/things/{id}\n")
	want := []string{"GET /things/{id}", "DELETE /things/{id}"}
	if got := unsent("sample", all, what); where != "sample" || !slices.Equal(got, want) {
		t.Errorf("in %q: got %q, want %q", where, got, want)
	}
}
