package paging

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// ask gets one page, unless ctx is done. The error of a page that was interrupted says what happened to ctx and
// why, although get may know only one of the two.
func ask[P any](ctx context.Context, get func(context.Context) (P, error)) (P, error) {
	if err := errs.Context(ctx); err != nil {
		var none P
		return none, err
	}
	p, err := get(ctx)
	if err == nil || ctx.Err() == nil {
		return p, err
	}
	ended, cause := ctx.Err(), context.Cause(ctx)
	switch saysEnded, saysCause := errors.Is(err, ended), errors.Is(err, cause); {
	case saysEnded && !saysCause:
		err = fmt.Errorf("%w: %w", err, cause)
	case saysCause && !saysEnded:
		err = fmt.Errorf("%w: %w", ended, err)
	}
	return p, err
}

// flight is a page being asked for in a goroutine of its own. Whoever launches one joins it.
type flight[P any] struct {
	over     chan struct{}
	page     P
	err      error
	returned bool
	panicked any
}

func launch[P any](ctx context.Context, get func(context.Context) (P, error)) *flight[P] {
	f := &flight[P]{over: make(chan struct{})}
	go func() {
		defer close(f.over)
		defer func() {
			if !f.returned {
				f.panicked = recover()
			}
		}()
		f.page, f.err = ask(ctx, get)
		f.returned = true
	}()
	return f
}

// land waits for the page. A fetch that panicked or called Goexit does so again here, as it would have done in a
// walk without goroutines.
func (f *flight[P]) land() (P, error) {
	f.join()
	if !f.returned {
		runtime.Goexit()
	}
	return f.page, f.err
}

// join waits for the goroutine and leaves its page, but not its panic: a broken fetch is never passed over.
func (f *flight[P]) join() {
	<-f.over
	if f.panicked != nil {
		panic(f.panicked)
	}
}
