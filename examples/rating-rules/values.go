package main

import (
	"errors"
	"strings"

	"github.com/shopspring/decimal"
)

// amount is a flag with a number that is kept as it is typed, and never becomes a binary fraction.
type amount struct {
	decimal.Decimal
	given bool
}

func (a *amount) String() string {
	if !a.given {
		return ""
	}
	return a.Decimal.String()
}

func (a *amount) Set(text string) (err error) {
	const most = 100 // of zeros: no price has as many
	a.Decimal, err = decimal.NewFromString(text)
	if err != nil || a.Exponent() > most || a.Exponent() < -most {
		return errors.New("not a decimal number such as 0.12")
	}
	a.given = true
	return nil
}

// texts is a flag that may be given several times.
type texts []string

func (t *texts) String() string { return strings.Join(*t, " ") }

func (t *texts) Set(text string) error {
	*t = append(*t, text)
	return nil
}
