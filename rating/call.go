package rating

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strings"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// call sends a request and drops the body of the answer.
func call(ctx context.Context, s *gophermeter.Service, r gophermeter.Request) error {
	return explained(s.Read(ctx, r, func(http.Header, []byte) error { return nil }))
}

// fetch reads one thing.
func fetch[T any](ctx context.Context, s *gophermeter.Service, r gophermeter.Request,
	read func(*jsonstream.Reader) (T, error),
) (v T, err error) {
	err = s.Read(ctx, r, func(_ http.Header, body []byte) (err error) {
		v, err = decode(body, read)
		return err
	})
	if err != nil {
		var none T
		return none, explained(err)
	}
	return v, nil
}

// listed is a collection that comes in one body, as an array or under one of the names.
func listed[T any](s *gophermeter.Service, r gophermeter.Request, read func(*jsonstream.Reader) (T, error),
	names ...string,
) *gophermeter.Pager[T] {
	return whole(s, r, func(r *jsonstream.Reader) ([]T, error) { return elements(r, read, names...) })
}

// whole is a collection that comes in one body, which is read to its end before anything is yielded.
func whole[T any](s *gophermeter.Service, r gophermeter.Request, read func(*jsonstream.Reader) ([]T, error)) *gophermeter.Pager[T] {
	return gophermeter.NewPager(func(ctx context.Context) iter.Seq2[[]T, error] {
		return func(yield func([]T, error) bool) {
			if all, err := fetch(ctx, s, r, read); err != nil || len(all) > 0 {
				yield(all, err)
			}
		}
	})
}

// body is what is sent: texts, whole numbers, truth values, and lists and objects of them.
func body(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic("rating: " + err.Error())
	}
	return text
}

// decode reads a document to its end.
func decode[T any](body []byte, read func(*jsonstream.Reader) (T, error)) (v T, err error) {
	r := jsonstream.NewBytes(body)
	if v, err = read(r); err == nil {
		err = r.End()
	}
	return v, err
}

// elements reads the array of a document that is one, or that holds it under one of the names.
func elements[T any](r *jsonstream.Reader, read func(*jsonstream.Reader) (T, error), names ...string) (all []T, err error) {
	one := func() error {
		v, err := read(r)
		if err == nil {
			all = append(all, v)
		}
		return err
	}
	if len(names) == 0 {
		err = r.Array(one)
		return all, err
	}
	found := false
	err = r.Object(func(member []byte) error {
		if !slices.Contains(names, string(member)) {
			return nil
		}
		if found {
			return &jsonstream.Error{Path: string(member), Problem: "comes twice"}
		}
		found = true
		return r.Array(one)
	})
	if err == nil && !found {
		err = fmt.Errorf("the answer has no %s", names[0])
	}
	return all, err
}

// explained says ErrUnsupported of what a release refuses because it does not know it: an argument, or a path, to which
// the router of version 1 answers 405. A 405 of the service itself has a faultcode.
func explained(err error) error {
	var e *gophermeter.Error
	switch {
	case !errors.As(err, &e):
		return err
	case e.StatusCode == http.StatusBadRequest && (strings.HasPrefix(e.Message, "Unknown a") ||
		strings.HasPrefix(e.Message, "extra keys not allowed")),
		e.StatusCode == http.StatusMethodNotAllowed && !bytes.Contains(e.Body, []byte("faultcode")):
		return fmt.Errorf("%w by this release: %w", errs.ErrUnsupported, err)
	}
	return err
}
