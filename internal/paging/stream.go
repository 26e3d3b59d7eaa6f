package paging

import (
	"context"
	"fmt"
	"io"
	"iter"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// maxOpens is how often a body is asked for in all before its first element is given up.
const maxOpens = 3

// Stream reads the elements of one unpaged body while it arrives. open asks for the body, and read takes its
// elements out of it.
//
// A body that breaks off before its first element is asked for again, three times in all; one that breaks off later
// is an error, for what was yielded cannot be taken back. Where read itself objects to the document nothing is asked
// again, and the body is closed however the range ends. A body that has a method Failed tells the error in its own
// terms.
func Stream[T any](ctx context.Context, open func(context.Context) (io.ReadCloser, error),
	read func(io.Reader) iter.Seq2[T, error],
) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		for opened := 1; ; opened++ {
			body, err := ask(ctx, open)
			if err != nil {
				yield(none, err)
				return
			}
			elements, torn, err := pour(body, read, yield)
			switch {
			case err == nil:
				return
			case errs.Context(ctx) != nil:
				err = errs.Context(ctx)
			case torn && elements == 0 && opened < maxOpens:
				continue
			case torn:
				err = fmt.Errorf("the answer broke off after %d elements: %w", elements, err)
			}
			if b, ok := body.(interface {
				Failed(ctx context.Context, err error) error
			}); ok {
				err = b.Failed(ctx, err)
			}
			yield(none, err)
			return
		}
	}
}

// pour yields the elements of one body. The error is nil where the consumer wanted no more.
func pour[T any](body io.ReadCloser, read func(io.Reader) iter.Seq2[T, error], yield func(T, error) bool) (elements int, torn bool, err error) {
	defer func() { _ = body.Close() }()
	watched := &watched{body: body}
	for v, err := range read(watched) {
		if err != nil {
			return elements, watched.failed || errs.Torn(err), err
		}
		elements++
		if !yield(v, nil) {
			return elements, false, nil
		}
	}
	return elements, false, nil
}

// watched remembers that a body failed by itself, whatever its reader makes of it.
type watched struct {
	body   io.Reader
	failed bool
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.body.Read(p)
	w.failed = err != nil && err != io.EOF
	return n, err
}
