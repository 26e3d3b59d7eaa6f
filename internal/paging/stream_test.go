package paging_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/paging"
)

var (
	errReset  = errors.New("connection reset")
	errSyntax = errors.New("not a line")
)

// bodies are what a server sends, one after another; the last one again and again.
type bodies struct {
	texts          []string // "!" at the end is a reset, "~" an end before the end
	opened, closed int
}

type live struct {
	io.Reader
	of *bodies
}

func (l live) Close() error { l.of.closed++; return nil }

func (b *bodies) open(context.Context) (io.ReadCloser, error) {
	text := b.texts[min(b.opened, len(b.texts)-1)]
	b.opened++
	end := io.EOF
	switch {
	case strings.HasSuffix(text, "!"):
		end = errReset
	case strings.HasSuffix(text, "~"):
		end = io.ErrUnexpectedEOF
	}
	return live{io.MultiReader(strings.NewReader(strings.TrimRight(text, "!~")), failing{end}), b}, nil
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// lines reads a line an element; "?" is none.
func lines(body io.Reader) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		in := bufio.NewScanner(body)
		for in.Scan() {
			if in.Text() == "?" {
				yield("", errSyntax)
				return
			}
			if !yield(in.Text(), nil) {
				return
			}
		}
		if in.Err() != nil {
			yield("", in.Err())
		}
	}
}

func TestStreamAsksAgainUntilItsFirstElement(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		texts  []string
		want   string
		err    error
		opened int
	}{
		"whole":                  {[]string{"a\nb\n"}, "ab", nil, 1},
		"empty":                  {[]string{""}, "", nil, 1},
		"reset at once":          {[]string{"!", "~", "a\nb\n"}, "ab", nil, 3},
		"never":                  {[]string{"!"}, "", errReset, 3},
		"reset after an element": {[]string{"a\n!", "a\nb\n"}, "a", errReset, 1},
		"not to be read":         {[]string{"?\n", "a\n"}, "", errSyntax, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := &bodies{texts: test.texts}
			all := paging.Stream(t.Context(), b.open, lines)
			assert.Zero(t, b.opened)
			for range 2 { // every range begins again
				b.opened, b.closed = 0, 0
				got, failures := "", 0
				for v, err := range all {
					got += v
					if err != nil {
						failures++
						require.ErrorIs(t, err, test.err)
					}
				}
				assert.Equal(t, test.want, got)
				assert.Equal(t, test.err != nil, failures == 1)
				assert.Equal(t, test.opened, b.opened)
				assert.Equal(t, b.opened, b.closed)
			}
		})
	}
}

// told is a body that knows what it was asked for.
type told struct{ io.ReadCloser }

func (told) Failed(ctx context.Context, err error) error {
	return fmt.Errorf("GET /lines (ended: %t): %w", ctx.Err() != nil, err)
}

func TestStreamTellsAnErrorInTheTermsOfTheBody(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a\nb\n!": "GET /lines (ended: false): the answer broke off after 2 elements: connection reset",
		"a\n?":    "GET /lines (ended: false): not a line",
	} {
		b := &bodies{texts: []string{text}}
		open := func(ctx context.Context) (io.ReadCloser, error) {
			body, err := b.open(ctx)
			return told{body}, err
		}
		var failed error
		for _, failed = range paging.Stream(t.Context(), open, lines) { //nolint:revive // the last one counts
		}
		require.EqualError(t, failed, want)
	}
}

func TestStreamClosesTheBodyOfAConsumerThatLeaves(t *testing.T) {
	t.Parallel()
	b := &bodies{texts: []string{"a\nb\n"}}
	for range paging.Stream(t.Context(), b.open, lines) {
		break
	}
	assert.Equal(t, 1, b.closed)
	assert.Panics(t, func() {
		for range paging.Stream(t.Context(), b.open, lines) {
			panic("consumer")
		}
	})
	assert.Equal(t, 2, b.closed)
	next, stop := iter.Pull2(paging.Stream(t.Context(), b.open, lines))
	_, _, ok := next()
	require.True(t, ok)
	stop()
	assert.Equal(t, 3, b.closed)
}

func TestStreamSaysWhyItsContextEnded(t *testing.T) {
	t.Parallel()
	b := &bodies{texts: []string{"a\n!"}}
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	enough := errors.New("enough")
	var last error
	for v, err := range paging.Stream(ctx, b.open, lines) {
		if v == "a" {
			cancel(enough)
		}
		last = err
	}
	require.ErrorIs(t, last, context.Canceled)
	require.ErrorIs(t, last, enough)
	for _, err := range paging.Stream(ctx, b.open, lines) {
		require.ErrorIs(t, err, context.Canceled)
	}
	assert.Equal(t, 1, b.opened, "nothing is asked for by then")
	for _, err := range paging.Stream(t.Context(), func(context.Context) (io.ReadCloser, error) { return nil, errs.ErrServer }, lines) {
		require.ErrorIs(t, err, errs.ErrServer)
	}
}
