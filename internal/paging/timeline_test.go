package paging_test

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/paging"
)

type sample struct {
	at time.Time
	id string
}

// meter answers like Ceilometer: newest first, at or before the bound, at most limit. Rows of one time come in
// any order, a different one each request.
type meter struct {
	samples []sample
	shuffle func(ties []sample)
	asked   []paging.TimeCursor
}

func (m *meter) fetch(_ context.Context, c paging.TimeCursor) ([]sample, error) {
	m.asked = append(m.asked, c)
	rows := slices.Clone(m.samples)
	if m.shuffle != nil {
		m.shuffle(rows)
	}
	slices.SortStableFunc(rows, func(a, b sample) int { return cmp.Compare(b.at.UnixNano(), a.at.UnixNano()) })
	if !c.Before.IsZero() {
		rows = slices.DeleteFunc(rows, func(s sample) bool { return s.at.After(c.Before) })
	}
	return rows[:min(c.Limit, len(rows))], nil
}

func samplesOf(ctx context.Context, limit, maxLimit int, fetch func(context.Context, paging.TimeCursor) ([]sample, error)) iter.Seq2[[]sample, error] {
	return paging.Timeline(ctx, paging.TimeCursor{Limit: limit}, maxLimit,
		func(s *sample) time.Time { return s.at }, func(s *sample) string { return s.id }, fetch)
}

// at makes one sample for each letter, all at so many seconds after the epoch.
func at(second int, ids string) (rows []sample) {
	for _, id := range ids {
		rows = append(rows, sample{epoch.Add(time.Duration(second) * time.Second), string(id)})
	}
	return rows
}

func TestTimelineDropsTheRowsOfTheBoundaryThatComeAgain(t *testing.T) {
	t.Parallel()
	m := &meter{samples: slices.Concat(at(9, "a"), at(8, "bcd"), at(7, "e"), at(6, "fg"))}
	rows, failures := read(samplesOf(t.Context(), 3, 3, m.fetch))
	// bcd fill a page at their own time: with no room to grow, that is the end.
	require.Len(t, failures, 1)
	require.ErrorIs(t, failures[0], errs.ErrTruncated)
	assert.Equal(t, m.samples[:3], rows)

	m.asked = nil
	rows, failures = read(samplesOf(t.Context(), 4, 4, m.fetch))
	assert.Empty(t, failures)
	assert.Equal(t, m.samples, rows)
	assert.Equal(t, []paging.TimeCursor{
		{Limit: 4}, {Before: epoch.Add(8 * time.Second), Limit: 4}, {Before: epoch.Add(7 * time.Second), Limit: 4},
	}, m.asked)
}

func TestTimelineDoublesItsLimitWhenAPageIsOfOneTime(t *testing.T) {
	t.Parallel()
	m := &meter{samples: slices.Concat(at(9, "ab"), at(8, "cdefghi"), at(7, "jk"))}
	rows, failures := read(samplesOf(t.Context(), 2, 100, m.fetch))
	assert.Empty(t, failures)
	assert.Equal(t, m.samples, rows)
	var limits []int
	for _, c := range m.asked {
		limits = append(limits, c.Limit)
	}
	assert.Equal(t, []int{2, 2, 4, 4, 8, 8}, limits)
}

func TestTimelineIsTruncatedWhenOneTimeExceedsTheMaximum(t *testing.T) {
	t.Parallel()
	m := &meter{samples: slices.Concat(at(9, "ab"), at(8, "cdefghi"), at(7, "jk"))}
	rows, failures := read(samplesOf(t.Context(), 2, 7, m.fetch))
	require.Len(t, failures, 1)
	require.ErrorIs(t, failures[0], errs.ErrTruncated)
	require.EqualError(t, failures[0], "truncated: there are 7 rows or more at 2026-07-01T00:00:08Z")
	assert.Less(t, len(rows), len(m.samples))
	assert.Equal(t, 7, m.asked[len(m.asked)-1].Limit, "up to the maximum, not only to a power of two")
}

func TestTimelineHonoursItsFirstBound(t *testing.T) {
	t.Parallel()
	m := &meter{samples: slices.Concat(at(9, "ab"), at(8, "cd"), at(7, "e"))}
	rows, failures := read(paging.Timeline(t.Context(), paging.TimeCursor{Before: epoch.Add(8 * time.Second), Limit: 2}, 8,
		func(s *sample) time.Time { return s.at }, func(s *sample) string { return s.id }, m.fetch))
	assert.Empty(t, failures)
	assert.Equal(t, m.samples[2:], rows)
}

func TestTimelineRefusesAServerThatDoesNotKeepToTheRules(t *testing.T) {
	t.Parallel()
	all := slices.Concat(at(9, "ab"), at(8, "cd"), at(7, "ef"), at(6, "g"))
	for name, c := range map[string]struct {
		fetch func(context.Context, paging.TimeCursor) ([]sample, error)
		is    error
		text  string
	}{
		"bound ignored": {
			func(_ context.Context, c paging.TimeCursor) ([]sample, error) { return all[:c.Limit], nil },
			errs.ErrLoop, "pagination loop: asked for rows up to 2026-07-01T00:00:08Z, got one of 2026-07-01T00:00:09Z",
		},
		"bound exclusive": {
			func(_ context.Context, c paging.TimeCursor) ([]sample, error) {
				older := slices.DeleteFunc(slices.Clone(all), func(s sample) bool { return !c.Before.IsZero() && !s.at.Before(c.Before) })
				return older[:min(c.Limit, len(older))], nil
			},
			errs.ErrTruncated, "truncated: of 1 rows at 2026-07-01T00:00:08Z only 0 came again",
		},
		"oldest first": {
			func(context.Context, paging.TimeCursor) ([]sample, error) {
				return slices.Concat(at(6, "g"), at(7, "ef")), nil
			},
			errs.ErrTruncated, "truncated: not newest first: a row of 2026-07-01T00:00:07Z after one of 2026-07-01T00:00:06Z",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, failures := read(samplesOf(t.Context(), 3, 12, c.fetch))
			require.Len(t, failures, 1)
			require.ErrorIs(t, failures[0], c.is)
			require.EqualError(t, failures[0], c.text)
		})
	}
}

func TestTimelineRefusesALimitBelowOne(t *testing.T) {
	t.Parallel()
	m := &meter{}
	_, failures := read(samplesOf(t.Context(), 0, 10, m.fetch))
	require.Len(t, failures, 1)
	require.ErrorIs(t, failures[0], errs.ErrInvalidArgument)
	assert.Empty(t, m.asked)
}
