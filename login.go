package gophermeter

import (
	"crypto/tls"
	"net/url"
	"os"
	"strings"

	"github.com/gophercloud/gophercloud/v2"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// login is what Connect needs to know of a cloud.
type login struct {
	auth      gophercloud.AuthOptions
	region    string
	iface     gophercloud.Availability
	tls       *tls.Config // nil where nothing is set
	endpoints map[string]string
}

// login finds the cloud: by WithAuth, else by name in clouds.yaml, else in the environment.
func (s *settings) login() (*login, error) {
	var (
		to  *login
		err error
	)
	switch name := s.cloudName(); {
	case s.auth != nil:
		to = &login{auth: *s.auth}
	case name != "":
		var e entry
		if e, err = s.fileEntry(name); err == nil {
			to, err = s.fromEntry(name, e, overlay(os.Environ()))
		}
	case os.Getenv("OS_AUTH_URL") != "":
		to, err = s.fromEntry("of the OS_ variables", envEntry(os.Environ()), nil)
	default:
		err = errs.Invalid("cloud", "none is named: set OS_CLOUD or OS_AUTH_URL, or use WithCloud or WithAuth")
	}
	if err != nil {
		return nil, err
	}
	if s.region != "" {
		to.region = s.region
	}
	if s.iface != "" {
		to.iface = gophercloud.Availability(s.iface)
	}
	if to.iface, err = availability(to.iface); err != nil {
		return nil, err
	}
	if s.tls != nil {
		to.tls = s.tls
	}
	to.endpoints = merged(s.endpoints, to.endpoints)
	// A password or an application credential logs in again; a bare token or a one-time passcode cannot.
	to.auth.AllowReauth = to.auth.TokenID == "" && to.auth.Passcode == ""
	return to, nil
}

func (s *settings) cloudName() string {
	if s.cloud != "" {
		return s.cloud
	}
	return os.Getenv("OS_CLOUD")
}

// keystone is the URL of Keystone without a version.
func (l *login) keystone() (*url.URL, error) {
	if l.auth.IdentityEndpoint == "" {
		return nil, errs.Invalid("auth_url", "is not set (IdentityEndpoint of WithAuth)")
	}
	u, err := parseEndpoint("auth_url", l.auth.IdentityEndpoint)
	if err != nil {
		return nil, err
	}
	return rebase(u, ""), nil
}

// availability reads an interface; "publicURL" is its older name.
func availability(iface gophercloud.Availability) (gophercloud.Availability, error) {
	switch a := gophercloud.Availability(strings.TrimSuffix(string(iface), "URL")); a {
	case "":
		return gophercloud.AvailabilityPublic, nil
	case gophercloud.AvailabilityPublic, gophercloud.AvailabilityInternal, gophercloud.AvailabilityAdmin:
		return a, nil
	}
	return "", errs.Invalid("interface", "%q is none of public, internal, admin", iface)
}

// fromEntry reads an entry and what is over it, also over what it says of its region.
func (s *settings) fromEntry(name string, e, over entry) (*login, error) {
	if s.region != "" {
		over = merge(entry{"region_name": {text: s.region}}, over)
	}
	e, err := merge(over, e).inRegion(name)
	if err != nil {
		return nil, err
	}
	e = merge(over, e)
	ao, err := e.authOptions(name)
	if err != nil {
		return nil, err
	}
	config, err := e.tlsConfig(name)
	if err != nil {
		return nil, err
	}
	return &login{
		auth: *ao, tls: config, endpoints: e.overrides(), region: e.text("region_name"),
		iface: gophercloud.Availability(e.first("interface", "endpoint_type")),
	}, nil
}
