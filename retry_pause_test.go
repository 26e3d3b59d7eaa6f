package gophermeter_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/gophermeter/gophermeter"
)

// spend measures how long a call goes on repeating one answer.
func spend(t *testing.T, rt tripper, opts ...gophermeter.Option) (sent int, took time.Duration, err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s := over(t, tripper(func(req *http.Request) (*http.Response, error) {
			sent++
			return rt(req)
		}), opts...)
		_, err = read(t, s, get)
		took = time.Since(start)
	})
	return sent, took, err
}

func busy(header ...string) tripper {
	return func(*http.Request) (*http.Response, error) { return answer(503, "", header...), nil }
}

func TestRetryAfterInSeconds(t *testing.T) {
	t.Parallel()
	sent, took, err := spend(t, busy("Retry-After", "7"))
	assert.Equal(t, 5, sent)
	assert.Equal(t, 4*7*time.Second, took)
	assert.Equal(t, 7*time.Second, asError(t, err).RetryAfter)
}

func TestRetryAfterAsADate(t *testing.T) {
	t.Parallel()
	sent, took, _ := spend(t, func(*http.Request) (*http.Response, error) {
		return answer(503, "", "Retry-After", time.Now().UTC().Add(7*time.Second).Format(http.TimeFormat)), nil
	})
	assert.Equal(t, 5, sent)
	assert.Equal(t, 4*7*time.Second, took)
}

func TestRetryAfterIsCapped(t *testing.T) {
	t.Parallel()
	for _, asked := range []string{"3600", "99999999999999999999"} {
		sent, took, _ := spend(t, busy("Retry-After", asked),
			gophermeter.WithRetry(gophermeter.Retry{Cap: 10 * time.Second}))
		assert.Equal(t, 5, sent)
		assert.Equal(t, 40*time.Second, took)
	}
}

func TestPausesAreJitteredAndDouble(t *testing.T) {
	t.Parallel()
	var distinct = map[time.Duration]bool{}
	for range 50 {
		_, took, _ := spend(t, busy())
		assert.Less(t, took, (500+1000+2000+4000)*time.Millisecond)
		distinct[took] = true
	}
	assert.Greater(t, len(distinct), 40)
}

func TestPausesAreCapped(t *testing.T) {
	t.Parallel()
	_, took, _ := spend(t, busy(), gophermeter.WithRetry(gophermeter.Retry{Attempts: 30, Cap: time.Second}))
	assert.Less(t, took, 29*time.Second)
}

func TestAttemptsAreCapped(t *testing.T) {
	t.Parallel()
	for _, attempts := range []int{1, 2, 9} {
		sent, _, err := spend(t, busy(), gophermeter.WithRetry(gophermeter.Retry{Attempts: attempts, Cap: time.Second}))
		assert.Equal(t, attempts, sent)
		assert.ErrorIs(t, err, gophermeter.ErrServer)
	}
}

func TestRetriesInAllAreBounded(t *testing.T) {
	t.Parallel()
	sent, took, _ := spend(t, busy("Retry-After", "25"))
	assert.Equal(t, 3, sent, "at 0 s, 25 s and 50 s, for 75 s is over the 60 s")
	assert.Equal(t, 50*time.Second, took)

	sent, took, _ = spend(t, busy("Retry-After", "25"),
		gophermeter.WithTimeLimits(gophermeter.TimeLimits{Retries: -1}))
	assert.Equal(t, 5, sent)
	assert.Equal(t, 100*time.Second, took)
}

// slow attempts count: after 65 s of waiting for a header there is no second attempt.
func TestRetriesInAllCountFromTheFirstFailure(t *testing.T) {
	t.Parallel()
	stall := func(req *http.Request) (*http.Response, error) {
		<-req.Context().Done()
		return nil, req.Context().Err()
	}
	sent, took, err := spend(t, stall)
	assert.Equal(t, 2, sent, "the first ends after 80 s, the second starts soon and ends after 160 s")
	assert.Less(t, took, 161*time.Second)
	assert.ErrorContains(t, err, "no response header within 1m20s")
}

func TestCallersContextEndsAPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(3*time.Second, func() { cancel(errBoom) })
		start := time.Now()
		s := over(t, tripper(func(*http.Request) (*http.Response, error) {
			return answer(503, `{"message": "try later"}`, "Retry-After", "20"), nil
		}))
		_, err := s.Do(ctx, get)
		assert.Equal(t, 3*time.Second, time.Since(start))
		assert.ErrorIs(t, err, context.Canceled)
		assert.ErrorIs(t, err, errBoom)
		assert.EqualError(t, err, "test.Get: GET /things: 503 Service Unavailable: context canceled: boom; before that: try later")
		assert.Equal(t, 503, asError(t, err).StatusCode)
	})
}

func TestErrorIsOneLineWhateverTheCause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(3*time.Second, func() { cancel(errors.New("two\nlines")) })
		busy, _ := recovers(says(503, `{"message": "try later"}`, "Retry-After", "20"))
		_, err := over(t, busy).Do(ctx, get)
		assert.EqualError(t, err, "test.Get: GET /things: 503 Service Unavailable: context canceled: two lines; before that: try later")
	})
}

func TestCallersContextEndsAnAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), 30*time.Second, errBoom)
		defer cancel()
		rt, sent := recovers(says(502, `{"message": "upstream"}`), nil)
		s := over(t, tripper(func(req *http.Request) (*http.Response, error) {
			if *sent == 0 {
				return rt(req)
			}
			<-req.Context().Done()
			return nil, req.Context().Err()
		}))
		_, err := s.Do(ctx, get)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		assert.ErrorIs(t, err, errBoom)
		assert.ErrorContains(t, err, "upstream")
		assert.Equal(t, 1, strings.Count(err.Error(), "deadline"), err)
	})
}

func TestEndedContextSendsNothing(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errBoom)
	rt, sent := recovers(says(200, "{}"))
	_, err := over(t, rt).Do(ctx, get)
	assert.ErrorIs(t, err, context.Canceled)
	assert.ErrorIs(t, err, errBoom)
	assert.Equal(t, "test.Get", asError(t, err).Op)
	assert.Zero(t, *sent)
}
