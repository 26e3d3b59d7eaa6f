package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// run runs the program with words for arguments.
func run(t *testing.T, args string) (status int, stdout, stderr string) {
	t.Helper()
	var out, notes strings.Builder
	status = program.Run(t.Context(), strings.Fields(args), &out, &notes)
	return status, out.String(), notes.String()
}

// printed is what the program prints of the embedded cloud.
func printed(t *testing.T, args string) string {
	t.Helper()
	status, stdout, stderr := run(t, args)
	if status != 0 {
		t.Fatalf("%s: status %d: %s", args, status, stderr)
	}
	return stdout
}

func readReport(t *testing.T, args string) *report {
	t.Helper()
	var r report
	if err := json.Unmarshal([]byte(printed(t, args+" -format json")), &r); err != nil {
		t.Fatal(err)
	}
	return &r
}

// use makes a cloud the one that -cloud fakecloud names.
func use(t *testing.T, opts ...fakecloud.Option) *fakecloud.Cloud {
	t.Helper()
	cloud := fakecloud.New(opts...)
	t.Cleanup(cloud.Close)
	file := filepath.Join(t.TempDir(), "clouds.yaml")
	if err := os.WriteFile(file, []byte(cloud.CloudsYAML()), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("OS_CLIENT_CONFIG_FILE", file)
	return cloud
}
