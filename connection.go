package gophermeter

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"

	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/transport"
)

// Connection is a login to one cloud, region and interface: the place where service clients come from. It
// is safe for concurrent use. It prints the auth URL and the user, and nothing else.
type Connection struct{ in veiled[connection] }

type connection struct {
	engine    *engine
	session   *session
	authURL   string
	user      string
	projectID string
	region    string
	iface     gophercloud.Availability
	endpoints map[string]string // by type, over the catalogue's
	catalog   []Endpoint        // of the chosen interface, every region
	locate    gophercloud.EndpointLocator
}

// Connect logs in to Keystone with what the options, clouds.yaml or the environment name, in this order:
// [WithAuth], [WithCloud], OS_CLOUD, OS_AUTH_URL with its companions. ctx bounds the login only. A refused
// login is [ErrUnauthorized].
func Connect(ctx context.Context, opts ...Option) (*Connection, error) {
	set, err := newSettings(opts)
	if err != nil {
		return nil, err
	}
	to, err := set.login()
	if err != nil {
		return nil, err
	}
	eng, err := newEngine(set, to.tls)
	if err != nil {
		return nil, err
	}
	ao := to.auth
	keystone, err := to.keystone()
	if err != nil {
		return nil, err
	}
	p := &gophercloud.ProviderClient{
		IdentityBase: gophercloud.NormalizeURL(keystone.String()), IdentityEndpoint: gophercloud.NormalizeURL(ao.IdentityEndpoint),
	}
	p.UseTokenLock()
	p.HTTPClient = *eng.http
	p.HTTPClient.Transport = transport.Capped{Next: eng.http.Transport, Max: set.maxBody}
	p.UserAgent.Prepend(eng.userAgent())
	hidden := append(inURL(keystone), ao.Password, ao.Passcode, ao.TokenID, ao.ApplicationCredentialSecret)
	ses := newSession(p, eng, hidden...)
	err = ses.identify(ctx, func(ctx context.Context) error {
		return openstack.AuthenticateV3(ctx, p, &ao, gophercloud.EndpointOpts{})
	})
	if err != nil {
		return nil, fmt.Errorf("login at %s%s: %w", redacted(ao.IdentityEndpoint), as(&ao), err)
	}
	if p.Token() == "" {
		return nil, fmt.Errorf("%w: Keystone answered the login without a token (X-Subject-Token)", ErrUnsupported)
	}
	c := &connection{engine: eng, session: ses, region: to.region, iface: to.iface, endpoints: to.endpoints}
	c.readToken()
	return &Connection{veil(c)}, nil
}

// as names who logs in, as far as it is known without a secret.
func as(ao *gophercloud.AuthOptions) string {
	who := cmp.Or(ao.Username, ao.UserID, ao.ApplicationCredentialName, ao.ApplicationCredentialID)
	if who == "" {
		return ""
	}
	return " as " + strings.Join(strings.Fields(who), " ")
}

// FromProvider is a connection over a gophercloud provider that has logged in. The provider is read and
// never changed: its HTTP client is copied and wrapped, its token used, its re-authentication called, both
// under a lock of this connection's own. eo chooses region and interface.
func FromProvider(p *gophercloud.ProviderClient, eo gophercloud.EndpointOpts, opts ...Option) (*Connection, error) {
	if p == nil {
		return nil, errs.Invalid("provider", "is nil")
	}
	set, err := newSettings(opts)
	if err != nil {
		return nil, err
	}
	if set.client == nil {
		client := p.HTTPClient
		if set.transport != nil {
			client.Transport = nil
		}
		set.client = &client
	}
	eng, err := newEngine(set, set.tls)
	if err != nil {
		return nil, err
	}
	if set.region != "" {
		eo.Region = set.region
	}
	if set.iface != "" {
		eo.Availability = gophercloud.Availability(set.iface)
	}
	if eo.Availability, err = availability(eo.Availability); err != nil {
		return nil, err
	}
	c := &connection{
		engine: eng, session: newSession(p, eng), region: eo.Region, iface: eo.Availability,
		endpoints: merged(set.endpoints, nil), locate: p.EndpointLocator,
	}
	c.readToken()
	return &Connection{veil(c)}, nil
}

// String is the auth URL and the user.
func (c *Connection) String() string {
	if c.in().user == "" {
		return c.in().authURL
	}
	return c.in().user + " at " + c.in().authURL
}

// ProjectID is the id of the project that the login is for, whose own usage and prices its members may read. It
// is empty where the login is for a domain, the system or nothing at all, and where a provider was given its
// token without Keystone's answer.
func (c *Connection) ProjectID() string { return c.in().projectID }

// CloseIdleConnections closes the connections that wait for another request.
func (c *Connection) CloseIdleConnections() {
	if t, ok := c.in().engine.base.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}
