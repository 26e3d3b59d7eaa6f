package fakecloud

import (
	"net/http"
)

// overQuota counts as Aodh does: the alarms of the user against the quota of the project.
func (s *alarming) overQuota(projectID, userID string) bool {
	var ofUser, ofProject int64
	for _, a := range s.alarms {
		if a.userID == userID {
			ofUser++
		}
		if a.projectID == projectID {
			ofProject++
		}
	}
	if limit, ok := s.quotas[projectID]; ok {
		return ofUser >= limit // a stored -1 too
	}
	return s.quota != -1 && ofProject >= s.quota
}

func (s *alarming) getQuotas(r call) answer {
	who := s.caller(r)
	id := r.URL.Query().Get("project_id")
	switch {
	case id == "":
		id = who.projectID
	case id != who.projectID && !who.has("admin"):
		return s.denied(r, "Not Authorized to access project "+id)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.quotas[id]; !ok {
		s.quotas[id] = s.quota // from now on it is one
	}
	return aodhJSON(http.StatusOK, s.quotasOf(id))
}

func (s *alarming) quotasOf(id string) any {
	quotas := []any{}
	if limit, ok := s.quotas[id]; ok {
		quotas = append(quotas, object{{"resource", "alarms"}, {"limit", int(limit)}})
	}
	return object{{"project_id", id}, {"quotas", quotas}}
}

func (s *alarming) postQuotas(r call) answer {
	body, err := loads(r.body)
	if err != nil {
		return aodhFault(http.StatusBadRequest, "Request is not in valid JSON format")
	}
	in, why := readAttributes(body, "body", []attribute{must("project_id", "text"), {name: "quotas", form: "list", def: []any{}}})
	if why != "" {
		return aodhFault(http.StatusBadRequest, why)
	}
	list, _ := in.get("quotas")
	quotas, _ := list.([]any)
	limits := map[string]int64{}
	for _, e := range quotas {
		o, why := readAttributes(e, "body.quotas", []attribute{
			{name: "resource", form: "text", mandatory: true, choices: []string{"alarms"}}, {name: "limit", form: "int", mandatory: true, min: -1}})
		if why != "" {
			return aodhFault(http.StatusBadRequest, why)
		}
		limit, _ := o.get("limit")
		limits["alarms"] = int64(limit.(number).value)
	}
	if !s.caller(r).has("admin") {
		return forbidden()
	}
	id, _ := in.get("project_id")
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, limit := range limits {
		s.quotas[pyStr(id)] = limit
	}
	return aodhJSON(http.StatusCreated, s.quotasOf(pyStr(id)))
}

func (s *alarming) deleteQuotas(r call) answer {
	if !s.caller(r).has("admin") {
		return forbidden()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.quotas, r.args["id"])
	return answer{status: http.StatusNoContent}
}

func (s *alarming) getMetrics(r call) answer {
	who := s.caller(r)
	all := truthy(r.URL.Query().Get("all_projects"))
	if who.projectID == "" || all && !who.has("admin") {
		return forbidden()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	results := []any{}
	for _, a := range s.alarms {
		if len(a.found) == 0 || !all && a.projectID != who.projectID {
			continue
		}
		counters := object{}
		for _, state := range []string{"insufficient data", "ok", "alarm"} {
			counters = append(counters, member{state, a.found[state]})
		}
		results = append(results, object{{"alarm_id", a.id}, {"project_id", a.projectID}, {"state_counters", counters}})
	}
	return aodhJSON(http.StatusOK, object{{"evaluation_results", results}})
}
