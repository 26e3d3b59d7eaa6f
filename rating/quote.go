package rating

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// QuoteResource is something that is to be priced.
//
// Source: CloudKitty, api/v1/datamodels/rating.py, CloudkittyResource.
type QuoteResource struct {
	// Service is the metric as rules call it, [Metric.ID]. Required.
	Service string
	// Volume is how much of it, in the unit of the metric, in one rating period: 1 for a server, 20 for a volume of
	// 20 GiB. Zero costs nothing under most rules.
	Volume decimal.Decimal
	// GroupBy and Metadata are its attributes, as metrics.yml divides them. Rules look at both, and those of the
	// hashmap compare texts.
	GroupBy, Metadata map[string]string
	// Flat sends the attributes without that division, as releases until 10 (2019) want it. Later ones price them all
	// at 0 without a word. Releases 11 to 15 answer neither form.
	Flat bool
}

// GetQuote is the price that the enabled modules put on the resources together, for one rating period: with an hour's
// period the price of a server's hour. Anybody with a token may ask.
//
// All digits of the rules come back, nothing is rounded. A price of 0 may mean that no rule matches, which the service
// does not tell from a price of 0. A processor must be running: without one the request ends with the time limit of
// the client, or a 500.
//
// API: POST /v1/rating/quote
func (c *Client) GetQuote(ctx context.Context, resources ...QuoteResource) (decimal.Decimal, error) {
	all := make([]quoteWire, len(resources))
	for i, r := range resources {
		var err error
		if all[i], err = r.wire(); err != nil {
			return decimal.Decimal{}, err
		}
	}
	return fetch(ctx, c.v1, gophermeter.Request{
		Op: "rating.GetQuote", Method: http.MethodPost, Path: []string{"rating", "quote"},
		Body: body(map[string][]quoteWire{"resources": all}), Repeat: gophermeter.RepeatAlways,
	}, readDecimal)
}

type quoteWire struct {
	Service string          `json:"service"`
	Desc    json.RawMessage `json:"desc"`
	Volume  string          `json:"volume"` // a number would go through a binary fraction
}

func (r QuoteResource) wire() (w quoteWire, err error) {
	if r.Service == "" {
		return w, errs.Invalid("QuoteResource.Service", "is empty")
	}
	w.Service = r.Service
	if w.Volume, err = amount("QuoteResource.Volume", r.Volume); err != nil {
		return w, err
	}
	if !r.Flat {
		w.Desc = body(map[string]map[string]string{"groupby": filled(r.GroupBy), "metadata": filled(r.Metadata)})
		return w, nil
	}
	flat := map[string]string{}
	maps.Copy(flat, r.GroupBy)
	maps.Copy(flat, r.Metadata)
	w.Desc = body(flat)
	return w, nil
}

// filled is never null.
func filled(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

// amount is a number in full. One of a thousand digits is none that was meant.
func amount(field string, d decimal.Decimal) (string, error) {
	const most = 1000
	if d.Exponent() > most || d.Exponent() < -most || d.NumDigits() > most {
		return "", errs.Invalid(field, "has more than %d digits", most)
	}
	return d.String(), nil
}

// readDecimal reads a number that is the whole answer, in a text or not. Null is no price.
func readDecimal(r *jsonstream.Reader) (decimal.Decimal, error) {
	if r.Null() {
		return decimal.Decimal{}, errors.New("the answer is null")
	}
	return r.Decimal()
}
