package rating_test

import (
	"encoding/json"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating"
)

func TestQuote(t *testing.T) {
	t.Parallel()
	c, script := scriptedV1(t, loadV1(t, "quote-v2-desc").answer)
	price, err := c.GetQuote(t.Context(), rating.QuoteResource{
		Service: "instance", Volume: amount("2"), Metadata: map[string]string{"flavor_name": "m1.small"}, GroupBy: map[string]string{"id": "x"},
	})
	require.NoError(t, err)
	sameAmount(t, "0.0426", price)
	assert.Equal(t, "POST", script.requests[0].method)
	assert.Equal(t, "/v1/rating/quote", script.requests[0].path)
	assert.JSONEq(t, `{"resources": [{"service": "instance", "volume": "2",
		"desc": {"metadata": {"flavor_name": "m1.small"}, "groupby": {"id": "x"}}}]}`, script.requests[0].body)
}

func TestQuirkFlatQuoteOfAnOldRelease(t *testing.T) {
	t.Parallel()
	c := replayV1(t, "quote-flat-desc")
	price, err := c.GetQuote(t.Context(), rating.QuoteResource{
		Service: "instance", Volume: amount("2"), Metadata: map[string]string{"flavor_name": "m1.small"}, Flat: true,
	})
	require.NoError(t, err)
	assert.True(t, price.IsZero(), "17.0 finds no rule, and says nothing")
}

func TestQuirkQuoteIsATextInAnyForm(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`"1E-7"`: "0.0000001", `"0"`: "0", `0.125`: "0.125", `1e-05`: "0.00001", `"0.0426000000000000000000000000"`: "0.0426",
	} {
		c, _ := scriptedV1(t, replies(200, text))
		price, err := c.GetQuote(t.Context(), rating.QuoteResource{Service: "x"})
		require.NoError(t, err, text)
		sameAmount(t, want, price)
	}
	for _, text := range []string{`null`, `"free"`, `"NaN"`, `{}`, `"1" "2"`, ``} {
		c, _ := scriptedV1(t, replies(200, text))
		_, err := c.GetQuote(t.Context(), rating.QuoteResource{Service: "x"})
		assert.Error(t, err, text)
	}
}

func TestQuoteOfNothingAndOfTheUnknown(t *testing.T) {
	t.Parallel()
	price, err := replayV1(t, "quote-empty").GetQuote(t.Context())
	require.NoError(t, err)
	assert.True(t, price.IsZero())
	c, script := scriptedV1(t, loadV1(t, "quote-unknown-service").answer)
	price, err = c.GetQuote(t.Context(), rating.QuoteResource{Service: "nope", Volume: amount("10")})
	require.NoError(t, err)
	assert.True(t, price.IsZero())
	assert.True(t, json.Valid([]byte(script.requests[0].body)))
	assert.Contains(t, script.requests[0].body, `"desc":{"groupby":{},"metadata":{}}`)
}

func TestQuoteIsRepeatedAndRefused(t *testing.T) {
	t.Parallel()
	c, script := scriptedV1(t, replies(502, ""), replies(200, `"1"`))
	_, err := c.GetQuote(t.Context(), rating.QuoteResource{Service: "x"})
	require.NoError(t, err, "it only reads")
	assert.Len(t, script.requests, 2)
	_, err = c.GetQuote(t.Context(), rating.QuoteResource{Service: "x"}, rating.QuoteResource{Volume: amount("1")})
	require.ErrorContains(t, err, "QuoteResource.Service")
	_, err = c.GetQuote(t.Context(), rating.QuoteResource{Service: "x", Volume: decimal.New(1, 2_000_000_000)})
	require.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
	assert.Len(t, script.requests, 2)
}
