package gophermeter

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gophercloud/gophercloud/v2"

	"github.com/gophermeter/gophermeter/internal/transport"
)

// within bounds a try as a whole; a limit of 0 is none.
func within(ctx context.Context, limit time.Duration, try func(context.Context) error) error {
	if limit <= 0 {
		return try(ctx)
	}
	late := &transport.TimeoutError{Phase: "answer of Keystone", After: limit}
	bounded, cancel := context.WithTimeoutCause(ctx, limit, late)
	defer cancel()
	err := try(bounded)
	if err != nil && ctx.Err() == nil && errors.Is(context.Cause(bounded), late) {
		return late
	}
	return err
}

// identityError reads gophercloud's error of a request to Keystone.
func (s *session) identityError(ctx context.Context, err error) (*Error, transport.Failure) {
	fail := &Error{Service: "identity", Op: "identity", Method: http.MethodPost, Path: s.tokens.EscapedPath()}
	var answer gophercloud.ErrUnexpectedResponseCode
	if !errors.As(err, &answer) {
		fail.interrupted(ctx, stripURL(err))
		fail.Message = s.hide("").Replace(fail.Message)
		return fail, transport.Failure{Ended: fail.ended || hopeless(err) || !underway(err)}
	}
	at := s.tokens
	if u, err := url.Parse(answer.URL); err == nil {
		at = u
	}
	fail.Method, fail.Path = answer.Method, at.EscapedPath()
	hide := s.hide(answer.ResponseHeader.Get("X-Subject-Token"))
	return fail, fail.answered(answer.Actual, answer.ResponseHeader, answer.Body, &http.Request{URL: at}, hide)
}

// underway tells failures of a request that was sent from those that gophercloud finds by itself: options
// that make no login before it, a document that is no token after it.
func underway(err error) bool {
	var (
		sent *url.Error
		wire net.Error
	)
	// An answer without a body is io.EOF, one that was cut io.ErrUnexpectedEOF.
	return errors.As(err, &sent) || errors.As(err, &wire) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// hide replaces in a text what grants access.
func (s *session) hide(token string) *strings.Replacer {
	return replacer(append([]string{token}, s.hidden...))
}
