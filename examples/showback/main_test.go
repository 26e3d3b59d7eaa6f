package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// Ctrl-C ends the program while Nova is silent, and half a report is never printed.
func TestInterrupt(t *testing.T) {
	cloud := fakecloud.New(fakecloud.WithMaxLimit(50))
	t.Cleanup(cloud.Close)
	file := filepath.Join(t.TempDir(), "clouds.yaml")
	if err := os.WriteFile(file, []byte(cloud.CloudsYAML()), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("OS_CLIENT_CONFIG_FILE", file)
	cloud.Inject(fakecloud.Fault{Service: "compute", Skip: 3, Stall: fakecloud.StallBody})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer cancel()
		for pages := 0; pages < 4 && t.Context().Err() == nil; time.Sleep(time.Millisecond) {
			pages = 0
			for _, r := range cloud.Requests() {
				if r.Service == "compute" {
					pages++
				}
			}
		}
	}()
	var stdout, stderr strings.Builder
	status := program.Run(ctx, fields("-cloud fakecloud -month 2026-09"), &stdout, &stderr)
	if status != 1 || stdout.Len() > 0 || stderr.String() != "showback: interrupted\n" {
		t.Errorf("status %d, stdout %q, stderr %q", status, stdout.String(), stderr.String())
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// A report that could not be written is a failure, as for a pipeline that stores it.
func TestOutputFails(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"table", "json", "csv"} {
		var stderr strings.Builder
		status := program.Run(t.Context(), fields("-last 1 -format "+format), broken{}, &stderr)
		if status != 1 || !strings.HasSuffix(stderr.String(), "\nshowback: no space left on device\n") {
			t.Errorf("%s: status %d, stderr %q", format, status, stderr.String())
		}
	}
}
