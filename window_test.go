package gophermeter_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
	_ "time/tzdata"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gophermeter/gophermeter"
)

func at(t *testing.T, text string) time.Time {
	t.Helper()
	parsed, err := time.Parse(time.RFC3339Nano, text)
	require.NoError(t, err)
	return parsed.UTC()
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	require.NoError(t, err)
	return loc
}

func TestMonths(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "2026-02-01T00:00:00Z/2026-03-01T00:00:00Z", gophermeter.Month(2026, time.February).String())
	assert.Equal(t, "2026-12-01T00:00:00Z/2027-01-01T00:00:00Z", gophermeter.Month(2026, 12).String())
	assert.Equal(t, "2027-01-01T00:00:00Z/2027-02-01T00:00:00Z", gophermeter.Month(2026, 13).String())
	assert.Equal(t, "2026-09-30T00:00:00Z/2026-10-01T00:00:00Z", gophermeter.Day(2026, time.September, 30).String())
	for _, test := range []struct {
		zone  string
		year  int
		month time.Month
		want  string
	}{
		{"Europe/Berlin", 2026, time.March, "2026-02-28T23:00:00Z/2026-03-31T22:00:00Z"},
		{"Europe/Berlin", 2026, time.October, "2026-09-30T22:00:00Z/2026-10-31T23:00:00Z"},
		{"America/New_York", 2026, time.November, "2026-11-01T04:00:00Z/2026-12-01T05:00:00Z"},
		{"Asia/Kolkata", 2026, time.May, "2026-04-30T18:30:00Z/2026-05-31T18:30:00Z"},
		{"Australia/Lord_Howe", 2026, time.April, "2026-03-31T13:00:00Z/2026-04-30T13:30:00Z"},
		// Midnight of 1 October 2017 did not exist in Paraguay: the day began at one.
		{"America/Asuncion", 2017, time.October, "2017-10-01T04:00:00Z/2017-11-01T03:00:00Z"},
		// Midnight of 1 November 2020 came twice in Cuba: the day began with the first.
		{"America/Havana", 2020, time.November, "2020-11-01T04:00:00Z/2020-12-01T05:00:00Z"},
	} {
		assert.Equal(t, test.want, gophermeter.MonthIn(test.year, test.month, zone(t, test.zone)).String(), test.zone)
	}
}

// Months follow one another without gap or overlap, wherever and whenever; each begins on its first day.
func TestMonthsAreConsecutive(t *testing.T) {
	t.Parallel()
	names := []string{"UTC", "Europe/Berlin", "America/Asuncion", "America/Havana", "Asia/Beirut", "Africa/Cairo", "America/Sao_Paulo", "Asia/Amman"}
	rapid.Check(t, func(r *rapid.T) {
		loc := zone(t, rapid.SampledFrom(names).Draw(r, "zone"))
		year, month := rapid.IntRange(1970, 2040).Draw(r, "year"), time.Month(rapid.IntRange(1, 12).Draw(r, "month"))
		w, next := gophermeter.MonthIn(year, month, loc), gophermeter.MonthIn(year, month+1, loc)
		require.NoError(r, w.Check())
		require.Equal(r, w.End, next.Start)
		require.Equal(r, month, w.Start.In(loc).Month())
		require.Equal(r, 1, w.Start.In(loc).Day())
		require.NotEqual(r, month, w.Start.Add(-1).In(loc).Month())
	})
}

func TestLast(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(1500 * time.Millisecond)
		w := gophermeter.Last(time.Hour)
		assert.Equal(t, "1999-12-31T23:00:01Z/2000-01-01T00:00:01Z", w.String())
		assert.Equal(t, time.Hour, w.Duration())
		assert.Equal(t, time.UTC, w.End.Location())
	})
}

func TestWindowsThatCannotBeMeant(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for _, test := range []struct {
		w    gophermeter.Window
		want string
	}{
		{gophermeter.Window{}, "Window.Start: is not set"},
		{gophermeter.Window{End: now}, "Window.Start: is not set"},
		{gophermeter.Window{Start: now}, "Window.End: is not set"},
		{gophermeter.Window{Start: now, End: now}, "is not after Start"},
		{gophermeter.Window{Start: now, End: now.Add(-1)}, "is not after Start"},
		{gophermeter.Last(-time.Hour), "is not after Start"},
	} {
		assert.ErrorIs(t, test.w.Check(), gophermeter.ErrInvalidArgument)
		assert.ErrorContains(t, test.w.Check(), test.want)
		for range test.w.Split(time.Hour) {
			t.Error("a window that cannot be meant has no pieces")
		}
	}
	assert.NoError(t, gophermeter.Window{Start: now, End: now.Add(1)}.Check())
}

func TestContains(t *testing.T) {
	t.Parallel()
	w := gophermeter.Month(2026, 2)
	for text, want := range map[string]bool{
		"2026-01-31T23:59:59.999999999Z": false, "2026-02-01T00:00:00Z": true, "2026-02-28T23:59:59.999Z": true, "2026-03-01T00:00:00Z": false,
	} {
		assert.Equal(t, want, w.Contains(at(t, text)), text)
	}
}

// slept is a time read an hour after t, by a machine that slept meanwhile: its monotonic clock stood still.
func slept(t time.Time) time.Time {
	t = t.Add(time.Hour)
	monotonic := (*int64)(unsafe.Add(unsafe.Pointer(&t), unsafe.Sizeof(uint64(0)))) // no call makes such a time
	*monotonic -= int64(time.Hour)
	return t
}

func TestTheWallClockCounts(t *testing.T) {
	t.Parallel()
	now := time.Now()
	w := gophermeter.Window{Start: now, End: slept(now)}
	require.False(t, w.End.After(w.Start), "as package time has it")
	assert.NoError(t, w.Check())
	assert.Equal(t, time.Hour, w.Duration())
	assert.True(t, w.Contains(now.Add(time.Minute)))
	half := now.Round(0).UTC().Add(30 * time.Minute)
	assert.Equal(t, []gophermeter.Window{{Start: now.Round(0).UTC(), End: half}, {Start: half, End: w.End.Round(0).UTC()}},
		slices.Collect(w.Split(30*time.Minute)))
	assert.Equal(t, gophermeter.Window{Start: w.Start.Round(0), End: w.End.Round(0)}.Align(time.Hour), w.Align(time.Hour))
}

func TestAlign(t *testing.T) {
	t.Parallel()
	w := gophermeter.Window{Start: at(t, "2026-09-01T10:17:00Z"), End: at(t, "2026-09-01T12:00:00.5Z")}
	for _, test := range []struct {
		step time.Duration
		want string
	}{
		{time.Hour, "2026-09-01T10:00:00Z/2026-09-01T13:00:00Z"},
		{time.Second, "2026-09-01T10:17:00Z/2026-09-01T12:00:01Z"},
		{7 * 24 * time.Hour, "2026-08-27T00:00:00Z/2026-09-03T00:00:00Z"}, // weeks since 1970 begin on Thursday
		{250 * time.Millisecond, "2026-09-01T10:17:00Z/2026-09-01T12:00:00.5Z"},
		{0, w.String()}, {-time.Hour, w.String()},
	} {
		assert.Equal(t, test.want, w.Align(test.step).String(), test.step)
	}
	whole := gophermeter.Month(2026, 9)
	assert.Equal(t, whole, whole.Align(time.Hour), "what is aligned stays")
}

// drawn are windows and steps of any size and place, also before 1970.
func drawn(r *rapid.T) (gophermeter.Window, time.Duration) {
	steps := []time.Duration{1500 * time.Millisecond, time.Second, time.Minute, time.Hour, 24 * time.Hour, 7 * 24 * time.Hour, 17 * time.Minute}
	step := rapid.SampledFrom(steps).Draw(r, "step")
	start := time.Unix(rapid.Int64Range(-1e9, 4e9).Draw(r, "start"), rapid.Int64Range(0, 999_999_999).Draw(r, "nanos"))
	length := time.Duration(rapid.Int64Range(1, 200*int64(step)).Draw(r, "length"))
	loc := time.FixedZone("", rapid.IntRange(-12, 14).Draw(r, "zone")*3600)
	return gophermeter.Window{Start: start.In(loc), End: start.Add(length)}, step
}

func TestSplitCoversExactlyAndInOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		w, step := drawn(r)
		at, pieces := w.Start, 0
		for piece := range w.Split(step) {
			require.NoError(r, piece.Check())
			require.True(r, piece.Start.Equal(at))
			require.Equal(r, time.UTC, piece.Start.Location())
			require.LessOrEqual(r, piece.Duration(), step)
			require.True(r, piece.Duration() == step || piece.End.Equal(w.End))
			at = piece.End
			pieces++
		}
		require.True(r, at.Equal(w.End))
		require.EqualValues(r, (w.Duration()+step-1)/step, pieces)
		for range w.Split(step) {
			break
		}
		for range w.Split(0) {
			r.Fatal("no step, no piece")
		}
	})
}

func TestAlignOnlyWidensToWholeSteps(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		w, step := drawn(r)
		wide := w.Align(step)
		require.False(r, wide.Start.After(w.Start))
		require.False(r, wide.End.Before(w.End))
		require.Less(r, w.Start.Sub(wide.Start), step)
		require.Less(r, wide.End.Sub(w.End), step)
		require.Zero(r, wide.Start.UnixNano()%int64(step))
		require.Zero(r, wide.End.UnixNano()%int64(step))
		require.Equal(r, wide, wide.Align(step))
	})
}
