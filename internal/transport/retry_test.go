package transport_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/gophermeter/gophermeter/internal/transport"
)

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, test := range []struct {
			header string
			wait   time.Duration
			asked  bool
		}{
			{"", 0, false}, {"soon", 0, false}, {"-1", 0, false}, {"1.5", 0, false},
			{"0", 0, true}, {"120", 2 * time.Minute, true}, {" 7 ", 7 * time.Second, true},
			{"99999999999999999999", (1<<31 - 1) * time.Second, true},
			{"Sat, 01 Jan 2000 00:00:30 GMT", 30 * time.Second, true},
			{"Fri, 31 Dec 1999 23:59:59 GMT", 0, true},
			{"Saturday, 01-Jan-00 00:01:00 GMT", time.Minute, true},
		} {
			wait, asked := transport.RetryAfter(http.Header{"Retry-After": {test.header}})
			assert.Equal(t, test.wait, wait, test.header)
			assert.Equal(t, test.asked, asked, test.header)
		}
	})
}

// Whatever the policy and the failure: no pause is longer than the cap, and none begins that would
// outlast the bound of all.
func TestPausesKeepTheirBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		duration := func(name string) time.Duration {
			return time.Duration(rapid.Int64Range(1, int64(100*time.Hour)).Draw(r, name))
		}
		policy := transport.Policy{Attempts: rapid.IntRange(1, 40).Draw(r, "attempts"), Base: duration("base"), Cap: duration("cap"), Total: duration("total")}
		failure := transport.Failure{Status: 503, Asked: rapid.Bool().Draw(r, "asked"), RetryAfter: duration("after")}
		synctest.Test(t, func(*testing.T) {
			loop := transport.Loop{Policy: policy, Safe: true}
			attempts, start := 1, time.Now()
			for last := start; loop.Again(context.Background(), failure); attempts++ {
				if time.Since(last) > policy.Cap || time.Since(start) > policy.Total {
					r.Fatalf("pause of %s, %s in all", time.Since(last), time.Since(start))
				}
				last = time.Now()
			}
			if attempts > policy.Attempts {
				r.Fatalf("%d attempts", attempts)
			}
		})
	})
}

func TestAmbiguousFailures(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		f         transport.Failure
		ambiguous bool
	}{
		{transport.Failure{}, true},
		{transport.Failure{Unsent: true}, false},
		{transport.Failure{Status: 200, Torn: true}, true},
		{transport.Failure{Status: 404}, false},
		{transport.Failure{Status: 408}, true},
		{transport.Failure{Status: 500, Asked: true}, true},
		{transport.Failure{Status: 503, Asked: true}, false},
		{transport.Failure{Status: 503}, true},
		{transport.Failure{Status: 429, Asked: true}, false},
		{transport.Failure{Status: 429}, false},
	} {
		assert.Equal(t, test.ambiguous, test.f.Ambiguous(), "%+v", test.f)
	}
}
