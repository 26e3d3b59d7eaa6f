package jsonstream

import (
	"encoding/json"
	"io"
	"time"

	"github.com/gophermeter/gophermeter/internal/wire"
)

// String reads a text; null is "".
func (r *Reader) String() (string, error) {
	token, err := r.next()
	if err != nil {
		return "", err
	}
	if token[0] != '"' {
		return "", r.nullOr("a text", token)
	}
	return string(r.text(token)), nil
}

// Intern reads a text of which a document repeats a few, such as a project, a flavour or a state: those
// that are equal share their memory. Otherwise it is String.
func (r *Reader) Intern() (string, error) {
	token, err := r.next()
	if err != nil {
		return "", err
	}
	if token[0] != '"' {
		return "", r.nullOr("a text", token)
	}
	places := r.recent.places(token)
	for i := range places {
		if places[i].token == string(token) {
			return places[i].text, nil
		}
	}
	text := string(r.text(token))
	if len(token) <= maxInterned {
		places[0], places[1] = interned{string(token), text}, places[0]
	}
	return text, nil
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
	token, err := r.next()
	if err != nil {
		return time.Time{}, err
	}
	if token[0] != '"' {
		return time.Time{}, r.nullOr("a time", token)
	}
	t, err := wire.ParseTime(token[1 : len(token)-1])
	if err == nil {
		return t, nil
	}
	text := r.text(token)
	if len(text) == 0 {
		return time.Time{}, nil
	}
	if t, err = wire.ParseTime(text); err != nil {
		return time.Time{}, r.wrong(err.Error())
	}
	return t, nil
}

// Raw reads a value of any kind and gives a copy of its bytes.
func (r *Reader) Raw() (json.RawMessage, error) {
	value, err := r.dec.ReadValue()
	if err != nil {
		return nil, r.failure(err)
	}
	r.window.read = r.dec.InputOffset()
	if r.window.exhausted() && r.cut(value) {
		return nil, r.failure(io.ErrUnexpectedEOF)
	}
	if r.dec.StackDepth()+nesting(value) > maxDepth {
		return nil, r.wrong("nested too deeply")
	}
	return json.RawMessage(value.Clone()), nil
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
