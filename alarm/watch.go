package alarm

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"time"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// WatchOptions say where a watch begins, and how often it looks.
type WatchOptions struct {
	// Interval between two looks at the history; 15 s where it is zero.
	Interval time.Duration
	// After is the change that an earlier watch yielded last: the watch goes on behind it, but knows of what came
	// late only from then on. The zero change begins with what happens from now on.
	After AlarmChange
}

const (
	watchInterval = 15 * time.Second
	// overlap is how far behind the newest change the history is read again: changes get their times from the
	// clocks of several machines, and are written a moment later.
	overlap = time.Minute
)

// Watch yields each transition of an alarm's state once, also those that come between two looks at its history. It
// is the one collection that does not end: an error ends it, that of ctx at the latest, and so does the end of
// the alarm with [gophermeter.ErrNotFound]. WatchOptions.After resumes it.
//
// The transitions of one look come in the order of their time. One that is written later than another with a
// later time comes after it; where it is more than a minute late it is lost. An update that set the state counts
// as a transition, and the creation does not.
//
// API: GET /v2/alarms/{alarm_id}/history
//
// API: GET /v2/alarms/{alarm_id}/state
func (c *Client) Watch(ctx context.Context, alarmID string, opts WatchOptions) iter.Seq2[AlarmChange, error] {
	return func(yield func(AlarmChange, error) bool) {
		w := watch{client: c, alarmID: alarmID, last: opts.After, seen: map[string]time.Time{}}
		if opts.Interval < 0 {
			yield(AlarmChange{}, errs.Invalid("WatchOptions.Interval", "%s is negative", opts.Interval))
			return
		}
		for first := true; ; first = false {
			err := w.pause(ctx, opts.Interval, first)
			var fresh []AlarmChange
			if err == nil {
				fresh, err = w.look(ctx, first)
			}
			for _, change := range fresh {
				if !yield(change, nil) {
					return
				}
			}
			if err != nil {
				yield(AlarmChange{}, err)
				return
			}
		}
	}
}

// watch is the state of one range.
type watch struct {
	client  *Client
	alarmID string
	last    AlarmChange          // the newest that is known
	seen    map[string]time.Time // ids and times of changes since overlap before the last
}

// pause waits between two looks.
func (w *watch) pause(ctx context.Context, interval time.Duration, first bool) error {
	if !first {
		timer := time.NewTimer(cmp.Or(interval, watchInterval))
		defer timer.Stop()
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
	}
	return errs.Context(ctx)
}

// look reads the history behind the last change and gives the transitions that are new, the oldest first. The first
// look of a watch that does not resume only learns what there is. With the error that the alarm is gone come those
// that were before its end.
func (w *watch) look(ctx context.Context, first bool) ([]AlarmChange, error) {
	fresh, doubtful, err := w.unseen(ctx, first && w.last.Timestamp.IsZero())
	if err != nil {
		return nil, err
	}
	if doubtful {
		_, err = w.client.GetState(ctx, w.alarmID)
	}
	slices.SortStableFunc(fresh, compareChanges)
	learn := first && w.last.Timestamp.IsZero()
	if first && !learn {
		fresh = slices.DeleteFunc(fresh, func(change AlarmChange) bool { return compareChanges(change, w.last) <= 0 })
	}
	for _, change := range fresh {
		if compareChanges(change, w.last) > 0 {
			w.last = change
		}
	}
	for id, at := range w.seen {
		if at.Before(w.last.Timestamp.Add(-overlap)) {
			delete(w.seen, id)
		}
	}
	if learn {
		return nil, err
	}
	return slices.DeleteFunc(fresh, func(change AlarmChange) bool { return !change.transition() }), err
}

// unseen are the changes since overlap before the last, or before the newest where there is no last yet, that were
// not met before. It is doubtful whether there still is an alarm where a Ceilometer, which has a history of every id,
// answers an empty one or a deletion.
func (w *watch) unseen(ctx context.Context, newest bool) (fresh []AlarmChange, doubtful bool, err error) {
	var opts ChangesOptions
	since := w.last.Timestamp.Add(-overlap)
	if !w.last.Timestamp.IsZero() {
		opts.Filters = []Filter{Since(since)}
	}
	l, err := w.client.changes("alarm.Watch", w.alarmID, opts)
	if err != nil {
		return nil, false, err
	}
	rows, deleted := 0, false
	err = search(ctx, w.client, l, func(change *AlarmChange) bool {
		if rows++; rows == 1 && newest && w.client.dialect == Aodh {
			since = change.Timestamp.Add(-overlap)
		}
		deleted = deleted || change.Type == ChangeDeletion
		if _, met := w.seen[change.EventID]; !met {
			w.seen[change.EventID] = change.Timestamp
			fresh = append(fresh, *change)
		}
		return newest && w.client.dialect == Aodh && change.Timestamp.Before(since) // the newest come first
	})
	return fresh, w.client.dialect != Aodh && (rows == 0 || deleted), err
}

// transition tells whether a change set the state of an alarm that was there before.
func (a *AlarmChange) transition() bool {
	return a.Type == ChangeStateTransition ||
		a.Type != ChangeCreation && a.Type != ChangeDeletion && a.Detail.State != ""
}

// compareChanges is the order in which changes happened.
func compareChanges(a, b AlarmChange) int {
	return cmp.Or(a.Timestamp.Compare(b.Timestamp), cmp.Compare(a.EventID, b.EventID))
}
