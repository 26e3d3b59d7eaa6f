package meter

import (
	"context"
	"encoding/json"
	"iter"
	"net/url"
	"slices"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
	"github.com/gophermeter/gophermeter/internal/paging"
	"github.com/gophermeter/gophermeter/internal/wire"
)

// Event is something that happened in the cloud, as a notification told it.
//
// Source: Ceilometer and Panko, api/controllers/v2/events.py, Event.
type Event struct {
	// MessageID is the id of the notification.
	MessageID string
	// EventType such as "compute.instance.create.end".
	EventType string
	// Generated is when it happened, UTC.
	Generated time.Time
	// Traits are what was taken out of the notification, by name.
	Traits []Trait
	// Raw is the notification as JSON, where the operator keeps it: {} elsewhere. Since Kilo.
	Raw json.RawMessage
}

// Trait is the value of the first trait of a name; ok is false where the event has none.
func (e *Event) Trait(name string) (t Trait, ok bool) {
	at := slices.IndexFunc(e.Traits, func(t Trait) bool { return t.Name == name })
	if at < 0 {
		return Trait{}, false
	}
	return e.Traits[at], true
}

// EventOptions are what [Client.Events] asks for. The zero value is all events that the caller may see.
type EventOptions struct {
	// Window of the time at which events happened. The zero Window is all of the time.
	Window gophermeter.Window
	// Filters must all hold: [ByEventType], [ByMessageID], [ByTrait]. Times may be given by [Since] and its like
	// instead of a Window.
	Filters []Filter
	// Limit asks for that many events in one request, the oldest ones, and looks for no more; 0 is all. Since
	// Liberty.
	Limit int
}

// Events are the events of a window, the oldest first, each exactly once. Members get those that have both their
// project and their user, administrators those of their own project and those of none, and of no other project.
//
// The service cuts every answer off without a word. So the walk goes on from the time of the newest event that came,
// drops what it has seen at that time, and raises the limit where one time fills an answer; where it cannot go on the
// error is [gophermeter.ErrTruncated].
//
// Ceilometer has events from Icehouse to Newton, and leaves them to Panko since: then the event service of the
// catalogue is asked. Where there is neither the error is [gophermeter.ErrUnsupported].
//
// API: GET /v2/events
func (c *Client) Events(opts EventOptions) *gophermeter.Pager[Event] {
	all, err := c.criteria(onEvents, opts.Window, opts.Filters)
	if err == nil {
		err = c.limited(opts.Limit, 0)
	}
	switch {
	case err != nil:
		return gophermeter.FailedPager[Event](err)
	case opts.Limit > 0:
		return request(c, limiting(eventList("meter.Events", all.eventQuery())), opts.Limit)
	}
	return gophermeter.NewPager(func(ctx context.Context) iter.Seq2[[]Event, error] {
		return paging.Oldest(ctx, paging.SinceCursor{Limit: c.pageSize}, lastLimit, eventTime, eventID,
			func(ctx context.Context, at paging.SinceCursor) ([]Event, error) {
				all := all
				if !at.Since.IsZero() {
					all.from = Since(at.Since)
				}
				return fetch(ctx, c.api, limiting(eventList("meter.Events", all.eventQuery()))(at.Limit))
			})
	})
}

func eventTime(e *Event) time.Time { return e.Generated }

func eventID(e *Event) string { return e.MessageID }

// eventQuery is the conditions as events take them: both ends of the time are included, and their operators are
// not looked at.
func (all *criteria) eventQuery() url.Values {
	q := url.Values{}
	for _, f := range all.rest {
		all.put(q, f)
	}
	end := func(field string, f Filter, exclusive string, inwards time.Duration) {
		if f == (Filter{}) {
			return
		}
		at := f.edge()
		if f.op == exclusive {
			at = at.Add(inwards)
		}
		all.put(q, Filter{field: field, op: "eq", value: wire.FormatNaive(at), typ: "datetime"})
	}
	end("start_timestamp", all.from, "gt", time.Microsecond)
	end("end_timestamp", all.to, "lt", -time.Microsecond)
	return q
}

// GetEvent is the event with an id. One that the caller may not see is [gophermeter.ErrNotFound].
//
// API: GET /v2/events/{message_id}
func (c *Client) GetEvent(ctx context.Context, messageID string) (Event, error) {
	if messageID == "" {
		return Event{}, errs.Invalid("messageID", "is empty, which the service takes for all events")
	}
	return one(ctx, c.api, oneEvent("meter.GetEvent", messageID), eventRow)
}

// eventReader reads events.
type eventReader struct {
	r     *jsonstream.Reader
	row   Event
	trait func() (Trait, error)
}

func eventRow(r *jsonstream.Reader) func() (Event, error) {
	d := &eventReader{r: r, trait: traitRow(r)}
	return func() (Event, error) {
		d.row = Event{}
		err := r.Object(d.field)
		return d.row, err
	}
}

func (d *eventReader) field(name []byte) (err error) {
	e := &d.row
	switch string(name) {
	case "message_id":
		e.MessageID, err = d.r.String()
	case "event_type":
		e.EventType, err = d.r.Intern()
	case "generated":
		e.Generated, err = d.r.Time()
	case "raw":
		e.Raw, err = d.r.Raw()
	case "traits":
		return d.r.Array(func() error {
			t, err := d.trait()
			e.Traits = append(e.Traits, t)
			return err
		})
	}
	return err
}
