package jsonstream

import (
	"encoding/json"
	"time"

	"github.com/gophermeter/gophermeter/internal/wire"
)

// String reads a text; null is "".
func (r *Reader) String() (string, error) {
	text, err := r.quoted("a text")
	return string(text), err
}

// Intern reads a text of which a document repeats a few, such as a project, a flavour or a state: those
// that are equal share their memory. Otherwise it is String.
func (r *Reader) Intern() (string, error) {
	text, err := r.quoted("a text")
	return r.interned.get(text), err
}

// Bool reads true or false; null is false.
func (r *Reader) Bool() (bool, error) {
	token, err := r.next()
	if err != nil {
		return false, err
	}
	switch token[0] {
	case 't':
		return true, nil
	case 'f', 'n':
		return false, nil
	}
	return false, r.mismatch("true or false", token)
}

// Time reads a time in any form that [wire.ParseTime] knows and gives it in UTC. Null is the zero time,
// and so is the empty text, which CloudKitty writes for a time that has not come.
func (r *Reader) Time() (time.Time, error) {
	text, err := r.quoted("a time")
	if err != nil || len(text) == 0 {
		return time.Time{}, err
	}
	t, err := wire.ParseTime(text)
	if err != nil {
		return time.Time{}, r.wrong(err.Error())
	}
	return t, nil
}

// Raw reads a value of any kind and gives a copy of its bytes.
func (r *Reader) Raw() (json.RawMessage, error) {
	r.pending = false
	r.window.start = r.dec.InputOffset()
	value, err := r.dec.ReadValue()
	if err != nil {
		return nil, r.failure(err)
	}
	if r.dec.StackDepth()+nesting(value) > maxDepth {
		return nil, r.wrong("nested too deeply")
	}
	return json.RawMessage(value.Clone()), nil
}

// quoted reads a text, valid until the next read; null is none.
func (r *Reader) quoted(wanted string) ([]byte, error) {
	token, err := r.next()
	if err != nil {
		return nil, err
	}
	switch token[0] {
	case '"':
		return r.text(token), nil
	case 'n':
		return nil, nil
	}
	return nil, r.mismatch(wanted, token)
}

// nesting counts the levels of objects and arrays in a value that is known to be well formed.
func nesting(value []byte) (deepest int) {
	depth, quoted := 0, false
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
			deepest = max(deepest, depth)
		case c == '}' || c == ']':
			depth--
		}
	}
	return deepest
}
