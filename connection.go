package gophermeter

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/tokens"

	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/transport"
)

// Connection is a login to one cloud, region and interface: the place where service clients come from. It
// is safe for concurrent use. It prints the auth URL and the user, and nothing else.
type Connection struct{ in *connection }

type connection struct {
	engine    *engine
	session   *session
	authURL   string
	user      string
	region    string
	iface     gophercloud.Availability
	endpoints map[string]string // by type, over the catalogue's
	catalog   []Endpoint        // of the chosen interface, every region
	locate    gophercloud.EndpointLocator
}

// Endpoint is where the catalogue says a service is.
type Endpoint struct {
	Type, Name, Region, URL string
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
	p, err := openstack.NewClient(ao.IdentityEndpoint)
	if err != nil {
		return nil, errs.Invalid("auth_url", "%q: %v", ao.IdentityEndpoint, err)
	}
	p.HTTPClient = *eng.http
	p.HTTPClient.Transport = transport.Capped{Next: eng.http.Transport, Max: set.maxBody}
	p.UserAgent.Prepend(eng.userAgent())
	ses := newSession(p, eng, ao.Password, ao.Passcode, ao.TokenID, ao.ApplicationCredentialSecret)
	err = ses.identify(ctx, func(ctx context.Context) error {
		return openstack.AuthenticateV3(ctx, p, &ao, gophercloud.EndpointOpts{})
	})
	if err != nil {
		return nil, err
	}
	c := &connection{engine: eng, session: ses, region: to.region, iface: to.iface, endpoints: to.endpoints}
	c.readToken()
	return &Connection{c}, nil
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
	if eo.Availability == "" {
		eo.Availability = gophercloud.AvailabilityPublic
	}
	c := &connection{
		engine: eng, session: newSession(p, eng), region: eo.Region, iface: eo.Availability,
		endpoints: set.endpoints, locate: p.EndpointLocator,
	}
	c.readToken()
	return &Connection{c}, nil
}

// readToken takes user and catalogue from the answer to the login.
func (c *connection) readToken() {
	c.authURL = c.session.provider.IdentityEndpoint
	token, ok := c.session.provider.GetAuthResult().(interface {
		ExtractServiceCatalog() (*tokens.ServiceCatalog, error)
		ExtractUser() (*tokens.User, error)
	})
	if !ok {
		return
	}
	if user, err := token.ExtractUser(); err == nil && user != nil {
		c.user = user.Name
	}
	catalog, err := token.ExtractServiceCatalog()
	if err != nil {
		return
	}
	for _, entry := range catalog.Entries {
		for _, e := range entry.Endpoints {
			if e.Interface != string(c.iface) {
				continue
			}
			region := e.RegionID
			if region == "" {
				region = e.Region
			}
			c.catalog = append(c.catalog, Endpoint{Type: entry.Type, Name: entry.Name, Region: region, URL: e.URL})
		}
	}
}

// aliases are the names that the catalogues of different releases give one service.
var aliases = [][]string{
	{"alarm", "alarming"},
	{"meter", "metering", "telemetry"},
}

// names are the types to look for, the one asked for first.
func names(typ string) []string {
	for _, group := range aliases {
		if slices.Contains(group, typ) {
			return append([]string{typ}, slices.DeleteFunc(slices.Clone(group), func(n string) bool { return n == typ })...)
		}
	}
	return []string{typ}
}

// Service is the API of a type such as "compute", "rating", "alarm" or "meter", by any name that catalogues
// give it. It does no I/O. [ErrNoService] says what the catalogue has; [ErrAmbiguous], that the service
// exists in several regions and none was chosen.
func (c *Connection) Service(typ string) (*Service, error) {
	endpoint, err := c.in.find(typ)
	if err != nil {
		return nil, err
	}
	base, err := parseEndpoint("endpoint of "+typ, endpoint)
	if err != nil {
		return nil, err
	}
	return &Service{&service{name: typ, base: base, session: c.in.session, engine: c.in.engine}}, nil
}

func (c *connection) find(typ string) (string, error) {
	for _, name := range names(typ) {
		if endpoint, ok := c.endpoints[name]; ok {
			return endpoint, nil
		}
	}
	for _, name := range names(typ) {
		here := c.inRegion(name)
		if len(here) == 0 {
			continue
		}
		if regions := regionsOf(here); c.region == "" && len(regions) > 1 {
			return "", fmt.Errorf("%w: the %s service exists in several regions and none was chosen: %s",
				ErrAmbiguous, typ, strings.Join(regions, ", "))
		}
		return here[0].URL, nil
	}
	if endpoint, ok := c.located(typ); ok {
		return endpoint, nil
	}
	return "", c.missing(typ)
}

// located asks the provider of FromProvider, whose catalogue may be known to it alone.
func (c *connection) located(typ string) (string, bool) {
	if c.locate == nil || c.catalog != nil {
		return "", false
	}
	for _, name := range names(typ) {
		endpoint, err := c.locate(gophercloud.EndpointOpts{Type: name, Region: c.region, Availability: c.iface})
		if err == nil && endpoint != "" {
			return endpoint, true
		}
	}
	return "", false
}

func (c *connection) inRegion(typ string) []Endpoint {
	var here []Endpoint
	for _, e := range c.catalog {
		if e.Type == typ && (c.region == "" || e.Region == c.region) {
			here = append(here, e)
		}
	}
	return here
}

// missing says what there is instead.
func (c *connection) missing(typ string) error {
	if len(c.catalog) == 0 {
		return fmt.Errorf("%w: %s: the token came with no %s endpoints (is it scoped to a project?)", ErrNoService, typ, c.iface)
	}
	var types []string
	for _, e := range c.catalog {
		if c.region == "" || e.Region == c.region {
			types = append(types, e.Type)
		}
	}
	if len(types) == 0 {
		return fmt.Errorf("%w: %s: the catalogue has no region %q, only %s",
			ErrNoService, typ, c.region, strings.Join(regionsOf(c.catalog), ", "))
	}
	slices.Sort(types)
	where := ""
	if c.region != "" {
		where = " in region " + c.region
	}
	return fmt.Errorf("%w: %s: the catalogue has%s, as %s endpoints: %s",
		ErrNoService, typ, where, c.iface, strings.Join(slices.Compact(types), ", "))
}

func regionsOf(endpoints []Endpoint) []string {
	var regions []string
	for _, e := range endpoints {
		regions = append(regions, e.Region)
	}
	slices.Sort(regions)
	return slices.Compact(regions)
}

// Has tells whether [Connection.Service] finds the type.
func (c *Connection) Has(typ string) bool {
	_, err := c.in.find(typ)
	return err == nil
}

// Services are the endpoints of the catalogue in the chosen region and interface, in its order.
func (c *Connection) Services() []Endpoint {
	return slices.DeleteFunc(slices.Clone(c.in.catalog), func(e Endpoint) bool {
		return c.in.region != "" && e.Region != c.in.region
	})
}

// String is the auth URL and the user.
func (c *Connection) String() string {
	if c.in.user == "" {
		return c.in.authURL
	}
	return c.in.user + " at " + c.in.authURL
}

// CloseIdleConnections closes the connections that wait for another request.
func (c *Connection) CloseIdleConnections() {
	if t, ok := c.in.engine.base.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}
