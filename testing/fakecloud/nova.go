package fakecloud

import (
	"net/http"
	"regexp"
	"strings"
	"sync"
)

// compute is Nova 26: os-simple-tenant-usage, and the version documents.
type compute struct {
	cloud    *Cloud
	oldest   microversion
	newest   microversion
	maxLimit int    // [api]max_limit
	linkBase string // [api]compute_link_prefix
	legacy   bool

	mu    sync.RWMutex
	cells map[int][]Server // each in the order of project and ID
}

// WithMaxLimit sets Nova's [api]max_limit, the most instances of one page; the default is Nova's, 1000.
func WithMaxLimit(n int) Option { return func(c *Cloud) { part[*compute](c).maxLimit = n } }

// WithNovaMicroversions sets the range Nova supports; the default is that of Zed, 2.1 to 2.93. It panics on a malformed one.
func WithNovaMicroversions(oldest, newest string) Option {
	return func(c *Cloud) {
		n := part[*compute](c)
		n.oldest, n.newest = mustMicroversion(oldest), mustMicroversion(newest)
	}
}

// WithLegacyNova makes Nova one from before microversions: it answers below /v2 only, echoes no version and has no links.
func WithLegacyNova() Option { return func(c *Cloud) { part[*compute](c).legacy = true } }

// WithLinkBase puts url in front of /v2.1 in Nova's next links, as a cloud does whose Nova does not know its public address. The
// default is the address that the client used.
func WithLinkBase(url string) Option {
	return func(c *Cloud) { part[*compute](c).linkBase = strings.TrimSuffix(url, "/") }
}

func newCompute(c *Cloud) service {
	return &compute{cloud: c, oldest: microversion{2, 1}, newest: microversion{2, 93}, maxLimit: 1000, cells: map[int][]Server{}}
}

func (n *compute) about() about {
	a := about{kind: "compute", name: "nova", prefix: "/compute", endpoint: "/v2.1"}
	if n.legacy {
		a.endpoint = "/v2"
	}
	return a
}

func (n *compute) answer(r call) answer {
	switch path := strings.TrimSuffix(r.path, "/"); {
	case path == "":
		return n.versions(r)
	case path == "/v2.1" && !n.legacy:
		return identified(n, n.negotiate(r, func(v microversion) answer { return n.version(r) }))
	case path == "/v2":
		return identified(n, n.version20(r))
	case strings.HasPrefix(r.path, "/v2.1/") && !n.legacy:
		return identified(n, n.api(r, "/v2.1"))
	case strings.HasPrefix(r.path, "/v2/"):
		return identified(n, n.api(r, "/v2"))
	}
	return n.choices(r)
}

func identified(n *compute, a answer) answer {
	id := "req-" + n.cloud.newUUID("request")
	setHeader(&a, "X-Openstack-Request-Id", id)
	setHeader(&a, "X-Compute-Request-Id", id)
	return a
}

var usagePath = regexp.MustCompile(`^(?:/([0-9a-f-]+))?/os-simple-tenant-usage(?:/([^/]+))?$`)

// api answers what lies below a version's root.
func (n *compute) api(r call, version string) answer {
	who, ok := n.cloud.callerOf(r.Request)
	if !ok {
		return n.cloud.tokenRefused(r)
	}
	path := strings.TrimPrefix(r.path, version)
	inPath := usagePath.FindStringSubmatch(path)
	root := path == "/"+who.projectID || path == "/"+who.projectID+"/"
	if inPath == nil && !root || r.Method != http.MethodGet {
		return novaNotFound(r)
	}
	switch {
	case version == "/v2" && root:
		return n.version20(r)
	case version == "/v2":
		return n.usage(r, who, microversion{}, inPath)
	}
	return n.negotiate(r, func(v microversion) answer {
		if root {
			return n.version(r)
		}
		return n.usage(r, who, v, inPath)
	})
}

// novaFault is an error in the envelope of Nova's controllers.
func novaFault(status int, message string) answer {
	name := "computeFault"
	switch status {
	case http.StatusBadRequest:
		name = "badRequest"
	case http.StatusForbidden:
		name = "forbidden"
	}
	a := answer{status: status, body: dumps(object{{name, object{{"code", status}, {"message", message}}}})}
	setHeader(&a, "Content-Type", "application/json; charset=UTF-8")
	return a
}

// novaNotFound is what Nova's router answers, before any controller: in JSON only to those who ask for it.
func novaNotFound(r call) answer {
	const message = "The resource could not be found.<br /><br />\n\n\n"
	a := answer{status: http.StatusNotFound}
	switch {
	case r.Method == http.MethodHead:
		setHeader(&a, "Content-Type", "text/html; charset=UTF-8")
	case strings.Contains(r.Header.Get("Accept"), "application/json"):
		a.body = dumps(object{{"message", message}, {"code", "404 Not Found"}, {"title", "Not Found"}})
		setHeader(&a, "Content-Type", "application/json")
	default:
		a.body = []byte("<html>\n <head>\n  <title>404 Not Found</title>\n </head>\n <body>\n  <h1>404 Not Found</h1>\n  " +
			message + "\n </body>\n</html>")
		setHeader(&a, "Content-Type", "text/html; charset=UTF-8")
	}
	return a
}
