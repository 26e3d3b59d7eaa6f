// Package jsonstream reads JSON field by field, in the order of its bytes, and builds nothing but what it
// is asked for: a page of servers costs twice what it takes to look at its tokens, and a body of any size
// passes through a few kilobytes. The caller says what it expects, and gets that or an error:
//
//	var row Server
//	field := func(name []byte) (err error) { // one for all rows
//		switch string(name) { // does not allocate
//		case "hours":
//			row.Hours, err = r.Float()
//		case "started_at":
//			row.StartedAt, err = r.Time()
//		}
//		return err // what was not read is skipped
//	}
//	err := r.Array(func() error {
//		row = Server{}
//		if err := r.Object(field); err != nil {
//			return err
//		}
//		rows = append(rows, row)
//		return nil
//	})
//
// Releases differ in the order of names and add new ones, so order means nothing and unknown names are
// skipped. A name that is repeated is offered again. Bytes that are no UTF-8 become U+FFFD, for one bad
// server name must not lose a bill. Objects and arrays may be nested 100 deep.
package jsonstream

import (
	"bytes"
	"errors"
	"io"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// maxDepth is many times the depth of any answer but an alarm with a composite rule, which people write.
const maxDepth = 100

// Reader reads one JSON document. It is not safe for concurrent use, and useless after an error that is
// not an [*Error] about a value.
type Reader struct {
	dec     *jsontext.Decoder
	window  window
	scratch []byte // holds a text that had to be unescaped
	recent  recent
}

// NewBytes reads a document that is in memory, in place: body must not change meanwhile.
func NewBytes(body []byte) *Reader {
	return &Reader{dec: decoder(bytes.NewBuffer(body)), window: window{bytes: slices.Clip(body)}}
}

// New reads a document while it arrives. Its size has no bound and needs no memory; a single text or
// [Reader.Raw] value in it may have 16 MiB.
func New(body io.Reader) *Reader {
	r := &Reader{window: window{body: body}}
	r.dec = decoder(&r.window)
	return r
}

func decoder(body io.Reader) *jsontext.Decoder {
	return jsontext.NewDecoder(body, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// Object calls field with the name of each member of an object. The name is valid until field reads the
// value; a value that it leaves is skipped. A member that is null is an object without members, but null
// as an element of an array or as the document is an error.
func (r *Reader) Object(field func(name []byte) error) error {
	if present, err := r.open('{', "an object"); err != nil || !present {
		return err
	}
	for {
		token, err := r.next()
		if err != nil || token[0] == '}' {
			return err
		}
		name := token[1 : len(token)-1]
		if !plain(token) {
			name = r.text(token)
		}
		before := r.window.read
		if err := field(name); err != nil {
			return err
		}
		if r.window.read == before {
			if err := r.Skip(); err != nil {
				return err
			}
		}
	}
}

// Array calls element for each element of an array, which reads it or leaves it to be skipped. Of null
// the same holds as for [Reader.Object].
func (r *Reader) Array(element func() error) error {
	if present, err := r.open('[', "an array"); err != nil || !present {
		return err
	}
	for kind := r.Kind(); kind != ']' && kind != 0; kind = r.Kind() {
		before := r.window.read
		if err := element(); err != nil {
			return err
		}
		if r.window.read == before {
			if err := r.Skip(); err != nil {
				return err
			}
		}
	}
	_, err := r.next()
	return err
}

// open reads the bracket of an object or array, or the null that stands for it.
func (r *Reader) open(bracket byte, wanted string) (present bool, err error) {
	outer, _ := r.dec.StackIndex(r.dec.StackDepth())
	token, err := r.next()
	switch {
	case err != nil:
		return false, err
	case token[0] == bracket:
		if r.dec.StackDepth() > maxDepth {
			return false, r.wrong("nested too deeply")
		}
		return true, nil
	case token[0] == 'n' && outer == '{':
		return false, nil
	}
	return false, r.mismatch(wanted, token)
}

// Skip reads a value of any kind and drops it.
func (r *Reader) Skip() error {
	depth := r.dec.StackDepth()
	if _, err := r.next(); err != nil {
		return err
	}
	return r.leave(depth)
}

// leave reads on until no more than depth objects and arrays are open.
func (r *Reader) leave(depth int) error {
	for open := r.dec.StackDepth(); open > depth; open = r.dec.StackDepth() {
		if open > maxDepth {
			return r.wrong("nested too deeply")
		}
		if _, err := r.next(); err != nil {
			return err
		}
	}
	return nil
}

// Kind tells what comes next without reading it: one of { [ " 0 t f n, where 0 is any number; } or ] at
// the end of an object or array; and the byte 0 when nothing can be read, for a reason that the next
// call gives.
func (r *Reader) Kind() byte {
	return byte(r.dec.PeekKind())
}

// Null reads a null if that comes next, and nothing otherwise.
func (r *Reader) Null() bool {
	if r.Kind() != 'n' {
		return false
	}
	_, err := r.next()
	return err == nil
}

// End reports an error unless the document is complete and only white space follows it.
func (r *Reader) End() error {
	complete := r.dec.InputOffset() > 0 && r.dec.StackDepth() == 0
	switch _, err := r.dec.ReadToken(); {
	case complete && errors.Is(err, io.EOF) && r.window.err == nil:
		return nil
	case err == nil && complete:
		return &Error{Problem: "more after the end of the document"}
	case err == nil:
		return &Error{Problem: "not read to its end"}
	default:
		return r.failure(err)
	}
}
