package jsonstream

import (
	"encoding/binary"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// next reads a token and gives its bytes, which are valid until the next read: a whole scalar or name, or
// one of { } [ ].
func (r *Reader) next() ([]byte, error) {
	r.pending = false
	w, start := &r.window, r.dec.InputOffset()
	w.start = start
	if _, err := r.dec.ReadToken(); err != nil {
		return nil, r.failure(err)
	}
	token := w.bytes[start-w.base : r.dec.InputOffset()-w.base]
	begin := 0
	for token[begin] <= ' ' || token[begin] == ',' || token[begin] == ':' {
		begin++
	}
	return token[begin:], nil
}

// text gives what a quoted text says, valid until the next read.
func (r *Reader) text(quoted []byte) []byte {
	if plain(quoted) {
		return quoted[1 : len(quoted)-1]
	}
	r.scratch, _ = jsontext.AppendUnquote(r.scratch[:0], quoted) // fails only for bytes that are no UTF-8
	return r.scratch
}

// plain reports whether a text is ASCII without escapes, as nearly all are, and so says what is written.
func plain(text []byte) bool {
	const (
		ones  = 0x0101010101010101 // a bit in each of eight bytes
		highs = ones * utf8.RuneSelf
	)
	for ; len(text) >= 8; text = text[8:] {
		word := binary.LittleEndian.Uint64(text)
		slash := word ^ ones*'\\' // zero where the backslash is
		if (word|(slash-ones)&^slash)&highs != 0 {
			return false
		}
	}
	for _, c := range text {
		if c == '\\' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
