package transport

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// Policy bounds how a request is repeated.
type Policy struct {
	Attempts int           // in all, the first included
	Base     time.Duration // longest pause after the first failure; doubles with each further one
	Cap      time.Duration // longest pause at all, a server's Retry-After included
	Total    time.Duration // no attempt starts later than this after the first failure; 0 is no such bound
}

// Failure is how one attempt ended.
type Failure struct {
	Status     int           // 0 when no answer came
	Fault      bool          // a 500 that the service itself explains
	Torn       bool          // the answer began and did not end
	Unsent     bool          // the service surely saw nothing
	Ended      bool          // the caller's context, or a limit that a repeat would only meet again
	Asked      bool          // the server named a time to come back at
	RetryAfter time.Duration // that time
}

// Refused tells that the server turned the request away before it acted on it.
func (f Failure) Refused() bool {
	return f.Asked && (f.Status == http.StatusTooManyRequests || f.Status == http.StatusServiceUnavailable)
}

// Ambiguous tells that the service may have acted on the request although it failed.
func (f Failure) Ambiguous() bool {
	return !f.Unsent && !f.Refused() &&
		(f.Status == 0 || f.Torn || f.Status == http.StatusRequestTimeout || f.Status >= 500)
}

// Loop decides after each failure of one call whether it is repeated.
type Loop struct {
	Policy Policy
	Safe   bool // the request may be processed twice

	failures int
	faults   int
	first    time.Time
}

// Again tells whether the request is worth another attempt, and pauses before it. It answers false at once
// where the pause would outlast the bounds, or where ctx ends first.
func (l *Loop) Again(ctx context.Context, f Failure) bool {
	if l.failures++; l.failures == 1 {
		l.first = time.Now()
	}
	if f.Status == http.StatusInternalServerError && f.Fault {
		l.faults++
	}
	if f.Ended || l.failures >= l.Policy.Attempts || l.faults > 1 || !l.repeatable(f) {
		return false
	}
	pause := l.pause(f.RetryAfter)
	if l.Policy.Total > 0 && time.Since(l.first)+pause > l.Policy.Total {
		return false
	}
	return sleep(ctx, pause) == nil
}

func (l *Loop) repeatable(f Failure) bool {
	switch {
	case f.Unsent || f.Refused():
		return true
	case !l.Safe:
		return false
	}
	switch f.Status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return f.Torn || f.Status == 0
}

// pause is full jitter below a bound that doubles, or what the server asked for.
func (l *Loop) pause(asked time.Duration) time.Duration {
	if asked > 0 {
		return min(asked, l.Policy.Cap)
	}
	bound := l.Policy.Base
	for n := 1; n < l.failures && bound < l.Policy.Cap; n++ {
		bound *= 2
	}
	return rand.N(max(min(bound, l.Policy.Cap), 1))
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return errs.Context(ctx)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return errs.Context(ctx)
	}
}

// RetryAfter reads the header in both its forms, seconds and a date. One that has passed is 0, and ok
// still tells that the server asked.
func RetryAfter(h http.Header) (wait time.Duration, ok bool) {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if v != "" && strings.Trim(v, "0123456789") == "" {
		seconds, _ := strconv.ParseInt(v, 10, 32) // the largest there is where it has more digits
		return time.Duration(seconds) * time.Second, true
	}
	at, err := http.ParseTime(v)
	if err != nil {
		return 0, false
	}
	return max(0, time.Until(at)), true
}
