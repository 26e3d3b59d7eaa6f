package paging

import (
	"context"
	"iter"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// WalkAhead is [Walk] for a consumer that has work to do: the next page is asked for before the rows of this one
// are handed over, so that the two take as long as the slower of them. It is never more than that one page ahead.
//
// A collection of one page is read without a goroutine.
func WalkAhead[T any, C comparable](ctx context.Context, first C, fetch Fetch[T, C]) iter.Seq2[[]T, error] {
	return batches(func(emit func([]T) bool) error {
		p, err := ask(ctx, fetch.at(first))
		if err != nil {
			return err
		}
		if !p.more {
			emit(p.rows)
			return nil
		}

		been := trail[C]{first: {}}
		flying, cancel := context.WithCancel(ctx)
		var ahead *flight[page[T, C]]
		defer func() {
			cancel()
			if ahead != nil {
				ahead.join()
			}
		}()
		for p.more {
			if err := been.follow(p.next); err != nil {
				return err
			}
			ahead = launch(flying, fetch.at(p.next))
			if !emit(p.rows) {
				return nil
			}
			// As in Walk, a consumer that cancels gets no further page, not even one that is here already.
			if err := errs.Context(ctx); err != nil {
				return err
			}
			if p, err = ahead.land(); err != nil {
				return err
			}
		}
		emit(p.rows)
		return nil
	})
}
