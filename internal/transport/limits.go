package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"time"
)

// Limits bounds the phases of an attempt, so that no call hangs when its context has no deadline. A limit
// that is not positive is none.
type Limits struct {
	Dial, TLS time.Duration
	Header    time.Duration // from the request written to the response's header
	Body      time.Duration // without a single byte
}

// Sum is all phases of an attempt with a short body, one after the other; 0 where one has no limit.
func (l Limits) Sum() time.Duration {
	if min(l.Dial, l.TLS, l.Header, l.Body) <= 0 {
		return 0
	}
	return l.Dial + l.TLS + l.Header + l.Body
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
	header := &watch{what: "response header", limit: l.Limits.Header, cancel: cancel}
	// Transports that tell nothing of their phases (mocks) get the sum for all of them.
	header.start(max(l.Limits.Dial, 0) + max(l.Limits.TLS, 0) + l.Limits.Header)
	trace := &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { header.start(l.Limits.Header) }}
	sent := req.WithContext(httptrace.WithClientTrace(ctx, trace))
	if req.Body != nil && req.Body != http.NoBody {
		sent.Body = upload{req.Body, header}
		if req.GetBody != nil {
			sent.GetBody = func() (io.ReadCloser, error) {
				again, err := req.GetBody()
				return upload{again, header}, err
			}
		}
	}
	resp, err := l.Next.RoundTrip(sent)
	header.end()
	if err != nil {
		cancel(nil)
		return nil, phase(ctx, req.Context(), err)
	}
	if resp.Body == nil {
		resp.Body = http.NoBody
	}
	resp.Body = &limitedBody{
		ReadCloser: resp.Body, ctx: ctx, caller: req.Context(),
		watch: &watch{what: "byte of the body", limit: l.Limits.Body, cancel: cancel},
	}
	return resp, nil
}

// upload is a request's body: as long as the server takes more of it, its answer is not late.
type upload struct {
	io.ReadCloser
	header *watch
}

func (u upload) Read(p []byte) (int, error) {
	u.header.start(u.header.limit)
	return u.ReadCloser.Read(p)
}

// limitedBody runs its watch only while a Read is waiting: a slow consumer is not a stalled server.
type limitedBody struct {
	io.ReadCloser
	ctx, caller context.Context
	watch       *watch
}

func (b *limitedBody) Read(p []byte) (int, error) {
	b.watch.start(b.watch.limit)
	n, err := b.ReadCloser.Read(p)
	b.watch.pause()
	if err != nil && !errors.Is(err, io.EOF) {
		err = phase(b.ctx, b.caller, err)
	}
	return n, err
}

func (b *limitedBody) Close() error {
	err := b.ReadCloser.Close()
	b.watch.end()
	b.watch.cancel(nil)
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
