package gophermeter_test

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
)

// hijacked writes raw bytes and closes the connection; with reset, so that the client hears of it.
func hijacked(t *testing.T, w http.ResponseWriter, raw string, reset bool) {
	t.Helper()
	conn, _, err := w.(http.Hijacker).Hijack()
	if !assert.NoError(t, err) {
		return
	}
	_, _ = io.WriteString(conn, raw)
	if tcp, ok := conn.(*net.TCPConn); ok && reset {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// What breaks on a real connection, before a whole answer at last.
func TestRetriesOnARealConnection(t *testing.T) {
	t.Parallel()
	const whole = `{"whole": true}`
	for _, test := range []struct {
		name string
		fail func(*testing.T, http.ResponseWriter)
		want string
	}{
		{"reset before the header", func(t *testing.T, w http.ResponseWriter) { hijacked(t, w, "", true) }, ""},
		{"closed before the header", func(t *testing.T, w http.ResponseWriter) { hijacked(t, w, "", false) }, "EOF"},
		{"reset within the header", func(t *testing.T, w http.ResponseWriter) {
			hijacked(t, w, "HTTP/1.1 200 OK\r\nContent-", true)
		}, ""},
		{"reset after the header", func(t *testing.T, w http.ResponseWriter) {
			hijacked(t, w, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", true)
		}, "broke off"},
		{"Content-Length cut", func(t *testing.T, w http.ResponseWriter) {
			hijacked(t, w, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"whole\": t", false)
		}, "the answer broke off: unexpected EOF"},
		{"chunked cut", func(t *testing.T, w http.ResponseWriter) {
			hijacked(t, w, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"who\r\n", false)
		}, "the answer broke off: unexpected EOF"},
		{"gzip cut", func(t *testing.T, w http.ResponseWriter) {
			var packed strings.Builder
			z := gzip.NewWriter(&packed)
			_, _ = io.WriteString(z, whole)
			_ = z.Close()
			hijacked(t, w, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"+packed.String()[:20], false)
		}, "the answer broke off: unexpected EOF"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, always := range []bool{false, true} {
				var sent atomic.Int64
				s := behind(t, func(w http.ResponseWriter, _ *http.Request) {
					if sent.Add(1) < 3 || always {
						test.fail(t, w)
						return
					}
					_, _ = io.WriteString(w, whole)
				})
				got, err := read(t, s, get)
				if always {
					assert.EqualValues(t, 5, sent.Load())
					assert.ErrorContains(t, err, test.want)
					continue
				}
				assert.NoError(t, err)
				assert.Equal(t, whole, got)
				assert.EqualValues(t, 3, sent.Load())
			}
		})
		t.Run("POST "+test.name, func(t *testing.T) {
			t.Parallel()
			var sent atomic.Int64
			s := behind(t, func(w http.ResponseWriter, _ *http.Request) {
				sent.Add(1)
				test.fail(t, w)
			})
			_, err := read(t, s, gophermeter.Request{Method: http.MethodPost, Path: []string{"things"}, Body: []byte("{}")})
			assert.Error(t, err)
			assert.EqualValues(t, 1, sent.Load())
		})
	}
}

// A server that sends no Content-Length can cut a body without anyone noticing but its decoder.
func TestBodyThatItsDecoderFindsTorn(t *testing.T) {
	t.Parallel()
	rt, sent := recovers(says(200, `{"a": 1, "b"`), says(200, `{"a": 1, "b": 2}`))
	runs := 0
	err := over(t, rt, quick).Read(t.Context(), get, func(_ http.Header, body []byte) error {
		if runs++; body[len(body)-1] != '}' {
			return fmt.Errorf("decoding: %w", io.ErrUnexpectedEOF)
		}
		return nil
	})
	assert.NoError(t, err)
	assert.Equal(t, 2, runs)
	assert.Equal(t, 2, *sent)
}

// What the decoder does not like is no reason to ask again.
func TestErrorOfUseEndsTheCall(t *testing.T) {
	t.Parallel()
	rt, sent := recovers(says(200, `[]`, "X-Openstack-Request-Id", "req-1"))
	err := over(t, rt, quick).Read(t.Context(), get, func(http.Header, []byte) error {
		return errors.Join(errBoom, gophermeter.ErrTruncated)
	})
	assert.Equal(t, 1, *sent)
	assert.ErrorIs(t, err, errBoom)
	assert.ErrorIs(t, err, gophermeter.ErrTruncated)
	assert.EqualError(t, err, "test.Get: GET /things: boom truncated (req-1)")
	assert.Equal(t, 200, asError(t, err).StatusCode)
}

func TestConnectionRefused(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	attempts := 0
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		attempts = 0
		s, err := gophermeter.NewService(server.URL, nil, quick,
			gophermeter.WithObserver(func(gophermeter.Event) { attempts++ }))
		require.NoError(t, err)
		_, err = read(t, s, gophermeter.Request{Method: method, Path: []string{"things"}})
		assert.ErrorContains(t, err, "connection refused")
		assert.Zero(t, asError(t, err).StatusCode)
		assert.NotContains(t, err.Error(), "?")
		assert.Equal(t, 5, attempts)
	}
}

// Failures that every further attempt would only meet again are told at once.
func TestHopelessFailuresAreNotRepeated(t *testing.T) {
	t.Parallel()
	secure := httptest.NewUnstartedServer(http.HandlerFunc(ok))
	secure.Config.ErrorLog = quiet()
	secure.StartTLS()
	t.Cleanup(secure.Close)
	plain := httptest.NewServer(http.HandlerFunc(ok))
	t.Cleanup(plain.Close)
	for _, test := range []struct {
		name, endpoint, want string
		header               http.Header
	}{
		{"unknown authority", secure.URL, "certificate signed by unknown authority", nil},
		{"no TLS there", strings.Replace(plain.URL, "http:", "https:", 1), "server gave HTTP response to HTTPS client", nil},
		{"key with a line break", plain.URL, `invalid header field value for "Xa-Api-Key"`, http.Header{"XA-API-Key": {"secret\n"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			attempts := 0
			s, err := gophermeter.NewService(test.endpoint, test.header, quick,
				gophermeter.WithObserver(func(gophermeter.Event) { attempts++ }))
			require.NoError(t, err)
			_, err = read(t, s, get)
			assert.ErrorContains(t, err, test.want)
			assert.NotContains(t, err.Error(), "secret")
			assert.Equal(t, 1, attempts)
		})
	}
	rt, sent := recovers(fails(&net.DNSError{Err: "no such host", Name: "nowhere", IsNotFound: true}))
	_, err := read(t, over(t, rt, quick), get)
	assert.ErrorContains(t, err, "no such host")
	assert.Equal(t, 1, *sent)
	_, err = read(t, over(t, rt, quick), gophermeter.Request{Method: "G T"})
	assert.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
	assert.Equal(t, 1, *sent)
}
