//go:build acceptance

package acceptance_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"

	"github.com/gophermeter/gophermeter"
)

// recording is the environment variable that names a directory for what is sent and answered while the tests run,
// a file a request, in the form of fakecloud's testdata. make record sets it.
const recording = "GOPHERMETER_RECORD"

// recorded is the number of the last file.
var recorded atomic.Int64

// record adds a recorder to the options of a connection where one is asked for.
func record(opts []gophermeter.Option) []gophermeter.Option {
	dir := os.Getenv(recording)
	if dir == "" {
		return opts
	}
	base, _ := http.DefaultTransport.(*http.Transport)
	return append(opts, gophermeter.WithTransport(&recorder{Transport: base.Clone(), dir: dir}))
}

type recorder struct {
	*http.Transport
	dir string
}

type recordedRequest struct {
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
	Body    *string           `json:"body"`
}

type recordedResponse struct {
	Status    int             `json:"status"`
	HTTP      string          `json:"http"`
	Headers   [][2]string     `json:"headers"`
	BodyKind  string          `json:"body_kind"` // json, text or empty
	BodyBytes int             `json:"body_bytes"`
	Body      json.RawMessage `json:"body"`
}

// RoundTrip reads the answer to its end, so what is recorded is not streamed.
func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	sent, err := readRequest(req)
	if err != nil {
		return nil, err
	}
	resp, err := r.Transport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, r.write(req, sent, resp, body)
}

func readRequest(req *http.Request) (recordedRequest, error) {
	sent := recordedRequest{Method: req.Method, URL: req.URL.String(), Headers: map[string]string{}}
	for name := range req.Header {
		sent.Headers[name] = masked(name, req.Header.Get(name))
	}
	if req.Body == nil {
		return sent, nil
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return sent, err
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	text := secrets.ReplaceAllString(string(body), `"$1": "<masked>"`)
	sent.Body = &text
	return sent, nil
}

// secrets of a login; what services answer with has none, but for the token in a header.
var secrets = regexp.MustCompile(`"(password|secret|passcode)":\s*"[^"]*"`)

func masked(header, value string) string {
	if header == "X-Auth-Token" || header == "X-Subject-Token" || header == "Authorization" {
		return "<token>"
	}
	return value
}

func (r *recorder) write(req *http.Request, sent recordedRequest, resp *http.Response, body []byte) error {
	got := recordedResponse{Status: resp.StatusCode, HTTP: resp.Proto, BodyBytes: len(body), Body: json.RawMessage("null")}
	for name, values := range resp.Header {
		for _, value := range values {
			got.Headers = append(got.Headers, [2]string{name, masked(name, value)})
		}
	}
	switch {
	case len(body) == 0:
	case json.Valid(body):
		got.BodyKind, got.Body = "json", body
	default:
		got.BodyKind = "text"
		got.Body, _ = json.Marshal(string(body))
	}
	name := fmt.Sprintf("%05d-%s-%s-%s", recorded.Add(1), req.URL.Port(), strings.ToLower(req.Method), unfit.ReplaceAllString(req.URL.Path, "-"))
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(map[string]any{"name": name, "request": sent, "response": got}); err != nil {
		return err
	}
	for _, token := range []string{req.Header.Get("X-Auth-Token"), resp.Header.Get("X-Subject-Token")} {
		if token != "" && bytes.Contains(text.Bytes(), []byte(token)) {
			return fmt.Errorf("a token is in %s, which is not recorded", name)
		}
	}
	return os.WriteFile(filepath.Join(r.dir, name[:min(len(name), 120)]+".json"), text.Bytes(), 0o600)
}

var unfit = regexp.MustCompile(`[^A-Za-z0-9.]+`)
