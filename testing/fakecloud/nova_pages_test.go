package fakecloud_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

// bigCloud adds to the seeded month until it has 1348 servers, a project of them in both cells.
func bigCloud(t *testing.T, opts ...fakecloud.Option) *fakecloud.Cloud {
	c := newCloud(t, opts...)
	missing := 1348
	for _, s := range c.Servers() {
		if s.LaunchedAt != nil {
			missing--
		}
	}
	for i := range missing {
		at := fakecloud.Epoch.Add(-time.Duration(i+1) * 1800 * time.Second / 3)
		name := "bulk-" + strconv.Itoa(i)
		c.AddServer(fakecloud.Server{Name: &name, ProjectID: c.ProjectID([]string{"sandbox", "admin", "web-shop"}[i%3]),
			Flavor: "m1.small", VCPUs: 1, MemoryMB: 2048, RootGB: 20, LaunchedAt: &at, Cell: 1 + i%2})
	}
	return c
}

// truth is what the servers of a cloud used in September, by project.
func truth(c *fakecloud.Cloud) (map[string]float64, int) {
	hours, n := map[string]float64{}, 0
	from := fakecloud.Epoch.AddDate(0, -1, 0)
	for _, s := range c.Servers() {
		if s.LaunchedAt == nil {
			continue
		}
		start, end := *s.LaunchedAt, fakecloud.Epoch
		if start.Before(from) {
			start = from
		}
		if s.TerminatedAt != nil {
			end = *s.TerminatedAt
		}
		hours[s.ProjectID] += end.Sub(start).Hours()
		n++
	}
	return hours, n
}

func TestPagesOfTwoCells(t *testing.T) {
	t.Parallel()
	c := bigCloud(t)
	k := admin(t, c)
	want, n := truth(c)
	require.Equal(t, 1348, n)
	for _, limit := range []int{1000, 500, 201, 50} {
		for _, detailed := range []string{"detailed=1&", ""} {
			hours, rows, pages := map[string]float64{}, map[string]int{}, map[string]int{}
			for marker := ""; ; {
				query := fmt.Sprintf("%slimit=%d&%s", detailed, limit, september)
				if marker != "" {
					query += "&marker=" + marker
				}
				var b usageBody
				b, marker = k.list(query, "2.40")
				for _, u := range b.Usages {
					hours[u.TenantID] += u.Hours
					pages[u.TenantID]++
					for _, s := range u.Servers {
						rows[s.ID]++
					}
				}
				if marker == "" {
					break
				}
			}
			assert.InDeltaMapValues(t, want, hours, 1e-6, "limit %d", limit)
			if detailed != "" {
				assert.Len(t, rows, n)
			}
			for id, times := range rows {
				assert.Equal(t, 1, times, id)
			}
			assert.Greater(t, slices.Max(values(pages)), 1, "a project that comes back on a later page")
		}
	}
}

func values(m map[string]int) []int {
	var out []int
	for _, v := range m {
		out = append(out, v)
	}
	return out
}

func TestOldMicroversionsLoseRows(t *testing.T) {
	t.Parallel()
	k := admin(t, bigCloud(t))
	b, next := k.list("detailed=1&limit=5&"+september, "2.39")
	rows := 0
	for _, u := range b.Usages {
		rows += len(u.Servers)
	}
	assert.Equal(t, 1000, rows)
	assert.Empty(t, next)
}

func TestExactMultipleEndsWithAnEmptyPage(t *testing.T) {
	t.Parallel()
	c := newCloud(t, fakecloud.WithEmpty())
	for i := range 4 {
		c.AddServer(fakecloud.Server{ID: strconv.Itoa(i), ProjectID: "p", LaunchedAt: &before, Cell: i / 2})
	}
	k := admin(t, c)
	_, next := k.list("limit=4&"+september, "2.40")
	require.Equal(t, "3", next)
	_, text := k.do("GET", usage+"?limit=4&marker=3&"+september, "", "X-OpenStack-Nova-API-Version", "2.40")
	assert.Equal(t, `{"tenant_usages": []}`, string(text))
	_, text = k.do("GET", usage+"/p?limit=4&marker=3&"+september, "", "X-OpenStack-Nova-API-Version", "2.40")
	assert.Equal(t, `{"tenant_usage": {}}`, string(text))
}

var before = fakecloud.Epoch.AddDate(0, -2, 0)

func TestMarkerOfARemovedServer(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	k := admin(t, c)
	_, next := k.list("limit=7&"+september, "2.40")
	c.RemoveServer(next)
	resp, text := k.do("GET", usage+"?limit=7&marker="+next+"&"+september, "", "OpenStack-API-Version", "compute 2.40")
	assert.Equal(t, http.StatusBadRequest, resp.StatusCode)
	assert.Equal(t, `{"badRequest": {"code": 400, "message": "Marker `+next+` could not be found."}}`, string(text))
}

func TestAServerInTwoCellsIsCountedTwiceAndLoops(t *testing.T) {
	t.Parallel()
	c := newCloud(t, fakecloud.WithEmpty())
	for cell, ids := range []string{"bd", "cd"} {
		for _, id := range ids {
			c.AddServer(fakecloud.Server{ID: string(id), ProjectID: "p", LaunchedAt: &before, Cell: cell})
		}
	}
	k := admin(t, c)
	var markers []string
	for marker := ""; len(markers) < 6; {
		query := "limit=1&" + september
		if marker != "" {
			query += "&marker=" + marker
		}
		_, marker = k.list(query, "2.40")
		markers = append(markers, marker)
	}
	assert.Equal(t, []string{"b", "d", "c", "d", "c", "d"}, markers)
}

func TestMaxLimit(t *testing.T) {
	t.Parallel()
	k := admin(t, newCloud(t, fakecloud.WithMaxLimit(10)))
	for query, want := range map[string]int{"": 10, "limit=50&": 10, "limit=99999999999999999999&": 10, "limit=3&": 3, "limit=0&": 0} {
		b, next := k.list("detailed=1&"+query+september, "2.40")
		rows := 0
		for _, u := range b.Usages {
			rows += len(u.Servers)
		}
		assert.Equal(t, want, rows, query)
		assert.Equal(t, want > 0, next != "", query)
	}
}

func TestNextLink(t *testing.T) {
	t.Parallel()
	c := newCloud(t, fakecloud.WithLinkBase("http://10.0.0.5:8774/"))
	k := admin(t, c)
	b, _ := k.list("limit=1&foo=bar&detailed=0&start=2026-09-01%2000:00:00.5&end=2026-10-01T00:00:00", "2.74")
	require.Len(t, b.Next, 1)
	assert.Regexp(t, `^http://10\.0\.0\.5:8774/v2\.1/os-simple-tenant-usage\?detailed=0&end=2026-10-01T00%3A00%3A00&limit=1`+
		`&start=2026-09-01\+00%3A00%3A00\.5&marker=[0-9a-f-]{36}$`, b.Next[0].Href)

	shop := as(t, c, "demo", "web-shop")
	id := c.ProjectID("web-shop")
	_, text := shop.do("GET", usage+"/"+id+"?limit=1&detailed=1&"+september, "", "OpenStack-API-Version", "compute 2.40")
	assert.Contains(t, string(text), `"http://10.0.0.5:8774/v2.1/`+id+`/os-simple-tenant-usage/`+id+`?end=2026-10-01T00%3A00%3A00&limit=1&start=`)
}
