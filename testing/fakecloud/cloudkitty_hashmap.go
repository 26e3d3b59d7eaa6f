package fakecloud

import (
	"net/http"
	"slices"
)

// hashmap is the configuration of the module of that name.
type hashmap struct {
	services   []*hashNode
	fields     []*hashNode
	groups     []*hashNode
	mappings   []*hashRule
	thresholds []*hashRule
}

// hashNode is a service, a field of one, or a group.
type hashNode struct {
	id, name string
	service  string // ID of a field's
}

const hashmapPath = "/rating/module_config/hashmap"

func (s *rating) hashmapRoutes(v1 func(string, map[string]func(call) answer)) {
	add := func(path string, methods map[string]func(call) answer) { v1(hashmapPath+path, methods) }
	add("/types", map[string]func(call) answer{"GET": func(r call) answer { return wsme(r, http.StatusOK, []string{"flat", "rate"}) }})
	nodes := func(plural string, of *[]*hashNode, form func(*hashNode) object, create, remove func(call) answer) {
		add("/"+plural, map[string]func(call) answer{"GET": s.listNodes(plural, of, form), "POST": create, "DELETE": remove})
		add("/"+plural+"/{id}", map[string]func(call) answer{"GET": s.getNode(plural, of, form), "DELETE": remove})
	}
	h := &s.hashmap
	add("/groups/mappings", map[string]func(call) answer{"GET": s.rulesOfGroup(false)})
	add("/groups/thresholds", map[string]func(call) answer{"GET": s.rulesOfGroup(true)})
	nodes("services", &h.services, (*hashNode).serviceWire, s.createService, s.deleteService)
	nodes("fields", &h.fields, (*hashNode).fieldWire, s.createField, s.deleteField)
	nodes("groups", &h.groups, (*hashNode).groupWire, s.createGroup, s.deleteGroup)
	add("/groups/{group_id}/mappings", map[string]func(call) answer{"GET": s.rulesOfGroup(false)})
	add("/groups/{group_id}/thresholds", map[string]func(call) answer{"GET": s.rulesOfGroup(true)})
	for _, k := range []ruleKind{{"mapping", false}, {"threshold", true}} {
		add("/"+k.name+"s", map[string]func(call) answer{"GET": s.listRules(k), "POST": s.createRule(k), "DELETE": s.deleteRule(k)})
		add("/"+k.name+"s/group", map[string]func(call) answer{"GET": s.groupOfRule(k)})
		add("/"+k.name+"s/{id}", map[string]func(call) answer{"GET": s.getRule(k), "PUT": s.putRule(k), "DELETE": s.deleteRule(k)})
		add("/"+k.name+"s/{id}/group", map[string]func(call) answer{"GET": s.groupOfRule(k)})
	}
}

func (n *hashNode) serviceWire() object { return object{{"service_id", n.id}, {"name", n.name}} }
func (n *hashNode) groupWire() object   { return object{{"group_id", n.id}, {"name", n.name}} }
func (n *hashNode) fieldWire() object {
	return object{{"field_id", n.id}, {"name", n.name}, {"service_id", n.service}}
}

// singular names a kind of node in its own words.
func singular(plural string) string { return plural[:len(plural)-1] }

func nodeOf(all []*hashNode, id string) (*hashNode, bool) {
	return first(all, func(n *hashNode) bool { return n.id == id })
}

func noNode(kind, id string) string {
	if kind == "field" {
		return "No such field: " + id
	}
	return "No such " + kind + ": None (UUID: " + id + ")"
}

func (s *rating) listNodes(plural string, of *[]*hashNode, form func(*hashNode) object) func(call) answer {
	return func(r call) answer {
		var names []string
		if plural == "fields" {
			names = []string{"service_id"}
		}
		q, bad := s.arguments(r, names...)
		if bad == nil && plural == "fields" {
			bad = missing(q, "service_id")
		}
		if bad != nil {
			return *bad
		}
		all := slices.DeleteFunc(slices.Clone(*of), func(n *hashNode) bool { return plural == "fields" && n.service != q.Get("service_id") })
		return wsme(r, http.StatusOK, object{{plural, array(all, func(n *hashNode) any { return form(n) })}})
	}
}

func (s *rating) getNode(plural string, of *[]*hashNode, form func(*hashNode) object) func(call) answer {
	return func(r call) answer {
		n, ok := nodeOf(*of, r.args["id"])
		if !ok {
			return wsmeFault(http.StatusNotFound, noNode(singular(plural), r.args["id"]))
		}
		return wsme(r, http.StatusOK, form(n))
	}
}

// made answers with what was created.
func made(r call, id string, v any) answer {
	a := wsme(r, http.StatusCreated, v)
	setHeader(&a, "Location", r.root+r.path+"/"+id)
	return a
}

func (s *rating) createService(r call) answer {
	return s.createNamed(r, "Service", &s.hashmap.services, (*hashNode).serviceWire)
}

func (s *rating) createGroup(r call) answer {
	return s.createNamed(r, "Group", &s.hashmap.groups, (*hashNode).groupWire)
}

func (s *rating) createNamed(r call, kind string, of *[]*hashNode, form func(*hashNode) object) answer {
	argument := map[string]string{"Service": "service", "Group": "group"}[kind]
	body, bad := typedBody(r, argument+"_data", attr{name: argument + "_id", form: "uuid"}, attr{name: "name", mandatory: true})
	if bad != nil {
		return *bad
	}
	if n, ok := first(*of, func(n *hashNode) bool { return n.name == body.text("name") }); ok {
		return wsmeFault(http.StatusConflict, kind+" "+n.name+" already exists (UUID: "+n.id+")")
	}
	n := &hashNode{id: s.cloud.newUUID(argument), name: body.text("name")}
	*of = append(*of, n)
	return made(r, n.id, form(n))
}

func (s *rating) createField(r call) answer {
	body, bad := typedBody(r, "field_data", attr{name: "field_id", form: "uuid"}, attr{name: "name", mandatory: true},
		attr{name: "service_id", form: "uuid", mandatory: true})
	if bad != nil {
		return *bad
	}
	name, service := body.text("name"), body.text("service_id")
	if _, ok := nodeOf(s.hashmap.services, service); !ok {
		return wsmeFault(http.StatusBadRequest, noNode("service", service))
	}
	if n, ok := first(s.hashmap.fields, func(n *hashNode) bool { return n.name == name && n.service == service }); ok {
		return wsmeFault(http.StatusConflict, "Field "+name+" already exists (UUID: "+n.id+")")
	}
	n := &hashNode{id: s.cloud.newUUID("field"), name: name, service: service}
	s.hashmap.fields = append(s.hashmap.fields, n)
	return made(r, n.id, n.fieldWire())
}

// removeNode takes a node out of its list, if it is there.
func (s *rating) removeNode(r call, kind string, of *[]*hashNode, more ...string) (string, *answer) {
	q, bad := s.arguments(r, append(more, "id", kind+"_id")...)
	if bad != nil {
		return "", bad
	}
	id := q.Get("id") + q.Get(kind+"_id")
	if _, ok := nodeOf(*of, id); !ok {
		a := wsmeFault(http.StatusNotFound, noNode(kind, id))
		return "", &a
	}
	*of = slices.DeleteFunc(*of, func(n *hashNode) bool { return n.id == id })
	return id, nil
}

func (s *rating) deleteService(r call) answer {
	id, bad := s.removeNode(r, "service", &s.hashmap.services)
	if bad != nil {
		return *bad
	}
	for _, f := range slices.Clone(s.hashmap.fields) {
		if f.service == id {
			s.hashmap.dropField(f.id)
		}
	}
	s.hashmap.dropRules(func(rule *hashRule) bool { return rule.service == id })
	return answer{status: http.StatusNoContent}
}

func (s *rating) deleteField(r call) answer {
	id, bad := s.removeNode(r, "field", &s.hashmap.fields)
	if bad != nil {
		return *bad
	}
	s.hashmap.dropField(id)
	return answer{status: http.StatusNoContent}
}

func (h *hashmap) dropField(id string) {
	h.fields = slices.DeleteFunc(h.fields, func(n *hashNode) bool { return n.id == id })
	h.dropRules(func(rule *hashRule) bool { return rule.field == id })
}

func (h *hashmap) dropRules(which func(*hashRule) bool) {
	h.mappings = slices.DeleteFunc(h.mappings, which)
	h.thresholds = slices.DeleteFunc(h.thresholds, which)
}

// deleteGroup leaves the group's rules without one; with any text for recursive it deletes them.
func (s *rating) deleteGroup(r call) answer {
	id, bad := s.removeNode(r, "group", &s.hashmap.groups, "recursive")
	if bad != nil {
		return *bad
	}
	if r.URL.Query().Get("recursive") != "" {
		s.hashmap.dropRules(func(rule *hashRule) bool { return rule.group == id })
	}
	for _, rule := range slices.Concat(s.hashmap.mappings, s.hashmap.thresholds) {
		if rule.group == id {
			rule.group = ""
		}
	}
	return answer{status: http.StatusNoContent}
}
