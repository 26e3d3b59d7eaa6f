package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/alarm"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// cloudOf makes a cloud that -cloud finds by the names of its users, and demo's client of its alarms.
func cloudOf(t *testing.T, opts ...fakecloud.Option) (*fakecloud.Cloud, *alarm.Client) {
	t.Helper()
	cloud := fakecloud.New(opts...)
	t.Cleanup(cloud.Close)
	file := filepath.Join(t.TempDir(), "clouds.yaml")
	if err := os.WriteFile(file, []byte(cloud.CloudsYAML()), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("OS_CLIENT_CONFIG_FILE", file)
	conn, err := gophermeter.Connect(t.Context(), cloud.OptionsFor("demo")...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.CloseIdleConnections)
	client, err := alarm.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	return cloud, client
}

// running is the program in the background, line by line.
type running struct {
	out, err *bufio.Scanner
	status   chan int
}

func start(ctx context.Context, t *testing.T, args ...string) *running {
	t.Helper()
	outR, outW := io.Pipe()
	errR, errW := io.Pipe()
	r := &running{bufio.NewScanner(outR), bufio.NewScanner(errR), make(chan int, 1)}
	go func() {
		r.status <- program.Run(ctx, args, outW, errW)
		outW.Close()
		errW.Close()
	}()
	return r
}

func want(t *testing.T, s *bufio.Scanner, line string) {
	t.Helper()
	if !s.Scan() || s.Text() != line {
		t.Fatalf("%q, want %q", s.Text(), line)
	}
}

// Each transition is printed as it happens, and Ctrl-C is how a watch ends.
func TestWatch(t *testing.T) {
	cloud, client := cloudOf(t)
	gone, err := client.FindAlarm(t.Context(), "server-gone")
	if err != nil {
		t.Fatal(err)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	w := start(ctx, t, "watch", "-cloud", "demo", "-interval", "1ms", "server-gone")
	want(t, w.err, "alarm-watch: server-gone is ok; watching until Ctrl-C")
	cloud.SetAlarmState(gone.ID, "alarm", "Event hits the query")
	want(t, w.out, "2026-10-01 00:00:00 UTC  server-gone: alarm (Event hits the query)")
	if err := client.SetState(t.Context(), gone.ID, alarm.StateOK); err != nil {
		t.Fatal(err)
	}
	want(t, w.out, "2026-10-01 00:00:00 UTC  server-gone: ok (Manually set via API)")
	interrupt()
	want(t, w.err, "alarm-watch: the watch ends; transitions seen: 2")
	if w.out.Scan() || w.err.Scan() {
		t.Errorf("and then %q, %q", w.out.Text(), w.err.Text())
	}
	if status := <-w.status; status != 0 {
		t.Errorf("status %d", status)
	}
}

// A watch in JSON has an object a line. It fails when its alarm is deleted, or nobody reads on.
func TestWatchFails(t *testing.T) {
	cloud, client := cloudOf(t)
	gone, err := client.FindAlarm(t.Context(), "server-gone")
	if err != nil {
		t.Fatal(err)
	}
	w := start(t.Context(), t, "watch", "-cloud", "demo", "-interval", "1ms", "-for", "1h", "-format", "json", gone.ID)
	want(t, w.err, "alarm-watch: server-gone is ok; watching until 1h0m0s are over, or Ctrl-C")
	cloud.SetAlarmState(gone.ID, "alarm", "< 5 & > 3")
	if !w.out.Scan() || !strings.HasPrefix(w.out.Text(), `{"event_id":"`) ||
		!strings.HasSuffix(w.out.Text(), `"detail":{"state":"alarm","transition_reason":"< 5 & > 3"}}`) {
		t.Errorf("got %q", w.out.Text())
	}
	if err := client.DeleteAlarm(t.Context(), gone.ID); err != nil {
		t.Fatal(err)
	}
	if !w.err.Scan() || !strings.HasPrefix(w.err.Text(), "alarm-watch: alarm.Watch: GET ") || !strings.Contains(w.err.Text(), "404 Not Found") {
		t.Errorf("got %q", w.err.Text())
	}
	if status := <-w.status; status != 1 {
		t.Errorf("status %d", status)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestOutputFails(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"list", "show server-gone", "history server-gone", "demo", "list -format json"} {
		var stderr strings.Builder
		status := program.Run(t.Context(), strings.Fields(args), broken{}, &stderr)
		if status != 1 || !strings.HasSuffix(stderr.String(), "\nalarm-watch: broken pipe\n") {
			t.Errorf("%s: status %d, stderr %q", args, status, &stderr)
		}
	}
}

// The alarms that Ceilometer had of its own: thresholds on its meters.
func TestCeilometer(t *testing.T) {
	cloud, _ := cloudOf(t, fakecloud.WithCeilometerAlarms())
	run := func(want string, args ...string) {
		t.Helper()
		cloud.Advance(time.Second)
		var stdout, stderr bytes.Buffer
		if status := program.Run(t.Context(), args, &stdout, &stderr); status != 0 || !strings.Contains(stdout.String(), want) {
			t.Fatalf("%q: status %d, %s%s", args, status, &stdout, &stderr)
		}
	}
	run(`"comparison_operator": "gt"`, "create", "-cloud", "demo", "-format", "json", "-name", "busy", "-type", "threshold", "-meter-name", "cpu_util",
		"-threshold", "80", "-comparison-operator", "gt", "-period", "600", "-evaluation-periods", "2", "-query", "metadata.flavor=m1.large; resource_id=x")
	run("busy  insufficient data", "list", "-cloud", "demo")
	run("metadata.flavor=m1.large; resource_id=x", "update", "-cloud", "demo", "-threshold", "90", "-statistic", "max", "busy")
	run("rule change  rule statistic=max threshold=90\n", "history", "-cloud", "demo", "busy")
	run("was insufficient data and is set to ok", "state", "-cloud", "demo", "busy", "ok")
	run("is deleted", "delete", "-cloud", "demo", "busy")
}

func TestConditions(t *testing.T) {
	t.Parallel()
	const text = "traits.memory_mb>=integer::512; traits.host!=n1; metadata.a<=1; b<2; c>float::0.5; d=e=f g"
	all, err := conditions(text)
	if err != nil || terms(all) != text {
		t.Errorf("got %q, %v", terms(all), err)
	}
}
