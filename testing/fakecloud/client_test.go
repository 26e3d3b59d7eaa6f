package fakecloud_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newCloud(t *testing.T, opts ...fakecloud.Option) *fakecloud.Cloud {
	c := fakecloud.New(opts...)
	t.Cleanup(c.Close)
	return c
}

// client is a plain HTTP client of one cloud, with connections of its own and a token.
type client struct {
	t     testing.TB
	cloud *fakecloud.Cloud
	http  *http.Client
	token string
}

func newClient(t testing.TB, c *fakecloud.Cloud) *client {
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &client{t: t, cloud: c, http: &http.Client{Transport: transport, Timeout: 2 * time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// as logs a user in to a project by name; without one the token is unscoped.
func as(t testing.TB, c *fakecloud.Cloud, user, project string) *client {
	scope := `"unscoped"`
	if project != "" {
		scope = `{"project":{"name":"` + project + `","domain":{"name":"Default"}}}`
	}
	k := newClient(t, c)
	k.login(byPassword(user, fakecloud.Password), scope)
	require.NotEmpty(t, k.token, "no token for %s", user)
	return k
}

func admin(t testing.TB, c *fakecloud.Cloud) *client { return as(t, c, "admin", "admin") }

func byPassword(user, password string) string {
	return `{"methods":["password"],"password":{"user":{"name":"` + user + `","domain":{"id":"default"},"password":"` + password + `"}}}`
}

// login takes the parts of the body as JSON and keeps the token.
func (k *client) login(identity, scope string) (int, tokenBody) {
	body := `{"auth":{"identity":` + identity + `}}`
	if scope != "" {
		body = `{"auth":{"identity":` + identity + `,"scope":` + scope + `}}`
	}
	resp, text := k.do("POST", "/identity/v3/auth/tokens", body)
	k.token = resp.Header.Get("X-Subject-Token")
	var b tokenBody
	require.NoError(k.t, json.Unmarshal(text, &b))
	return resp.StatusCode, b
}

type tokenBody struct {
	Token struct {
		Methods   []string
		ExpiresAt time.Time `json:"expires_at"`
		Project   *struct{ ID, Name string }
		Domain    *struct{ ID string }
		Roles     []struct{ Name string }
		Catalog   []fakecloud.CatalogEntry
	}
}

func (b tokenBody) roles() []string {
	var names []string
	for _, r := range b.Token.Roles {
		names = append(names, r.Name)
	}
	return names
}

// do sends a request and reads the whole answer. Headers are name, value, name, value.
func (k *client) do(method, path, body string, headers ...string) (*http.Response, []byte) {
	k.t.Helper()
	resp, text, err := k.try(method, path, body, headers...)
	require.NoError(k.t, err)
	return resp, text
}

func (k *client) try(method, path, body string, headers ...string) (*http.Response, []byte, error) {
	req, err := http.NewRequestWithContext(context.Background(), method, k.cloud.URL()+path, strings.NewReader(body))
	require.NoError(k.t, err)
	req.Header.Set("Accept", "application/json")
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if k.token != "" {
		req.Header.Set("X-Auth-Token", k.token)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := k.http.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return resp, text, err
}

const usage = "/compute/v2.1/os-simple-tenant-usage"

// september is the seeded month.
const september = "start=2026-09-01T00:00:00&end=2026-10-01T00:00:00"

// list asks for a page of usage in a microversion and returns its body, and the marker of the next page.
func (k *client) list(query, version string) (usageBody, string) {
	k.t.Helper()
	resp, text := k.do("GET", usage+"?"+query, "", "OpenStack-API-Version", "compute "+version)
	require.Equal(k.t, http.StatusOK, resp.StatusCode, "%s", text)
	var b usageBody
	require.NoError(k.t, json.NewDecoder(bytes.NewReader(text)).Decode(&b))
	if len(b.Next) == 0 {
		return b, ""
	}
	next, err := url.Parse(b.Next[0].Href)
	require.NoError(k.t, err)
	return b, next.Query().Get("marker")
}
