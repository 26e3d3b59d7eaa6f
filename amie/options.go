package amie

import (
	"slices"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/transport"
	"github.com/gophermeter/gophermeter/usage"
)

// Option sets a property of a [UsageClient].
type Option func(*settings)

type settings struct {
	url        string
	plain      bool
	service    []gophermeter.Option
	maxBytes   int
	maxRecords int
	rules      usage.Rules
	repeat     []usage.Kind
	retry      gophermeter.Retry
	loaded     LoadedNames
}

// WithBaseURL is for another server than [DefaultURL], such as a test instance: everything before /usage, with the
// version.
func WithBaseURL(url string) Option { return func(s *settings) { s.url = url } }

// WithPlainHTTP lets the base URL be one of http on another machine. Whoever sees the traffic has the key then.
func WithPlainHTTP() Option { return func(s *settings) { s.plain = true } }

// WithService sets properties that all services of the SDK have: time limits, a logger, a transport. Retries are
// set with [WithRetry].
func WithService(opts ...gophermeter.Option) Option {
	return func(s *settings) { s.service = append(slices.Clip(s.service), opts...) }
}

// WithMaxBytes bounds the size of a request; the default is 192 KiB, for the service takes 256 KB. A request that
// the service calls too large is halved, and so are those after it.
func WithMaxBytes(n int) Option { return func(s *settings) { s.maxBytes = n } }

// WithMaxRecords bounds the records of a request; the default is 1000, which is what the service asks for.
func WithMaxRecords(n int) Option { return func(s *settings) { s.maxRecords = n } }

// WithRules changes what records are held to before they are sent.
func WithRules(rules usage.Rules) Option { return func(s *settings) { s.rules = rules } }

// WithRepeat names the kinds that are sent again after a failure that leaves open whether the service took them.
// The default is usage.Compute, whose records replace one another where the LocalRecordID follows from the usage;
// none at all is right for a site that makes its ids up when it sends. usage.Adjustment is refused.
func WithRepeat(kinds ...usage.Kind) Option {
	return func(s *settings) { s.repeat = slices.Clone(kinds) }
}

// WithRetry changes how often and how patiently requests are repeated; the default is 5 attempts, with pauses of up
// to 500 ms, doubling, 30 s at most.
func WithRetry(r gophermeter.Retry) Option { return func(s *settings) { s.retry = r } }

// LoadedNames are what usage/loaded calls things. It is documented to sites only, so these names are guesses in the
// style of the service; what comes back is checked for a service that did not understand them. An empty name takes
// its default.
type LoadedNames struct {
	// Since, LocalRecordID, Limit and Offset are query parameters; by default MinLoadedTime, LocalRecordID, Limit
	// and Offset.
	Since, LocalRecordID, Limit, Offset string
	// List is the member of the answer that holds the records; by default the only list in it, or the answer itself.
	List string
}

// WithLoadedNames changes what usage/loaded is asked with.
func WithLoadedNames(names LoadedNames) Option { return func(s *settings) { s.loaded = names } }

const (
	defaultMaxBytes   = 192 << 10
	defaultMaxRecords = 1000
)

func newSettings(opts []Option) settings {
	s := settings{
		url: DefaultURL, maxBytes: defaultMaxBytes, maxRecords: defaultMaxRecords, repeat: []usage.Kind{usage.Compute},
	}
	for _, o := range opts {
		if o != nil {
			o(&s)
		}
	}
	for _, d := range []struct {
		field *string
		value string
	}{
		{&s.loaded.Since, "MinLoadedTime"},
		{&s.loaded.LocalRecordID, "LocalRecordID"},
		{&s.loaded.Limit, "Limit"},
		{&s.loaded.Offset, "Offset"},
	} {
		if *d.field == "" {
			*d.field = d.value
		}
	}
	return s
}

func (s *settings) check() error {
	switch {
	case s.maxBytes < 1:
		return errs.Invalid("WithMaxBytes", "%d is not positive", s.maxBytes)
	case s.maxRecords < 1:
		return errs.Invalid("WithMaxRecords", "%d is not positive", s.maxRecords)
	case slices.Contains(s.repeat, usage.Adjustment):
		return errs.Invalid("WithRepeat", "an adjustment that is sent twice may count twice")
	}
	for _, kind := range s.repeat {
		if kind != usage.Compute && kind != usage.Storage {
			return errs.Invalid("WithRepeat", "%q is no kind of records", kind)
		}
	}
	return nil
}

// policy bounds the repeating that is decided here.
func (s *settings) policy() transport.Policy {
	p := transport.Policy{Attempts: s.retry.Attempts, Base: s.retry.Base, Cap: s.retry.Cap, Total: time.Minute}
	if p.Attempts == 0 {
		p.Attempts = 5
	}
	if p.Base == 0 {
		p.Base = 500 * time.Millisecond
	}
	if p.Cap == 0 {
		p.Cap = 30 * time.Second
	}
	return p
}
