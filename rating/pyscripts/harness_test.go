package pyscripts_test

import (
	"embed"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating/pyscripts"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// recorded are pairs of a real CloudKitty 17. Those of release 23 are written after its source: none was at hand.
//
//go:embed testdata/*.json
var recorded embed.FS

// pair is one request and its answer.
type pair struct {
	Method string
	URL    string
	Sent   json.RawMessage
	Status int
	Body   json.RawMessage
}

func load(t testing.TB, name string) pair {
	t.Helper()
	text, err := recorded.ReadFile("testdata/" + name + ".json")
	require.NoError(t, err)
	var p pair
	require.NoError(t, json.Unmarshal(text, &p))
	return p
}

// request is one that the script got.
type request struct {
	method, path string
	query        url.Values
	body         string
}

// script answers request after request, the last answer for all that follow. Of a pair with status 0 the connection
// breaks.
type script struct {
	mu       sync.Mutex
	answers  []pair
	requests []request
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	s.requests = append(s.requests, request{r.Method, r.URL.EscapedPath(), r.URL.Query(), string(body)})
	next := s.answers[0]
	if len(s.answers) > 1 {
		s.answers = s.answers[1:]
	}
	s.mu.Unlock()
	if next.Status == 0 {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(next.Status)
	_, _ = w.Write(next.Body)
}

// says is an answer that no recording has.
func says(status int, body string) pair { return pair{Status: status, Body: json.RawMessage(body)} }

func scripted(t testing.TB, answers ...pair) (*pyscripts.Client, *script) {
	t.Helper()
	s := &script{answers: answers}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	conn, err := gophermeter.FromProvider(
		&gophercloud.ProviderClient{TokenID: "a-token", IdentityBase: server.URL + "/"}, gophercloud.EndpointOpts{},
		gophermeter.WithEndpoint("rating", server.URL),
		gophermeter.WithRetry(gophermeter.Retry{Base: time.Millisecond, Cap: 2 * time.Millisecond}))
	require.NoError(t, err)
	t.Cleanup(conn.CloseIdleConnections)
	client, err := pyscripts.New(conn)
	require.NoError(t, err)
	return client, s
}

// replay is a client of a service that gives the recorded answers, in this order. At the end what was sent is
// compared with what was recorded.
func replay(t testing.TB, names ...string) *pyscripts.Client {
	t.Helper()
	pairs := make([]pair, len(names))
	for i, name := range names {
		pairs[i] = load(t, name)
	}
	client, script := scripted(t, pairs...)
	t.Cleanup(func() {
		require.Len(t, script.requests, len(pairs))
		for i, p := range pairs {
			got := script.requests[i]
			want, err := url.Parse(p.URL)
			require.NoError(t, err)
			assert.Equal(t, p.Method+" "+want.EscapedPath(), got.method+" "+got.path)
			assert.Equal(t, want.Query(), got.query)
			if p.Sent == nil {
				assert.Empty(t, got.body)
			} else {
				assert.JSONEq(t, string(p.Sent), got.body)
			}
		}
	})
	return client
}
