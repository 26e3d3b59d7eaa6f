package fakecloud_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

const page = usage + "?detailed=1&" + september

func TestFaultsComeOneAfterAnother(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	k := admin(t, c)
	c.Inject(fakecloud.Fault{Service: "compute", Method: "GET", PathContains: "tenant-usage", Skip: 1, Times: 2, Status: 503,
		Header: http.Header{"Retry-After": {"7"}, "Content-Type": {"text/html"}}, Body: "<h1>later</h1>"})
	c.Inject(fakecloud.Fault{Service: "compute", Status: 429})
	var got []int
	for range 5 {
		resp, text := k.do("GET", page, "")
		got = append(got, resp.StatusCode)
		if resp.StatusCode == http.StatusServiceUnavailable {
			assert.Equal(t, "<h1>later</h1>", string(text))
			assert.Equal(t, "7", resp.Header.Get("Retry-After"))
			assert.Equal(t, "text/html", resp.Header.Get("Content-Type"))
		}
	}
	// The first request passes the skipping fault and meets the other.
	assert.Equal(t, []int{429, 503, 503, 200, 200}, got)
	resp, _ := k.do("GET", "/identity/v3/auth/projects", "")
	assert.Equal(t, http.StatusOK, resp.StatusCode, "another service")
}

func TestFaultForEver(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	k := admin(t, c)
	c.Inject(fakecloud.Fault{Times: -1, Status: 502})
	for range 3 {
		resp, text := k.do("GET", page, "")
		assert.Equal(t, http.StatusBadGateway, resp.StatusCode)
		assert.Empty(t, text)
	}
	c.ClearFaults()
	resp, _ := k.do("GET", page, "")
	assert.Equal(t, http.StatusOK, resp.StatusCode)
}

func TestFaultKeepsTheServicesStatus(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	k := admin(t, c)
	c.Inject(fakecloud.Fault{Body: `{"tenant_usages": [`})
	resp, text := k.do("GET", page, "")
	assert.Equal(t, http.StatusOK, resp.StatusCode)
	assert.Equal(t, `{"tenant_usages": [`, string(text))
}

func TestLatency(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	k := admin(t, c)
	c.Inject(fakecloud.Fault{Latency: 30 * time.Millisecond})
	start := time.Now()
	resp, _ := k.do("GET", page, "")
	assert.Equal(t, http.StatusOK, resp.StatusCode)
	assert.GreaterOrEqual(t, time.Since(start), 30*time.Millisecond)
}

func TestTornBody(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	k := admin(t, c)
	c.Inject(fakecloud.Fault{TearAt: 1000})
	_, text, err := k.try("GET", page, "")
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Len(t, text, 1000)

	c.Inject(fakecloud.Fault{TearAt: 1000, NoLength: true})
	resp, text, err := k.try("GET", page, "")
	require.NoError(t, err, "without a length nothing tells that the body is torn")
	assert.Equal(t, int64(-1), resp.ContentLength)
	assert.Len(t, text, 1000)
}

func TestReset(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	k := admin(t, c)
	c.Inject(fakecloud.Fault{Reset: true})
	_, _, err := k.try("POST", page, "x") // net/http repeats a GET by itself
	require.Error(t, err)
	assert.True(t, errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF), "%v", err)

	log := c.Requests()
	assert.Zero(t, log[len(log)-1].Status)

	c.Inject(fakecloud.Fault{Reset: true, TearAt: 1000})
	_, text, err := k.try("GET", page, "")
	require.Error(t, err)
	assert.LessOrEqual(t, len(text), 1000)
}

func TestExpiredToken(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	k, other := admin(t, c), admin(t, c)
	c.Inject(fakecloud.Fault{Service: "compute", ExpireToken: true})
	for range 2 {
		resp, _ := k.do("GET", page, "")
		assert.Equal(t, http.StatusUnauthorized, resp.StatusCode)
	}
	other.list(september, "2.40")
}

func TestRedirect(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	k := admin(t, c)
	c.Inject(fakecloud.Fault{Redirect: "/compute/v2/os-simple-tenant-usage?" + september})
	c.Inject(fakecloud.Fault{Redirect: "http://elsewhere.invalid/", Status: 308})
	resp, _ := k.do("GET", page, "")
	assert.Equal(t, http.StatusFound, resp.StatusCode)
	assert.Equal(t, c.URL()+"/compute/v2/os-simple-tenant-usage?"+september, resp.Header.Get("Location"))
	resp, _ = k.do("GET", page, "")
	assert.Equal(t, http.StatusPermanentRedirect, resp.StatusCode)
	assert.Equal(t, "http://elsewhere.invalid/", resp.Header.Get("Location"))
}

func TestCloseDoesNotWaitForWhoReadsNothing(t *testing.T) {
	t.Parallel()
	c := fakecloud.New(fakecloud.WithEmpty())
	c.Inject(fakecloud.Fault{Status: http.StatusOK, Body: strings.Repeat("x", 64<<20)}) // more than sockets hold
	resp, err := http.Get(c.URL())
	require.NoError(t, err)
	defer resp.Body.Close()
	c.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	assert.Error(t, err)
}

func TestStallUntilTheClientGoesAway(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	k := admin(t, c)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	request := func() *http.Request {
		req, err := http.NewRequestWithContext(ctx, "GET", c.URL()+page, nil)
		require.NoError(t, err)
		req.Header.Set("X-Auth-Token", k.token)
		return req
	}

	c.Inject(fakecloud.Fault{Stall: fakecloud.StallBody})
	resp, err := k.http.Do(request())
	require.NoError(t, err)
	defer resp.Body.Close()
	assert.Equal(t, http.StatusOK, resp.StatusCode)
	_, err = io.CopyN(io.Discard, resp.Body, resp.ContentLength/2)
	require.NoError(t, err)

	c.Inject(fakecloud.Fault{Stall: fakecloud.StallHeader})
	seen := len(c.Requests())
	go func() {
		for len(c.Requests()) == seen {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	_, err = k.http.Do(request()) //nolint:bodyclose // there is none
	require.ErrorIs(t, err, context.Canceled)
	_, err = resp.Body.Read(make([]byte, 1))
	require.ErrorIs(t, err, context.Canceled)
}

func TestCloseEndsWhatStalls(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]fakecloud.Fault{
		"header":  {Stall: fakecloud.StallHeader},
		"body":    {Stall: fakecloud.StallBody, TearAt: 10},
		"latency": {Latency: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := fakecloud.New()
			k := admin(t, c)
			c.Inject(fault)
			done := make(chan error, 1)
			go func() {
				_, _, err := k.try("GET", page, "")
				done <- err
			}()
			require.Eventually(t, func() bool { return len(c.Requests()) == 2 }, 5*time.Second, time.Millisecond)
			closed := make(chan struct{})
			go func() { defer close(closed); c.Close() }()
			select {
			case <-closed:
			case <-time.After(10 * time.Second):
				t.Fatal("Close waits for a stalled answer")
			}
			require.Error(t, <-done)
		})
	}
}
