package progress

import (
	"errors"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gophermeter/gophermeter"
)

func event(op string, status int, err error) gophermeter.Event {
	return gophermeter.Event{Op: op, Status: status, Err: err}
}

// wide is a terminal of any width.
func wide(columns int) func() int { return func() int { return columns } }

func TestWhatIsQuickShowsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b strings.Builder
		l := newLine(&b, wide(80))
		l.Stage("reading usage", "tenantusage.")
		time.Sleep(499 * time.Millisecond)
		l.Done()
		l.Done()
		if b.Len() > 0 {
			t.Errorf("got %q", b.String())
		}
	})
}

// The line says what is counted, stands still for nobody, and goes away.
func TestLine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b strings.Builder
		l := newLine(&b, wide(80))
		last := func() string {
			time.Sleep(interval)
			synctest.Wait()
			lines := strings.Split(b.String(), "\r")
			return strings.TrimRight(lines[len(lines)-1], " ")
		}
		l.Observe(event("tenantusage.Projects", 200, nil)) // of no stage
		l.Stage("reading usage", "tenantusage.")
		l.Observe(event("identity", 200, nil))
		l.Observe(event("tenantusage.Projects", 200, nil))
		time.Sleep(delay - interval + time.Millisecond)
		if got := last(); got != "| reading usage: 1 page, 500ms" {
			t.Errorf("got %q", got)
		}
		l.Observe(event("tenantusage.Projects", 503, nil))
		l.Observe(event("tenantusage.Projects", 404, nil))
		l.Observe(event("tenantusage.Projects", 200, errors.New("torn")))
		l.Observe(event("tenantusage.Projects", 200, nil))
		if got := last(); !strings.HasSuffix(got, " reading usage: 2 pages, 2 failed attempts, 600ms") {
			t.Errorf("got %q", got)
		}
		l.Stage("reading cost", "rating.")
		l.Part(15, 30, "days")
		if got := last(); !strings.HasSuffix(got, " reading cost: [==========          ] 15 of 30 days, 0 pages, 700ms") {
			t.Errorf("got %q", got)
		}
		l.Done()
		lines := strings.Split(b.String(), "\r")
		if wiped := lines[len(lines)-2]; strings.Trim(wiped, " ") != "" || len(wiped) != len(lines[len(lines)-3]) || lines[len(lines)-1] != "" {
			t.Errorf("the line was left on the terminal: %q", b.String())
		}
		at := b.Len()
		l.Stage("reading more", "")
		l.Observe(event("rating.Frames", 200, nil)) // a page asked for ahead, and given up
		time.Sleep(time.Second)
		if b.Len() > at {
			t.Errorf("got %q after the end", b.String()[at:])
		}
	})
}

// A line never wraps, whatever the terminal, and covers the longer one before it.
func TestLineFits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b strings.Builder
		var columns atomic.Int64
		columns.Store(20)
		l := newLine(&b, func() int { return int(columns.Load()) })
		l.Stage("reading cost", "rating.")
		time.Sleep(delay + time.Millisecond)
		for _, narrower := range []int64{10, 0} {
			columns.Store(narrower)
			time.Sleep(interval)
		}
		l.Done()
		want := []int{0, 19, 19, 9} // the second covers the first; the third is empty, and covers the second
		for i, text := range strings.Split(b.String(), "\r") {
			if i >= len(want) || len(text) != want[i] {
				t.Errorf("%d: got %q, %d long, want %v", i, text, len(text), want)
			}
		}
	})
}

// Only a terminal gets a line: no log, no file, no pipe, not the null device.
func TestNobodyWatches(t *testing.T) {
	t.Parallel()
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = null.Close() })
	for _, l := range []*Line{New(&strings.Builder{}, false), New(null, false), New(os.Stderr, true)} {
		l.Stage("reading usage", "tenantusage.")
		if l.out != nil || l.end != nil {
			t.Error("somebody watches")
		}
		l.Done()
	}
}
