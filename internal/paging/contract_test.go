package paging_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What every strategy promises, one test a line of the contract.

func TestMakingOneAsksForNothing(t *testing.T) {
	t.Parallel()
	eachStrategy(t, func(t *testing.T, s strategy) {
		srv := &server{rows: 10, size: 3}
		_ = s.walk(t.Context(), srv)
		assert.Zero(t, srv.requests.Load())
	})
}

func TestEveryRangeStartsAgain(t *testing.T) {
	t.Parallel()
	eachStrategy(t, func(t *testing.T, s strategy) {
		pages := s.walk(t.Context(), &server{rows: 10, size: 3})
		for range pages {
			break
		}
		for range 2 {
			rows, errs := read(pages)
			assert.Empty(t, errs)
			assert.Equal(t, numbers(0, 10), rows)
		}
	})
}

func TestConcurrentRangesAreIndependent(t *testing.T) {
	t.Parallel()
	eachStrategy(t, func(t *testing.T, s strategy) {
		pages := s.walk(t.Context(), &server{rows: 40, size: 3})
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				rows, errs := read(pages)
				assert.Empty(t, errs)
				assert.Equal(t, numbers(0, 40), rows)
			})
		}
		wg.Wait()
	})
}

func TestErrorComesOnceAndLastWithoutABatch(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	eachStrategy(t, func(t *testing.T, s strategy) {
		for failing := range 3 {
			srv := &server{rows: 20, size: 3, hook: func(_ context.Context, page int) error {
				if page == failing {
					return refused
				}
				return nil
			}}
			batches, failed := 0, false
			for rows, err := range s.walk(t.Context(), srv) {
				require.False(t, failed, "yielded after its error")
				if err == nil {
					batches++
					continue
				}
				failed = true
				require.ErrorIs(t, err, refused)
				assert.Nil(t, rows)
			}
			assert.True(t, failed)
			assert.Equal(t, failing, batches, "the pages before the error")
		}
	})
}

func TestEmptyCollectionYieldsNothing(t *testing.T) {
	t.Parallel()
	eachStrategy(t, func(t *testing.T, s strategy) {
		for range s.walk(t.Context(), &server{size: 3}) {
			assert.Fail(t, "a batch without rows")
		}
	})
}

func TestDoneContextAsksForNothing(t *testing.T) {
	t.Parallel()
	eachStrategy(t, func(t *testing.T, s strategy) {
		why := errors.New("the operator went home")
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		cancel(why)
		srv := &server{rows: 10, size: 3}
		rows, errs := read(s.walk(ctx, srv))
		assert.Empty(t, rows)
		require.Len(t, errs, 1)
		require.ErrorIs(t, errs[0], context.Canceled)
		require.ErrorIs(t, errs[0], why)
		assert.Zero(t, srv.requests.Load())
	})
}

func TestCancelInTheLoopBodyIsTheNextThingYielded(t *testing.T) {
	t.Parallel()
	eachStrategy(t, func(t *testing.T, s strategy) {
		synctest.Test(t, func(t *testing.T) {
			why := errors.New("the operator went home")
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			var errs []error
			batches := 0
			for _, err := range s.walk(ctx, &server{rows: 20, size: 3}) {
				if err != nil {
					errs = append(errs, err)
					continue
				}
				batches++
				synctest.Wait() // the next page may be here already
				cancel(why)
			}
			assert.Equal(t, 1, batches)
			require.Len(t, errs, 1)
			require.ErrorIs(t, errs[0], context.Canceled)
			require.ErrorIs(t, errs[0], why)
		})
	})
}

func TestInterruptedPageSaysWhatHappenedAndWhy(t *testing.T) {
	t.Parallel()
	why := errors.New("the operator went home")
	for name, reported := range map[string]func(context.Context) error{
		"fetch knows what": func(ctx context.Context) error { return ctx.Err() },
		"fetch knows why":  context.Cause,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachStrategy(t, func(t *testing.T, s strategy) {
				for interrupted := range 2 {
					ctx, cancel := context.WithCancelCause(t.Context())
					defer cancel(nil)
					_, errs := read(s.walk(ctx, &server{rows: 20, size: 3, hook: func(ctx context.Context, page int) error {
						if page != interrupted {
							return nil
						}
						cancel(why)
						<-ctx.Done()
						return reported(ctx)
					}}))
					require.Len(t, errs, 1)
					require.ErrorIs(t, errs[0], context.Canceled)
					require.ErrorIs(t, errs[0], why)
				}
			})
		})
	}
}

func TestErrorOfTheServerIsKeptWhenTheContextEndsMeanwhile(t *testing.T) {
	t.Parallel()
	eachStrategy(t, func(t *testing.T, s strategy) {
		refused := errors.New("refused")
		ctx, cancel := context.WithCancel(t.Context())
		_, errs := read(s.walk(ctx, &server{rows: 20, size: 3, hook: func(context.Context, int) error {
			cancel()
			return refused
		}}))
		assert.Equal(t, []error{refused}, errs)
	})
}
