package fakecloud

import (
	"slices"
	"strings"
)

// route is a path with {placeholders} and what answers its methods.
type route struct {
	path    string
	methods map[string]func(call) answer
}

type routes []route

// find is the route of a path and what its placeholders stand for.
func (rs routes) find(path string) (*route, map[string]string) {
	got := strings.Split(path, "/")
	for i := range rs {
		if args, ok := rs[i].match(got); ok {
			return &rs[i], args
		}
	}
	return nil, nil
}

func (r *route) match(got []string) (map[string]string, bool) {
	want := strings.Split(r.path, "/")
	if len(want) != len(got) {
		return nil, false
	}
	args := map[string]string{}
	for i, w := range want {
		switch {
		case strings.HasPrefix(w, "{") && got[i] != "":
			args[strings.Trim(w, "{}")] = got[i]
		case w != got[i]:
			return nil, false
		}
	}
	return args, true
}

// allow is the Allow header of a 405.
func (r *route) allow() string {
	allowed := []string{"OPTIONS"}
	for m := range r.methods {
		allowed = append(allowed, m)
		if m == "GET" {
			allowed = append(allowed, "HEAD")
		}
	}
	slices.Sort(allowed)
	return strings.Join(allowed, ", ")
}
