package jsonstream

import "hash/maphash"

// texts remembers what it was asked for lately. Each text may be in either of two places, or two that
// are asked for by turns would drive each other out.
type texts [256]string

// maxInterned is the length of the texts worth remembering.
const maxInterned = 64

var seed = maphash.MakeSeed()

func (t *texts) get(text []byte) string {
	if len(text) == 0 || len(text) > maxInterned {
		return string(text)
	}
	place := maphash.Bytes(seed, text) % uint64(len(t)/2) * 2
	newer, older := &t[place], &t[place+1]
	switch string(text) {
	case *newer:
		return *newer
	case *older:
		return *older
	}
	*newer, *older = string(text), *newer
	return *newer
}
