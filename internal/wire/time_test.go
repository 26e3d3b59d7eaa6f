package wire_test

import (
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gophermeter/gophermeter/internal/wire"
)

func TestParseTime(t *testing.T) {
	t.Parallel()
	one := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2026-11-23T01:00:00.000000":      one, // Nova
		"2026-11-23T01:00:00":             one, // CloudKitty v1
		"2026-11-23T03:00:00+02:00":       one, // CloudKitty v2 on a server in Berlin
		"2026-11-23T01:00:00+00:00":       one,
		"2026-11-23T06:30:00+05:30":       one,
		"2026-11-22T21:30:00-0330":        one,
		"2026-11-23T06:00:00+05":          one,
		"2026-11-23T01:00:00.000000Z":     one, // Keystone
		"2026-11-23 01:00:00":             one,
		"2026-11-23 01:00:00.000000+0000": one,
		"2026-11-23":                      one.Add(-time.Hour),
		"2026-11-23T01:00:00.5":           one.Add(500 * time.Millisecond),
		"2026-11-23T01:00:00.011000":      one.Add(11 * time.Millisecond),
		"2026-11-23T01:00:00.123456789":   one.Add(123456789),
		"2026-11-23T01:00:00.1234567899Z": one.Add(123456789),
		"2024-02-29T23:59:59":             time.Date(2024, 2, 29, 23, 59, 59, 0, time.UTC),
		"2000-02-29":                      time.Date(2000, 2, 29, 0, 0, 0, 0, time.UTC),
		"0000-01-01":                      time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC),
		"9999-12-31T23:59:59-23:59":       time.Date(10000, 1, 1, 23, 58, 59, 0, time.UTC),
	} {
		got, err := wire.ParseTime(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
		got, err = wire.ParseTime([]byte(text))
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
}

func TestParseTimeRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "yesterday", "2026", "2026-11", "2026-11-2", "26-11-23T01:00:00",
		"2026-02-30", "2026-02-29", "1900-02-29", "2026-04-31T00:00:00", "2026-00-10", "2026-13-01", "2026-01-00",
		"2026-11-23T24:00:00", "2026-11-23T01:60:00", "2026-11-23T01:00:60", "2026-11-23T1:00:00",
		"2026-11-23T01:00", "2026-11-23t01:00:00", "2026-11-23T01:00:00.", "2026-11-23T01:00:00,5",
		"2026-11-23T01:00:00z", "2026-11-23T01:00:00Z0", "2026-11-23T01:00:00 Z", "2026-11-23T01:00:00+", "2026-11-23T01:00:00+5",
		"2026-11-23T01:00:00+24:00", "2026-11-23T01:00:00+05:60", "2026-11-23T01:00:00+05-30", "2026-11-23T01:00:00+05:3",
		"2026-11-23Z", "2026/11/23", " 2026-11-23", "2026-11-23 ", "2026-11-23T01:00:00 01:00", "20190723T122810Z",
		"-026-11-23", "202a-11-23", "2026-11-23T01:00:00+0٣",
	} {
		got, err := wire.ParseTime(text)
		require.Error(t, err, text)
		require.Zero(t, got, text)
	}
	_, err := wire.ParseTime("2026-02-30T00:00:00")
	assert.EqualError(t, err, `not a time: "2026-02-30T00:00:00"`)
}

func TestParseTimeDoesNotAllocate(t *testing.T) {
	text := []byte("2026-11-23T01:00:00.123456+05:30")
	assert.Zero(t, testing.AllocsPerRun(100, func() { _, _ = wire.ParseTime(text) }))
}

// Layouts that time.Parse reads as this package does, once shape has ruled out its liberties: hours of
// one digit, a comma for the point, zones of 24 hours.
var (
	layouts = []string{
		"2006-01-02", "2006-01-02T15:04:05", "2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07",
		"2006-01-02 15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05Z0700", "2006-01-02 15:04:05Z07",
	}
	shape = regexp.MustCompile(`^\d{4}-\d\d-\d\d([T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)?)?$`)
)

func FuzzParseTime(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string) {
		var want time.Time
		accepted := false
		for _, layout := range layouts {
			if parsed, err := time.Parse(layout, text); err == nil && shape.MatchString(text) {
				want, accepted = parsed.UTC(), true
				break
			}
		}
		got, err := wire.ParseTime(text)
		require.Equal(t, accepted, err == nil, "%q: %v", text, err)
		require.Equal(t, want, got, "%q", text)
		bytes, err := wire.ParseTime([]byte(text))
		require.Equal(t, accepted, err == nil, "%q: %v", text, err)
		require.Equal(t, want, bytes, "%q", text)
	})
}

func TestFormat(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 23, 3, 0, 0, 0, time.FixedZone("CET", 3600))
	for _, test := range []struct {
		at             time.Time
		naive, rfc3339 string
	}{
		{at, "2026-11-23T02:00:00", "2026-11-23T02:00:00Z"},
		{at.Add(11 * time.Millisecond), "2026-11-23T02:00:00.011000", "2026-11-23T02:00:00.011Z"},
		{at.Add(1999), "2026-11-23T02:00:00.000001", "2026-11-23T02:00:00.000001999Z"},
		{at.Add(999), "2026-11-23T02:00:00", "2026-11-23T02:00:00.000000999Z"},
	} {
		assert.Equal(t, test.naive, wire.FormatNaive(test.at))
		assert.Equal(t, test.rfc3339, wire.FormatRFC3339(test.at))
	}
}

func TestFormattedTimesAreReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const year0, year10000 = -62167219200, 253402300800
		at := time.Unix(rapid.Int64Range(year0, year10000-1).Draw(t, "seconds"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanos"))
		read, err := wire.ParseTime(wire.FormatRFC3339(at))
		require.NoError(t, err)
		require.Equal(t, at.UTC(), read)
		read, err = wire.ParseTime(wire.FormatNaive(at))
		require.NoError(t, err)
		require.Equal(t, at.UTC().Add(-time.Duration(at.Nanosecond()%1000)), read)
	})
}

func BenchmarkParseTime(b *testing.B) {
	text := []byte("2026-11-23T01:00:00.000000")
	for b.Loop() {
		_, _ = wire.ParseTime(text)
	}
}
