package paging_test

import (
	"context"
	"iter"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

// What every strategy promises about goroutines.

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
						time.Sleep(latency)
						return ctx.Err()
					}}
					way.leave(cancel, s.walk(ctx, srv))
					assert.Zero(t, srv.running.Load(), "requests under way after the range")
				})
			})
		})
	}
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
			synctest.Test(t, func(t *testing.T) {
				srv := &server{rows: 40, size: 4, hook: func(ctx context.Context, page int) error {
					if page == failing {
						panic("broken decoder")
					}
					if page > failing {
						<-ctx.Done()
						time.Sleep(latency)
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
				assert.Zero(t, srv.running.Load(), "requests under way after the panic")
			})
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
