package jsonstream

import "hash/maphash"

// internTable remembers the text last seen in each of its places, and so at most some kilobytes.
type internTable [256]string

const longestInterned = 64

var seed = maphash.MakeSeed()

func (t *internTable) get(text []byte) string {
	if len(text) == 0 || len(text) > longestInterned {
		return string(text)
	}
	place := &t[maphash.Bytes(seed, text)%uint64(len(t))]
	if *place != string(text) {
		*place = string(text)
	}
	return *place
}
