package fakecloud

import (
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"
)

// token is one that Keystone issued.
type token struct {
	id         string
	user       string // ID
	methods    []string
	audit      []string // its own audit ID, then that of the login a rescoped one goes back to
	issued     time.Time
	expires    time.Time
	scope      scope
	credential string // ID of the application credential it was got with
	revoked    bool
}

// scope is what a token is good for; the zero scope is unscoped.
type scope struct {
	project string // ID
	domain  bool   // Default
	system  bool
}

// caller is who sends a request to a service.
type caller struct {
	userID    string
	projectID string // "" for a token of another scope
	roles     []string
	token     *token
}

// has reports whether the caller has a role.
func (w caller) has(role string) bool { return slices.Contains(w.roles, role) }

// callerOf is whom a request's token stands for; false if it has none that is valid now.
func (c *Cloud) callerOf(r *http.Request) (caller, bool) {
	k := part[*identity](c)
	now := c.Now()
	k.mu.Lock()
	defer k.mu.Unlock()
	t := k.tokens[r.Header.Get("X-Auth-Token")]
	if t == nil || !k.valid(t, now) {
		return caller{}, false
	}
	return caller{userID: t.user, projectID: t.scope.project, roles: k.roles(t), token: t}, true
}

// ExpireTokens makes every service refuse every token issued so far.
func (c *Cloud) ExpireTokens() {
	k := part[*identity](c)
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, t := range k.tokens {
		t.revoked = true
	}
}

func (k *identity) revoke(id string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if t := k.tokens[id]; t != nil {
		t.revoked = true
	}
}

func (k *identity) valid(t *token, now time.Time) bool {
	if t.revoked || !now.Before(t.expires) {
		return false
	}
	if t.credential == "" {
		return true
	}
	_, ok := k.credential(t.credential)
	return ok
}

func (k *identity) issue(t token, now time.Time) *token {
	sum := sha512.Sum512([]byte(k.cloud.URL() + k.cloud.newID("token"))) // no other cloud's token
	audit, _ := hex.DecodeString(k.cloud.newID("audit"))
	t.id = "gAAAAAB" + base64.RawURLEncoding.EncodeToString(append(sum[:], sum[:]...))
	t.audit = append([]string{base64.RawURLEncoding.EncodeToString(audit)}, t.audit...)
	t.issued = now.Truncate(time.Second)
	if t.expires.IsZero() {
		t.expires = t.issued.Add(k.lifetime)
	}
	k.tokens[t.id] = &t
	return &t
}

// roles are what a token's holder may act as, today.
func (k *identity) roles(t *token) []string {
	u, _ := k.user(func(u User) bool { return u.ID == t.user })
	switch {
	case t.credential != "":
		c, _ := k.credential(t.credential)
		return c.Roles
	case t.scope.project != "":
		return effective(u.Roles[t.scope.project])
	case t.scope.domain:
		return effective(u.DomainRoles)
	case t.scope.system:
		return effective(u.SystemRoles)
	}
	return nil
}

const keystoneTime = "2006-01-02T15:04:05.000000Z"

var defaultDomain = object{{"id", "default"}, {"name", "Default"}}

// body is how Keystone describes a token.
func (k *identity) body(t *token, catalog bool) object {
	u, _ := k.user(func(u User) bool { return u.ID == t.user })
	o := object{
		{"methods", t.methods},
		{"user", object{{"domain", defaultDomain}, {"id", u.ID}, {"name", u.Name}, {"password_expires_at", nil}}},
		{"audit_ids", t.audit},
		{"expires_at", t.expires.Format(keystoneTime)},
		{"issued_at", t.issued.Format(keystoneTime)},
	}
	if t.scope != (scope{}) {
		roles := array(k.roles(t), func(name string) any { return object{{"id", idOf("role", name)}, {"name", name}} })
		p, _ := k.project(func(p Project) bool { return p.ID == t.scope.project })
		switch {
		case t.scope.project != "":
			o = append(o, member{"project", object{{"domain", defaultDomain}, {"id", p.ID}, {"name", p.Name}}},
				member{"is_domain", false}, member{"roles", roles})
		case t.scope.domain:
			o = append(o, member{"domain", defaultDomain}, member{"roles", roles})
		default:
			o = append(o, member{"roles", roles}, member{"system", object{{"all", true}}})
		}
		if catalog {
			o = append(o, member{"catalog", array(k.catalog, CatalogEntry.wire)})
		}
	}
	if c, ok := k.credential(t.credential); ok {
		o = append(o, member{"application_credential", object{{"id", c.ID}, {"name", c.Name}, {"restricted", !c.Unrestricted}}})
	}
	return object{{"token", o}}
}

// subject is the token a request asks about, and the answer if there is none.
func (k *identity) subject(r call, who caller, action string) (*token, *answer) {
	t := k.tokens[r.Header.Get("X-Subject-Token")]
	var no answer
	switch {
	case r.Header.Get("X-Subject-Token") == "":
		no = k.fault(http.StatusNotFound, "No token in the request")
	case t == nil:
		no = k.fault(http.StatusNotFound, "Could not recognize Fernet token")
	case !k.valid(t, k.cloud.Now()):
		no = k.fault(http.StatusNotFound, "Failed to validate token")
	case t.user != who.userID && !who.has("admin") && !who.has("service"):
		no = k.forbidden("identity:" + action)
	default:
		return t, nil
	}
	return nil, &no
}

func (k *identity) validate(r call, who caller) answer {
	k.mu.Lock()
	defer k.mu.Unlock()
	t, no := k.subject(r, who, "validate_token")
	if no != nil {
		return *no
	}
	a := k.json(http.StatusOK, k.body(t, withCatalog(r)))
	setHeader(&a, "X-Subject-Token", t.id)
	return a
}

func (k *identity) revokeSubject(r call, who caller) answer {
	k.mu.Lock()
	defer k.mu.Unlock()
	t, no := k.subject(r, who, "revoke_token")
	if no != nil {
		return *no
	}
	t.revoked = true
	return answer{status: http.StatusNoContent}
}

func withCatalog(r call) bool {
	return !slices.ContainsFunc(strings.Split(r.URL.RawQuery, "&"), func(p string) bool {
		return p == "nocatalog" || strings.HasPrefix(p, "nocatalog=")
	})
}
