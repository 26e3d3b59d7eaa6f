package transport

import (
	"context"
	"sync"
	"time"
)

// watch cancels a context when it is not stopped in time. A transport may tell of a written request after
// the response has come, so a watch that was ended does not start again.
type watch struct {
	what   string
	limit  time.Duration // not positive: the watch never runs
	cancel context.CancelCauseFunc

	mu    sync.Mutex
	timer *time.Timer
	after time.Duration
	ended bool
}

func (w *watch) start(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended || w.limit <= 0 {
		return
	}
	w.after = d
	if w.timer == nil {
		w.timer = time.AfterFunc(d, w.fire)
		return
	}
	w.timer.Reset(d)
}

func (w *watch) fire() {
	w.mu.Lock()
	after, ended := w.after, w.ended
	w.mu.Unlock()
	if !ended {
		w.cancel(&TimeoutError{Phase: w.what, After: after})
	}
}

func (w *watch) pause() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.timer != nil {
		w.timer.Stop()
	}
}

func (w *watch) end() {
	w.pause()
	w.mu.Lock()
	w.ended = true
	w.mu.Unlock()
}
