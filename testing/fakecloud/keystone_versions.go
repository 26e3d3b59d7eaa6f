package fakecloud

import "net/http"

func (k *identity) versions(r call) answer {
	a := k.json(http.StatusMultipleChoices, object{{"versions", object{{"values", []any{k.document(r)}}}}})
	setHeader(&a, "Location", r.root+"/v3/")
	return a
}

func (k *identity) version(r call) answer {
	return k.json(http.StatusOK, object{{"version", k.document(r)}})
}

func (k *identity) document(r call) object {
	return object{
		{"id", "v3.14"}, {"status", "stable"}, {"updated", "2020-04-07T00:00:00Z"},
		{"links", []any{object{{"rel", "self"}, {"href", r.root + "/v3/"}}}},
		{"media-types", []any{object{{"base", "application/json"}, {"type", "application/vnd.openstack.identity-v3+json"}}}},
	}
}
