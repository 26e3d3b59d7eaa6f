package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Attempt travels in the context of a request to the RoundTrippers of this package.
type Attempt struct {
	Op     string // the method that was called
	Number int    // 1 for the first attempt
	Origin string // scheme://host that the request may go to
}

type attemptKey struct{}

// WithAttempt marks what is sent under ctx as an attempt.
func WithAttempt(ctx context.Context, a Attempt) context.Context {
	return context.WithValue(ctx, attemptKey{}, a)
}

// Outcome is how an attempt ended.
type Outcome struct {
	Attempt
	Method, Path string
	Status       int // 0 when no answer came
	RequestID    string
	Duration     time.Duration // until the body was read or given up
	Err          error
}

// Reported tells of each attempt once its body has ended. It sees no header that could hold a secret.
type Reported struct {
	Next   http.RoundTripper
	Report func(context.Context, Outcome)
}

// RoundTrip sends one attempt.
func (t Reported) RoundTrip(req *http.Request) (*http.Response, error) {
	a, _ := req.Context().Value(attemptKey{}).(Attempt)
	out := Outcome{Attempt: a, Method: req.Method, Path: req.URL.EscapedPath()}
	start := time.Now()
	var once sync.Once
	done := func(err error) {
		once.Do(func() {
			out.Duration, out.Err = time.Since(start), err
			t.Report(req.Context(), out)
		})
	}
	resp, err := t.Next.RoundTrip(req)
	if err != nil {
		done(err)
		return nil, err
	}
	out.Status, out.RequestID = resp.StatusCode, RequestID(resp.Header, req.Header)
	if resp.Body == nil || resp.Body == http.NoBody {
		done(nil)
		return resp, nil
	}
	resp.Body = &reportedBody{ReadCloser: resp.Body, done: done}
	return resp, nil
}

type reportedBody struct {
	io.ReadCloser
	done func(error)
}

func (b *reportedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	switch {
	case err == io.EOF:
		b.done(nil)
	case err != nil:
		b.done(err)
	}
	return n, err
}

func (b *reportedBody) Close() error {
	err := b.ReadCloser.Close()
	b.done(nil)
	return err
}

// ErrOrigin says that a request was about to leave for an origin it has no business with.
var ErrOrigin = errors.New("refused to send credentials to another origin")

// Guarded lets a request out only to the origin of its attempt, for it carries a token.
type Guarded struct{ Next http.RoundTripper }

// RoundTrip sends the request, or refuses it.
func (g Guarded) RoundTrip(req *http.Request) (*http.Response, error) {
	a, _ := req.Context().Value(attemptKey{}).(Attempt)
	if to := Origin(req.URL); to != a.Origin {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, fmt.Errorf("%w: %s", ErrOrigin, to)
	}
	return g.Next.RoundTrip(req)
}

// maxRequestID is more than any service's id has, and keeps an error's text short.
const maxRequestID = 100

// RequestID is the id by which the service's log knows the request. What the request's own headers said is
// none: a server that echoes them must not bring a token into logs.
func RequestID(answer, request http.Header) string {
	for _, name := range []string{"X-Openstack-Request-Id", "X-Compute-Request-Id", "X-Request-Id"} {
		if id := answer.Get(name); id != "" && !carries(request, id) {
			return id[:min(len(id), maxRequestID)]
		}
	}
	return ""
}

func carries(h http.Header, text string) bool {
	for _, values := range h {
		for _, v := range values {
			if v != "" && (strings.Contains(text, v) || strings.Contains(v, text)) {
				return true
			}
		}
	}
	return false
}
