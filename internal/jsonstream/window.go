package jsonstream

import (
	"fmt"
	"io"
)

// maxValue bounds what is kept of a live body at a time: a token or raw value, and the white space before.
const maxValue = 16 << 20

// window is the part of a document in which the decoder is. It knows where a token lies, and asking the
// decoder for the bytes of it as a jsontext.Value would cost half as much again.
type window struct {
	body  io.Reader // of a live document; one that is in memory is all in bytes
	err   error     // of body, but for its end
	bytes []byte
	base  int64 // the offset of bytes in the document
	read  int64 // the offset at which the token read last ends
}

// token gives the token that ends at an offset and begins behind the one before it.
func (w *window) token(end int64) []byte {
	begin := int(w.read - w.base)
	for w.bytes[begin] <= ' ' || w.bytes[begin] == ',' || w.bytes[begin] == ':' {
		begin++
	}
	w.read = end
	return w.bytes[begin:int(end-w.base)]
}

// exhausted reports whether the token read last is at the end of what has arrived.
func (w *window) exhausted() bool {
	return w.read-w.base == int64(len(w.bytes))
}

// Read lets the decoder have more of a live body.
func (w *window) Read(p []byte) (int, error) {
	if w.base < w.read {
		kept := copy(w.bytes, w.bytes[w.read-w.base:])
		w.bytes, w.base = w.bytes[:kept], w.read
	}
	if len(w.bytes) > maxValue {
		w.err = &Error{Problem: fmt.Sprintf("a single value of more than %d bytes", maxValue)}
		return 0, w.err
	}
	n, err := w.body.Read(p)
	w.bytes = append(w.bytes, p[:n]...)
	if err != io.EOF {
		w.err = err
	}
	return n, err
}
