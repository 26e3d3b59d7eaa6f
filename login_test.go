package gophermeter_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
)

// isolate takes the environment away, and gives what is named.
func isolate(t *testing.T, env map[string]string) {
	t.Helper()
	for _, name := range []string{
		"OS_CLOUD", "OS_AUTH_URL", "OS_USERNAME", "OS_PASSWORD", "OS_REGION_NAME", "OS_INTERFACE", "OS_CLIENT_CONFIG_FILE",
		"OS_CLIENT_SECURE_FILE", "OS_CACERT", "OS_CERT", "OS_KEY", "OS_INSECURE", "OS_TOKEN", "OS_AUTH_TYPE", "OS_PROJECT_NAME",
	} {
		t.Setenv(name, "")
	}
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CONFIG_HOME", "")
	for name, value := range env {
		t.Setenv(name, value)
	}
}

const (
	byName    = `{"user": {"name": "admin", "password": "0123", "domain": {"id": "default"}}}`
	projectID = `{"project": {"id": "p1"}}`
)

func asked(method, with, scope string) string {
	body := `{"auth": {"identity": {"methods": ["` + method + `"], "` + method + `": ` + with + `}`
	if scope != "" {
		body += `, "scope": ` + scope
	}
	return body + `}}`
}

// Each row is what the OS_ variables say, and the document that Keystone gets for it.
func TestLoginFromTheEnvironment(t *testing.T) {
	type env = map[string]string
	for _, test := range []struct {
		name string
		env  env
		want string
	}{
		{"password, project by id", env{"OS_USERNAME": "admin", "OS_PASSWORD": "0123", "OS_PROJECT_ID": "p1"},
			asked("password", byName, projectID)},
		{"password, project by name", env{"OS_USERNAME": "admin", "OS_PASSWORD": "0123", "OS_PROJECT_NAME": "ops",
			"OS_USER_DOMAIN_ID": "default", "OS_PROJECT_DOMAIN_NAME": "Physics"},
			asked("password", byName, `{"project": {"name": "ops", "domain": {"name": "Physics"}}}`)},
		{"older names", env{"OS_USERNAME": "admin", "OS_PASSWORD": "0123", "OS_TENANT_NAME": "ops"},
			asked("password", byName, `{"project": {"name": "ops", "domain": {"id": "default"}}}`)},
		{"default domain", env{"OS_USERNAME": "admin", "OS_PASSWORD": "0123", "OS_TENANT_ID": "p1", "OS_DEFAULT_DOMAIN": "default"},
			asked("password", byName, projectID)},
		{"default domain by name", env{"OS_USERNAME": "admin", "OS_PASSWORD": "0123", "OS_PROJECT_NAME": "ops",
			"OS_USER_DOMAIN_ID": "default", "OS_DEFAULT_DOMAIN_NAME": "Physics"},
			asked("password", byName, `{"project": {"name": "ops", "domain": {"name": "Physics"}}}`)},
		{"user by id", env{"OS_USER_ID": "u1", "OS_PASSWORD": "0123", "OS_USER_DOMAIN_NAME": "ignored", "OS_PROJECT_ID": "p1"},
			asked("password", `{"user": {"id": "u1", "password": "0123"}}`, projectID)},
		{"domain scope", env{"OS_USERNAME": "admin", "OS_PASSWORD": "0123", "OS_USER_DOMAIN_ID": "default", "OS_DOMAIN_NAME": "Physics"},
			asked("password", byName, `{"domain": {"name": "Physics"}}`)},
		{"domain scope by id", env{"OS_USERNAME": "admin", "OS_PASSWORD": "0123", "OS_DOMAIN_ID": "default"},
			asked("password", byName, `{"domain": {"id": "default"}}`)},
		{"system scope", env{"OS_USERNAME": "admin", "OS_PASSWORD": "0123", "OS_SYSTEM_SCOPE": "all"},
			asked("password", byName, `{"system": {"all": true}}`)},
		{"trust", env{"OS_USERNAME": "admin", "OS_PASSWORD": "0123", "OS_TRUST_ID": "t1"},
			asked("password", byName, `{"OS-TRUST:trust": {"id": "t1"}}`)},
		{"unscoped", env{"OS_USERNAME": "admin", "OS_PASSWORD": "0123"}, asked("password", byName, "")},
		{"token, rescoped", env{"OS_TOKEN": "t0", "OS_AUTH_TYPE": "token", "OS_USERNAME": "left over", "OS_USER_DOMAIN_NAME": "x",
			"OS_PASSWORD": "left over", "OS_PROJECT_ID": "p1"},
			asked("token", `{"id": "t0"}`, projectID)},
		{"token with domain scope", env{"OS_TOKEN": "t0", "OS_DOMAIN_ID": "d1"}, asked("token", `{"id": "t0"}`, `{"domain": {"id": "d1"}}`)},
		{"application credential by id", env{"OS_AUTH_TYPE": "v3applicationcredential", "OS_APPLICATION_CREDENTIAL_ID": "a1",
			"OS_APPLICATION_CREDENTIAL_SECRET": "s", "OS_PASSWORD": "left over", "OS_USERNAME": "left over", "OS_PROJECT_ID": "p1"},
			asked("application_credential", `{"id": "a1", "secret": "s"}`, "")},
		{"application credential by name", env{"OS_APPLICATION_CREDENTIAL_NAME": "n", "OS_APPLICATION_CREDENTIAL_SECRET": "s",
			"OS_USERNAME": "admin", "OS_USER_DOMAIN_NAME": "Default"},
			asked("application_credential", `{"name": "n", "secret": "s", "user": {"name": "admin", "domain": {"name": "Default"}}}`, "")},
		{"application credential by name and user id", env{"OS_APPLICATION_CREDENTIAL_NAME": "n",
			"OS_APPLICATION_CREDENTIAL_SECRET": "s", "OS_USER_ID": "u1"},
			asked("application_credential", `{"name": "n", "secret": "s", "user": {"id": "u1"}}`, "")},
		{"password beside an application credential", env{"OS_AUTH_TYPE": "password", "OS_USERNAME": "admin", "OS_PASSWORD": "0123",
			"OS_APPLICATION_CREDENTIAL_ID": "a1", "OS_APPLICATION_CREDENTIAL_SECRET": "s", "OS_PROJECT_ID": "p1"},
			asked("password", byName, projectID)},
		{"one-time passcode", env{"OS_AUTH_TYPE": "v3totp", "OS_USERNAME": "admin", "OS_PASSCODE": "123456", "OS_PROJECT_ID": "p1"},
			asked("totp", `{"user": {"name": "admin", "passcode": "123456", "domain": {"id": "default"}}}`, projectID)},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newCloud(t)
			isolate(t, test.env)
			t.Setenv("OS_AUTH_URL", c.URL+"/v3")
			_, err := gophermeter.Connect(t.Context(), once)
			require.NoError(t, err)
			require.Len(t, c.requests(), 1)
			assert.JSONEq(t, test.want, c.requests()[0])
		})
	}
}

func TestLoginThatCannotBe(t *testing.T) {
	type env = map[string]string
	for _, test := range []struct {
		env  env
		want string
	}{
		{env{}, "invalid argument: cloud: none is named: set OS_CLOUD or OS_AUTH_URL, or use WithCloud or WithAuth"},
		{env{"OS_AUTH_URL": "http://h"}, "has no password, token or application_credential_secret"},
		{env{"OS_AUTH_URL": "http://h", "OS_PASSWORD": "p"}, "username is not set"},
		{env{"OS_AUTH_URL": "http://h", "OS_AUTH_TYPE": "token"}, "token is not set"},
		{env{"OS_AUTH_URL": "http://h", "OS_AUTH_TYPE": "v3oidcpassword", "OS_PASSWORD": "p"}, `auth_type "v3oidcpassword" is none of password, v3password`},
		{env{"OS_AUTH_URL": "http://h", "OS_PASSWORD": "p", "OS_USERNAME": "u", "OS_SYSTEM_SCOPE": "some"}, `system_scope "some" is not all`},
		{env{"OS_AUTH_URL": "http://h", "OS_PASSWORD": "p", "OS_USERNAME": "u", "OS_INTERFACE": "private"}, `interface: "private" is none of public, internal, admin`},
		{env{"OS_AUTH_URL": "http://h", "OS_PASSWORD": "p", "OS_USERNAME": "u", "OS_INSECURE": "perhaps"}, `insecure: "perhaps" is neither true nor false`},
		{env{"OS_AUTH_URL": "http://h", "OS_PASSWORD": "p", "OS_USERNAME": "u", "OS_CACERT": "/nowhere"}, "cacert: open /nowhere"},
		{env{"OS_AUTH_URL": "http://h", "OS_PASSWORD": "p", "OS_USERNAME": "u", "OS_KEY": "/nowhere"}, "key: is set, but cert is not"},
		{env{"OS_AUTH_URL": "h:5000", "OS_PASSWORD": "p", "OS_USERNAME": "u"}, "auth_url: "},
	} {
		t.Run(test.want, func(t *testing.T) {
			isolate(t, test.env)
			_, err := gophermeter.Connect(t.Context(), once)
			assert.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
			assert.ErrorContains(t, err, test.want)
		})
	}
}

func TestWithAuthReadsNoEnvironment(t *testing.T) {
	c := newCloud(t)
	isolate(t, map[string]string{
		"OS_CLOUD": "nowhere", "OS_AUTH_URL": "http://nowhere", "OS_REGION_NAME": "Nowhere", "OS_INTERFACE": "nowhere",
		"OS_CACERT": "/nowhere", "OS_INSECURE": "perhaps", "OS_PASSWORD": "wrong", "OS_PROJECT_NAME": "wrong",
	})
	ao := c.options()
	before := *ao.Scope
	conn, err := gophermeter.Connect(t.Context(), gophermeter.WithAuth(ao), once)
	require.NoError(t, err)
	assert.True(t, conn.Has("compute"))
	assert.NotContains(t, c.requests()[0], "wrong")
	assert.Equal(t, before, *ao.Scope)
	assert.False(t, ao.AllowReauth)
}

func TestWithAuthWithoutAnEndpoint(t *testing.T) {
	t.Parallel()
	_, err := gophermeter.Connect(t.Context(), gophermeter.WithAuth(gophercloud.AuthOptions{Username: "u"}))
	assert.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
	assert.ErrorContains(t, err, "IdentityEndpoint")
}

// Options that gophercloud refuses are told at once, and in its words.
func TestOptionsThatMakeNoLogin(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	_, err := gophermeter.Connect(t.Context(), gophermeter.WithAuth(gophercloud.AuthOptions{IdentityEndpoint: c.URL, Username: "u"}))
	assert.ErrorAs(t, err, &gophercloud.ErrMissingPassword{})
	assert.Empty(t, c.requests())
}

func TestRefusedLogin(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		body   string
		status int
		class  error
		want   string
	}{
		{"keystone/unauthorized.json", 401, gophermeter.ErrUnauthorized,
			"identity: POST /v3/auth/tokens: 401 Unauthorized: The request you have made requires authentication."},
		{"keystone/appcred-unknown.json", 404, gophermeter.ErrNotFound,
			"identity: POST /v3/auth/tokens: 404 Not Found: Could not find Application Credential: 00000000000000000000000000000000."},
	} {
		c := newCloud(t)
		c.refuseLogins(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(test.status)
			_, _ = io.WriteString(w, recorded(t, test.body))
		})
		_, err := gophermeter.Connect(t.Context(), gophermeter.WithAuth(c.options()))
		assert.ErrorIs(t, err, test.class)
		assert.EqualError(t, err, "login at "+c.URL+"/v3 as admin: "+test.want)
		assert.Len(t, c.requests(), 1)
	}
}

// A token asked for twice does no harm, so a login is repeated as a read is.
func TestLoginIsRepeated(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]http.HandlerFunc{
		"503":        func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) },
		"429":        func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) },
		"reset":      func(w http.ResponseWriter, _ *http.Request) { hijacked(t, w, "", true) },
		"closed":     func(w http.ResponseWriter, _ *http.Request) { hijacked(t, w, "", false) },
		"empty body": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusCreated) },
		"torn body": func(w http.ResponseWriter, _ *http.Request) {
			hijacked(t, w, "HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{\"token\": {", false)
		},
		"unfinished body": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusCreated)
			_, _ = io.WriteString(w, `{"token": {`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.refuseLogins(func(w http.ResponseWriter, r *http.Request) {
				if len(c.requests()) < 3 {
					fail(w, r)
					return
				}
				c.issue(t, w)
			})
			c.connect(t)
			assert.Len(t, c.requests(), 3)
		})
	}
}

func TestAnswersThatAreNoToken(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"<html>Sign in to this network</html>": "invalid character",
		`{"token": {}}`:                        "without a token (X-Subject-Token)",
	} {
		c := newCloud(t)
		c.refuseLogins(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusCreated)
			_, _ = io.WriteString(w, body)
		})
		_, err := gophermeter.Connect(t.Context(), quick, gophermeter.WithAuth(c.options()))
		assert.ErrorContains(t, err, want)
		assert.Len(t, c.requests(), 1)
	}
}

func TestKeystoneBelowAPath(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.HandleFunc("POST /identity/v3/auth/tokens", func(w http.ResponseWriter, _ *http.Request) { c.issue(t, w) })
	for _, suffix := range []string{"", "/", "/v3", "/v3/", "/v2.0"} {
		ao := c.options()
		ao.IdentityEndpoint = c.URL + "/identity" + suffix
		_, err := gophermeter.Connect(t.Context(), once, gophermeter.WithAuth(ao))
		assert.NoError(t, err, suffix)
	}
}
