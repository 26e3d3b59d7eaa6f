package gophermeter

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net/http"

	"github.com/gophermeter/gophermeter/internal/transport"
)

// Version of this SDK, as it stands in the User-Agent.
const Version = "0.1.0"

// engine is what all services of a connection share: the HTTP client and the settings.
type engine struct {
	set    *settings
	limits transport.Limits
	http   *http.Client
	base   http.RoundTripper // beneath the client's own
}

// newEngine wraps the caller's transport, or one of our own. The caller's client is copied, never changed.
func newEngine(set *settings, config *tls.Config) (*engine, error) {
	client := http.Client{}
	if set.client != nil {
		client = *set.client
	}
	given := set.transport
	if given == nil {
		given = client.Transport
	}
	limits := transport.Limits{
		Dial: set.limits.Dial, TLS: set.limits.TLS, Header: set.limits.Header, Body: set.limits.Body,
	}
	base, err := transport.Base(given, config, limits)
	if err != nil {
		return nil, err
	}
	e := &engine{set: set, limits: limits, http: &client, base: base}
	client.Timeout = 0
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	client.Transport = transport.Reported{
		Next:   transport.Guarded{Next: transport.Limited{Next: base, Limits: limits}},
		Report: e.report,
	}
	return e, nil
}

func (e *engine) userAgent() string {
	agent := "gophermeter/" + Version
	if e.set.agent != "" {
		agent = e.set.agent + " " + agent
	}
	return agent
}

// report tells the logger and the observer of one attempt.
func (e *engine) report(ctx context.Context, o transport.Outcome) {
	if e.set.observe != nil {
		e.set.observe(Event{
			Op: o.Op, Method: o.Method, Path: o.Path,
			Status: o.Status, Attempt: o.Number, Duration: o.Duration, Err: o.Err,
		})
	}
	if e.set.logger == nil || !e.set.logger.Enabled(ctx, slog.LevelDebug) {
		return
	}
	attrs := []slog.Attr{
		slog.String("op", o.Op),
		slog.String("method", o.Method),
		slog.String("path", o.Path),
		slog.Int("status", o.Status),
		slog.Int("attempt", o.Number),
		slog.Duration("duration", o.Duration),
		slog.String("request_id", o.RequestID),
	}
	if o.Err != nil {
		attrs = append(attrs, slog.String("error", o.Err.Error()))
	}
	e.set.logger.LogAttrs(ctx, slog.LevelDebug, "openstack request", attrs...)
}
