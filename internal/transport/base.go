// Package transport is what happens to a single attempt of a request: which connection carries it, how
// long its phases may take, who is told, where it may go, and whether it is tried again.
package transport

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// idlePerHost keeps the connections of concurrent page requests for the next ones.
const idlePerHost = 16

// Base is the transport that carries the requests: the caller's, or one of our own with the limits of the
// connection phases. TLS settings compose with an *http.Transport that has none of its own; with any
// other pair one of the two would be silently dropped, so that is an error.
func Base(given http.RoundTripper, config *tls.Config, limits Limits) (http.RoundTripper, error) {
	if given == nil {
		standard, ok := http.DefaultTransport.(*http.Transport)
		if ok {
			t := standard.Clone()
			t.DialContext = (&net.Dialer{Timeout: max(limits.Dial, 0), KeepAlive: 30 * time.Second}).DialContext
			t.TLSHandshakeTimeout = max(limits.TLS, 0)
			t.MaxIdleConnsPerHost = idlePerHost
			t.TLSClientConfig = config.Clone() // net/http adds to it
			return t, nil
		}
		given = http.DefaultTransport // a program that replaces it (a mock, a tracer) means all requests
	}
	if config == nil {
		return given, nil
	}
	t, ok := given.(*http.Transport)
	switch {
	case !ok:
		return nil, errs.Invalid("WithTransport", "a %T cannot take the cloud's TLS settings (cacert, cert, verify)", given)
	case t.DialTLSContext != nil || t.DialTLS != nil: //nolint:staticcheck // an old way to dial is one too
		return nil, errs.Invalid("WithTransport", "dials TLS by itself, so the cloud's TLS settings cannot apply")
	case !tlsUnset(t.TLSClientConfig):
		return nil, errs.Invalid("WithTransport", "has TLS settings of its own, and so has the cloud")
	}
	t = t.Clone()
	t.TLSClientConfig = config.Clone()
	return t, nil
}

// tlsUnset tells whether the config is at most what net/http itself puts there for HTTP/2.
func tlsUnset(c *tls.Config) bool {
	if c == nil {
		return true
	}
	v := reflect.ValueOf(c).Elem()
	for field := range reflect.TypeFor[tls.Config]().Fields() {
		if field.IsExported() && field.Name != "NextProtos" && !v.FieldByIndex(field.Index).IsZero() {
			return false
		}
	}
	return true
}

// Origin is scheme://host:port in lower case, the port always there.
func Origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[strings.ToLower(u.Scheme)]
	}
	return fmt.Sprintf("%s://%s", strings.ToLower(u.Scheme), net.JoinHostPort(strings.ToLower(u.Hostname()), port))
}
