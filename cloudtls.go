package gophermeter

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// tlsConfig is what cacert, cert, key and verify of an entry ask for; nil where they ask for nothing.
// Relative paths are relative to the working directory, as for OpenStack's own clients.
func (e entry) tlsConfig(cloud string) (*tls.Config, error) {
	verify, err := e.truth(cloud, "verify", true)
	if err != nil {
		return nil, err
	}
	insecure, err := e.truth(cloud, "insecure", !verify)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{InsecureSkipVerify: insecure} //nolint:gosec // the cloud's owner says so
	if path := e.text("cacert"); path != "" {
		pem, err := os.ReadFile(home(path))
		if err != nil {
			return nil, errs.Invalid("cacert", "%v", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, errs.Invalid("cacert", "%s has no certificate", path)
		}
	}
	cert, key := e.text("cert"), e.text("key")
	switch {
	case cert == "" && key != "":
		return nil, errs.Invalid("key", "is set, but cert is not")
	case cert != "" && key == "":
		key = cert // one file for both, as curl has it
		fallthrough
	case cert != "":
		pair, err := tls.LoadX509KeyPair(home(cert), home(key))
		if err != nil {
			return nil, errs.Invalid("cert", "%v", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	if !insecure && config.RootCAs == nil && config.Certificates == nil {
		return nil, nil //nolint:nilnil // nothing is asked for
	}
	return config, nil
}

// home resolves a leading ~.
func home(path string) string {
	rest, ok := strings.CutPrefix(path, "~/")
	if dir, err := os.UserHomeDir(); ok && err == nil {
		return filepath.Join(dir, rest)
	}
	return path
}
