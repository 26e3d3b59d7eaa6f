package alarm

import "time"

// Alarm watches for what its rule describes and calls URLs when its state changes.
//
// Source: Aodh and Ceilometer, Alarm.
type Alarm struct {
	// ID is the service's, a UUID; it never changes.
	ID string
	// Name is the owner's. Ceilometer wants it to be unique in a project, Aodh does not.
	Name string
	// Description is the service's own sentence where the owner gave none.
	Description string
	// Enabled alarms are evaluated.
	Enabled bool
	// Rule is what the alarm watches for; nil only where the service sent none.
	Rule Rule
	// Severity is low where the owner said nothing; empty before Ceilometer Kilo.
	Severity Severity
	// State that the last evaluation found, or that somebody set.
	State State
	// StateReason is why; empty on Ceilometer.
	StateReason string
	// OKActions are the URLs that are called when the state becomes ok: http, https, log, test, zaqar and their
	// trust+ forms, without the trust's id. On K5 they are JSON objects in a text.
	OKActions []string
	// AlarmActions are called when the state becomes alarm.
	AlarmActions []string
	// InsufficientDataActions are called when the state becomes insufficient data.
	InsufficientDataActions []string
	// RepeatActions calls the actions with every evaluation, not only with changes.
	RepeatActions bool
	// TimeConstraints are when the alarm is evaluated; none is always.
	TimeConstraints []TimeConstraint
	// ProjectID and UserID are the owner's.
	ProjectID, UserID string
	// Timestamp is when the definition changed last, UTC.
	Timestamp time.Time
	// StateTimestamp is when the state changed last, UTC; on Aodh only by a call, for an evaluation that changes the state
	// leaves it: the history knows when that was.
	StateTimestamp time.Time
	// EvaluateTimestamp is when the alarm was evaluated last, UTC, in whole seconds; zero on Ceilometer and where
	// the service has lost it.
	EvaluateTimestamp time.Time
}

// Kind is the type of the alarm; empty where there is no rule.
func (a *Alarm) Kind() Kind {
	if a.Rule == nil {
		return ""
	}
	return a.Rule.Kind()
}

// TimeConstraint is a time in which an alarm is evaluated.
type TimeConstraint struct {
	// Name is required, and unique in its alarm.
	Name string
	// Description is the service's own sentence where the owner gave none.
	Description string
	// Start is required: when the time begins, as cron writes it, such as "0 23 * * *".
	Start string
	// Duration is how long it lasts, in whole seconds.
	Duration time.Duration
	// Timezone that Start is meant in, such as "Europe/Paris"; empty is UTC.
	Timezone string
}

// constraintWire is a time constraint as it is sent.
type constraintWire struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Start       string `json:"start"`
	Duration    int64  `json:"duration"`
	Timezone    string `json:"timezone"`
}

func constraintsWire(all []TimeConstraint) ([]constraintWire, error) {
	out := make([]constraintWire, len(all))
	for i, t := range all {
		duration, err := seconds("TimeConstraint.Duration", t.Duration)
		if err != nil {
			return nil, err
		}
		out[i] = constraintWire{t.Name, t.Description, t.Start, duration, t.Timezone}
	}
	return out, nil
}
