package gophermeter_test

import (
	"context"
	"io"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
)

// Each row is a line of the table in the package documentation: what fails each time, and how often it is
// sent with the default of five attempts.
func TestRetryTable(t *testing.T) {
	t.Parallel()
	const (
		byMethod    = gophermeter.RepeatByMethod
		always      = gophermeter.RepeatAlways
		unprocessed = gophermeter.RepeatUnprocessed
		fault       = `{"computeFault": {"code": 500, "message": "Unexpected API Error."}}`
		page        = `<html><head><title>Bad Gateway</title></head></html>`
	)
	fails := func(err error) tripper { return func(*http.Request) (*http.Response, error) { return nil, err } }
	says := func(status int, body string, header ...string) tripper {
		return func(*http.Request) (*http.Response, error) { return answer(status, body, header...), nil }
	}
	for _, test := range []struct {
		name   string
		method string
		repeat gophermeter.Repeat
		rt     tripper
		sent   int
		class  error
	}{
		{"GET refused", "GET", byMethod, fails(errRefused), 5, errRefused},
		{"GET reset", "GET", byMethod, fails(errReset), 5, errReset},
		{"HEAD reset", "HEAD", byMethod, fails(errReset), 5, errReset},
		{"GET 408", "GET", byMethod, says(408, ""), 5, nil},
		{"GET 429", "GET", byMethod, says(429, ""), 5, gophermeter.ErrRateLimited},
		{"GET 500 of a proxy", "GET", byMethod, says(500, page, "Content-Type", "text/html"), 5, gophermeter.ErrServer},
		{"GET 500 of the service", "GET", byMethod, says(500, fault), 2, gophermeter.ErrServer},
		{"GET 502", "GET", byMethod, says(502, page), 5, gophermeter.ErrServer},
		{"GET 503", "GET", byMethod, says(503, fault), 5, gophermeter.ErrServer},
		{"GET 504", "GET", byMethod, says(504, ""), 5, gophermeter.ErrServer},
		{"GET 501", "GET", byMethod, says(501, ""), 1, gophermeter.ErrServer},
		{"GET 400", "GET", byMethod, says(400, ""), 1, gophermeter.ErrBadRequest},
		{"GET 401 outside a catalogue", "GET", byMethod, says(401, ""), 1, gophermeter.ErrUnauthorized},
		{"GET 403", "GET", byMethod, says(403, ""), 1, gophermeter.ErrForbidden},
		{"GET 404", "GET", byMethod, says(404, ""), 1, gophermeter.ErrNotFound},
		{"GET 404 with Retry-After", "GET", byMethod, says(404, "", "Retry-After", "1"), 1, gophermeter.ErrNotFound},
		{"GET 409", "GET", byMethod, says(409, ""), 1, gophermeter.ErrConflict},
		{"GET 410", "GET", byMethod, says(410, ""), 1, gophermeter.ErrNotFound},
		{"GET 413", "GET", byMethod, says(413, ""), 1, gophermeter.ErrTooLarge},

		{"reading POST reset", "POST", always, fails(errReset), 5, errReset},
		{"reading POST 502", "POST", always, says(502, ""), 5, gophermeter.ErrServer},
		{"reading POST 500 of the service", "POST", always, says(500, fault), 2, gophermeter.ErrServer},

		{"PUT reset", "PUT", byMethod, fails(errReset), 5, errReset},
		{"PUT 503", "PUT", byMethod, says(503, ""), 5, gophermeter.ErrServer},
		{"DELETE 504", "DELETE", byMethod, says(504, ""), 5, gophermeter.ErrServer},
		{"DELETE 404 at once", "DELETE", byMethod, says(404, ""), 1, gophermeter.ErrNotFound},
		{"PUT with state reset", "PUT", unprocessed, fails(errReset), 1, errReset},
		{"PUT with state refused", "PUT", unprocessed, fails(errRefused), 5, errRefused},

		{"POST refused", "POST", byMethod, fails(errRefused), 5, errRefused},
		{"POST reset", "POST", byMethod, fails(errReset), 1, errReset},
		{"POST 429", "POST", byMethod, says(429, ""), 1, gophermeter.ErrRateLimited},
		{"POST 429 Retry-After", "POST", byMethod, says(429, "", "Retry-After", "1"), 5, gophermeter.ErrRateLimited},
		{"POST 429 Retry-After 0", "POST", byMethod, says(429, "", "Retry-After", "0"), 5, gophermeter.ErrRateLimited},
		{"POST 503", "POST", byMethod, says(503, ""), 1, gophermeter.ErrServer},
		{"POST 503 Retry-After", "POST", byMethod, says(503, "", "Retry-After", "1"), 5, gophermeter.ErrServer},
		{"POST 500 Retry-After", "POST", byMethod, says(500, "", "Retry-After", "1"), 1, gophermeter.ErrServer},
		{"POST 408", "POST", byMethod, says(408, ""), 1, nil},
		{"PATCH 502", "PATCH", byMethod, says(502, ""), 1, gophermeter.ErrServer},
		{"PATCH 503 Retry-After", "PATCH", byMethod, says(503, "", "Retry-After", "1"), 5, gophermeter.ErrServer},
		{"GET that must not repeat", "GET", unprocessed, says(502, ""), 1, gophermeter.ErrServer},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				sent := 0
				s := over(t, tripper(func(req *http.Request) (*http.Response, error) {
					sent++
					return test.rt(req)
				}))
				_, err := read(t, s, gophermeter.Request{
					Op: "test.Op", Method: test.method, Path: []string{"things"}, Repeat: test.repeat,
				})
				assert.Equal(t, test.sent, sent)
				asError(t, err)
				if test.class != nil {
					assert.ErrorIs(t, err, test.class)
				}
			})
		})
	}
}

// recovers answers as each of the steps in turn, the last one for ever.
func recovers(steps ...func() (*http.Response, error)) (tripper, *int) {
	sent := new(int)
	return func(*http.Request) (*http.Response, error) {
		step := steps[min(*sent, len(steps)-1)]
		*sent++
		return step()
	}, sent
}

func says(status int, body string, header ...string) func() (*http.Response, error) {
	return func() (*http.Response, error) { return answer(status, body, header...), nil }
}

func fails(err error) func() (*http.Response, error) {
	return func() (*http.Response, error) { return nil, err }
}

func TestRecovery(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rt, sent := recovers(fails(errRefused), says(503, ""), fails(errReset), says(200, `{"a": 1}`))
		got, err := read(t, over(t, rt), get)
		assert.NoError(t, err)
		assert.Equal(t, `{"a": 1}`, got)
		assert.Equal(t, 4, *sent)
	})
}

// A DELETE that may have been processed and then finds nothing has done its work.
func TestDeleteAfterAnAmbiguousFailure(t *testing.T) {
	t.Parallel()
	remove := gophermeter.Request{Op: "test.Delete", Method: http.MethodDelete, Path: []string{"things", "1"}}
	missing := says(404, `{"message": "not found"}`)
	for _, test := range []struct {
		name  string
		first func() (*http.Response, error)
		gone  bool
	}{
		{"reset", fails(errReset), true},
		{"502", says(502, ""), true},
		{"500 of the service", says(500, `{"message": "fault"}`), true},
		{"503 without Retry-After", says(503, ""), true},
		{"408", says(408, ""), true},
		{"not connected", fails(errRefused), false},
		{"503 with Retry-After", says(503, "", "Retry-After", "1"), false},
		{"429", says(429, "", "Retry-After", "1"), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				rt, sent := recovers(test.first, missing)
				resp, err := over(t, rt).Do(t.Context(), remove)
				assert.Equal(t, 2, *sent)
				if !test.gone {
					assert.ErrorIs(t, err, gophermeter.ErrNotFound)
					assert.Nil(t, resp)
					return
				}
				if assert.NoError(t, err) {
					assert.Equal(t, http.StatusNoContent, resp.StatusCode)
					assert.NoError(t, resp.Body.Close())
				}
			})
			synctest.Test(t, func(t *testing.T) {
				rt, _ := recovers(test.first, missing)
				body, err := read(t, over(t, rt), remove)
				assert.Equal(t, test.gone, err == nil)
				assert.Empty(t, body)
			})
		})
	}
}

func TestGetAfterAnAmbiguousFailureStillFindsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rt, _ := recovers(says(502, ""), says(404, ""))
		_, err := read(t, over(t, rt), get)
		assert.ErrorIs(t, err, gophermeter.ErrNotFound)
	})
}

func TestLiveBodyKnowsItsCall(t *testing.T) {
	t.Parallel()
	rt, _ := recovers(says(200, "[", "X-Openstack-Request-Id", "req-9"))
	resp, err := over(t, rt).Do(t.Context(), get)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, ok := resp.Body.(interface {
		Failed(ctx context.Context, err error) error
	})
	require.True(t, ok)
	err = body.Failed(t.Context(), io.ErrUnexpectedEOF)
	assert.EqualError(t, err, "test.Get: GET /things: unexpected EOF (req-9)")
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errBoom)
	err = body.Failed(ctx, io.ErrUnexpectedEOF)
	assert.ErrorIs(t, err, context.Canceled)
	assert.EqualError(t, err, "test.Get: GET /things: context canceled: boom (req-9)")
}

// Do repeats until the header is in; what happens to its live body is its reader's.
func TestDoRepeatsUntilTheHeader(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rt, sent := recovers(says(503, ""), says(200, `{"half":`))
		resp, err := over(t, rt).Do(t.Context(), get)
		if assert.NoError(t, err) {
			assert.Equal(t, 2, *sent)
			assert.NoError(t, resp.Body.Close())
		}
	})
}

func TestExpectedStatuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		method string
		ok     []int
		status int
		fine   bool
	}{
		{"", nil, 200, true},
		{"GET", nil, 200, true},
		{"GET", nil, 204, false},
		{"HEAD", nil, 200, true},
		{"POST", nil, 201, true},
		{"PUT", nil, 202, true},
		{"DELETE", nil, 204, true},
		{"PUT", nil, 302, false},
		{"PUT", []int{302}, 302, true},
		{"GET", []int{200, 404}, 404, true},
		{"GET", []int{300}, 200, false},
		{"GET", []int{503}, 503, true},
	} {
		s := over(t, tripper(func(*http.Request) (*http.Response, error) {
			return answer(test.status, "", "Location", "/elsewhere"), nil
		}), gophermeter.WithRetry(gophermeter.Retry{Attempts: 1}))
		err := s.Read(context.Background(), gophermeter.Request{Method: test.method, OK: test.ok},
			func(http.Header, []byte) error { return nil })
		assert.Equal(t, test.fine, err == nil, "%+v: %v", test, err)
	}
}
