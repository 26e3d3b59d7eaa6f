package paging_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/paging"
)

func TestOffsetRefusesWhatDoesNotAddUp(t *testing.T) {
	t.Parallel()
	type answer struct{ rows, total int }
	for name, c := range map[string]struct {
		pages []answer
		rows  int
		text  string
	}{
		"total grew":          {[]answer{{50, 120}, {50, 120}, {20, 121}}, 100, "truncated: total changed from 120 to 121 during the walk"},
		"total shrank":        {[]answer{{50, 120}, {50, 119}, {20, 119}}, 50, "truncated: total changed from 120 to 119 during the walk"},
		"short page":          {[]answer{{50, 120}, {49, 120}, {20, 120}}, 50, "truncated: the page at offset 50 has 49 rows instead of 50"},
		"empty page":          {[]answer{{50, 120}, {50, 120}, {0, 120}}, 100, "truncated: the page at offset 100 has 0 rows instead of 20"},
		"long page":           {[]answer{{50, 120}, {51, 120}, {20, 120}}, 50, "truncated: the page at offset 50 has 51 rows instead of 50"},
		"long last page":      {[]answer{{50, 120}, {50, 120}, {50, 120}}, 100, "truncated: the page at offset 100 has 50 rows instead of 20"},
		"empty first page":    {[]answer{{0, 120}}, 0, "truncated: the page at offset 0 has 0 rows, but the total is 120"},
		"more than the total": {[]answer{{50, 40}}, 0, "truncated: the page at offset 0 has 50 rows, but the total is 40"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for k := range 5 {
				rows, failures := read(paging.Offset(t.Context(), 0, k, func(_ context.Context, offset int) ([]int, int, error) {
					a := c.pages[offset/50]
					return make([]int, a.rows), a.total, nil
				}))
				require.Len(t, failures, 1)
				require.ErrorIs(t, failures[0], errs.ErrTruncated)
				require.EqualError(t, failures[0], c.text)
				assert.Len(t, rows, c.rows)
			}
		})
	}
}

func TestOffsetStartsWhereItIsTold(t *testing.T) {
	t.Parallel()
	srv := &server{rows: 10, size: 3}
	for first, want := range map[int][]int{3: numbers(3, 10), 9: {9}, 10: nil, 12: nil} {
		rows, failures := read(paging.Offset(t.Context(), first, 2, srv.byOffset))
		assert.Empty(t, failures)
		assert.Equal(t, want, rows, "from %d", first)
	}
	_, failures := read(paging.Offset(t.Context(), -1, 2, srv.byOffset))
	require.Len(t, failures, 1)
	require.ErrorIs(t, failures[0], errs.ErrInvalidArgument)
}

func TestOffsetHasKPagesUnderWayOrWithTheConsumer(t *testing.T) {
	t.Parallel()
	for _, k := range []int{-1, 0, 1, 2, 4, 100} {
		synctest.Test(t, func(t *testing.T) {
			srv := &server{rows: 30, size: 3}
			batches := 0
			for range paging.Offset(t.Context(), 0, k, srv.byOffset) {
				batches++
				synctest.Wait()
				assert.EqualValues(t, min(batches-1+max(k, 1), 10), srv.requests.Load(), "k=%d, batch %d", k, batches)
			}
			assert.Equal(t, 10, batches)
		})
	}
}

func TestOffsetTakesTheTimeOfItsPagesOverK(t *testing.T) {
	t.Parallel()
	for k, want := range map[int]time.Duration{1: 41 * latency, 2: 21 * latency, 4: 11 * latency} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			rows, failures := read(paging.Offset(t.Context(), 0, k, (&server{rows: 123, size: 3, hook: slow}).byOffset))
			assert.Empty(t, failures)
			assert.Equal(t, numbers(0, 123), rows)
			assert.Equal(t, want, time.Since(start), "k=%d", k)
		})
	}
}

func TestOffsetKeepsOrderWhenLaterPagesAreFaster(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rows, failures := read(paging.Offset(t.Context(), 0, 4, (&server{rows: 30, size: 3, hook: func(_ context.Context, page int) error {
			time.Sleep(latency / time.Duration(page+1))
			return nil
		}}).byOffset))
		assert.Empty(t, failures)
		assert.Equal(t, numbers(0, 30), rows)
	})
}

func TestOffsetErrorWaitsForItsTurnAndCancelsLaterPages(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		refused := errors.New("refused")
		srv := &server{rows: 60, size: 3}
		srv.hook = func(ctx context.Context, page int) error {
			switch {
			case page < 3:
				time.Sleep(latency)
			case page == 3:
				return refused
			default:
				<-ctx.Done()
			}
			return ctx.Err()
		}
		var rows []int
		for batch, err := range paging.Offset(t.Context(), 0, 4, srv.byOffset) {
			rows = append(rows, batch...)
			if err != nil {
				require.ErrorIs(t, err, refused)
				assert.Zero(t, srv.running.Load(), "the later pages are over when the error is yielded")
			}
		}
		assert.Equal(t, numbers(0, 9), rows)
	})
}
