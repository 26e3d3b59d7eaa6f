package tenantusage_test

import (
	"embed"
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
	"github.com/gophermeter/gophermeter/tenantusage"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// recorded are answers of a real Nova 26 (some names say of which request).
//
//go:embed testdata/*.json
var recorded embed.FS

func body(t testing.TB, name string) string {
	t.Helper()
	text, err := recorded.ReadFile("testdata/" + name + ".json")
	require.NoError(t, err)
	return string(text)
}

// window is that of the recordings.
var window = gophermeter.Window{
	Start: time.Date(2026, 10, 23, 0, 0, 0, 0, time.UTC),
	End:   time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC),
}

// september is the seeded month of fakecloud.
var september = gophermeter.Month(2026, time.September)

// impatient repeats at once.
var impatient = gophermeter.WithRetry(gophermeter.Retry{Base: time.Millisecond, Cap: 2 * time.Millisecond})

// script answers request after request, the last answer for all that follow.
type script struct {
	mu       sync.Mutex
	answers  []http.HandlerFunc
	requests []*http.Request
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.requests = append(s.requests, r)
	next := s.answers[0]
	if len(s.answers) > 1 {
		s.answers = s.answers[1:]
	}
	s.mu.Unlock()
	next(w, r)
}

// queries are what was asked so far.
func (s *script) queries() []url.Values {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []url.Values
	for _, r := range s.requests {
		all = append(all, r.URL.Query())
	}
	return all
}

// says is an answer of microversion 2.40.
func says(status int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Openstack-Api-Version", "compute 2.40")
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(text))
	}
}

// unversioned is an answer that names no microversion.
func unversioned(status int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(text))
	}
}

func scripted(t testing.TB, answers ...http.HandlerFunc) (*tenantusage.Client, *script) {
	t.Helper()
	s := &script{answers: answers}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	provider := &gophercloud.ProviderClient{TokenID: "a-token", IdentityBase: server.URL + "/"}
	conn, err := gophermeter.FromProvider(provider, gophercloud.EndpointOpts{},
		gophermeter.WithEndpoint("compute", server.URL+"/v2.1"), impatient)
	require.NoError(t, err)
	t.Cleanup(conn.CloseIdleConnections)
	client, err := tenantusage.New(conn)
	require.NoError(t, err)
	return client, s
}

func connect(t testing.TB, cloud *fakecloud.Cloud, user string, opts ...tenantusage.Option) *tenantusage.Client {
	t.Helper()
	conn, err := gophermeter.Connect(t.Context(), append(cloud.OptionsFor(user), impatient)...)
	require.NoError(t, err)
	t.Cleanup(conn.CloseIdleConnections)
	client, err := tenantusage.New(conn, opts...)
	require.NoError(t, err)
	return client
}

func newCloud(t testing.TB, opts ...fakecloud.Option) *fakecloud.Cloud {
	t.Helper()
	cloud := fakecloud.New(opts...)
	t.Cleanup(cloud.Close)
	return cloud
}

// usageQueries are the usage requests that a cloud has seen.
func usageQueries(t testing.TB, cloud *fakecloud.Cloud) []url.Values {
	t.Helper()
	var all []url.Values
	for _, r := range cloud.Requests() {
		if r.Service == "compute" {
			q, err := url.ParseQuery(r.RawQuery)
			require.NoError(t, err)
			all = append(all, q)
		}
	}
	return all
}
