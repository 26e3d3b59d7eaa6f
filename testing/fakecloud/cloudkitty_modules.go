package fakecloud

import (
	"fmt"
	"net/http"
)

// ratingModule is a rating processor.
type ratingModule struct {
	id, description string
	enabled, hot    bool
	priority        int
}

// SetRatingModule enables or disables one of CloudKitty's modules hashmap and pyscripts, and sets its priority. It panics if there
// is no such module.
func (c *Cloud) SetRatingModule(id string, enabled bool, priority int) {
	s := part[*rating](c)
	s.mu.Lock()
	defer s.mu.Unlock()
	m, ok := first(s.modules, func(m *ratingModule) bool { return m.id == id })
	if !ok {
		panic(fmt.Sprintf("fakecloud: no rating module %q", id))
	}
	m.enabled, m.priority = enabled, priority
}

// wire is the module in one of the API's versions, which call one member differently.
func (m *ratingModule) wire(hot string) any {
	return object{{"module_id", m.id}, {"description", m.description}, {"enabled", m.enabled}, {hot, m.hot}, {"priority", m.priority}}
}

func (s *rating) moduleRoutes(v1, v2 func(string, map[string]func(call) answer)) {
	v1("/rating/modules", map[string]func(call) answer{"GET": s.listModules})
	v1("/rating/modules/{module_id}", map[string]func(call) answer{"GET": s.getModule, "PUT": s.putModule})
	v1("/rating/reload_modules", map[string]func(call) answer{"GET": s.reloadModules})
	v1("/rating/quote", map[string]func(call) answer{"POST": s.quote})
	v2("/rating/modules", map[string]func(call) answer{"GET": s.listModulesV2})
	v2("/rating/modules/{module_id}", map[string]func(call) answer{"GET": s.getModuleV2, "PUT": s.putModuleV2})
}

func (s *rating) listModules(r call) answer {
	if bad := s.denied(r, "rating:list_modules"); bad != nil {
		return *bad
	}
	return wsme(r, http.StatusOK, object{{"modules", array(s.modules, func(m *ratingModule) any { return m.wire("hot-config") })}})
}

func (s *rating) module(r call) (*ratingModule, bool) {
	return first(s.modules, func(m *ratingModule) bool { return m.id == r.args["module_id"] })
}

func (s *rating) getModule(r call) answer {
	if bad := s.denied(r, "rating:get_module"); bad != nil {
		return *bad
	}
	m, ok := s.module(r)
	if !ok {
		return wsmeFault(http.StatusNotFound, "Module not found.")
	}
	return wsme(r, http.StatusOK, m.wire("hot-config"))
}

// putModule answers a redirect to what it has changed.
func (s *rating) putModule(r call) answer {
	body, bad := typedBody(r, "module", attr{name: "module_id", mandatory: true}, attr{name: "description"}, attr{name: "enabled", form: "bool"},
		attr{name: "hot-config", form: "bool"}, attr{name: "priority", form: "int"})
	if bad == nil {
		bad = s.denied(r, "rating:update_module")
	}
	if bad != nil {
		return *bad
	}
	m, ok := s.module(r)
	if !ok {
		return wsmeFault(http.StatusNotFound, "Module not found.")
	}
	m.change(body)
	a := wsme(r, http.StatusFound, nil)
	setHeader(&a, "Location", r.root+r.path)
	return a
}

// change takes what a body says. The module noop cannot be changed, and does not say so.
func (m *ratingModule) change(body object) {
	if m.id == "noop" {
		return
	}
	if v, _ := body.get("enabled"); v != nil {
		m.enabled, _ = v.(bool)
	}
	if n, ok := body.get("priority"); ok && n != nil {
		m.priority = int(n.(number).value)
	}
}

func (s *rating) reloadModules(r call) answer {
	if bad := s.denied(r, "rating:module_config"); bad != nil {
		return *bad
	}
	return answer{status: http.StatusNoContent}
}

// listModulesV2 has no policy.
func (s *rating) listModulesV2(call) answer {
	return ratingJSON(http.StatusOK, object{{"modules", array(s.modules, func(m *ratingModule) any { return m.wire("hot_config") })}})
}

func (s *rating) getModuleV2(r call) answer {
	if !s.admin(r) {
		return unauthorizedV2()
	}
	m, ok := s.module(r)
	if !ok {
		return ratingMessage(http.StatusNotFound, "Module '"+r.args["module_id"]+"' not found")
	}
	return ratingJSON(http.StatusOK, m.wire("hot_config"))
}

// putModuleV2 came with 2024.2.
func (s *rating) putModuleV2(r call) answer {
	if s.release < 21 {
		return methodNotAllowedV2("GET, OPTIONS, HEAD")
	}
	body, bad := s.bodyV2(r, param{name: "enabled", read: paramBool}, param{name: "priority", read: paramInt(0)})
	if bad != nil {
		return *bad
	}
	if !s.admin(r) {
		return unauthorizedV2()
	}
	m, ok := s.module(r)
	if !ok {
		return ratingMessage(http.StatusNotFound, "Module '"+r.args["module_id"]+"' not found")
	}
	change := object{}
	if on, ok := body["enabled"]; ok {
		change = append(change, member{"enabled", on})
	}
	if n, ok := body["priority"]; ok {
		change = append(change, member{"priority", number{value: float64(n.(int))}})
	}
	m.change(change)
	return noContentV2()
}
