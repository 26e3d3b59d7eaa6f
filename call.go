package gophermeter

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"

	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/transport"
	"github.com/gophermeter/gophermeter/internal/wire"
)

const (
	maxRedirects = 5
	errorRead    = 64 << 10 // of an error's body
	errorKept    = 4 << 10
)

// consume takes the response of an expected status; torn says that it ended before its end.
type consume func(*http.Response) (torn bool, err error)

// call is the attempt loop: send, check the status, consume the body, decide, renew the token.
func (s *service) call(ctx context.Context, r Request, use consume) error {
	u, err := r.url(s.base)
	if err != nil {
		return err
	}
	var (
		loop      = transport.Loop{Policy: s.engine.set.policy(), Safe: r.safe()}
		renewed   bool
		ambiguous bool // an earlier attempt may have been processed
	)
	for n := 1; ; n++ {
		token, err := s.token(ctx)
		if err != nil {
			return err
		}
		failed, how := s.attempt(ctx, &r, u, n, token, use)
		switch {
		case failed == nil:
			return nil
		case failed.StatusCode == http.StatusUnauthorized && !failed.refusal && s.session != nil && !renewed:
			renewed = true
			if err := s.session.renew(ctx, token); err != nil {
				failed.Message += "; " + err.Error()
				failed.because(err)
				return failed
			}
			continue
		case failed.StatusCode == http.StatusNotFound && r.Method == http.MethodDelete && ambiguous:
			_, err := use(&http.Response{StatusCode: http.StatusNoContent, Header: failed.header, Body: http.NoBody})
			return err
		}
		ambiguous = ambiguous || !how.Unsent && (how.Status == 0 || how.Torn || how.Status >= 500)
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

// attempt sends the request once and consumes an expected answer.
func (s *service) attempt(ctx context.Context, r *Request, u *url.URL, n int, token string, use consume) (*Error, transport.Failure) {
	fail := &Error{Service: s.name, Op: r.Op, Method: r.Method, Path: u.EscapedPath()}
	if err := errs.Context(ctx); err != nil {
		fail.because(err)
		return fail, transport.Failure{Ended: true, Unsent: true}
	}
	var asked, connected atomic.Bool
	ctx = transport.WithAttempt(ctx, transport.Attempt{Op: r.Op, Number: n, Origin: transport.Origin(u)})
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { asked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	})
	resp, err := s.send(traced, r, u, token)
	if err != nil {
		fail.because(network(ctx, err))
		return fail, transport.Failure{
			Unsent: asked.Load() && !connected.Load() || dialing(err),
			Ended:  ctx.Err() != nil || hopeless(err),
		}
	}
	fail.RequestID = transport.RequestID(resp.Header)
	if !r.expects(resp.StatusCode) {
		return fail, s.refused(fail, resp, token)
	}
	torn, err := use(resp)
	if err == nil {
		return nil, transport.Failure{}
	}
	fail.StatusCode = resp.StatusCode
	if torn {
		err = fmt.Errorf("the answer broke off: %w", network(ctx, err))
	}
	fail.because(err)
	return fail, transport.Failure{Torn: torn, Status: resp.StatusCode, Ended: !torn || ctx.Err() != nil}
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
			return nil, err
		}
		req.Header = s.header(r, token)
		resp, err := s.engine.http.Do(req)
		if err != nil {
			return nil, err
		}
		next := location(resp, u)
		if next == nil || !r.reads() || r.expects(resp.StatusCode) || transport.Origin(next) != transport.Origin(u) {
			return resp, nil
		}
		discard(resp)
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

// refused fills in the error of an unexpected status, in the service's own words.
func (s *service) refused(fail *Error, resp *http.Response, token string) transport.Failure {
	body, _ := io.ReadAll(io.LimitReader(resp.Body, errorRead))
	discard(resp)
	hide := s.secrets(token)
	fail.StatusCode = resp.StatusCode
	fail.Message = hide.Replace(wire.Message(resp.Header.Get("Content-Type"), body))
	fail.refusal = wire.Refusal(body)
	fail.RetryAfter = transport.RetryAfter(resp.Header)
	fail.Body = []byte(hide.Replace(string(body[:min(len(body), errorKept)])))
	fail.header = publicHeader(resp.Header)
	if next := location(resp, resp.Request.URL); next != nil {
		next.RawQuery, next.User = "", nil
		fail.Message = "redirected to " + next.String()
	}
	return transport.Failure{
		Status:     resp.StatusCode,
		Fault:      fail.Message != "" && len(body) > 0 && body[0] == '{',
		RetryAfter: fail.RetryAfter,
	}
}

// location is where a redirect points, absolute; nil where the response is none.
func location(resp *http.Response, from *url.URL) *url.URL {
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil
	}
	to, err := url.Parse(resp.Header.Get("Location"))
	if err != nil || resp.Header.Get("Location") == "" {
		return nil
	}
	return from.ResolveReference(to)
}

// discard reads a little of what is left, so that the connection can serve again, and closes it.
func discard(resp *http.Response) {
	_, _ = io.CopyN(io.Discard, resp.Body, errorRead)
	_ = resp.Body.Close()
}

// network strips the URL that net/http repeats in its errors and adds the cause of an ended context.
func network(ctx context.Context, err error) error {
	if ended := errs.Context(ctx); ended != nil {
		return ended
	}
	var outer *url.Error
	if errors.As(err, &outer) {
		return outer.Err
	}
	return err
}

// dialing tells of a transport that names its failed connection, even where it traces nothing.
func dialing(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// hopeless tells of failures that every further attempt would only meet again.
func hopeless(err error) bool {
	var (
		dns  *net.DNSError
		cert *tls.CertificateVerificationError
		text tls.RecordHeaderError
	)
	return errors.As(err, &dns) && dns.IsNotFound || errors.As(err, &cert) || errors.As(err, &text) ||
		errors.Is(err, transport.ErrOrigin) || errors.Is(err, errs.ErrLoop)
}
