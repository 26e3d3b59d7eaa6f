package jsonstream

import "hash/maphash"

// recent remembers texts that were read lately. Each may be in either of two places, or two that are
// asked for by turns could drive each other out.
type recent [64][2]interned

type interned struct{ token, text string } // as it is written, and what it says

// maxInterned is the length of a token worth remembering: two UUIDs and a bit.
const maxInterned = 80

var seed = maphash.MakeSeed()

func (t *recent) places(token []byte) *[2]interned {
	return &t[maphash.Bytes(seed, token)%uint64(len(t))]
}
