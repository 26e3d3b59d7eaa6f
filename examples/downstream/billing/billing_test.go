package billing_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/examples/downstream/billing"
)

// What the tests on both doubles share.

var (
	september = gophermeter.Month(2026, time.September)
	october   = september.End // when September can be billed
)

func amount(text string) decimal.Decimal { return decimal.RequireFromString(text) }

func terms() billing.Terms {
	return billing.Terms{
		Year: 2026, Month: time.September, Period: time.Hour, Currency: "EUR", VAT: amount("19"),
		Rounding: billing.Rounding{Places: 2, Half: billing.HalfUp}, ServerMetric: "instance", Tolerance: amount("5"),
	}
}

// biller of the cloud that the options lead to.
func biller(t *testing.T, options []gophermeter.Option, b billing.Terms) *billing.Biller {
	t.Helper()
	conn, err := gophermeter.Connect(t.Context(), options...)
	require.NoError(t, err)
	t.Cleanup(conn.CloseIdleConnections)
	out, err := billing.New(conn, b)
	require.NoError(t, err)
	return out
}

// lines are what a table in a test is compared with.
func lines(all []billing.Invoice) (out []string) {
	for _, i := range all {
		for _, l := range i.Lines {
			out = append(out, i.Project+": "+l.Metric+" "+l.Kind+" "+l.Quantity.String()+" "+l.Rated.String()+" = "+l.Amount.String())
		}
		out = append(out, i.Project+": "+i.Net.String()+" + "+i.VAT.String()+" = "+i.Total.String())
	}
	return out
}

func TestTermsThatAreRefused(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*billing.Terms){
		"rating periods of 7h0m0s do not make up a month": func(b *billing.Terms) { b.Period = 7 * time.Hour },
		"rating periods of 0s":                            func(b *billing.Terms) { b.Period = 0 },
		"the currency is empty":                           func(b *billing.Terms) { b.Currency = "" },
		"metric of servers is empty":                      func(b *billing.Terms) { b.ServerMetric = "" },
		`halves are rounded half-up or half-even, not ""`: func(b *billing.Terms) { b.Rounding.Half = "" },
		"0 to 8 digits behind the point, not -1":          func(b *billing.Terms) { b.Rounding.Places = -1 },
		"VAT has 0 to 100 percent":                        func(b *billing.Terms) { b.VAT = amount("1e9999") },
		"a tolerance has 0 to 1000 percent":               func(b *billing.Terms) { b.Tolerance = amount("-1") },
	} {
		b := terms()
		change(&b)
		require.ErrorContains(t, b.Check(), want)
		_, err := billing.New(&gophermeter.Connection{}, b)
		assert.ErrorContains(t, err, want)
	}
	assert.NoError(t, terms().Check())
}
