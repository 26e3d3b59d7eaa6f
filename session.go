package gophermeter

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/gophercloud/gophercloud/v2"

	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/transport"
	"github.com/gophermeter/gophermeter/internal/wire"
)

// session is the token of a connection. The provider may come from the caller and may lack locks of its
// own, so it is only touched by who holds the lock.
type session struct {
	lock     chan struct{}
	provider *gophercloud.ProviderClient
	origin   string // of Keystone
	engine   *engine
	hidden   []string // passwords and the like, in no error whatever Keystone echoes
}

func newSession(p *gophercloud.ProviderClient, e *engine, hidden ...string) *session {
	s := &session{lock: make(chan struct{}, 1), provider: p, engine: e, hidden: hidden}
	if u, err := url.Parse(p.IdentityBase); err == nil {
		s.origin = transport.Origin(u)
	}
	return s
}

func (s *session) acquire(ctx context.Context) error {
	if err := errs.Context(ctx); err != nil {
		return err
	}
	select {
	case s.lock <- struct{}{}:
		return nil
	case <-ctx.Done():
		return errs.Context(ctx)
	}
}

func (s *session) release() { <-s.lock }

// token is the current one. It waits while another caller renews it.
func (s *session) token(ctx context.Context) (string, error) {
	if err := s.acquire(ctx); err != nil {
		return "", err
	}
	defer s.release()
	return s.provider.Token(), nil
}

// errBare says why a 401 is final.
var errBare = errors.New("the token has expired or was revoked, and there is no credential to renew it with")

// renew replaces the token that a service refused, unless another caller has done so meanwhile.
func (s *session) renew(ctx context.Context, refused string) error {
	if err := s.acquire(ctx); err != nil {
		return err
	}
	defer s.release()
	if current := s.provider.Token(); current != "" && current != refused {
		return nil
	}
	if s.provider.ReauthFunc == nil {
		return errBare
	}
	return s.identify(ctx, func(ctx context.Context) error {
		err := s.provider.Reauthenticate(ctx, refused)
		if canceled(err) && ctx.Err() == nil {
			// Somebody else who uses this provider was renewing for both of us, and gave up.
			err = s.provider.Reauthenticate(ctx, refused)
		}
		return err
	})
}

func canceled(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// identify repeats a request of Keystone's as any other read: a token asked for twice does no harm.
func (s *session) identify(ctx context.Context, try func(context.Context) error) error {
	loop := transport.Loop{Policy: s.engine.set.policy(), Safe: true}
	for n := 1; ; n++ {
		err := try(transport.WithAttempt(ctx, transport.Attempt{Op: "identity", Number: n, Origin: s.origin}))
		if err == nil {
			return nil
		}
		failed, how := s.identityError(ctx, err)
		if !loop.Again(ctx, how) {
			return failed.unless(ctx)
		}
	}
}

// identityError reads gophercloud's error of a request to Keystone.
func (s *session) identityError(ctx context.Context, err error) (*Error, transport.Failure) {
	fail := &Error{Service: "identity", Op: "identity", Method: http.MethodPost, Path: "/v3/auth/tokens"}
	var (
		status gophercloud.ErrUnexpectedResponseCode
		syntax *json.SyntaxError
	)
	if !errors.As(err, &status) {
		err = network(ctx, err)
		fail.because(err)
		fail.Message = s.hide("").Replace(fail.Message)
		garbled := errors.As(err, &syntax) || errors.Is(err, ErrTooLarge)
		return fail, transport.Failure{
			Ended: ctx.Err() != nil || hopeless(err) || garbled || misused(err), Torn: errs.Torn(err),
		}
	}
	hide := s.hide(status.ResponseHeader.Get("X-Subject-Token"))
	fail.Method = status.Method
	if u, err := url.Parse(status.URL); err == nil {
		fail.Path = u.EscapedPath()
	}
	fail.StatusCode = status.Actual
	fail.RequestID = transport.RequestID(status.ResponseHeader)
	fail.Message = hide.Replace(wire.Message(status.ResponseHeader.Get("Content-Type"), status.Body))
	fail.Body = []byte(hide.Replace(string(status.Body[:min(len(status.Body), errorKept)])))
	fail.RetryAfter = transport.RetryAfter(status.ResponseHeader)
	fail.header = publicHeader(status.ResponseHeader)
	return fail, transport.Failure{Status: status.Actual, RetryAfter: fail.RetryAfter}
}

// misused tells of options that gophercloud refuses before it sends anything.
func misused(err error) bool {
	var op interface{ Timeout() bool }
	return !errors.As(err, &op) && !errs.Torn(err)
}

// hide replaces in a text what grants access.
func (s *session) hide(token string) *strings.Replacer {
	return replacer(append([]string{token}, s.hidden...))
}

// secrets are what must stand in no error of this service.
func (s *service) secrets(token string) *strings.Replacer {
	hidden := []string{token}
	for _, values := range s.secret {
		hidden = append(hidden, values...)
	}
	if s.session != nil {
		hidden = append(hidden, s.session.hidden...)
	}
	return replacer(hidden)
}

func replacer(hidden []string) *strings.Replacer {
	var pairs []string
	for _, secret := range hidden {
		if secret != "" {
			pairs = append(pairs, secret, "[redacted]")
		}
	}
	return strings.NewReplacer(pairs...)
}
