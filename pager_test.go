package gophermeter_test

import (
	"context"
	"iter"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
)

// paged has the batches 1 2, 3 and then perhaps an error; asked counts its walks, and done those that ended.
func paged(asked, done *atomic.Int64, err error) *gophermeter.Pager[int] {
	return gophermeter.NewPager(func(context.Context) iter.Seq2[[]int, error] {
		asked.Add(1)
		return func(yield func([]int, error) bool) {
			defer done.Add(1)
			if yield([]int{1, 2}, nil) && yield([]int{3}, nil) && err != nil {
				yield(nil, err)
			}
		}
	})
}

// streamed has the elements 1 2 3 and then perhaps an error.
func streamed(asked, done *atomic.Int64, err error) *gophermeter.Pager[int] {
	return gophermeter.NewStream(func(context.Context) iter.Seq2[int, error] {
		asked.Add(1)
		return func(yield func(int, error) bool) {
			defer done.Add(1)
			if yield(1, nil) && yield(2, nil) && yield(3, nil) && err != nil {
				yield(0, err)
			}
		}
	})
}

// eachPager runs a test over both kinds.
func eachPager(t *testing.T, failure error, test func(t *testing.T, p *gophermeter.Pager[int], asked, done *atomic.Int64)) {
	t.Helper()
	for name, make := range map[string]func(*atomic.Int64, *atomic.Int64, error) *gophermeter.Pager[int]{
		"pages": paged, "stream": streamed,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked, done atomic.Int64
			test(t, make(&asked, &done, failure), &asked, &done)
			assert.Equal(t, asked.Load(), done.Load(), "a walk was left open")
		})
	}
}

func TestPagerDoesNothingUntilRanged(t *testing.T) {
	t.Parallel()
	eachPager(t, nil, func(t *testing.T, p *gophermeter.Pager[int], asked, _ *atomic.Int64) {
		_, _ = p.All(t.Context()), p.Pages(t.Context())
		assert.Zero(t, asked.Load())
	})
}

func TestPagerStartsAgainWithEachRange(t *testing.T) {
	t.Parallel()
	eachPager(t, nil, func(t *testing.T, p *gophermeter.Pager[int], asked, _ *atomic.Int64) {
		all := p.All(t.Context())
		for range 2 {
			var got []int
			for v, err := range all {
				require.NoError(t, err)
				got = append(got, v)
			}
			assert.Equal(t, []int{1, 2, 3}, got)
		}
		assert.EqualValues(t, 2, asked.Load())
	})
}

func TestPagerRangesAreIndependent(t *testing.T) {
	t.Parallel()
	eachPager(t, nil, func(t *testing.T, p *gophermeter.Pager[int], _, _ *atomic.Int64) {
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				got, err := p.Collect(t.Context())
				assert.NoError(t, err)
				assert.Equal(t, []int{1, 2, 3}, got)
			})
		}
		group.Wait()
	})
}

func TestPagerErrorComesOnceLastWithTheZeroValue(t *testing.T) {
	t.Parallel()
	eachPager(t, errBoom, func(t *testing.T, p *gophermeter.Pager[int], _, _ *atomic.Int64) {
		var values []int
		var errs []error
		for v, err := range p.All(t.Context()) {
			values, errs = append(values, v), append(errs, err)
		}
		assert.Equal(t, []int{1, 2, 3, 0}, values)
		assert.Equal(t, []error{nil, nil, nil, errBoom}, errs)

		var last []int
		pages := 0
		for batch, err := range p.Pages(t.Context()) {
			if err != nil {
				assert.ErrorIs(t, err, errBoom)
				assert.Nil(t, batch)
				pages = -pages
				continue
			}
			require.GreaterOrEqual(t, pages, 0, "a batch after the error")
			last = append(last, batch...)
			pages++
		}
		assert.Equal(t, []int{1, 2, 3}, last)
		assert.Negative(t, pages)
	})
}

func TestPagerCollectReturnsNothingWithAnError(t *testing.T) {
	t.Parallel()
	eachPager(t, errBoom, func(t *testing.T, p *gophermeter.Pager[int], _, _ *atomic.Int64) {
		got, err := p.Collect(t.Context())
		assert.ErrorIs(t, err, errBoom)
		assert.Nil(t, got)
	})
}

func TestPagerAsksNothingUnderAnEndedContext(t *testing.T) {
	t.Parallel()
	eachPager(t, nil, func(t *testing.T, p *gophermeter.Pager[int], asked, _ *atomic.Int64) {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errBoom)
		for _, err := range p.All(ctx) {
			assert.ErrorIs(t, err, context.Canceled)
			assert.ErrorIs(t, err, errBoom)
		}
		_, err := p.Collect(ctx)
		assert.ErrorIs(t, err, errBoom)
		assert.Zero(t, asked.Load())
	})
}

func TestPagerBreak(t *testing.T) {
	t.Parallel()
	eachPager(t, errBoom, func(t *testing.T, p *gophermeter.Pager[int], _, _ *atomic.Int64) {
		for range p.All(t.Context()) {
			break
		}
		for range p.Pages(t.Context()) {
			break
		}
	})
}

func TestPagerPanic(t *testing.T) {
	t.Parallel()
	eachPager(t, nil, func(t *testing.T, p *gophermeter.Pager[int], _, _ *atomic.Int64) {
		assert.PanicsWithValue(t, "consumer", func() {
			for range p.All(t.Context()) {
				panic("consumer")
			}
		})
	})
}

func TestPagerGoexit(t *testing.T) {
	t.Parallel()
	eachPager(t, nil, func(t *testing.T, p *gophermeter.Pager[int], _, _ *atomic.Int64) {
		gone := make(chan struct{})
		go func() {
			defer close(gone)
			for range p.All(t.Context()) {
				runtime.Goexit()
			}
		}()
		<-gone
	})
}

func TestPagerPull(t *testing.T) {
	t.Parallel()
	eachPager(t, nil, func(t *testing.T, p *gophermeter.Pager[int], _, _ *atomic.Int64) {
		next, stop := iter.Pull2(p.All(t.Context()))
		v, err, more := next()
		assert.Equal(t, 1, v)
		assert.NoError(t, err)
		assert.True(t, more)
		stop()
		_, _, more = next()
		assert.False(t, more)
	})
}

func TestPagesOfAStreamAreRunsOfAThousand(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		elements int
		failure  error
		want     []int
	}{
		{0, nil, nil},
		{1, nil, []int{1}},
		{1000, nil, []int{1000}},
		{2500, nil, []int{1000, 1000, 500}},
		{0, errBoom, nil},
		{1000, errBoom, []int{1000}},
		{1500, errBoom, []int{1000, 500}},
	} {
		p := gophermeter.NewStream(func(context.Context) iter.Seq2[int, error] {
			return func(yield func(int, error) bool) {
				for i := range test.elements {
					if !yield(i, nil) {
						return
					}
				}
				if test.failure != nil {
					yield(0, test.failure)
				}
			}
		})
		var sizes, all []int
		var last error
		for batch, err := range p.Pages(t.Context()) {
			if last = err; err == nil {
				sizes, all = append(sizes, len(batch)), append(all, batch...)
			}
		}
		assert.Equal(t, test.want, sizes)
		assert.Equal(t, test.failure, last)
		assert.True(t, slices.IsSorted(all))
		assert.Len(t, all, test.elements)
	}
}

func TestCollectLeavesBatchesAlone(t *testing.T) {
	t.Parallel()
	shared := make([]int, 2, 10)
	shared[0], shared[1] = 1, 2
	p := gophermeter.NewPager(func(context.Context) iter.Seq2[[]int, error] {
		return func(yield func([]int, error) bool) {
			_ = yield(shared[:1], nil) && yield(shared[1:2], nil)
		}
	})
	got, err := p.Collect(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []int{1, 2}, got)
	got[0] = 7
	assert.Equal(t, []int{1, 2}, shared[:2:2], "no batch is written to")
}
