package jsonstream_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// recorded is two rows of nova-05-usage-21-detailed, a recording of Nova 26.
const recorded = `{"tenant_usages": [{"tenant_id": "2845bc9e198d46c89312fa2d02ae0606", "server_usages": [{"hours": 21.83361111111111, "flavor": "m1.medium", "instance_id": "015b8529-cc83-485c-86ee-8707770897b9", "name": "tenant-5-vm-0012", "tenant_id": "2845bc9e198d46c89312fa2d02ae0606", "memory_mb": 4096, "local_gb": 40, "vcpus": 2, "started_at": "2026-11-08T18:38:50.000000", "ended_at": "2026-11-09T16:28:51.000000", "state": "terminated", "uptime": 78601}, {"hours": 699.6263888888889, "flavor": "m1.medium", "instance_id": "01a52eec-2318-44f8-8c06-8f10463f4ecb", "name": "tenant-5-vm-0157", "tenant_id": "2845bc9e198d46c89312fa2d02ae0606", "memory_mb": 4096, "local_gb": 40, "vcpus": 2, "started_at": "2026-10-24T21:22:25.000000", "ended_at": null, "state": "active", "uptime": 2519218}], "total_hours": 111.70694444444445, "start": "2026-10-24T00:00:00.000000", "stop": "2026-11-23T01:00:00.000000"}]}`

var recordedServers = []server{
	{
		InstanceID: "015b8529-cc83-485c-86ee-8707770897b9", Name: "tenant-5-vm-0012", TenantID: "2845bc9e198d46c89312fa2d02ae0606",
		Flavor: "m1.medium", State: "terminated", Hours: 21.83361111111111, VCPUs: 2, MemoryMB: 4096, LocalGB: 40, Uptime: 78601,
		StartedAt: time.Date(2026, 11, 8, 18, 38, 50, 0, time.UTC), EndedAt: time.Date(2026, 11, 9, 16, 28, 51, 0, time.UTC),
	},
	{
		InstanceID: "01a52eec-2318-44f8-8c06-8f10463f4ecb", Name: "tenant-5-vm-0157", TenantID: "2845bc9e198d46c89312fa2d02ae0606",
		Flavor: "m1.medium", State: "active", Hours: 699.6263888888889, VCPUs: 2, MemoryMB: 4096, LocalGB: 40, Uptime: 2519218,
		StartedAt: time.Date(2026, 10, 24, 21, 22, 25, 0, time.UTC),
	},
}

// readers gives a document as a page and as a live body that arrives in pieces of every kind.
func readers(document string) map[string]*jsonstream.Reader {
	return map[string]*jsonstream.Reader{
		"page":       jsonstream.NewBytes([]byte(document)),
		"live":       jsonstream.New(strings.NewReader(document)),
		"byte":       jsonstream.New(iotest.OneByteReader(strings.NewReader(document))),
		"with error": jsonstream.New(iotest.DataErrReader(strings.NewReader(document))),
	}
}

func TestRecordedPage(t *testing.T) {
	t.Parallel()
	for how, r := range readers(recorded) {
		rows, err := readPage(r, nil)
		require.NoError(t, err, how)
		require.Equal(t, recordedServers, rows, how)
	}
}

func TestEveryUnfinishedDocumentIsTorn(t *testing.T) {
	t.Parallel()
	document := recorded + "\n"
	for end := range len(recorded) {
		for how, r := range readers(document[:end]) {
			_, err := readPage(r, nil)
			require.ErrorIs(t, err, jsonstream.ErrTorn, "%s, %d bytes", how, end)
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		}
	}
	_, err := readPage(jsonstream.NewBytes([]byte(recorded[:100])), nil)
	assert.EqualError(t, err, "unfinished JSON document after 95 bytes: unexpected EOF")
}

// The digits that a number has lost are not to be missed.
func TestANumberThatIsCutIsNotANumber(t *testing.T) {
	t.Parallel()
	ways := map[string]func(r *jsonstream.Reader) error{
		"Float":   func(r *jsonstream.Reader) error { _, err := r.Float(); return err },
		"Int":     func(r *jsonstream.Reader) error { _, err := r.Int(); return err },
		"Decimal": func(r *jsonstream.Reader) error { _, err := r.Decimal(); return err },
		"Raw":     func(r *jsonstream.Reader) error { _, err := r.Raw(); return err },
		"Skip":    (*jsonstream.Reader).Skip,
		"String":  func(r *jsonstream.Reader) error { _, err := r.String(); return err },
	}
	for name, read := range ways {
		for how, r := range readers(`[1e400`) {
			var err error
			require.ErrorIs(t, r.Array(func() error { err = read(r); return err }), jsonstream.ErrTorn)
			require.ErrorIs(t, err, jsonstream.ErrTorn, "%s, %s", name, how)
		}
	}
}

func TestOtherDocumentsAreNotTorn(t *testing.T) {
	t.Parallel()
	for document, want := range map[string]string{
		recorded + " {}":   "more after the end of the document",
		recorded + "]":     `invalid character ']' at start of value at byte 891`,
		recorded + "\x00":  `invalid character '\x00' at start of value at byte 891`,
		`<html>502</html>`: `invalid character '<' at start of value at byte 0`,
		`{"tenant_usages": [{"total_hours": NaN}]}`: `tenant_usages/0/total_hours: invalid character 'N' at start of value at byte 35`,
		`{"tenant_usages" []}`:                      `tenant_usages: invalid character '[' after object name (expecting ':') at byte 17`,
		`{"tenant_usages": [], 1: 2}`:               `object member name must be a string at byte 22`,
		`{"tenant_usages": [}`:                      `tenant_usages/0: invalid character '}' at start of value at byte 19`,
		`null`:                                      `expected an object, got null`,
		`[]`:                                        `expected an object, got an array`,
		`{"tenant_usages": {"a": [1]}}`:             `tenant_usages: expected an array, got an object`,
		`{"tenant_usages": [null]}`:                 `tenant_usages/0: expected an object, got null`,
		`{"tenant_usages": [{"server_usages": [{}, {"hours": "x"}]}]}`:      `tenant_usages/0/server_usages/1/hours: expected a number, got "x"`,
		`{"tenant_usages": [{"server_usages": [{"started_at": "today"}]}]}`: `tenant_usages/0/server_usages/0/started_at: not a time: "today"`,
	} {
		for how, r := range readers(document) {
			_, err := readPage(r, nil)
			var wrong *jsonstream.Error
			require.ErrorAs(t, err, &wrong, "%s: %s", how, document)
			assert.NotErrorIs(t, err, jsonstream.ErrTorn)
			assert.Equal(t, want, strings.ReplaceAll(err.Error(), "\n", "|"), "%s: %s", how, document)
		}
	}
}

func TestOrderAndUnknownNamesMeanNothing(t *testing.T) {
	t.Parallel()
	for how, r := range readers(`{"links": [{"rel": "next"}], "tenant_usages": [{"new": {"a": {"b": [[], {}, ""]}}, "server_usages": [
		{"x": null, "name": "first", "name": "second", "state": "active", "hours": 0, "y": [1, {"hours": 7}], "\u0066lav\u006fr": "t\u00efny"}
	]}, {"server_usages": null}]}`) {
		rows, err := readPage(r, nil)
		require.NoError(t, err, how)
		assert.Equal(t, []server{{Name: "second", State: "active", Flavor: "tïny"}}, rows, how)
	}
}

func TestABadNameLosesNoBill(t *testing.T) {
	t.Parallel()
	for how, r := range readers("{\"tenant_usages\": [{\"server_usages\": [{\"name\": \"caf\xe9 \\ud800\", \"\xff\": 1, \"hours\": 2.5}]}]}") {
		rows, err := readPage(r, nil)
		require.NoError(t, err, how)
		assert.Equal(t, []server{{Name: "caf\uFFFD \uFFFD", Hours: 2.5}}, rows, how)
	}
}

// A caller that can do without a value reads on behind it.
func TestReadingOnAfterAMismatch(t *testing.T) {
	t.Parallel()
	for how, r := range readers(`[{"a": [1, {}]}, "x", [[2]], 5]`) {
		var got []int64
		var wrong []string
		require.NoError(t, r.Array(func() error {
			n, err := r.Int()
			if e := (*jsonstream.Error)(nil); errors.As(err, &e) {
				wrong = append(wrong, e.Error())
				return nil
			}
			got = append(got, n)
			return err
		}), how)
		require.NoError(t, r.End(), how)
		assert.Equal(t, []int64{5}, got, how)
		assert.Equal(t, []string{
			"0: expected a whole number, got an object", `1: expected a whole number, got "x"`, "2: expected a whole number, got an array",
		}, wrong, how)
	}
}

func TestErrorsAreOneShortLine(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("€\xff", 1<<16)
	r := jsonstream.NewBytes([]byte(`{"` + long + `": "` + long + `"}`))
	err := r.Object(func([]byte) error { _, err := r.Float(); return err })
	require.Error(t, err)
	assert.Less(t, len(err.Error()), 1000)
	assert.NotContains(t, err.Error(), "\n")
}

func TestKindAndNull(t *testing.T) {
	t.Parallel()
	for how, r := range readers(` [ {}, [], "", -1, 2, true, false, null, null ] `) {
		kinds := string(r.Kind())
		require.NoError(t, r.Array(func() error {
			kinds += string(r.Kind())
			r.Null()
			return nil
		}), how)
		assert.Equal(t, `[{["00tfnn`, kinds, how)
		assert.Zero(t, r.Kind(), how)
		require.NoError(t, r.End(), how)
	}
}

func TestEndBeforeTheEnd(t *testing.T) {
	t.Parallel()
	assert.EqualError(t, jsonstream.NewBytes([]byte(`1`)).End(), "not read to its end")
	assert.ErrorIs(t, jsonstream.NewBytes([]byte(` `)).End(), jsonstream.ErrTorn)
}

func TestDepth(t *testing.T) {
	t.Parallel()
	nested := func(depth int) string { return strings.Repeat(`[`, depth) + strings.Repeat(`]`, depth) }
	ways := map[string]func(r *jsonstream.Reader) error{
		"Skip": (*jsonstream.Reader).Skip,
		"Raw":  func(r *jsonstream.Reader) error { _, err := r.Raw(); return err },
		"Array": func(r *jsonstream.Reader) error {
			var array func() error
			array = func() error { return r.Array(array) }
			return array()
		},
		"mismatch": func(r *jsonstream.Reader) error {
			if _, err := r.Int(); err.Error() != "expected a whole number, got an array" {
				return err
			}
			return nil
		},
	}
	for name, read := range ways {
		for how, r := range readers(nested(100)) {
			assert.NoError(t, read(r), "%s, %s", name, how)
		}
		for how, r := range readers(nested(101)) {
			assert.ErrorContains(t, read(r), "nested too deeply", "%s, %s", name, how)
		}
		for _, r := range readers(nested(1 << 20)) {
			assert.Error(t, read(r), name)
		}
	}
}

func TestErrorsOfALiveBodyStayThemselves(t *testing.T) {
	t.Parallel()
	ways := map[string]func(*jsonstream.Reader) error{
		"page": func(r *jsonstream.Reader) error { _, err := readPage(r, nil); return err },
		"Raw":  func(r *jsonstream.Reader) error { _, err := r.Raw(); return err },
		"Skip": (*jsonstream.Reader).Skip,
		"End":  func(r *jsonstream.Reader) error { return errors.Join(r.Skip(), r.End()) },
	}
	cause := errors.New("connection reset by peer")
	for name, read := range ways {
		for at := range len(recorded) {
			broken := func(cause error) error {
				return read(jsonstream.New(io.MultiReader(strings.NewReader(recorded[:at]), iotest.ErrReader(cause))))
			}
			require.ErrorIs(t, broken(cause), cause, "%s, %d", name, at)
			require.ErrorIs(t, broken(context.DeadlineExceeded), context.DeadlineExceeded, "%s, %d", name, at)
			require.ErrorIs(t, broken(io.ErrUnexpectedEOF), jsonstream.ErrTorn, "%s, %d", name, at)
		}
	}
	for _, cause := range []error{cause, fmt.Errorf("read tcp: %w", io.EOF)} {
		r := jsonstream.New(io.MultiReader(strings.NewReader(recorded), iotest.ErrReader(cause)))
		require.NoError(t, r.Skip())
		assert.Equal(t, cause, r.End())
	}
}

func TestPageIsReadInPlaceAndNotChanged(t *testing.T) { // not parallel: it counts allocations
	body := []byte(page(100))
	before := bytes.Clone(body)
	rows := make([]server, 0, 100)
	allocations := testing.AllocsPerRun(10, func() {
		var err error
		rows, err = readPage(jsonstream.NewBytes(body), rows[:0])
		require.NoError(t, err)
	})
	assert.Equal(t, before, body)
	assert.Less(t, allocations, 250.0, "two texts a row, and what a page needs")
}
