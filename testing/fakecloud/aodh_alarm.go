package fakecloud

import (
	"slices"
	"strings"
	"time"
)

// alarm is a row of Aodh's table.
type alarm struct {
	id, name, description string
	enabled, repeat       bool
	ok, firing, lacking   []any // actions
	kind                  string
	rule                  object
	constraints           []any
	projectID, userID     string
	timestamp, stateSet   time.Time
	state, reason         string
	severity              string
	evaluated             any            // a time, or nil
	found                 map[string]int // how often an evaluation found each state
}

// alarmChange is a row of the history.
type alarmChange struct {
	id, alarmID, kind, detail             string
	userID, projectID, onBehalf, severity string
	at                                    time.Time
}

const (
	notEvaluated = "Not evaluated yet"
	setManually  = "Manually set via API"
)

// alarmAttributes are those of an alarm in a request.
func (s *alarming) alarmAttributes() []attribute {
	all := []attribute{
		{name: "alarm_id", form: "text"}, must("name", "text"), {name: "description", form: "text"},
		{name: "enabled", form: "bool", def: true}, {name: "ok_actions", form: "texts", def: []any{}},
		{name: "alarm_actions", form: "texts", def: []any{}}, {name: "insufficient_data_actions", form: "texts", def: []any{}},
		{name: "repeat_actions", form: "bool", def: false},
		{name: "type", form: "text", mandatory: true, choices: s.kinds()},
		{name: "time_constraints", form: "constraints", def: []any{}},
		{name: "project_id", form: "text"}, {name: "user_id", form: "text"}, {name: "timestamp", form: "time"},
		{name: "state", form: "text", def: "insufficient data", choices: states}, {name: "state_timestamp", form: "time"},
		{name: "severity", form: "text", def: "low", choices: severities},
	}
	if !s.liberty {
		all = append(all, attribute{name: "state_reason", form: "text"}, attribute{name: "evaluate_timestamp", form: "time"})
	}
	for _, kind := range s.kinds() {
		all = append(all, attribute{name: kind + "_rule", form: "rule"})
	}
	return all
}

var (
	states     = []string{"ok", "alarm", "insufficient data"}
	severities = []string{"critical", "moderate", "low"}
)

// wire is the alarm in an answer. Reading a row cuts the fraction off the time of the evaluation.
func (s *alarming) wire(a *alarm, stored bool) any {
	o := object{
		{"alarm_id", a.id}, {"name", a.name}, {"description", a.description}, {"enabled", a.enabled},
		{"ok_actions", s.scrubbed(a.ok)}, {"alarm_actions", s.scrubbed(a.firing)}, {"insufficient_data_actions", s.scrubbed(a.lacking)},
		{"repeat_actions", a.repeat}, {"type", a.kind}, {"time_constraints", a.constraints},
		{"project_id", a.projectID}, {"user_id", a.userID}, {"timestamp", isoformat(a.timestamp)},
		{"state", a.state}, {"state_timestamp", isoformat(a.stateSet)},
	}
	if s.liberty {
		return append(o, member{"severity", a.severity}, member{a.kind + "_rule", a.rule})
	}
	evaluated := a.evaluated
	if at, ok := evaluated.(time.Time); ok {
		if stored {
			at = at.Truncate(time.Second)
		}
		evaluated = isoformat(at)
	}
	return append(o, member{"state_reason", a.reason}, member{"severity", a.severity},
		member{"evaluate_timestamp", evaluated}, member{a.kind + "_rule", a.rule})
}

// scrubbed are actions as Aodh puts them together again from their parts: log:// loses its slashes.
func (s *alarming) scrubbed(actions []any) []any {
	return array(actions, func(action any) any {
		if strings.HasSuffix(pyStr(action), "://") && !s.liberty {
			return strings.TrimSuffix(pyStr(action), "//")
		}
		return action
	})
}

// detail is the alarm as its history shows it.
func (s *alarming) detail(a *alarm) object {
	o := object{
		{"alarm_id", a.id}, {"type", a.kind}, {"enabled", a.enabled}, {"name", a.name}, {"description", a.description},
		{"timestamp", isoformat(a.timestamp)}, {"user_id", a.userID}, {"project_id", a.projectID}, {"state", a.state},
		{"state_timestamp", isoformat(a.stateSet)}, {"state_reason", a.reason}, {"ok_actions", a.ok}, {"alarm_actions", a.firing},
		{"insufficient_data_actions", a.lacking}, {"repeat_actions", a.repeat},
		{"time_constraints", a.constraints}, {"severity", a.severity}, {"rule", a.ruleDetail()},
	}
	if s.liberty {
		return o.without("state_reason")
	}
	return o
}

// parseAlarm reads the body of a request; the text is why it is refused.
func (s *alarming) parseAlarm(body []byte) (*alarm, object, string) {
	v, err := loads(body)
	if err != nil {
		return nil, nil, "Request is not in valid JSON format"
	}
	in, why := readAttributes(v, "data", s.alarmAttributes())
	if why != "" {
		return nil, nil, why
	}
	text := func(key string) string {
		v, _ := in.get(key)
		if v == nil {
			return ""
		}
		return pyStr(v)
	}
	list := func(key string) []any {
		v, _ := in.get(key)
		all, _ := v.([]any)
		return all
	}
	truth := func(key string) bool {
		v, _ := in.get(key)
		yes, _ := v.(bool)
		return yes
	}
	a := &alarm{
		id: text("alarm_id"), name: text("name"), description: text("description"), enabled: truth("enabled"),
		repeat: truth("repeat_actions"), ok: list("ok_actions"), firing: list("alarm_actions"), lacking: list("insufficient_data_actions"),
		kind: text("type"), constraints: list("time_constraints"), projectID: text("project_id"), userID: text("user_id"),
		state: text("state"), severity: text("severity"), found: map[string]int{},
	}
	if at, ok := in.get("evaluate_timestamp"); ok && at != nil {
		if t, err := time.Parse("2006-01-02T15:04:05.999999", pyStr(at)); err == nil {
			a.evaluated = t
		}
	}
	if why := s.parseRule(a, in); why != "" {
		return nil, nil, why
	}
	for _, constraint := range a.constraints {
		o := constraint.(object)
		if d, ok := o.get("description"); !ok || d == nil || d == "" {
			start, _ := o.get("start")
			duration, _ := o.get("duration")
			o = o.set("description", "Time constraint at "+pyStr(start)+" lasting for "+pyStr(duration)+" seconds")
		}
		a.constraints[slices.IndexFunc(a.constraints, func(e any) bool { return equal(e, constraint) })] =
			o.pick([]string{"name", "description", "start", "duration", "timezone"})
	}
	return a, in, ""
}

// parseRule finds the one rule of an alarm.
func (s *alarming) parseRule(a *alarm, in object) string {
	var rules []string
	for _, kind := range s.kinds() {
		v, ok := in.get(kind + "_rule")
		if !ok || v == nil {
			continue
		}
		rule, isObject := v.(object)
		why := ""
		if kind != "composite" {
			rule, why = readAttributes(v, kind+"_rule", ruleAttributes[kind])
		} else if !isObject {
			why = invalidInput(kind+"_rule", pyStr(v), "Wrong type.")
		}
		if why != "" {
			return why
		}
		if kind == a.kind {
			a.rule = rule
		}
		rules = append(rules, kind+"_rule")
	}
	switch {
	case a.rule == nil:
		return a.kind + "_rule must be set for " + a.kind + " type alarm"
	case len(rules) > 1:
		return rules[0] + " and " + rules[1] + " cannot be set at the same time"
	}
	return ""
}

// describe writes the sentence of an alarm that was given none.
func (a *alarm) describe() {
	if a.description != "" {
		return
	}
	of := func(key string) string {
		v, _ := a.rule.get(key)
		return pyStr(v)
	}
	switch a.kind {
	case "event":
		a.description = "Alarm when " + of("event_type") + " event occurred."
	case "threshold":
		a.description = "Alarm when " + of("meter_name") + " is " + of("comparison_operator") + " a " + of("statistic") + " of " +
			of("threshold") + " over " + of("period") + " seconds"
	case "combination":
		ids, _ := a.rule.get("alarm_ids")
		names := []string{}
		for _, id := range ids.([]any) {
			names = append(names, pyStr(id))
		}
		a.description = "Combined state of alarms " + strings.Join(names, " "+of("operator")+" ")
	default:
		a.description = a.kind + " alarm rule"
	}
}
