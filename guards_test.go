package gophermeter_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
)

// elsewhere is another origin, which nothing may reach.
func elsewhere(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("another origin was sent %s %s with %v", r.Method, r.URL, r.Header)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestRedirectsWithinTheOrigin(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		method string
		hops   int
		status int
		fine   bool
	}{
		{"GET", 1, 301, true}, {"GET", 5, 302, true}, {"GET", 5, 307, true}, {"GET", 2, 308, true}, {"HEAD", 5, 303, true},
		{"GET", 6, 302, false}, {"POST", 1, 307, false}, {"PUT", 1, 302, false}, {"DELETE", 1, 308, false},
	} {
		var sent atomic.Int64
		s := behind(t, func(w http.ResponseWriter, r *http.Request) {
			sent.Add(1)
			hop, _ := strconv.Atoi(r.URL.Query().Get("hop"))
			assert.Equal(t, "gophermeter/"+gophermeter.Version, r.UserAgent())
			assert.Equal(t, "x", r.Header.Get("X-Mine"))
			if hop < test.hops {
				w.Header().Set("Location", "?hop="+strconv.Itoa(hop+1))
				w.WriteHeader(test.status)
			}
		})
		_, err := read(t, s, gophermeter.Request{Method: test.method, Path: []string{"things"}, Header: http.Header{"X-Mine": {"x"}}})
		switch {
		case test.fine:
			assert.NoError(t, err)
		case test.method == http.MethodGet:
			assert.ErrorIs(t, err, gophermeter.ErrLoop)
			assert.EqualValues(t, 6, sent.Load(), "and not repeated")
		default:
			assert.Equal(t, test.status, asError(t, err).StatusCode)
			assert.ErrorContains(t, err, "redirected to http://127.0.0.1")
			assert.NotContains(t, err.Error(), "?")
			assert.EqualValues(t, 1, sent.Load())
		}
	}
}

func TestTokenNeverLeavesItsOrigin(t *testing.T) {
	t.Parallel()
	other := elsewhere(t)
	c := newCloud(t)
	to := other + "/v2.1/things?a=b"
	c.HandleFunc("/v2.1/things", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) })
	_, err := read(t, c.compute(t), get)
	assert.Equal(t, 302, asError(t, err).StatusCode)
	assert.ErrorContains(t, err, "redirected to "+other+"/v2.1/things")

	to = strings.Replace(c.URL, "http:", "https:", 1) + "/v2.1/things"
	_, err = read(t, c.compute(t), get)
	assert.ErrorContains(t, err, "redirected to https://127.0.0.1", "another scheme is another origin")
}

func TestSecretHeadersNeverLeaveTheirOrigin(t *testing.T) {
	t.Parallel()
	other := elsewhere(t)
	server := httptest.NewServer(http.RedirectHandler(other, http.StatusMovedPermanently))
	t.Cleanup(server.Close)
	s, err := gophermeter.NewService(server.URL, http.Header{"XA-API-Key": {"hidden"}}, quick)
	require.NoError(t, err)
	_, err = read(t, s, get)
	assert.ErrorContains(t, err, "redirected to "+other)
}

// Neither a redirect nor the links of a Keystone's version document take the password elsewhere.
func TestPasswordNeverLeavesItsOrigin(t *testing.T) {
	t.Parallel()
	other := elsewhere(t)
	for _, status := range []int{301, 302, 307, 308} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/" {
				w.WriteHeader(http.StatusMultipleChoices)
				_, _ = io.WriteString(w, `{"versions": {"values": [{"id": "v3.14", "status": "stable",
					"links": [{"rel": "self", "href": "`+other+`/v3/"}]}]}}`)
				return
			}
			http.Redirect(w, r, other+r.URL.Path, status)
		}))
		t.Cleanup(server.Close)
		c := &cloud{Server: server}
		ao := c.options()
		ao.IdentityEndpoint = server.URL // unversioned
		_, err := gophermeter.Connect(t.Context(), quick, gophermeter.WithAuth(ao))
		assert.Equal(t, status, asError(t, err).StatusCode)
		assert.ErrorContains(t, err, "redirected to "+other+"/v3/auth/tokens")
	}
}

func TestPathElementsAreEscapedOneByOne(t *testing.T) {
	t.Parallel()
	var got string
	s := behind(t, func(_ http.ResponseWriter, r *http.Request) { got = r.RequestURI })
	for id, want := range map[string]string{
		"a?b=c/../d":  "/things/a%3Fb=c%2F..%2Fd",
		"a b":         "/things/a%20b",
		"%2e%2e":      "/things/%252e%252e",
		"ü#1":         "/things/%C3%BC%231",
		"a,b":         "/things/a,b",
		"a;b":         "/things/a%3Bb",
		"...":         "/things/...",
		"a\nb":        "/things/a%0Ab",
		"http://x/y":  "/things/http:%2F%2Fx%2Fy",
		"49dea906-e9": "/things/49dea906-e9",
	} {
		_, err := read(t, s, gophermeter.Request{Path: []string{"things", id}})
		require.NoError(t, err)
		assert.Equal(t, want, got, id)
	}
	for _, bad := range []string{"", ".", ".."} {
		_, err := read(t, s, gophermeter.Request{Path: []string{"things", bad}})
		assert.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
	}
	_, err := read(t, s, gophermeter.Request{Path: []string{"things"}, Slash: true, Query: map[string][]string{"q": {"a+b", "c d"}}})
	require.NoError(t, err)
	assert.Equal(t, "/things/?q=a%2Bb&q=c+d", got)
	_, err = read(t, s, gophermeter.Request{})
	require.NoError(t, err)
	assert.Equal(t, "/", got)
}

func TestBase(t *testing.T) {
	t.Parallel()
	for endpoint, want := range map[string]string{
		"http://h/v2.1":                        "http://h/v2",
		"http://h/v2.1/":                       "http://h/v2",
		"http://h/v2.1/93a055d781a548c1bfb050": "http://h/v2",
		"http://h/v1/":                         "http://h/v2",
		"http://h":                             "http://h/v2",
		"http://h/":                            "http://h/v2",
		"http://h:8889/rating/v1":              "http://h:8889/rating/v2",
		"http://h/rating":                      "http://h/rating/v2",
		"http://h/v1metrics/v3/p":              "http://h/v1metrics/v2",
		"http://h/a%2Fb/v1":                    "http://h/a%2Fb/v2",
		"http://h/dev2/ck/v1?x=y#z":            "http://h/dev2/ck/v2",
	} {
		s, err := gophermeter.NewService(endpoint, nil)
		require.NoError(t, err)
		before := s.Endpoint()
		assert.Equal(t, want, s.Base("v2").Endpoint(), endpoint)
		assert.Equal(t, strings.TrimSuffix(want, "v2"), strings.TrimSuffix(s.Base("").Endpoint(), "/")+"/", endpoint)
		assert.Equal(t, before, s.Endpoint(), "the service itself stays as it is")
	}
}

func TestEndpointsThatAreNone(t *testing.T) {
	t.Parallel()
	for _, endpoint := range []string{"", "host", "ftp://h", "http://", "/v2", "http:h", "http://u:hunter2@h\x7f", "gopher://u:hunter2@h"} {
		_, err := gophermeter.NewService(endpoint, nil)
		assert.ErrorIs(t, err, gophermeter.ErrInvalidArgument, endpoint)
		assert.NotContains(t, err.Error(), "hunter2")
	}
}
