package mockcloud

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/jarcoal/httpmock"

	"github.com/gophermeter/gophermeter"
)

// Identity is Keystone's entry in the catalogue.
var Identity = gophermeter.Endpoint{Type: "identity", Name: "keystone", Region: Region, URL: URL + "/identity/v3"}

// Keystone registers a Keystone that lets anybody in: [Login] with the catalogue of the services, and lists of projects that
// are empty until [ProjectNames] fills them.
func Keystone(transport *httpmock.MockTransport, services ...gophermeter.Endpoint) {
	login := Login(services...)
	transport.RegisterResponder(http.MethodPost, Identity.URL+"/auth/tokens", login)
	transport.RegisterResponder(http.MethodGet, Identity.URL+"/auth/tokens", login)
	ProjectNames(transport, nil)
}

// ProjectNames registers the projects, by id: the list of all of them and that of the user's own.
func ProjectNames(transport *httpmock.MockTransport, names map[string]string) {
	for _, path := range []string{"/projects", "/auth/projects"} {
		transport.RegisterResponder(http.MethodGet, Identity.URL+path, Projects(names))
	}
}

// Login issues another token to every request, scoped to the project admin, with the catalogue: Keystone and the services, each
// as a public, internal and admin endpoint. A GET describes the token of its X-Subject-Token instead.
//
// Source: Keystone, /v3/auth/tokens.
func Login(services ...gophermeter.Endpoint) httpmock.Responder {
	var issued atomic.Int64
	catalog := catalogOf(append([]gophermeter.Endpoint{Identity}, services...))
	return func(req *http.Request) (*http.Response, error) {
		status, id := http.StatusOK, req.Header.Get("X-Subject-Token")
		if req.Method == http.MethodPost {
			status, id = http.StatusCreated, fmt.Sprintf("gAAAAABmockcloud-%d", issued.Add(1))
		}
		now := time.Now().UTC().Truncate(time.Second)
		admin := ref{ID: "72b1c1f9c9a04e7ab2ce41a4be0c9d8a", Name: "admin"}
		resp := keystone(status, map[string]tokenWire{"token": {
			Methods:   []string{"password"},
			User:      userWire{Domain: defaultDomain, ref: admin},
			AuditIDs:  []string{"3T2dc1CGQxyJsHdDu1xkcw"},
			ExpiresAt: now.Add(time.Hour).Format(keystoneTime),
			IssuedAt:  now.Format(keystoneTime),
			Project:   scopeWire{Domain: defaultDomain, ref: admin},
			Roles:     []ref{{"0ca5e9ed1a0a4d0f8f63b0b0ab1a1c5e", "member"}, {"5a1f2a3f0a7c4a6fb1c1a6f3c9a8d2b7", "reader"}, admin},
			Catalog:   catalog,
		}})
		resp.Header.Set("X-Subject-Token", id)
		return resp, nil
	}
}

// Projects lists projects, given by id, in the order of their ids.
//
// Source: Keystone, /v3/projects and /v3/auth/projects.
func Projects(names map[string]string) httpmock.Responder {
	names = maps.Clone(names)
	return func(req *http.Request) (*http.Response, error) {
		list := projectsWire{Projects: []projectWire{}, Links: linksWire{Self: req.URL.String()}}
		for _, id := range slices.Sorted(maps.Keys(names)) {
			list.Projects = append(list.Projects, projectWire{
				ref: ref{id, names[id]}, DomainID: defaultDomain.ID, Enabled: true, ParentID: defaultDomain.ID,
				Tags: []string{}, Links: selfWire{Identity.URL + "/projects/" + id},
			})
		}
		return keystone(http.StatusOK, list), nil
	}
}

// IdentityError is a refusal of Keystone: 401 of a wrong password, 403 of the list of all projects to who is no administrator.
func IdentityError(status int, message string) httpmock.Responder {
	type fault struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
		Title   string `json:"title"`
	}
	return func(*http.Request) (*http.Response, error) {
		resp := keystone(status, map[string]fault{"error": {status, message, http.StatusText(status)}})
		if status == http.StatusUnauthorized {
			resp.Header.Set("Www-Authenticate", `Keystone uri="`+Identity.URL+`"`)
		}
		return resp, nil
	}
}

func keystone(status int, body any) *http.Response {
	resp := answer(status, body)
	resp.Header.Set("Vary", "X-Auth-Token")
	return resp
}

const keystoneTime = "2006-01-02T15:04:05.000000Z"

type ref struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

var defaultDomain = ref{"default", "Default"}

type tokenWire struct {
	Methods   []string      `json:"methods"`
	User      userWire      `json:"user"`
	AuditIDs  []string      `json:"audit_ids"`
	ExpiresAt string        `json:"expires_at"`
	IssuedAt  string        `json:"issued_at"`
	Project   scopeWire     `json:"project"`
	IsDomain  bool          `json:"is_domain"`
	Roles     []ref         `json:"roles"`
	Catalog   []serviceWire `json:"catalog"`
}

type userWire struct {
	Domain ref `json:"domain"`
	ref
	PasswordExpiresAt *string `json:"password_expires_at"`
}

type scopeWire struct {
	Domain ref `json:"domain"`
	ref
}

type serviceWire struct {
	Endpoints []endpointWire `json:"endpoints"`
	ID        string         `json:"id"`
	Type      string         `json:"type"`
	Name      string         `json:"name"`
}

type endpointWire struct {
	ID        string `json:"id"`
	Interface string `json:"interface"`
	RegionID  string `json:"region_id"`
	URL       string `json:"url"`
	Region    string `json:"region"`
}

// catalogOf makes one entry of each service, with its endpoints in every region.
func catalogOf(services []gophermeter.Endpoint) []serviceWire {
	var catalog []serviceWire
	for _, s := range services {
		at := slices.IndexFunc(catalog, func(e serviceWire) bool { return e.Type == s.Type })
		if at < 0 {
			at = len(catalog)
			catalog = append(catalog, serviceWire{ID: fmt.Sprintf("%032x", at+1), Type: s.Type, Name: s.Name})
		}
		e := &catalog[at]
		for _, face := range []string{"public", "internal", "admin"} {
			id := fmt.Sprintf("%016x%016x", at+1, len(e.Endpoints)+1)
			e.Endpoints = append(e.Endpoints, endpointWire{ID: id, Interface: face, RegionID: s.Region, URL: s.URL, Region: s.Region})
		}
	}
	return catalog
}

type projectsWire struct {
	Projects []projectWire `json:"projects"`
	Links    linksWire     `json:"links"`
}

type linksWire struct {
	Next     *string `json:"next"`
	Self     string  `json:"self"`
	Previous *string `json:"previous"`
}

type projectWire struct {
	ref
	DomainID    string   `json:"domain_id"`
	Description string   `json:"description"`
	Enabled     bool     `json:"enabled"`
	ParentID    string   `json:"parent_id"`
	IsDomain    bool     `json:"is_domain"`
	Tags        []string `json:"tags"`
	Options     struct{} `json:"options"`
	Links       selfWire `json:"links"`
}

type selfWire struct {
	Self string `json:"self"`
}
