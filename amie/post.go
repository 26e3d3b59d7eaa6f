package amie

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/transport"
	"github.com/gophermeter/gophermeter/usage"
)

// post sends the body of one message, and again as far as its kind allows. Each call of the service repeats only
// what was surely not processed, so its error says of all its attempts whether the service may have acted.
// Doubt about an earlier one stays, and is told with any outcome.
func (c *UsageClient) post(ctx context.Context, op string, kind usage.Kind, body []byte, t *trail) (
	answer usage.Response, outcome Outcome, doubt bool, err error,
) {
	loop := transport.Loop{Policy: c.set.policy(), Safe: true}
	for {
		answer, outcome, err = c.attempt(ctx, op, body, t)
		if outcome == Accepted {
			return answer, outcome, false, nil
		}
		doubt = doubt || outcome == Unknown
		how := failure(err)
		if !c.Repeats(kind) || outcome != Unknown && how.Status != http.StatusTooManyRequests || !loop.Again(ctx, how) {
			return answer, outcome, doubt, err
		}
	}
}

// attempt sends the body once, but for what the service did not process.
func (c *UsageClient) attempt(ctx context.Context, op string, body []byte, t *trail) (usage.Response, Outcome, error) {
	var answer usage.Response
	if err := errs.Context(ctx); err != nil {
		return answer, NotSent, err
	}
	err := c.service.Read(t.follow(ctx), gophermeter.Request{
		Op: op, Method: http.MethodPost, Path: []string{"usage"}, Slash: true, Header: c.header, Body: body,
		Repeat: gophermeter.RepeatUnprocessed,
	}, func(_ http.Header, body []byte) error { return answer.UnmarshalJSON(body) })
	if err != nil {
		return usage.Response{}, t.outcome(err), err
	}
	return answer, Accepted, nil
}

// trail is how far the last attempt of a call came, and how many attempts may be reading the body still: a transport
// goes on after an answer that comes early.
type trail struct {
	asked, connected atomic.Bool
	connections      atomic.Int32
	writing          atomic.Int32
}

func (t *trail) follow(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) {
			t.asked.Store(true)
			t.connected.Store(false)
		},
		GotConn: func(httptrace.GotConnInfo) {
			t.connected.Store(true)
			t.connections.Add(1)
			t.writing.Add(1)
		},
		WroteRequest: func(httptrace.WroteRequestInfo) { t.writing.Add(-1) },
	})
}

// written tells that nobody reads the body any more. Transports that tell nothing of their phases never have.
func (t *trail) written() bool { return t.connections.Load() > 0 && t.writing.Load() == 0 }

// outcome tells whether a failed call reached the service. What is not sure is unknown.
func (t *trail) outcome(err error) Outcome {
	var e *gophermeter.Error
	if !errors.As(err, &e) {
		return NotSent // not even a request
	}
	switch status := e.StatusCode; {
	case status == 0:
		var op *net.OpError
		if t.asked.Load() && !t.connected.Load() || errors.As(err, &op) && op.Op == "dial" {
			return NotSent
		}
		return Unknown
	case status == http.StatusServiceUnavailable && e.RetryAfter > 0:
		return Refused
	case status < 300, status >= 500, status == http.StatusRequestTimeout:
		return Unknown
	}
	return Refused
}

// failure is an error of a call, as the loop of attempts sees it.
func failure(err error) transport.Failure {
	var e *gophermeter.Error
	if !errors.As(err, &e) {
		return transport.Failure{Ended: true}
	}
	return transport.Failure{
		Status: e.StatusCode, RetryAfter: e.RetryAfter, Asked: e.RetryAfter > 0, Torn: e.StatusCode/100 == 2,
		Ended: errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded),
	}
}
