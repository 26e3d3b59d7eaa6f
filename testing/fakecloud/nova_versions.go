package fakecloud

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

type microversion struct{ major, minor int }

func (v microversion) String() string { return fmt.Sprintf("%d.%d", v.major, v.minor) }

func (v microversion) before(o microversion) bool {
	return v.major < o.major || v.major == o.major && v.minor < o.minor
}

var microversionForm = regexp.MustCompile(`^([1-9]\d*)\.([1-9]\d*|0)$`)

func parseMicroversion(s string) (microversion, bool) {
	m := microversionForm.FindStringSubmatch(s)
	if m == nil {
		return microversion{}, false
	}
	major, _ := strconv.Atoi(m[1])
	minor, _ := strconv.Atoi(m[2])
	return microversion{major, minor}, true
}

func mustMicroversion(s string) microversion {
	v, ok := parseMicroversion(s)
	if !ok {
		panic(fmt.Sprintf("fakecloud: %q is no microversion", s))
	}
	return v
}

// requestedMicroversion is what the headers ask for, "" if nothing. The modern header wins, and in it the last of several.
func requestedMicroversion(h http.Header) string {
	fields := strings.Split(strings.Join(h.Values("OpenStack-API-Version"), ","), ",")
	for _, field := range slices.Backward(fields) {
		service, version, ok := strings.Cut(strings.TrimSpace(field), " ")
		if ok && strings.EqualFold(service, "compute") {
			return strings.TrimSpace(version)
		}
	}
	return h.Get("X-OpenStack-Nova-API-Version")
}

// negotiate finds the microversion of a request, lets handle answer in it and echoes it.
func (n *compute) negotiate(r call, handle func(microversion) answer) answer {
	v := microversion{2, 1}
	switch asked := requestedMicroversion(r.Header); asked {
	case "":
	case "latest":
		v = n.newest
	default:
		var ok bool
		if v, ok = parseMicroversion(asked); !ok {
			return novaFault(http.StatusBadRequest,
				"API Version String "+asked+" is of invalid format. Must be of format MajorNum.MinorNum.")
		}
		if v.before(n.oldest) || n.newest.before(v) {
			return echo(v, novaFault(http.StatusNotAcceptable, fmt.Sprintf(
				"Version %v is not supported by the API. Minimum is %v and maximum is %v.", v, n.oldest, n.newest)))
		}
	}
	return echo(v, handle(v))
}

func echo(v microversion, a answer) answer {
	setHeader(&a, "OpenStack-API-Version", "compute "+v.String())
	setHeader(&a, "X-OpenStack-Nova-API-Version", v.String())
	setHeader(&a, "Vary", "OpenStack-API-Version", "X-OpenStack-Nova-API-Version")
	return a
}

func novaJSON(status int, body object) answer {
	a := answer{status: status, body: dumps(body)}
	setHeader(&a, "Content-Type", "application/json")
	return a
}

func self(href string) any { return object{{"rel", "self"}, {"href", href}} }

func mediaTypes(version string) []any {
	return []any{object{{"base", "application/json"}, {"type", "application/vnd.openstack.compute+json;version=" + version}}}
}

func (n *compute) versions(r call) answer {
	found := []any{append(v20(), member{"links", []any{self(r.root + "/v2/")}})}
	if !n.legacy {
		found = append(found, append(n.v21(), member{"links", []any{self(r.root + "/v2.1/")}}))
	}
	return novaJSON(http.StatusOK, object{{"versions", found}})
}

func v20() object {
	return object{{"id", "v2.0"}, {"status", "SUPPORTED"}, {"version", ""}, {"min_version", ""}, {"updated", "2011-01-21T11:33:21Z"}}
}

func (n *compute) v21() object {
	return object{{"id", "v2.1"}, {"status", "CURRENT"}, {"version", n.newest.String()}, {"min_version", n.oldest.String()},
		{"updated", "2013-07-23T11:33:21Z"}}
}

func (n *compute) version(r call) answer { return versionDocument(n.v21(), r.root+"/v2.1/", "2.1") }

func (n *compute) version20(r call) answer { return versionDocument(v20(), r.root+"/v2/", "2") }

func versionDocument(o object, href, media string) answer {
	o = append(o,
		member{"links", []any{self(href), object{{"rel", "describedby"}, {"type", "text/html"}, {"href", "http://docs.openstack.org/"}}}},
		member{"media-types", mediaTypes(media)})
	return novaJSON(http.StatusOK, object{{"version", o}})
}

// choices is the answer to a path outside every version.
func (n *compute) choices(r call) answer {
	choice := func(id, status, path, media string) any {
		return object{{"id", id}, {"status", status}, {"links", []any{self(r.root + path + r.path)}}, {"media-types", mediaTypes(media)}}
	}
	found := []any{choice("v2.0", "SUPPORTED", "/v2", "2")}
	if !n.legacy {
		found = append(found, choice("v2.1", "CURRENT", "/v2.1", "2.1"))
	}
	return novaJSON(http.StatusMultipleChoices, object{{"choices", found}})
}
