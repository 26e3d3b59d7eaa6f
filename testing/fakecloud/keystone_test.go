package fakecloud_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

func TestTokensExpireByTheClock(t *testing.T) {
	t.Parallel()
	c := newCloud(t, fakecloud.WithTokenLifetime(30*time.Minute))
	k := admin(t, c)
	status := func() int {
		resp, _ := k.do("GET", usage+"?"+september, "")
		return resp.StatusCode
	}
	c.Advance(30*time.Minute - time.Second)
	assert.Equal(t, http.StatusOK, status())
	c.Advance(time.Second)
	assert.Equal(t, http.StatusUnauthorized, status())
	resp, _ := k.do("GET", "/identity/v3/auth/projects", "")
	assert.Equal(t, http.StatusUnauthorized, resp.StatusCode)

	again := admin(t, c)
	resp, text := again.do("GET", "/identity/v3/auth/tokens", "", "X-Subject-Token", k.token)
	assert.Equal(t, http.StatusNotFound, resp.StatusCode)
	assert.Contains(t, string(text), "Failed to validate token")
}

func TestExpireTokens(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	old := admin(t, c)
	c.ExpireTokens()
	resp, text := old.do("GET", usage, "")
	assert.Equal(t, http.StatusUnauthorized, resp.StatusCode)
	assert.Equal(t, `Keystone uri="`+c.URL()+`/identity"`, resp.Header.Get("WWW-Authenticate"))
	assert.JSONEq(t, `{"error": {"code": 401, "title": "Unauthorized", "message": "The request you have made requires authentication."}}`, string(text))
	admin(t, c).list(september, "2.40")

	foreign := admin(t, c)
	foreign.token = admin(t, newCloud(t)).token
	resp, _ = foreign.do("GET", usage, "")
	assert.Equal(t, http.StatusUnauthorized, resp.StatusCode, "a token of another cloud")
}

func TestRescopedTokensKeepTheirExpiry(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	k := as(t, c, "demo", "")
	c.Advance(10 * time.Minute)
	_, b := k.login(`{"methods":["token"],"token":{"id":"`+k.token+`"}}`, `{"project":{"id":"`+c.ProjectID("web-shop")+`"}}`)
	assert.Equal(t, fakecloud.Epoch.Add(time.Hour), b.Token.ExpiresAt)
	assert.Equal(t, []string{"password", "token"}, b.Token.Methods)
	assert.Equal(t, []string{"member", "reader"}, b.roles())

	status, _ := newClient(t, c).login(`{"methods":["token"],"token":{"id":"gAAAAAnonsense"}}`, "")
	assert.Equal(t, http.StatusUnauthorized, status)
}

func TestScopes(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	home := c.ProjectID("staging")
	c.AddUser(fakecloud.User{Name: "ops", Password: "other", DefaultProjectID: home, Roles: map[string][]string{home: {"rating"}},
		DomainRoles: []string{"admin"}, SystemRoles: []string{"reader"}})
	k := newClient(t, c)
	who := byPassword("ops", "other")

	_, b := k.login(who, "")
	require.NotNil(t, b.Token.Project, "the default project")
	assert.Equal(t, "staging", b.Token.Project.Name)
	assert.Equal(t, []string{"rating"}, b.roles())
	_, b = k.login(who, `"unscoped"`)
	assert.Nil(t, b.Token.Project)
	assert.Empty(t, b.Token.Catalog)
	_, b = k.login(who, `{"domain":{"name":"Default"}}`)
	assert.Equal(t, "default", b.Token.Domain.ID)
	assert.Equal(t, []string{"admin", "member", "reader"}, b.roles())
	_, b = k.login(who, `{"system":{"all":true}}`)
	assert.Equal(t, []string{"reader"}, b.roles())
	resp, _ := k.do("GET", "/identity/v3/projects?name=staging", "")
	assert.Equal(t, http.StatusOK, resp.StatusCode)
	resp, _ = k.do("GET", "/identity/v3/auth/catalog", "")
	assert.Equal(t, http.StatusForbidden, resp.StatusCode)
	status, _ := k.login(who, `{"domain":{"name":"Elsewhere"}}`)
	assert.Equal(t, http.StatusUnauthorized, status)
	for scope, want := range map[string]int{
		`{"OS-TRUST:trust":{"id":"x"}}`: 401, `{}`: 400, `{"bogus":1}`: 400, `"bogus"`: 400, `[]`: 400, `{"unscoped":{}}`: 201,
		`{"project":{"id":"` + home + `"},"system":{"all":true}}`: 400,
	} {
		status, _ = k.login(who, scope)
		assert.Equal(t, want, status, scope)
	}
	status, _ = k.login(byPassword("ops", "secret"), "")
	assert.Equal(t, http.StatusUnauthorized, status)
	status, _ = k.login(`{"methods":["password"]}`, "")
	assert.Equal(t, http.StatusBadRequest, status)
}

func TestProjectsAndTheirReaders(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	shop, other := "/identity/v3/projects/"+c.ProjectID("web-shop"), "/identity/v3/projects/"+c.ProjectID("genomics")
	k := as(t, c, "demo", "web-shop")
	for path, want := range map[string]int{shop: 200, other: 403, "/identity/v3/projects": 403, "/identity/v3/projects/none": 403} {
		resp, _ := k.do("GET", path, "")
		assert.Equal(t, want, resp.StatusCode, path)
	}
	_, text := admin(t, c).do("GET", "/identity/v3/projects", "")
	var b struct{ Projects []struct{ Name string } }
	require.NoError(t, json.Unmarshal(text, &b))
	assert.Len(t, b.Projects, 8)
	resp, _ := as(t, c, "demo", "web-shop").do("GET", "/identity/v3/auth/tokens", "", "X-Subject-Token", admin(t, c).token)
	assert.Equal(t, http.StatusForbidden, resp.StatusCode)
}

func TestApplicationCredentials(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	demo := newClient(t, c)
	var who struct {
		Token struct{ User struct{ ID string } }
	}
	demo.login(byPassword("demo", "secret"), `{"project":{"id":"`+c.ProjectID("web-shop")+`"}}`)
	_, text := demo.do("GET", "/identity/v3/auth/tokens", "", "X-Subject-Token", demo.token)
	require.NoError(t, json.Unmarshal(text, &who))
	path := "/identity/v3/users/" + who.Token.User.ID + "/application_credentials"

	create := func(k *client, body string) (int, string, string) {
		resp, text := k.do("POST", path, `{"application_credential":`+body+`}`)
		var b struct {
			Credential struct{ ID, Secret string } `json:"application_credential"`
		}
		require.NoError(t, json.Unmarshal(text, &b))
		return resp.StatusCode, b.Credential.ID, b.Credential.Secret
	}
	status, id, secret := create(demo, `{"name":"night","expires_at":"2026-10-01T00:10:00Z","roles":[{"name":"reader"}]}`)
	require.Equal(t, http.StatusCreated, status)

	login := `{"methods":["application_credential"],"application_credential":{"id":"` + id + `","secret":"` + secret + `"}}`
	k := newClient(t, c)
	status, b := k.login(login, "")
	require.Equal(t, http.StatusCreated, status)
	assert.Equal(t, []string{"reader"}, b.roles())
	status, _, _ = create(k, `{"name":"child"}`)
	assert.Equal(t, http.StatusForbidden, status, "it is restricted")
	status, _, _ = create(demo, `{"name":"too-much","roles":[{"name":"admin"}]}`)
	assert.Equal(t, http.StatusBadRequest, status)
	status, _, _ = create(demo, `{"name":"soon","expires_at":"tomorrow"}`)
	assert.Equal(t, http.StatusBadRequest, status)
	resp, _ := as(t, c, "auditor", "web-shop").do("GET", path, "")
	assert.Equal(t, http.StatusForbidden, resp.StatusCode)
	resp, _ = demo.do("GET", path+"/"+id, "")
	assert.Equal(t, http.StatusOK, resp.StatusCode)

	c.Advance(10 * time.Minute)
	status, _ = newClient(t, c).login(login, "")
	assert.Equal(t, http.StatusUnauthorized, status, "it expired")
	own := usage + "/" + c.ProjectID("web-shop")
	resp, _ = k.do("GET", own, "")
	assert.NotEqual(t, http.StatusUnauthorized, resp.StatusCode, "its token did not")
	resp, _ = demo.do("DELETE", path+"/"+id, "")
	assert.Equal(t, http.StatusNoContent, resp.StatusCode)
	resp, _ = k.do("GET", own, "")
	assert.Equal(t, http.StatusUnauthorized, resp.StatusCode, "its token goes with it")
	resp, _ = demo.do("DELETE", path+"/"+id, "")
	assert.Equal(t, http.StatusNotFound, resp.StatusCode)

	status, _ = k.login(`{"methods":["application_credential"],"application_credential":{"name":"demo-appcred","secret":"demo-appcred-secret",`+
		`"user":{"id":"`+who.Token.User.ID+`"}}}`, "")
	assert.Equal(t, http.StatusCreated, status)
}
