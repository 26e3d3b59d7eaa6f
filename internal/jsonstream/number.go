package jsonstream

import (
	"errors"
	"math"
	"strconv"

	"github.com/shopspring/decimal"
)

// Float reads a number in any of its forms; null is 0. One beyond the range of float64 is an error.
func (r *Reader) Float() (float64, error) {
	token, err := r.next()
	if err != nil {
		return 0, err
	}
	if n, fraction, ok := digits(token); ok && n != 0 && -1<<53 < n && n < 1<<53 {
		return float64(n) / powers[fraction], nil
	}
	f, err := strconv.ParseFloat(string(token), 64)
	switch {
	case err == nil:
		return f, nil
	case errors.Is(err, strconv.ErrRange):
		return 0, r.mismatch("a number that a float64 holds", token)
	}
	return 0, r.nullOr("a number", token)
}

// Int reads a whole number, which may be written 3, 3.0 or 3e2; null is 0. A fraction, or a number beyond
// the range of int64, is an error.
func (r *Reader) Int() (int64, error) {
	token, err := r.next()
	if err != nil {
		return 0, err
	}
	if n, fraction, ok := digits(token); ok && fraction == 0 {
		return n, nil
	}
	if d, ok := parseDecimal(token); ok && d.IsInteger() && d.GreaterThanOrEqual(minInt) && d.LessThanOrEqual(maxInt) {
		return d.IntPart(), nil
	}
	return 0, r.nullOr("a whole number", token)
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
	if token[0] == '"' {
		text = r.text(token)
	}
	if d, ok := parseDecimal(text); ok {
		return d, nil
	}
	return decimal.Decimal{}, r.nullOr("a decimal number", token)
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
		fraction = int32(behind - 1) //nolint:gosec // at most 18
	}
	if len(unsigned) < len(text) {
		n = -n
	}
	return n, fraction, true
}

// powers of ten that a float64 holds exactly, as it does every whole number below 2^53: a quotient of the
// two is rounded once, to what strconv.ParseFloat gives in twice the time.
var powers = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18}
