package fakecloud

import (
	"net/http"
)

func (k *identity) project(is func(Project) bool) (Project, bool) { return first(k.projects, is) }

func (k *identity) user(is func(User) bool) (User, bool) { return first(k.users, is) }

func first[T any](all []T, is func(T) bool) (T, bool) {
	for _, v := range all {
		if is(v) {
			return v, true
		}
	}
	var none T
	return none, false
}

func (k *identity) listProjects(r call, who caller) answer {
	if !who.has("admin") && !(who.token.scope.system && who.has("reader")) {
		return k.forbidden("identity:list_projects")
	}
	q := r.URL.Query()
	return k.collect(r, "projects", func(p Project) bool {
		return (!q.Has("name") || q.Get("name") == p.Name) && (!q.Has("domain_id") || q.Get("domain_id") == "default")
	})
}

func (k *identity) authProjects(r call, who caller) answer {
	k.mu.Lock()
	u, _ := k.user(func(u User) bool { return u.ID == who.userID })
	k.mu.Unlock()
	return k.collect(r, "auth/projects", func(p Project) bool { return len(u.Roles[p.ID]) > 0 })
}

func (k *identity) collect(r call, path string, in func(Project) bool) answer {
	k.mu.Lock()
	defer k.mu.Unlock()
	found := []any{}
	for _, p := range k.projects {
		if in(p) {
			found = append(found, p.wire(r))
		}
	}
	return k.resource(http.StatusOK, object{{"projects", found}, {"links", collectionLinks(r, path)}})
}

func collectionLinks(r call, path string) object {
	self := r.root + "/v3/" + path
	if r.URL.RawQuery != "" {
		self += "?" + r.URL.RawQuery
	}
	return object{{"next", nil}, {"self", self}, {"previous", nil}}
}

func (k *identity) getProject(r call, who caller) answer {
	id := r.args["project_id"]
	if !who.has("admin") && !(who.token.scope.system && who.has("reader")) && who.projectID != id {
		return k.forbidden("identity:get_project")
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	p, ok := k.project(func(p Project) bool { return p.ID == id })
	if !ok {
		return k.fault(http.StatusNotFound, "Could not find project: "+id+".")
	}
	return k.resource(http.StatusOK, object{{"project", p.wire(r)}})
}

func (p Project) wire(r call) any {
	return object{
		{"id", p.ID}, {"name", p.Name}, {"domain_id", "default"}, {"description", p.Description}, {"enabled", true},
		{"parent_id", "default"}, {"is_domain", false}, {"tags", []any{}}, {"options", object{}},
		{"links", object{{"self", r.root + "/v3/projects/" + p.ID}}},
	}
}

func (k *identity) authCatalog(r call, who caller) answer {
	if who.projectID == "" {
		return k.fault(http.StatusForbidden, "You are not authorized to perform the requested action.")
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.resource(http.StatusOK, object{
		{"catalog", array(k.catalog, CatalogEntry.wire)},
		{"links", object{{"self", r.root + "/v3/auth/catalog"}}},
	})
}
