package fakecloud

import (
	_ "embed" // of a message
	"encoding/json"
	"net/http"
	"slices"
)

// missingIdentity is Keystone's complaint about {"auth":{}}: its JSON schema, indented, 3 kB.
//
//go:embed keystone_missing_identity.txt
var missingIdentity string

// loginBody is the body of POST /v3/auth/tokens.
type loginBody struct {
	Auth struct {
		Identity *struct {
			Methods  []string
			Password *struct{ User userName }
			Token    *struct{ ID string }

			Credential *struct {
				ID, Name, Secret string
				User             userName
			} `json:"application_credential"`
		}
		Scope json.RawMessage
	}
}

type userName struct {
	ID, Name, Password string
	Domain             domainName
}

type domainName struct{ ID, Name string }

// is reports whether the domain is Default; a user or project named by ID needs none.
func (d domainName) is() bool { return d.ID == "default" || d.ID == "" && d.Name == "Default" }

type scopeBody struct {
	Project *struct {
		ID, Name string
		Domain   domainName
	}
	Domain *domainName
	System *struct{ All bool }
	Trust  *struct{} `json:"OS-TRUST:trust"` // there are none
}

// oneScope reports whether a scope names exactly one kind of what Keystone knows; one that it does not know, or several,
// must not pass for none.
func oneScope(raw json.RawMessage) bool {
	var kinds map[string]json.RawMessage
	if json.Unmarshal(raw, &kinds) != nil {
		return string(raw) == `"unscoped"`
	}
	known := 0
	for _, kind := range []string{"system", "project", "domain", "OS-TRUST:trust", "unscoped"} {
		if _, ok := kinds[kind]; ok {
			known++
		}
	}
	return known == 1
}

func (k *identity) login(r call) answer {
	var b loginBody
	if err := json.Unmarshal(r.body, &b); err != nil {
		return k.malformed(err.Error() + ".")
	}
	if b.Auth.Identity == nil {
		return k.fault(http.StatusBadRequest, missingIdentity)
	}

	if len(b.Auth.Scope) > 0 && !oneScope(b.Auth.Scope) {
		return k.malformed("Expecting to find system, project, domain, OS-TRUST:trust or unscoped in scope.")
	}

	now := k.cloud.Now()
	k.mu.Lock()
	defer k.mu.Unlock()
	var t token
	for _, method := range b.Auth.Identity.Methods {
		if no := k.prove(r, &b, method, &t); no != nil {
			return *no
		}
	}
	if t.user == "" {
		return k.unauthorized(r)
	}
	if no := k.rescope(r, b.Auth.Scope, &t); no != nil {
		return *no
	}
	issued := k.issue(t, now)
	a := k.json(http.StatusCreated, k.body(issued, withCatalog(r)))
	setHeader(&a, "X-Subject-Token", issued.id)
	return a
}

// prove lets one method say who logs in; an answer is a refusal.
func (k *identity) prove(r call, b *loginBody, method string, t *token) *answer {
	id, missing := b.Auth.Identity, false
	var no *answer
	switch method {
	case "password":
		if missing = id.Password == nil; !missing {
			no = k.byPassword(r, id.Password.User, t)
		}
	case "token":
		if missing = id.Token == nil; !missing {
			no = k.byToken(r, id.Token.ID, t)
		}
	case "application_credential":
		if missing = id.Credential == nil; !missing {
			c := id.Credential
			no = k.byCredential(r, c.ID, c.Name, c.Secret, c.User, t)
		}
	default:
		return refusal(k.refused(r, "Attempted to authenticate with an unsupported method.", member{"identity",
			object{{"methods", []string{"external", "password", "token", "oauth1", "mapped", "application_credential"}}}}))
	}
	if missing {
		return refusal(k.malformed("Expecting to find " + method + " in identity."))
	}
	if no == nil && !slices.Contains(t.methods, method) {
		t.methods = append(t.methods, method)
	}
	return no
}

// refusal ends a login or another request early.
func refusal(a answer) *answer { return &a }

func (k *identity) byPassword(r call, name userName, t *token) *answer {
	u, ok := k.named(name)
	if !ok || u.Password != name.Password || t.user != "" && t.user != u.ID {
		return refusal(k.unauthorized(r))
	}
	t.user = u.ID
	return nil
}

func (k *identity) byToken(r call, id string, t *token) *answer {
	old := k.tokens[id]
	if old == nil || !k.valid(old, k.cloud.Now()) || t.user != "" && t.user != old.user {
		return refusal(k.unauthorized(r))
	}
	if old.credential != "" {
		return refusal(k.forbidden("Using a delegated token to create another token is not allowed."))
	}
	t.user, t.expires = old.user, old.expires
	t.methods = append(slices.Clone(old.methods), t.methods...)
	t.audit = old.audit[len(old.audit)-1:]
	return nil
}

func (k *identity) byCredential(r call, id, name, secret string, owner userName, t *token) *answer {
	c, ok := k.credential(id)
	if id == "" {
		u, known := k.named(owner)
		if !known {
			return refusal(k.unauthorized(r))
		}
		if c, ok = k.credentialNamed(u.ID, name); !ok { // Keystone takes the first of an empty list
			return refusal(k.fault(http.StatusInternalServerError,
				"An unexpected error prevented the server from fulfilling your request."))
		}
	}
	switch {
	case !ok:
		return refusal(k.fault(http.StatusNotFound, "Could not find Application Credential: "+id+"."))
	case c.Secret != secret, c.ExpiresAt != nil && !k.cloud.Now().Before(*c.ExpiresAt):
		return refusal(k.unauthorized(r))
	}
	t.user, t.credential, t.scope = c.UserID, c.ID, scope{project: c.ProjectID}
	return nil
}

// rescope gives a login the scope it asks for.
func (k *identity) rescope(r call, raw json.RawMessage, t *token) *answer {
	var want scopeBody
	explicit := len(raw) > 0
	if explicit {
		if t.credential != "" {
			return refusal(k.refused(r, "Error authenticating with application credential: "+
				"Application credentials cannot request a scope.", member{"identity", object{}}))
		}
		_ = json.Unmarshal(raw, &want) // "unscoped" is a string
	}
	u, _ := k.user(func(u User) bool { return u.ID == t.user })
	switch {
	case t.credential != "":
		return nil
	case want.Project != nil:
		p, ok := k.project(func(p Project) bool {
			return p.ID == want.Project.ID || want.Project.ID == "" && p.Name == want.Project.Name && want.Project.Domain.is()
		})
		if !ok || len(u.Roles[p.ID]) == 0 {
			return refusal(k.unauthorized(r))
		}
		t.scope.project = p.ID
	case want.Domain != nil:
		if !want.Domain.is() || len(u.DomainRoles) == 0 {
			return refusal(k.unauthorized(r))
		}
		t.scope.domain = true
	case want.System != nil:
		if !want.System.All || len(u.SystemRoles) == 0 {
			return refusal(k.unauthorized(r))
		}
		t.scope.system = true
	case want.Trust != nil:
		return refusal(k.unauthorized(r))
	case !explicit && len(u.Roles[u.DefaultProjectID]) > 0:
		t.scope.project = u.DefaultProjectID
	}
	return nil
}

// named finds the user a client means.
func (k *identity) named(n userName) (User, bool) {
	return k.user(func(u User) bool {
		return n.ID != "" && u.ID == n.ID || n.ID == "" && u.Name == n.Name && n.Domain.is()
	})
}
