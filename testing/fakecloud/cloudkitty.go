package fakecloud

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// rating is CloudKitty: API v1 with its modules hashmap and pyscripts, and API v2, over one of its two kinds of storage.
type rating struct {
	cloud   *Cloud
	storage int // [storage]version
	release RatingRelease
	leaky   bool
	v1, v2  []ratingPath

	mu         sync.Mutex // held while a request is answered
	month      time.Time  // first instant of the seeded month; zero if there is none
	modules    []*ratingModule
	collectors []collectorMapping
	enabled    map[string]bool // collectors
	hashmap    hashmap
	card       *hashmap // the rules that the seeded month is rated by
	scripts    []*ratingScript
	scopes     []*ratingScope
	tasks      []*reprocess
	store      ratedStore
	leaked     map[string][]string // filters that a summary without filters has left behind
}

// RatingRelease is a release of CloudKitty, by its major version.
type RatingRelease int

// The releases that the fake knows. One between two of them behaves as its source says where that is known.
const (
	RatingZed     RatingRelease = 17 // what the recordings are from
	RatingCurrent RatingRelease = 24 // 2026.1
)

// ratingPath is a route and what answers its methods.
type ratingPath struct {
	route
	since RatingRelease
}

// collectPeriod is CloudKitty's [collect]period.
const collectPeriod = time.Hour

// WithRatingStorage sets CloudKitty's [storage]version: 2, the default, or 1, which has no API v2.
func WithRatingStorage(version int) Option {
	if version != 1 && version != 2 {
		panic(fmt.Sprintf("fakecloud: no rating storage %d", version))
	}
	return func(c *Cloud) { part[*rating](c).storage = version }
}

// WithRatingRelease sets which CloudKitty answers; the default is RatingZed.
func WithRatingRelease(r RatingRelease) Option {
	return func(c *Cloud) { part[*rating](c).release = r }
}

// WithSummaryLeak gives CloudKitty the fault that its releases before 24 have in every worker process: once somebody who is
// not an administrator has asked for a v2 summary without filters, each such summary is of that project alone, an
// administrator's too.
func WithSummaryLeak() Option { return func(c *Cloud) { part[*rating](c).leaky = true } }

func newRating(c *Cloud) service {
	s := &rating{cloud: c, storage: 2, release: RatingZed, enabled: map[string]bool{}, leaked: map[string][]string{}}
	s.modules = []*ratingModule{
		{id: "hashmap", description: "HashMap rating module.", hot: true, priority: 1},
		{id: "noop", description: "Dummy test module.", enabled: true, priority: 1},
		{id: "pyscripts", description: "PyScripts rating module.", hot: true, priority: 1},
	}
	s.routes()
	return s
}

func (s *rating) about() about { return about{kind: "rating", name: "cloudkitty", prefix: "/rating"} }

func (s *rating) routes() {
	add := func(to *[]ratingPath, path string, methods map[string]func(call) answer) {
		*to = append(*to, ratingPath{route: route{path, methods}})
	}
	v1 := func(path string, methods map[string]func(call) answer) { add(&s.v1, "/v1"+path, methods) }
	v2 := func(path string, methods map[string]func(call) answer) { add(&s.v2, "/v2"+path, methods) }
	s.collectorRoutes(v1)
	s.infoRoutes(v1)
	s.moduleRoutes(v1, v2)
	s.reportRoutes(v1)
	s.hashmapRoutes(v1)
	s.pyscriptsRoutes(v1)
	v2("/summary", map[string]func(call) answer{"GET": s.summary})
	v2("/dataframes", map[string]func(call) answer{"GET": s.frames, "POST": s.pushFrames})
	v2("/scope", map[string]func(call) answer{"GET": s.listScopes, "PUT": s.resetScopes, "PATCH": s.patchScope, "POST": s.postScope})
	v2("/task/reprocesses", map[string]func(call) answer{"GET": s.reprocesses, "POST": s.postReprocess})
	v2("/task/reprocesses/{scope_id}", map[string]func(call) answer{"GET": s.reprocesses})
}

func (s *rating) answer(r call) answer {
	a := s.dispatch(r)
	setHeader(&a, "X-Openstack-Request-Id", "req-"+s.cloud.newUUID("request"))
	return a
}

func (s *rating) dispatch(r call) answer {
	if r.path == "" || r.path == "/" {
		return s.versions(r)
	}
	if _, ok := s.cloud.callerOf(r.Request); !ok {
		return s.cloud.tokenRefused(r)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.proceed()
	switch {
	case r.path == "/v1" || strings.HasPrefix(r.path, "/v1/"):
		return s.answerV1(r)
	case strings.HasPrefix(r.path, "/v2/") && s.storage == 2:
		return s.answerV2(r)
	}
	return flaskNotFound()
}

// caller is who sends a request whose token is valid.
func (s *rating) caller(r call) caller {
	who, _ := s.cloud.callerOf(r.Request)
	return who
}

func (s *rating) admin(r call) bool { return s.caller(r).has("admin") }

// versions is CloudKitty's root, which needs no token.
func (s *rating) versions(r call) answer {
	version := func(id, status string) any {
		return object{{"id", id}, {"links", []any{object{{"href", r.root + "/" + id}, {"rel", "self"}}}}, {"status", status}}
	}
	all := []any{version("v1", "CURRENT")}
	if s.storage == 2 {
		all = append(all, version("v2", "EXPERIMENTAL"))
	}
	a := ratingJSON(http.StatusOK, object{{"versions", all}})
	a.body = append(a.body, '\n')
	return a
}

func ratingJSON(status int, body any) answer {
	a := answer{status: status, body: dumps(body)}
	setHeader(&a, "Content-Type", "application/json")
	return a
}

// flaskNotFound is what Flask answers outside every route: HTML, whatever was asked for.
func flaskNotFound() answer {
	a := answer{status: http.StatusNotFound, body: []byte("<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n" +
		"<p>The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.</p>\n")}
	setHeader(&a, "Content-Type", "text/html; charset=utf-8")
	return a
}
