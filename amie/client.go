package amie

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/usage"
)

// DefaultURL is the Usage API of ACCESS.
const DefaultURL = "https://usage.access-ci.org/api/v1"

// UsageClient talks to the AMIE Usage API for one site. It is safe for concurrent use.
//
// Python: amieclient.client.UsageClient.
type UsageClient struct {
	service *gophermeter.Service
	header  http.Header // the site's name, which is no secret
	set     settings
}

// NewUsageClient is a client for a site, by the name and the API key that ACCESS gave it; the key is the one of the
// site's AMIE packets. It does no I/O.
func NewUsageClient(site, apiKey string, opts ...Option) (*UsageClient, error) {
	set := newSettings(opts)
	if err := set.check(); err != nil {
		return nil, err
	}
	if err := headerValue("site", site); err != nil {
		return nil, err
	}
	if err := headerValue("apiKey", apiKey); err != nil {
		return nil, err
	}
	if err := set.checkURL(); err != nil {
		return nil, err
	}
	// The retries of the SDK are those of what was surely not processed; the rest is decided here, by kind.
	options := slices.Concat([]gophermeter.Option{gophermeter.WithRetry(set.retry)}, set.service)
	service, err := gophermeter.NewService(set.url, http.Header{"Xa-Api-Key": {apiKey}}, options...)
	if err != nil {
		return nil, err
	}
	return &UsageClient{service: service, header: http.Header{"Xa-Site": {site}}, set: set}, nil
}

// String names the site and the service, and not the key. A journal of package journal knows by it whose it is, so the
// form stays.
func (c *UsageClient) String() string {
	return c.header.Get("XA-SITE") + " at " + c.service.Endpoint()
}

// Repeats tells whether records of a kind are sent again after a failure that leaves open whether the service took
// them; see [WithRepeat].
func (c *UsageClient) Repeats(kind usage.Kind) bool { return slices.Contains(c.set.repeat, kind) }

// Summary is what amieclient has a name for and the service has not: the error is always
// [gophermeter.ErrUnsupported]. [UsageClient.Status] is what comes closest.
func (c *UsageClient) Summary() error {
	return &unsupported{"the Usage API has no usage summary"}
}

type unsupported struct{ what string }

func (e *unsupported) Error() string { return e.what }

func (e *unsupported) Unwrap() error { return gophermeter.ErrUnsupported }

// headerValue refuses what cannot stand in a header, and does not say what it was.
func headerValue(field, value string) error {
	switch {
	case value == "":
		return errs.Invalid(field, "is empty")
	case strings.TrimSpace(value) != value:
		return errs.Invalid(field, "begins or ends with a space or line break")
	case strings.ContainsFunc(value, func(r rune) bool { return unicode.IsControl(r) || r > unicode.MaxLatin1 }):
		return errs.Invalid(field, "has a character that no header can hold")
	}
	return nil
}

// checkURL keeps the key off networks that anybody can read on.
func (s *settings) checkURL() error {
	u, err := url.Parse(s.url)
	switch {
	case err != nil:
		return errs.Invalid("WithBaseURL", "is not a URL")
	case u.User != nil:
		return errs.Invalid("WithBaseURL", "has a user name in it, which the service does not know")
	case u.Scheme == "http" && !s.plain && !loopback(u.Hostname()):
		return errs.Invalid("WithBaseURL", "%s would show the API key to everybody on the way: use https, or WithPlainHTTP", u.Redacted())
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
