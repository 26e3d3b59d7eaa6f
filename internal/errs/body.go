package errs

import (
	"errors"
	"fmt"
	"io"
)

// TooLarge says that a body has more bytes than are read.
func TooLarge(limit int64) error {
	return fmt.Errorf("%w: the answer has more than %d bytes", ErrTooLarge, limit)
}

// Torn tells whether a document ended before its end, so that asking again may help.
func Torn(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) }
