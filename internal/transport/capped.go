package transport

import (
	"io"
	"net/http"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// Capped bounds bodies that somebody else reads whole, as gophercloud does with Keystone's.
type Capped struct {
	Next http.RoundTripper
	Max  int64
}

// RoundTrip sends the request; a body over the bound ends in an error.
func (c Capped) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := c.Next.RoundTrip(req)
	if err == nil && resp.Body != nil {
		resp.Body = &cappedBody{ReadCloser: resp.Body, left: c.Max, max: c.Max}
	}
	return resp, err
}

type cappedBody struct {
	io.ReadCloser
	left, max int64
}

func (b *cappedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errs.TooLarge(b.max)
	}
	return n, err
}
