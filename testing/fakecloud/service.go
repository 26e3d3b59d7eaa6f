package fakecloud

import (
	"fmt"
	"net/http"
)

// services are the parts of every cloud. A new one is one line here and files of its own.
var services = []func(*Cloud) service{
	newIdentity,
	newCompute,
	newRating,
	newMetering,
	newAMIE,
	newAlarming,
}

// service is one OpenStack service of the cloud.
type service interface {
	about() about
	answer(call) answer
	seed() // fills in its part of the believable month
}

// about says where a service lives and how the catalogue names it.
type about struct {
	kind, name string // compute, nova
	prefix     string // of its root: /compute
	endpoint   string // what the catalogue appends to the root: /v2.1
}

// call is a request to a service whose body has been read.
type call struct {
	*http.Request
	root string // the service's own URL as the client addressed it: http://127.0.0.1:4711/compute
	path string // below the root
	body []byte
	args map[string]string // what the placeholders of the route stand for
}

// answer is what a service says, whole, before faults are applied to it.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// part is the cloud's service of type S, for options and seeding methods.
func part[S service](c *Cloud) S {
	for _, s := range c.parts {
		if p, ok := s.(S); ok {
			return p
		}
	}
	panic(fmt.Sprintf("fakecloud: %T is not registered", *new(S)))
}
