package billing

import (
	"fmt"

	"github.com/shopspring/decimal"
)

// Half says where an amount goes that lies in the middle between two.
type Half string

// The rules of most tax offices.
const (
	HalfUp   Half = "half-up"   // away from zero: 0.125 is 0.13, and -0.125 is -0.13
	HalfEven Half = "half-even" // to the even digit: 0.125 is 0.12, and 0.135 is 0.14
)

// Rounding turns exact sums into money. It is the only place where an amount loses a digit.
type Rounding struct {
	// Places behind the point: 2 for most currencies, 0 for the yen.
	Places int32
	// Half is what becomes of halves.
	Half Half
}

func (r Rounding) check() error {
	if r.Places < 0 || r.Places > 8 {
		return fmt.Errorf("amounts have 0 to 8 digits behind the point, not %d", r.Places)
	}
	if r.Half != HalfUp && r.Half != HalfEven {
		return fmt.Errorf("halves are rounded %s or %s, not %q", HalfUp, HalfEven, r.Half)
	}
	return nil
}

func (r Rounding) money(exact decimal.Decimal) Money {
	if r.Half == HalfEven {
		return Money{exact.RoundBank(r.Places), r.Places}
	}
	return Money{exact.Round(r.Places), r.Places}
}

// String is the rule as it stands on an invoice.
func (r Rounding) String() string {
	rule := map[Half]string{HalfUp: "halves away from zero", HalfEven: "halves to the even digit"}[r.Half]
	return fmt.Sprintf("Lines are exact sums, rounded once to %d decimals, %s. Net is the sum of the rounded lines. VAT is rounded likewise.",
		r.Places, rule)
}

// Money is a rounded amount. Its text always has all the digits of the currency: 10.50.
type Money struct {
	amount decimal.Decimal
	places int32
}

// Decimal is the amount for further sums.
func (m Money) Decimal() decimal.Decimal { return m.amount }

// String is what stands on the invoice.
func (m Money) String() string { return m.amount.StringFixed(m.places) }

// MarshalText makes it a text in JSON, where a number would go through a float at the reader's.
func (m Money) MarshalText() ([]byte, error) { return []byte(m.String()), nil }
