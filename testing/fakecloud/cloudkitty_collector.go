package fakecloud

import (
	"net/http"
	"slices"
	"strings"
)

// collectorMapping says which collector a service is collected by. Nothing in CloudKitty reads it any more.
type collectorMapping struct{ service, collector string }

func (m collectorMapping) wire() any {
	return object{{"service", m.service}, {"collector", m.collector}}
}

func (s *rating) collectorRoutes(add func(string, map[string]func(call) answer)) {
	add("/collector", map[string]func(call) answer{"GET": func(call) answer { return answer{status: http.StatusNoContent} }})
	add("/collector/mappings", map[string]func(call) answer{"GET": s.listMappings, "POST": s.setMapping, "DELETE": s.deleteMapping})
	add("/collector/mappings/{service}", map[string]func(call) answer{"GET": s.getMapping, "DELETE": s.deleteMapping})
	add("/collector/mappings/{collector}/{service}", map[string]func(call) answer{"POST": s.setMapping})
	for _, path := range []string{"/collector/states", "/collector/states/{name}", "/collector/{name}/states"} {
		add(path, map[string]func(call) answer{"GET": s.getState, "PUT": s.putState})
	}
}

func (s *rating) listMappings(r call) answer {
	q, bad := s.arguments(r, "collector")
	if bad == nil {
		bad = s.denied(r, "collector:list_mappings")
	}
	if bad != nil {
		return *bad
	}
	all := slices.Clone(s.collectors)
	if q.Get("collector") != "" {
		all = slices.DeleteFunc(all, func(m collectorMapping) bool { return m.collector != q.Get("collector") })
	}
	return wsme(r, http.StatusOK, object{{"mappings", array(all, collectorMapping.wire)}})
}

func noMapping(service string) answer {
	return wsmeFault(http.StatusNotFound, "No mapping for service: "+service)
}

func (s *rating) mappingOf(service string) int {
	return slices.IndexFunc(s.collectors, func(m collectorMapping) bool { return m.service == service })
}

func (s *rating) getMapping(r call) answer {
	q, bad := s.arguments(r, "service")
	if bad == nil {
		bad = s.denied(r, "collector:get_mapping")
	}
	if bad != nil {
		return *bad
	}
	i := s.mappingOf(q.Get("service"))
	if i < 0 {
		return noMapping(q.Get("service"))
	}
	return wsme(r, http.StatusOK, s.collectors[i].wire())
}

func (s *rating) setMapping(r call) answer {
	q, bad := s.arguments(r, "collector", "service")
	for _, name := range []string{"collector", "service"} {
		if bad == nil {
			bad = missing(q, name)
		}
	}
	if bad == nil {
		bad = s.denied(r, "collector:manage_mapping")
	}
	if bad != nil {
		return *bad
	}
	m := collectorMapping{service: q.Get("service"), collector: q.Get("collector")}
	if i := s.mappingOf(m.service); i >= 0 {
		s.collectors[i] = m
	} else {
		s.collectors = append(s.collectors, m)
		slices.SortFunc(s.collectors, func(a, b collectorMapping) int { return strings.Compare(a.service, b.service) })
	}
	return wsme(r, http.StatusOK, m.wire())
}

func (s *rating) deleteMapping(r call) answer {
	q, bad := s.arguments(r, "service")
	if bad == nil {
		bad = missing(q, "service")
	}
	if bad == nil {
		bad = s.denied(r, "collector:manage_mapping")
	}
	if bad != nil {
		return *bad
	}
	i := s.mappingOf(q.Get("service"))
	if i < 0 {
		return noMapping(q.Get("service"))
	}
	s.collectors = slices.Delete(s.collectors, i, i+1)
	return answer{status: http.StatusNoContent}
}

func (s *rating) getState(r call) answer {
	q, bad := s.arguments(r, "name")
	if bad == nil {
		bad = missing(q, "name")
	}
	if bad == nil {
		bad = s.denied(r, "collector:get_state")
	}
	if bad != nil {
		return *bad
	}
	return wsme(r, http.StatusOK, object{{"name", q.Get("name")}, {"enabled", s.enabled[q.Get("name")]}})
}

func (s *rating) putState(r call) answer {
	q, bad := s.query(r, "name")
	if bad == nil {
		bad = missing(q, "name")
	}
	var infos object
	if bad == nil {
		infos, bad = typedBody(r, "infos", attr{name: "name"}, attr{name: "enabled", form: "bool", mandatory: true})
	}
	if bad == nil {
		bad = s.denied(r, "collector:update_state")
	}
	if bad != nil {
		return *bad
	}
	v, _ := infos.get("enabled")
	on, _ := v.(bool)
	s.enabled[q.Get("name")] = on
	return wsme(r, http.StatusOK, object{{"name", q.Get("name")}, {"enabled", on}})
}
