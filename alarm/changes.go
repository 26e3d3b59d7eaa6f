package alarm

import (
	"context"
	"fmt"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
)

// ChangesOptions say which changes are listed, and in which order.
type ChangesOptions struct {
	// Filters must all match: [ByChange], [ByUser], [ByProject], [BySeverity], and [Since], [After], [Until],
	// [Before] for the time; each may be used once, and of the times one at each end.
	Filters []Filter
	// Sort is Aodh's. Without it the newest change comes first. By who made a change, or by severity, they are asked for
	// whole.
	Sort []Sort
}

// AlarmChanges are the history of an alarm, the newest change first, each once. An alarm that does not exist is
// [gophermeter.ErrNotFound] on Aodh and has an empty history on Ceilometer; the history goes with the alarm, but not
// before Liberty. Others than administrators see what was changed in the name of their project.
//
// API: GET /v2/alarms/{alarm_id}/history
func (c *Client) AlarmChanges(alarmID string, opts ChangesOptions) *gophermeter.Pager[AlarmChange] {
	l, err := c.changes("alarm.AlarmChanges", alarmID, opts)
	if err != nil {
		return gophermeter.FailedPager[AlarmChange](err)
	}
	return pages(c, l)
}

func (c *Client) changes(op, alarmID string, opts ChangesOptions) (l list[AlarmChange], err error) {
	l = list[AlarmChange]{
		op: op, read: readChange, ordered: len(opts.Sort) > 0,
		id: func(change *AlarmChange) string { return change.EventID },
	}
	if l.path, err = alarmPath(alarmID, "history"); err != nil {
		return l, err
	}
	if l.query, err = c.condition(opts.Filters, changeFields); err != nil {
		return l, err
	}
	newest := []Sort{{Field: FieldTimestamp, Descending: true}, {Field: FieldEventID, Descending: true}}
	l.sort, err = c.sorted(opts.Sort, newest, FieldEventID)
	l.size = c.room(l.sort, FieldTimestamp, FieldEventID, FieldAlarmID, FieldType)
	return l, err
}

// FindAlarmChange is the change of an id in the history of an alarm.
//
// API: GET /v2/alarms/{alarm_id}/history
func (c *Client) FindAlarmChange(ctx context.Context, alarmID, eventID string) (AlarmChange, error) {
	if eventID == "" {
		return AlarmChange{}, errs.Invalid("eventID", "is empty")
	}
	l, err := c.changes("alarm.FindAlarmChange", alarmID, ChangesOptions{})
	if err != nil {
		return AlarmChange{}, err
	}
	var found AlarmChange
	err = search(ctx, c, l, func(change *AlarmChange) bool {
		if change.EventID == eventID {
			found = *change
		}
		return change.EventID == eventID
	})
	if err == nil && found.EventID == "" {
		err = fmt.Errorf("%w: the history of alarm %s has no change %q", errs.ErrNotFound, alarmID, eventID)
	}
	return found, err
}
