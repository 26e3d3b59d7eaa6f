package usage

import (
	"fmt"
	"strings"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// FieldError is one thing that is wrong with a record, found before it was sent. It matches
// gophermeter.ErrInvalidArgument.
type FieldError struct {
	// Index of the record in its message; -1 for a record that was looked at by itself.
	Index int
	// Field is the path in the JSON of the record, such as Attributes.NodeCount; empty for the record as a whole.
	Field string
	// Problem says what is wrong, such as "is empty".
	Problem string
}

// Error names the record by its index, the field and the problem.
func (e *FieldError) Error() string {
	var b strings.Builder
	if e.Index >= 0 {
		fmt.Fprintf(&b, "record %d: ", e.Index)
	}
	if e.Field != "" {
		b.WriteString(e.Field + " ")
	}
	b.WriteString(e.Problem)
	return b.String()
}

// Unwrap makes it an invalid argument.
func (e *FieldError) Unwrap() error { return errs.ErrInvalidArgument }

// FieldErrors is everything that is wrong with a record or message. errors.As finds it, and errors.As for a
// [*FieldError] the first of them.
type FieldErrors []*FieldError

// said is how many problems stand in the text of an error.
const said = 10

// Error lists the first ten problems, and counts the rest.
func (p FieldErrors) Error() string {
	var all []string
	for _, e := range p[:min(len(p), said)] {
		all = append(all, e.Error())
	}
	text := strings.Join(all, "; ")
	if len(p) > said {
		text += fmt.Sprintf("; and %d more", len(p)-said)
	}
	return text
}

// Unwrap gives the problems one by one.
func (p FieldErrors) Unwrap() []error {
	all := make([]error, len(p))
	for i, e := range p {
		all[i] = e
	}
	return all
}

// orNil is the error, or none where there is no problem.
func (p FieldErrors) orNil() error {
	if len(p) == 0 {
		return nil
	}
	return p
}
