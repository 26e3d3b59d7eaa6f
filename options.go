package gophermeter

import (
	"crypto/tls"
	"log/slog"
	"net/http"
	"time"

	"github.com/gophercloud/gophercloud/v2"

	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/transport"
)

// Option sets a property of a connection, or of a service outside any catalogue.
type Option func(*settings)

type settings struct {
	cloud      string
	cloudsFile string
	auth       *gophercloud.AuthOptions
	region     string
	iface      string
	endpoints  map[string]string
	client     *http.Client
	transport  http.RoundTripper
	tls        *tls.Config
	logger     *slog.Logger
	agent      string
	retry      Retry
	limits     TimeLimits
	observe    func(Event)
	maxBody    int64
}

// WithCloud takes the login from the entry of that name in clouds.yaml. It wins over OS_CLOUD.
func WithCloud(name string) Option { return func(s *settings) { s.cloud = name } }

// WithCloudsFile reads clouds.yaml from that path, and secure.yaml and clouds-public.yaml from beside it,
// instead of searching OS_CLIENT_CONFIG_FILE and the usual directories.
func WithCloudsFile(path string) Option { return func(s *settings) { s.cloudsFile = path } }

// WithAuth logs in with these options. Neither clouds.yaml nor the environment is read then. AllowReauth
// is set where the credential can be used twice.
func WithAuth(ao gophercloud.AuthOptions) Option {
	return func(s *settings) { s.auth = &ao }
}

// WithRegion chooses the region of every service. It is needed where a service exists in several.
func WithRegion(name string) Option { return func(s *settings) { s.region = name } }

// WithInterface chooses the endpoints that are used: "public", the default, "internal" or "admin".
func WithInterface(name string) Option { return func(s *settings) { s.iface = name } }

// WithEndpoint overrides the URL of a service type; the catalogue is not asked for it.
func WithEndpoint(typ, url string) Option {
	return func(s *settings) {
		s.endpoints = merged(map[string]string{typ: url}, s.endpoints)
	}
}

// WithHTTPClient sends through a copy of c: its Transport and Jar are used. Its Timeout is not, for that
// would cut long bodies short (see [WithTimeLimits]), and redirects are never left to it.
func WithHTTPClient(c *http.Client) Option { return func(s *settings) { s.client = c } }

// WithTransport sends through rt. TLS settings of the cloud are added to an *http.Transport that has none;
// any other pair of the two is an error.
func WithTransport(rt http.RoundTripper) Option { return func(s *settings) { s.transport = rt } }

// WithTLSConfig uses these TLS settings instead of the cloud's.
func WithTLSConfig(c *tls.Config) Option { return func(s *settings) { s.tls = c } }

// WithLogger logs each attempt of a request at debug level: method, path, status, duration and request id.
// Headers and bodies are never logged.
func WithLogger(l *slog.Logger) Option { return func(s *settings) { s.logger = l } }

// WithUserAgent puts a program's name, such as "showback/1.2", in front of this SDK's.
func WithUserAgent(name string) Option { return func(s *settings) { s.agent = name } }

// Retry bounds how a failed request is repeated. A zero field takes its default.
type Retry struct {
	Attempts int           // in all, the first included; default 5; 1 repeats nothing
	Base     time.Duration // longest pause after the first failure, doubling; default 500 ms
	Cap      time.Duration // longest pause, also where the server asks for more; default 30 s
}

// WithRetry changes how often and how patiently requests are repeated; what may be repeated is fixed, and
// stands in the package documentation.
func WithRetry(r Retry) Option { return func(s *settings) { s.retry = r } }

// TimeLimits bounds the phases of a call, so that nothing hangs even without a deadline. A zero field takes
// its default; a negative one is no limit.
type TimeLimits struct {
	Dial    time.Duration // to connect; default 10 s
	TLS     time.Duration // to shake hands; default 10 s
	Header  time.Duration // from the last byte of the request to the response's header; default 60 s
	Body    time.Duration // without a single byte of the body; default 60 s
	Retries time.Duration // after the first failure, to start another attempt; default 60 s
}

// WithTimeLimits changes the time limits. Dial and TLS bound connections of this SDK's own transport; one
// given with [WithTransport] or [WithHTTPClient] keeps its own, and their sum with Header bounds it.
func WithTimeLimits(l TimeLimits) Option { return func(s *settings) { s.limits = l } }

// Event is one attempt of a request, for metrics and traces.
type Event struct {
	Op       string        // the method that was called, such as "tenantusage.Projects"; "identity" for Keystone
	Method   string        // HTTP method
	Path     string        // of the URL, without its query
	Status   int           // 0 when no answer came
	Attempt  int           // 1 for the first
	Duration time.Duration // until the body was read to its end or given up
	Err      error         // nil when an answer came, whatever its status, and was read as far as it was wanted
}

// WithObserver calls f after each attempt, once its body has been read or given up, from the goroutine that
// did so; f must be safe for concurrent use.
func WithObserver(f func(Event)) Option { return func(s *settings) { s.observe = f } }

// WithMaxBody bounds the size of a body that is read whole, once decompressed; the default is 64 MiB. A
// larger one is [ErrTooLarge]. Bodies that are read element by element have no bound.
func WithMaxBody(bytes int64) Option { return func(s *settings) { s.maxBody = bytes } }

// Limits that hold unless an option says otherwise.
const (
	defaultMaxBody = 64 << 20
	defaultDial    = 10 * time.Second
	defaultWait    = 60 * time.Second
)

func newSettings(opts []Option) (*settings, error) {
	s := &settings{}
	for _, o := range opts {
		if o != nil {
			o(s)
		}
	}
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{
		{&s.limits.Dial, defaultDial},
		{&s.limits.TLS, defaultDial},
		{&s.limits.Header, defaultWait},
		{&s.limits.Body, defaultWait},
		{&s.limits.Retries, defaultWait},
		{&s.retry.Base, 500 * time.Millisecond},
		{&s.retry.Cap, 30 * time.Second},
	} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	if s.retry.Attempts == 0 {
		s.retry.Attempts = 5
	}
	if s.maxBody == 0 {
		s.maxBody = defaultMaxBody
	}
	switch {
	case s.retry.Attempts < 0:
		return nil, errs.Invalid("Retry.Attempts", "%d is negative", s.retry.Attempts)
	case s.retry.Base < 0:
		return nil, errs.Invalid("Retry.Base", "%s is negative", s.retry.Base)
	case s.retry.Cap < 0:
		return nil, errs.Invalid("Retry.Cap", "%s is negative", s.retry.Cap)
	case s.maxBody < 0:
		return nil, errs.Invalid("WithMaxBody", "%d is negative", s.maxBody)
	case s.client != nil && s.client.Transport != nil && s.transport != nil:
		return nil, errs.Invalid("WithTransport", "the client of WithHTTPClient has a transport of its own")
	}
	return s, nil
}

func (s *settings) policy() transport.Policy {
	return transport.Policy{Attempts: s.retry.Attempts, Base: s.retry.Base, Cap: s.retry.Cap, Total: s.limits.Retries}
}
