package fakecloud

import (
	"slices"
	"strings"
)

// CatalogEntry is a service in Keystone's catalogue.
type CatalogEntry struct {
	ID        string     // derived from the type if empty
	Type      string     // compute
	Name      string     // nova
	Endpoints []Endpoint // none takes the service out of the catalogue
}

// Endpoint is one URL of a service.
type Endpoint struct {
	ID        string // derived from the rest if empty
	Interface string // public, internal or admin
	Region    string // such as RegionOne
	URL       string // from "/" it is below the cloud's URL
}

// SetCatalogEntry adds a service to the catalogue, or replaces the one of the same type; without endpoints the catalogue
// loses the service, which goes on answering.
func (c *Cloud) SetCatalogEntry(e CatalogEntry) {
	if e.ID == "" {
		e.ID = idOf("service", e.Type)
	}
	e.Endpoints = slices.Clone(e.Endpoints)
	for i := range e.Endpoints {
		p := &e.Endpoints[i]
		if strings.HasPrefix(p.URL, "/") {
			p.URL = c.URL() + p.URL
		}
		if p.ID == "" {
			p.ID = idOf("endpoint", strings.Join([]string{e.Type, p.Interface, p.Region}, " "))
		}
	}
	slices.SortFunc(e.Endpoints, func(a, b Endpoint) int { return strings.Compare(a.ID, b.ID) })

	k := part[*identity](c)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.catalog = slices.DeleteFunc(k.catalog, func(o CatalogEntry) bool { return o.Type == e.Type })
	if len(e.Endpoints) > 0 {
		k.catalog = append(k.catalog, e)
	}
	slices.SortFunc(k.catalog, func(a, b CatalogEntry) int { return strings.Compare(a.ID, b.ID) })
}

// publish puts a part of the cloud into the catalogue, unless it has no name there.
func (c *Cloud) publish(a about) {
	if a.name == "" {
		return
	}
	e := CatalogEntry{Type: a.kind, Name: a.name}
	for _, face := range []string{"public", "internal", "admin"} {
		e.Endpoints = append(e.Endpoints, Endpoint{Interface: face, Region: Region, URL: a.prefix + a.endpoint})
	}
	c.SetCatalogEntry(e)
}

func (e CatalogEntry) wire() any {
	return object{
		{"endpoints", array(e.Endpoints, func(p Endpoint) any {
			return object{{"id", p.ID}, {"interface", p.Interface}, {"region_id", p.Region}, {"url", p.URL}, {"region", p.Region}}
		})},
		{"id", e.ID}, {"type", e.Type}, {"name", e.Name},
	}
}
