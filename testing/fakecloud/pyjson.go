package fakecloud

import (
	"fmt"
	"strconv"
	"strings"
)

// object is a JSON object whose members keep their order.
type object []member

type member struct {
	key   string
	value any
}

// array makes a JSON array of each element's form.
func array[T any](elements []T, form func(T) any) []any {
	out := make([]any, 0, len(elements))
	for _, e := range elements {
		out = append(out, form(e))
	}
	return out
}

// number is a Python number that was 0, an int, until a float was added to it.
type number struct {
	value float64
	float bool
}

func (n number) plus(m number) number { return number{float64(n.value + m.value), n.float || m.float} }

func (n number) times(k int) number { return number{float64(n.value * float64(k)), n.float} }

// dumps writes what Python's json.dumps does: a space after commas and colons, everything beyond ASCII escaped.
func dumps(v any) []byte { return appendPython(nil, v, ", ", ": ") }

// dumpsCompact is dumps without the spaces and with a newline: what Flask's jsonify sends.
func dumpsCompact(v any) []byte { return append(appendPython(nil, v, ",", ":"), '\n') }

func appendPython(b []byte, v any, comma, colon string) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		return strconv.AppendBool(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case number:
		return appendNumber(b, v)
	case string:
		return appendString(b, v)
	case *string:
		if v == nil {
			return append(b, "null"...)
		}
		return appendString(b, *v)
	case []string:
		return appendPython(b, array(v, func(s string) any { return s }), comma, colon)
	case []any:
		b = append(b, '[')
		for i, e := range v {
			if i > 0 {
				b = append(b, comma...)
			}
			b = appendPython(b, e, comma, colon)
		}
		return append(b, ']')
	case object:
		b = append(b, '{')
		for i, m := range v {
			if i > 0 {
				b = append(b, comma...)
			}
			b = append(appendString(b, m.key), colon...)
			b = appendPython(b, m.value, comma, colon)
		}
		return append(b, '}')
	}
	panic(fmt.Sprintf("fakecloud: no wire form for %T", v))
}

// appendNumber writes repr(n): the shortest digits that read back the same, with an exponent below 1e-4 and from 1e16.
func appendNumber(b []byte, n number) []byte {
	if !n.float {
		return strconv.AppendInt(b, int64(n.value), 10)
	}
	s := strconv.FormatFloat(n.value, 'e', -1, 64)
	_, exp, _ := strings.Cut(s, "e")
	if e, _ := strconv.Atoi(exp); e < -4 || e >= 16 {
		return append(b, s...)
	}
	s = strconv.FormatFloat(n.value, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return append(b, s...)
}

func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r == '\b':
			b = append(b, `\b`...)
		case r == '\f':
			b = append(b, `\f`...)
		case r >= ' ' && r <= '~':
			b = append(b, byte(r))
		case r > 0xffff:
			r -= 0x10000
			b = fmt.Appendf(b, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			b = fmt.Appendf(b, `\u%04x`, r)
		}
	}
	return append(b, '"')
}
