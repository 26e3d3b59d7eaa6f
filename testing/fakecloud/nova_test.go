package fakecloud_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

func TestMicroversions(t *testing.T) {
	t.Parallel()
	k := admin(t, newCloud(t, fakecloud.WithNovaMicroversions("2.1", "2.60")))
	const modern, old = "OpenStack-API-Version", "X-OpenStack-Nova-API-Version"
	for _, test := range []struct {
		headers []string
		status  int
		echo    string
	}{
		{nil, 200, "2.1"},
		{[]string{modern, "compute latest"}, 200, "2.60"},
		{[]string{old, "latest"}, 200, "2.60"},
		{[]string{old, "2.40"}, 200, "2.40"},
		{[]string{modern, "compute 2.41", old, "2.40"}, 200, "2.41"},
		{[]string{modern, "volume 3.5", old, "2.40"}, 200, "2.40"},
		{[]string{modern, "volume 3.5, COMPUTE 2.44"}, 200, "2.44"},
		{[]string{modern, "compute 2.61"}, 406, "2.61"},
		{[]string{modern, "compute 1.9"}, 406, "1.9"},
		{[]string{modern, "compute 2.040"}, 400, ""},
		{[]string{modern, "compute 2"}, 400, ""},
	} {
		resp, text := k.do("GET", usage+"?"+september, "", test.headers...)
		assert.Equal(t, test.status, resp.StatusCode, "%v %s", test.headers, text)
		assert.Equal(t, test.echo, resp.Header.Get(old), test.headers)
	}
	_, text := k.do("GET", "/compute/v2.1/", "")
	assert.Contains(t, string(text), `"version": "2.60", "min_version": "2.1"`)
	assert.Panics(t, func() { fakecloud.New(fakecloud.WithNovaMicroversions("2", "2.60")) })
}

func TestLegacyNova(t *testing.T) {
	t.Parallel()
	c := bigCloud(t, fakecloud.WithLegacyNova())
	k := newClient(t, c)
	_, b := k.login(byPassword("admin", "secret"), `{"project":{"id":"`+c.ProjectID("admin")+`"}}`)
	for _, e := range b.Token.Catalog {
		if e.Type == "compute" {
			assert.Equal(t, c.URL()+"/compute/v2", e.Endpoints[0].URL)
		}
	}
	resp, text := k.do("GET", "/compute/v2/os-simple-tenant-usage?limit=5&foo=bar&"+september, "", "OpenStack-API-Version", "compute 2.90")
	assert.Equal(t, http.StatusOK, resp.StatusCode)
	assert.NotContains(t, string(text), "links")
	for _, name := range []string{"OpenStack-API-Version", "X-OpenStack-Nova-API-Version", "Vary"} {
		assert.Empty(t, resp.Header.Values(name), name)
	}
	resp, _ = k.do("GET", usage+"?"+september, "")
	assert.Equal(t, http.StatusMultipleChoices, resp.StatusCode)
	_, text = k.do("GET", "/compute/", "")
	assert.NotContains(t, string(text), "v2.1")
	resp, _ = k.do("GET", "/compute/v2/"+c.ProjectID("admin")+"/", "")
	assert.Equal(t, http.StatusOK, resp.StatusCode)
}

func TestQueriesNovaRefuses(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	k := admin(t, c)
	show := usage + "/" + c.ProjectID("web-shop")
	for _, test := range []struct{ version, path, message string }{
		{"2.40", usage + "?limit=&" + september, "Invalid input for query parameters limit. Value: . '' is too short"},
		{"2.40", usage + "?limit=5&limit=x&" + september, "Invalid input for query parameters limit. Value: x. 'x' does not match '^[0-9]*$'"},
		{"2.40", usage + "?marker=&" + september, "Marker  could not be found."},
		{"2.75", show + "?detailed=1&" + september, "Additional properties are not allowed ('detailed' was unexpected)"},
		{"2.75", usage + "?b=1&a=1&" + september, "Additional properties are not allowed ('a', 'b' were unexpected)"},
		{"2.1", usage + "?start=%ff", "Query string is not UTF-8 encoded"},
		{"2.1", usage + "?start=2026-02-30T00:00:00", "Invalid datetime string: Datetime is in invalid format"},
		{"2.1", usage + "?start=2026-02-03T00:00:00.1234567", "Invalid datetime string: Datetime is in invalid format"},
		{"2.1", usage + "?start=20260203T000000", "Invalid datetime string: Datetime is in invalid format"},
		{"2.1", "/compute/v2.1/" + c.ProjectID("genomics") + "/os-simple-tenant-usage", "Malformed request URL: URL's project_id '" +
			c.ProjectID("genomics") + "' doesn't match Context's project_id '" + c.ProjectID("admin") + "'"},
	} {
		resp, text := k.do("GET", test.path, "", "OpenStack-API-Version", "compute "+test.version)
		assert.Equal(t, http.StatusBadRequest, resp.StatusCode, test.path)
		assert.Contains(t, string(text), strings.ReplaceAll(test.message, `"`, `\"`), test.path)
	}
	for _, query := range []string{"start=2026-9-1T0:0:0&end=2026-10-01%2000:00:00.0", "start=&start=2026-09-01T00:00:00&end=", "detailed=1&limit=x&" + september} {
		resp, text := k.do("GET", usage+"?"+query, "", "OpenStack-API-Version", "compute 2.39")
		assert.Equal(t, http.StatusOK, resp.StatusCode, "%s: %s", query, text)
	}
}

func TestUsageNumbers(t *testing.T) {
	t.Parallel()
	at := func(s string) *time.Time {
		v, err := time.Parse("2006-01-02T15:04:05.999999", s)
		require.NoError(t, err)
		return &v
	}
	c := newCloud(t, fakecloud.WithEmpty())
	k := admin(t, c)
	show := func(tenant, query string) string {
		_, text := k.do("GET", usage+"/"+tenant+"?"+query, "")
		return string(text)
	}

	c.AddServer(fakecloud.Server{ID: "a", ProjectID: "p", VCPUs: 2, LaunchedAt: at("2026-09-30T23:00:00"), TerminatedAt: at("2026-09-30T23:30:00.2")})
	text := show("p", "start=2026-09-30T23:30:00.5&end=2026-10-01T00:00:00")
	assert.Contains(t, text, `"hours": 0, `, "ended in the first second of the window, before its start: an int")
	assert.Contains(t, text, `"total_hours": 0, `)
	text = show("p", "start=2026-09-30T00:00:00&end=2026-10-01T00:00:00")
	assert.Contains(t, text, `"hours": 0.5000555555555556, `)
	assert.Contains(t, text, `"uptime": 1800}`)
	assert.Contains(t, text, `"flavor": "", "instance_id": "a", "name": null,`)

	name := "é\"\\\n\x7f😀"
	c.AddServer(fakecloud.Server{ID: "b", ProjectID: "q", Name: &name, LaunchedAt: at("2020-01-01T00:00:00")})
	text = show("q", "start=2026-09-30T23:00:00&end=2026-10-01T00:00:00")
	assert.Contains(t, text, `"name": "\u00e9\"\\\n\u007f\ud83d\ude00"`)
	assert.Contains(t, text, `"hours": 1.0, `)
	assert.Contains(t, show("q", ""), `"total_hours": 3.611111111111111e-09, `, "no window is one of a few microseconds")
	assert.Contains(t, show("q", "start=2026-10-01T01:00:00&end=2030-01-01T00:00:00"), `"hours": -1.0, `, "clamped below its start")
}

func TestUptimeRunsOn(t *testing.T) {
	t.Parallel()
	c := newCloud(t, fakecloud.WithEmpty())
	c.AddServer(fakecloud.Server{ProjectID: "p", LaunchedAt: &before})
	k := admin(t, c)
	b, _ := k.list("detailed=1&"+september, "2.40")
	c.Advance(time.Minute)
	later, _ := k.list("detailed=1&"+september, "2.40")
	assert.Equal(t, b.Usages[0].Servers[0].Uptime+60, later.Usages[0].Servers[0].Uptime)
	assert.Equal(t, b.Usages[0].Hours, later.Usages[0].Hours)
}

func TestWhoMaySeeUsage(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	own, other := usage+"/"+c.ProjectID("web-shop"), usage+"/"+c.ProjectID("genomics")
	for _, test := range []struct {
		user, project    string
		list, own, other int
	}{
		{"admin", "admin", 200, 200, 200},
		{"demo", "web-shop", 403, 200, 403},
		{"auditor", "web-shop", 403, 200, 403},
		{"noproject", "", 403, 403, 403},
	} {
		k := as(t, c, test.user, test.project)
		for path, want := range map[string]int{usage: test.list, own: test.own, other: test.other} {
			resp, _ := k.do("GET", path+"?"+september, "")
			assert.Equal(t, want, resp.StatusCode, "%s %s", test.user, path)
		}
	}
}
