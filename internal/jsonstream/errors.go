package jsonstream

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// ErrTorn says that a document ends before it is complete: its connection was closed halfway, which
// nothing else tells when there is no Content-Length. Asking again may give all of it. What matches it
// matches io.ErrUnexpectedEOF too.
var ErrTorn = errors.New("unfinished JSON document")

// Error says that a document is not what it should be, and would not be when asked for again.
type Error struct {
	Path    string // of the value, such as tenant_usages/3/total_hours; empty for the document itself
	Problem string // such as: expected a number, got "x"
}

func (e *Error) Error() string {
	if e.Path == "" {
		return e.Problem
	}
	return e.Path + ": " + e.Problem
}

// failure puts an error of the decoder into our terms. An error of a live body stays what it is.
func (r *Reader) failure(err error) error {
	var syntax *jsontext.SyntacticError
	switch {
	case r.window.err != nil && !errors.Is(r.window.err, io.ErrUnexpectedEOF):
		return r.window.err
	case errors.As(err, &syntax) && !errors.Is(err, io.ErrUnexpectedEOF):
		return &Error{path(syntax.JSONPointer), fmt.Sprintf("%v at byte %d", syntax.Err, syntax.ByteOffset)}
	}
	return fmt.Errorf("%w after %d bytes: %w", ErrTorn, r.dec.InputOffset(), io.ErrUnexpectedEOF)
}

// wrong is an error about the value that was read last.
func (r *Reader) wrong(problem string) error {
	return &Error{path(r.dec.StackPointer()), problem}
}

// mismatch is an error about a value that is not what was asked for. It begins with token, and is read
// to its end, so that a caller who can do without it may read on.
func (r *Reader) mismatch(wanted string, token []byte) error {
	got := string(token)
	depth := r.dec.StackDepth()
	switch {
	case got == "{":
		got, depth = "an object", depth-1
	case got == "[":
		got, depth = "an array", depth-1
	case len(got) > 60:
		got = got[:60] + "..."
	}
	err := r.wrong("expected " + wanted + ", got " + strings.ToValidUTF8(got, "\uFFFD"))
	if torn := r.leave(depth); torn != nil {
		return torn
	}
	return err
}

// path is the end of a pointer: names come from the document, and may be of any length.
func path(pointer jsontext.Pointer) string {
	const longest = 200
	where := strings.TrimPrefix(string(pointer), "/")
	if len(where) > longest {
		where = "..." + where[len(where)-longest:]
	}
	return strings.ToValidUTF8(where, "\uFFFD")
}
