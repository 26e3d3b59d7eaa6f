package mockcloud

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/jarcoal/httpmock"

	"github.com/gophermeter/gophermeter/rating"
)

// RatingV2Service is what version 2 of CloudKitty answers, from values. It keeps no state: a change is answered as a success, and
// what a test wants to read behind it it registers by itself, before or after.
type RatingV2Service struct {
	// Points are those that begin in the window that is asked for, of its filters.
	Points []rating.Point
	// Summary are the rows of every summary.
	Summary []rating.SummaryRow
	// Scopes are listed, those of the ids that are asked for and active or not as asked.
	Scopes []rating.Scope
	// Updated and Created answer a change of a scope and a new one.
	Updated, Created rating.Scope
	// Reprocesses are listed, those of the scopes that are asked for.
	Reprocesses []rating.Reprocess
	// Modules are listed and got by their ids.
	Modules []rating.Module
}

// RatingV2 registers what answers every operation of version 2, and the list of versions, with both. A summary without filters
// asks version 1 for its metrics: for them see [RatingV1].
//
// Source: CloudKitty, api/v2.
func RatingV2(transport *httpmock.MockTransport, s RatingV2Service) {
	on := func(method, path string, r httpmock.Responder) {
		transport.RegisterRegexpResponder(method, regexp.MustCompile("^"+regexp.QuoteMeta(Rating.URL+"/v2/")+path+`(\?.*)?$`), r)
	}
	transport.RegisterRegexpResponder(http.MethodGet, regexp.MustCompile("^"+regexp.QuoteMeta(Rating.URL)+`/?(\?.*)?$`), RatingVersions("v1", "v2"))
	on(http.MethodGet, "dataframes", RatingPoints(s.Points...))
	on(http.MethodPost, "dataframes", noContent)
	on(http.MethodGet, "summary", RatingSummary(s.Summary...))
	on(http.MethodGet, "scope", RatingScopes(s.Scopes...))
	on(http.MethodPut, "scope", always(http.StatusAccepted, struct{}{}))
	on(http.MethodPatch, "scope", always(http.StatusOK, scopeWireOf(s.Updated)))
	on(http.MethodPost, "scope", always(http.StatusOK, scopeWireOf(s.Created)))
	on(http.MethodGet, "task/reprocesses(?:/[^/?]+)?", RatingReprocesses(s.Reprocesses...))
	on(http.MethodPost, "task/reprocesses", always(http.StatusAccepted, struct{}{}))
	on(http.MethodGet, "rating/modules", every("modules", s.Modules, moduleV2Wire))
	on(http.MethodGet, "rating/modules/[^/?]+", func(req *http.Request) (*http.Response, error) {
		for _, m := range s.Modules {
			if m.ID == lastOf(req) {
				return answer(http.StatusOK, moduleV2Wire(m)), nil
			}
		}
		return RatingV2Error(http.StatusNotFound, "Module '"+lastOf(req)+"' not found")(req)
	})
	on(http.MethodPut, "rating/modules/[^/?]+", noContent)
}

// RatingV2Error is a refusal of version 2 of CloudKitty.
func RatingV2Error(status int, message string) httpmock.Responder {
	return always(status, map[string]string{"message": message})
}

// RatingNothing is how version 2 says that there are no scopes or points: a 404 that is an empty list.
func RatingNothing() httpmock.Responder {
	return RatingV2Error(http.StatusNotFound, "No resource found for provided filters.")
}

// RatingNoV2 is what a CloudKitty of storage v1 answers to version 2, and any to a path that it does not have.
func RatingNoV2() httpmock.Responder {
	return func(*http.Request) (*http.Response, error) {
		resp := httpmock.NewStringResponse(http.StatusNotFound, "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n")
		resp.Header.Set("Content-Type", "text/html; charset=utf-8")
		return resp, nil
	}
}

// RatingVersions answers the root of CloudKitty: v1, and v2 with storage v2.
func RatingVersions(ids ...string) httpmock.Responder {
	status := map[string]string{"v1": "CURRENT", "v2": "EXPERIMENTAL"}
	return every("versions", ids, func(id string) pairs {
		return pairs{{"id", id}, {"links", []pairs{{{"href", Rating.URL + "/" + id}, {"rel", "self"}}}}, {"status", status[id]}}
	})
}

// RatingPoints answers with a page of the points that begin in the window of the request and have the values of its filters.
func RatingPoints(all ...rating.Point) httpmock.Responder {
	all = slices.Clone(all)
	return func(req *http.Request) (*http.Response, error) {
		q := req.URL.Query()
		points := slices.DeleteFunc(slices.Clone(all), func(p rating.Point) bool { return !pointFits(p, q) })
		if len(points) == 0 {
			return RatingNothing()(req)
		}
		return answer(http.StatusOK, pairs{{"total", len(points)}, {"dataframes", dataframesWire(portion(q, points))}}), nil
	}
}

// RatingSummary answers with a page of a summary, in the form that is asked for.
func RatingSummary(rows ...rating.SummaryRow) httpmock.Responder {
	rows = slices.Clone(rows)
	return func(req *http.Request) (*http.Response, error) {
		q := req.URL.Query()
		return answer(http.StatusOK, summaryWire(portion(q, rows), len(rows), q)), nil
	}
}

// RatingScopes answers with a page of the scopes that are asked for.
func RatingScopes(all ...rating.Scope) httpmock.Responder {
	all = slices.Clone(all)
	return func(req *http.Request) (*http.Response, error) {
		q := req.URL.Query()
		scopes := slices.DeleteFunc(slices.Clone(all), func(s rating.Scope) bool {
			active := map[bool]string{false: "0", true: "1"}[s.Active]
			return !among(q["scope_id"], s.ID) || !among(q["scope_key"], s.Key) || !among(q["fetcher"], s.Fetcher) ||
				!among(q["collector"], s.Collector) || !among(q["active"], active)
		})
		if scopes = portion(q, scopes); len(scopes) == 0 {
			return RatingNothing()(req)
		}
		return every("results", scopes, scopeWireOf)(req)
	}
}

// RatingReprocesses answers with a page of the tasks of the scope in the path, of those in the query, or of all.
func RatingReprocesses(all ...rating.Reprocess) httpmock.Responder {
	all = slices.Clone(all)
	return func(req *http.Request) (*http.Response, error) {
		q := req.URL.Query()
		scopes := q["scope_ids"]
		if last := lastOf(req); last != "reprocesses" {
			scopes = []string{last}
		}
		tasks := slices.DeleteFunc(slices.Clone(all), func(t rating.Reprocess) bool { return !among(scopes, t.ScopeID) })
		if q.Get("order") == "desc" {
			slices.Reverse(tasks)
		}
		return every("results", portion(q, tasks), reprocessWire)(req)
	}
}

// among tells whether a value is one of those that are asked for, or nothing is asked for.
func among(asked []string, value string) bool {
	return len(asked) == 0 || slices.Contains(asked, value)
}

// portion is the page that offset and limit ask for.
func portion[T any](q url.Values, all []T) []T {
	limit := 100
	if n, err := strconv.Atoi(q.Get("limit")); err == nil {
		limit = n
	}
	offset, _ := strconv.Atoi(q.Get("offset"))
	from := min(max(offset, 0), len(all))
	return all[from:min(from+limit, len(all))]
}

// isoV2 is how version 2 writes times.
func isoV2(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05+00:00") }
