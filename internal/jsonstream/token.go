package jsonstream

import (
	"encoding/binary"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// next reads a token and gives its bytes, which are valid until the next read: a whole scalar or name, or
// one of { } [ ].
func (r *Reader) next() ([]byte, error) {
	if _, err := r.dec.ReadToken(); err != nil {
		return nil, r.failure(err)
	}
	token := r.window.token(r.dec.InputOffset())
	if r.window.exhausted() && r.cut(token) {
		return nil, r.failure(io.ErrUnexpectedEOF)
	}
	return token, nil
}

// cut reports whether a value at the end of the input is a number in an object or array that has no end,
// and so may have lost its last digits.
func (r *Reader) cut(value []byte) bool {
	return value[len(value)-1]-'0' <= 9 && r.dec.StackDepth() > 0
}

// nullOr lets a token that is not what was wanted pass if it is null.
func (r *Reader) nullOr(wanted string, token []byte) error {
	if token[0] == 'n' {
		return nil
	}
	return r.mismatch(wanted, token)
}

// text gives what a quoted token says, valid until the next read.
func (r *Reader) text(token []byte) []byte {
	if plain(token) {
		return token[1 : len(token)-1]
	}
	r.scratch, _ = jsontext.AppendUnquote(r.scratch[:0], token) // fails only for bytes that are no UTF-8
	return r.scratch
}

// plain reports whether a token is ASCII without escapes, as nearly all are, and so says what is written.
// It looks at eight bytes at a time, the last of them twice, or at bytes behind the token.
func plain(token []byte) bool {
	n := len(token)
	if n < 8 {
		if cap(token) < 8 {
			return !slices.ContainsFunc(token, func(c byte) bool { return c == '\\' || c >= utf8.RuneSelf })
		}
		return plainWord(binary.LittleEndian.Uint64(token[:8]) << (64 - 8*n))
	}
	for i := 0; i < n-8; i += 8 {
		if !plainWord(binary.LittleEndian.Uint64(token[i:])) {
			return false
		}
	}
	return plainWord(binary.LittleEndian.Uint64(token[n-8:]))
}

func plainWord(word uint64) bool {
	const ones = 0x0101010101010101
	slash := word ^ ones*'\\' // zero where a backslash is
	return (word|(slash-ones)&^slash)&(ones*utf8.RuneSelf) == 0
}
