package jsonstream

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// ErrTorn says that a document ends before it is complete. What there is of it may be right: a server
// that sends no Content-Length can close a connection halfway without anyone noticing. The request may
// be repeated. Errors that match it also match io.ErrUnexpectedEOF.
var ErrTorn = errors.New("unfinished JSON document")

// Error is a document that is wrong where it stands, so that reading it again would give the same.
type Error struct {
	Path    string // of the value, as in tenant_usages/3/total_hours; empty for the document itself
	Problem string // such as: expected a number, got "x"
}

func (e *Error) Error() string {
	if e.Path == "" {
		return e.Problem
	}
	return e.Path + ": " + e.Problem
}

// failure gives an error of the decoder in our terms. An error of a live body stays what it is.
func (r *Reader) failure(err error) error {
	var syntax *jsontext.SyntacticError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fmt.Errorf("%w after %d bytes: %w", ErrTorn, r.dec.InputOffset(), io.ErrUnexpectedEOF)
	case errors.As(err, &syntax):
		return &Error{path(syntax.JSONPointer), fmt.Sprintf("%v at byte %d", syntax.Err, syntax.ByteOffset)}
	}
	if cause := errors.Unwrap(err); cause != nil {
		return cause
	}
	return err
}

// wrong complains about the value read last.
func (r *Reader) wrong(problem string) error {
	return &Error{path(r.dec.StackPointer()), problem}
}

// mismatch complains that the value read last is not what was asked for.
func (r *Reader) mismatch(wanted string, value jsontext.Value) error {
	var got string
	switch value.Kind() {
	case jsontext.KindBeginObject:
		got = "an object"
	case jsontext.KindBeginArray:
		got = "an array"
	default:
		if len(value) > 60 {
			value = append(value[:60:60], "..."...)
		}
		got = strings.ToValidUTF8(string(value), "\uFFFD")
	}
	return r.wrong("expected " + wanted + ", got " + got)
}

func path(pointer jsontext.Pointer) string {
	return strings.ToValidUTF8(strings.TrimPrefix(string(pointer), "/"), "\uFFFD")
}
