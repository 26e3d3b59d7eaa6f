package gophermeter_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
)

func TestServicesByAnyOfTheirNames(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	conn := c.connect(t)
	for typ, want := range map[string]string{
		"compute": c.URL + "/v2.1", "rating": c.URL, "alarm": "http://127.0.0.1:8042", "alarming": "http://127.0.0.1:8042",
		"meter": c.URL, "metering": c.URL, "telemetry": c.URL,
	} {
		assert.True(t, conn.Has(typ))
		s, err := conn.Service(typ)
		require.NoError(t, err, typ)
		assert.Equal(t, want, s.Endpoint())
		assert.Equal(t, want, s.String())
	}
	assert.Len(t, conn.Services(), 5)
	conn.Services()[0].URL = "changed"
	assert.NotEqual(t, "changed", conn.Services()[0].URL)
	conn.CloseIdleConnections()
}

func TestServiceThatIsNotThere(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	_, err := c.connect(t).Service("metric")
	assert.ErrorIs(t, err, gophermeter.ErrNoService)
	assert.EqualError(t, err, "no such service: metric: the catalogue has in region RegionOne, as public endpoints: "+
		"alarming, compute, identity, metering, rating")

	conn := c.connect(t, gophermeter.WithRegion("RegionNowhere"))
	_, err = conn.Service("compute")
	assert.EqualError(t, err, `no such service: compute: the catalogue has no region "RegionNowhere", only RegionOne, RegionV1`)
	assert.Empty(t, conn.Services())

	c.refuseLogins(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Subject-Token", "unscoped")
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, recorded(t, "keystone/token-unscoped.json"))
	})
	_, err = c.connect(t).Service("compute")
	assert.EqualError(t, err, "no such service: compute: the token came with no public endpoints (is it scoped to a project?)")
}

func TestServiceInSeveralRegions(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	conn, err := gophermeter.Connect(t.Context(), gophermeter.WithAuth(c.options()))
	require.NoError(t, err)
	_, err = conn.Service("rating")
	assert.ErrorIs(t, err, gophermeter.ErrAmbiguous)
	assert.EqualError(t, err, "ambiguous: the rating service exists in several regions and none was chosen: RegionOne, RegionV1")
	_, err = conn.Service("compute")
	assert.NoError(t, err, "there is one only")
}

func TestEndpointThatIsOverridden(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	conn := c.connect(t, gophermeter.WithEndpoint("alarming", "http://aodh/"), gophermeter.WithEndpoint("rating", "no URL"))
	s, err := conn.Service("alarm")
	require.NoError(t, err)
	assert.Equal(t, "http://aodh/", s.Endpoint())
	_, err = conn.Service("rating")
	assert.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
	assert.ErrorContains(t, err, "endpoint of rating")
}

func TestProjectNames(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		serve func(*cloud)
		want  map[string]string
		class error
	}{
		{"admin", func(c *cloud) {
			c.HandleFunc("/v3/projects", c.authorized(t, func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, recorded(t, "keystone/projects.json"))
			}))
		}, map[string]string{
			"2845bc9e198d46c89312fa2d02ae0606": "tenant-5", "2beb1525089c4760902ed8e814cca30f": "service",
			"771d3e304c414b0baf9d5e1fec7b4e3e": "tenant-6",
			"49dea906e9ff4583bb28589ac8856948": "tenant-2", "5687c2b4887a47379deaf98576abd1df": "tenant-3",
			"752eba5b386d41a7b8cef25b40ec65a5": "tenant-4", "93a055d781a548c1bfb0506846c01985": "admin",
			"d3be098c33ed412795ff7c9116dd0223": "tenant-1",
		}, nil},
		{"member", func(c *cloud) {
			c.HandleFunc("/v3/projects", func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusForbidden)
				_, _ = io.WriteString(w, recorded(t, "keystone/projects-forbidden.json"))
			})
			c.HandleFunc("/v3/auth/projects", func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, recorded(t, "keystone/auth-projects.json"))
			})
		}, map[string]string{"d3be098c33ed412795ff7c9116dd0223": "tenant-1"}, nil},
		{"pages", func(c *cloud) {
			c.HandleFunc("/v3/projects", func(w http.ResponseWriter, r *http.Request) {
				body := `{"links": {"next": "http://elsewhere.example.org/v3/projects?limit=1&marker=a"}, "truncated": true, "projects": [{"id": "a", "name": "A"}]}`
				if r.URL.Query().Get("marker") == "a" {
					body = `{"projects": [{"name": null, "id": "b", "tags": [{}]}], "links": {"next": null}}`
				}
				_, _ = io.WriteString(w, body)
			})
		}, map[string]string{"a": "A", "b": ""}, nil},
		{"truncated", func(c *cloud) {
			c.HandleFunc("/v3/projects", func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, `{"projects": [{"id": "a", "name": "A"}], "truncated": true}`)
			})
		}, nil, gophermeter.ErrTruncated},
		{"loop", func(c *cloud) {
			c.HandleFunc("/v3/projects", func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, `{"projects": [{"id": "a", "name": "A"}], "links": {"next": "?marker=a"}}`)
			})
		}, nil, gophermeter.ErrLoop},
		{"refused", func(c *cloud) {
			c.HandleFunc("/v3/", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
		}, nil, gophermeter.ErrForbidden},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			test.serve(c)
			got, err := c.connect(t).ProjectNames(t.Context())
			if test.class != nil {
				assert.ErrorIs(t, err, test.class)
				assert.Nil(t, got)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
	conn, err := gophermeter.FromProvider(&gophercloud.ProviderClient{}, gophercloud.EndpointOpts{})
	require.NoError(t, err)
	_, err = conn.ProjectNames(t.Context())
	assert.ErrorIs(t, err, gophermeter.ErrInvalidArgument)
}
