package paging

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// FetchAt asks for the page that starts at row offset of the collection: its rows, and how many rows the whole
// collection has, counted from offset 0 in the same unit as the rows. How long a page is, is the server's choice.
type FetchAt[T any] func(ctx context.Context, offset int) (rows []T, total int, err error)

type part[T any] struct {
	rows  []T
	total int
}

func (f FetchAt[T]) at(offset int) func(context.Context) (part[T], error) {
	return func(ctx context.Context) (p part[T], err error) {
		p.rows, p.total, err = f(ctx, offset)
		return p, err
	}
}

// Offset walks a collection whose server counts its rows, from row first on. The first page says how long a page
// is and how many rows there are; after it, up to k pages are under way or with the consumer at any time, and
// they are yielded in order. With k=1 a page is asked for when the one before it has been consumed.
//
// It yields exactly the rows from first to the total, or an [errs.ErrTruncated]: a total that changes means that
// rows moved across offsets already read, and a page of another length that rows are skipped or doubled.
func Offset[T any](ctx context.Context, first, k int, fetch FetchAt[T]) iter.Seq2[[]T, error] {
	return batches(func(emit func([]T) bool) error {
		if first < 0 {
			return errs.Invalid("offset", "%d is negative", first)
		}
		head, err := ask(ctx, fetch.at(first))
		if err != nil {
			return err
		}
		step, total := len(head.rows), head.total
		left := max(total-first, 0)
		if step > left || step == 0 && left > 0 {
			return fmt.Errorf("%w: the page at offset %d has %d rows, but the total is %d", errs.ErrTruncated, first, step, total)
		}
		if step == left {
			emit(head.rows)
			return nil
		}

		flying, cancel := context.WithCancel(ctx)
		var ahead []*flight[part[T]]
		defer func() {
			cancel()
			for _, f := range ahead {
				defer f.join() // all of them, even if one panics
			}
		}()
		next := first + step
		launchUpTo := func(n int) {
			for ; len(ahead) < n && next < total; next += step {
				ahead = append(ahead, launch(flying, fetch.at(next)))
			}
		}

		launchUpTo(k - 1)
		if !emit(head.rows) {
			return nil
		}
		for offset := first + step; offset < total; offset += step {
			if err := errs.Context(ctx); err != nil {
				return err
			}
			launchUpTo(max(k, 1))
			p, err := ahead[0].land()
			if err != nil {
				return err
			}
			ahead = slices.Delete(ahead, 0, 1)
			if p.total != total {
				return fmt.Errorf("%w: total changed from %d to %d during the walk", errs.ErrTruncated, total, p.total)
			}
			if due := min(step, total-offset); len(p.rows) != due {
				return fmt.Errorf("%w: the page at offset %d has %d rows instead of %d", errs.ErrTruncated, offset, len(p.rows), due)
			}
			if !emit(p.rows) {
				return nil
			}
		}
		return nil
	})
}
