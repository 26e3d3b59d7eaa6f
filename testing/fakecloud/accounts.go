package fakecloud

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Password is what every user has who is not given another.
const Password = "secret"

// Region is where the cloud's own endpoints are.
const Region = "RegionOne"

// Project is a project of the domain Default.
type Project struct {
	ID          string // derived from the name if empty
	Name        string // unique in the cloud
	Description string // for people; may be empty
}

// User is a user of the domain Default.
type User struct {
	ID               string              // derived from the name if empty
	Name             string              // to log in with
	Password         string              // Password if empty
	DefaultProjectID string              // the scope of a login that names none; "" leaves such a token unscoped
	Roles            map[string][]string // by project ID; admin implies member, member implies reader
	DomainRoles      []string            // on the domain Default
	SystemRoles      []string            // on the system as a whole
}

// ApplicationCredential logs its user in to one project, without the user's password.
type ApplicationCredential struct {
	ID           string     // derived from user and name if empty
	Name         string     // unique for its user
	Secret       string     // to log in with
	Description  *string    // nil is null
	UserID       string     // of its owner
	ProjectID    string     // that its tokens are for
	Roles        []string   // all the user has in the project if empty
	ExpiresAt    *time.Time // nil is never
	Unrestricted bool       // its tokens may make further application credentials
}

// AddProject adds a project, or replaces the one with the same ID or name, and returns its ID.
func (c *Cloud) AddProject(p Project) string {
	if p.ID == "" {
		p.ID = idOf("project", p.Name)
	}
	k := part[*identity](c)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.projects = slices.DeleteFunc(k.projects, func(o Project) bool { return o.ID == p.ID || o.Name == p.Name })
	k.projects = append(k.projects, p)
	slices.SortFunc(k.projects, func(a, b Project) int { return strings.Compare(a.ID, b.ID) })
	return p.ID
}

// ProjectID is the ID of the project with a name; it panics if there is none.
func (c *Cloud) ProjectID(name string) string {
	k := part[*identity](c)
	k.mu.Lock()
	defer k.mu.Unlock()
	p, ok := k.project(func(p Project) bool { return p.Name == name })
	if !ok {
		panic(fmt.Sprintf("fakecloud: no project %q", name))
	}
	return p.ID
}

// AddUser adds a user, or replaces the one with the same ID or name, and returns its ID.
func (c *Cloud) AddUser(u User) string {
	if u.ID == "" {
		u.ID = idOf("user", u.Name)
	}
	if u.Password == "" {
		u.Password = Password
	}
	k := part[*identity](c)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.users = slices.DeleteFunc(k.users, func(o User) bool { return o.ID == u.ID || o.Name == u.Name })
	k.users = append(k.users, u)
	return u.ID
}

// AddApplicationCredential adds an application credential, or replaces the one with the same ID, and returns its ID.
func (c *Cloud) AddApplicationCredential(a ApplicationCredential) string {
	if a.ID == "" {
		a.ID = idOf("application credential", a.UserID+" "+a.Name)
	}
	k := part[*identity](c)
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(a.Roles) == 0 {
		u, _ := k.user(func(u User) bool { return u.ID == a.UserID })
		a.Roles = effective(u.Roles[a.ProjectID])
	}
	k.credentials = slices.DeleteFunc(k.credentials, func(o ApplicationCredential) bool { return o.ID == a.ID })
	k.credentials = append(k.credentials, a)
	return a.ID
}

// effective are roles with those that they imply.
func effective(roles []string) []string {
	all := slices.Clone(roles)
	for _, implied := range [][2]string{{"admin", "member"}, {"member", "reader"}} {
		if slices.Contains(all, implied[0]) && !slices.Contains(all, implied[1]) {
			all = append(all, implied[1])
		}
	}
	slices.Sort(all)
	return all
}
