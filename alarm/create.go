package alarm

import (
	"context"
	"net/http"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
)

// CreateOptions is a new alarm. What is left empty takes the service's default.
type CreateOptions struct {
	// Name is required. On Ceilometer a second alarm of a name in a project is [gophermeter.ErrConflict].
	Name string
	// Description; empty lets the service write a sentence of its own.
	Description string
	// Enabled is true where it is nil.
	Enabled *bool
	// Rule is required, and says of which type the alarm is.
	Rule Rule
	// Severity is low where it is empty.
	Severity Severity
	// State to begin with; insufficient data where it is empty.
	State State
	// OKActions, AlarmActions and InsufficientDataActions are URLs; log:// and test:// are for administrators.
	// Duplicates are dropped, and the order is lost then.
	OKActions, AlarmActions, InsufficientDataActions []string
	// RepeatActions calls the actions with every evaluation.
	RepeatActions bool
	// TimeConstraints are when the alarm is evaluated; none is always.
	TimeConstraints []TimeConstraint
	// ProjectID and UserID of the owner, for administrators; empty are the caller's.
	ProjectID, UserID string
}

// CreateAlarm adds an alarm and returns it as the service completed it. Over quota is [gophermeter.ErrForbidden].
// A failure that leaves open whether the alarm exists is not repeated: the service would make another.
//
// API: POST /v2/alarms
func (c *Client) CreateAlarm(ctx context.Context, create CreateOptions) (Alarm, error) {
	body, err := create.members()
	if err != nil {
		return Alarm{}, err
	}
	r := gophermeter.Request{
		Op: "alarm.CreateAlarm", Method: http.MethodPost, Path: []string{"alarms"}, Body: body.json(),
		Repeat: gophermeter.RepeatUnprocessed,
	}
	return fetch(ctx, c, r, func(body []byte) (Alarm, error) { return decodeOne(body, readAlarm) })
}

func (a CreateOptions) members() (members, error) {
	switch {
	case a.Name == "":
		return nil, errs.Invalid("CreateOptions.Name", "is empty")
	case a.Rule == nil:
		return nil, errs.Invalid("CreateOptions.Rule", "is nil")
	}
	update := UpdateOptions{
		Name: a.Name, Enabled: a.Enabled, Rule: a.Rule, Severity: a.Severity, State: a.State,
		OKActions: a.OKActions, AlarmActions: a.AlarmActions, InsufficientDataActions: a.InsufficientDataActions,
		TimeConstraints: a.TimeConstraints, ProjectID: a.ProjectID, UserID: a.UserID,
	}
	if a.Description != "" {
		update.Description = &a.Description
	}
	if a.RepeatActions {
		update.RepeatActions = &a.RepeatActions
	}
	return update.members()
}
