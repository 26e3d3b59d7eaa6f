package fakecloud

import (
	"fmt"
	"strings"
)

// CloudsYAML is a clouds.yaml with an entry for each user who has a role in a project, and for each application credential, under
// its name. The entry of admin is called fakecloud.
func (c *Cloud) CloudsYAML() string {
	k := part[*identity](c)
	k.mu.Lock()
	defer k.mu.Unlock()
	var b strings.Builder
	b.WriteString("clouds:\n")
	entry := func(name, authType string, auth ...string) {
		fmt.Fprintf(&b, "  %s:\n", name)
		if authType != "" {
			fmt.Fprintf(&b, "    auth_type: %s\n", authType)
		}
		fmt.Fprintf(&b, "    auth:\n      auth_url: %s\n", c.authURL())
		for i := 0; i < len(auth); i += 2 {
			fmt.Fprintf(&b, "      %s: %q\n", auth[i], auth[i+1])
		}
		fmt.Fprintf(&b, "    region_name: %s\n    interface: public\n    identity_api_version: 3\n", Region)
	}
	for _, u := range k.users {
		p, ok := k.home(u)
		if !ok {
			continue
		}
		name := u.Name
		if name == "admin" {
			name = "fakecloud"
		}
		entry(name, "", "username", u.Name, "password", u.Password, "project_name", p.Name,
			"user_domain_name", "Default", "project_domain_name", "Default")
	}
	for _, a := range k.credentials {
		entry(a.Name, "v3applicationcredential", "application_credential_id", a.ID, "application_credential_secret", a.Secret)
	}
	return b.String()
}

func (c *Cloud) authURL() string { return c.URL() + "/identity/v3" }

// home is the project a user works in: the default one, else the first by name.
func (k *identity) home(u User) (Project, bool) {
	var home Project
	for _, p := range k.projects {
		switch {
		case len(u.Roles[p.ID]) == 0:
		case p.ID == u.DefaultProjectID:
			return p, true
		case home.Name == "" || p.Name < home.Name:
			home = p
		}
	}
	return home, home.Name != ""
}
