package mockcloud

import (
	"cmp"
	"net/http"
	"regexp"
	"strings"

	"github.com/jarcoal/httpmock"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/tenantusage"
)

// Compute is Nova's entry in the catalogue.
var Compute = gophermeter.Endpoint{Type: "compute", Name: "nova", Region: Region, URL: URL + "/compute/v2.1"}

const usagePath = "/os-simple-tenant-usage"

var usageURL = regexp.MustCompile("^" + regexp.QuoteMeta(Compute.URL+usagePath) + "(/[^/?]+)?$")

// TenantUsage registers what answers Nova's usage accounting, the list and every project: [Usages] or [UsagePages] most often.
func TenantUsage(transport *httpmock.MockTransport, r httpmock.Responder) {
	transport.RegisterRegexpResponder(http.MethodGet, usageURL, r)
}

// maxLimit is Nova's, unless its operator sets another.
const maxLimit = 1000

// Usages answers both operations of os-simple-tenant-usage, with the rows where Nova gives them: detailed, and of one project.
// A project that is not among the usages gets the empty answer that Nova has for any it does not know.
//
// Totals are those of Servers where there are any. What a test does not care about can be left out: Start and Stop are the window
// that was asked for, a server's ProjectID is that of its project, State active or terminated, StartedAt the start of the window.
//
// Source: Nova, os-simple-tenant-usage.
func Usages(usages ...tenantusage.ProjectUsage) httpmock.Responder {
	return UsagePages(maxLimit, usages...)
}

// UsagePages is Usages from a Nova that answers at most size servers at once: in pages, each with the totals of its own servers
// and a link, to who asks for microversion 2.40 or later; cut short without a word to who does not. A project without Servers
// takes the room of one.
func UsagePages(size int, usages ...tenantusage.ProjectUsage) httpmock.Responder {
	rows := rowsOf(usages)
	return func(req *http.Request) (*http.Response, error) {
		body, why := usagePage(req, size, rows)
		if why != "" {
			return compute(req, http.StatusBadRequest, faultOf(http.StatusBadRequest, why)), nil
		}
		return compute(req, http.StatusOK, body), nil
	}
}

// Unversioned answers as a Nova from before microversions does, or an endpoint of its old API, /v2: r, without knowing which
// version was asked for and without naming one.
func Unversioned(r httpmock.Responder) httpmock.Responder {
	return func(req *http.Request) (*http.Response, error) {
		req = req.Clone(req.Context())
		deleteVersion(req.Header)
		resp, err := r(req)
		if err != nil {
			return nil, err
		}
		old := *resp
		old.Header = resp.Header.Clone()
		deleteVersion(old.Header)
		return &old, nil
	}
}

// ComputeError is a refusal of Nova, such as 403 of the list to who is no administrator.
func ComputeError(status int, message string) httpmock.Responder {
	return func(req *http.Request) (*http.Response, error) {
		return compute(req, status, faultOf(status, message)), nil
	}
}

type computeFault struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// faultNames are Nova's names of a status.
var faultNames = map[int]string{
	400: "badRequest", 401: "unauthorized", 403: "forbidden", 404: "itemNotFound", 405: "badMethod", 409: "conflictingRequest",
	413: "overLimit", 415: "badMediaType", 429: "overLimit", 501: "notImplemented", 503: "serviceUnavailable",
}

func faultOf(status int, message string) map[string]computeFault {
	return map[string]computeFault{cmp.Or(faultNames[status], "computeFault"): {status, message}}
}

func compute(req *http.Request, status int, body any) *http.Response {
	resp := answer(status, body)
	resp.Header.Set("X-Compute-Request-Id", requestID)
	version := microversion(req.Header)
	resp.Header.Set("Openstack-Api-Version", "compute "+version)
	resp.Header.Set("X-Openstack-Nova-Api-Version", version)
	resp.Header["Vary"] = []string{"OpenStack-API-Version", "X-OpenStack-Nova-API-Version"}
	if status != http.StatusOK {
		resp.Header.Set("Content-Type", "application/json; charset=UTF-8")
	}
	return resp
}

// microversion is what a request asks for.
func microversion(h http.Header) string {
	if version, ok := strings.CutPrefix(h.Get("Openstack-Api-Version"), "compute "); ok {
		return version
	}
	return cmp.Or(h.Get("X-Openstack-Nova-Api-Version"), "2.1")
}

func deleteVersion(h http.Header) {
	h.Del("Openstack-Api-Version")
	h.Del("X-Openstack-Nova-Api-Version")
	h.Del("Vary")
}
