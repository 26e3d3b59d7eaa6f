package fakecloud

import (
	"encoding/json"
	"mime"
	"net/http"
	"strings"
	"sync"
	"time"
)

// identity is Keystone 22.
type identity struct {
	cloud    *Cloud
	routes   routes
	lifetime time.Duration

	mu          sync.Mutex
	projects    []Project // by ID
	users       []User
	credentials []ApplicationCredential
	catalog     []CatalogEntry // by ID
	tokens      map[string]*token
}

// WithTokenLifetime sets how long a token is valid by the cloud's clock; the default is Keystone's, an hour.
func WithTokenLifetime(d time.Duration) Option {
	return func(c *Cloud) { part[*identity](c).lifetime = d }
}

func newIdentity(c *Cloud) service {
	k := &identity{cloud: c, lifetime: time.Hour, tokens: map[string]*token{}}
	k.routes = routes{
		{"", map[string]func(call) answer{"GET": k.versions}},
		{"/v3", map[string]func(call) answer{"GET": k.version}},
		{"/v3/auth/tokens", map[string]func(call) answer{
			"POST": k.login, "GET": k.protected(k.validate), "DELETE": k.protected(k.revokeSubject)}},
		{"/v3/auth/catalog", map[string]func(call) answer{"GET": k.protected(k.authCatalog)}},
		{"/v3/auth/projects", map[string]func(call) answer{"GET": k.protected(k.authProjects)}},
		{"/v3/projects", map[string]func(call) answer{"GET": k.protected(k.listProjects)}},
		{"/v3/projects/{project_id}", map[string]func(call) answer{"GET": k.protected(k.getProject)}},
		{"/v3/users/{user_id}/application_credentials", map[string]func(call) answer{
			"GET": k.protected(k.listCredentials), "POST": k.protected(k.createCredential)}},
		{"/v3/users/{user_id}/application_credentials/{id}", map[string]func(call) answer{
			"GET": k.protected(k.getCredential), "DELETE": k.protected(k.deleteCredential)}},
	}
	return k
}

func (k *identity) about() about {
	return about{kind: "identity", name: "keystone", prefix: "/identity", endpoint: "/v3"}
}

// bootstrap is what no cloud is without.
func (k *identity) bootstrap() {
	c := k.cloud
	project := c.AddProject(Project{Name: "admin", Description: "Bootstrap project for initializing the cloud."})
	c.AddUser(User{Name: "admin", Roles: map[string][]string{project: {"admin"}}, SystemRoles: []string{"admin"}})
	for _, s := range c.parts {
		c.publish(s.about())
	}
}

func (k *identity) answer(r call) answer {
	a := k.route(r)
	setHeader(&a, "Vary", "X-Auth-Token")
	setHeader(&a, "X-Openstack-Request-Id", "req-"+k.cloud.newUUID("request"))
	return a
}

const htmlNotFound = "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n" +
	"<p>The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.</p>\n"

func (k *identity) route(r call) answer {
	route, args := k.routes.find(strings.TrimSuffix(r.path, "/"))
	if route == nil {
		a := answer{status: http.StatusNotFound, body: []byte(htmlNotFound)}
		setHeader(&a, "Content-Type", "text/html; charset=utf-8")
		return a
	}
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	handle := route.methods[method]
	if handle == nil {
		a := k.json(http.StatusMethodNotAllowed, object{{"message", "The method is not allowed for the requested URL."}})
		a.body = append(a.body, '\n')
		setHeader(&a, "Allow", route.allow())
		return a
	}
	if len(r.body) > 0 {
		if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" && kind != "" {
			return k.malformed("Expecting to find application/json in Content-Type header.")
		}
		if !json.Valid(r.body) {
			return k.malformed("Expecting to find valid JSON in request body.")
		}
	}
	r.args = args
	return handle(r)
}

// protected lets in who has a valid token.
func (k *identity) protected(handle func(call, caller) answer) func(call) answer {
	return func(r call) answer {
		who, ok := k.cloud.callerOf(r.Request)
		if !ok {
			return k.unauthorized(r)
		}
		return handle(r, who)
	}
}

func (k *identity) json(status int, body object) answer {
	a := answer{status: status, body: dumps(body)}
	setHeader(&a, "Content-Type", "application/json")
	return a
}

// resource is json as Flask-RESTful writes it, with a newline after it.
func (k *identity) resource(status int, body object) answer {
	a := k.json(status, body)
	a.body = append(a.body, '\n')
	return a
}

// fault is an error answer; extra members stand between code and message, as Keystone sorts them.
func (k *identity) fault(status int, message string, extra ...member) answer {
	members := append(object{{"code", status}}, extra...)
	members = append(members, member{"message", message}, member{"title", http.StatusText(status)})
	a := answer{status: status, body: dumpsCompact(object{{"error", members}})}
	setHeader(&a, "Content-Type", "application/json")
	return a
}

const authenticationRequired = "The request you have made requires authentication."

func (k *identity) unauthorized(r call) answer { return k.refused(r, authenticationRequired) }

func (k *identity) refused(r call, message string, extra ...member) answer {
	a := k.fault(http.StatusUnauthorized, message, extra...)
	setHeader(&a, "Www-Authenticate", `Keystone uri="`+r.root+`/v3"`)
	return a
}

func (k *identity) forbidden(action string) answer {
	return k.fault(http.StatusForbidden, "You are not authorized to perform the requested action: "+action+".")
}

func (k *identity) malformed(message string) answer {
	return k.fault(http.StatusBadRequest, message+" The server could not comply with the request since it is either malformed "+
		"or otherwise incorrect. The client is assumed to be in error.")
}
