package gophermeter_test

import (
	"compress/gzip"
	"io"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/gophermeter/gophermeter"
)

func TestBodyOverItsBound(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		bound int64
		fits  bool
	}{{9, false}, {10, true}, {11, true}, {0, true}, {math.MaxInt64, true}} {
		rt, sent := recovers(says(200, "0123456789"))
		got, err := read(t, over(t, rt, gophermeter.WithMaxBody(test.bound)), get)
		assert.Equal(t, 1, *sent, "what is too large stays too large")
		if test.fits {
			assert.NoError(t, err)
			assert.Equal(t, "0123456789", got)
			continue
		}
		assert.ErrorIs(t, err, gophermeter.ErrTooLarge)
		assert.EqualError(t, err, "test.Get: GET /things: too large: the answer has more than 9 bytes")
		assert.Empty(t, got)
	}
}

// A few kilobytes on the wire may be a gigabyte in memory: the bound is for what comes out.
func TestCompressedBodyIsBoundedOnceDecompressed(t *testing.T) {
	t.Parallel()
	s := behind(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "gzip", r.Header.Get("Accept-Encoding"))
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		defer z.Close()
		spaces := []byte(strings.Repeat(" ", 1<<20))
		for range 8 {
			if _, err := z.Write(spaces); err != nil {
				return
			}
		}
	}, gophermeter.WithMaxBody(1<<20))
	_, err := read(t, s, get)
	assert.ErrorIs(t, err, gophermeter.ErrTooLarge)
}

func TestLongErrorIsShort(t *testing.T) {
	t.Parallel()
	read8MB := 0
	s := over(t, tripper(func(*http.Request) (*http.Response, error) {
		resp := answer(400, "")
		resp.Body = io.NopCloser(io.TeeReader(
			strings.NewReader(`{"error": {"message": "`+strings.Repeat("x\\n", 4<<20)+`"}}`), counter{&read8MB}))
		return resp, nil
	}))
	_, err := read(t, s, get)
	e := asError(t, err)
	assert.Less(t, len(err.Error()), 600)
	assert.NotContains(t, err.Error(), "\n")
	assert.Len(t, e.Body, 4<<10)
	assert.LessOrEqual(t, read8MB, 64<<10)
	assert.Less(t, cap(e.Body), 5<<10, "the rest is not held on to")
}

type counter struct{ n *int }

func (c counter) Write(p []byte) (int, error) {
	*c.n += len(p)
	return len(p), nil
}

func TestLongErrorOfKeystoneIsShort(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.refuseLogins(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error": {"message": "`+strings.Repeat("x", 8<<20)+`"}}`)
	})
	_, err := gophermeter.Connect(t.Context(), quick, gophermeter.WithAuth(c.options()))
	assert.ErrorIs(t, err, gophermeter.ErrBadRequest)
	assert.Less(t, len(err.Error()), 600)
	assert.Len(t, asError(t, err).Body, 4<<10)
}

func TestLongTokenDocumentIsAnError(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	_, err := gophermeter.Connect(t.Context(), quick, gophermeter.WithAuth(c.options()), gophermeter.WithMaxBody(1000))
	assert.ErrorIs(t, err, gophermeter.ErrTooLarge)
	assert.Len(t, c.requests(), 1)
}
