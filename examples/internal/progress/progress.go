// Package progress shows people how far a long walk has come: in one line of their terminal, which goes away when
// the walk has ended.
package progress

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/gophermeter/gophermeter"
)

const (
	delay    = 500 * time.Millisecond // what takes less is not worth a line
	interval = 100 * time.Millisecond
)

// Line is the line. It is safe for concurrent use, and its methods do nothing where nobody watches.
type Line struct {
	mu      sync.Mutex
	out     io.Writer // nil where nobody watches
	width   func() int
	end     chan struct{} // closed when the line is to go
	gone    chan struct{} // closed when it has gone
	begun   time.Time     // of the first stage
	stage   stage
	printed int // how long the line on the terminal is
}

// stage is a walk, of which there may be several one after the other.
type stage struct {
	what, operations string
	pages, failed    int
	done, all        int // of units; all is 0 where nobody knows how many there are
	unit             string
}

// New is a line on stderr where that is a terminal, and no line where it is not or where it would be in the way of a
// log.
func New(stderr io.Writer, verbose bool) *Line {
	f, ok := stderr.(*os.File)
	if !ok || verbose || !term.IsTerminal(int(f.Fd())) {
		return &Line{}
	}
	return newLine(f, func() int {
		width, _, err := term.GetSize(int(f.Fd()))
		if err != nil || width <= 0 { // nobody knows
			return 80
		}
		return width
	})
}

func newLine(out io.Writer, width func() int) *Line { return &Line{out: out, width: width} }

// Stage begins a walk, whose attempts are those of operations that begin so.
func (l *Line) Stage(what, operations string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.out == nil {
		return
	}
	l.stage = stage{what: what, operations: operations}
	if l.end == nil {
		l.begun, l.end, l.gone = time.Now(), make(chan struct{}), make(chan struct{})
		go l.show(l.end, l.gone)
	}
}

// Observe counts an attempt; it is for [gophermeter.WithObserver]. What a service does not have is no failure.
func (l *Line) Observe(e gophermeter.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := &l.stage
	if s.operations == "" || !strings.HasPrefix(e.Op, s.operations) {
		return
	}
	switch {
	case e.Err == nil && e.Status == http.StatusOK:
		s.pages++
	case e.Err != nil, e.Status >= 500, e.Status == http.StatusTooManyRequests:
		s.failed++
	}
}

// Part says how much of the stage is done, where that is known: it makes the line a bar.
func (l *Line) Part(done, all int, unit string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stage.done, l.stage.all, l.stage.unit = done, all, unit
}

// Done takes the line away. What is printed afterwards stands where it was.
func (l *Line) Done() {
	l.mu.Lock()
	end, gone := l.end, l.gone
	l.out, l.end = nil, nil
	l.mu.Unlock()
	if end != nil {
		close(end)
		<-gone
	}
}

// show draws the line again and again, until its end.
func (l *Line) show(end, gone chan struct{}) {
	l.mu.Lock()
	out, begun := l.out, l.begun
	l.mu.Unlock()
	defer close(gone)
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-end:
			if l.printed > 0 {
				fmt.Fprint(out, "\r"+strings.Repeat(" ", l.printed)+"\r")
			}
			return
		case <-tick.C:
		}
		if took := time.Since(begun); took >= delay {
			l.draw(out, n, took)
		}
	}
}

// draw prints the line over the one before.
func (l *Line) draw(out io.Writer, n int, took time.Duration) {
	l.mu.Lock()
	text := l.stage.text(n, took)
	l.mu.Unlock()
	// A line that fills the terminal would wrap, and could not be taken back.
	if most := l.width() - 1; len(text) > most {
		text = text[:max(most, 0)]
	}
	fmt.Fprint(out, "\r"+text+strings.Repeat(" ", max(l.printed-len(text), 0)))
	l.printed = len(text)
}
