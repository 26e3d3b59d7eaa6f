package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestMain is the program itself when the benchmark under test starts it again.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && (os.Args[1] == childServe || os.Args[1] == childRun) {
		main()
		return
	}
	if os.Getenv("GORACE") == "" {
		_ = os.Setenv("GORACE", "atexit_sleep_ms=0") // or each process under the race detector waits a second
	}
	os.Exit(m.Run())
}

// Every job in a process of its own, each of which is an error unless it sees all rows of its shape.
func TestShortRun(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	page := filepath.Join(t.TempDir(), "docs", "benchmarks.md")
	require.NoError(t, bench(t.Context(), options{short: true, out: page}, &out))
	written, err := os.ReadFile(page)
	require.NoError(t, err)
	for _, s := range suites {
		for _, line := range s.lines {
			require.Contains(t, out.String(), line.name)
			require.Contains(t, string(written), line.name)
		}
	}
}

func TestAJobThatSeesOtherRowsFails(t *testing.T) {
	t.Parallel()
	url, stop, err := startServer(t.Context())
	require.NoError(t, err)
	defer stop()
	few := shape{pages: 2, size: 8, cells: 1}
	_, err = process(t.Context(), "servers-10k", few, url)
	require.NoError(t, err)
	_, err = process(t.Context(), "servers-10k", few, url+"/nowhere")
	require.ErrorContains(t, err, "servers-10k")
	_, err = process(t.Context(), "nothing", few, url)
	require.ErrorContains(t, err, "nothing")
}

// All ways to read a walk see the same rows, in every order that the server has.
func TestJobsSeeTheSameRows(t *testing.T) {
	t.Parallel()
	url, stop, err := startServer(t.Context())
	require.NoError(t, err)
	defer stop()
	for _, offered := range []shape{
		{pages: 1, size: 4, cells: 1},
		{pages: 3, size: 7, cells: 1},
		{pages: 6, size: 10, cells: 2},
	} {
		for _, j := range jobs() {
			rows, err := j.run(t.Context(), target{shape: offered, url: url + "/" + offered.String()})
			require.NoError(t, err, j.name)
			require.Equal(t, offered.rows(), rows, "%s of %s", j.name, offered)
		}
	}
}

func TestComparisonsNameJobs(t *testing.T) {
	t.Parallel()
	names := map[string]bool{"": true}
	for _, j := range jobs() {
		require.False(t, names[j.name], "%s is there twice", j.name)
		names[j.name] = true
	}
	for _, s := range suites {
		for _, c := range s.lines {
			require.True(t, names[c.ours] && names[c.theirs] && names[c.base], c.name)
			require.NotEmpty(t, c.ours, c.name)
		}
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	m := samples{
		"ours":   {{cpu: 3}, {cpu: 1}, {cpu: 2}},
		"theirs": {{cpu: 60}, {cpu: 10}, {cpu: 20}, {cpu: 20}},
	}
	for _, tt := range []struct {
		of   comparison
		want string
	}{
		{comparison{name: "a", ours: "ours", theirs: "theirs", target: 1.0 / 11}, "a|2.000 s|20.000 s|1/10.0|1/11.0|1/9.2||met"},
		{comparison{name: "b", ours: "ours", theirs: "theirs", target: 1.0 / 28, moonshot: 1.0 / 36}, "b|2.000 s|20.000 s|1/10.0|1/28.0|1/23.3|1/36.0|missed"},
		{comparison{name: "c", ours: "ours", target: 1.7}, "c|2.000 s|||1.700 s|2.040 s||met"},
		{comparison{name: "d", ours: "theirs", base: "ours", target: 10}, "d|18.000 s|||10.000 s|12.000 s||missed"},
	} {
		row, met := tt.of.judge(m)
		require.Equal(t, tt.want, strings.Join(row, "|"))
		require.Equal(t, strings.HasSuffix(tt.want, "|met"), met)
	}
}

func TestShapes(t *testing.T) {
	t.Parallel()
	for _, s := range []shape{{200, 1000, 1, 0}, {1000, 1000, 2, 20 * time.Millisecond}} {
		parsed, err := parseShape(s.String())
		require.NoError(t, err)
		require.Equal(t, s, parsed)
		for n := range s.pages - 1 {
			require.Equal(t, n+1, s.pageAfter(s.marker(n)), s.String())
		}
	}
	for _, bad := range []string{"", "1x1", "0x1,1,0s", "1x1,1,soon"} {
		_, err := parseShape(bad)
		require.Error(t, err, bad)
	}
}
