package transport

import (
	"io"
	"net/http"
	"time"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// MaxErrorBody is how much of an error's body is read.
const MaxErrorBody = 64 << 10

// Capped bounds bodies that somebody else reads whole, as gophercloud does with Keystone's. That of an
// error is cut; any other over the bound ends in an error.
type Capped struct {
	Next http.RoundTripper
	Max  int64
}

// RoundTrip sends the request.
func (c Capped) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := c.Next.RoundTrip(req)
	switch {
	case err != nil || resp.Body == nil:
	case resp.StatusCode >= 300:
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, MaxErrorBody), resp.Body}
	default:
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

// ReadError reads and closes the body of an error, as much of it as comes in the time. A limit that is
// not positive is none.
func ReadError(body io.ReadCloser, within time.Duration) []byte {
	defer body.Close()
	var read []byte
	buf := make([]byte, 4<<10)
	for start := time.Now(); len(read) < MaxErrorBody; {
		n, err := body.Read(buf)
		read = append(read, buf[:n]...)
		if err != nil || within > 0 && time.Since(start) > within {
			break
		}
	}
	return read[:min(len(read), MaxErrorBody)]
}
