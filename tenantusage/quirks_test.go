package tenantusage_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/tenantusage"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// altered is a recorded body with something replaced.
func altered(t testing.TB, name string, pairs ...string) string {
	t.Helper()
	before := body(t, name)
	after := strings.NewReplacer(pairs...).Replace(before)
	require.NotEqual(t, before, after, "nothing was replaced")
	return after
}

func TestQuirkIntegerTotals(t *testing.T) {
	t.Parallel()
	client, _ := scripted(t, says(200, altered(t, "show-last",
		`"total_hours": 936.5869444444445`, `"total_hours": 0`, `"total_vcpus_usage": 2807.382777777778`, `"total_vcpus_usage": 1e-09`,
		`"hours": 745.0`, `"hours": 745`)))
	usage, err := client.GetProject(t.Context(), "p", window)
	require.NoError(t, err)
	assert.Zero(t, usage.TotalHours)
	assert.Equal(t, 1e-09, usage.TotalVCPUsUsage)
}

func TestQuirkNullNameAndUnknownState(t *testing.T) {
	t.Parallel()
	client, _ := scripted(t, says(200, altered(t, "show-last", `"name": "ancient"`, `"name": null`, `"state": "terminated"`, `"state": "dreaming"`)))
	rows, err := client.ProjectServers("p", window).Collect(t.Context())
	require.NoError(t, err)
	var states []tenantusage.State
	for _, row := range rows {
		states = append(states, row.State)
		assert.NotEqual(t, "ancient", row.Name)
	}
	assert.Contains(t, states, tenantusage.State("dreaming"))
}

func TestQuirkKeyOrder(t *testing.T) {
	t.Parallel()
	// Totals and links before the rows, as in the published samples and in releases on Python 2.
	const text = `{"tenant_usages_links": [{"href": "http://x/y?marker=m1", "rel": "next"}], "tenant_usages": [{
		"stop": "2026-11-23T01:00:00.000000", "total_hours": 5.5, "start": "2026-10-23T00:00:00.000000",
		"server_usages": [{"uptime": 1, "tenant_id": "p", "hours": 5.5, "instance_id": "015b8529-cc83-485c-86ee-8707770897b9",
			"future_field": {"a": [1, {}]}, "ended_at": null, "started_at": "2026-11-01T00:00:00.000000"}],
		"tenant_id": "p", "another": null}], "third": []}`
	client, script := scripted(t, says(200, text), says(200, `{"tenant_usages": []}`))
	all, err := client.Projects(window).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 1)
	assert.Equal(t, "p", all[0].ProjectID)
	assert.Equal(t, 5.5, all[0].TotalHours)
	assert.Nil(t, all[0].Servers)
	assert.Equal(t, "m1", script.queries()[1].Get("marker"))
}

func TestQuirkForeignLinkHost(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t, fakecloud.WithLinkBase("http://internal.invalid:1/compute"))
	rows, err := connect(t, cloud, "admin", tenantusage.WithPageSize(50)).Servers(september).Collect(t.Context())
	require.NoError(t, err, "the link tells a marker; nobody goes to its host")
	direct, err := connect(t, cloud, "admin").Servers(september).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, rows, len(direct))
}

func TestQuirkNextLinkWithoutMarker(t *testing.T) {
	t.Parallel()
	client, _ := scripted(t, says(200, altered(t, "list-page-1", "marker=", "mark=")))
	_, err := client.Projects(window).Collect(t.Context())
	assert.ErrorIs(t, err, gophermeter.ErrTruncated)
}

func TestQuirkOtherLinksAreIgnored(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, says(200, altered(t, "list-page-1", `"rel": "next"`, `"rel": "self"`)))
	_, err := client.Projects(window).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, script.requests, 1)
}

func TestQuirkZonedInputIsSentAsUTC(t *testing.T) {
	t.Parallel()
	karachi := time.FixedZone("+05:00", 5*3600)
	zoned := gophermeter.Window{
		Start: time.Date(2026, 10, 23, 5, 0, 0, 0, karachi), End: time.Date(2026, 11, 23, 6, 0, 0, 0, karachi),
	}
	client, script := scripted(t, says(200, body(t, "show-last")))
	usage, err := client.GetProject(t.Context(), "p", zoned)
	require.NoError(t, err)
	assert.Equal(t, "2026-10-23T00:00:00", script.queries()[0].Get("start"))
	assert.Equal(t, "2026-11-23T01:00:00", script.queries()[0].Get("end"))
	assert.Equal(t, window.Start, usage.Start)
}

func TestQuirkMicroseconds(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 10, 23, 0, 0, 0, 123456789, time.UTC)
	client, script := scripted(t, says(200, altered(t, "show-last", "2026-10-23T00:00:00.000000", "2026-10-23T00:00:00.123456")))
	_, err := client.GetProject(t.Context(), "p", gophermeter.Window{Start: start, End: window.End})
	require.NoError(t, err)
	assert.Equal(t, "2026-10-23T00:00:00.123456", script.queries()[0].Get("start"))
}

func TestQuirkProjectIDStaysInItsPlace(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, says(200, `{"tenant_usage":{}}`))
	_, err := client.GetProject(t.Context(), "a?b=c/../d", window)
	require.NoError(t, err)
	assert.Equal(t, "/v2.1/os-simple-tenant-usage/a%3Fb=c%2F..%2Fd", script.requests[0].URL.EscapedPath())
}

func TestQuirkMissingContentLength(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t, fakecloud.WithoutContentLength())
	want, err := connect(t, newCloud(t), "admin").Servers(september).Collect(t.Context())
	require.NoError(t, err)
	got, err := connect(t, cloud, "admin", tenantusage.WithPageSize(100)).Servers(september).Collect(t.Context())
	require.NoError(t, err)
	assert.Len(t, got, len(want))
}

func TestQuirkTornBodyIsAskedForAgain(t *testing.T) {
	t.Parallel()
	for _, noLength := range []bool{false, true} {
		t.Run(fmt.Sprintf("noLength=%v", noLength), func(t *testing.T) {
			t.Parallel()
			cloud := newCloud(t)
			client := connect(t, cloud, "admin", tenantusage.WithPageSize(50))
			want, err := client.Servers(september).Collect(t.Context())
			require.NoError(t, err)
			cloud.Inject(fakecloud.Fault{Service: "compute", Skip: 2, Times: 2, TearAt: 7000, NoLength: noLength})
			got, err := client.Servers(september).Collect(t.Context())
			require.NoError(t, err)
			require.Len(t, got, len(want))
			for i := range want {
				assert.Equal(t, want[i].InstanceID, got[i].InstanceID)
				assert.Equal(t, want[i].Hours, got[i].Hours)
			}
		})
	}
}

func TestTornBodyThatStaysTornIsAnError(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	client := connect(t, cloud, "admin")
	cloud.Inject(fakecloud.Fault{Service: "compute", Times: -1, TearAt: 300, NoLength: true})
	all, err := client.Projects(september).Collect(t.Context())
	require.Error(t, err)
	assert.Nil(t, all)
	assert.ErrorContains(t, err, "broke off")
}

func TestAnswersThatAreNoUsage(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"missing key": says(200, `{"servers": []}`),
		"no content":  says(204, ""),
		"login page":  unversioned(200, "<html><title>Sign in</title></html>"),
		"a list":      says(200, `[]`),
		"text hours":  says(200, `{"tenant_usage": {"tenant_id": "p", "total_hours": "many"}}`),
		"trailing":    says(200, `{"tenant_usage": {}} {}`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, script := scripted(t, answer)
			_, err := client.GetProject(t.Context(), "p", window)
			var e *gophermeter.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, "tenantusage.GetProject", e.Op)
			assert.NotContains(t, err.Error(), "\n")
			assert.Len(t, script.requests, 1, "asking again would give the same")
		})
	}
}
