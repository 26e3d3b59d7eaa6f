package jsonstream_test

import (
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// endless is a body of size bytes at least: begin, piece again and again, end.
type endless struct {
	begin, piece, end string
	size, written     int
	rest              string
}

func (e *endless) Read(p []byte) (int, error) {
	if e.rest == "" {
		switch {
		case e.written == 0:
			e.rest = e.begin
		case e.written < e.size:
			e.rest = e.piece
		case e.end != "":
			e.rest, e.end = e.end, ""
		default:
			return 0, io.EOF
		}
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	e.written += n
	return n, nil
}

// Not parallel: it looks at the heap of the process.
func TestLiveBodyNeedsNoMemory(t *testing.T) {
	const size = 100 << 20
	row := serverRow(42)
	body := &endless{begin: `{"skipped": [` + row, piece: ", " + row, size: size / 2}
	body.end = `], "servers": [` + row + strings.Repeat(", "+row, 1000)
	rest := &endless{begin: ", " + row, piece: ", " + row, end: `]} `, size: size / 2}
	r := jsonstream.New(io.MultiReader(body, rest))

	want, err := readRow(jsonstream.NewBytes([]byte(row)))
	require.NoError(t, err)
	rows := make([]server, 0, 1)
	read := servers(r, &rows)
	first, highest, count := uint64(0), uint64(0), 0
	for _, err := range jsonstream.Elements(r, "servers", func() (struct{}, error) {
		rows = rows[:0]
		return struct{}{}, read()
	}) {
		require.NoError(t, err)
		require.True(t, want == rows[0])
		if count++; count%10_000 == 1 {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			if first == 0 {
				first = m.HeapAlloc
			}
			highest = max(highest, m.HeapAlloc)
		}
	}
	assert.Greater(t, count, size/2/len(row)-1)
	assert.Less(t, highest-min(first, highest), uint64(1<<20), "heap in bytes, first %d", first)
}

func TestLiveValueIsBounded(t *testing.T) {
	t.Parallel()
	const over = 17 << 20
	for name, body := range map[string]*endless{
		"text":        {begin: `["`, piece: strings.Repeat("x", 1<<20), size: over, end: `"]`},
		"number":      {begin: `[1`, piece: strings.Repeat("0", 1<<20), size: over, end: `]`},
		"white space": {begin: `[`, piece: strings.Repeat(" ", 1<<20), size: over, end: `]`},
	} {
		assert.EqualError(t, jsonstream.New(body).Skip(), "a single value of more than 16777216 bytes", name)
	}
	raw := jsonstream.New(&endless{begin: `[1`, piece: strings.Repeat(", 1", 1<<18), size: over, end: `]`})
	_, err := raw.Raw()
	assert.EqualError(t, err, "a single value of more than 16777216 bytes")
	assert.NoError(t, jsonstream.New(&endless{begin: `[1`, piece: strings.Repeat(", 1", 1<<18), size: over, end: `]`}).Skip())
}
