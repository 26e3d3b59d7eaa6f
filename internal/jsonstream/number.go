package jsonstream

import (
	"math"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/shopspring/decimal"
)

// Float reads a number, which may be written as an integer or with an exponent; null is 0. A number
// beyond the range of float64 is an error.
func (r *Reader) Float() (float64, error) {
	value, err := r.value()
	if err != nil {
		return 0, err
	}
	switch value.Kind() {
	case jsontext.KindNumber:
		f, err := strconv.ParseFloat(string(value), 64)
		if err != nil {
			return 0, r.mismatch("a number of double precision", value)
		}
		return f, nil
	case jsontext.KindNull:
		return 0, nil
	}
	return 0, r.mismatch("a number", value)
}

// Int reads a whole number, which may also be written as 3.0 or 3e2; null is 0. A number with a fraction
// or outside int64 is an error.
func (r *Reader) Int() (int64, error) {
	value, err := r.value()
	if err != nil {
		return 0, err
	}
	switch value.Kind() {
	case jsontext.KindNumber:
		if n, ok := parseInt(value); ok {
			return n, nil
		}
	case jsontext.KindNull:
		return 0, nil
	}
	return 0, r.mismatch("a whole number", value)
}

// Decimal reads a number, or a text that holds one, exactly as it is written: 28 digits of fraction and
// 1e-05 included. null is 0. Exponents beyond ±1000 are an error: a sum with such a number would not fit in memory.
func (r *Reader) Decimal() (decimal.Decimal, error) {
	value, err := r.value()
	if err != nil {
		return decimal.Decimal{}, err
	}
	text := []byte(value)
	switch value.Kind() {
	case jsontext.KindNull:
		return decimal.Decimal{}, nil
	case jsontext.KindString:
		text = r.text(value)
		fallthrough
	case jsontext.KindNumber:
		if d, ok := parseDecimal(text); ok {
			return d, nil
		}
	}
	return decimal.Decimal{}, r.mismatch("a decimal number", value)
}

// parseInt reads a JSON number.
func parseInt(text []byte) (int64, bool) {
	if n, digits, ok := parseDigits(text); ok && digits == 0 {
		return n, true
	}
	d, ok := parseDecimal(text)
	if !ok || !d.IsInteger() || d.GreaterThan(maxInt) || d.LessThan(minInt) {
		return 0, false
	}
	return d.IntPart(), true
}

var maxInt, minInt = decimal.New(math.MaxInt64, 0), decimal.New(math.MinInt64, 0)

// maxExponent is also the most digits that a number may have: databases of these services hold 40.
const maxExponent = 1000

func parseDecimal(text []byte) (decimal.Decimal, bool) {
	if n, fraction, ok := parseDigits(text); ok {
		return decimal.New(n, -fraction), true
	}
	if len(text) > maxExponent {
		return decimal.Decimal{}, false
	}
	d, err := decimal.NewFromString(string(text))
	if err != nil || d.Exponent() > maxExponent || d.Exponent() < -maxExponent {
		return decimal.Decimal{}, false
	}
	return d, true
}

// parseDigits reads -?digits(.digits)? with at most 18 digits in all, which an int64 holds: the number
// without its point, and how many digits stand behind the point.
func parseDigits(text []byte) (n int64, fraction int32, ok bool) {
	digits := text
	if len(digits) > 0 && digits[0] == '-' {
		digits = digits[1:]
	}
	point := -1
	for i, c := range digits {
		switch {
		case c-'0' <= 9:
			n = n*10 + int64(c-'0')
		case c == '.' && point < 0:
			point = i
		default:
			return 0, 0, false
		}
	}
	count := len(digits)
	if point >= 0 {
		count--
		fraction = int32(count - point)
	}
	if count == 0 || count > 18 {
		return 0, 0, false
	}
	if len(digits) < len(text) {
		n = -n
	}
	return n, fraction, true
}
