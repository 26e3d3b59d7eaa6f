package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync"
	"time"
)

// Limits bounds the phases of an attempt, so that no call hangs when its context has no deadline. A limit
// that is not positive is none.
type Limits struct {
	Dial, TLS time.Duration
	Header    time.Duration // from the request written to the response's header
	Body      time.Duration // without a single byte
}

// TimeoutError says which phase of an attempt took too long. It is a net.Error.
type TimeoutError struct {
	Phase string
	After time.Duration
}

func (e *TimeoutError) Error() string { return fmt.Sprintf("no %s within %s", e.Phase, e.After) }

// Timeout makes it a net.Error that says so.
func (e *TimeoutError) Timeout() bool { return true }

// Temporary is part of net.Error.
func (e *TimeoutError) Temporary() bool { return true }

// Limited ends an attempt whose phases outlast the limits, over any RoundTripper that honours its
// request's context.
type Limited struct {
	Next   http.RoundTripper
	Limits Limits
}

// RoundTrip sends one attempt; the body it returns is bounded too.
func (l Limited) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(req.Context())
	header := newWatch(cancel, "response header", l.Limits.Header)
	// Transports that tell nothing of their phases (mocks) get the sum for all of them.
	if l.Limits.Header > 0 {
		header.start(max(l.Limits.Dial, 0) + max(l.Limits.TLS, 0) + l.Limits.Header)
	}
	trace := &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { header.start(l.Limits.Header) }}
	resp, err := l.Next.RoundTrip(req.WithContext(httptrace.WithClientTrace(ctx, trace)))
	header.end()
	if err != nil {
		cancel(nil)
		return nil, phase(ctx, req.Context(), err)
	}
	if resp.Body == nil {
		resp.Body = http.NoBody
	}
	resp.Body = &limitedBody{
		ReadCloser: resp.Body, ctx: ctx, caller: req.Context(), cancel: cancel,
		watch: newWatch(cancel, "byte of the body", l.Limits.Body),
	}
	return resp, nil
}

// limitedBody runs its watch only while a Read is waiting: a slow consumer is not a stalled server.
type limitedBody struct {
	io.ReadCloser
	ctx, caller context.Context
	cancel      context.CancelCauseFunc
	watch       *watch
}

func (b *limitedBody) Read(p []byte) (int, error) {
	b.watch.start(b.watch.limit)
	n, err := b.ReadCloser.Read(p)
	b.watch.pause()
	if err != nil && err != io.EOF {
		err = phase(b.ctx, b.caller, err)
	}
	return n, err
}

func (b *limitedBody) Close() error {
	err := b.ReadCloser.Close()
	b.watch.end()
	b.cancel(nil)
	return err
}

// phase names the limit that ended an attempt, where it was one and not the caller.
func phase(ctx, caller context.Context, err error) error {
	var timeout *TimeoutError
	if caller.Err() == nil && errors.As(context.Cause(ctx), &timeout) {
		return timeout
	}
	return err
}

// watch cancels a context when it is not stopped in time. A transport may tell of a written request after
// the response has come, so a watch that was ended does not start again.
type watch struct {
	limit time.Duration
	fire  func()

	mu    sync.Mutex
	timer *time.Timer
	ended bool
}

func newWatch(cancel context.CancelCauseFunc, what string, limit time.Duration) *watch {
	return &watch{limit: limit, fire: func() { cancel(&TimeoutError{Phase: what, After: limit}) }}
}

func (w *watch) start(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.ended || w.limit <= 0 || d <= 0:
	case w.timer == nil:
		w.timer = time.AfterFunc(d, w.fire)
	default:
		w.timer.Reset(d)
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
