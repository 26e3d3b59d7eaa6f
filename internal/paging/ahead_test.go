package paging_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/gophermeter/gophermeter/internal/paging"
)

const latency = 20 * time.Millisecond

func slow(context.Context, int) error {
	time.Sleep(latency)
	return nil
}

func TestPrefetchIsExactlyOnePageAhead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := &server{rows: 15, size: 3}
		batches := 0
		for range paging.WalkAhead(t.Context(), 0, srv.byCursor) {
			batches++
			synctest.Wait()
			assert.EqualValues(t, min(batches+1, 5), srv.requests.Load(), "while the consumer has batch %d", batches)
		}
	})
}

func TestPrefetchTakesTheSlowerOfFetchAndConsumer(t *testing.T) {
	t.Parallel()
	for name, work := range map[string]time.Duration{"slow consumer": 3 * latency, "slow server": latency / 2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				for range paging.WalkAhead(t.Context(), 0, (&server{rows: 30, size: 3, hook: slow}).byCursor) {
					time.Sleep(work)
				}
				assert.Equal(t, latency+9*max(work, latency)+work, time.Since(start))
			})
		})
	}
}

func TestBreakCancelsThePageUnderWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		srv := &server{rows: 30, size: 3, hook: func(ctx context.Context, page int) error {
			select {
			case <-time.After(time.Hour * time.Duration(page)):
			case <-ctx.Done():
			}
			return ctx.Err()
		}}
		for range paging.WalkAhead(t.Context(), 0, srv.byCursor) {
			synctest.Wait()
			assert.EqualValues(t, 1, srv.running.Load())
			break
		}
		assert.Zero(t, srv.running.Load())
		assert.Zero(t, time.Since(start))
	})
}

func TestPanicOfAPageNobodyWaitsForIsNotLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := &server{rows: 30, size: 3, hook: func(_ context.Context, page int) error {
			if page == 1 {
				panic("broken decoder")
			}
			return nil
		}}
		assert.PanicsWithValue(t, "broken decoder", func() {
			for range paging.WalkAhead(t.Context(), 0, srv.byCursor) {
				synctest.Wait()
				break
			}
		})
	})
}
