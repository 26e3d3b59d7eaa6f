package fakecloud

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

// insertion is how long Aodh takes to store an alarm, by its own account of the first evaluation.
const insertion = 17 * time.Millisecond

func (s *alarming) createAlarm(r call) answer {
	who := s.caller(r)
	if who.projectID == "" {
		return forbidden()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a, in, refused := s.checked(r, who, "")
	if refused != nil {
		return *refused
	}
	for _, owner := range []struct {
		aspect, own string
		id          *string
	}{{"user", who.userID, &a.userID}, {"project", who.projectID, &a.projectID}} {
		_, explicit := in.get(owner.aspect + "_id")
		if !who.has("admin") && explicit && *owner.id != owner.own {
			return s.denied(r, "Not Authorized to access "+owner.aspect+" "+*owner.id)
		}
		if !explicit {
			*owner.id = owner.own
		}
	}
	if refused := s.checkRule(a, who); refused != nil {
		return *refused
	}
	if s.overQuota(a.projectID, a.userID) {
		return aodhFault(http.StatusForbidden, "Alarm quota exceeded for user "+a.userID+" on project "+a.projectID)
	}
	if s.liberty && s.named(a) {
		return aodhFault(http.StatusConflict, "Alarm with name='"+a.name+"' exists")
	}
	now := s.now()
	a.id, a.timestamp, a.stateSet, a.reason = s.cloud.newUUID("alarm"), now, now, notEvaluated
	a.describe()
	a.evaluated = now.Add(insertion)
	s.alarms = append(s.alarms, a)
	s.record(a, "creation", s.detail(a), who.userID, who.projectID, who.projectID, now)
	out := aodhJSON(http.StatusCreated, s.wire(a, false))
	if !s.liberty {
		setHeader(&out, "Location", r.root+"/v2/alarms/"+a.id)
	}
	return out
}

// checked is the alarm of a request's body, but for what hangs on its owner.
func (s *alarming) checked(r call, who caller, id string) (*alarm, object, *answer) {
	a, in, why := s.parseAlarm(r.body)
	if why == "" {
		why = checkConstraints(a)
	}
	if why != "" {
		refused := aodhFault(http.StatusBadRequest, why)
		return nil, nil, &refused
	}
	a.id = id
	return a, in, s.checkActions(r, who, a)
}

// named reports whether another alarm of the project has the name.
func (s *alarming) named(a *alarm) bool {
	return slices.ContainsFunc(s.alarms, func(o *alarm) bool {
		return o.id != a.id && o.name == a.name && o.projectID == a.projectID
	})
}

// visible is the alarm of a path, if the caller may see it.
func (s *alarming) visible(r call) (*alarm, *answer) {
	who := s.caller(r)
	a, ok := first(s.alarms, func(a *alarm) bool {
		return a.id == r.args["id"] && (who.has("admin") || a.projectID == who.projectID)
	})
	if !ok {
		text := "Alarm " + r.args["id"] + " not found"
		if s.liberty && !who.has("admin") {
			text += " in project " + who.projectID
		}
		refused := aodhFault(http.StatusNotFound, text)
		return nil, &refused
	}
	return a, nil
}

func (s *alarming) getAlarm(r call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, refused := s.visible(r)
	if refused != nil {
		return *refused
	}
	return aodhJSON(http.StatusOK, s.wire(a, true))
}

func (s *alarming) putAlarm(r call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	who := s.caller(r)
	next, _, refused := s.checked(r, who, r.args["id"])
	if refused != nil {
		return *refused
	}
	a, refused := s.visible(r)
	if refused != nil {
		return *refused
	}
	if !who.has("admin") || next.userID == "" {
		next.userID = a.userID
	}
	if !who.has("admin") || next.projectID == "" {
		next.projectID = a.projectID
	}
	if !who.has("admin") {
		next.userID, next.projectID = who.userID, who.projectID
	}
	if refused := s.checkRule(next, who); refused != nil {
		return *refused
	}
	if s.liberty && s.named(next) {
		return aodhFault(http.StatusConflict, "Alarm with name="+next.name+" exists")
	}
	now := s.now()
	next.timestamp, next.stateSet, next.reason, next.found = now, a.stateSet, a.reason, a.found
	if next.state != a.state {
		next.stateSet, next.reason = now, setManually
	}
	next.describe()
	change := s.difference(a, next)
	*a = *next
	if len(change) > 0 {
		s.record(a, "rule change", change, who.userID, who.projectID, a.projectID, now)
	}
	return aodhJSON(http.StatusOK, s.wire(a, false))
}

// difference is what an update changes, as the history shows it.
func (s *alarming) difference(before, after *alarm) object {
	old, change := s.detail(before), object{}
	for _, m := range s.detail(after) {
		v, _ := old.get(m.key)
		if m.key == "rule" && !s.liberty {
			change = append(change, s.evaluationChange(before, after)...)
		}
		if m.key != "timestamp" && m.key != "state_timestamp" && !equal(v, m.value) {
			change = append(change, m)
		}
	}
	return change
}

func (s *alarming) evaluationChange(before, after *alarm) object {
	at, ok := after.evaluated.(time.Time)
	was, had := before.evaluated.(time.Time)
	if !ok || had && at.Equal(was.Truncate(time.Second)) {
		return nil
	}
	return object{{"evaluate_timestamp", isoformat(at)}}
}

func (s *alarming) deleteAlarm(r call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, refused := s.visible(r)
	if refused != nil {
		return *refused
	}
	s.alarms = slices.DeleteFunc(s.alarms, func(o *alarm) bool { return o == a })
	s.changes = slices.DeleteFunc(s.changes, func(c *alarmChange) bool { return c.alarmID == a.id })
	return answer{status: http.StatusNoContent}
}

func (s *alarming) getState(r call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, refused := s.visible(r)
	if refused != nil {
		return *refused
	}
	return aodhJSON(http.StatusOK, a.state)
}

func (s *alarming) putState(r call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, refused := s.visible(r)
	if refused != nil {
		return *refused
	}
	v, err := loads(r.body)
	state, ok := v.(string)
	switch {
	case err != nil:
		return aodhFault(http.StatusBadRequest, "Request is not in valid JSON format")
	case !ok || !slices.Contains(states, state):
		return aodhFault(http.StatusBadRequest, "state invalid")
	}
	who := s.caller(r)
	now := s.now()
	a.state, a.stateSet, a.reason = state, now, setManually
	detail := object{{"state", state}, {"state_reason", setManually}}
	if s.liberty {
		detail = detail[:1]
	}
	s.record(a, "state transition", detail, who.userID, who.projectID, a.projectID, now)
	return aodhJSON(http.StatusOK, state)
}

// record adds to the history.
func (s *alarming) record(a *alarm, kind string, detail object, userID, projectID, onBehalf string, at time.Time) {
	s.changes = append(s.changes, &alarmChange{
		id: s.cloud.newUUID("change"), alarmID: a.id, kind: kind, detail: string(dumps(detail)),
		userID: userID, projectID: projectID, onBehalf: onBehalf, severity: a.severity, at: at,
	})
}

// SetAlarmState ends an evaluation of an alarm: with another state and a reason, which goes into its history, or with the state
// that the alarm has. It panics if there is no such alarm.
func (c *Cloud) SetAlarmState(alarmID, state, reason string) {
	s := part[*alarming](c)
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := first(s.alarms, func(a *alarm) bool { return a.id == alarmID })
	if !ok {
		panic(fmt.Sprintf("fakecloud: no alarm %q", alarmID))
	}
	now := s.now()
	a.found[state]++
	a.evaluated = now
	if a.state == state {
		return
	}
	a.state, a.reason = state, reason
	detail := object{{"state", state}, {"transition_reason", reason}}
	s.record(a, "state transition", detail, idOf("user", "aodh"), s.serviceProject(), a.projectID, now)
}
