package transport_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/internal/transport"
)

var limits = transport.Limits{Dial: 10 * time.Second, TLS: 10 * time.Second, Header: time.Minute, Body: time.Minute}

func TestSumOfLimits(t *testing.T) {
	t.Parallel()
	assert.Equal(t, 140*time.Second, limits.Sum())
	none := limits
	none.Dial = -1
	assert.Zero(t, none.Sum())
}

func TestTimeoutIsANetError(t *testing.T) {
	t.Parallel()
	var err net.Error = &transport.TimeoutError{Phase: "response header", After: time.Second}
	assert.True(t, err.Timeout())
	assert.EqualError(t, err, "no response header within 1s")
}

// From the written request on, the header has its own limit and no more of the sum.
func TestWrittenRequestStartsTheHeadersLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		limited := transport.Limited{Limits: limits, Next: tripper(func(req *http.Request) (*http.Response, error) {
			time.Sleep(15 * time.Second)
			httptrace.ContextClientTrace(req.Context()).WroteRequest(httptrace.WroteRequestInfo{})
			<-req.Context().Done()
			return nil, req.Context().Err()
		})}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://h", nil)
		require.NoError(t, err)
		_, err = limited.RoundTrip(req)
		assert.EqualError(t, err, "no response header within 1m0s")
		assert.Equal(t, 75*time.Second, time.Since(start))
	})
}

// A caller who gives up is told so, and not of a limit.
func TestCallerGivesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		limited := transport.Limited{Limits: limits, Next: tripper(func(req *http.Request) (*http.Response, error) {
			<-req.Context().Done()
			return nil, req.Context().Err()
		})}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://h", nil)
		require.NoError(t, err)
		_, err = limited.RoundTrip(req)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
	})
}

// A body that is sent again, as net/http does over a connection that had died, is watched as well.
func TestBodyThatIsSentAgain(t *testing.T) {
	t.Parallel()
	limited := transport.Limited{Limits: limits, Next: tripper(func(req *http.Request) (*http.Response, error) {
		first, err := io.ReadAll(req.Body)
		require.NoError(t, err)
		again, err := req.GetBody()
		require.NoError(t, err)
		second, err := io.ReadAll(again)
		require.NoError(t, err)
		assert.Equal(t, "body", string(first))
		assert.Equal(t, first, second)
		return &http.Response{}, nil
	})}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://h", strings.NewReader("body"))
	require.NoError(t, err)
	body := req.Body
	resp, err := limited.RoundTrip(req)
	require.NoError(t, err)
	assert.Equal(t, body, req.Body, "the request itself stays as it is")
	_, err = resp.Body.Read(make([]byte, 1))
	assert.Equal(t, io.EOF, err, "a transport may leave the body out")
	require.NoError(t, resp.Body.Close())
}
