package alarm

import (
	"context"
	"net/http"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// GetState is the state of an alarm, without the rest of it.
//
// API: GET /v2/alarms/{alarm_id}/state
func (c *Client) GetState(ctx context.Context, alarmID string) (State, error) {
	path, err := alarmPath(alarmID, "state")
	if err != nil {
		return "", err
	}
	return fetch(ctx, c, gophermeter.Request{Op: "alarm.GetState", Method: http.MethodGet, Path: path}, decodeState)
}

// SetState sets the state of an alarm, until the next evaluation finds another, and adds a transition to its
// history even where the alarm is in that state. It runs no action. After a failure that leaves open whether the
// service acted, the state is read, and set once more only where it is another.
//
// API: PUT /v2/alarms/{alarm_id}/state
//
// API: GET /v2/alarms/{alarm_id}/state
func (c *Client) SetState(ctx context.Context, alarmID string, state State) error {
	path, err := alarmPath(alarmID, "state")
	if err != nil {
		return err
	}
	if state == "" {
		return errs.Invalid("state", "is empty")
	}
	r := gophermeter.Request{
		Op: "alarm.SetState", Method: http.MethodPut, Path: path, Body: []byte(quoted(string(state))),
		Repeat: gophermeter.RepeatUnprocessed,
	}
	for n := 1; ; n++ {
		_, err := fetch(ctx, c, r, decodeState)
		if err == nil || n == updates || !ambiguous(ctx, err) {
			return err
		}
		if now, unread := c.GetState(ctx, alarmID); unread != nil {
			return err
		} else if now == state {
			return nil
		}
	}
}

// decodeState reads a JSON text that stands alone.
func decodeState(body []byte) (State, error) {
	text, err := decodeOne(body, (*jsonstream.Reader).String)
	return State(text), err
}
