package jsonstream

import (
	"errors"
	"iter"
)

// Elements reads a whole document while it is ranged over: an array or, when there is a name, an object
// that holds the array under it, whatever stands beside it. read reads one element with the methods of r.
// A document without the name is an error, for nothing tells it from the answer to another question, and
// so is one that does not end as it should. An error comes once, last, with the zero value.
func Elements[T any](r *Reader, name string, read func() (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		element := func() error {
			value, err := read()
			if err == nil && !yield(value, nil) {
				return errStopped
			}
			return err
		}
		if err := r.elements(name, element); err != nil && !errors.Is(err, errStopped) {
			var none T
			yield(none, err)
		}
	}
}

// errStopped is the consumer's wish for no more.
var errStopped = errors.New("stopped")

func (r *Reader) elements(name string, element func() error) error {
	if name == "" {
		if err := r.Array(element); err != nil {
			return err
		}
		return r.End()
	}
	found := false
	err := r.Object(func(member []byte) error {
		if string(member) != name {
			return nil
		}
		if found {
			return r.wrong("comes twice")
		}
		found = true
		return r.Array(element)
	})
	if err == nil && !found {
		err = &Error{Problem: "no " + name + " in the document"}
	}
	if err != nil {
		return err
	}
	return r.End()
}
