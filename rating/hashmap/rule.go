package hashmap

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// Type says how the cost of a rule becomes part of a price. An unknown one is kept as it was sent.
type Type string

// Types of rules. With none given the service takes flat.
const (
	// TypeFlat is an amount: the price of one unit. Of the flat mappings that match in a group only the highest counts.
	TypeFlat Type = "flat"
	// TypeRate is a factor, such as 1.10 for ten percent more. All that match in a group multiply each other.
	TypeRate Type = "rate"
)

// Types are those that the service knows, in no order.
//
// API: GET /v1/rating/module_config/hashmap/types
func (c *Client) Types() *gophermeter.Pager[Type] {
	return listed(c, request("Types", "GET", "types"), "", func(r *jsonstream.Reader) (Type, error) {
		text, err := r.String()
		return Type(text), err
	})
}

// The columns of the service's database, which rounds what is behind the point and fails on what is before it.
const (
	wholeDigits    = 12 // 2 in releases 14 to 16
	costDecimals   = 28 // 8 until release 13
	levelDecimals  = 8
	maxName        = 32
	maxDescription = 256
)

// amount is a number in full, as a text: of a JSON number the service would take the nearest binary fraction.
func amount(field string, d decimal.Decimal, decimals int32) (string, error) {
	switch {
	case d.IsZero():
		return "0", nil
	case d.NumDigits()+int(d.Exponent()) > wholeDigits:
		return "", errs.Invalid(field, "has more than %d digits before the point", wholeDigits)
	case d.Exponent() < -decimals-1000 || d.Exponent() < -decimals && !d.Truncate(decimals).Equal(d):
		return "", errs.Invalid(field, "has more than %d digits behind the point", decimals)
	}
	return d.String(), nil
}

// ruleTime reads a date of a rule, in the service's own time zone, which it does not name; null is the zero time.
func (c *Client) ruleTime(r *jsonstream.Reader) (time.Time, error) {
	t, err := r.Time()
	if err != nil || t.IsZero() {
		return time.Time{}, err
	}
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), c.location).UTC(), nil
}

// optionalTime is ruleTime for one that may be missing.
func (c *Client) optionalTime(r *jsonstream.Reader) (*time.Time, error) {
	t, err := c.ruleTime(r)
	if err != nil || t.IsZero() {
		return nil, err
	}
	return &t, nil
}

// stamp writes a date of a rule. With an offset the service would fail, and without the T it would take the end of
// the day.
func (c *Client) stamp(t time.Time) string {
	if t = t.In(c.location); t.Nanosecond() >= int(time.Microsecond) {
		return t.Format("2006-01-02T15:04:05.000000")
	}
	return t.Format("2006-01-02T15:04:05")
}
