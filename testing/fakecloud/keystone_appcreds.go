package fakecloud

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"
)

func (k *identity) credential(id string) (ApplicationCredential, bool) {
	return first(k.credentials, func(a ApplicationCredential) bool { return a.ID == id })
}

func (k *identity) credentialNamed(user, name string) (ApplicationCredential, bool) {
	return first(k.credentials, func(a ApplicationCredential) bool { return a.UserID == user && a.Name == name })
}

// wire shows a credential; Keystone tells the secret only when it makes one.
func (a ApplicationCredential) wire(r call, secret bool) object {
	var expires any
	if a.ExpiresAt != nil {
		expires = a.ExpiresAt.UTC().Format(pythonTime)
	}
	o := object{
		{"id", a.ID}, {"name", a.Name}, {"description", a.Description}, {"user_id", a.UserID}, {"project_id", a.ProjectID},
		{"system", nil}, {"expires_at", expires}, {"unrestricted", a.Unrestricted},
		{"roles", array(a.Roles, func(name string) any {
			options := object{}
			if slices.Contains([]string{"admin", "member", "reader"}, name) {
				options = object{{"immutable", true}}
			}
			return object{{"id", idOf("role", name)}, {"name", name}, {"domain_id", nil}, {"description", nil}, {"options", options}}
		})},
	}
	if secret {
		o = append(o, member{"secret", a.Secret})
	}
	return append(o, member{"links", object{{"self", r.root + "/v3/application_credentials/" + a.ID}}})
}

func (k *identity) listCredentials(r call, who caller) answer {
	owner := r.args["user_id"]
	if who.userID != owner && !who.has("admin") {
		return k.forbidden("identity:list_application_credentials")
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	q, found := r.URL.Query(), []any{}
	for _, a := range k.credentials {
		if a.UserID == owner && (!q.Has("name") || q.Get("name") == a.Name) {
			found = append(found, a.wire(r, false))
		}
	}
	return k.resource(http.StatusOK, object{
		{"application_credentials", found},
		{"links", collectionLinks(r, "users/"+owner+"/application_credentials")},
	})
}

func (k *identity) getCredential(r call, who caller) answer {
	if who.userID != r.args["user_id"] && !who.has("admin") {
		return k.forbidden("identity:get_application_credential")
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	a, ok := k.credential(r.args["id"])
	if !ok {
		return k.fault(http.StatusNotFound, "Could not find Application Credential: "+r.args["id"]+".")
	}
	return k.resource(http.StatusOK, object{{"application_credential", a.wire(r, false)}})
}

func (k *identity) deleteCredential(r call, who caller) answer {
	if who.userID != r.args["user_id"] && !who.has("admin") {
		return k.forbidden("identity:delete_application_credential")
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if no := k.delegated(who); no != nil {
		return *no
	}
	if _, ok := k.credential(r.args["id"]); !ok {
		return k.fault(http.StatusNotFound, "Could not find Application Credential: "+r.args["id"]+".")
	}
	k.credentials = slices.DeleteFunc(k.credentials, func(a ApplicationCredential) bool { return a.ID == r.args["id"] })
	return answer{status: http.StatusNoContent}
}

// delegated refuses who was let in by a restricted application credential.
func (k *identity) delegated(who caller) *answer {
	if c, ok := k.credential(who.token.credential); ok && !c.Unrestricted {
		return refusal(k.forbidden("Using method 'application_credential' is not allowed for managing additional application credentials."))
	}
	return nil
}

func (k *identity) createCredential(r call, who caller) answer {
	var b struct {
		Credential struct {
			Name, Secret string
			Description  *string
			ExpiresAt    *string `json:"expires_at"`
			Unrestricted bool
			Roles        []struct{ ID, Name string }
		} `json:"application_credential"`
	}
	if err := json.Unmarshal(r.body, &b); err != nil || b.Credential.Name == "" {
		return k.malformed("Expecting to find name in application_credential.")
	}
	if who.userID != r.args["user_id"] {
		return k.forbidden("identity:create_application_credential")
	}
	now := k.cloud.Now()
	k.mu.Lock()
	defer k.mu.Unlock()
	if no := k.delegated(who); no != nil {
		return *no
	}
	a := ApplicationCredential{
		ID: k.cloud.newID("application credential"), Name: b.Credential.Name, Secret: b.Credential.Secret,
		Description: b.Credential.Description, UserID: who.userID, ProjectID: who.projectID, Roles: who.roles,
		Unrestricted: b.Credential.Unrestricted,
	}
	if text := b.Credential.ExpiresAt; text != nil {
		at, err := time.Parse("2006-01-02T15:04:05.999999999", trimZone(*text))
		switch {
		case err != nil:
			return k.malformed("Invalid input for field 'expires_at': '" + *text + "'.")
		case at.Before(now):
			return k.malformed("The 'expires_at' must not be before now.")
		}
		a.ExpiresAt = &at
	}
	if len(b.Credential.Roles) > 0 {
		a.Roles = nil
	}
	for _, role := range b.Credential.Roles {
		held, ok := first(who.roles, func(name string) bool { return name == role.Name || idOf("role", name) == role.ID })
		if !ok {
			return k.malformed("Invalid application credential: Could not find role assignment with role: " + role.ID + role.Name + ".")
		}
		a.Roles = append(a.Roles, held)
	}
	if _, taken := k.credentialNamed(a.UserID, a.Name); taken {
		return k.fault(http.StatusConflict, "Conflict occurred attempting to store application_credential - "+
			"Duplicate entry found with name "+a.Name+".")
	}
	if a.Secret == "" {
		s := k.cloud.newID("secret") + k.cloud.newID("secret") + k.cloud.newID("secret")
		a.Secret = s[:86]
	}
	k.credentials = append(k.credentials, a)
	return k.resource(http.StatusCreated, object{{"application_credential", a.wire(r, true)}})
}

func trimZone(s string) string {
	if n := len(s); n > 0 && s[n-1] == 'Z' {
		return s[:n-1]
	}
	return s
}
