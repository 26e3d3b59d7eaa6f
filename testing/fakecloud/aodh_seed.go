package fakecloud

import "time"

// seed makes the alarms of the believable month: of web-shop one that went off twice and one that is off, of genomics one that
// nobody looked after. A Ceilometer of Liberty begins without any.
func (s *alarming) seed() {
	if s.liberty {
		return
	}
	now := s.cloud.Now()
	start := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC).AddDate(0, -1, 0)
	event := func(kind string) object { return object{{"event_type", kind}, {"query", []any{}}} }
	add := func(project, user, name, severity string, enabled bool, rule object) *alarm {
		at := start.Add(time.Duration(len(s.alarms)+1) * time.Hour)
		a := &alarm{
			id: uuidOf("alarm", name), name: name, enabled: enabled, kind: "event", rule: rule, ok: []any{}, lacking: []any{},
			firing: []any{"https://pager.example/" + name}, constraints: []any{}, projectID: s.cloud.ProjectID(project),
			userID: idOf("user", user), timestamp: at, stateSet: at, state: "insufficient data", reason: notEvaluated,
			severity: severity, evaluated: at, found: map[string]int{},
		}
		a.describe()
		s.alarms = append(s.alarms, a)
		s.seedChange(a, "creation", s.detail(a), at)
		return a
	}
	gone := add("web-shop", "demo", "server-gone", "critical", true, event("compute.instance.delete.*"))
	add("web-shop", "demo", "resize-wanted", "low", false, event("compute.instance.resize.*"))
	add("genomics", "demo2", "node-failed", "moderate", true, event("compute.instance.create.error"))
	for i, state := range []string{"ok", "alarm", "ok"} {
		at := start.AddDate(0, 0, 7*(i+1)).Add(9 * time.Hour)
		gone.state, gone.stateSet, gone.reason, gone.evaluated = state, at, "Event hits the query", at
		gone.found[state]++
		s.seedChange(gone, "state transition", object{{"state", state}, {"transition_reason", gone.reason}}, at)
	}
}

func (s *alarming) seedChange(a *alarm, kind string, detail object, at time.Time) {
	s.changes = append(s.changes, &alarmChange{
		id: uuidOf("change", a.id+isoformat(at)), alarmID: a.id, kind: kind, detail: string(dumps(detail)), userID: a.userID,
		projectID: a.projectID, onBehalf: a.projectID, severity: a.severity, at: at,
	})
}

// uuidOf is the id of a thing with a name in the form of a random UUID, the same in every cloud.
func uuidOf(kind, name string) string {
	id := []byte(idOf(kind, name))
	id[12], id[16] = '4', '8'
	return string(id[:8]) + "-" + string(id[8:12]) + "-" + string(id[12:16]) + "-" + string(id[16:20]) + "-" + string(id[20:])
}
