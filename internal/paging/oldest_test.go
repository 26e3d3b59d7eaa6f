package paging_test

import (
	"cmp"
	"context"
	"iter"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/paging"
)

// log answers like Ceilometer's events: the oldest ones at or after the bound, at most limit, in no order among
// themselves.
type log struct {
	events []sample
	asked  []paging.SinceCursor
}

func (l *log) fetch(_ context.Context, c paging.SinceCursor) ([]sample, error) {
	l.asked = append(l.asked, c)
	rows := slices.DeleteFunc(slices.Clone(l.events), func(s sample) bool { return s.at.Before(c.Since) })
	rand.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	slices.SortStableFunc(rows, func(a, b sample) int { return cmp.Compare(a.at.UnixNano(), b.at.UnixNano()) })
	rows = rows[:min(c.Limit, len(rows))]
	rand.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	return rows, nil
}

func eventsOf(ctx context.Context, limit, maxLimit int, fetch func(context.Context, paging.SinceCursor) ([]sample, error)) iter.Seq2[[]sample, error] {
	return paging.Oldest(ctx, paging.SinceCursor{Limit: limit}, maxLimit,
		func(s *sample) time.Time { return s.at }, func(s *sample) string { return s.id }, fetch)
}

func TestOldestYieldsEachRowOnceAndInOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		l := &log{}
		for i, second := range rapid.SliceOfN(rapid.IntRange(0, 8), 0, 26).Draw(r, "seconds") {
			l.events = append(l.events, at(second, string(rune('a'+i)))...)
		}
		rows, failures := read(eventsOf(t.Context(), rapid.IntRange(1, 9).Draw(r, "limit"), 100, l.fetch))
		require.Empty(t, failures)
		require.True(t, slices.IsSortedFunc(rows, func(a, b sample) int { return a.at.Compare(b.at) }))
		byID := func(a, b sample) int { return cmp.Compare(a.id, b.id) }
		slices.SortFunc(rows, byID)
		slices.SortFunc(l.events, byID)
		require.Equal(t, len(l.events), len(rows))
		for i := range rows {
			require.Equal(t, l.events[i], rows[i])
		}
	})
}

func TestOldestGrowsItsLimitAndGivesUp(t *testing.T) {
	t.Parallel()
	l := &log{events: slices.Concat(at(1, "a"), at(2, "bcdefg"), at(3, "h"))}
	_, failures := read(eventsOf(t.Context(), 2, 100, l.fetch))
	require.Empty(t, failures)
	assert.Equal(t, 8, l.asked[len(l.asked)-1].Limit)
	_, failures = read(eventsOf(t.Context(), 2, 5, l.fetch))
	require.Len(t, failures, 1)
	require.EqualError(t, failures[0], "truncated: there are 5 rows or more at 2026-07-01T00:00:02Z")
	_, failures = read(eventsOf(t.Context(), 0, 5, l.fetch))
	require.ErrorIs(t, failures[0], errs.ErrInvalidArgument)
}

func TestOldestRefusesAServerThatDoesNotKeepToTheRules(t *testing.T) {
	t.Parallel()
	all := slices.Concat(at(1, "ab"), at(2, "cd"), at(3, "ef"))
	for name, c := range map[string]struct {
		fetch func(context.Context, paging.SinceCursor) ([]sample, error)
		is    error
	}{
		"bound ignored": {func(_ context.Context, c paging.SinceCursor) ([]sample, error) {
			return slices.Clone(all[:c.Limit]), nil
		}, errs.ErrLoop},
		"bound exclusive": {func(_ context.Context, c paging.SinceCursor) ([]sample, error) {
			younger := slices.DeleteFunc(slices.Clone(all), func(s sample) bool { return !s.at.After(c.Since) })
			return younger[:min(c.Limit, len(younger))], nil
		}, errs.ErrTruncated},
		"failure": {func(context.Context, paging.SinceCursor) ([]sample, error) { return nil, errs.ErrServer }, errs.ErrServer},
	} {
		_, failures := read(eventsOf(t.Context(), 3, 6, c.fetch))
		require.Len(t, failures, 1, name)
		require.ErrorIs(t, failures[0], c.is, name)
	}
}
