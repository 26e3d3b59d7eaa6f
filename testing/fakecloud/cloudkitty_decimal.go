package fakecloud

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"
)

// pyDecimal is Python's Decimal: an integer times a power of ten, which keeps its trailing zeros.
type pyDecimal struct {
	coef *big.Int
	exp  int
}

var decimalForm = regexp.MustCompile(`^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?\s*$`)

// parseDecimal reads what Python's Decimal reads, infinities and such apart.
func parseDecimal(text string) (pyDecimal, bool) {
	m := decimalForm.FindStringSubmatch(text)
	if m == nil || m[2]+m[3] == "" {
		return pyDecimal{}, false
	}
	coef, _ := new(big.Int).SetString(m[1]+m[2]+m[3], 10)
	exp, _ := strconv.Atoi(m[4])
	return pyDecimal{coef, exp - len(m[3])}, true
}

func mustDecimal(text string) pyDecimal {
	d, ok := parseDecimal(text)
	if !ok {
		panic("fakecloud: not a decimal: " + text)
	}
	return d
}

// decimalOf is Decimal(str(f)).
func decimalOf(f float64) pyDecimal { return mustDecimal(string(appendNumber(nil, number{f, true}))) }

// exactly is Decimal(f): every digit of the binary number.
func exactly(f float64) pyDecimal {
	text := new(big.Float).SetFloat64(f).Text('f', 1100)
	return mustDecimal(strings.TrimRight(strings.TrimRight(text, "0"), "."))
}

func (d pyDecimal) float() float64 {
	f, _ := strconv.ParseFloat(d.String(), 64)
	return f
}

// String is Python's: an exponent only where the number would be long without.
func (d pyDecimal) String() string {
	digits, sign := d.coef.String(), ""
	if strings.HasPrefix(digits, "-") {
		digits, sign = digits[1:], "-"
	}
	left := len(digits) + d.exp // digits before the point
	switch {
	case d.exp == 0:
		return sign + digits
	case d.exp < 0 && left > 0:
		return sign + digits[:left] + "." + digits[left:]
	case d.exp < 0 && left > -6:
		return sign + "0." + strings.Repeat("0", -left) + digits
	}
	if len(digits) > 1 {
		digits = digits[:1] + "." + digits[1:]
	}
	power := strconv.Itoa(left - 1)
	if left > 0 {
		power = "+" + power
	}
	return sign + digits + "E" + power
}

func tenTo(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// scale is the number with so many decimals, as a database column of that kind keeps it: half away from zero.
func (d pyDecimal) scale(places int) pyDecimal {
	shift := d.exp + places
	if shift >= 0 {
		return pyDecimal{new(big.Int).Mul(d.coef, tenTo(shift)), -places}
	}
	return pyDecimal{rounded(d.coef, -shift, false), -places}
}

// rounded divides by a power of ten.
func rounded(coef *big.Int, shift int, even bool) *big.Int {
	unit := tenTo(shift)
	quotient, rest := new(big.Int).QuoRem(coef, unit, new(big.Int))
	switch rest.Lsh(rest, 1).CmpAbs(unit) {
	case 0:
		if even && quotient.Bit(0) == 0 {
			return quotient
		}
	case -1:
		return quotient
	}
	return quotient.Add(quotient, big.NewInt(int64(coef.Sign())))
}

// precise rounds to the 28 digits of Python's default context.
func (d pyDecimal) precise() pyDecimal {
	for {
		over := len(new(big.Int).Abs(d.coef).String()) - 28
		if over <= 0 {
			return d
		}
		d = pyDecimal{rounded(d.coef, over, true), d.exp + over}
	}
}

func (d pyDecimal) times(o pyDecimal) pyDecimal {
	return pyDecimal{new(big.Int).Mul(d.coef, o.coef), d.exp + o.exp}.precise()
}

func (d pyDecimal) plus(o pyDecimal) pyDecimal {
	a, b, exp := aligned(d, o)
	return pyDecimal{a.Add(a, b), exp}.precise()
}

func (d pyDecimal) cmp(o pyDecimal) int {
	a, b, _ := aligned(d, o)
	return a.Cmp(b)
}

func aligned(d, o pyDecimal) (a, b *big.Int, exp int) {
	exp = min(d.exp, o.exp)
	return new(big.Int).Mul(d.coef, tenTo(d.exp-exp)), new(big.Int).Mul(o.coef, tenTo(o.exp-exp)), exp
}

// normalized is without trailing zeros: 10 becomes 1E+1.
func (d pyDecimal) normalized() pyDecimal {
	if d.coef.Sign() == 0 {
		return pyDecimal{d.coef, 0}
	}
	digits := d.coef.String()
	kept := strings.TrimRight(digits, "0")
	coef, _ := new(big.Int).SetString(kept, 10)
	return pyDecimal{coef, d.exp + len(digits) - len(kept)}
}
