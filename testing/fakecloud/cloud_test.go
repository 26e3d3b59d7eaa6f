package fakecloud_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

func TestSeededMonthIsTheSameInEveryCloud(t *testing.T) {
	t.Parallel()
	var hashes []string
	for range 2 {
		c := newCloud(t)
		_, text := admin(t, c).do("GET", usage+"?detailed=1&"+september, "")
		sum := sha256.Sum256(text)
		hashes = append(hashes, hex.EncodeToString(sum[:]))
	}
	assert.Equal(t, hashes[0], hashes[1])
	assert.Equal(t, "25ed6e1b9ba057d21a2104b1ecb12cbf9cf563c59f647632a6bc0ea8ad2938b8", hashes[0], "the seeded month changed")
}

func TestSeededMonthIsBelievable(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	k := admin(t, c)
	b, _ := k.list("detailed=1&"+september, "2.40")
	servers, states := map[string]int{}, map[string]bool{}
	unnamed, unicode := 0, 0
	for _, u := range b.Usages {
		for _, s := range u.Servers {
			servers[u.TenantID]++
			states[s.State] = true
			if s.Name == nil {
				unnamed++
			} else if strings.ContainsRune(*s.Name, '中') {
				unicode++
			}
			assert.GreaterOrEqual(t, s.Hours, 0.0)
			assert.LessOrEqual(t, s.Hours, 720.0)
		}
	}
	for _, project := range []string{"web-shop", "genomics", "ml-training", "ci-runners", "staging", "data-lake"} {
		assert.Greater(t, servers[c.ProjectID(project)], 10, project)
	}
	assert.Zero(t, servers[c.ProjectID("sandbox")])
	assert.Equal(t, 1, unnamed)
	assert.Equal(t, 1, unicode)
	for _, state := range []string{"active", "terminated", "stopped", "shelved_offloaded", "soft-delete"} {
		assert.True(t, states[state], state)
	}
	cells := map[int]bool{}
	total, training := 0, 0
	for _, s := range c.Servers() {
		total++
		if s.ProjectID == c.ProjectID("ml-training") && s.LaunchedAt != nil && s.TerminatedAt == nil {
			training++
		}
		if s.ProjectID == c.ProjectID("web-shop") {
			cells[s.Cell] = true
		}
	}
	assert.Len(t, cells, 2, "web-shop is in both cells")
	assert.InDelta(t, 300, total, 50)
	assert.Positive(t, training, "jobs that still run when the month ends")
}

func TestSeededMonthFollowsTheClock(t *testing.T) {
	t.Parallel()
	c := newCloud(t, fakecloud.WithClock(func() time.Time { return time.Date(2028, 3, 15, 12, 0, 0, 0, time.UTC) }))
	b, _ := admin(t, c).list("start=2028-02-01T00:00:00&end=2028-03-01T00:00:00", "2.40")
	assert.Len(t, b.Usages, 6)
}

func TestEmptyCloud(t *testing.T) {
	t.Parallel()
	c := newCloud(t, fakecloud.WithEmpty())
	k := admin(t, c)
	_, text := k.do("GET", usage+"?"+september, "")
	assert.Equal(t, `{"tenant_usages": []}`, string(text))
	assert.Empty(t, c.Servers())
}

func TestClock(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	assert.Equal(t, fakecloud.Epoch, c.Now())
	c.Advance(90 * time.Minute)
	assert.Equal(t, fakecloud.Epoch.Add(90*time.Minute), c.Now())
}

func TestRequestsAreLogged(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	k := as(t, c, "demo", "web-shop")
	c.ResetRequests()
	k.do("GET", usage+"?"+september, "", "X-Note", "a")
	k.do("POST", "/identity/v3/auth/tokens", "{")
	k.do("GET", "/elsewhere", "")

	log := c.Requests()
	require.Len(t, log, 3)
	assert.Equal(t, "compute GET /v2.1/os-simple-tenant-usage "+september+" 403",
		strings.Join([]string{log[0].Service, log[0].Method, log[0].Path, log[0].RawQuery, strconv.Itoa(log[0].Status)}, " "))
	assert.Equal(t, "a", log[0].Header.Get("X-Note"))
	assert.Equal(t, "{", string(log[1].Body))
	assert.Equal(t, "identity", log[1].Service)
	assert.Equal(t, http.StatusBadRequest, log[1].Status)
	assert.Empty(t, log[2].Service)
	log[0].Header.Set("X-Note", "b")
	assert.Equal(t, "a", c.Requests()[0].Header.Get("X-Note"))
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			k := admin(t, c)
			for j := range 10 {
				k.list("detailed=1&limit=100&"+september, "2.40")
				k.do("GET", "/identity/v3/projects", "")
				c.AddServer(fakecloud.Server{ProjectID: c.ProjectID("sandbox"), Flavor: "m1.tiny", LaunchedAt: &fakecloud.Epoch, Cell: i})
				c.Inject(fakecloud.Fault{Service: "compute", PathContains: "/" + strconv.Itoa(j), Status: 500})
				c.Now()
				c.Requests()
			}
			c.Advance(time.Second)
		})
	}
	all.Wait()
}

func TestWithoutContentLength(t *testing.T) {
	t.Parallel()
	c := newCloud(t, fakecloud.WithoutContentLength())
	resp, text := admin(t, c).do("GET", usage+"?detailed=1&"+september, "")
	assert.Equal(t, int64(-1), resp.ContentLength)
	assert.Empty(t, resp.TransferEncoding)
	assert.True(t, resp.Close)
	assert.Equal(t, byte('}'), text[len(text)-1])
}

func TestCatalogue(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.SetCatalogEntry(fakecloud.CatalogEntry{Type: "rating", Name: "cloudkitty", Endpoints: []fakecloud.Endpoint{
		{Interface: "public", Region: "RegionTwo", URL: "/rating"}, {Interface: "internal", Region: "RegionTwo", URL: "http://rating.internal"}}})
	k := newClient(t, c)
	scope := `{"project":{"id":"` + c.ProjectID("admin") + `"}}`
	_, b := k.login(byPassword("admin", "secret"), scope)
	urls := map[string]string{}
	types := map[string]bool{}
	for _, e := range b.Token.Catalog {
		types[e.Type] = true
		for _, p := range e.Endpoints {
			if e.Type == "identity" || e.Type == "compute" || e.Type == "rating" { // other services have tests of their own
				urls[e.Type+" "+p.Interface+" "+p.Region] = p.URL
			}
		}
	}
	assert.Equal(t, map[string]string{
		"identity public RegionOne": c.URL() + "/identity/v3", "identity internal RegionOne": c.URL() + "/identity/v3",
		"identity admin RegionOne": c.URL() + "/identity/v3", "compute public RegionOne": c.URL() + "/compute/v2.1",
		"compute internal RegionOne": c.URL() + "/compute/v2.1", "compute admin RegionOne": c.URL() + "/compute/v2.1",
		"rating public RegionTwo": c.URL() + "/rating", "rating internal RegionTwo": "http://rating.internal",
	}, urls)

	c.SetCatalogEntry(fakecloud.CatalogEntry{Type: "compute"})
	_, b = k.login(byPassword("admin", "secret"), scope)
	assert.Len(t, b.Token.Catalog, len(types)-1)
}
