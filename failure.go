package gophermeter

import (
	"bytes"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/transport"
	"github.com/gophermeter/gophermeter/internal/wire"
)

const errorKept = 4 << 10 // of an error's body

// answered fills in the error of an unexpected status, in the service's own words and without secrets.
func (e *Error) answered(status int, h http.Header, body []byte, sent *http.Request, hide *strings.Replacer) transport.Failure {
	refusal := status == http.StatusUnauthorized && wire.Refusal(body)
	fault := bytes.HasPrefix(bytes.TrimSpace(body), []byte("{"))
	body = []byte(hide.Replace(string(body)))
	wait, asked := transport.RetryAfter(h)
	e.StatusCode = status
	e.RequestID = hide.Replace(transport.RequestID(h, sent.Header))
	e.Message = hide.Replace(wire.Message(h.Get("Content-Type"), body))
	e.RetryAfter = wait
	e.Body = bytes.Clone(body[:min(len(body), errorKept)])
	e.header = publicHeader(h, hide)
	e.refusal = refusal
	fault = fault && e.Message != ""
	if next := location(status, h, sent.URL); next != nil {
		next.RawQuery, next.User = "", nil
		e.Message = hide.Replace("redirected to " + next.String())
	}
	return transport.Failure{Status: status, Fault: fault, Asked: asked, RetryAfter: wait}
}

// publicHeader is a response's header without what grants access.
func publicHeader(h http.Header, hide *strings.Replacer) http.Header {
	public := http.Header{}
	for name, values := range h {
		switch name {
		case "X-Subject-Token", "X-Auth-Token", "Set-Cookie", "Authorization":
			continue
		}
		for _, v := range values {
			public[name] = append(public[name], hide.Replace(v))
		}
	}
	return public
}

// location is where a redirect points, absolute; nil where the response is none.
func location(status int, h http.Header, from *url.URL) *url.URL {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil
	}
	to, err := url.Parse(h.Get("Location"))
	if err != nil || h.Get("Location") == "" {
		return nil
	}
	return from.ResolveReference(to)
}

// stripURL takes off what net/http puts before its errors: the URL, with its query.
func stripURL(err error) error {
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
		dns   *net.DNSError
		cert  *tls.CertificateVerificationError
		alert tls.AlertError
		outer *url.Error
	)
	switch {
	case errors.As(err, &dns) && dns.IsNotFound, errors.As(err, &cert), errors.As(err, &alert),
		errors.Is(err, http.ErrSchemeMismatch), errors.Is(err, transport.ErrOrigin),
		errors.Is(err, errs.ErrLoop), errors.Is(err, errs.ErrInvalidArgument):
		return true
	}
	// A header value with a line break, most often a key that was read from a file.
	return errors.As(err, &outer) && strings.HasPrefix(outer.Err.Error(), "net/http: invalid header")
}
