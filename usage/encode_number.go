//nolint:gosec // the numbers are digits, and parts of dates
package usage

import (
	"strconv"
	"time"

	"github.com/shopspring/decimal"
)

// maxExponent is where a decimal becomes an attack: to write out 1e999999999 takes a gigabyte.
const maxExponent = 1000

// bounds are ten to the power of 18 in units of ten to the power of -i: a decimal below it has 18 digits at most.
var bounds = func() (b [19]struct{ above, below decimal.Decimal }) {
	for i := range b {
		b[i].above, b[i].below = decimal.New(1e18, int32(-i)), decimal.New(-1e18, int32(-i))
	}
	return b
}()

// appendDecimal writes every digit that the decimal was made with: 2.50 stays 2.50.
func appendDecimal(dst []byte, d decimal.Decimal) ([]byte, bool) {
	exp := d.Exponent()
	if exp < -maxExponent || exp > maxExponent {
		return dst, false
	}
	if exp > 0 || int(-exp) >= len(bounds) || d.Sign() != 0 && !(d.LessThan(bounds[-exp].above) && d.GreaterThan(bounds[-exp].below)) {
		return append(dst, d.StringFixed(max(0, -exp))...), true
	}
	n := d.CoefficientInt64()
	if n < 0 {
		dst, n = append(dst, '-'), -n
	}
	var digits [20]byte
	text := strconv.AppendInt(digits[:0], n, 10)
	fraction := int(-exp)
	if fraction == 0 {
		return append(dst, text...), true
	}
	if len(text) <= fraction {
		dst = append(dst, "0.000000000000000000"[:2+fraction-len(text)]...)
		return append(dst, text...), true
	}
	dst = append(dst, text[:len(text)-fraction]...)
	dst = append(dst, '.')
	return append(dst, text[len(text)-fraction:]...), true
}

// appendTime writes t as RFC 3339 in UTC: whole seconds, or as many digits of fraction as t has. It takes a quarter of
// AppendFormat, which works out the zone.
func appendTime(dst []byte, t time.Time) ([]byte, bool) {
	const (
		secondsADay = 24 * 60 * 60
		daysTo1970  = 719468  // from March 1st of the year 0
		daysAnEra   = 146097  // 400 years
		daysTo10000 = 3652365 // to January 1st of the year 10000
	)
	seconds := t.Unix() + daysTo1970*secondsADay
	if seconds < 0 || seconds >= daysTo10000*secondsADay {
		return dst, false
	}
	days, rest := uint32(seconds/secondsADay), uint32(seconds%secondsADay)
	era, day := days/daysAnEra, days%daysAnEra
	year := (day - day/1460 + day/36524 - day/146096) / 365
	day -= 365*year + year/4 - year/100
	month := (5*day + 2) / 153 // from March on
	day -= (153*month + 2) / 5
	year += era * 400
	if month += 3; month > 12 {
		month, year = month-12, year+1
	}
	dst = append(dst, "0000-00-00T00:00:00"...)
	b := dst[len(dst)-19:]
	setPair(b, 0, year/100)
	setPair(b, 2, year%100)
	setPair(b, 5, month)
	setPair(b, 8, day+1)
	setPair(b, 11, rest/3600)
	setPair(b, 14, rest/60%60)
	setPair(b, 17, rest%60)
	if nanos := t.Nanosecond(); nanos != 0 {
		digits := [10]byte{'.'}
		for i := 9; i > 0; i-- {
			digits[i] = '0' + byte(nanos%10)
			nanos /= 10
		}
		end := 10
		for digits[end-1] == '0' {
			end--
		}
		dst = append(dst, digits[:end]...)
	}
	return append(dst, 'Z'), true
}

func setPair(b []byte, at int, n uint32) {
	b[at], b[at+1] = '0'+byte(n/10), '0'+byte(n%10)
}
