package gophermeter

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// entry is one cloud of clouds.yaml, or what the OS_ variables say in its place: text, sections and lists
// of them by name.
type entry map[string]value

// value is a section, a list, or the text of a scalar as it stands in the file: 0123 is a password, not 83.
type value struct {
	text    string
	section entry
	list    []value
}

// UnmarshalYAML takes the value as whatever it is.
func (v *value) UnmarshalYAML(unmarshal func(any) error) error {
	if unmarshal(&v.section) == nil && v.section != nil || unmarshal(&v.list) == nil && v.list != nil {
		return nil
	}
	return unmarshal(&v.text)
}

func (e entry) text(key string) string { return e[key].text }

// first is the first of the keys that has a text.
func (e entry) first(keys ...string) string {
	for _, key := range keys {
		if text := e.text(key); text != "" {
			return text
		}
	}
	return ""
}

// truth reads a boolean as YAML 1.1 and the OS_ variables write it.
func (e entry) truth(cloud, key string, otherwise bool) (bool, error) {
	switch text := strings.ToLower(e.text(key)); text {
	case "":
		return otherwise, nil
	case "yes", "y", "on":
		return true, nil
	case "no", "n", "off":
		return false, nil
	default:
		truth, err := strconv.ParseBool(text)
		if err != nil {
			return false, errs.Invalid("cloud "+cloud, "%s: %q is neither true nor false", key, text)
		}
		return truth, nil
	}
}

// inRegion is the entry with what its list of regions says of one of them. As in OpenStack's own clients
// the first is taken when none is chosen.
func (e entry) inRegion(cloud string) (entry, error) {
	regions := e["regions"].list
	if len(regions) == 0 {
		return e, nil
	}
	chosen := e.text("region_name")
	var known []string
	for _, region := range regions {
		name := region.text
		if region.section != nil {
			name = region.section.text("name")
		}
		if chosen == "" || chosen == name {
			values := maps.Clone(region.section["values"].section)
			if values == nil {
				values = entry{}
			}
			values["region_name"] = value{text: name}
			return merge(values, e), nil
		}
		known = append(known, name)
	}
	return nil, errs.Invalid("cloud "+cloud, "has no region %q, only %s", chosen, strings.Join(known, ", "))
}

// overrides are the URLs of X_endpoint_override, by service type.
func (e entry) overrides() map[string]string {
	found := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(e)) {
		if typ, ok := strings.CutSuffix(key, "_endpoint_override"); ok && e.text(key) != "" {
			found[names(strings.ReplaceAll(typ, "_", "-"))[0]] = e.text(key)
		}
	}
	return found
}

// merge puts one entry over another, auth key by key. An empty text hides nothing.
func merge(over, under entry) entry {
	out := maps.Clone(under)
	if out == nil {
		out = entry{}
	}
	for key, v := range over {
		switch below := out[key]; {
		case v.section != nil && below.section != nil:
			out[key] = value{section: merge(v.section, below.section)}
		case v.section != nil, v.list != nil, v.text != "":
			out[key] = v
		}
	}
	return out
}

// beside are the variables that stand beside auth in an entry.
var beside = []string{"auth_type", "region_name", "interface", "endpoint_type", "cacert", "cert", "key", "insecure"}

// renamed are older names that are still in use.
var renamed = map[string]string{"tenant_name": "project_name", "tenant_id": "project_id", "userid": "user_id"}

// envEntry turns OS_USERNAME and its companions into the entry that clouds.yaml would hold.
func envEntry(environ []string) entry {
	e, auth := entry{}, entry{}
	for _, pair := range environ {
		key, text, _ := strings.Cut(pair, "=")
		name, ok := strings.CutPrefix(key, "OS_")
		if !ok || text == "" {
			continue
		}
		name = strings.ToLower(name)
		switch {
		case slices.Contains(beside, name), strings.HasSuffix(name, "_endpoint_override"):
			e[name] = value{text: text}
		default:
			auth[name] = value{text: text}
		}
	}
	e["auth"] = value{section: auth}
	return e
}

// overlay is what the environment says of any cloud, also of one that clouds.yaml describes.
func overlay(environ []string) entry {
	e := envEntry(environ)
	over := entry{}
	for _, key := range []string{"region_name", "interface", "cacert", "cert", "key", "insecure"} {
		over[key] = e[key]
	}
	return over
}
