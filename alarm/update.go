package alarm

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
)

// UpdateOptions is what is to change in an alarm. What is nil or empty stays as it is.
type UpdateOptions struct {
	// Name that the alarm gets; empty keeps it.
	Name string
	// Description; a pointer to "" has the service write a sentence of its own. A sentence that it wrote
	// once is kept otherwise, also when the rule changes.
	Description *string
	// Enabled turns the evaluation on or off.
	Enabled *bool
	// Rule takes the place of the alarm's rule; one of another kind makes it an alarm of that type. Members of the
	// rule that this package does not know are kept where the kind stays.
	Rule Rule
	// Severity; empty keeps it.
	Severity Severity
	// State; empty keeps it. [Client.SetState] is for a state alone.
	State State
	// OKActions, AlarmActions and InsufficientDataActions; nil keeps them, and empty ones that are not nil remove
	// them all.
	OKActions, AlarmActions, InsufficientDataActions []string
	// RepeatActions calls the actions with every evaluation, or not.
	RepeatActions *bool
	// TimeConstraints; nil keeps them, and empty ones that are not nil remove them all.
	TimeConstraints []TimeConstraint
	// ProjectID and UserID of another owner, for administrators; empty keep the owner. Who is none becomes the owner by
	// any update of an alarm of the project, whatever stands here.
	ProjectID, UserID string
}

// updates is how often an update is tried.
const updates = 3

// UpdateAlarm changes what was asked for and keeps the rest, also members that this package does not know. The
// services only replace whole alarms, so it reads the alarm, and writes it back changed.
//
// They replace the state too. A state that an evaluation changes between the read and the write is written over;
// UpdateAlarm sees that in the answer and sets the state that the history tells of. A failure that leaves open
// whether the service wrote is never repeated blindly: the alarm is read again, and written again only where
// the change is not there. An error says so where the alarm is updated but its state could not be repaired.
//
// What no client can guard against: the service has no versions, so of two updates at once the later one wins
// with all it read; an evaluation that is under way writes the whole alarm back as it was before the update; and
// what [Client.Watch] sees of a state that was written over and set again is two changes.
//
// API: PUT /v2/alarms/{alarm_id}
//
// API: GET /v2/alarms/{alarm_id}
//
// API: PUT /v2/alarms/{alarm_id}/state
//
// API: GET /v2/alarms/{alarm_id}/history
func (c *Client) UpdateAlarm(ctx context.Context, alarmID string, update UpdateOptions) (Alarm, error) {
	path, err := alarmPath(alarmID)
	if err != nil {
		return Alarm{}, err
	}
	change, err := update.members()
	if err != nil {
		return Alarm{}, err
	}
	for n := 1; ; n++ {
		before, err := c.getMembers(ctx, alarmID)
		if err != nil {
			return Alarm{}, err
		}
		after, err := c.put(ctx, path, before.changed(change))
		if err != nil && ambiguous(ctx, err) {
			now, unread := c.getMembers(ctx, alarmID)
			switch {
			case unread != nil:
				return Alarm{}, errors.Join(err, unread)
			case now.covers(change):
				after, err = now, nil
			case n < updates:
				if _, err := c.restored(ctx, before, now); err != nil {
					return Alarm{}, err
				}
				continue
			}
		}
		if err != nil {
			return Alarm{}, err
		}
		if update.State != "" {
			return after.alarm()
		}
		return c.restored(ctx, before, after)
	}
}

// getMembers is the alarm as it was sent.
func (c *Client) getMembers(ctx context.Context, alarmID string) (members, error) {
	r, err := getAlarm("alarm.UpdateAlarm", alarmID)
	if err != nil {
		return nil, err
	}
	return fetch(ctx, c, r, parseMembers)
}

func (c *Client) put(ctx context.Context, path []string, alarm members) (members, error) {
	return fetch(ctx, c, gophermeter.Request{
		Op: "alarm.UpdateAlarm", Method: http.MethodPut, Path: path, Body: alarm.json(),
		Repeat: gophermeter.RepeatUnprocessed,
	}, parseMembers)
}

// restored sets the state again that somebody or an evaluation set between the read and the write, and the write
// undid. The service tells by the time of the state, which is that of the write then.
func (c *Client) restored(ctx context.Context, before, after members) (Alarm, error) {
	was, err := before.alarm()
	if err != nil {
		return Alarm{}, err
	}
	now, err := after.alarm()
	if err != nil {
		return Alarm{}, err
	}
	if now.StateTimestamp.Equal(was.StateTimestamp) || !now.StateTimestamp.Equal(now.Timestamp) || now.State != was.State {
		return now, nil
	}
	restored, err := c.setBack(ctx, now)
	if err != nil {
		return Alarm{}, fmt.Errorf("the alarm %s is updated, but its state, which changed meanwhile, may be lost: %w", now.ID, err)
	}
	return restored, nil
}

// setBack gives an alarm the state that its history tells of.
func (c *Client) setBack(ctx context.Context, now Alarm) (Alarm, error) {
	undone, err := c.stateBefore(ctx, now)
	switch {
	case err != nil:
		return now, err
	case undone == "" || undone == now.State: // it was another
		return now, errors.New("its history does not tell which it was")
	}
	if now, err = c.GetAlarm(ctx, now.ID); err != nil || now.State == undone {
		return now, err
	}
	if err := c.SetState(ctx, now.ID, undone); err != nil {
		return now, err
	}
	return c.GetAlarm(ctx, now.ID)
}

// stateBefore is the state that the history tells of, but for the update that made the alarm what it is now; empty
// where it does not tell.
func (c *Client) stateBefore(ctx context.Context, now Alarm) (State, error) {
	l, err := c.changes("alarm.UpdateAlarm", now.ID, ChangesOptions{})
	if err != nil {
		return "", err
	}
	var last AlarmChange
	err = search(ctx, c, l, func(change *AlarmChange) bool {
		own := change.Type == ChangeRule && change.Timestamp.Equal(now.Timestamp)
		if change.Detail.State != "" && !own && change.Timestamp.After(last.Timestamp) {
			last = *change
		}
		return c.dialect == Aodh && last.EventID != "" // which answers the newest first
	})
	return last.Detail.State, err
}

func (u UpdateOptions) members() (members, error) {
	var d draft
	d.setIf(u.Name != "", "name", u.Name)
	d.setIf(u.Description != nil, "description", u.Description)
	d.setIf(u.Enabled != nil, "enabled", u.Enabled)
	d.setIf(u.Severity != "", "severity", u.Severity)
	d.setIf(u.State != "", "state", u.State)
	d.setIf(u.OKActions != nil, "ok_actions", u.OKActions)
	d.setIf(u.AlarmActions != nil, "alarm_actions", u.AlarmActions)
	d.setIf(u.InsufficientDataActions != nil, "insufficient_data_actions", u.InsufficientDataActions)
	d.setIf(u.RepeatActions != nil, "repeat_actions", u.RepeatActions)
	d.setIf(u.ProjectID != "", "project_id", u.ProjectID)
	d.setIf(u.UserID != "", "user_id", u.UserID)
	constraints, err := constraintsWire(u.TimeConstraints)
	if err != nil {
		return nil, err
	}
	d.setIf(u.TimeConstraints != nil, "time_constraints", constraints)
	if u.Rule == nil {
		return d.members()
	}
	rule, err := u.Rule.wire()
	switch {
	case err != nil:
		return nil, err
	case u.Rule.Kind() == "":
		return nil, errs.Invalid("Rule", "has no kind")
	}
	d.set("type", u.Rule.Kind())
	d.set(string(u.Rule.Kind())+ruleSuffix, rule)
	return d.members()
}
