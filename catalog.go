package gophermeter

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/tokens"
)

// Endpoint is where the catalogue says a service is.
type Endpoint struct {
	Type   string // such as "compute", as this catalogue spells it
	Name   string // of the software, such as "nova"; may be empty
	Region string // such as "RegionOne"
	URL    string // below which requests go; with or without a version
}

// readToken takes user, project and catalogue from the answer to the login.
func (c *connection) readToken() {
	c.authURL = redacted(c.session.provider.IdentityEndpoint)
	token, ok := c.session.provider.GetAuthResult().(interface {
		ExtractServiceCatalog() (*tokens.ServiceCatalog, error)
		ExtractUser() (*tokens.User, error)
		ExtractProject() (*tokens.Project, error)
	})
	if !ok {
		return
	}
	if user, err := token.ExtractUser(); err == nil && user != nil {
		c.user = user.Name
	}
	if project, err := token.ExtractProject(); err == nil && project != nil {
		c.projectID = project.ID
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

// names are the types to look for; the first is the one that stands for them all.
func names(typ string) []string {
	for _, group := range aliases {
		if slices.Contains(group, typ) {
			return group
		}
	}
	return []string{typ}
}

// merged are the URLs of service types, under the first of a type's names.
func merged(over, under map[string]string) map[string]string {
	out := maps.Clone(under)
	if out == nil {
		out = map[string]string{}
	}
	for typ, endpoint := range over {
		out[names(typ)[0]] = endpoint
	}
	return out
}

// redacted is a URL without its password.
func redacted(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil {
		return ""
	}
	return u.Redacted()
}

// Service is the API of a type such as "compute", "rating", "alarm" or "meter", by any name that catalogues
// give it. It does no I/O. [ErrNoService] says what the catalogue has; [ErrAmbiguous], that the service
// exists in several regions and none was chosen.
func (c *Connection) Service(typ string) (*Service, error) {
	endpoint, err := c.in().find(typ)
	if err != nil {
		return nil, err
	}
	base, err := parseEndpoint("endpoint of "+typ, endpoint)
	if err != nil {
		return nil, err
	}
	return &Service{veil(&service{name: typ, base: base, session: c.in().session, engine: c.in().engine})}, nil
}

func (c *connection) find(typ string) (string, error) {
	if endpoint, ok := c.endpoints[names(typ)[0]]; ok {
		return endpoint, nil
	}
	for _, name := range append([]string{typ}, names(typ)...) {
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
	_, err := c.in().find(typ)
	return err == nil
}

// Services are the endpoints of the catalogue in the chosen region and interface, in its order.
func (c *Connection) Services() []Endpoint {
	var here []Endpoint
	for _, e := range c.in().catalog {
		if c.in().region == "" || e.Region == c.in().region {
			e.URL = redacted(e.URL)
			here = append(here, e)
		}
	}
	return here
}
