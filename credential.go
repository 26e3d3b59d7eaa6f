package gophermeter

import (
	"slices"
	"strings"

	"github.com/gophercloud/gophercloud/v2"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// method is a way to log in, and what of an entry's auth section belongs to it alone. Where no auth_type
// chooses one, the first that has its secret does.
type method struct {
	types  []string
	secret string
	fields []string
}

var methods = []method{
	{[]string{"password", "v3password"}, "password", []string{"password"}},
	{[]string{"v3totp"}, "passcode", []string{"passcode"}},
	{[]string{"token", "v3token"}, "token", []string{"token"}},
	{
		[]string{"v3applicationcredential"}, "application_credential_secret",
		[]string{"application_credential_id", "application_credential_name", "application_credential_secret"},
	},
}

// authOptions are the entry's auth section as gophercloud wants it: the fields of one method, and one scope.
func (e entry) authOptions(cloud string) (*gophercloud.AuthOptions, error) {
	cloud = "cloud " + cloud
	if len(e["auth"].section) == 0 {
		return nil, errs.Invalid(cloud, "has no auth section")
	}
	auth := merge(e["auth"].section, e) // what stands beside auth counts too, as for OpenStack's own clients
	for old, name := range renamed {
		if auth.text(name) == "" {
			auth[name] = auth[old]
		}
	}
	way, err := e.method(cloud, auth)
	if err != nil {
		return nil, err
	}
	for _, other := range methods {
		if other.secret != way.secret {
			for _, field := range other.fields {
				delete(auth, field)
			}
		}
	}
	ao := &gophercloud.AuthOptions{
		IdentityEndpoint:            auth.text("auth_url"),
		Password:                    auth.text("password"),
		Passcode:                    auth.text("passcode"),
		TokenID:                     auth.text("token"),
		ApplicationCredentialID:     auth.text("application_credential_id"),
		ApplicationCredentialName:   auth.text("application_credential_name"),
		ApplicationCredentialSecret: auth.text("application_credential_secret"),
	}
	if ao.IdentityEndpoint == "" {
		return nil, errs.Invalid(cloud, "auth_url is not set")
	}
	if auth.text(way.secret) == "" {
		return nil, errs.Invalid(cloud, "%s is not set", way.secret)
	}
	// A user's id needs no domain, and a token or the id of an application credential no user.
	switch {
	case ao.TokenID != "" || ao.ApplicationCredentialID != "":
	case auth.text("user_id") != "":
		ao.UserID = auth.text("user_id")
	case auth.text("username") == "":
		return nil, errs.Invalid(cloud, "username is not set")
	default:
		ao.Username = auth.text("username")
		ao.DomainID, ao.DomainName = auth.domain("user_domain")
	}
	ao.Scope, err = auth.scope(cloud)
	return ao, err
}

func (e entry) method(cloud string, auth entry) (method, error) {
	typ := e.text("auth_type")
	var known []string
	for _, m := range methods {
		if slices.Contains(m.types, typ) || typ == "" && auth.text(m.secret) != "" {
			return m, nil
		}
		known = append(known, m.types...)
	}
	if typ == "" {
		return method{}, errs.Invalid(cloud, "has no password, token or application_credential_secret")
	}
	return method{}, errs.Invalid(cloud, "auth_type %q is none of %s", typ, strings.Join(known, ", "))
}

// scope is what the token will be good for; none gives an unscoped one, without a catalogue.
func (e entry) scope(cloud string) (*gophercloud.AuthScope, error) {
	switch system := e.text("system_scope"); {
	case e.text("trust_id") != "":
		return &gophercloud.AuthScope{TrustID: e.text("trust_id")}, nil
	case system == "all":
		return &gophercloud.AuthScope{System: true}, nil
	case system != "":
		return nil, errs.Invalid(cloud, "system_scope %q is not all", system)
	case e.text("project_id") != "":
		return &gophercloud.AuthScope{ProjectID: e.text("project_id")}, nil
	case e.text("project_name") != "":
		scope := &gophercloud.AuthScope{ProjectName: e.text("project_name")}
		scope.DomainID, scope.DomainName = e.domain("project_domain")
		return scope, nil
	case e.text("domain_id") != "":
		return &gophercloud.AuthScope{DomainID: e.text("domain_id")}, nil
	case e.text("domain_name") != "":
		return &gophercloud.AuthScope{DomainName: e.text("domain_name")}, nil
	}
	return &gophercloud.AuthScope{}, nil
}

// domain of a user or a project: its own, else the one for both, else the default.
func (e entry) domain(of string) (id, name string) {
	for _, prefix := range []string{of, "domain", "default_domain"} {
		if id = e.text(prefix + "_id"); id != "" {
			return id, ""
		}
		if name = e.text(prefix + "_name"); name != "" {
			return "", name
		}
	}
	if id = e.text("default_domain"); id == "" {
		id = "default"
	}
	return id, ""
}
