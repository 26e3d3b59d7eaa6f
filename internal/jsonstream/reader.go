// Package jsonstream reads JSON in the order of its bytes, field by field, without building anything it
// was not asked for: pages of a hundred thousand rows and bodies without an end go through it.
//
// A Reader is told what to read, and says so when the document holds something else:
//
//	row := func(name []byte) (err error) {
//		switch string(name) { // does not allocate
//		case "hours":
//			server.Hours, err = r.Float()
//		case "vcpus":
//			server.VCPUs, err = r.Int()
//		}
//		return err // a field that was not read is skipped
//	}
//
// Services differ in the order of names and add names with each release, so order never matters and
// unknown names are skipped. Of a repeated name the last one counts. Text that is no UTF-8 becomes U+FFFD: one bad
// server name must not lose a bill.
package jsonstream

import (
	"bytes"
	"encoding/binary"
	"io"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// maxDepth bounds how deeply objects and arrays may contain one another. The deepest document of these
// services, an alarm of nested composite rules, has about 20 levels.
const maxDepth = 100

// Reader reads one JSON document. It is not safe for concurrent use, and of no use after an error other
// than an [*Error].
type Reader struct {
	dec      *jsontext.Decoder
	live     *allowance // nil when the whole document is in memory
	interned internTable
	buf      []byte // the last text that had to be unescaped
	unread   bool   // the field that Object just offered has not been read
}

// NewBytes reads a document that is in memory, in place: body must not change while it is read.
func NewBytes(body []byte) *Reader {
	return &Reader{dec: newDecoder(bytes.NewBuffer(body))}
}

// New reads a document while it arrives, in memory of a few kilobytes whatever its size. A single text,
// number or [Reader.Raw] of it may have 16 MiB.
func New(body io.Reader) *Reader {
	live := &allowance{body: body}
	return &Reader{dec: newDecoder(live), live: live}
}

func newDecoder(body io.Reader) *jsontext.Decoder {
	return jsontext.NewDecoder(body, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// Object calls field for each member of an object. The name is valid until field reads something; field
// reads the value, or leaves it and has it skipped. The null of a member is an object without members.
func (r *Reader) Object(field func(name []byte) error) error {
	present, err := r.open('{', "an object")
	if err != nil || !present {
		return err
	}
	for r.peek() == '"' {
		quoted, err := r.dec.ReadValue()
		if err != nil {
			return r.failure(err)
		}
		r.unread = true
		if err := field(r.text(quoted)); err != nil {
			return err
		}
		if r.unread {
			if err := r.Skip(); err != nil {
				return err
			}
		}
	}
	return r.delimiter()
}

// Array calls element for each element of an array; element reads it, or leaves it and has it skipped.
// The null of a member is an array without elements.
func (r *Reader) Array(element func() error) error {
	present, err := r.open('[', "an array")
	if err != nil || !present {
		return err
	}
	for kind := r.peek(); kind != ']' && kind != jsontext.KindInvalid; kind = r.peek() {
		r.unread = true
		if err := element(); err != nil {
			return err
		}
		if r.unread {
			if err := r.Skip(); err != nil {
				return err
			}
		}
	}
	return r.delimiter()
}

// open reads the { or [ of a value, or the null that stands for it, which a service writes for a member
// without a value. A null anywhere else, as a row or as a whole document, is not one.
func (r *Reader) open(kind jsontext.Kind, wanted string) (present bool, err error) {
	switch r.peek() {
	case kind:
		if err := r.delimiter(); err != nil {
			return false, err
		}
		if r.dec.StackDepth() > maxDepth {
			return false, r.wrong("nested too deeply")
		}
		r.unread = false
		return true, nil
	case jsontext.KindNull:
		if within, _ := r.dec.StackIndex(r.dec.StackDepth()); within == jsontext.KindBeginObject {
			_, err := r.value()
			return false, err
		}
	}
	value, err := r.value()
	if err != nil {
		return false, err
	}
	return false, r.mismatch(wanted, value)
}

// Skip reads a value of any kind and drops it, in constant memory.
func (r *Reader) Skip() error {
	r.unread = false
	for depth := r.dec.StackDepth(); ; {
		r.refill()
		if _, err := r.dec.ReadToken(); err != nil {
			return r.failure(err)
		}
		switch now := r.dec.StackDepth(); {
		case now <= depth:
			return nil
		case now > maxDepth:
			return r.wrong("nested too deeply")
		}
	}
}

// Null reads a null when that is what comes next, and nothing otherwise.
func (r *Reader) Null() bool {
	if r.peek() != jsontext.KindNull {
		return false
	}
	_, err := r.value()
	return err == nil
}

// Kind tells what comes next without reading it: one of { [ " 0 t f n, where 0 is any number, or 0 when
// nothing more can be read, for a reason that the next call gives.
func (r *Reader) Kind() byte {
	return byte(r.peek())
}

// End reports an error unless the document is complete and nothing but white space comes after it.
func (r *Reader) End() error {
	offset := r.dec.InputOffset()
	r.refill()
	switch _, err := r.dec.ReadToken(); {
	case err == io.EOF && offset > 0:
		return nil
	case err == nil || r.dec.StackDepth() > 0:
		return r.wrong("more after the end of the document")
	default:
		return r.failure(err)
	}
}

func (r *Reader) peek() jsontext.Kind {
	r.refill()
	return r.dec.PeekKind()
}

func (r *Reader) delimiter() error {
	r.refill()
	if _, err := r.dec.ReadToken(); err != nil {
		return r.failure(err)
	}
	return nil
}

// value reads a whole value; the bytes are valid until the next read.
func (r *Reader) value() (jsontext.Value, error) {
	r.unread = false
	r.refill()
	value, err := r.dec.ReadValue()
	if err != nil {
		return nil, r.failure(err)
	}
	return value, nil
}

// text gives what a quoted text means, valid until the next read.
func (r *Reader) text(quoted []byte) []byte {
	if plain(quoted) {
		return quoted[1 : len(quoted)-1]
	}
	r.buf, _ = jsontext.AppendUnquote(r.buf[:0], quoted) // its only error is bytes that are no UTF-8
	return r.buf
}

// plain reports whether a text is ASCII without escapes, and so means the bytes that it has. Most texts
// are, and looking at them eight bytes at a time is what keeps reading them cheap.
func plain(text []byte) bool {
	const ones = 0x0101010101010101
	for ; len(text) >= 8; text = text[8:] {
		word := binary.LittleEndian.Uint64(text)
		slashes := word ^ ones*'\\' // zero where a backslash is; what ASCII borrows here, it has not got
		if (word|(slashes-ones)&^slashes)&(ones*utf8.RuneSelf) != 0 {
			return false
		}
	}
	for _, c := range text {
		if c == '\\' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
