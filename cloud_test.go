package gophermeter_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
)

const password = `pa55"word<&>é`

// cloud is a Keystone that lets anybody in, with a recorded catalogue, and services behind it.
type cloud struct {
	*httptest.Server
	*http.ServeMux

	mu     sync.Mutex
	logins []string // bodies of POST /v3/auth/tokens
	valid  string   // the token that is good now
	login  http.HandlerFunc
}

func newCloud(t *testing.T) *cloud {
	t.Helper()
	c := &cloud{ServeMux: http.NewServeMux()}
	c.Server = httptest.NewServer(c.ServeMux)
	t.Cleanup(c.Server.Close)
	c.HandleFunc("POST /v3/auth/tokens", func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		body, _ := io.ReadAll(r.Body)
		c.logins = append(c.logins, string(body))
		login := c.login
		c.mu.Unlock()
		if login != nil {
			login(w, r)
			return
		}
		c.issue(t, w)
	})
	c.HandleFunc("GET /v3/auth/tokens", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Subject-Token", r.Header.Get("X-Subject-Token"))
		_, _ = io.WriteString(w, c.token(t))
	})
	return c
}

// token is the recorded answer to a login, its endpoints pointing here.
func (c *cloud) token(t *testing.T) string {
	t.Helper()
	replace := strings.NewReplacer("http://127.0.0.1:5000/v3", c.URL, "http://127.0.0.1:8774", c.URL, "http://127.0.0.1:8889", c.URL,
		"http://127.0.0.1:8777", c.URL, "http://127.0.0.1:8887", c.URL)
	return replace.Replace(recorded(t, "keystone/token.json"))
}

func (c *cloud) issue(t *testing.T, w http.ResponseWriter) {
	t.Helper()
	c.mu.Lock()
	c.valid = fmt.Sprintf("gAAAAABtoken-%d", len(c.logins))
	w.Header().Set("X-Subject-Token", c.valid)
	c.mu.Unlock()
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, c.token(t))
}

// revoke makes the current token bad.
func (c *cloud) revoke() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.valid = "none"
}

func (c *cloud) refuseLogins(h http.HandlerFunc) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.login = h
}

func (c *cloud) requests() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.logins...)
}

// authorized answers as keystonemiddleware does to a bad token.
func (c *cloud) authorized(t *testing.T, h http.HandlerFunc) http.HandlerFunc {
	t.Helper()
	return func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		ok := r.Header.Get("X-Auth-Token") == c.valid
		c.mu.Unlock()
		if ok {
			h(w, r)
			return
		}
		w.Header().Set("WWW-Authenticate", `Keystone uri="http://127.0.0.1:5000"`)
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, recorded(t, "nova/bad-token.json"))
	}
}

func (c *cloud) options() gophercloud.AuthOptions {
	return gophercloud.AuthOptions{
		IdentityEndpoint: c.URL + "/v3", Username: "admin", Password: password, DomainID: "default",
		Scope: &gophercloud.AuthScope{ProjectName: "admin", DomainID: "default"},
	}
}

// connect logs in with a password.
func (c *cloud) connect(t *testing.T, opts ...gophermeter.Option) *gophermeter.Connection {
	t.Helper()
	conn, err := gophermeter.Connect(t.Context(),
		append([]gophermeter.Option{gophermeter.WithAuth(c.options()), gophermeter.WithRegion("RegionOne"), quick}, opts...)...)
	require.NoError(t, err)
	return conn
}

// compute is the service behind the recorded catalogue, at /v2.1.
func (c *cloud) compute(t *testing.T, opts ...gophermeter.Option) *gophermeter.Service {
	t.Helper()
	s, err := c.connect(t, opts...).Service("compute")
	require.NoError(t, err)
	return s
}

func ok(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"ok": true}`) }
