package jsonstream

import (
	"fmt"
	"io"
)

// maxValue bounds what a live body may hold in memory at once: the bytes of one value that is read
// whole, or the white space before it.
const maxValue = 16 << 20

// allowance is a live body of which maxValue bytes may be read for each value.
type allowance struct {
	body io.Reader
	left int
}

func (a *allowance) Read(p []byte) (int, error) {
	if a.left <= 0 {
		return 0, fmt.Errorf("a single value has more than %d bytes", maxValue)
	}
	n, err := a.body.Read(p)
	a.left -= n
	return n, err
}

func (r *Reader) refill() {
	if r.live != nil {
		r.live.left = maxValue
	}
}
