package gophermeter_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"testing"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
)

// failing is the error of one answer.
func failing(t *testing.T, status int, body string, header ...string) error {
	t.Helper()
	rt, _ := recovers(says(status, body, header...))
	_, err := read(t, over(t, rt, once), get)
	require.Error(t, err)
	return err
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		status int
		body   string
		header []string
		want   string
	}{
		{403, recorded(t, "nova/forbidden.json"), []string{"X-Openstack-Request-Id", "req-5698d62e"},
			"test.Get: GET /things: 403 Forbidden: Policy doesn't allow os_compute_api:os-simple-tenant-usage:list to be performed. (req-5698d62e)"},
		{502, "<html>\n<head><title>502 Bad\nGateway</title></head></html>", []string{"Content-Type", "text/html"},
			"test.Get: GET /things: 502 Bad Gateway: 502 Bad Gateway"},
		{404, "", nil, "test.Get: GET /things: 404 Not Found"},
		{498, "", []string{"X-Compute-Request-Id", "req-2"}, "test.Get: GET /things: 498 (req-2)"},
		{204, "", nil, "test.Get: GET /things"},
		{302, "", []string{"Location", "http://u:p@other.example.org/x?token=1"}, "test.Get: GET /things: 302 Found: redirected to http://other.example.org/x"},
		{302, "", nil, "test.Get: GET /things: 302 Found"},
	} {
		err := failing(t, test.status, test.body, test.header...)
		assert.EqualError(t, err, test.want)
		assert.Equal(t, test.status, asError(t, err).StatusCode)
	}
	assert.Equal(t, "GET /x: what", (&gophermeter.Error{Method: "GET", Path: "/x", Message: "what"}).Error())
}

func TestErrorClasses(t *testing.T) {
	t.Parallel()
	classes := []error{
		gophermeter.ErrBadRequest, gophermeter.ErrUnauthorized, gophermeter.ErrForbidden, gophermeter.ErrNotFound,
		gophermeter.ErrConflict, gophermeter.ErrTooLarge, gophermeter.ErrRateLimited, gophermeter.ErrServer,
	}
	for status, class := range map[int]error{
		400: classes[0], 401: classes[1], 403: classes[2], 404: classes[3], 410: classes[3], 409: classes[4], 413: classes[5],
		429: classes[6], 500: classes[7], 503: classes[7], 599: classes[7], 406: nil, 302: nil, 204: nil,
	} {
		err := failing(t, status, "")
		for _, c := range classes {
			assert.Equal(t, c == class, errors.Is(err, c), "%d is %v", status, c) //nolint:errorlint // which of the sentinels it is
		}
	}
}

// Code written for gophercloud finds what it looks for.
func TestErrorIsGophercloudsToo(t *testing.T) {
	t.Parallel()
	err := failing(t, 404, "nothing here", "Content-Type", "text/plain", "X-Subject-Token", "secret", "X-Openstack-Request-Id", "req-1")
	var response gophercloud.ErrUnexpectedResponseCode
	require.ErrorAs(t, err, &response)
	assert.Equal(t, 404, response.Actual)
	assert.Equal(t, "GET", response.Method)
	assert.Equal(t, "nothing here", string(response.Body))
	assert.Equal(t, "req-1", response.ResponseHeader.Get("X-Openstack-Request-Id"))
	assert.Empty(t, response.ResponseHeader.Get("X-Subject-Token"))
	assert.True(t, gophercloud.ResponseCodeIs(err, http.StatusNotFound))
	assert.False(t, gophercloud.ResponseCodeIs(err, http.StatusForbidden))

	rt, _ := recovers(fails(errReset))
	_, err = read(t, over(t, rt, once), get)
	assert.NotErrorAs(t, err, &response)
	assert.ErrorIs(t, err, errReset)
}

func TestErrorAsAttributes(t *testing.T) {
	t.Parallel()
	err := failing(t, 403, `{"message": "no"}`, "X-Openstack-Request-Id", "req-1")
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Error("failed", "err", err)
	var line struct{ Err map[string]any }
	require.NoError(t, json.Unmarshal(out.Bytes(), &line))
	assert.Equal(t, map[string]any{
		"service": "service.example.org", "op": "test.Get", "method": "GET", "path": "/things",
		"status": 403.0, "request_id": "req-1", "message": "no",
	}, line.Err)
}

func TestRequestIDIsShort(t *testing.T) {
	t.Parallel()
	err := failing(t, 404, "", "X-Openstack-Request-Id", string(bytes.Repeat([]byte("x"), 100_000)))
	assert.Less(t, len(err.Error()), 200)
}
