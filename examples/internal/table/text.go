package table

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/shopspring/decimal"
)

// Number has two decimals, and commas between thousands.
func Number(x float64) string { return grouped(strconv.FormatFloat(x, 'f', 2, 64)) }

// Money has so many decimals, rounded half away from zero, and commas between thousands.
func Money(d decimal.Decimal, places int32) string { return grouped(d.StringFixed(places)) }

// grouped puts commas into a decimal number.
func grouped(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	whole, fraction, _ := strings.Cut(s, ".")
	for at := len(whole) - 3; at > 0; at -= 3 {
		whole = whole[:at] + "," + whole[at:]
	}
	if fraction != "" {
		fraction = "." + fraction
	}
	return sign + whole + fraction
}

// Printable keeps the names that users gave away from the control of the terminal.
func Printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, s)
}

// Spreadsheet is a name as CSV has it: printable, and with a ' in front where a spreadsheet would take it for a formula and
// run it. Numbers need no guard, and -1 must not become a text.
func Spreadsheet(name string) string {
	name = Printable(name)
	if strings.IndexAny(name, "=+-@＝＋－＠") == 0 {
		return "'" + name
	}
	return name
}

// wide are the blocks of characters that take two cells: those of East Asia, and pictures.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{{0x1100, 0x115f, 1}, {0x2e80, 0xa4cf, 1}, {0xac00, 0xd7a3, 1}, {0xf900, 0xfaff, 1}, {0xff01, 0xff60, 1}},
	R32: []unicode.Range32{{0x1f300, 0x1faff, 1}, {0x20000, 0x3fffd, 1}},
}

// width is the number of cells that a terminal gives a text.
func width(s string) (n int) {
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me):
		case unicode.Is(wide, r):
			n += 2
		default:
			n++
		}
	}
	return n
}
