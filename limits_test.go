package gophermeter_test

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

	"github.com/gophercloud/gophercloud/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
)

// once ends a call with its first failure.
var once = gophermeter.WithRetry(gophermeter.Retry{Attempts: 1})

const short = 50 * time.Millisecond

func limits(l gophermeter.TimeLimits) gophermeter.Option { return gophermeter.WithTimeLimits(l) }

// mute accepts connections and never says a word.
func mute(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var conns []net.Conn
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			conns = append(conns, conn)
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-ended
		for _, conn := range conns {
			_ = conn.Close()
		}
	})
	return l.Addr().String()
}

// timesOut sees the call end by itself, in an error that names the phase.
func timesOut(t *testing.T, s *gophermeter.Service, phase string) {
	t.Helper()
	start := time.Now()
	_, err := read(t, s, get)
	assert.ErrorContains(t, err, phase)
	assert.Less(t, time.Since(start), 10*time.Second)
	var timeout net.Error
	if assert.ErrorAs(t, err, &timeout) {
		assert.True(t, timeout.Timeout())
	}
	assert.NotErrorIs(t, err, context.Canceled, "the caller cancelled nothing")
}

func TestStallWithinTheHandshake(t *testing.T) {
	t.Parallel()
	s, err := gophermeter.NewService("https://"+mute(t), nil, once, limits(gophermeter.TimeLimits{TLS: short}))
	require.NoError(t, err)
	timesOut(t, s, "TLS handshake timeout")
}

func TestStallBeforeTheHeader(t *testing.T) {
	t.Parallel()
	s, err := gophermeter.NewService("http://"+mute(t), nil, once, limits(gophermeter.TimeLimits{Header: short}))
	require.NoError(t, err)
	timesOut(t, s, "no response header within 50ms")
}

func TestStallWithinTheBody(t *testing.T) {
	t.Parallel()
	s := behind(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `{"a":`)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}, once, limits(gophermeter.TimeLimits{Body: short}))
	timesOut(t, s, "the answer broke off: no byte of the body within 50ms")
}

func TestStallWithinALiveBody(t *testing.T) {
	t.Parallel()
	s := behind(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `{"a":`)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}, once, limits(gophermeter.TimeLimits{Body: short}))
	resp, err := s.Do(t.Context(), get)
	require.NoError(t, err)
	got, err := io.ReadAll(resp.Body)
	assert.Equal(t, `{"a":`, string(got))
	assert.EqualError(t, err, "no byte of the body within 50ms")
	assert.NoError(t, resp.Body.Close())
}

func TestStallWithinTheBodyOfAnError(t *testing.T) {
	t.Parallel()
	s := behind(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `{"message": "you may n`)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}, once, limits(gophermeter.TimeLimits{Body: short}))
	_, err := read(t, s, get)
	assert.ErrorIs(t, err, gophermeter.ErrForbidden)
	assert.ErrorContains(t, err, "you may n")
}

// drip gives a byte now and then, for ever.
type drip struct{ every time.Duration }

func (d drip) Read(p []byte) (int, error) {
	time.Sleep(d.every)
	p[0] = 'x'
	return 1, nil
}

func (drip) Close() error { return nil }

func TestDrippingErrorBodyEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s := over(t, tripper(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 403, Header: http.Header{}, Body: drip{50 * time.Second}}, nil
		}))
		_, err := read(t, s, get)
		assert.ErrorIs(t, err, gophermeter.ErrForbidden)
		assert.LessOrEqual(t, time.Since(start), 2*time.Minute)
	})
}

func TestStallOfARedirectsBody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s := over(t, tripper(func(req *http.Request) (*http.Response, error) {
			if req.URL.Path == "/things" {
				resp := answer(301, "", "Location", "/elsewhere")
				resp.Body = drip{time.Hour}
				return resp, nil
			}
			return answer(200, "{}"), nil
		}))
		_, err := read(t, s, get)
		assert.NoError(t, err)
		assert.Zero(t, time.Since(start))
	})
}

// A request body that the server goes on taking is no stall, however long it is; one it does not take is.
func TestUpload(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		every time.Duration
		want  string
	}{{50 * time.Second, ""}, {70 * time.Second, "no response header within 1m0s"}} {
		synctest.Test(t, func(t *testing.T) {
			s := over(t, tripper(func(req *http.Request) (*http.Response, error) {
				buf := make([]byte, 1)
				for {
					if _, err := req.Body.Read(buf); err == io.EOF {
						return answer(200, "{}"), nil
					}
					select {
					case <-time.After(test.every):
					case <-req.Context().Done():
						return nil, req.Context().Err()
					}
				}
			}), once)
			_, err := read(t, s, gophermeter.Request{Method: http.MethodPost, Body: []byte("0123456789")})
			if test.want == "" {
				assert.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, test.want)
		})
	}
}

// Time that the consumer takes between two reads is its own.
func TestSlowConsumerIsNoStall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := over(t, tripper(func(*http.Request) (*http.Response, error) {
			return answer(200, strings.Repeat("x", 100)), nil
		}))
		resp, err := s.Do(t.Context(), get)
		require.NoError(t, err)
		buf := make([]byte, 10)
		for range 10 {
			time.Sleep(10 * time.Minute)
			_, err := io.ReadFull(resp.Body, buf)
			require.NoError(t, err)
		}
		require.NoError(t, resp.Body.Close())
	})
}

func TestStallOfATransportThatTracesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s := over(t, tripper(func(req *http.Request) (*http.Response, error) {
			<-req.Context().Done()
			return nil, req.Context().Err()
		}), once)
		_, err := read(t, s, get)
		assert.ErrorContains(t, err, "no response header within 1m20s")
		assert.Equal(t, 80*time.Second, time.Since(start))
	})
}

// A transport may tell of the written request when the answer has long been there.
func TestLateTraceKillsNoBody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var late func(httptrace.WroteRequestInfo)
		s := over(t, tripper(func(req *http.Request) (*http.Response, error) {
			late = httptrace.ContextClientTrace(req.Context()).WroteRequest
			return answer(200, "{}"), nil
		}))
		resp, err := s.Do(t.Context(), get)
		require.NoError(t, err)
		late(httptrace.WroteRequestInfo{})
		time.Sleep(time.Hour)
		got, err := io.ReadAll(resp.Body)
		assert.NoError(t, err)
		assert.Equal(t, "{}", string(got))
		assert.NoError(t, resp.Body.Close())
	})
}

func TestNegativeLimitIsNone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := over(t, tripper(func(*http.Request) (*http.Response, error) {
			time.Sleep(24 * time.Hour)
			return answer(200, "{}"), nil
		}), limits(gophermeter.TimeLimits{Header: -1}))
		_, err := read(t, s, get)
		assert.NoError(t, err)
	})
}

// The Timeout of a caller's client would cut long bodies; it is neither used nor changed.
func TestTimeoutOfTheCallersClientIsNotUsed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := &http.Client{Timeout: time.Second, Transport: tripper(func(req *http.Request) (*http.Response, error) {
			select {
			case <-time.After(30 * time.Second):
				return answer(200, "{}"), nil
			case <-req.Context().Done():
				return nil, req.Context().Err()
			}
		})}
		s, err := gophermeter.NewService("http://h", nil, gophermeter.WithHTTPClient(client))
		require.NoError(t, err)
		_, err = read(t, s, get)
		assert.NoError(t, err)
		assert.Equal(t, time.Second, client.Timeout)
	})
}

func TestStallOfTheLogin(t *testing.T) {
	t.Parallel()
	url := "http://" + mute(t)
	_, err := gophermeter.Connect(t.Context(), once, limits(gophermeter.TimeLimits{Header: short}),
		gophermeter.WithAuth(gophercloud.AuthOptions{IdentityEndpoint: url, UserID: "u", Password: "p"}))
	assert.EqualError(t, err, "login at "+url+" as u: identity: POST /v3/auth/tokens: no response header within 50ms")
}

func TestCallersContextEndsTheLogin(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeoutCause(t.Context(), short, errBoom)
	defer cancel()
	_, err := gophermeter.Connect(ctx,
		gophermeter.WithAuth(gophercloud.AuthOptions{IdentityEndpoint: "http://" + mute(t), UserID: "u", Password: "p"}))
	assert.ErrorIs(t, err, context.DeadlineExceeded)
	assert.ErrorIs(t, err, errBoom)
}

// The HTTP client of a provider may have no limits of its own: its renewal has ours.
func TestStallOfAProvidersRenewal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		p := &gophercloud.ProviderClient{TokenID: "old", ReauthFunc: func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		}}
		p.HTTPClient.Transport = tripper(func(*http.Request) (*http.Response, error) { return answer(401, ""), nil })
		conn, err := gophermeter.FromProvider(p, gophercloud.EndpointOpts{}, once, gophermeter.WithEndpoint("compute", "http://h"))
		require.NoError(t, err)
		s, err := conn.Service("compute")
		require.NoError(t, err)
		_, err = read(t, s, get)
		assert.ErrorIs(t, err, gophermeter.ErrUnauthorized)
		assert.ErrorContains(t, err, "no answer of Keystone within 2m20s")
		assert.Equal(t, 140*time.Second, time.Since(start))
	})
}
