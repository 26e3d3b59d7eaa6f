package usage

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// encoder appends JSON to a buffer. Each of its methods writes a name, with the comma before it, and a value. It
// allocates only where the buffer must grow, or a charge has more than 18 digits.
type encoder struct {
	buf []byte
	err error
}

// end is the buffer with all that was written, or what it was when n bytes stood in it.
func (e *encoder) end(n int) ([]byte, error) {
	if e.err != nil {
		return e.buf[:n], e.err
	}
	return e.buf, nil
}

func (e *encoder) fail(name, format string, args ...any) {
	if e.err == nil {
		e.err = fmt.Errorf("%s %s", fieldIn(name), fmt.Sprintf(format, args...))
	}
}

func (e *encoder) raw(text string) { e.buf = append(e.buf, text...) }

func (e *encoder) text(name, value string) {
	e.buf = append(e.buf, name...)
	e.buf = appendString(e.buf, value)
}

func (e *encoder) textUnlessEmpty(name, value string) {
	if value != "" {
		e.text(name, value)
	}
}

func (e *encoder) integer(name string, n int64) {
	e.buf = append(e.buf, name...)
	e.buf = strconv.AppendInt(e.buf, n, 10)
}

func (e *encoder) counter(name string, n *int64) {
	if n != nil {
		e.integer(name, *n)
	}
}

// withoutComma takes off the comma that the first member of an object was written with.
func (e *encoder) withoutComma(at int) {
	if len(e.buf) > at {
		e.buf = slices.Delete(e.buf, at, at+1)
	}
}

func (e *encoder) time(name string, t time.Time) {
	e.buf = append(e.buf, name...)
	var ok bool
	if e.buf, ok = appendTime(e.buf, t); !ok {
		e.fail(name, "is in a year that has not four digits: %s", t)
	}
	e.buf = append(e.buf, '"')
}

func (e *encoder) charge(name string, d decimal.Decimal) {
	e.buf = append(e.buf, name...)
	var ok bool
	if e.buf, ok = appendDecimal(e.buf, d); !ok {
		e.fail(name, "has an exponent beyond %d", maxExponent)
	}
	e.buf = append(e.buf, '"')
}

// extra writes the fields that the package does not know; one that it does know would be there twice.
func (e *encoder) extra(fields []Field, known []string) {
	for _, f := range fields {
		switch {
		case slices.Contains(known, f.Name):
			e.fail("Extra", "has %q, which is a field of the record", f.Name)
		case !json.Valid(f.Value):
			e.fail("Extra", "%q is not JSON", f.Name)
		}
		e.buf = append(e.buf, ',')
		e.buf = appendString(e.buf, f.Name)
		e.buf = append(e.buf, ':')
		e.buf = append(e.buf, f.Value...)
	}
}

// fieldIn is the name alone, of what the encoder writes before a value.
func fieldIn(name string) string {
	end := len(name)
	for end > 0 && (name[end-1] == '"' || name[end-1] == ':') {
		end--
	}
	begin := end
	for begin > 0 && name[begin-1] != '"' {
		begin--
	}
	return name[begin:end]
}

// appendString quotes a text. Bytes that are no UTF-8 become U+FFFD; < > & stay what they are.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		if len(s)-i >= 8 && plainWord(word(s, i)) {
			i += 8
			continue
		}
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			dst = append(append(dst, s[start:i]...), '\\', c)
		case c < ' ':
			dst = append(append(dst, s[start:i]...), '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		case c < utf8.RuneSelf:
			i++
			continue
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
			dst = append(append(dst, s[start:i]...), "\uFFFD"...)
		}
		i++
		start = i
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

const hex = "0123456789abcdef"

func word(s string, i int) uint64 {
	var b [8]byte
	copy(b[:], s[i:])
	return binary.LittleEndian.Uint64(b[:])
}

// plainWord tells that eight bytes are ASCII and need no escape.
func plainWord(w uint64) bool {
	const ones = 0x0101010101010101
	quote, slash := w^ones*'"', w^ones*'\\'
	below := (w - ones*' ') &^ w // a high bit where a byte is below the space
	return (w|below|(quote-ones)&^quote|(slash-ones)&^slash)&(ones*utf8.RuneSelf) == 0
}
