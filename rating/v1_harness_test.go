package rating_test

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

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating"
)

// recordedV1 are requests to version 1 of a real CloudKitty 17 and their answers, most of them on storage of version 1.
//
//go:embed testdata/v1/*.json
var recordedV1 embed.FS

// pairV1 is one request and its answer.
type pairV1 struct {
	Method   string
	URL      string
	Sent     json.RawMessage
	Status   int
	Type     string
	Location string
	Body     json.RawMessage
	Text     string // a body that is no JSON
}

func loadV1(t testing.TB, name string) pairV1 {
	t.Helper()
	text, err := recordedV1.ReadFile("testdata/v1/" + name + ".json")
	require.NoError(t, err)
	var p pairV1
	require.NoError(t, json.Unmarshal(text, &p))
	return p
}

func (p pairV1) answer(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", p.Type)
	if p.Location != "" {
		w.Header().Set("Location", p.Location)
	}
	w.WriteHeader(p.Status)
	_, _ = w.Write(append(p.Body, p.Text...))
}

type requestV1 struct {
	method, path string // path is escaped
	query        url.Values
	body         string
	accept       string
}

// scriptV1 answers request after request, the last answer for all that follow.
type scriptV1 struct {
	mu       sync.Mutex
	answers  []http.HandlerFunc
	requests []requestV1
}

func (s *scriptV1) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	s.requests = append(s.requests, requestV1{r.Method, r.URL.EscapedPath(), r.URL.Query(), string(body), r.Header.Get("Accept")})
	next := s.answers[0]
	if len(s.answers) > 1 {
		s.answers = s.answers[1:]
	}
	s.mu.Unlock()
	next(w, r)
}

func scriptedV1(t testing.TB, answers ...http.HandlerFunc) (*rating.Client, *scriptV1) {
	t.Helper()
	s := &scriptV1{answers: answers}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	conn, err := gophermeter.FromProvider(
		&gophercloud.ProviderClient{TokenID: "a-token", IdentityBase: server.URL + "/"}, gophercloud.EndpointOpts{},
		gophermeter.WithEndpoint("rating", server.URL+"/v1"), // as old catalogues have it
		gophermeter.WithRetry(gophermeter.Retry{Base: time.Millisecond, Cap: 2 * time.Millisecond}))
	require.NoError(t, err)
	t.Cleanup(conn.CloseIdleConnections)
	client, err := rating.New(conn)
	require.NoError(t, err)
	return client, s
}

// replayV1 is a client of a service that gives the recorded answers, in this order. At the end what was sent is
// compared with what was recorded; a window is sent always and was recorded seldom.
func replayV1(t testing.TB, names ...string) *rating.Client {
	t.Helper()
	pairs := make([]pairV1, len(names))
	answers := make([]http.HandlerFunc, len(names))
	for i, name := range names {
		pairs[i] = loadV1(t, name)
		answers[i] = pairs[i].answer
	}
	client, script := scriptedV1(t, answers...)
	t.Cleanup(func() {
		require.Len(t, script.requests, len(pairs))
		for i, p := range pairs {
			got := script.requests[i]
			want, err := url.Parse(p.URL)
			require.NoError(t, err)
			query := want.Query()
			for _, name := range []string{"begin", "end"} {
				if !query.Has(name) {
					got.query.Del(name)
				}
			}
			assert.Equal(t, p.Method+" "+want.EscapedPath(), got.method+" "+got.path)
			assert.Equal(t, query, got.query)
			if p.Sent == nil {
				assert.Empty(t, got.body)
			} else {
				assert.JSONEq(t, string(p.Sent), got.body)
			}
		}
	})
	return client
}

// Windows of the recordings.
var (
	novemberV1 = gophermeter.Month(2026, time.November)
	twoHoursV1 = gophermeter.Window{
		Start: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC), End: time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC),
	}
	longAgoV1 = gophermeter.Month(2001, time.January)
)

// Projects of the recordings.
const (
	tenant1 = "d3be098c33ed412795ff7c9116dd0223"
	tenant2 = "49dea906e9ff4583bb28589ac8856948"
)
