package main

import (
	"context"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"

	"github.com/gophermeter/gophermeter"
)

func (t target) credentials() gophercloud.AuthOptions {
	return gophercloud.AuthOptions{
		IdentityEndpoint: t.url + "/identity/v3/",
		Username:         "bench",
		Password:         "bench",
		DomainName:       "Default",
		TenantName:       "bench",
		AllowReauth:      true,
	}
}

// connect logs in with this SDK.
func (t target) connect(ctx context.Context) (*gophermeter.Connection, error) {
	return gophermeter.Connect(ctx, gophermeter.WithAuth(t.credentials()))
}

// provider logs in with gophercloud.
func (t target) provider(ctx context.Context) (*gophercloud.ProviderClient, error) {
	credentials := t.credentials()
	p, err := openstack.NewClient(credentials.IdentityEndpoint)
	if err != nil {
		return nil, err
	}
	return p, openstack.AuthenticateV3(ctx, p, &credentials, gophercloud.EndpointOpts{})
}
