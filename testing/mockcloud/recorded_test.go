package mockcloud_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/tenantusage"
	"github.com/gophermeter/gophermeter/testing/mockcloud"
)

// recording is one request to a real service and what it answered.
type recording struct {
	Request struct {
		Method, URL string
		Headers     map[string]string
		Body        *string
	}
	Response struct {
		Status  int
		Headers [][2]string
		Body    json.RawMessage
	}
}

// recorded is a pair that fakecloud is tested with too, with the addresses of mockcloud.
func recorded(t *testing.T, service, name string) *recording {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "fakecloud", "testdata", service, service+"-??-"+name+".json"))
	require.NoError(t, err)
	require.Len(t, files, 1, name)
	text, err := os.ReadFile(files[0])
	require.NoError(t, err)
	here := strings.NewReplacer("http://127.0.0.1:8774/v2.1", mockcloud.Compute.URL, "http://127.0.0.1:5000/v3", mockcloud.Identity.URL,
		`"http://127.0.0.1:5000\"`, `"`+mockcloud.Identity.URL+`\"`)
	r := &recording{}
	require.NoError(t, json.Unmarshal([]byte(here.Replace(string(text))), r))
	return r
}

// send sends the recorded request.
func (r *recording) send(t *testing.T, transport http.RoundTripper) (*http.Response, any) {
	t.Helper()
	var body io.Reader
	if r.Request.Body != nil {
		body = strings.NewReader(*r.Request.Body)
	}
	req, err := http.NewRequestWithContext(t.Context(), r.Request.Method, r.Request.URL, body)
	require.NoError(t, err)
	for name, value := range r.Request.Headers {
		req.Header.Set(name, value)
	}
	resp, err := transport.RoundTrip(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp, decoded(t, text)
}

func decoded(t *testing.T, text []byte) any {
	t.Helper()
	var v any
	require.NoError(t, json.Unmarshal(text, &v), "%s", text)
	return v
}

// assertHead compares status and headers: all that were recorded and no others, except for those of the connection.
func (r *recording) assertHead(t *testing.T, got *http.Response) {
	t.Helper()
	assert.Equal(t, r.Response.Status, got.StatusCode)
	want, have := http.Header{}, got.Header.Clone()
	for _, h := range r.Response.Headers {
		want.Add(h[0], h[1])
	}
	for _, name := range []string{"Connection", "Content-Length"} {
		want.Del(name)
	}
	if r.Response.Status == http.StatusUnauthorized {
		want.Del("X-Compute-Request-Id") // Nova's alone; other services have none
	}
	for _, name := range []string{"X-Openstack-Request-Id", "X-Compute-Request-Id", "X-Subject-Token"} {
		assert.Equal(t, want.Get(name) == "", have.Get(name) == "", name)
		want.Del(name)
		have.Del(name)
	}
	assert.Equal(t, want, have)
}

// whole is what the recorded Nova held, read by the SDK from one of its answers.
func whole(t *testing.T) []tenantusage.ProjectUsage {
	t.Helper()
	r := recorded(t, "nova", "usage-21-detailed")
	version := http.Header{"OpenStack-API-Version": {"compute 2.40"}}
	c, _ := client(t, httpmock.NewBytesResponder(http.StatusOK, r.Response.Body).HeaderSet(version))
	pages, err := c.RawPages(tenantusage.Query{Window: recordedWindow, Detailed: true}).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, pages, 1)
	require.NotEmpty(t, pages[0].Projects)
	return pages[0].Projects
}

var recordedWindow = gophermeter.Window{
	Start: time.Date(2026, 10, 23, 0, 0, 0, 0, time.UTC),
	End:   time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC),
}

// TestUsagesAnswerAsRecorded gives mockcloud what the recorded Nova held and compares every value: which rows make a page, what
// each total is, where a link points.
func TestUsagesAnswerAsRecorded(t *testing.T) {
	t.Parallel()
	transport := httpmock.NewMockTransport()
	mockcloud.TenantUsage(transport, mockcloud.Usages(whole(t)...))
	for _, name := range []string{
		"usage-21-detailed", "usage-21-summary", "usage-21-detailed0", "usage-21-detailed-true", "usage-21-limit-ignored",
		"usage-240-limit3", "usage-240-limit3-oascompat", "usage-240-next", "usage-240-summary-limit3", "usage-240-nolimit",
		"usage-240-limit0", "usage-240-limit-over-max", "usage-240-marker-unknown",
		"show-21", "show-240-limit2", "show-unknown-tenant", "usage-240-page-past-end", "start-bad", "start-z", "start-date-only",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := recorded(t, "nova", name)
			resp, got := r.send(t, transport)
			r.assertHead(t, resp)
			assert.Equal(t, settled(t, decoded(t, r.Response.Body)), settled(t, got))
		})
	}
}

// settled leaves out what depends on the time of the request, and what a typed value cannot tell apart.
func settled(t *testing.T, v any) any {
	t.Helper()
	switch v := v.(type) {
	case map[string]any:
		for key, e := range v {
			v[key] = settled(t, e)
		}
		if _, ok := v["instance_id"]; ok {
			if v["ended_at"] == nil {
				assert.IsType(t, 0.0, v["uptime"])
				delete(v, "uptime")
			}
			if v["name"] == nil {
				v["name"] = ""
			}
		}
		if href, ok := v["href"].(string); ok {
			link, err := url.Parse(href)
			require.NoError(t, err)
			link.RawQuery = link.Query().Encode()
			v["href"] = link.String()
		}
	case []any:
		for i := range v {
			v[i] = settled(t, v[i])
		}
	}
	return v
}

// TestErrorsAreAsRecorded gives mockcloud the recorded words and compares everything around them.
func TestErrorsAreAsRecorded(t *testing.T) {
	t.Parallel()
	const authenticate = "The request you have made requires authentication."
	for name, r := range map[string]httpmock.Responder{
		"nova/index-demo-403": mockcloud.ComputeError(403,
			"Policy doesn't allow os_compute_api:os-simple-tenant-usage:list to be performed."),
		"nova/show-demo-other-403": mockcloud.ComputeError(403,
			"Policy doesn't allow os_compute_api:os-simple-tenant-usage:show to be performed."),
		"nova/microversion-too-high": mockcloud.ComputeError(406,
			"Version 2.999 is not supported by the API. Minimum is 2.1 and maximum is 2.93."),
		"nova/bad-token":        mockcloud.Unauthorized(),
		"keystone/bad-password": mockcloud.IdentityError(401, authenticate),
		"keystone/unknown-user": mockcloud.IdentityError(401, authenticate),
		"keystone/appcred-bad-id": mockcloud.IdentityError(404,
			"Could not find Application Credential: 00000000000000000000000000000000."),
		"keystone/projects-demo-403": mockcloud.IdentityError(403,
			"You are not authorized to perform the requested action: identity:list_projects."),
		"keystone/projects-bad-token": mockcloud.IdentityError(401, authenticate),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			service, name, _ := strings.Cut(name, "/")
			pair := recorded(t, service, name)
			transport := httpmock.NewMockTransport()
			transport.RegisterNoResponder(r)
			resp, got := pair.send(t, transport)
			pair.assertHead(t, resp)
			assert.Equal(t, decoded(t, pair.Response.Body), got)
		})
	}
}

// TestKeystoneAnswersInRecordedShape compares names and types of all members.
func TestKeystoneAnswersInRecordedShape(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"admin", "demo", "validate", "projects-admin", "auth-projects"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			transport := cloud()
			mockcloud.ProjectNames(transport, map[string]string{"p1": "one", "p2": "two"})
			r := recorded(t, "keystone", name)
			resp, got := r.send(t, transport)
			r.assertHead(t, resp)
			assert.Equal(t, shape(decoded(t, r.Response.Body)), shape(got))
		})
	}
}

// shape is the paths of a document with the types that stand there.
func shape(v any) []string {
	found := map[string]bool{}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			found[path+" object"] = true
			for key, e := range v {
				walk(path+"."+key, e)
			}
		case []any:
			found[path+" array"] = true
			for _, e := range v {
				walk(path+"[]", e)
			}
		default:
			found[fmt.Sprintf("%s %T", path, v)] = true
		}
	}
	walk("", v)
	var paths []string
	for path := range found {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}
