package gophermeter_test

import (
	"testing"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/testing/fakecloud"
)

func TestProjectID(t *testing.T) {
	t.Parallel()
	cloud := fakecloud.New()
	t.Cleanup(cloud.Close)
	auth := func(user string, scope *gophercloud.AuthScope) gophercloud.AuthOptions {
		return gophercloud.AuthOptions{IdentityEndpoint: cloud.URL() + "/identity/v3", Username: user,
			Password: fakecloud.Password, DomainName: "Default", Scope: scope}
	}
	shop := &gophercloud.AuthScope{ProjectName: "web-shop", DomainName: "Default"}
	for _, c := range []struct {
		name, want string
		auth       gophercloud.AuthOptions
	}{
		{"project by name", cloud.ProjectID("web-shop"), auth("demo", shop)},
		{"system", "", auth("admin", &gophercloud.AuthScope{System: true})},
	} {
		conn, err := gophermeter.Connect(t.Context(), append(cloud.Options(), gophermeter.WithAuth(c.auth))...)
		require.NoError(t, err, c.name)
		assert.Equal(t, c.want, conn.ProjectID(), c.name)
	}

	p, err := openstack.AuthenticatedClient(t.Context(), auth("demo", shop))
	require.NoError(t, err)
	conn, err := gophermeter.FromProvider(p, gophercloud.EndpointOpts{})
	require.NoError(t, err)
	assert.Equal(t, cloud.ProjectID("web-shop"), conn.ProjectID())

	bare := &gophercloud.ProviderClient{IdentityBase: cloud.URL() + "/identity/", TokenID: p.Token()}
	conn, err = gophermeter.FromProvider(bare, gophercloud.EndpointOpts{})
	require.NoError(t, err)
	assert.Empty(t, conn.ProjectID(), "nobody asked Keystone what the token is for")
}
