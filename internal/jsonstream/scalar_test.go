package jsonstream_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// scalar is one value of a document and what reading it gives: want, or the problem.
type scalar[T any] struct {
	value   string
	want    T
	problem string
}

func check[T any](t *testing.T, read func(*jsonstream.Reader) (T, error), values []scalar[T]) {
	t.Helper()
	for _, value := range values {
		for how, r := range readers(`{"a": ` + value.value + `, "b": [0.5]}`) {
			var got T
			var err error
			after := 0.0
			require.NoError(t, r.Object(func(name []byte) error {
				if string(name) == "a" {
					got, err = read(r)
					return nil
				}
				return r.Array(func() (err error) { after, err = r.Float(); return err })
			}), "%s: %s", how, value.value)
			require.NoError(t, r.End())
			assert.Equal(t, 0.5, after, "%s: %s", how, value.value)
			assert.Equal(t, value.want, got, "%s: %s", how, value.value)
			if value.problem == "" {
				assert.NoError(t, err, "%s: %s", how, value.value)
			} else {
				assert.EqualError(t, err, "a: "+value.problem, how)
			}
		}
	}
}

func TestString(t *testing.T) {
	t.Parallel()
	values := []scalar[string]{
		{value: `""`},
		{value: `null`},
		{value: `"m1.tiny"`, want: "m1.tiny"},
		{value: `"m1.t\u00efny \"\\\/\b\f\n\r\t\ud83d\ude00"`, want: "m1.tïny \"\\/\b\f\n\r\t😀"},
		{value: `"Zoë, a name of more than eight bytes"`, want: "Zoë, a name of more than eight bytes"},
		{value: `"1234567\n"`, want: "1234567\n"},
		{value: `"12345678\n"`, want: "12345678\n"},
		{value: `"` + strings.Repeat("x", 10_000) + `"`, want: strings.Repeat("x", 10_000)},
		{value: `12`, problem: "expected a text, got 12"},
		{value: `false`, problem: "expected a text, got false"},
		{value: `{"x": 1}`, problem: "expected a text, got an object"},
	}
	check(t, (*jsonstream.Reader).String, values)
	check(t, (*jsonstream.Reader).Intern, values)
}

func TestInternedTextsShareMemory(t *testing.T) {
	t.Parallel()
	r := jsonstream.NewBytes([]byte(`["active", "deleted", "active", "\u0061ctive", "a\u0063tive"]`))
	var all []string
	require.NoError(t, r.Array(func() error {
		text, err := r.Intern()
		all = append(all, text)
		return err
	}))
	assert.Equal(t, []string{"active", "deleted", "active", "active", "active"}, all)
	assert.Same(t, unsafe.StringData(all[0]), unsafe.StringData(all[2]))
}

func TestInternDoesNotMixTexts(t *testing.T) {
	t.Parallel()
	var document []string
	for i := range 5000 {
		document = append(document, strings.Repeat("x", i%90)+string(rune('a'+i%26))+strings.Repeat("é", i%3))
	}
	body, err := json.Marshal(document)
	require.NoError(t, err)
	r := jsonstream.NewBytes(body)
	var all []string
	require.NoError(t, r.Array(func() error {
		text, err := r.Intern()
		all = append(all, text)
		return err
	}))
	assert.Equal(t, document, all)
}

func TestFloat(t *testing.T) {
	t.Parallel()
	check(t, (*jsonstream.Reader).Float, []scalar[float64]{
		{value: `0`}, {value: `null`}, {value: `0.0`},
		{value: `-0.0`, want: math.Copysign(0, -1)},
		{value: `1`, want: 1}, {value: `-12.5`, want: -12.5},
		{value: `111.70694444444445`, want: 111.70694444444445},
		{value: `-111.70694444444445`, want: -111.70694444444445},
		{value: `1.1e-09`, want: 1.1e-9}, {value: `1e+308`, want: 1e308}, {value: `3E2`, want: 300},
		{value: `0.1000000000000000055511151231257827021181583404541015625`, want: 0.1},
		{value: `1e400`, problem: "expected a number that a float64 holds, got 1e400"},
		{value: `"1"`, problem: `expected a number, got "1"`},
		{value: `true`, problem: "expected a number, got true"},
		{value: `[1, 2]`, problem: "expected a number, got an array"},
	})
}

func TestInt(t *testing.T) {
	t.Parallel()
	check(t, (*jsonstream.Reader).Int, []scalar[int64]{
		{value: `0`}, {value: `null`}, {value: `-0`}, {value: `0e5`},
		{value: `3`, want: 3}, {value: `3.0`, want: 3}, {value: `3e2`, want: 300}, {value: `-25E-1`, problem: "expected a whole number, got -25E-1"},
		{value: `1500e-2`, want: 15},
		{value: `9007199254740993`, want: 9007199254740993},
		{value: `9223372036854775807`, want: math.MaxInt64}, {value: `-9223372036854775808`, want: math.MinInt64},
		{value: `9223372036854775808`, problem: "expected a whole number, got 9223372036854775808"},
		{value: `1e999999999`, problem: "expected a whole number, got 1e999999999"},
		{value: `1e-999999999`, problem: "expected a whole number, got 1e-999999999"},
		{value: `2.5`, problem: "expected a whole number, got 2.5"},
		{value: `"3"`, problem: `expected a whole number, got "3"`},
	})
}

func TestDecimal(t *testing.T) {
	t.Parallel()
	exact := decimal.RequireFromString
	check(t, (*jsonstream.Reader).Decimal, []scalar[decimal.Decimal]{
		{value: `null`},
		{value: `0.0213`, want: exact("0.0213")},
		{value: `"0.0213"`, want: exact("0.0213")},
		{value: `"0.0213000000000000000000000000"`, want: exact("0.0213000000000000000000000000")}, // a hashmap cost
		{value: `"405.91279996479915"`, want: exact("405.91279996479915")},                         // a total of CloudKitty
		{value: `"1.2345678901234568e+16"`, want: exact("1.2345678901234568e+16")},
		{value: `1e-05`, want: exact("0.00001")},
		{value: `"0E-28"`, want: exact("0E-28")},
		{value: `"\u0031.50"`, want: exact("1.50")},
		{value: `-123456789012345678`, want: exact("-123456789012345678")},
		{value: `-1234567890123456789`, want: exact("-1234567890123456789")},
		{value: `"1e1000"`, want: exact("1e1000")},
		{value: `"1e1001"`, problem: `expected a decimal number, got "1e1001"`},
		{value: `1e-1001`, problem: `expected a decimal number, got 1e-1001`},
		{value: `""`, problem: `expected a decimal number, got ""`},
		{value: `"."`, problem: `expected a decimal number, got "."`},
		{value: `"-"`, problem: `expected a decimal number, got "-"`},
		{value: `"NaN"`, problem: `expected a decimal number, got "NaN"`},
		{value: `"1 "`, problem: `expected a decimal number, got "1 "`},
		{value: `true`, problem: "expected a decimal number, got true"},
		{value: `{}`, problem: "expected a decimal number, got an object"},
	})
}

func TestBool(t *testing.T) {
	t.Parallel()
	check(t, (*jsonstream.Reader).Bool, []scalar[bool]{
		{value: `true`, want: true}, {value: `false`}, {value: `null`},
		{value: `1`, problem: "expected true or false, got 1"},
		{value: `"True"`, problem: `expected true or false, got "True"`},
	})
}

func TestTime(t *testing.T) {
	t.Parallel()
	check(t, (*jsonstream.Reader).Time, []scalar[time.Time]{
		{value: `null`}, {value: `""`},
		{value: `"2026-11-23T01:00:00.000000"`, want: time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)},
		{value: `"2026-11-23T01:00:00\u002b02:00"`, want: time.Date(2026, 11, 22, 23, 0, 0, 0, time.UTC)},
		{value: `"2026-02-30"`, problem: `not a time: "2026-02-30"`},
		{value: `1763859600`, problem: "expected a time, got 1763859600"},
	})
}

func TestRaw(t *testing.T) {
	t.Parallel()
	check(t, (*jsonstream.Reader).Raw, []scalar[json.RawMessage]{
		{value: `null`, want: json.RawMessage(`null`)},
		{value: ` {"a" : ["\"[{", 1 ] } `, want: json.RawMessage(`{"a" : ["\"[{", 1 ] }`)},
		{value: `-1.0e5`, want: json.RawMessage(`-1.0e5`)},
	})
}
