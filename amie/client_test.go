package amie_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/amie"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
	"github.com/gophermeter/gophermeter/usage"
)

func TestWhatAClientIsMadeOf(t *testing.T) {
	t.Parallel()
	for field, make := range map[string]func() (*amie.UsageClient, error){
		"site":     func() (*amie.UsageClient, error) { return amie.NewUsageClient("", "key") },
		"apiKey":   func() (*amie.UsageClient, error) { return amie.NewUsageClient("EXAMPLE", "") },
		"apiKey ":  func() (*amie.UsageClient, error) { return amie.NewUsageClient("EXAMPLE", "secret-key\n") },
		"apiKey  ": func() (*amie.UsageClient, error) { return amie.NewUsageClient("EXAMPLE", "secret\x00key") },
		"WithBaseURL": func() (*amie.UsageClient, error) {
			return amie.NewUsageClient("s", "k", amie.WithBaseURL("http://usage.example.org/api/v1"))
		},
		"WithBaseURL ": func() (*amie.UsageClient, error) {
			return amie.NewUsageClient("s", "k", amie.WithBaseURL("https://a:secret-key@usage.example.org"))
		},
		"WithBaseURL  ": func() (*amie.UsageClient, error) {
			return amie.NewUsageClient("s", "k", amie.WithBaseURL("http://127.0.0.1.example.org"))
		},
		"endpoint": func() (*amie.UsageClient, error) {
			return amie.NewUsageClient("s", "k", amie.WithBaseURL("usage.example.org"))
		},
		"WithMaxBytes":   func() (*amie.UsageClient, error) { return amie.NewUsageClient("s", "k", amie.WithMaxBytes(0)) },
		"WithMaxRecords": func() (*amie.UsageClient, error) { return amie.NewUsageClient("s", "k", amie.WithMaxRecords(-1)) },
		"WithRepeat":     func() (*amie.UsageClient, error) { return amie.NewUsageClient("s", "k", amie.WithRepeat("Fuel")) },
	} {
		_, err := make()
		require.ErrorIs(t, err, gophermeter.ErrInvalidArgument, field)
		assert.Contains(t, err.Error(), strings.TrimSpace(field))
		assert.NotContains(t, err.Error(), "secret")
	}
	for _, url := range []string{"https://usage.example.org", "http://localhost:8080/api/v1", "http://[::1]/api", "http://127.9.9.9"} {
		_, err := amie.NewUsageClient("s", "k", amie.WithBaseURL(url))
		require.NoError(t, err, url)
	}
	_, err := amie.NewUsageClient("s", "k", amie.WithBaseURL("http://usage.example.org"), amie.WithPlainHTTP())
	require.NoError(t, err)
	client, err := amie.NewUsageClient("EXAMPLE", "k")
	require.NoError(t, err)
	assert.Equal(t, "EXAMPLE at https://usage.access-ci.org/api/v1", client.String())
	require.ErrorIs(t, client.Summary(), gophermeter.ErrUnsupported)
}

// The key stands in nothing that is printed, whatever the service says and however a thing is printed.
func TestTheKeyIsNeverShown(t *testing.T) {
	t.Parallel()
	const key = "s3cr3t+key/with=signs"
	var log bytes.Buffer
	s := &server{answer: func(n int, r *http.Request, _ []byte) (int, string) {
		assert.Equal(t, key, r.Header.Get("Xa-Api-Key"))
		assert.Equal(t, "EXAMPLE", r.Header.Get("Xa-Site"))
		return []int{400, 200, 401, 500}[n%4], `{"error":"bad key ` + key + ` of EXAMPLE"}`
	}}
	client, err := amie.NewUsageClient("EXAMPLE", key, impatient, amie.WithService(
		gophermeter.WithTransport(s), gophermeter.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))))
	require.NoError(t, err)
	var shown strings.Builder
	for range 4 {
		report, err := client.Send(t.Context(), usage.MessageOf(job(1), job(2)))
		fmt.Fprintf(&shown, "%v %+v %#v %v %+v\n", err, err, err, report, report)
		_, err = client.FailedRecords(t.Context())
		fmt.Fprintf(&shown, "%v %#v\n", err, err)
		err = client.ClearFailedRecords(t.Context(), 1)
		fmt.Fprintf(&shown, "%v %#v\n", err, err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&shown, verb+verb, client, *client) //nolint:govet // prints a copy on purpose
	}
	assert.NotContains(t, shown.String(), key)
	assert.NotContains(t, shown.String(), fmt.Sprintf("%x", key))
	assert.NotContains(t, log.String(), key)
	assert.Contains(t, shown.String(), "of EXAMPLE", "the site is no secret")
	assert.NotEmpty(t, log.String())
}

// No method follows a redirect, not even to where it was sent.
func TestNoRedirectIsFollowed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, to := range []string{"/amie/api/v1/usage/failed?api=secret", "http://elsewhere.example.org/x"} {
			cloud := newCloud(t)
			client := newClient(t, cloud)
			for name, call := range map[string]func() error{
				"POST":   func() error { _, err := client.Send(t.Context(), usage.MessageOf(job(1))); return err },
				"GET":    func() error { _, err := client.FailedRecords(t.Context()); return err },
				"status": func() error { _, err := client.Status(t.Context(), day, day); return err },
				"loaded": func() error { _, err := client.Loaded(amie.LoadedQuery{}).Collect(t.Context()); return err },
				"DELETE": func() error { return client.ClearFailedRecords(t.Context(), 7) },
			} {
				cloud.ResetRequests()
				cloud.Inject(fakecloud.Fault{Status: status, Redirect: to})
				err := call()
				var e *gophermeter.Error
				require.ErrorAs(t, err, &e, name)
				assert.Equal(t, status, e.StatusCode, name)
				assert.Contains(t, err.Error(), "redirected to", name)
				assert.NotContains(t, err.Error(), "secret", name)
				assert.Len(t, cloud.Requests(), 1, name)
			}
		}
	}
}
