// Package paging walks collections that a server hands out in pages. It knows no HTTP: a walk is given a
// function that asks for one page, and yields the pages one batch at a time.
//
// All walks keep the same promises. Making one asks for nothing, and every range over it starts again, on its
// own. An empty page yields no batch. An error comes once, last, with a nil batch; what was yielded before it is
// right but not the whole. However a range ends, by break, panic, Goexit or a cancelled context, the goroutines
// it started are over when it returns.
package paging

import (
	"context"
	"fmt"
	"iter"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// Fetch asks for the page at cursor c: its rows, the cursor of the next page, and whether there is one. It returns
// soon after ctx is done, because a walk waits for it before it ends.
type Fetch[T any, C comparable] func(ctx context.Context, c C) (rows []T, next C, more bool, err error)

type page[T any, C comparable] struct {
	rows []T
	next C
	more bool
}

func (f Fetch[T, C]) at(c C) func(context.Context) (page[T, C], error) {
	return func(ctx context.Context) (p page[T, C], err error) {
		p.rows, p.next, p.more, err = f(ctx, c)
		return p, err
	}
}

// Walk follows the cursors from first to the last page, asking for a page when the one before it has been
// consumed.
//
// The cursor is whatever names a page to the server: a marker, the marker inside a link, a time and a limit. One
// that comes back is an [errs.ErrLoop]. The page that names it is not yielded, because a server that overlooks
// the marker sends rows again that the consumer already has.
func Walk[T any, C comparable](ctx context.Context, first C, fetch Fetch[T, C]) iter.Seq2[[]T, error] {
	return batches(func(emit func([]T) bool) error {
		been := trail[C]{first: {}}
		for c := first; ; {
			p, err := ask(ctx, fetch.at(c))
			if err != nil {
				return err
			}
			if !p.more {
				emit(p.rows)
				return nil
			}
			if err := been.follow(p.next); err != nil {
				return err
			}
			if !emit(p.rows) {
				return nil
			}
			c = p.next
		}
	})
}

// trail is where a walk has been.
type trail[C comparable] map[C]struct{}

func (t trail[C]) follow(next C) error {
	if _, been := t[next]; been {
		return fmt.Errorf("%w: page %d leads back to cursor %#v", errs.ErrLoop, len(t), next)
	}
	t[next] = struct{}{}
	return nil
}

// batches is the sequence of what walk emits and then of its error. Walk returns nil once emit reports false,
// and has no goroutine left when it returns.
func batches[T any](walk func(emit func([]T) bool) error) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		err := walk(func(rows []T) bool { return len(rows) == 0 || yield(rows, nil) })
		if err != nil {
			yield(nil, err)
		}
	}
}
