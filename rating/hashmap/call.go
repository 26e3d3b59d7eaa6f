package hashmap

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strings"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// call sends a request and drops the body of the answer.
func (c *Client) call(ctx context.Context, r gophermeter.Request) error {
	return explained(c.service.Read(ctx, r, func(http.Header, []byte) error { return nil }))
}

// change is call for what the service answers with a redirect to the thing that it changed. That is not followed:
// behind a proxy it names another origin.
func (c *Client) change(ctx context.Context, r gophermeter.Request) error {
	r.OK = []int{http.StatusFound, http.StatusOK, http.StatusNoContent}
	return c.call(ctx, r)
}

// fetch reads one thing.
func fetch[T any](ctx context.Context, c *Client, r gophermeter.Request, read func(*jsonstream.Reader) (T, error)) (v T, err error) {
	err = c.service.Read(ctx, r, func(_ http.Header, body []byte) (err error) {
		doc := jsonstream.NewBytes(body)
		if v, err = read(doc); err == nil {
			err = doc.End()
		}
		return err
	})
	if err != nil {
		var none T
		return none, explained(err)
	}
	return v, nil
}

// listed is a collection that comes in one body, as an array or under a name, and is read to its end before anything
// is yielded.
func listed[T any](c *Client, r gophermeter.Request, name string, read func(*jsonstream.Reader) (T, error)) *gophermeter.Pager[T] {
	return gophermeter.NewPager(func(ctx context.Context) iter.Seq2[[]T, error] {
		return func(yield func([]T, error) bool) {
			var all []T
			err := c.service.Read(ctx, r, func(_ http.Header, body []byte) error {
				all = nil
				doc := jsonstream.NewBytes(body)
				for v, err := range jsonstream.Elements(doc, name, func() (T, error) { return read(doc) }) {
					if err != nil {
						return err
					}
					all = append(all, v)
				}
				return nil
			})
			switch {
			case err != nil:
				yield(nil, explained(err))
			case len(all) > 0:
				yield(all, nil)
			}
		}
	})
}

// find is the element of a collection that is called so: names are unique in theirs.
func find[T any](ctx context.Context, all *gophermeter.Pager[T], kind, name string, nameOf func(*T) string) (T, error) {
	var none T
	if name == "" {
		return none, errs.Invalid("name", "is empty")
	}
	for v, err := range all.All(ctx) {
		if err != nil {
			return none, err
		}
		if nameOf(&v) == name {
			return v, nil
		}
	}
	return none, fmt.Errorf("%w: no %s is named %q", errs.ErrNotFound, kind, name)
}

// needed refuses an empty id, which would make a path of something else.
func needed(field, id string) error {
	if id == "" {
		return errs.Invalid(field, "is empty")
	}
	return nil
}

// body is what is sent: texts and objects of them.
func body(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic("hashmap: " + err.Error())
	}
	return text
}

// explained says ErrUnsupported of what a release refuses because it does not know it: an argument, or a path, to which
// the router of version 1 answers 405. A 405 of the service itself has a faultcode.
func explained(err error) error {
	var e *gophermeter.Error
	switch {
	case !errors.As(err, &e):
		return err
	case e.StatusCode == http.StatusBadRequest && strings.HasPrefix(e.Message, "Unknown a"),
		e.StatusCode == http.StatusMethodNotAllowed && !bytes.Contains(e.Body, []byte("faultcode")):
		return fmt.Errorf("%w by this release: %w", errs.ErrUnsupported, err)
	}
	return err
}

func unsupported(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errs.ErrUnsupported, fmt.Sprintf(format, args...))
}
