package gophermeter_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
)

// printed is all that can be printed of a value, by verbs, as JSON and by both handlers of log/slog.
func printed(v any) string {
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%q", "%x", "%t", "%e", "%p", "%T"} {
		fmt.Fprintf(&out, verb+"\n", v)
	}
	text, _ := json.Marshal(v)
	out.Write(text)
	slog.New(slog.NewTextHandler(&out, nil)).Info("text", "value", v)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("json", "value", v)
	return out.String()
}

// hides looks for a secret in all the forms that a text may have it in.
func hides(t *testing.T, output, secret string) {
	t.Helper()
	quoted, _ := json.Marshal(secret)
	for _, form := range []string{
		secret, strings.Trim(string(quoted), `"`), html.EscapeString(secret), url.QueryEscape(secret), url.PathEscape(secret),
		fmt.Sprintf("%x", secret), fmt.Sprintf("%d", []byte(secret)), fmt.Sprintf("%q", secret), fmt.Sprintf("%#v", []byte(secret)),
		base64.StdEncoding.EncodeToString([]byte(secret)),
	} {
		if i := strings.Index(output, form); i >= 0 {
			t.Errorf("%q in: ...%s...", form, output[max(0, i-100):min(len(output), i+200)])
		}
	}
}

// everything is what an error gives away, with all it unwraps to.
func everything(err error) string {
	out := printed(err)
	var e *gophermeter.Error
	if errors.As(err, &e) {
		out += string(e.Body) + printed(*e) + printed(e.Body)
		for _, cause := range e.Unwrap() {
			out += printed(cause)
		}
	}
	var response gophercloud.ErrUnexpectedResponseCode
	if errors.As(err, &response) {
		out += printed(response) + printed(response.ResponseHeader) + string(response.Body)
	}
	return out
}

// echo answers with all the request said, as a debugging server might.
func echo(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		for name, values := range r.Header {
			w.Header()["X-Echo-"+name] = values
		}
		w.Header().Set("X-Openstack-Request-Id", r.Header.Get("X-Auth-Token")+r.Header.Get("Xa-Api-Key"))
		said, _ := json.Marshal(map[string]any{"message": fmt.Sprint(string(body), r.Header), "header": r.Header})
		w.WriteHeader(status)
		_, _ = w.Write(said)
	}
}

func TestNothingPrintsASecret(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.HandleFunc("/v2.1/things", echo(http.StatusForbidden))
	c.HandleFunc("/v2.1/redirect", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://other.example.org/"+r.Header.Get("X-Auth-Token")+"?t="+r.Header.Get("X-Auth-Token"), http.StatusFound)
	})
	var log, out bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	auth := gophermeter.WithAuth(c.options())
	conn := c.connect(t, gophermeter.WithLogger(logger),
		gophermeter.WithObserver(func(e gophermeter.Event) { out.WriteString(printed(e)) }))
	s, err := conn.Service("compute")
	require.NoError(t, err)
	for _, path := range []string{"things", "redirect"} {
		_, err = read(t, s, gophermeter.Request{Path: []string{path}, Query: url.Values{"q": {"1"}}})
		require.Error(t, err)
		out.WriteString(everything(err))
	}
	err = s.Read(t.Context(), gophermeter.Request{Path: []string{"things"}, OK: []int{403}}, func(_ http.Header, body []byte) error {
		return errors.New("unexpected: " + strings.Repeat("x", 10))
	})
	out.WriteString(everything(err))
	live, err := s.Do(t.Context(), gophermeter.Request{Path: []string{"things"}, OK: []int{403}})
	require.NoError(t, err)
	defer live.Body.Close()
	told, ok := live.Body.(interface {
		Failed(ctx context.Context, err error) error
	})
	require.True(t, ok)
	err = told.Failed(t.Context(), errors.New("expected a number, got "+live.Request.Header.Get("X-Auth-Token")))
	require.ErrorContains(t, err, "GET /v2.1/things: 403 Forbidden: expected a number, got ")
	out.WriteString(err.Error())
	c.refuseLogins(echo(http.StatusUnauthorized))
	_, err = gophermeter.Connect(t.Context(), auth, once, gophermeter.WithLogger(logger))
	require.ErrorIs(t, err, gophermeter.ErrUnauthorized)
	out.WriteString(everything(err))
	for _, v := range []any{conn, *conn, s, *s, auth, []gophermeter.Option{auth}, conn.Services(), s.Base("v9"), get} {
		out.WriteString(printed(v))
	}
	assert.Equal(t, "admin at "+c.URL+"/v3/", conn.String())
	assert.NotZero(t, log.Len())
	hides(t, out.String()+log.String(), password)
	hides(t, out.String()+log.String(), "gAAAAABtoken-1")
}

func TestNothingPrintsAnApplicationCredentialOrABareToken(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.HandleFunc("/v2.1/things", echo(http.StatusConflict))
	const secret, bare = "appcred-s3cr3t", "gAAAAA-bare"
	c.refuseLogins(echo(http.StatusUnauthorized))
	_, err := gophermeter.Connect(t.Context(), once, gophermeter.WithAuth(gophercloud.AuthOptions{
		IdentityEndpoint: c.URL, ApplicationCredentialID: "id", ApplicationCredentialSecret: secret,
	}))
	require.ErrorIs(t, err, gophermeter.ErrUnauthorized)
	hides(t, everything(err), secret)

	conn, err := gophermeter.Connect(t.Context(), once, gophermeter.WithRegion("RegionOne"),
		gophermeter.WithAuth(gophercloud.AuthOptions{IdentityEndpoint: c.URL, TokenID: bare}))
	require.NoError(t, err)
	s, err := conn.Service("compute")
	require.NoError(t, err)
	_, err = read(t, s, get)
	require.ErrorIs(t, err, gophermeter.ErrConflict)
	hides(t, everything(err)+printed(conn)+printed(s), bare)
}

func TestNothingPrintsSecretHeaders(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.HandleFunc("/things", echo(http.StatusBadRequest))
	secret := http.Header{"XA-API-Key": {"k3y-of-amie"}, "Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte("u:hunter2"))}}
	s, err := gophermeter.NewService(c.URL, secret, once)
	require.NoError(t, err)
	secret.Set("XA-API-Key", "changed") // the headers were copied
	_, err = read(t, s, get)
	require.ErrorIs(t, err, gophermeter.ErrBadRequest)
	out := everything(err) + printed(s) + printed(*s)
	hides(t, out, "changed")
	hides(t, out, "k3y-of-amie")
	hides(t, out, "hunter2")
	hides(t, out, "u:hunter2")
}

func TestNothingPrintsAPasswordInAURL(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	at := strings.Replace(c.URL, "http://", "http://user:hunter2@", 1)
	ao := c.options()
	ao.IdentityEndpoint = at + "/v3"
	conn, err := gophermeter.Connect(t.Context(), gophermeter.WithAuth(ao), gophermeter.WithEndpoint("compute", at+"/x"), once)
	require.NoError(t, err)
	s, err := conn.Service("compute")
	require.NoError(t, err)
	_, err = read(t, s, get)
	require.ErrorIs(t, err, gophermeter.ErrNotFound)
	hides(t, everything(err)+printed(conn)+conn.String()+printed(s)+s.Endpoint()+printed(s.Base("v1")), "hunter2")

	ao.IdentityEndpoint = "http://user:hunter2@h\x7f"
	_, err = gophermeter.Connect(t.Context(), gophermeter.WithAuth(ao))
	require.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
	hides(t, printed(err), "hunter2")

	c.HandleFunc("/things", echo(http.StatusBadRequest))
	s, err = gophermeter.NewService(at, nil, once)
	require.NoError(t, err)
	_, err = read(t, s, get)
	require.ErrorIs(t, err, gophermeter.ErrBadRequest)
	hides(t, everything(err), base64.StdEncoding.EncodeToString([]byte("user:hunter2")))
}

// Python writes JSON in ASCII.
func TestSecretThatIsNotASCII(t *testing.T) {
	t.Parallel()
	server := tripper(func(*http.Request) (*http.Response, error) {
		return answer(400, `{"message": "no key p\u00e4ssw\u00f6rd"}`), nil
	})
	s, err := gophermeter.NewService("http://h", http.Header{"X-Key": {"pässwörd"}}, gophermeter.WithTransport(server))
	require.NoError(t, err)
	_, err = read(t, s, get)
	assert.Equal(t, `{"message": "no key [redacted]"}`, string(asError(t, err).Body))
}

// The cut at four kilobytes must not leave the beginning of a secret.
func TestSecretAtTheCutOfAnErrorBody(t *testing.T) {
	t.Parallel()
	const key = "0123456789abcdefghijklmnopqrstuvwxyz"
	for _, length := range []int{480, 4080, 4090} {
		server := tripper(func(*http.Request) (*http.Response, error) {
			return answer(400, strings.Repeat("y", length)+key, "Content-Type", "text/plain"), nil
		})
		s, err := gophermeter.NewService("http://h", http.Header{"X-Key": {key}}, gophermeter.WithTransport(server))
		require.NoError(t, err)
		_, err = read(t, s, get)
		assert.NotContains(t, string(asError(t, err).Body), key[:4])
		assert.NotContains(t, err.Error(), key[:4])
	}
}
