package gophermeter

import (
	"context"
	"errors"
	"net"
	"net/url"
	"sync/atomic"

	"github.com/gophercloud/gophercloud/v2"

	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/transport"
)

// session is the token of a connection. The provider may come from the caller and may lack locks of its
// own, so it is only touched by who holds the lock.
type session struct {
	lock     chan struct{}
	provider *gophercloud.ProviderClient
	tokens   *url.URL // of Keystone: /v3/auth/tokens
	engine   *engine
	hidden   []string // passwords and the like, in no error whatever Keystone echoes

	failures atomic.Int64 // renewals that failed
	failed   error        // the last of them
}

func newSession(p *gophercloud.ProviderClient, e *engine, hidden ...string) *session {
	s := &session{lock: make(chan struct{}, 1), provider: p, engine: e, hidden: hidden, tokens: &url.URL{}}
	if u, err := url.Parse(p.IdentityBase); err == nil {
		s.tokens = u.JoinPath("v3", "auth", "tokens")
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

// renew replaces the token that a service refused, unless another caller has done so meanwhile. A renewal
// that failed while this one waited for it has failed for both, lest a hundred callers try in turn.
func (s *session) renew(ctx context.Context, refused string) error {
	known := s.failures.Load()
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
	if s.failures.Load() != known {
		return s.failed
	}
	err := s.identify(ctx, func(ctx context.Context) error { return s.reauthenticate(ctx, refused) })
	if err != nil && ctx.Err() == nil {
		s.failed = err
		s.failures.Add(1)
	}
	return err
}

// abandoned is how often another user of the provider may give up while it renews the token for both.
const abandoned = 3

func (s *session) reauthenticate(ctx context.Context, refused string) (err error) {
	for range abandoned {
		err = s.provider.Reauthenticate(ctx, refused)
		if !canceled(err) || ctx.Err() != nil {
			return err
		}
	}
	return errors.New("another user of the token gave up renewing it: " + stripURL(err).Error())
}

// canceled tells of a context's end; a connection that took too long calls itself one too.
func canceled(err error) bool {
	var op *net.OpError
	return !errors.As(err, &op) && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded))
}

// identify repeats a request of Keystone's as any other read: a token asked for twice does no harm. Each
// attempt is bounded, for the provider's own HTTP client may have no limits.
func (s *session) identify(ctx context.Context, try func(context.Context) error) error {
	loop := transport.Loop{Policy: s.engine.set.policy(), Safe: true}
	var before *Error
	for n := 1; ; n++ {
		attempt := transport.Attempt{Op: "identity", Number: n, Origin: transport.Origin(s.tokens)}
		err := within(transport.WithAttempt(ctx, attempt), s.engine.limits.Sum(), try)
		if err == nil {
			return nil
		}
		failed, how := s.identityError(ctx, err)
		if failed.ended && before != nil {
			return before.unless(ctx)
		}
		if before = failed; !loop.Again(ctx, how) {
			return failed.unless(ctx)
		}
	}
}
