package alarm_test

import (
	"embed"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/alarm"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// recorded are answers of real services, see its README.
//
//go:embed testdata/*.json testdata/*.txt
var recorded embed.FS

func body(t testing.TB, name string) string {
	t.Helper()
	if !strings.Contains(name, ".") {
		name += ".json"
	}
	text, err := recorded.ReadFile("testdata/" + name)
	require.NoError(t, err)
	return string(text)
}

// impatient repeats at once.
var impatient = gophermeter.WithRetry(gophermeter.Retry{Base: time.Millisecond, Cap: 2 * time.Millisecond})

// asked is a request and its body.
type asked struct {
	*http.Request
	body string
}

// script answers request after request, the last answer for all that follow.
type script struct {
	mu       sync.Mutex
	answers  []http.HandlerFunc
	requests []asked
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	s.requests = append(s.requests, asked{r, string(text)})
	next := s.answers[0]
	if len(s.answers) > 1 {
		s.answers = s.answers[1:]
	}
	s.mu.Unlock()
	next(w, r)
}

func (s *script) all() []asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]asked{}, s.requests...)
}

// calls are the methods, paths and queries so far.
func (s *script) calls() []string {
	var all []string
	for _, r := range s.all() {
		query, _ := url.QueryUnescape(r.URL.RawQuery)
		all = append(all, strings.TrimSuffix(r.Method+" "+r.URL.EscapedPath()+"?"+query, "?"))
	}
	return all
}

func says(status int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(text))
	}
}

// breaks is an answer that never comes: the connection ends.
func breaks(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		_ = conn.Close()
	}
}

// scripted is a client of answers; kind is the type in the catalogue.
func scripted(t testing.TB, kind string, opts []alarm.Option, answers ...http.HandlerFunc) (*alarm.Client, *script) {
	t.Helper()
	s := &script{answers: answers}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	provider := &gophercloud.ProviderClient{TokenID: "a-token", IdentityBase: server.URL + "/"}
	conn, err := gophermeter.FromProvider(provider, gophercloud.EndpointOpts{}, gophermeter.WithEndpoint(kind, server.URL), impatient)
	require.NoError(t, err)
	t.Cleanup(conn.CloseIdleConnections)
	client, err := alarm.New(conn, opts...)
	require.NoError(t, err)
	return client, s
}

// aodh is a client of an Aodh that answers so.
func aodh(t testing.TB, answers ...http.HandlerFunc) (*alarm.Client, *script) {
	t.Helper()
	return scripted(t, "alarming", nil, answers...)
}

// ceilometer is a client of a Ceilometer that answers so.
func ceilometer(t testing.TB, answers ...http.HandlerFunc) (*alarm.Client, *script) {
	t.Helper()
	return scripted(t, "metering", nil, answers...)
}

func newCloud(t testing.TB, opts ...fakecloud.Option) *fakecloud.Cloud {
	t.Helper()
	cloud := fakecloud.New(opts...)
	t.Cleanup(cloud.Close)
	return cloud
}

func connect(t testing.TB, cloud *fakecloud.Cloud, user string, opts ...alarm.Option) *alarm.Client {
	t.Helper()
	conn, err := gophermeter.Connect(t.Context(), append(cloud.OptionsFor(user), impatient)...)
	require.NoError(t, err)
	t.Cleanup(conn.CloseIdleConnections)
	client, err := alarm.New(conn, opts...)
	require.NoError(t, err)
	return client
}

// event makes an alarm of the simplest kind.
func event(t testing.TB, client *alarm.Client, name string) alarm.Alarm {
	t.Helper()
	a, err := client.CreateAlarm(t.Context(), alarm.CreateOptions{Name: name, Rule: alarm.EventRule{}})
	require.NoError(t, err)
	return a
}

func names(all []alarm.Alarm) []string {
	var out []string
	for _, a := range all {
		out = append(out, a.Name)
	}
	return out
}

func at(t testing.TB, text string) time.Time {
	t.Helper()
	moment, err := time.Parse("2006-01-02T15:04:05.999999", text)
	require.NoError(t, err)
	return moment
}

func invalid(t testing.TB, err error, field string) {
	t.Helper()
	assert.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
	assert.ErrorContains(t, err, field)
}
