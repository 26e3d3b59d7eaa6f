package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/gophermeter/gophermeter"
)

// progress counts Nova's pages on a terminal, in a line that goes away.
type progress struct {
	mu     sync.Mutex
	out    io.Writer // nil where nobody watches
	begun  time.Time
	pages  int
	failed int
}

func newProgress(stderr io.Writer, verbose bool) *progress {
	p := &progress{begun: time.Now()}
	if f, ok := stderr.(*os.File); ok && !verbose && isTerminal(f) {
		p.out = f
	}
	return p
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// observe is called after each attempt, from whichever goroutine made it.
func (p *progress) observe(e gophermeter.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.out == nil || !strings.HasPrefix(e.Op, "tenantusage.") {
		return
	}
	if e.Err == nil && e.Status == http.StatusOK {
		p.pages++
	} else {
		p.failed++
	}
	fmt.Fprintf(p.out, "\rreading usage: page %d", p.pages)
	if p.failed > 0 {
		fmt.Fprintf(p.out, ", %d failed attempts", p.failed)
	}
	fmt.Fprintf(p.out, ", %s ", time.Since(p.begun).Round(100*time.Millisecond))
}

// done wipes the line.
func (p *progress) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.out != nil && p.pages+p.failed > 0 {
		fmt.Fprint(p.out, "\r"+strings.Repeat(" ", 70)+"\r")
	}
	p.out = nil
}
