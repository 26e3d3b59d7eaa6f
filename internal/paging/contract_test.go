package paging_test

import (
	"context"
	"errors"
	"iter"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

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

// ways are the ways out of a range. Each takes the first batch, lets the pages ahead get under way, and leaves.
var ways = []struct {
	name  string
	leave func(cancel func(), pages iter.Seq2[[]int, error])
}{
	{"break", func(_ func(), pages iter.Seq2[[]int, error]) {
		for range pages {
			synctest.Wait()
			break
		}
	}},
	{"panic", func(_ func(), pages iter.Seq2[[]int, error]) {
		defer func() { _ = recover() }()
		for range pages {
			synctest.Wait()
			panic("in the loop body")
		}
	}},
	{"goexit", func(_ func(), pages iter.Seq2[[]int, error]) {
		var wg sync.WaitGroup
		wg.Go(func() {
			for range pages {
				synctest.Wait()
				runtime.Goexit()
			}
		})
		wg.Wait()
	}},
	{"cancel", func(cancel func(), pages iter.Seq2[[]int, error]) {
		for range pages {
			synctest.Wait()
			cancel()
		}
	}},
	{"cancel while waiting", func(cancel func(), pages iter.Seq2[[]int, error]) {
		time.AfterFunc(time.Hour, cancel)
		for range pages {
		}
	}},
	{"pull and stop", func(_ func(), pages iter.Seq2[[]int, error]) {
		next, stop := iter.Pull2(pages)
		_, _, _ = next()
		synctest.Wait()
		stop()
	}},
}

func TestNothingOutlivesTheRange(t *testing.T) {
	t.Parallel()
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			eachStrategy(t, func(t *testing.T, s strategy) {
				synctest.Test(t, func(t *testing.T) {
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					srv := &server{rows: 40, size: 4, hook: func(ctx context.Context, page int) error {
						if page == 0 {
							return nil
						}
						<-ctx.Done() // only the end of the range ends these
						return ctx.Err()
					}}
					way.leave(cancel, s.walk(ctx, srv))
					assert.Zero(t, srv.running.Load(), "requests under way after the range")
				})
			})
		})
	}
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

func TestFirstPageIsFetchedInTheCallersGoroutine(t *testing.T) {
	t.Parallel()
	eachStrategy(t, func(t *testing.T, s strategy) {
		caller := goroutine()
		for range s.walk(t.Context(), &server{rows: 20, size: 3, hook: func(_ context.Context, page int) error {
			if page == 0 {
				assert.Equal(t, caller, goroutine())
			}
			return nil
		}}) {
		}
	})
}

// foreign is a context that package context cannot derive from without a goroutine.
type foreign struct{ context.Context }

func (f foreign) Done() <-chan struct{} { return f.Context.Done() }

func (foreign) Value(any) any { return nil }

func TestSinglePageStartsNoGoroutine(t *testing.T) {
	t.Parallel()
	eachStrategy(t, func(t *testing.T, s strategy) {
		caller, before := goroutine(), children()
		rows, errs := 0, 0
		for batch, err := range s.walk(foreign{t.Context()}, &server{rows: 3, size: 4, hook: func(context.Context, int) error {
			assert.Equal(t, caller, goroutine())
			return nil
		}}) {
			assert.Equal(t, before, children())
			rows += len(batch)
			if err != nil {
				errs++
			}
		}
		assert.Equal(t, 3, rows)
		assert.Zero(t, errs)
	})
}

func TestPanicInFetchIsRaisedInTheConsumersGoroutine(t *testing.T) {
	t.Parallel()
	eachStrategy(t, func(t *testing.T, s strategy) {
		for failing := range 3 {
			srv := &server{rows: 40, size: 4, hook: func(ctx context.Context, page int) error {
				if page == failing {
					panic("broken decoder")
				}
				if page > failing {
					<-ctx.Done()
				}
				return ctx.Err()
			}}
			batches := 0
			assert.PanicsWithValue(t, "broken decoder", func() {
				for range s.walk(t.Context(), srv) {
					batches++
				}
			})
			assert.Equal(t, failing, batches)
			assert.Zero(t, srv.running.Load())
		}
	})
}

func TestGoexitInFetchEndsTheConsumersGoroutine(t *testing.T) {
	t.Parallel()
	eachStrategy(t, func(t *testing.T, s strategy) {
		for failing := range 3 {
			srv := &server{rows: 40, size: 4, hook: func(_ context.Context, page int) error {
				if page == failing {
					runtime.Goexit() // a t.FailNow in a fake server
				}
				return nil
			}}
			batches, returned := 0, false
			var wg sync.WaitGroup
			wg.Go(func() {
				for range s.walk(t.Context(), srv) {
					batches++
				}
				returned = true
			})
			wg.Wait()
			assert.False(t, returned)
			assert.Equal(t, failing, batches)
			assert.Zero(t, srv.running.Load())
		}
	})
}
