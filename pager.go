package gophermeter

import (
	"context"
	"iter"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// streamRun is how many elements of a stream make one batch of Pages.
const streamRun = 1000

// Pager is a collection that has not been fetched yet. Making one does no I/O; each range over it asks the
// service anew, from the start. It is safe for concurrent use: ranges do not see one another.
//
// An error ends a range: it comes once, last, with a zero value. What was yielded before it is right but
// is not the whole; Collect returns nothing with an error for that reason.
type Pager[T any] struct {
	batches func(context.Context) iter.Seq2[[]T, error]
	stream  func(context.Context) iter.Seq2[T, error]
}

// NewPager makes a collection of batches, one a response. It is for packages that add a service: batches is
// called once a range and holds the state of that walk.
func NewPager[T any](batches func(context.Context) iter.Seq2[[]T, error]) *Pager[T] {
	return &Pager[T]{batches: batches}
}

// NewStream makes a collection of an unpaged body that is read element by element. A slow consumer slows
// the server down: nothing is buffered.
func NewStream[T any](elements func(context.Context) iter.Seq2[T, error]) *Pager[T] {
	return &Pager[T]{stream: elements}
}

// FailedPager is a collection whose ranges only tell an error. It is for packages that add a service: a method without
// a context has no other place to refuse a bad argument.
func FailedPager[T any](err error) *Pager[T] {
	return NewPager(func(context.Context) iter.Seq2[[]T, error] {
		return func(yield func([]T, error) bool) { yield(nil, err) }
	})
}

// All yields the elements one by one.
func (p *Pager[T]) All(ctx context.Context) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		if err := errs.Context(ctx); err != nil {
			yield(none, err)
			return
		}
		if p.stream != nil {
			for v, err := range p.stream(ctx) {
				if err != nil {
					yield(none, err)
					return
				}
				if !yield(v, nil) {
					return
				}
			}
			return
		}
		for batch, err := range p.Pages(ctx) {
			if err != nil {
				yield(none, err)
				return
			}
			for _, v := range batch {
				if !yield(v, nil) {
					return
				}
			}
		}
	}
}

// Pages yields the batches that All is made of: one a response, runs of up to 1000 elements of a stream, a
// single one of a merged collection. A batch belongs to the caller.
func (p *Pager[T]) Pages(ctx context.Context) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		if err := errs.Context(ctx); err != nil {
			yield(nil, err)
			return
		}
		batches := p.batches
		if batches == nil {
			batches = p.runs
		}
		for batch, err := range batches(ctx) {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(batch, nil) {
				return
			}
		}
	}
}

// Collect reads the whole collection into memory. It returns nothing with an error: part of a bill is a
// wrong bill.
func (p *Pager[T]) Collect(ctx context.Context) ([]T, error) {
	var all []T
	for batch, err := range p.Pages(ctx) {
		if err != nil {
			return nil, err
		}
		if all == nil {
			all = batch[:len(batch):len(batch)]
			continue
		}
		all = append(all, batch...)
	}
	return all, nil
}

// runs cuts a stream into batches; what was read before an error is yielded before it, as All does.
func (p *Pager[T]) runs(ctx context.Context) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		var run []T
		for v, err := range p.stream(ctx) {
			if err != nil {
				if len(run) == 0 || yield(run, nil) {
					yield(nil, err)
				}
				return
			}
			if run = append(run, v); len(run) == streamRun {
				if !yield(run, nil) {
					return
				}
				run = make([]T, 0, streamRun)
			}
		}
		if len(run) > 0 {
			yield(run, nil)
		}
	}
}
