package meter_test

import (
	"embed"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/meter"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// recorded are answers of a real Ceilometer 8 (Ocata), of 5 (Liberty) for events, and of K5's document.
//
//go:embed testdata/*.json testdata/k5-curl.txt
var recorded embed.FS

func body(t testing.TB, name string) string {
	t.Helper()
	text, err := recorded.ReadFile("testdata/" + name + ".json")
	require.NoError(t, err)
	return string(text)
}

// september is the seeded month of fakecloud.
var september = gophermeter.Month(2026, time.September)

// impatient repeats at once.
var impatient = gophermeter.WithRetry(gophermeter.Retry{Base: time.Millisecond, Cap: 2 * time.Millisecond})

// sent is one request as the server saw it.
type sent struct {
	method, path string // the path as it was escaped
	query        url.Values
	header       http.Header
	body         string
}

// script answers request after request, the last answer for all that follow.
type script struct {
	url      string
	mu       sync.Mutex
	answers  []http.HandlerFunc
	requests []sent
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	s.requests = append(s.requests, sent{r.Method, r.URL.EscapedPath(), r.URL.Query(), r.Header, string(text)})
	next := s.answers[0]
	if len(s.answers) > 1 {
		s.answers = s.answers[1:]
	}
	s.mu.Unlock()
	next(w, r)
}

func (s *script) all() []sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]sent(nil), s.requests...)
}

func (s *script) last() sent {
	all := s.all()
	return all[len(all)-1]
}

func says(status int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(text))
	}
}

// serve starts a server of these answers.
func serve(t testing.TB, answers ...http.HandlerFunc) *script {
	t.Helper()
	s := &script{answers: answers}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// connection is one whose catalogue is these endpoints: type, URL, type, URL.
func connection(t testing.TB, endpoints ...string) *gophermeter.Connection {
	t.Helper()
	opts := []gophermeter.Option{impatient}
	for i := 0; i < len(endpoints); i += 2 {
		opts = append(opts, gophermeter.WithEndpoint(endpoints[i], endpoints[i+1]))
	}
	provider := &gophercloud.ProviderClient{TokenID: "a-token", IdentityBase: endpoints[1] + "/"}
	conn, err := gophermeter.FromProvider(provider, gophercloud.EndpointOpts{}, opts...)
	require.NoError(t, err)
	t.Cleanup(conn.CloseIdleConnections)
	return conn
}

func scripted(t testing.TB, answers ...http.HandlerFunc) (*meter.Client, *script) {
	t.Helper()
	return scriptedAs(t, nil, answers...)
}

func scriptedAs(t testing.TB, opts []meter.Option, answers ...http.HandlerFunc) (*meter.Client, *script) {
	t.Helper()
	s := serve(t, answers...)
	client, err := meter.New(connection(t, "metering", s.url), opts...)
	require.NoError(t, err)
	return client, s
}

func connect(t testing.TB, cloud *fakecloud.Cloud, user string, opts ...meter.Option) *meter.Client {
	t.Helper()
	conn, err := gophermeter.Connect(t.Context(), append(cloud.OptionsFor(user), impatient)...)
	require.NoError(t, err)
	t.Cleanup(conn.CloseIdleConnections)
	client, err := meter.New(conn, opts...)
	require.NoError(t, err)
	return client
}

func newCloud(t testing.TB, opts ...fakecloud.Option) *fakecloud.Cloud {
	t.Helper()
	cloud := fakecloud.New(opts...)
	t.Cleanup(cloud.Close)
	return cloud
}

// asked are the requests that a cloud's Ceilometer has seen.
func asked(cloud *fakecloud.Cloud) []fakecloud.Request {
	var all []fakecloud.Request
	for _, r := range cloud.Requests() {
		if r.Service == "metering" {
			all = append(all, r)
		}
	}
	return all
}
