package alarm

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
)

// AlarmsOptions say which alarms are listed, and in which order.
type AlarmsOptions struct {
	// Filters must all match; each field may be used once. Without [AllProjects] or [ByProject] Aodh lists the
	// alarms of the caller's own project, to administrators too.
	Filters []Filter
	// Sort is Aodh's. Without it the alarms come in the order of their ids, which no change in the middle of a
	// walk can disturb. In any other order they are asked for whole, for pages would lose those that an alarm which is
	// changed meanwhile moves past.
	Sort []Sort
}

// Alarms are those that match, each once. A Ceilometer answers all at once, in no order.
//
// API: GET /v2/alarms
func (c *Client) Alarms(opts AlarmsOptions) *gophermeter.Pager[Alarm] {
	l, err := c.alarms("alarm.Alarms", opts)
	if err != nil {
		return gophermeter.FailedPager[Alarm](err)
	}
	return pages(c, l)
}

func (c *Client) alarms(op string, opts AlarmsOptions) (list[Alarm], error) {
	l := list[Alarm]{
		op: op, path: []string{"alarms"}, read: readAlarm, ordered: len(opts.Sort) > 0,
		id: func(a *Alarm) string { return a.ID },
	}
	var err error
	if l.query, err = c.condition(opts.Filters, c.alarmFields()); err != nil {
		return l, err
	}
	l.sort, err = c.sorted(opts.Sort, []Sort{{Field: FieldAlarmID}}, FieldAlarmID)
	l.size = c.room(l.sort, FieldAlarmID)
	return l, err
}

// GetAlarm is the alarm of an id. Administrators may ask for any; for others one of another project is
// [gophermeter.ErrNotFound].
//
// API: GET /v2/alarms/{alarm_id}
func (c *Client) GetAlarm(ctx context.Context, alarmID string) (Alarm, error) {
	r, err := getAlarm("alarm.GetAlarm", alarmID)
	if err != nil {
		return Alarm{}, err
	}
	return fetch(ctx, c, r, func(body []byte) (Alarm, error) { return decodeOne(body, readAlarm) })
}

func getAlarm(op, alarmID string) (gophermeter.Request, error) {
	path, err := alarmPath(alarmID)
	return gophermeter.Request{Op: op, Method: http.MethodGet, Path: path}, err
}

// FindAlarm is the alarm of an id, or else the one of exactly that name: on Aodh among those of the caller's
// project. [gophermeter.ErrAmbiguous] lists the ids where Aodh has several of the name.
//
// API: GET /v2/alarms/{alarm_id}
//
// API: GET /v2/alarms
func (c *Client) FindAlarm(ctx context.Context, nameOrID string) (Alarm, error) {
	if nameOrID == "" {
		return Alarm{}, errs.Invalid("nameOrID", "is empty")
	}
	if !strings.Contains(nameOrID, "/") && nameOrID != "." && nameOrID != ".." {
		found, err := c.GetAlarm(ctx, nameOrID)
		if err == nil || !errors.Is(err, errs.ErrNotFound) || errors.Is(err, errs.ErrUnsupported) {
			return found, err
		}
	}
	named, err := c.named(ctx, nameOrID)
	switch {
	case err != nil:
		return Alarm{}, err
	case len(named) == 0:
		return Alarm{}, fmt.Errorf("%w: no alarm has the id or the name %q", errs.ErrNotFound, nameOrID)
	case len(named) > 1:
		ids := make([]string, len(named))
		for i := range named {
			ids[i] = named[i].ID
		}
		return Alarm{}, fmt.Errorf("%w: %d alarms are named %q: %s",
			errs.ErrAmbiguous, len(named), nameOrID, strings.Join(ids, ", "))
	}
	return named[0], nil
}

// named are the alarms of a name. The service's database may take others for equal, in upper and lower case.
func (c *Client) named(ctx context.Context, name string) (named []Alarm, err error) {
	l, err := c.alarms("alarm.FindAlarm", AlarmsOptions{Filters: []Filter{ByName(name)}})
	if err != nil {
		return nil, err
	}
	err = search(ctx, c, l, func(a *Alarm) bool {
		if a.Name == name {
			named = append(named, *a)
		}
		return false
	})
	return named, err
}

// DeleteAlarm removes an alarm and, since Liberty, its history.
//
// API: DELETE /v2/alarms/{alarm_id}
func (c *Client) DeleteAlarm(ctx context.Context, alarmID string) error {
	path, err := alarmPath(alarmID)
	if err != nil {
		return err
	}
	return c.call(ctx, gophermeter.Request{Op: "alarm.DeleteAlarm", Method: http.MethodDelete, Path: path}, nil)
}
