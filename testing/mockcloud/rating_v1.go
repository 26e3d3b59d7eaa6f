package mockcloud

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/jarcoal/httpmock"
	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating"
)

// Rating is CloudKitty's entry in the catalogue.
var Rating = gophermeter.Endpoint{Type: "rating", Name: "cloudkitty", Region: Region, URL: URL + "/rating"}

// RatingV1Service is what version 1 of CloudKitty answers, from values. It keeps no state: a change is answered as a success, and
// what a test wants to read behind it it registers by itself, before or after.
type RatingV1Service struct {
	// Metrics are listed, under the name of services too, and got by their ids.
	Metrics []rating.Metric
	// Config answers info/config: its Raw where there is one, and otherwise its metrics.
	Config rating.Config
	// Modules are listed and got by their ids; an update of one is answered with a redirect to it.
	Modules []rating.Module
	// Quote is the price of everything.
	Quote decimal.Decimal
	// Summaries are the rows of every report. What is left out of one is the window that was asked for, and ALL.
	Summaries []rating.ReportSummary
	// Tenants are the projects that were rated.
	Tenants []string
	// Total of every report.
	Total decimal.Decimal
	// Frames are those of the storage that begin in the window that is asked for, of its project and metric.
	Frames []rating.StorageDataFrame
	// Mappings are those of services to collectors.
	Mappings []rating.CollectorMapping
	// Collectors have a state; any other is disabled.
	Collectors []rating.CollectorInfo
}

// RatingV1 registers what answers every operation of version 1 but those of the modules' own rules: for these see [Hashmap]
// and [Pyscripts].
//
// Source: CloudKitty, api/v1/controllers.
func RatingV1(transport *httpmock.MockTransport, s RatingV1Service) {
	for _, collection := range []string{"metrics", "services"} {
		onRating(transport, http.MethodGet, "info/"+collection, MetricList(s.Metrics...))
		onRating(transport, http.MethodGet, "info/"+collection+"/[^/]+", found(s.Metrics, metricWire, func(name string) string { return name }))
	}
	onRating(transport, http.MethodGet, "info/config", RatingConfig(s.Config))
	onRating(transport, http.MethodGet, "rating/modules", ModuleList(s.Modules...))
	onRating(transport, http.MethodGet, "rating/modules/[^/]+", found(s.Modules, moduleWire, func(string) string { return "Module not found." }))
	onRating(transport, http.MethodPut, "rating/modules/[^/]+", Redirected())
	onRating(transport, http.MethodPost, "rating/quote", RatingAmount(s.Quote))
	onRating(transport, http.MethodGet, "rating/reload_modules", noContent)
	onRating(transport, http.MethodGet, "report/summary", ReportSummaryList(s.Summaries...))
	onRating(transport, http.MethodGet, "report/tenants", always(http.StatusOK, list(s.Tenants)))
	onRating(transport, http.MethodGet, "report/total", RatingAmount(s.Total))
	onRating(transport, http.MethodGet, "storage/dataframes", StorageDataFrameList(s.Frames...))
	onRating(transport, http.MethodGet, "collector/mappings", CollectorMappingList(s.Mappings...))
	onRating(transport, http.MethodGet, "collector/mappings/[^/]+", found(s.Mappings, mappingOfCollector,
		func(service string) string { return "No mapping for service: " + service }))
	onRating(transport, http.MethodPost, "collector/mappings", echoed(http.StatusOK))
	onRating(transport, http.MethodDelete, "collector/mappings(?:/[^/]+)?", noContent)
	onRating(transport, http.MethodGet, "collector/states(?:/[^/]+)?", CollectorStates(s.Collectors...))
	onRating(transport, http.MethodPut, "collector/states(?:/[^/]+)?", echoed(http.StatusOK))
}

// RatingError is a refusal of version 1 of CloudKitty, such as 403 of a report on another project.
func RatingError(status int, message string) httpmock.Responder {
	code := "Client"
	if status >= http.StatusInternalServerError {
		code = "Server"
	}
	return always(status, map[string]any{"faultcode": code, "faultstring": message, "debuginfo": nil})
}

// RatingRouteError is a refusal of what stands before version 1, its router: 403 for who may not change rules, and 405, with
// no message, for a path that does not exist.
func RatingRouteError(status int, message string) httpmock.Responder {
	return always(status, map[string]any{"code": status, "title": http.StatusText(status), "description": message})
}

// Redirected is how version 1 says that an update is done: by 302 to the thing that was changed.
func Redirected() httpmock.Responder {
	return func(req *http.Request) (*http.Response, error) {
		resp := httpmock.NewBytesResponse(http.StatusFound, []byte("null"))
		resp.Header.Set("Location", "http://internal.example"+req.URL.Path) // behind a proxy: no client should go there
		resp.Header.Set("Content-Type", "application/json")
		resp.Header.Set("X-Openstack-Request-Id", requestID)
		return resp, nil
	}
}

// onRating registers an operation of version 1. The path is a regular expression.
func onRating(transport *httpmock.MockTransport, method, path string, r httpmock.Responder) {
	transport.RegisterRegexpResponder(method, regexp.MustCompile("^"+regexp.QuoteMeta(Rating.URL+"/v1/")+path+`/?(\?.*)?$`), r)
}

// found answers with the one that is named at the end of the path: the first member of its wire form is its name.
func found[T any](all []T, wire func(T) pairs, missing func(name string) string) httpmock.Responder {
	return func(req *http.Request) (*http.Response, error) {
		name := lastOf(req)
		for _, v := range all {
			if w := wire(v); w[0].value == name {
				return answer(http.StatusOK, w), nil
			}
		}
		return RatingError(http.StatusNotFound, missing(name))(req)
	}
}

// lastOf is the last element of a path.
func lastOf(req *http.Request) string {
	path := strings.TrimSuffix(req.URL.Path, "/")
	return path[strings.LastIndexByte(path, '/')+1:]
}
