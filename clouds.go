package gophermeter

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack/config/clouds"
	"gopkg.in/yaml.v2"

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
	name := s.cloud
	if name == "" {
		name = os.Getenv("OS_CLOUD")
	}
	var (
		to  *login
		err error
	)
	switch {
	case s.auth != nil:
		to = &login{auth: *s.auth, region: s.region, iface: gophercloud.AvailabilityPublic}
		if s.auth.IdentityEndpoint == "" {
			err = errs.Invalid("WithAuth", "IdentityEndpoint is not set")
		}
	case name != "":
		var e entry
		if e, err = s.fileEntry(name); err == nil {
			to, err = s.parse(name, e)
		}
	case os.Getenv("OS_AUTH_URL") != "":
		to, err = s.parse("of the OS_ variables", envEntry(os.Environ()))
	default:
		err = errs.Invalid("cloud", "none is named: set OS_CLOUD or OS_AUTH_URL, or use WithCloud or WithAuth")
	}
	if err != nil {
		return nil, err
	}
	if s.iface != "" {
		to.iface = gophercloud.Availability(s.iface)
	}
	switch to.iface {
	case gophercloud.AvailabilityPublic, gophercloud.AvailabilityInternal, gophercloud.AvailabilityAdmin:
	default:
		return nil, errs.Invalid("interface", "%q is none of public, internal, admin", to.iface)
	}
	if s.tls != nil {
		to.tls = s.tls
	}
	for typ, url := range s.endpoints {
		if to.endpoints == nil {
			to.endpoints = map[string]string{}
		}
		to.endpoints[typ] = url
	}
	// A password or an application credential logs in again; a bare token or a one-time passcode cannot.
	to.auth.AllowReauth = to.auth.TokenID == "" && to.auth.Passcode == ""
	return to, nil
}

// parse hands a merged entry to gophercloud, once what it would stumble over has been refused.
func (s *settings) parse(name string, e entry) (*login, error) {
	if err := e.normalize(name); err != nil {
		return nil, err
	}
	text, err := yaml.Marshal(map[string]any{"clouds": map[string]any{name: e}})
	if err != nil {
		return nil, fmt.Errorf("cloud %q: %w", name, err)
	}
	opts := []clouds.ParseOption{clouds.WithCloudName(name), clouds.WithCloudsYAML(bytes.NewReader(text)),
		clouds.WithSecureYAML(strings.NewReader("clouds: {}"))}
	if s.region != "" {
		opts = append(opts, clouds.WithRegion(s.region))
	}
	if insecure, err := strconv.ParseBool(os.Getenv("OS_INSECURE")); err == nil {
		opts = append(opts, clouds.WithInsecure(insecure))
	}
	ao, eo, config, err := clouds.Parse(opts...)
	if err != nil {
		return nil, errs.Invalid("cloud "+name, "%v", err)
	}
	to := &login{auth: ao, region: eo.Region, iface: eo.Availability, endpoints: e.overrides()}
	if config != nil && (config.RootCAs != nil || len(config.Certificates) > 0 || config.InsecureSkipVerify) {
		to.tls = config
	}
	return to, nil
}

// fileEntry reads the entry of clouds.yaml, over its profile in clouds-public.yaml and under its secrets
// in secure.yaml.
func (s *settings) fileEntry(name string) (entry, error) {
	path := s.cloudsFile
	if path == "" {
		path = os.Getenv("OS_CLIENT_CONFIG_FILE")
	}
	if path == "" {
		path = search("clouds", configDirs())
	}
	if path == "" {
		return nil, errs.Invalid("cloud "+name, "no clouds.yaml in %s", strings.Join(configDirs(), ", "))
	}
	dirs := append([]string{filepath.Dir(path)}, configDirs()...)
	file, err := readClouds(path)
	if err != nil {
		return nil, err
	}
	e, ok := file.Clouds[name]
	if !ok {
		return nil, errs.Invalid("cloud "+name, "is not in %s, which has: %s", path, strings.Join(file.names(), ", "))
	}
	secure := os.Getenv("OS_CLIENT_SECURE_FILE")
	if secure == "" {
		secure = search("secure", dirs)
	}
	if secure != "" {
		file, err := readClouds(secure)
		if err != nil {
			return nil, err
		}
		e = merge(file.Clouds[name], e)
	}
	profile := e.text("profile")
	if profile == "" {
		profile = e.text("cloud")
	}
	if profile == "" {
		return e, nil
	}
	public := search("clouds-public", dirs)
	if public == "" {
		return nil, errs.Invalid("cloud "+name, "has the profile %q, but there is no clouds-public.yaml", profile)
	}
	if file, err = readClouds(public); err != nil {
		return nil, err
	}
	vendor, ok := file.Public[profile]
	if !ok {
		return nil, errs.Invalid("cloud "+name, "has the profile %q, which is not in %s", profile, public)
	}
	return merge(e, vendor), nil
}

type cloudsFile struct {
	Clouds map[string]entry `yaml:"clouds"`
	Public map[string]entry `yaml:"public-clouds"`
}

func (f *cloudsFile) names() []string {
	var all []string
	for name := range f.Clouds {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

func readClouds(path string) (*cloudsFile, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, errs.Invalid("clouds.yaml", "%v", err)
	}
	var file cloudsFile
	if err := yaml.Unmarshal(text, &file); err != nil {
		return nil, errs.Invalid("clouds.yaml", "%s: %v", path, err)
	}
	return &file, nil
}

// configDirs are where OpenStack's own clients look.
func configDirs() []string {
	dirs := []string{"."}
	if home := os.Getenv("XDG_CONFIG_HOME"); home != "" {
		dirs = append(dirs, filepath.Join(home, "openstack"))
	} else if home, err := os.UserHomeDir(); err == nil {
		dirs = append(dirs, filepath.Join(home, ".config", "openstack"))
	}
	return append(dirs, "/etc/openstack")
}

func search(base string, dirs []string) string {
	for _, dir := range dirs {
		for _, ext := range []string{".yaml", ".yml"} {
			path := filepath.Join(dir, base+ext)
			if info, err := os.Stat(path); err == nil && !info.IsDir() {
				return path
			}
		}
	}
	return ""
}
