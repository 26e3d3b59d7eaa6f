package gophermeter

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"

	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/transport"
)

const maxRedirects = 5

// consume takes the response of an expected status; torn says that it ended before its end.
type consume func(*http.Response) (torn bool, err error)

// call is the attempt loop: send, check the status, consume the body, decide, renew the token.
func (s *service) call(ctx context.Context, r Request, use consume) error {
	if r.Method == "" {
		r.Method = http.MethodGet
	}
	u, err := r.url(s.base)
	if err != nil {
		return err
	}
	var (
		loop      = transport.Loop{Policy: s.engine.set.policy(), Safe: r.safe()}
		before    *Error // how the last attempt failed
		renewed   bool
		ambiguous bool // an earlier attempt may have been processed
	)
	for n := 1; ; n++ {
		failed, how, token := s.attempt(ctx, &r, u, n, use)
		switch {
		case failed == nil:
			return nil
		case failed.ended && before != nil:
			return before.unless(ctx)
		case failed.StatusCode == http.StatusUnauthorized && !failed.refusal && s.session != nil && !renewed:
			renewed = true
			if err := s.session.renew(ctx, token); err != nil {
				failed.add(err)
				return failed
			}
			continue
		case failed.StatusCode == http.StatusNotFound && r.Method == http.MethodDelete && ambiguous:
			return s.gone(failed, use)
		}
		ambiguous = ambiguous || how.Ambiguous()
		before = failed
		if !loop.Again(ctx, how) {
			return failed.unless(ctx)
		}
	}
}

func (s *service) token(ctx context.Context) (string, error) {
	if s.session == nil {
		return "", errs.Context(ctx)
	}
	return s.session.token(ctx)
}

// gone is the success of a DELETE whose thing an earlier attempt has removed without our being told.
func (s *service) gone(failed *Error, use consume) error {
	_, err := use(&http.Response{
		Status: "204 No Content", StatusCode: http.StatusNoContent,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: failed.header, Body: http.NoBody,
	})
	if err == nil {
		return nil
	}
	done := &Error{Service: failed.Service, Op: failed.Op, Method: failed.Method, Path: failed.Path, RequestID: failed.RequestID}
	done.because(err)
	return done
}

// attempt sends the request once and consumes an expected answer. It tells which token it went with.
func (s *service) attempt(ctx context.Context, r *Request, u *url.URL, n int, use consume) (
	fail *Error, how transport.Failure, token string,
) {
	fail = &Error{Service: s.name, Op: r.Op, Method: r.Method, Path: u.EscapedPath()}
	token, err := s.token(ctx)
	if err != nil {
		fail.interrupted(ctx, err)
		return fail, transport.Failure{Ended: true, Unsent: true}, ""
	}
	var asked, connected atomic.Bool
	ctx = transport.WithAttempt(ctx, transport.Attempt{Op: r.Op, Number: n, Origin: transport.Origin(u)})
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { asked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	})
	resp, err := s.send(traced, r, u, token) //nolint:bodyclose // use closes it, or the caller of Do
	if err != nil {
		fail.interrupted(ctx, stripURL(err))
		fail.Message = s.secrets(token).Replace(fail.Message)
		return fail, transport.Failure{
			Unsent: asked.Load() && !connected.Load() || dialing(err),
			Ended:  fail.ended || hopeless(err),
		}, token
	}
	if !r.expects(resp.StatusCode) {
		body := transport.ReadError(resp.Body, s.engine.limits.Body)
		return fail, fail.answered(resp.StatusCode, resp.Header, body, resp.Request, s.secrets(token)), token
	}
	torn, err := use(resp)
	if err == nil {
		return nil, transport.Failure{}, token
	}
	fail.StatusCode = resp.StatusCode
	fail.RequestID = transport.RequestID(resp.Header, resp.Request.Header)
	if torn {
		fail.interrupted(ctx, fmt.Errorf("the answer broke off: %w", err))
	} else {
		fail.because(err)
	}
	fail.Message = s.secrets(token).Replace(fail.Message)
	return fail, transport.Failure{Torn: torn, Status: resp.StatusCode, Ended: !torn || fail.ended}, token
}

// send follows redirects of a read within the origin; any other redirect is the answer.
func (s *service) send(ctx context.Context, r *Request, u *url.URL, token string) (*http.Response, error) {
	for hop := 0; ; hop++ {
		var body io.Reader
		if r.Body != nil {
			body = bytes.NewReader(r.Body)
		}
		req, err := http.NewRequestWithContext(ctx, r.Method, u.String(), body)
		if err != nil {
			return nil, errs.Invalid("Request", "%v", err)
		}
		req.Header = s.header(r, token)
		resp, err := s.engine.http.Do(req)
		if err != nil {
			return nil, err
		}
		resp.Request = req // some transports leave it out
		next := location(resp.StatusCode, resp.Header, u)
		if next == nil || !r.reads() || r.expects(resp.StatusCode) || transport.Origin(next) != transport.Origin(u) {
			return resp, nil
		}
		_ = resp.Body.Close()
		if hop == maxRedirects {
			return nil, fmt.Errorf("%w: more than %d redirects", errs.ErrLoop, maxRedirects)
		}
		u = next
	}
}

func (s *service) header(r *Request, token string) http.Header {
	h := http.Header{"Accept": {"application/json"}, "User-Agent": {s.engine.userAgent()}}
	if r.Body != nil {
		h.Set("Content-Type", "application/json")
	}
	for name, values := range r.Header {
		h[http.CanonicalHeaderKey(name)] = values
	}
	for name, values := range s.secret {
		h[http.CanonicalHeaderKey(name)] = values
	}
	if token != "" {
		h.Set("X-Auth-Token", token)
	}
	return h
}
