package alarm

import (
	"encoding/json"
	"time"

	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// ChangeType is what happened to an alarm. An unknown one is kept as it was sent.
type ChangeType string

// What a history tells of an alarm.
const (
	ChangeCreation        ChangeType = "creation"
	ChangeRule            ChangeType = "rule change"      // of anything in the definition, by an update
	ChangeStateTransition ChangeType = "state transition" // by an evaluation, or set
	ChangeDeletion        ChangeType = "deletion"         // Ceilometer up to Kilo; since then the history goes too
)

// AlarmChange is one entry in the history of an alarm.
//
// Source: Aodh and Ceilometer, AlarmChange.
type AlarmChange struct { //nolint:revive // the documented name
	// EventID is the service's, a UUID.
	EventID string
	// AlarmID is the alarm's that changed.
	AlarmID string
	// Type is what happened.
	Type ChangeType
	// Detail is what the alarm had afterwards, as far as the change set it.
	Detail ChangeDetail
	// ProjectID and UserID are those of who made the change: the service's own for an evaluation.
	ProjectID, UserID string
	// OnBehalfOf is the project of the alarm.
	OnBehalfOf string
	// Severity of the alarm at that time; most releases keep it to themselves, and it is empty then.
	Severity Severity
	// Timestamp is when it happened, UTC, by the clock of who made the change: the API's or the evaluator's.
	Timestamp time.Time
}

// ChangeDetail is what a change set. What it left alone is nil or empty.
type ChangeDetail struct {
	// State that the alarm had afterwards; empty where the change did not set it.
	State State
	// StateReason is why, where somebody set the state.
	StateReason string
	// TransitionReason is why, where an evaluation did.
	TransitionReason string
	// Rule that the alarm had afterwards. Where the alarm's type did not change it is [Unknown] without a Type,
	// for the service does not say which it is: see [Unknown.As].
	Rule Rule
	// Name and Description that the change gave; nil where it did not.
	Name, Description *string
	// Severity that the change gave; empty where it did not.
	Severity Severity
	// Enabled says whether the change switched the evaluation on or off; nil where it did neither.
	Enabled *bool
	// RepeatActions as the change set it; nil where it did not.
	RepeatActions *bool
	// OKActions, AlarmActions and InsufficientDataActions are empty and not nil where the change removed them all.
	OKActions, AlarmActions, InsufficientDataActions []string
	// TimeConstraints are empty and not nil where the change removed them all.
	TimeConstraints []TimeConstraint
	// ProjectID and UserID are the owner's, where the change set one.
	ProjectID, UserID string
	// Raw is the whole detail as it was sent: an object, or a text where the service did not send JSON in it.
	Raw json.RawMessage
}

func readChange(r *jsonstream.Reader) (c AlarmChange, err error) {
	err = r.Object(func(name []byte) (err error) {
		var text string
		switch string(name) {
		case "event_id":
			c.EventID, err = r.String()
		case "alarm_id":
			c.AlarmID, err = r.Intern()
		case "type":
			text, err = r.Intern()
			c.Type = ChangeType(text)
		case "detail":
			var raw json.RawMessage
			raw, err = r.Raw()
			c.Detail = parseDetail(raw)
		case "project_id":
			c.ProjectID, err = r.Intern()
		case "user_id":
			c.UserID, err = r.Intern()
		case "on_behalf_of":
			c.OnBehalfOf, err = r.Intern()
		case "severity":
			text, err = r.Intern()
			c.Severity = Severity(text)
		case "timestamp":
			c.Timestamp, err = r.Time()
		}
		return err
	})
	return c, err
}

// parseDetail reads JSON in a text. What is none, or not as it should be, is kept whole and decoded as far as it
// goes: one odd entry must not lose a history.
func parseDetail(raw json.RawMessage) ChangeDetail {
	var text string
	if json.Unmarshal(raw, &text) == nil && json.Valid([]byte(text)) {
		raw = json.RawMessage(text)
	}
	d := ChangeDetail{Raw: raw}
	all, err := parseMembers(raw)
	if err != nil {
		return d
	}
	for _, m := range all {
		d.member(m, Kind(asText(all.get("type"))))
	}
	return d
}

func (d *ChangeDetail) member(m member, kind Kind) {
	switch m.name {
	case "state":
		d.State = State(asText(m.raw))
	case "state_reason":
		d.StateReason = asText(m.raw)
	case "transition_reason":
		d.TransitionReason = asText(m.raw)
	case "rule":
		d.Rule = parseRule(kind, m.raw)
	case "name":
		d.Name = value[string](m.raw)
	case "description":
		d.Description = value[string](m.raw)
	case "severity":
		d.Severity = Severity(asText(m.raw))
	case "enabled":
		d.Enabled = value[bool](m.raw)
	case "repeat_actions":
		d.RepeatActions = value[bool](m.raw)
	case "ok_actions":
		d.OKActions = asTexts(m.raw)
	case "alarm_actions":
		d.AlarmActions = asTexts(m.raw)
	case "insufficient_data_actions":
		d.InsufficientDataActions = asTexts(m.raw)
	case "time_constraints":
		d.TimeConstraints = asConstraints(m.raw)
	case "project_id":
		d.ProjectID = asText(m.raw)
	case "user_id":
		d.UserID = asText(m.raw)
	}
}

// value is the value, nil where it is null or of another type.
func value[T any](raw json.RawMessage) *T {
	var v *T
	if json.Unmarshal(raw, &v) != nil {
		return nil
	}
	return v
}

func asText(raw json.RawMessage) string {
	if text := value[string](raw); text != nil {
		return *text
	}
	return ""
}

func asTexts(raw json.RawMessage) []string {
	all, err := decodeOne(raw, readTexts)
	if err != nil {
		return nil
	}
	return append([]string{}, all...)
}

func asConstraints(raw json.RawMessage) []TimeConstraint {
	all, err := decodeOne(raw, readConstraints)
	if err != nil {
		return nil
	}
	return append([]TimeConstraint{}, all...)
}
