package fakecloud

import (
	"cmp"
	"net/http"
	"slices"
	"time"
)

// RatingScope is what CloudKitty rates as one, a project, and how far it has come with it.
type RatingScope struct {
	ID            string    // of the project
	Key           string    // project_id if empty
	Fetcher       string    // keystone if empty
	Collector     string    // gnocchi if empty
	LastProcessed time.Time // begin of the last period that was rated
	Inactive      bool      // it is not rated any more
	Toggled       time.Time // when that last changed; the cloud's time if zero
}

// SetRatingScope adds a scope, or replaces the one with the same ID.
func (c *Cloud) SetRatingScope(rs RatingScope) {
	s := part[*rating](c)
	now := c.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	sc := &ratingScope{id: rs.ID, key: cmp.Or(rs.Key, "project_id"), fetcher: cmp.Or(rs.Fetcher, "keystone"), collector: cmp.Or(rs.Collector, "gnocchi"),
		processed: rs.LastProcessed.UTC(), active: !rs.Inactive, toggled: rs.Toggled.UTC()}
	if rs.Toggled.IsZero() {
		sc.toggled = now
	}
	if i := slices.IndexFunc(s.scopes, func(o *ratingScope) bool { return o.id == rs.ID }); i >= 0 {
		s.scopes[i] = sc
		return
	}
	s.scopes = append(s.scopes, sc)
}

type ratingScope struct {
	id, key, fetcher, collector string
	processed, toggled          time.Time
	active                      bool
}

// wire is the scope; until 2023.1 the time it has come to stands there twice.
func (s *rating) scopeWire(sc *ratingScope) any {
	o := object{{"scope_id", sc.id}, {"scope_key", sc.key}, {"fetcher", sc.fetcher}, {"collector", sc.collector}}
	if s.release < 19 {
		o = append(o, member{"state", isoUTC(sc.processed)})
	}
	return append(o, member{"last_processed_timestamp", isoUTC(sc.processed)}, member{"active", sc.active},
		member{"scope_activation_toggle_date", isoUTC(sc.toggled)})
}

// find are the scopes that have one of the values of each filter that is given.
func (s *rating) findScopes(q map[string]any) []*ratingScope {
	given := func(name, value string) bool {
		any, _ := q[name].([]string)
		return len(any) == 0 || slices.Contains(any, value)
	}
	active, _ := q["active"].([]int)
	return slices.DeleteFunc(slices.Clone(s.scopes), func(sc *ratingScope) bool {
		n := 0
		if sc.active {
			n = 1
		}
		return !given("scope_id", sc.id) || !given("scope_key", sc.key) || !given("fetcher", sc.fetcher) || !given("collector", sc.collector) ||
			len(active) > 0 && !slices.Contains(active, n)
	})
}

// scopeParams are the filters of scopes, and more.
func scopeParams(more ...param) []param {
	return append(more, param{name: "scope_key", read: paramTexts}, param{name: "fetcher", read: paramTexts}, param{name: "collector", read: paramTexts})
}

func (s *rating) listScopes(r call) answer {
	q, bad := s.queryV2(r, paged(scopeParams(param{name: "scope_id", read: paramTexts}, param{name: "active", read: paramInts})...)...)
	switch {
	case bad != nil:
		return *bad
	case !s.admin(r):
		return unauthorizedV2()
	}
	found := pageV2(s.findScopes(q), q)
	if len(found) == 0 {
		return nothingFound()
	}
	return ratingJSON(http.StatusOK, object{{"results", array(found, s.scopeWire)}})
}

// resetScopes sets scopes back, at most 100 active ones, and deletes what they were rated for since.
func (s *rating) resetScopes(r call) answer {
	params := scopeParams(param{name: "all_scopes", read: paramBool, group: "scope_selector"},
		param{name: "scope_id", read: paramTexts, group: "scope_selector"}, param{name: "last_processed_timestamp", read: paramTime})
	if s.release < 19 {
		params = append(params, param{name: "state", read: paramTime})
	}
	q, bad := s.bodyV2(r, params...)
	if bad != nil {
		return *bad
	}
	if !s.admin(r) {
		return unauthorizedV2()
	}
	_, some := q["scope_id"]
	if all, _ := q["all_scopes"].(bool); !all && !some {
		return ratingMessage(http.StatusBadRequest, "Either all_scopes or a scope_id should be specified.")
	}
	to, ok := q["last_processed_timestamp"].(time.Time)
	if !ok {
		if to, ok = q["state"].(time.Time); !ok && s.release < 19 {
			return ratingMessage(http.StatusBadRequest,
				"Variables 'state' and 'last_processed_timestamp' cannot be empty/None. We expect at least one of them.")
		} else if !ok {
			return ratingMessage(http.StatusBadRequest, "Variable 'last_processed_timestamp' cannot be empty/None.")
		}
	}
	q["active"] = []int{1}
	found := pageV2(s.findScopes(q), map[string]any{})
	if len(found) == 0 {
		return nothingFound()
	}
	s.filled()
	for _, sc := range found {
		s.store.remove(ratedFilter{begin: to, values: map[string][]string{sc.key: {sc.id}}})
		sc.processed = to
	}
	return ratingJSON(http.StatusAccepted, object{})
}

// patchScope changes a scope. In Zed that is done, and then answered with a 500.
func (s *rating) patchScope(r call) answer {
	q, bad := s.bodyV2(r, param{name: "scope_id", read: paramText, required: true}, param{name: "scope_key", read: paramText},
		param{name: "fetcher", read: paramText}, param{name: "collector", read: paramText}, param{name: "active", read: paramBool})
	switch {
	case bad != nil:
		return *bad
	case !s.admin(r):
		return unauthorizedV2()
	}
	found := s.findScopes(map[string]any{"scope_id": []string{q["scope_id"].(string)}})
	switch {
	case len(found) == 0:
		return nothingFound()
	case len(found) > 1:
		return ratingMessage(http.StatusNotFound, "Too many resources found with the same scope_id: "+found[0].id+".")
	}
	sc := found[0]
	for name, field := range map[string]*string{"scope_key": &sc.key, "fetcher": &sc.fetcher, "collector": &sc.collector} {
		if text, ok := q[name].(string); ok && text != "" {
			*field = text
		}
	}
	if active, ok := q["active"].(bool); ok && active != sc.active {
		sc.active, sc.toggled = active, s.cloud.Now().Truncate(time.Second)
	}
	if s.release < 18 {
		return internalError()
	}
	return ratingJSON(http.StatusOK, s.scopeWire(sc))
}

// postScope creates a scope, since 2026.1: before, the database wanted a time that the API did not take.
func (s *rating) postScope(r call) answer {
	params := []param{{name: "scope_id", read: paramText, required: true}, {name: "scope_key", read: paramText}, {name: "fetcher", read: paramText},
		{name: "collector", read: paramText}, {name: "active", read: paramBool}}
	if s.release >= RatingCurrent {
		params = append(params, param{name: "last_processed_timestamp", read: paramTime, required: true})
	}
	q, bad := s.bodyV2(r, params...)
	switch {
	case bad != nil:
		return *bad
	case !s.admin(r):
		return unauthorizedV2()
	}
	id := q["scope_id"].(string)
	if len(s.findScopes(map[string]any{"scope_id": []string{id}, "active": []int{1}})) > 0 {
		return ratingMessage(http.StatusNotFound, "Cannot create a scope with an already existing scope_id: "+id+".")
	}
	if s.release < RatingCurrent {
		return internalError()
	}
	text := func(name string) string { v, _ := q[name].(string); return v }
	active, given := q["active"].(bool)
	sc := &ratingScope{id: id, key: text("scope_key"), fetcher: text("fetcher"), collector: text("collector"),
		processed: q["last_processed_timestamp"].(time.Time), toggled: s.cloud.Now().Truncate(time.Second), active: active || !given}
	s.scopes = append(s.scopes, sc)
	if !sc.active || sc.key == "" || sc.fetcher == "" || sc.collector == "" {
		return internalError() // it is there all the same
	}
	return ratingJSON(http.StatusOK, s.scopeWire(sc))
}
