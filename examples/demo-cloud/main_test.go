package main

import (
	"bufio"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/tenantusage"
)

// What the cloud tells of itself is enough for another program to log in and find a month of usage; when it ends,
// nothing is left.
func TestServe(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "clouds.yaml")
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	status := make(chan int, 1)
	go func() {
		var stderr strings.Builder
		s := run(ctx, []string{"-clouds", file}, in, &stderr)
		in.CloseWithError(io.EOF)
		if s != 0 {
			t.Errorf("stderr: %s", &stderr)
		}
		status <- s
	}()
	told := ""
	for lines := bufio.NewScanner(out); !strings.HasPrefix(told, "Users") && lines.Scan(); {
		told = lines.Text()
	}
	if !strings.HasPrefix(told, "Users    fakecloud, demo, ") {
		t.Errorf("the last line is %q", told)
	}
	conn, err := gophermeter.Connect(t.Context(), gophermeter.WithCloudsFile(file), gophermeter.WithCloud("fakecloud"))
	if err != nil {
		t.Fatal(err)
	}
	usage, err := tenantusage.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	projects, err := usage.Projects(gophermeter.Month(now.Year(), now.Month()-1)).Collect(t.Context())
	if err != nil || len(projects) < 6 {
		t.Errorf("last month has %d projects, %v", len(projects), err)
	}
	conn.CloseIdleConnections()
	cancel()
	if s := <-status; s != 0 {
		t.Errorf("status %d", s)
	}
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("the file is still there: %v", err)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "mine.yaml")
	if err := os.WriteFile(file, []byte("clouds: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]struct {
		status int
		text   string
	}{
		"-rating-storage 3": {2, "demo-cloud: -rating-storage 3 is neither 1 nor 2 (demo-cloud -h explains)\n"},
		"now":               {2, "demo-cloud: \"now\" is not a flag (demo-cloud -h explains)\n"},
		"-clouds " + file:   {1, "demo-cloud: open " + file},
	} {
		var stdout, stderr strings.Builder
		status := run(t.Context(), strings.Fields(args), &stdout, &stderr)
		if status != want.status || stdout.Len() > 0 || !strings.HasPrefix(stderr.String(), want.text) {
			t.Errorf("%s: status %d, stdout %q, stderr %q", args, status, &stdout, &stderr)
		}
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "clouds: {}\n" {
		t.Errorf("the file of another is now %q, %v", text, err)
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	golden, err := os.ReadFile(filepath.Join("testdata", "help.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr strings.Builder
	if status := run(t.Context(), []string{"-h"}, &stdout, &stderr); status != 0 || stdout.String() != string(golden) {
		t.Errorf("status %d:\n%s%s", status, &stdout, &stderr)
	}
}
