package jsonstream_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/internal/jsonstream"
	"github.com/gophermeter/gophermeter/internal/wire"
)

func FuzzReader(f *testing.F) {
	f.Add([]byte(recorded))
	f.Add([]byte(serverRow(0)))
	f.Add([]byte(serverRow(1)))
	f.Fuzz(func(t *testing.T, document []byte) {
		skip := jsonstream.NewBytes(document)
		err := skip.Skip()
		if err == nil {
			err = skip.End()
		}
		if err == nil || !strings.Contains(err.Error(), "nested too deeply") {
			require.Equal(t, json.Valid(document), err == nil, "%v", err)
		}

		before := bytes.Clone(document)
		row, err := readRow(jsonstream.NewBytes(document))
		require.Equal(t, before, document)
		live, liveErr := readRow(jsonstream.New(iotest.HalfReader(bytes.NewReader(document))))
		require.Equal(t, row, live)
		require.Equal(t, kind(err), kind(liveErr), "%v / %v", err, liveErr)

		if want, ok := unmarshalRow(document); ok && (err == nil || !strings.Contains(err.Error(), "nested too deeply")) {
			require.NoError(t, err)
			require.Equal(t, want, row)
		}
		_, _ = readPage(jsonstream.NewBytes(document), nil)
	})
}

// kind is what a caller does with an error: how much of a bad value its text quotes depends on what had arrived.
func kind(err error) string {
	switch {
	case err == nil:
		return "none"
	case errors.Is(err, jsonstream.ErrTorn):
		return "torn"
	default:
		return "wrong"
	}
}

func readRow(r *jsonstream.Reader) (server, error) {
	var rows []server
	err := servers(r, &rows)()
	if err == nil {
		err = r.End()
	}
	if err != nil {
		return server{}, err
	}
	return rows[0], nil
}

// unmarshalRow is readRow by encoding/json, one member after the other, for its structs take names in any
// case and keep what null should clear.
func unmarshalRow(document []byte) (row server, ok bool) {
	d := json.NewDecoder(bytes.NewReader(document))
	if token, err := d.Token(); err != nil || token != json.Delim('{') {
		return row, false
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return row, false
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return row, false
		}
		switch name {
		case "instance_id":
			row.InstanceID, ok = unmarshal[string](raw)
		case "name":
			row.Name, ok = unmarshal[string](raw)
		case "tenant_id":
			row.TenantID, ok = unmarshal[string](raw)
		case "flavor":
			row.Flavor, ok = unmarshal[string](raw)
		case "state":
			row.State, ok = unmarshal[string](raw)
		case "hours":
			row.Hours, ok = unmarshal[float64](raw)
		case "vcpus":
			row.VCPUs, ok = unmarshal[int64](raw)
		case "memory_mb":
			row.MemoryMB, ok = unmarshal[int64](raw)
		case "local_gb":
			row.LocalGB, ok = unmarshal[int64](raw)
		case "uptime":
			row.Uptime, ok = unmarshal[int64](raw)
		case "started_at":
			row.StartedAt, ok = unmarshalTime(raw)
		case "ended_at":
			row.EndedAt, ok = unmarshalTime(raw)
		default:
			ok = true
		}
		if !ok {
			return row, false
		}
	}
	if _, err := d.Token(); err != nil {
		return row, false
	}
	_, err := d.Token()
	return row, err == io.EOF
}

func unmarshal[T any](raw []byte) (value T, ok bool) {
	return value, json.Unmarshal(raw, &value) == nil
}

func unmarshalTime(raw []byte) (time.Time, bool) {
	text, ok := unmarshal[string](raw)
	if !ok || text == "" {
		return time.Time{}, ok
	}
	t, err := wire.ParseTime(text)
	return t, err == nil
}

func FuzzDecimal(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string) {
		document, err := json.Marshal(text)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(document, &text)) // as UTF-8
		got, err := jsonstream.NewBytes(document).Decimal()
		want, wantErr := decimal.NewFromString(text)
		small := len(text) <= 1000 && want.Exponent() >= -1000 && want.Exponent() <= 1000
		require.Equal(t, wantErr == nil && small, err == nil, "%q: %v, %v", text, err, wantErr)
		if err == nil {
			require.Equal(t, want.Exponent(), got.Exponent(), text)
			require.Equal(t, want.Coefficient(), got.Coefficient(), text)
		}
		if json.Valid([]byte(text)) && err == nil {
			number, err := jsonstream.NewBytes([]byte(text)).Decimal()
			require.NoError(t, err)
			require.Equal(t, got, number)
		}
	})
}

func FuzzNumbers(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string) {
		var number json.Number
		if json.Unmarshal([]byte(text), &number) != nil || number == "" || strings.TrimSpace(text)[0] == '"' {
			t.Skip()
		}
		float, err := jsonstream.NewBytes([]byte(text)).Float()
		want, wantErr := strconv.ParseFloat(number.String(), 64)
		require.Equal(t, wantErr == nil, err == nil, text)
		if err == nil {
			require.Equal(t, math.Float64bits(want), math.Float64bits(float), text)
		}
		whole, err := jsonstream.NewBytes([]byte(text)).Int()
		exact, exactErr := decimal.NewFromString(number.String())
		if exactErr != nil || len(number) > 1000 || exact.Exponent() < -1000 || exact.Exponent() > 1000 {
			require.Error(t, err, text)
			return
		}
		fits := exact.IsInteger() && exact.BigInt().IsInt64()
		require.Equal(t, fits, err == nil, text)
		if fits {
			require.Equal(t, exact.BigInt().Int64(), whole, text)
		}
	})
}
