package gophermeter_test

import (
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/gophermeter/gophermeter"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tripper is a transport that traces nothing, as mocks do.
type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// answer is a response as a transport makes it.
func answer(status int, body string, header ...string) *http.Response {
	h := http.Header{"Content-Type": {"application/json"}}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: -1}
}

// Failures as net/http reports them.
var (
	errRefused = &net.OpError{Op: "dial", Net: "tcp", Err: &os.SyscallError{Syscall: "connect", Err: syscall.ECONNREFUSED}}
	errReset   = &net.OpError{Op: "read", Net: "tcp", Err: &os.SyscallError{Syscall: "read", Err: syscall.ECONNRESET}}
)

// over is a service whose requests go through rt.
func over(t *testing.T, rt http.RoundTripper, opts ...gophermeter.Option) *gophermeter.Service {
	t.Helper()
	s, err := gophermeter.NewService("https://service.example.org:8774", nil,
		append([]gophermeter.Option{gophermeter.WithTransport(rt)}, opts...)...)
	require.NoError(t, err)
	return s
}

// behind is a service on a real connection to a handler.
func behind(t *testing.T, h http.HandlerFunc, opts ...gophermeter.Option) *gophermeter.Service {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	s, err := gophermeter.NewService(server.URL, nil, append([]gophermeter.Option{quick}, opts...)...)
	require.NoError(t, err)
	return s
}

// quick repeats without pauses that a test would feel.
var quick = gophermeter.WithRetry(gophermeter.Retry{Base: time.Microsecond})

// get is the simplest request.
var get = gophermeter.Request{Op: "test.Get", Method: http.MethodGet, Path: []string{"things"}}

// read sends r and gives the body.
func read(t *testing.T, s *gophermeter.Service, r gophermeter.Request) (string, error) {
	t.Helper()
	var got string
	err := s.Read(t.Context(), r, func(_ http.Header, body []byte) error {
		got = string(body)
		return nil
	})
	return got, err
}

// asError is the *gophermeter.Error that err must be.
func asError(t *testing.T, err error) *gophermeter.Error {
	t.Helper()
	var e *gophermeter.Error
	require.ErrorAs(t, err, &e)
	return e
}

// recorded is a body that a real service sent.
func recorded(t *testing.T, name string) string {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(testdata, filepath.FromSlash(name)))
	require.NoError(t, err)
	return string(body)
}

// testdata is found from other working directories too.
var testdata, _ = filepath.Abs("testdata")

var errBoom = errors.New("boom")

// quiet is for servers whose clients hang up on purpose.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }
