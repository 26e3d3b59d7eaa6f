package errs

import (
	"context"
	"errors"
	"fmt"
)

// Context says why ctx has ended: its error, and the cause where one was given, both for errors.Is.
// It is nil while ctx goes on.
func Context(ctx context.Context) error {
	err := ctx.Err()
	if err == nil {
		return nil
	}
	if cause := context.Cause(ctx); cause != nil && !errors.Is(err, cause) {
		return fmt.Errorf("%w: %w", err, cause)
	}
	return err
}

// Invalid refuses the value of a field before anything is sent.
func Invalid(field, format string, args ...any) error {
	return fmt.Errorf("%w: %s: %s", ErrInvalidArgument, field, fmt.Sprintf(format, args...))
}
