package jsonstream

import (
	"encoding/json"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/gophermeter/gophermeter/internal/wire"
)

// String reads a text; null is "".
func (r *Reader) String() (string, error) {
	text, err := r.quoted("a text")
	return string(text), err
}

// Intern reads a text of which the document holds few different ones, such as a project, a flavour or a
// state: equal texts share their memory. It is what String reads otherwise.
func (r *Reader) Intern() (string, error) {
	text, err := r.quoted("a text")
	return r.interned.get(text), err
}

// Bool reads true or false; null is false.
func (r *Reader) Bool() (bool, error) {
	value, err := r.value()
	if err != nil {
		return false, err
	}
	switch value.Kind() {
	case jsontext.KindTrue:
		return true, nil
	case jsontext.KindFalse, jsontext.KindNull:
		return false, nil
	}
	return false, r.mismatch("true or false", value)
}

// Time reads a time in any form that [wire.ParseTime] knows, in UTC; null is the zero time, and so is
// the empty text, by which CloudKitty says that something has not begun.
func (r *Reader) Time() (time.Time, error) {
	text, err := r.quoted("a time")
	if err != nil || len(text) == 0 {
		return time.Time{}, err
	}
	t, err := wire.ParseTime(text)
	if err != nil {
		err = r.wrong(err.Error())
	}
	return t, err
}

// Raw reads a value of any kind and gives a copy of its bytes.
func (r *Reader) Raw() (json.RawMessage, error) {
	value, err := r.value()
	if err != nil {
		return nil, err
	}
	if r.dec.StackDepth()+nesting(value) > maxDepth {
		return nil, r.wrong("nested too deeply")
	}
	return json.RawMessage(value.Clone()), nil
}

// quoted reads a text, valid until the next read; null is nil.
func (r *Reader) quoted(wanted string) ([]byte, error) {
	value, err := r.value()
	if err != nil {
		return nil, err
	}
	switch value[0] {
	case '"':
		return r.text(value), nil
	case 'n':
		return nil, nil
	}
	return nil, r.mismatch(wanted, value)
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
