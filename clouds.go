package gophermeter

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v2"

	"github.com/gophermeter/gophermeter/internal/errs"
)

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
		return nil, errs.Invalid("cloud "+name, "is not in %s, which has %s", path, cmp.Or(strings.Join(file.names(), ", "), "no clouds"))
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
	profile := e.first("profile", "cloud")
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
	var shape *yaml.TypeError // quotes what it found, and that may be a password
	switch err := yaml.Unmarshal(text, &file); {
	case errors.As(err, &shape):
		return nil, errs.Invalid("clouds.yaml", "%s: clouds is not a section of clouds by name", path)
	case err != nil:
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
