package gophermeter_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
)

// events gathers what the observer is told.
type events struct {
	mu  sync.Mutex
	all []gophermeter.Event
}

func (e *events) option() gophermeter.Option {
	return gophermeter.WithObserver(func(event gophermeter.Event) {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.all = append(e.all, event)
	})
}

func TestObserverSeesEachAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var seen events
		rt, _ := recovers(fails(errReset), says(503, "{}"), says(200, "{}"))
		_, err := read(t, over(t, tripper(func(req *http.Request) (*http.Response, error) {
			time.Sleep(time.Second)
			return rt(req)
		}), seen.option()), gophermeter.Request{Op: "test.Get", Path: []string{"a b"}, Query: map[string][]string{"secret": {"1"}}})
		require.NoError(t, err)
		assert.Equal(t, []gophermeter.Event{
			{Op: "test.Get", Method: "GET", Path: "/a%20b", Attempt: 1, Duration: time.Second, Err: errReset},
			{Op: "test.Get", Method: "GET", Path: "/a%20b", Attempt: 2, Duration: time.Second, Status: 503},
			{Op: "test.Get", Method: "GET", Path: "/a%20b", Attempt: 3, Duration: time.Second, Status: 200},
		}, seen.all)
	})
}

// The event of a live body comes once, when it has been read to its end, failed, or was closed.
func TestObserverOfALiveBody(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		body io.Reader
		read int64
		err  error
	}{
		{"to its end", strings.NewReader("12345"), 100, nil},
		{"closed early", strings.NewReader("12345"), 2, nil},
		{"broken", io.MultiReader(strings.NewReader("12"), brokenReader{}), 100, errBoom},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var seen events
				s := over(t, tripper(func(*http.Request) (*http.Response, error) {
					resp := answer(200, "")
					resp.Body = io.NopCloser(test.body)
					return resp, nil
				}), seen.option())
				resp, err := s.Do(t.Context(), get)
				require.NoError(t, err)
				assert.Empty(t, seen.all, "the body is still to come")
				time.Sleep(time.Minute)
				_, _ = io.CopyN(io.Discard, resp.Body, test.read)
				_ = resp.Body.Close()
				_ = resp.Body.Close()
				require.Len(t, seen.all, 1)
				assert.Equal(t, test.err, seen.all[0].Err)
				assert.Equal(t, time.Minute, seen.all[0].Duration)
			})
		})
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errBoom }

func TestObserverSeesTheLogin(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	var seen events
	c.connect(t, seen.option())
	require.Len(t, seen.all, 1)
	seen.all[0].Duration = 0
	assert.Equal(t, gophermeter.Event{Op: "identity", Method: "POST", Path: "/v3/auth/tokens", Status: 201, Attempt: 1}, seen.all[0])
}

func TestLogger(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	for _, level := range []slog.Level{slog.LevelDebug, slog.LevelInfo} {
		out.Reset()
		rt, _ := recovers(fails(errReset), says(200, `{"body": 1}`, "X-Openstack-Request-Id", "req-1", "X-Header", "h"))
		s := over(t, rt, quick, gophermeter.WithLogger(slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: level}))))
		_, err := read(t, s, gophermeter.Request{Op: "test.Get", Path: []string{"things"}, Query: map[string][]string{"q": {"query"}}})
		require.NoError(t, err)
		if level == slog.LevelInfo {
			assert.Zero(t, out.Len())
			continue
		}
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		require.Len(t, lines, 2)
		var line map[string]any
		require.NoError(t, json.Unmarshal([]byte(lines[1]), &line))
		delete(line, "time")
		delete(line, "duration")
		assert.Equal(t, map[string]any{
			"level": "DEBUG", "msg": "openstack request", "op": "test.Get", "method": "GET", "path": "/things",
			"status": 200.0, "attempt": 2.0, "request_id": "req-1",
		}, line)
		assert.Contains(t, lines[0], "connection reset")
		assert.NotContains(t, out.String(), "query")
	}
}

func TestUserAgent(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	var agents []string
	c.HandleFunc("/v2.1/things", func(_ http.ResponseWriter, r *http.Request) { agents = append(agents, r.UserAgent()) })
	_, err := read(t, c.compute(t, gophermeter.WithUserAgent("showback/1.2")), get)
	require.NoError(t, err)
	assert.Equal(t, []string{"showback/1.2 gophermeter/" + gophermeter.Version}, agents)
}
