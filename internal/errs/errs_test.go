package errs_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/gophermeter/gophermeter/internal/errs"
)

func TestContext(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	ctx, cancel := context.WithCancelCause(t.Context())
	assert.NoError(t, errs.Context(ctx))
	cancel(boom)
	assert.ErrorIs(t, errs.Context(ctx), context.Canceled)
	assert.ErrorIs(t, errs.Context(ctx), boom)
	assert.EqualError(t, errs.Context(ctx), "context canceled: boom")

	plain, stop := context.WithCancel(t.Context())
	stop()
	assert.Equal(t, context.Canceled, errs.Context(plain))
}

func TestInvalid(t *testing.T) {
	t.Parallel()
	err := errs.Invalid("Window.End", "%d is %s", 7, "odd")
	assert.ErrorIs(t, err, errs.ErrInvalidArgument)
	assert.EqualError(t, err, "invalid argument: Window.End: 7 is odd")
}

func TestBodies(t *testing.T) {
	t.Parallel()
	assert.True(t, errs.Torn(fmt.Errorf("decoding: %w", io.ErrUnexpectedEOF)))
	assert.False(t, errs.Torn(io.EOF))
	assert.False(t, errs.Torn(nil))
	assert.ErrorIs(t, errs.TooLarge(9), errs.ErrTooLarge)
	assert.EqualError(t, errs.TooLarge(9), "too large: the answer has more than 9 bytes")
}
