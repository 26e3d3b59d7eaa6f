package jsonstream

import (
	"math"
	"strconv"

	"github.com/shopspring/decimal"
)

// Float reads a number in any of its forms; null is 0. One beyond the range of float64 is an error.
func (r *Reader) Float() (float64, error) {
	token, err := r.number("a number")
	if err != nil || token == nil {
		return 0, err
	}
	f, err := strconv.ParseFloat(string(token), 64)
	if err != nil {
		return 0, r.mismatch("a number of double precision", token)
	}
	return f, nil
}

// Int reads a whole number, which may be written 3, 3.0 or 3e2; null is 0. A fraction, or a number beyond
// the range of int64, is an error.
func (r *Reader) Int() (int64, error) {
	token, err := r.number("a whole number")
	if err != nil || token == nil {
		return 0, err
	}
	if n, fraction, ok := digits(token); ok && fraction == 0 {
		return n, nil
	}
	d, ok := parseDecimal(token)
	if !ok || !d.IsInteger() || d.LessThan(minInt) || d.GreaterThan(maxInt) {
		return 0, r.mismatch("a whole number", token)
	}
	return d.IntPart(), nil
}

var minInt, maxInt = decimal.NewFromInt(math.MinInt64), decimal.NewFromInt(math.MaxInt64)

// Decimal reads a number, or a text that is one, with exactly the digits it is written with, 28 behind
// the point or 1e-05; null is 0. More than 1000 digits, or an exponent beyond ±1000, are an error: to add
// such a number to another could take all memory.
func (r *Reader) Decimal() (decimal.Decimal, error) {
	token, err := r.next()
	if err != nil {
		return decimal.Decimal{}, err
	}
	text := token
	switch token[0] {
	case 'n':
		return decimal.Decimal{}, nil
	case '"':
		text = r.text(token)
	}
	if d, ok := parseDecimal(text); ok {
		return d, nil
	}
	return decimal.Decimal{}, r.mismatch("a decimal number", token)
}

// number reads the token of a number; null is none.
func (r *Reader) number(wanted string) ([]byte, error) {
	token, err := r.next()
	if err != nil {
		return nil, err
	}
	switch c := token[0]; {
	case c == '-' || c-'0' <= 9:
		return token, nil
	case c == 'n':
		return nil, nil
	}
	return nil, r.mismatch(wanted, token)
}

func parseDecimal(text []byte) (decimal.Decimal, bool) {
	const most = 1000
	if n, fraction, ok := digits(text); ok {
		return decimal.New(n, -fraction), true
	}
	if len(text) > most {
		return decimal.Decimal{}, false
	}
	d, err := decimal.NewFromString(string(text))
	if err != nil || d.Exponent() < -most || d.Exponent() > most {
		return decimal.Decimal{}, false
	}
	return d, true
}

// digits reads -12.345 as -12345 with a fraction of 3 digits. It knows no other forms, and no more digits
// than always fit, which are 18.
func digits(text []byte) (n int64, fraction int32, ok bool) {
	unsigned := text
	if len(text) > 0 && text[0] == '-' {
		unsigned = text[1:]
	}
	if len(unsigned) == 0 || len(unsigned) > 19 {
		return 0, 0, false
	}
	point := len(unsigned)
	for i, c := range unsigned {
		switch {
		case c-'0' <= 9:
			n = n*10 + int64(c-'0')
		case c == '.' && point == len(unsigned):
			point = i
		default:
			return 0, 0, false
		}
	}
	switch behind := len(unsigned) - point; {
	case behind == 0 && len(unsigned) > 18, behind == 1, point == 0:
		return 0, 0, false
	case behind > 0:
		fraction = int32(behind - 1)
	}
	if len(unsigned) < len(text) {
		n = -n
	}
	return n, fraction, true
}
