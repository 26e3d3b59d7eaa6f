package gophermeter_test

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"reflect"
	"sync"
	"testing"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
)

func TestProviderIsNeverChanged(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.HandleFunc("/v2.1/things", c.authorized(t, ok))
	ao := c.options()
	ao.AllowReauth = true
	p, err := openstack.AuthenticatedClient(t.Context(), ao)
	require.NoError(t, err)
	rt := &http.Transport{}
	t.Cleanup(rt.CloseIdleConnections)
	p.HTTPClient = http.Client{Transport: rt, Timeout: 1, CheckRedirect: func(*http.Request, []*http.Request) error { return nil }}
	p.RetryFunc = func(context.Context, string, string, *gophercloud.RequestOpts, error, uint) error {
		panic("not ours to call")
	}
	p.MaxBackoffRetries = 3
	p.UserAgent.Prepend("mine/1")
	before := *p
	conn, err := gophermeter.FromProvider(p, gophercloud.EndpointOpts{Region: "RegionOne"}, quick, gophermeter.WithUserAgent("showback/1"))
	require.NoError(t, err)
	s, err := conn.Service("compute")
	require.NoError(t, err)
	_, err = read(t, s, get)
	require.NoError(t, err)
	same(t, before, *p)
	assert.Equal(t, "mine/1 gophercloud/v2.15.0", p.UserAgent.Join())
	assert.Equal(t, "admin at "+c.URL+"/v3/", conn.String())

	p.HTTPClient.Timeout = 0
	before.HTTPClient.Timeout = 0
	c.revoke()
	_, err = read(t, s, get)
	assert.NoError(t, err)
	assert.Equal(t, c.valid, p.Token(), "renewed by the provider's own means, and so for all who use it")
	before.TokenID = p.TokenID
	same(t, before, *p)
}

// same compares field by field; functions by their address.
func same(t *testing.T, before, after gophercloud.ProviderClient) {
	t.Helper()
	was, is := reflect.ValueOf(&before).Elem(), reflect.ValueOf(&after).Elem()
	for i := range was.NumField() {
		field := was.Type().Field(i)
		switch {
		case !field.IsExported():
		case field.Type.Kind() == reflect.Func:
			assert.Equal(t, was.Field(i).Pointer(), is.Field(i).Pointer(), field.Name)
		case field.Name == "HTTPClient":
			assert.Equal(t, reflect.ValueOf(before.HTTPClient.CheckRedirect).Pointer(), reflect.ValueOf(after.HTTPClient.CheckRedirect).Pointer())
			assert.Same(t, before.HTTPClient.Transport, after.HTTPClient.Transport)
			assert.Equal(t, before.HTTPClient.Timeout, after.HTTPClient.Timeout)
			assert.Equal(t, before.HTTPClient.Jar, after.HTTPClient.Jar)
		default:
			assert.Equal(t, was.Field(i).Interface(), is.Field(i).Interface(), field.Name)
		}
	}
}

// A hand-made provider has no locks: the session's own must do, under -race.
func TestProviderWithoutLocks(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.HandleFunc("/x/things", c.authorized(t, ok))
	p := &gophercloud.ProviderClient{IdentityBase: c.URL + "/", TokenID: "old"}
	renewals := 0
	p.ReauthFunc = func(context.Context) error {
		renewals++
		c.mu.Lock()
		defer c.mu.Unlock()
		c.valid = "new"
		p.TokenID = "new"
		return nil
	}
	conn, err := gophermeter.FromProvider(p, gophercloud.EndpointOpts{}, quick, gophermeter.WithEndpoint("rating", c.URL+"/x"))
	require.NoError(t, err)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			s, err := conn.Service("rating")
			if assert.NoError(t, err) {
				_, err = read(t, s, get)
				assert.NoError(t, err)
			}
		})
	}
	group.Wait()
	assert.Equal(t, 1, renewals)
}

func TestProviderWhoseCatalogueOnlyItKnows(t *testing.T) {
	t.Parallel()
	p := &gophercloud.ProviderClient{TokenID: "t", EndpointLocator: func(eo gophercloud.EndpointOpts) (string, error) {
		assert.Equal(t, "R2", eo.Region)
		assert.Equal(t, gophercloud.AvailabilityInternal, eo.Availability)
		if eo.Type == "metering" {
			return "http://ceilometer", nil
		}
		return "", &gophercloud.ErrEndpointNotFound{}
	}}
	conn, err := gophermeter.FromProvider(p, gophercloud.EndpointOpts{Region: "R1"},
		gophermeter.WithRegion("R2"), gophermeter.WithInterface("internal"))
	require.NoError(t, err)
	s, err := conn.Service("meter")
	require.NoError(t, err)
	assert.Equal(t, "http://ceilometer", s.Endpoint())
	assert.False(t, conn.Has("rating"))
}

func TestProvidersThatCannotBe(t *testing.T) {
	t.Parallel()
	_, err := gophermeter.FromProvider(nil, gophercloud.EndpointOpts{})
	assert.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
	_, err = gophermeter.FromProvider(&gophercloud.ProviderClient{}, gophercloud.EndpointOpts{Availability: "private"})
	assert.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
}

func TestTransportsAndTLS(t *testing.T) {
	t.Parallel()
	roots := &tls.Config{InsecureSkipVerify: true} //nolint:gosec // as verify: false does
	own := &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS13}}
	dials := &http.Transport{DialTLSContext: (&tls.Dialer{}).DialContext}
	for _, test := range []struct {
		name string
		opts []gophermeter.Option
		want string
	}{
		{"plain transport", []gophermeter.Option{gophermeter.WithTransport(&http.Transport{})}, ""},
		{"TLS and plain transport", []gophermeter.Option{gophermeter.WithTransport(&http.Transport{}), gophermeter.WithTLSConfig(roots)}, ""},
		{"TLS and client", []gophermeter.Option{gophermeter.WithHTTPClient(&http.Client{}), gophermeter.WithTLSConfig(roots)}, ""},
		{"TLS and mock", []gophermeter.Option{gophermeter.WithTransport(httpmock.NewMockTransport()), gophermeter.WithTLSConfig(roots)},
			"a *httpmock.MockTransport cannot take the cloud's TLS settings"},
		{"TLS twice", []gophermeter.Option{gophermeter.WithTransport(own), gophermeter.WithTLSConfig(roots)}, "has TLS settings of its own"},
		{"own dialer", []gophermeter.Option{gophermeter.WithTransport(dials), gophermeter.WithTLSConfig(roots)}, "dials TLS by itself"},
		{"two transports", []gophermeter.Option{gophermeter.WithTransport(own), gophermeter.WithHTTPClient(&http.Client{Transport: own})},
			"the client of WithHTTPClient has a transport of its own"},
		{"negative attempts", []gophermeter.Option{gophermeter.WithRetry(gophermeter.Retry{Attempts: -1})}, "Retry.Attempts"},
		{"negative base", []gophermeter.Option{gophermeter.WithRetry(gophermeter.Retry{Base: -1})}, "Retry.Base"},
		{"negative cap", []gophermeter.Option{gophermeter.WithRetry(gophermeter.Retry{Cap: -1})}, "Retry.Cap"},
		{"negative bound", []gophermeter.Option{gophermeter.WithMaxBody(-1)}, "WithMaxBody"},
		{"no option", []gophermeter.Option{nil}, ""},
	} {
		_, err := gophermeter.NewService("https://h", nil, test.opts...)
		if test.want == "" {
			assert.NoError(t, err, test.name)
			continue
		}
		assert.ErrorIs(t, err, gophermeter.ErrInvalidArgument, test.name)
		assert.ErrorContains(t, err, test.want, test.name)
	}
}

func TestTLSComposesWithATransport(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(ok))
	t.Cleanup(server.Close)
	config := &tls.Config{InsecureSkipVerify: true} //nolint:gosec // as verify: false does
	given := &http.Transport{}
	t.Cleanup(given.CloseIdleConnections)
	s, err := gophermeter.NewService(server.URL, nil, gophermeter.WithTransport(given), gophermeter.WithTLSConfig(config))
	require.NoError(t, err)
	got, err := read(t, s, get)
	assert.NoError(t, err)
	assert.JSONEq(t, `{"ok": true}`, got)
	assert.Nil(t, config.NextProtos, "the caller's settings are copied")
	assert.False(t, given.TLSClientConfig != nil && given.TLSClientConfig.InsecureSkipVerify, "and the transport too")
}

func TestWithHTTPMock(t *testing.T) {
	t.Parallel()
	mock := httpmock.NewMockTransport()
	mock.RegisterResponder("GET", "https://service.example.org:8774/things", httpmock.NewStringResponder(200, "{}"))
	_, err := read(t, over(t, mock), get)
	assert.NoError(t, err)
	_, err = read(t, over(t, mock, once), gophermeter.Request{Path: []string{"others"}})
	assert.ErrorContains(t, err, "no responder found")
}
