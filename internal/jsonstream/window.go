package jsonstream

import (
	"fmt"
	"io"
)

// maxValue bounds what is kept of a live body at a time: a token or raw value, and the white space before.
const maxValue = 16 << 20

// window is the part of a document in which the decoder is: it knows where a token lies, and asking it for
// the bytes as a jsontext.Value would cost half as much again.
type window struct {
	body  io.Reader // of a live document; one that is in memory is all in bytes
	bytes []byte
	base  int64 // the offset of bytes in the document
	start int64 // from where bytes are needed: where the last token ended
}

// Read lets the decoder have more of a live body.
func (w *window) Read(p []byte) (int, error) {
	if w.base < w.start {
		kept := copy(w.bytes, w.bytes[w.start-w.base:])
		w.bytes, w.base = w.bytes[:kept], w.start
	}
	if len(w.bytes) > maxValue {
		return 0, &Error{Problem: fmt.Sprintf("a single value of more than %d bytes", maxValue)}
	}
	n, err := w.body.Read(p)
	w.bytes = append(w.bytes, p[:n]...)
	return n, err
}
