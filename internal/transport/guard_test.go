package transport_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/transport"
)

func TestOrigin(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"http://h": "http://h:80", "https://H/x": "https://h:443", "HTTP://h:80": "http://h:80", "https://u:p@h:8774/v2.1": "https://h:8774",
		"http://[::1]:5000/": "http://[::1]:5000", "http://[::1]": "http://[::1]:80", "http://h.": "http://h.:80",
	} {
		u, err := url.Parse(text)
		require.NoError(t, err)
		assert.Equal(t, want, transport.Origin(u))
	}
}

type closer struct {
	io.Reader
	closed bool
}

func (c *closer) Close() error {
	c.closed = true
	return nil
}

func TestGuardLetsOutOnlyToItsOrigin(t *testing.T) {
	t.Parallel()
	sent := 0
	guard := transport.Guarded{Next: tripper(func(*http.Request) (*http.Response, error) {
		sent++
		return &http.Response{}, nil
	})}
	for origin, fine := range map[string]bool{"http://h:80": true, "https://h:443": false, "http://other:80": false, "": false} {
		sent = 0
		body := &closer{Reader: strings.NewReader("{}")}
		ctx := transport.WithAttempt(t.Context(), transport.Attempt{Origin: origin})
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://h/x?secret=1", body)
		require.NoError(t, err)
		_, err = guard.RoundTrip(req)
		if fine {
			assert.NoError(t, err)
			continue
		}
		assert.ErrorIs(t, err, transport.ErrOrigin)
		assert.NotContains(t, err.Error(), "secret")
		assert.Zero(t, sent)
		assert.True(t, body.closed)
	}
}

func TestCapped(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 100_000)
	for _, test := range []struct {
		status, bound int
		want          int
		err           error
	}{
		{201, 100_000, 100_000, nil}, {201, 99_999, 0, errs.ErrTooLarge}, {500, 10, transport.MaxErrorBody, nil}, {302, 10, transport.MaxErrorBody, nil},
	} {
		body := &closer{Reader: strings.NewReader(long)}
		capped := transport.Capped{Max: int64(test.bound), Next: tripper(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: test.status, Body: body}, nil
		})}
		resp, err := capped.RoundTrip(nil)
		require.NoError(t, err)
		got, err := io.ReadAll(resp.Body)
		assert.ErrorIs(t, err, test.err)
		if test.err == nil {
			assert.Len(t, got, test.want)
		}
		require.NoError(t, resp.Body.Close())
		assert.True(t, body.closed)
	}
}

func TestReadError(t *testing.T) {
	t.Parallel()
	body := &closer{Reader: strings.NewReader(strings.Repeat("x", 100_000))}
	assert.Len(t, transport.ReadError(body, time.Minute), transport.MaxErrorBody)
	assert.True(t, body.closed)
	assert.Equal(t, "short", string(transport.ReadError(&closer{Reader: strings.NewReader("short")}, 0)))
}

func TestRequestID(t *testing.T) {
	t.Parallel()
	request := http.Header{"X-Auth-Token": {"token"}}
	for name, want := range map[string]string{"X-Openstack-Request-Id": "req-1", "X-Compute-Request-Id": "req-1", "X-Request-Id": "req-1", "Request-Id": ""} {
		assert.Equal(t, want, transport.RequestID(http.Header{name: {"req-1"}}, request))
		assert.Empty(t, transport.RequestID(http.Header{name: {"token"}}, request))
		assert.Empty(t, transport.RequestID(http.Header{name: {"my token"}}, request))
	}
	assert.Len(t, transport.RequestID(http.Header{"X-Request-Id": {strings.Repeat("x", 1000)}}, nil), 100)
}
