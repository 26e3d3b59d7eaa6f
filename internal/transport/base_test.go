package transport_test

import (
	"crypto/tls"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/transport"
)

func TestOwnTransport(t *testing.T) {
	t.Parallel()
	config := &tls.Config{MinVersion: tls.VersionTLS13}
	rt, err := transport.Base(nil, config, transport.Limits{TLS: 3 * time.Second})
	require.NoError(t, err)
	own, ok := rt.(*http.Transport)
	require.True(t, ok)
	assert.NotSame(t, http.DefaultTransport, own)
	assert.NotSame(t, config, own.TLSClientConfig)
	assert.EqualValues(t, tls.VersionTLS13, own.TLSClientConfig.MinVersion)
	assert.Equal(t, 3*time.Second, own.TLSHandshakeTimeout)
	assert.NotNil(t, own.Proxy, "HTTPS_PROXY and NO_PROXY are honoured")

	rt, err = transport.Base(nil, nil, transport.Limits{TLS: -1})
	require.NoError(t, err)
	assert.Zero(t, rt.(*http.Transport).TLSHandshakeTimeout)
}

// A program that replaces http.DefaultTransport, as httpmock.Activate does, means all requests.
func TestReplacedDefaultTransport(t *testing.T) { //nolint:paralleltest // it replaces a global
	before := http.DefaultTransport
	defer func() { http.DefaultTransport = before }()
	sent := 0
	http.DefaultTransport = tripper(func(*http.Request) (*http.Response, error) {
		sent++
		return &http.Response{}, nil
	})
	rt, err := transport.Base(nil, nil, transport.Limits{})
	require.NoError(t, err)
	_, err = rt.RoundTrip(nil)
	require.NoError(t, err)
	assert.Equal(t, 1, sent)
	_, err = transport.Base(nil, &tls.Config{}, transport.Limits{})
	assert.ErrorIs(t, err, errs.ErrInvalidArgument)
}

func TestTLSOfAGivenTransport(t *testing.T) {
	t.Parallel()
	config := &tls.Config{ServerName: "cloud"}
	for name, given := range map[string]*http.Transport{
		"none": {}, "what HTTP/2 leaves": {TLSClientConfig: &tls.Config{NextProtos: []string{"h2"}}},
	} {
		rt, err := transport.Base(given, config, transport.Limits{})
		require.NoError(t, err, name)
		assert.Equal(t, "cloud", rt.(*http.Transport).TLSClientConfig.ServerName)
		assert.NotSame(t, given, rt)
	}
	for name, theirs := range map[string]*tls.Config{
		"version": {MinVersion: tls.VersionTLS13}, "name": {ServerName: "x"}, "insecure": {InsecureSkipVerify: true},
		"certificate": {GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &tls.Certificate{}, nil }},
	} {
		given := &http.Transport{TLSClientConfig: theirs}
		_, err := transport.Base(given, config, transport.Limits{})
		assert.ErrorIs(t, err, errs.ErrInvalidArgument, name)
		rt, err := transport.Base(given, nil, transport.Limits{})
		require.NoError(t, err)
		assert.Same(t, given, rt)
	}
}
