package fakecloud

import (
	"context"
	"maps"
	"net"
	"net/http"
	"strconv"
	"time"
)

// deliver writes an answer, as badly as the fault asks.
func (c *Cloud) deliver(w http.ResponseWriter, r *http.Request, a answer, f Fault) {
	if f.Body != "" {
		a.body = []byte(f.Body)
	}
	if f.silent() {
		if f.Stall == StallHeader {
			c.stall(r.Context())
		}
		reset(w)
		return
	}

	unread := context.AfterFunc(c.life, func() {
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(time.Second))
	})
	defer unread()

	maps.Copy(w.Header(), a.header)
	if _, ok := a.header["Content-Type"]; !ok {
		w.Header()["Content-Type"] = nil // net/http would guess one
	}
	switch {
	case a.status == http.StatusNoContent: // has neither body nor length
	case c.noLength || f.NoLength:
		w.Header().Set("Transfer-Encoding", "identity") // to net/http: the body ends with the connection
	default:
		w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	w.WriteHeader(a.status)

	sent := a.body
	if f.Stall == StallBody && f.TearAt == 0 {
		sent = sent[:len(sent)/2]
	} else if f.TearAt > 0 && f.TearAt < len(sent) {
		sent = sent[:f.TearAt]
	}
	_, _ = w.Write(sent) // the client may be gone: nobody to tell
	switch {
	case f.Stall == StallBody:
		_ = http.NewResponseController(w).Flush()
		c.stall(r.Context())
	case f.Reset:
		_ = http.NewResponseController(w).Flush()
		reset(w)
	}
}

// pass lets d go by, unless client or cloud are gone before.
func (c *Cloud) pass(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		panic(http.ErrAbortHandler)
	case <-c.life.Done():
		panic(http.ErrAbortHandler)
	}
}

// stall sends nothing until client or cloud are gone.
func (c *Cloud) stall(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-c.life.Done():
	}
	panic(http.ErrAbortHandler)
}

// reset ends the connection with a TCP reset instead of an orderly close.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
