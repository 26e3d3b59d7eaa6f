package main

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// suite is what is measured of one service.
type suite struct {
	service  string // its type in the catalogue; empty for one that needs no server
	endpoint string // its path in the catalogue
	routes   map[string]handler
	jobs     []job
	lines    []comparison
}

// handler answers GET requests of a route, a path below the endpoint.
type handler func(w http.ResponseWriter, r *http.Request, s shape)

// job is one program to measure.
type job struct {
	name  string
	shape shape
	// brief marks a job of a fraction of a second. It is measured three times as often, because systems
	// count user time in ticks.
	brief bool
	// run does the work and counts the rows that it saw, which must be those of the shape.
	run func(ctx context.Context, t target) (rows int, err error)
}

// target is what a job works on.
type target struct {
	shape
	url string // below which Keystone and the services answer in this shape
}

// comparison is a line of the result: what job ours needs, against job theirs or alone.
type comparison struct {
	name     string
	of       quantity
	ours     string
	theirs   string  // name of a job; empty where ours itself has a target
	base     string  // name of a job that is subtracted from ours, for a growth; mostly empty
	target   float64 // at most this times theirs, or this quantity
	moonshot float64 // what would be a delight; 0 is none
}

// tolerance is what a gate allows over the target, because machines differ and are rarely idle.
const tolerance = 1.2

var suites []suite

// register adds a suite. It is called to initialize a variable, so that each file lists itself.
func register(s suite) *suite { //nolint:unparam // without a result there is nothing to initialize
	suites = append(suites, s)
	return &s
}

func jobs() []job {
	var all []job
	for _, s := range suites {
		all = append(all, s.jobs...)
	}
	return all
}

// shape is the size of the collection that the server offers. It is a part of the URLs.
type shape struct {
	pages, size int
	cells       int           // how often the ids begin again
	delay       time.Duration // that an answer takes
}

func (s shape) rows() int { return s.pages * s.size }

// short is the same with hardly any rows.
func (s shape) short() shape {
	return shape{pages: min(s.pages, 4), size: min(s.size, 8), cells: s.cells, delay: min(s.delay, time.Millisecond)}
}

func (s shape) String() string { return fmt.Sprintf("%dx%d,%d,%s", s.pages, s.size, s.cells, s.delay) }

func parseShape(text string) (s shape, err error) {
	fields := strings.FieldsFunc(text, func(r rune) bool { return r == 'x' || r == ',' })
	if len(fields) != 4 {
		return s, fmt.Errorf("not a shape: %q", text)
	}
	for i, field := range []*int{&s.pages, &s.size, &s.cells} {
		if *field, err = strconv.Atoi(fields[i]); err != nil || *field < 1 {
			return s, fmt.Errorf("not a shape: %q", text)
		}
	}
	s.delay, err = time.ParseDuration(fields[3])
	return s, err
}
