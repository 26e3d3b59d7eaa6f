package paging

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// TimeCursor asks for the newest Limit rows among those at or before Before; a zero Before is no bound.
type TimeCursor struct {
	Before time.Time
	Limit  int
}

// Timeline walks a server that has no marker, only a limit and a bound on the time: its rows come newest first,
// and each page asks for the time at which the page before it ended. It is over when fewer rows come than asked
// for, so the server must grant every limit up to maxLimit.
//
// The rows of that boundary time come again, and are told apart by id, which needs to be unique only among the
// rows of one time. When they fill a page the limit is doubled, up to maxLimit; beyond that older rows are out of
// reach, an [errs.ErrTruncated]. So are rows out of order and boundary rows that do not come again (the bound is
// not inclusive, or at is coarser than the server's clock). Rows newer than the bound mean that the server
// ignores it, an [errs.ErrLoop].
func Timeline[T any](ctx context.Context, first TimeCursor, maxLimit int, at func(*T) time.Time, id func(*T) string,
	fetch func(ctx context.Context, c TimeCursor) ([]T, error),
) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		if first.Limit < 1 {
			yield(nil, errs.Invalid("limit", "%d is not positive", first.Limit))
			return
		}
		t := timeline[T]{at: at, id: id, maxLimit: maxLimit}
		Walk(ctx, first, func(ctx context.Context, c TimeCursor) ([]T, TimeCursor, bool, error) {
			rows, err := fetch(ctx, c)
			if err != nil {
				return nil, c, false, err
			}
			return t.turn(c, rows)
		})(yield)
	}
}

// timeline is the state of one range: the ids it has seen at the time of its cursor.
type timeline[T any] struct {
	at       func(*T) time.Time
	id       func(*T) string
	maxLimit int
	seen     map[string]struct{}
}

// turn takes the page at c: the rows that are new, the cursor after it, and whether there is more.
func (t *timeline[T]) turn(c TimeCursor, rows []T) ([]T, TimeCursor, bool, error) {
	if err := t.check(c, rows); err != nil {
		return nil, c, false, err
	}
	tied := 0
	for tied < len(rows) && t.at(&rows[tied]).Equal(c.Before) {
		tied++
	}
	var unseen []T
	for i := range rows[:tied] {
		if _, seen := t.seen[t.id(&rows[i])]; !seen {
			unseen = append(unseen, rows[i])
		}
	}
	again, fresh := tied-len(unseen), rows[tied:]
	if len(unseen) > 0 {
		fresh = slices.Concat(unseen, fresh)
	}

	full, stuck := len(rows) >= c.Limit, tied == len(rows)
	switch {
	case !(full && stuck) && again < len(t.seen):
		return nil, c, false, fmt.Errorf("%w: of %d rows at %s only %d came again", errs.ErrTruncated, len(t.seen), stamp(c.Before), again)
	case !full:
		return fresh, c, false, nil
	case stuck && c.Limit >= t.maxLimit:
		return nil, c, false, fmt.Errorf("%w: there are %d rows or more at %s", errs.ErrTruncated, c.Limit, stamp(c.Before))
	case stuck:
		c.Limit += min(c.Limit, t.maxLimit-c.Limit)
	default:
		c.Before = t.at(&rows[len(rows)-1])
		t.seen = nil
	}
	t.remember(c.Before, rows)
	return fresh, c, true, nil
}

// check refuses rows that are newer than the bound or not newest first.
func (t *timeline[T]) check(c TimeCursor, rows []T) error {
	if len(rows) == 0 {
		return nil
	}
	last := t.at(&rows[0])
	if !c.Before.IsZero() && last.After(c.Before) {
		return fmt.Errorf("%w: asked for rows up to %s, got one of %s", errs.ErrLoop, stamp(c.Before), stamp(last))
	}
	for i := range rows {
		now := t.at(&rows[i])
		if now.After(last) {
			return fmt.Errorf("%w: not newest first: a row of %s after one of %s", errs.ErrTruncated, stamp(now), stamp(last))
		}
		last = now
	}
	return nil
}

// remember notes which rows at the end of a page lie at its boundary.
func (t *timeline[T]) remember(boundary time.Time, rows []T) {
	if t.seen == nil {
		t.seen = make(map[string]struct{})
	}
	for i := range slices.Backward(rows) {
		if !t.at(&rows[i]).Equal(boundary) {
			return
		}
		t.seen[t.id(&rows[i])] = struct{}{}
	}
}

func stamp(t time.Time) string { return t.Format(time.RFC3339Nano) }
