package gophermeter

import (
	"maps"
	"slices"
	"strings"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// entry is one cloud of clouds.yaml, or what the OS_ variables say in its place.
type entry map[string]any

// supported auth_type values; each is told from the others by the fields of auth.
var authTypes = []string{
	"password", "v3password", "token", "v3token", "v3applicationcredential", "v3totp",
}

// normalize refuses what cannot log in and spells out defaults that OpenStack's own clients apply.
func (e entry) normalize(name string) error {
	auth, ok := asEntry(e["auth"])
	if !ok || len(auth) == 0 {
		return errs.Invalid("cloud "+name, "has no auth section")
	}
	if typ := e.text("auth_type"); typ != "" && !slices.Contains(authTypes, typ) {
		return errs.Invalid("cloud "+name, "auth_type %q is none of %s", typ, strings.Join(authTypes, ", "))
	}
	if auth.text("auth_url") == "" {
		return errs.Invalid("cloud "+name, "auth_url is not set")
	}
	domain := auth.text("default_domain")
	if domain == "" {
		domain = "default"
	}
	named := auth.text("domain_id") + auth.text("domain_name")
	if auth.text("username") != "" && named+auth.text("user_domain_id")+auth.text("user_domain_name") == "" {
		auth["user_domain_id"] = domain
	}
	if auth.text("project_name") != "" && named+auth.text("project_domain_id")+auth.text("project_domain_name") == "" {
		auth["project_domain_id"] = domain
	}
	e["auth"] = auth
	// openstacksdk takes the first of several regions when none is named.
	if regions, ok := e["regions"].([]any); ok && e.text("region_name") == "" && len(regions) > 0 {
		if region, ok := asEntry(regions[0]); ok {
			e["region_name"] = region.text("name")
		} else {
			e["region_name"] = regions[0]
		}
	}
	delete(e, "profile")
	delete(e, "cloud")
	return nil
}

// overrides are the URLs of X_endpoint_override, by service type.
func (e entry) overrides() map[string]string {
	found := map[string]string{}
	for key := range e {
		if typ, ok := strings.CutSuffix(key, "_endpoint_override"); ok && e.text(key) != "" {
			found[strings.ReplaceAll(typ, "_", "-")] = e.text(key)
		}
	}
	return found
}

func (e entry) text(key string) string {
	s, _ := e[key].(string)
	return s
}

// asEntry reads a section, whose keys YAML leaves untyped.
func asEntry(v any) (entry, bool) {
	switch m := v.(type) {
	case entry:
		return m, true
	case map[any]any:
		e := entry{}
		for k, v := range m {
			if name, ok := k.(string); ok {
				e[name] = v
			}
		}
		return e, true
	}
	return nil, false
}

// merge puts one entry over another, auth key by key.
func merge(over, under entry) entry {
	out := maps.Clone(under)
	if out == nil {
		out = entry{}
	}
	for key, v := range over {
		below, okBelow := asEntry(out[key])
		above, okAbove := asEntry(v)
		if okBelow && okAbove {
			out[key] = merge(above, below)
			continue
		}
		out[key] = v
	}
	return out
}

// outside are the variables that stand beside auth in an entry. OS_CACERT, OS_CERT and OS_KEY are read by
// gophercloud, for clouds of clouds.yaml too.
var outside = []string{"auth_type", "region_name", "interface", "endpoint_type"}

// renamed are older names of variables that are still in use.
var renamed = map[string]string{
	"tenant_name": "project_name", "tenant_id": "project_id", "userid": "user_id",
	"default_domain_id": "default_domain", "default_domain_name": "default_domain",
}

// envEntry turns OS_USERNAME and its companions into the entry that clouds.yaml would hold.
func envEntry(environ []string) entry {
	e, auth := entry{}, entry{}
	for _, pair := range environ {
		key, value, _ := strings.Cut(pair, "=")
		name, ok := strings.CutPrefix(key, "OS_")
		if !ok || value == "" {
			continue
		}
		name = strings.ToLower(name)
		switch {
		case slices.Contains(outside, name), strings.HasSuffix(name, "_endpoint_override"):
			e[name] = value
		case renamed[name] != "":
			if auth[renamed[name]] == nil {
				auth[renamed[name]] = value
			}
		default:
			auth[name] = value
		}
	}
	e["auth"] = auth
	return e
}
