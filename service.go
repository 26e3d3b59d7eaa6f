package gophermeter

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/transport"
)

// Service is one service's API: the low-level door that the service packages go through, and the escape
// hatch for what they lack. It is safe for concurrent use, and prints its URL only.
type Service struct{ in veiled[service] }

// service is what stands behind a Service.
type service struct {
	name    string // catalogue type, or host
	base    *url.URL
	secret  http.Header
	session *session
	engine  *engine
}

// NewService is a service outside any catalogue, authenticated by fixed headers. The headers are secret:
// they are never logged, never printed and never sent to another origin.
func NewService(endpoint string, secret http.Header, opts ...Option) (*Service, error) {
	set, err := newSettings(opts)
	if err != nil {
		return nil, err
	}
	base, err := parseEndpoint("endpoint", endpoint)
	if err != nil {
		return nil, err
	}
	eng, err := newEngine(set, set.tls)
	if err != nil {
		return nil, err
	}
	return &Service{veil(&service{name: base.Hostname(), base: base, secret: secret.Clone(), engine: eng})}, nil
}

// Do sends a request and returns the response with its body live, for the caller to close. It is repeated
// as the package documentation says until the header of an expected status is in; any other status is an
// [*Error].
func (s *Service) Do(ctx context.Context, r Request) (*http.Response, error) {
	var live *http.Response
	err := s.in().call(ctx, r, func(resp *http.Response) (bool, error) {
		live = resp
		return false, nil
	})
	if err == nil && live.Request != nil {
		live.Body = &liveBody{live.Body, s.in(), r.Op, live}
	}
	return live, err
}

// liveBody knows which answer it is the body of.
type liveBody struct {
	io.ReadCloser
	service *service
	op      string
	answer  *http.Response
}

// Failed puts what went wrong in the body into terms of the call, for who reads it to its end and finds out there.
func (b *liveBody) Failed(ctx context.Context, err error) error {
	req := b.answer.Request
	failed := &Error{
		Service: b.service.name, Op: b.op, Method: req.Method, Path: req.URL.EscapedPath(), StatusCode: b.answer.StatusCode,
		RequestID: transport.RequestID(b.answer.Header, req.Header),
	}
	failed.interrupted(ctx, err)
	failed.Message = b.service.secrets(req.Header.Get("X-Auth-Token")).Replace(failed.Message)
	return failed
}

// Read sends a request and hands the whole body to use, which must not keep it. A body that was cut short,
// or of which use says io.ErrUnexpectedEOF, repeats the request, so use may run more than once: what an
// earlier run gathered is to be thrown away by the next. Any other error of use is returned with the call.
func (s *Service) Read(ctx context.Context, r Request, use func(h http.Header, body []byte) error) error {
	return s.in().call(ctx, r, func(resp *http.Response) (torn bool, err error) {
		defer resp.Body.Close()
		buf := bodies.Get().(*bytes.Buffer)
		defer bodies.Put(buf)
		buf.Reset()
		if n := min(resp.ContentLength, maxGrow); n > 0 {
			buf.Grow(int(n) + bytes.MinRead)
		}
		limit := s.in().engine.set.maxBody
		if _, err := buf.ReadFrom(io.LimitReader(resp.Body, max(limit, limit+1))); err != nil {
			return true, err
		}
		if int64(buf.Len()) > limit {
			return false, errs.TooLarge(limit)
		}
		err = use(resp.Header, buf.Bytes())
		return errs.Torn(err), err
	})
}

// maxGrow bounds what a Content-Length that lies can take before a byte has come.
const maxGrow = 4 << 20

// bodies are the buffers of whole bodies; what is decoded from them copies what it keeps.
var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Base is the same service under another version: its URL ends in /version whatever the catalogue's ended
// in, and in none where version is empty.
func (s *Service) Base(version string) *Service {
	cp := *s.in()
	cp.base = rebase(cp.base, version)
	return &Service{veil(&cp)}
}

var versionSegment = regexp.MustCompile(`^v\d+(\.\d+)?$`)

// rebase cuts a URL before its last version and puts another there, or none.
func rebase(u *url.URL, version string) *url.URL {
	segments := strings.Split(strings.Trim(u.EscapedPath(), "/"), "/")
	for i, segment := range slices.Backward(segments) {
		if versionSegment.MatchString(segment) {
			segments = segments[:i]
			break
		}
	}
	if version != "" {
		segments = append(segments, url.PathEscape(version))
	}
	cp, err := withPath(u, "/"+strings.TrimLeft(strings.Join(segments, "/"), "/"))
	if err != nil {
		panic(err) // of an escaped path that was parsed
	}
	return cp
}

// Endpoint is the URL that requests go below.
func (s *Service) Endpoint() string { return s.in().base.Redacted() }

// String is the URL of the service.
func (s *Service) String() string { return s.Endpoint() }

// parseEndpoint reads a URL that requests can go below.
func parseEndpoint(field, endpoint string) (*url.URL, error) {
	u, err := url.Parse(endpoint)
	switch {
	case err != nil:
		return nil, errs.Invalid(field, "is not a URL")
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return nil, errs.Invalid(field, "%q is not an http or https URL", u.Redacted())
	}
	u.RawQuery, u.ForceQuery, u.Fragment, u.RawFragment = "", false, "", ""
	return u, nil
}
