package gophermeter_test

import (
	"context"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
)

func TestExpiredTokenIsRenewedOnce(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.HandleFunc("/v2.1/things", c.authorized(t, ok))
	s := c.compute(t)
	_, err := read(t, s, get)
	require.NoError(t, err)
	require.Len(t, c.requests(), 1)

	c.revoke()
	_, err = read(t, s, gophermeter.Request{Method: http.MethodPost, Path: []string{"things"}})
	assert.NoError(t, err, "a 401 was surely not processed, so a POST may be sent again")
	assert.Len(t, c.requests(), 2)
	assert.Equal(t, c.requests()[0], c.requests()[1], "with the same credential and scope")
}

func TestTokenThatStaysRefusedEndsTheCall(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	var sent atomic.Int64
	c.HandleFunc("/v2.1/things", func(w http.ResponseWriter, _ *http.Request) {
		sent.Add(1)
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, recorded(t, "nova/bad-token.json"))
	})
	_, err := read(t, c.compute(t), get)
	assert.ErrorIs(t, err, gophermeter.ErrUnauthorized)
	assert.EqualValues(t, 2, sent.Load())
	assert.Len(t, c.requests(), 2)
}

// Aodh answers 401 to what a valid token may not do; only the body tells.
func TestRefusalIsNoReasonToRenew(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.HandleFunc("/v2.1/things", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `Keystone uri="http://127.0.0.1:5000"`)
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, recorded(t, "aodh/refusal.json"))
	})
	_, err := read(t, c.compute(t), get)
	assert.ErrorIs(t, err, gophermeter.ErrForbidden)
	assert.NotErrorIs(t, err, gophermeter.ErrUnauthorized)
	assert.Equal(t, 401, asError(t, err).StatusCode)
	assert.ErrorContains(t, err, "Not Authorized to access project 49dea906e9ff4583bb28589ac8856948")
	assert.Len(t, c.requests(), 1, "the login alone")
}

// The same key in any other answer of Aodh changes nothing.
func TestNotFoundOfAodhIsNotFound(t *testing.T) {
	t.Parallel()
	rt, _ := recovers(says(404, recorded(t, "aodh/not-found.json")))
	_, err := read(t, over(t, rt), get)
	assert.ErrorIs(t, err, gophermeter.ErrNotFound)
	assert.NotErrorIs(t, err, gophermeter.ErrForbidden)
}

func TestConcurrent401sRenewOnce(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.HandleFunc("/v2.1/things", c.authorized(t, ok))
	s := c.compute(t)
	c.revoke()
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			_, err := read(t, s, get)
			assert.NoError(t, err)
		})
	}
	group.Wait()
	assert.Len(t, c.requests(), 2)
}

// A Keystone that refuses is asked once for all who wait, not once for each in turn.
func TestFailedRenewalIsShared(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	var arrived sync.WaitGroup
	arrived.Add(8)
	c.HandleFunc("/v2.1/things", c.authorized(t, ok))
	s := c.compute(t)
	c.revoke()
	waiting := make(chan struct{})
	c.refuseLogins(func(w http.ResponseWriter, _ *http.Request) {
		<-waiting
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, recorded(t, "keystone/unauthorized.json"))
	})
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			_, err := read(t, s, get)
			assert.ErrorIs(t, err, gophermeter.ErrUnauthorized)
		})
	}
	assert.Eventually(t, func() bool { return len(c.requests()) == 2 }, 5*time.Second, time.Millisecond)
	close(waiting)
	group.Wait()
	assert.Less(t, len(c.requests()), 9)
}

func TestBareTokenSaysThatItCannotBeRenewed(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.HandleFunc("/v2.1/things", c.authorized(t, ok))
	conn, err := gophermeter.Connect(t.Context(), quick, gophermeter.WithRegion("RegionOne"),
		gophermeter.WithAuth(gophercloud.AuthOptions{IdentityEndpoint: c.URL, TokenID: "bare", AllowReauth: true}))
	require.NoError(t, err)
	s, err := conn.Service("compute")
	require.NoError(t, err)
	_, err = read(t, s, get)
	assert.ErrorIs(t, err, gophermeter.ErrUnauthorized)
	assert.ErrorContains(t, err, "the token has expired or was revoked, and there is no credential to renew it with")
	assert.Empty(t, c.requests())
}

func TestRenewalThatFailsSaysWhy(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.HandleFunc("/v2.1/things", c.authorized(t, ok))
	s := c.compute(t)
	c.revoke()
	c.refuseLogins(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	_, err := read(t, s, get)
	assert.ErrorIs(t, err, gophermeter.ErrUnauthorized)
	assert.ErrorContains(t, err, "requires authentication.; identity: POST /v3/auth/tokens: 503")
	assert.Len(t, c.requests(), 1+5, "Keystone's answer is repeated as any other read")
}

// The leader of a renewal gives up; those who waited for it go on.
func TestCancelledRenewalOfAnotherCallerIsNotOurError(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.HandleFunc("/v2.1/things", c.authorized(t, ok))
	s := c.compute(t)
	c.revoke()
	ctx, cancel := context.WithCancel(t.Context())
	c.refuseLogins(func(w http.ResponseWriter, r *http.Request) {
		if len(c.requests()) == 2 {
			cancel()
			<-r.Context().Done()
			return
		}
		c.issue(t, w)
	})
	var group sync.WaitGroup
	group.Go(func() {
		_, err := s.Do(ctx, get)
		assert.ErrorIs(t, err, context.Canceled)
	})
	assert.Eventually(t, func() bool { return ctx.Err() != nil }, 5*time.Second, time.Millisecond)
	for range 4 {
		group.Go(func() {
			_, err := read(t, s, get)
			assert.NoError(t, err)
		})
	}
	group.Wait()
	assert.Len(t, c.requests(), 3)
}

// The same where the leader renews through the provider that both use.
func TestCancelledRenewalOfTheProvidersOtherUser(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.HandleFunc("/v2.1/things", c.authorized(t, ok))
	calls := 0
	p := &gophercloud.ProviderClient{IdentityBase: c.URL + "/", TokenID: "old"}
	p.ReauthFunc = func(context.Context) error {
		if calls++; calls == 1 {
			return context.Canceled // as the future of a leader that was cancelled
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.valid = "new"
		p.SetToken("new")
		return nil
	}
	conn, err := gophermeter.FromProvider(p, gophercloud.EndpointOpts{}, gophermeter.WithEndpoint("compute", c.URL+"/v2.1"),
		gophermeter.WithRetry(gophermeter.Retry{Attempts: 1}))
	require.NoError(t, err)
	s, err := conn.Service("compute")
	require.NoError(t, err)
	_, err = read(t, s, get)
	assert.NoError(t, err)
	assert.Equal(t, 2, calls)

	p.ReauthFunc = func(context.Context) error { return context.Canceled }
	c.revoke()
	_, err = read(t, s, get)
	assert.ErrorIs(t, err, gophermeter.ErrUnauthorized)
	assert.NotErrorIs(t, err, context.Canceled, "the caller cancelled nothing")
	assert.ErrorContains(t, err, "another user of the token gave up renewing it")
}

func TestCallerWhoWaitsForARenewalCanGiveUp(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.HandleFunc("/v2.1/things", c.authorized(t, ok))
	s := c.compute(t)
	c.revoke()
	stuck, release := make(chan struct{}), make(chan struct{})
	c.refuseLogins(func(w http.ResponseWriter, _ *http.Request) {
		close(stuck)
		<-release
		c.issue(t, w)
	})
	var group sync.WaitGroup
	group.Go(func() {
		_, err := read(t, s, get)
		assert.NoError(t, err)
	})
	<-stuck
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := s.Do(ctx, get)
	assert.ErrorIs(t, err, context.DeadlineExceeded)
	close(release)
	group.Wait()
}
