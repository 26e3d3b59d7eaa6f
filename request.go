package gophermeter

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// Repeat says whether a request may reach the service twice.
type Repeat int

// What may be repeated after a failure that leaves open whether the service acted.
const (
	// RepeatByMethod repeats GET, HEAD, PUT and DELETE, but not POST and PATCH.
	RepeatByMethod Repeat = iota
	// RepeatAlways is for a POST that only reads, or that the service recognises when it comes twice.
	RepeatAlways
	// RepeatUnprocessed repeats only what the service surely did not act on.
	RepeatUnprocessed
)

// Request is one call of a service. It is copied; nothing in it is changed.
type Request struct {
	Op     string      // name in errors, logs and events, such as "tenantusage.Projects"
	Method string      // HTTP method; empty is GET
	Path   []string    // below the service's URL, each element escaped by itself; "", "." and ".." are refused
	Slash  bool        // end the path with a slash
	Query  url.Values  // nil is none
	Header http.Header // beside Accept, Content-Type, User-Agent and the token
	Body   []byte      // JSON, unless Header says otherwise; nil is none
	OK     []int       // expected statuses; nil is 200 for GET and HEAD, and any 2xx for the rest
	Repeat Repeat      // what happens after an ambiguous failure; by the method unless set
}

func (r *Request) safe() bool {
	switch r.Repeat {
	case RepeatAlways:
		return true
	case RepeatUnprocessed:
		return false
	default:
		return r.Method != http.MethodPost && r.Method != http.MethodPatch
	}
}

func (r *Request) reads() bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

func (r *Request) expects(status int) bool {
	switch {
	case r.OK != nil:
		return slices.Contains(r.OK, status)
	case r.reads():
		return status == http.StatusOK
	}
	return status/100 == 2
}

// url joins base and path. Elements are escaped one by one, so that an id with a slash or a question mark
// stays an id.
func (r *Request) url(base *url.URL) (*url.URL, error) {
	var path strings.Builder
	path.WriteString(strings.TrimRight(base.EscapedPath(), "/"))
	for _, element := range r.Path {
		if element == "" || element == "." || element == ".." {
			return nil, errs.Invalid("Path", "%q is not an id (%s %q)", element, r.Method, r.Path)
		}
		// A comma separates ids in some paths and needs no escape in any (RFC 3986, section 3.3).
		path.WriteString("/" + strings.ReplaceAll(url.PathEscape(element), "%2C", ","))
	}
	if r.Slash || len(r.Path) == 0 {
		path.WriteString("/")
	}
	u, err := withPath(base, path.String())
	if err != nil {
		return nil, errs.Invalid("Path", "%v", err)
	}
	u.RawQuery = r.Query.Encode()
	return u, nil
}

// withPath is a copy of u with that path, which is escaped already.
func withPath(u *url.URL, escaped string) (*url.URL, error) {
	plain, err := url.PathUnescape(escaped)
	if err != nil {
		return nil, err
	}
	cp := *u
	cp.Path, cp.RawPath = plain, escaped
	return &cp, nil
}
