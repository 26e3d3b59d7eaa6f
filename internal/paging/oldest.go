package paging

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// SinceCursor asks for the oldest Limit rows among those at or after Since; a zero Since is no bound.
type SinceCursor struct {
	Since time.Time
	Limit int
}

// Oldest is [Timeline] for a server whose rows come oldest first: each page asks for the time at which the page before
// it ended. The rows of a page need not be in order among themselves, as long as they are the oldest ones: they are
// put in order. Everything else is as it is there.
func Oldest[T any](ctx context.Context, first SinceCursor, maxLimit int, at func(*T) time.Time, id func(*T) string,
	fetch func(ctx context.Context, c SinceCursor) ([]T, error),
) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		if first.Limit < 1 {
			yield(nil, errs.Invalid("limit", "%d is not positive", first.Limit))
			return
		}
		seen := map[string]struct{}{} // the ids at the boundary
		Walk(ctx, first, func(ctx context.Context, c SinceCursor) ([]T, SinceCursor, bool, error) {
			rows, err := fetch(ctx, c)
			if err != nil || len(rows) == 0 && len(seen) == 0 {
				return nil, c, false, err
			}
			slices.SortStableFunc(rows, func(a, b T) int { return at(&a).Compare(at(&b)) })
			if len(rows) > 0 && at(&rows[0]).Before(c.Since) {
				return nil, c, false, fmt.Errorf("%w: asked for rows from %s on, got one of %s", errs.ErrLoop, stamp(c.Since), stamp(at(&rows[0])))
			}
			full := len(rows) >= c.Limit
			stuck := full && at(&rows[len(rows)-1]).Equal(c.Since)
			fresh, again := make([]T, 0, len(rows)), 0
			for i := range rows {
				if _, known := seen[id(&rows[i])]; known && at(&rows[i]).Equal(c.Since) {
					again++
					continue
				}
				fresh = append(fresh, rows[i])
			}
			switch {
			case !stuck && again < len(seen):
				return nil, c, false, fmt.Errorf("%w: of %d rows at %s only %d came again", errs.ErrTruncated, len(seen), stamp(c.Since), again)
			case !full:
				return fresh, c, false, nil
			case stuck && c.Limit >= maxLimit:
				return nil, c, false, fmt.Errorf("%w: there are %d rows or more at %s", errs.ErrTruncated, c.Limit, stamp(c.Since))
			case stuck:
				c.Limit += min(c.Limit, maxLimit-c.Limit)
			default:
				c.Since = at(&rows[len(rows)-1])
				clear(seen)
			}
			for i := range slices.Backward(rows) {
				if !at(&rows[i]).Equal(c.Since) {
					break
				}
				seen[id(&rows[i])] = struct{}{}
			}
			return fresh, c, true, nil
		})(yield)
	}
}
