package wire_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/internal/wire"
)

// recordedError is the body of a refused request to a real service, with the words to be read in it.
type recordedError struct {
	Recording   string `json:"recording"`
	Status      int    `json:"status"`
	ContentType string `json:"contentType"`
	Body        string `json:"body"`
	Message     string `json:"message"`
}

func recordedErrors(t testing.TB) []recordedError {
	t.Helper()
	text, err := os.ReadFile("testdata/messages.json")
	require.NoError(t, err)
	var all []recordedError
	require.NoError(t, json.Unmarshal(text, &all))
	return all
}

func TestMessageOfRecordedErrors(t *testing.T) {
	t.Parallel()
	for _, recorded := range recordedErrors(t) {
		assert.Equal(t, recorded.Message, wire.Message(recorded.ContentType, []byte(recorded.Body)), recorded.Recording)
	}
}

func TestMessageOfOtherShapes(t *testing.T) {
	t.Parallel()
	const json, html, text = "application/json", "text/html; charset=utf-8", "text/plain"
	for _, test := range []struct{ contentType, body, want string }{
		// keystonemiddleware when Keystone is down.
		{json, `{"message": "The server is currently unavailable. Please try again at a later time.<br /><br />\nThe Keystone service is temporarily unavailable.\n\n", "code": "503 Service Unavailable", "title": "Service Unavailable"}`,
			"The server is currently unavailable. Please try again at a later time. The Keystone service is temporarily unavailable."},
		{json, `{"error": "Invalid XA-SITE"}`, "Invalid XA-SITE"},
		{json, `{"Message": "Forbidden"}`, "Forbidden"},
		{json, `{"detail": "Not authenticated"}`, "Not authenticated"},
		{json, `{"detail": [{"loc": ["body", "Records"], "msg": "field required", "type": "value_error"}, {"msg": "too long"}]}`, "field required; too long"},
		{json, `{"message": "", "error": {"message": null, "title": "Conflict"}}`, "Conflict"},
		{json, `"Service &lt;nova&gt; is disabled"`, "Service <nova> is disabled"},
		{json, `{"a": {"message": "x"}, "b": {"message": "y"}}`, ""},
		{json, `{"code": 500}`, ""},
		{json, `[]`, ""},
		{json, `null`, ""},
		{json, `{"message": "Scope \"a\" not fo\u00e`, `Scope "a" not fo`},
		{json, `{"itemNotFound": {"code": 404, "mess`, ""},
		{html, "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body></html>", "502 Bad Gateway"},
		{html, "<html><head><style>b{}</style></head><!-- x > y --><body><h1>It &amp; works</h1>\n<p>not</body></html>", "It & works not"},
		{"", "<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\"><html><title> Gone\n</title></html>", "Gone"},
		{text, "  no healthy\tupstream\n", "no healthy upstream"},
		{text, "red \x1b[31malert\x07 \xff", "red [31malert \uFFFD"},
		{"application/octet-stream", "\x1f\x8b\x08\x00\x00", ""},
		{json, "Internal Server Error", "Internal Server Error"},
		{"", "", ""},
	} {
		assert.Equal(t, test.want, wire.Message(test.contentType, []byte(test.body)), test.body)
	}
}

func TestMessageIsBounded(t *testing.T) {
	t.Parallel()
	for shift := range 4 {
		message := wire.Message("text/plain", []byte(strings.Repeat("x", shift)+strings.Repeat("€", 1000)))
		assert.LessOrEqual(t, len(message), 503)
		assert.Greater(t, len(message), 495)
		assert.True(t, utf8.ValidString(message))
		assert.True(t, strings.HasSuffix(message, "€…"))
	}
}

func TestRefusal(t *testing.T) {
	t.Parallel()
	refusals := 0
	for _, recorded := range recordedErrors(t) {
		if recorded.Status != 401 {
			continue
		}
		own := strings.HasPrefix(recorded.Body, `{"error_message"`)
		assert.Equal(t, own, wire.Refusal([]byte(recorded.Body)), recorded.Recording)
		if own {
			refusals++
		}
	}
	assert.Equal(t, 7, refusals)
	for _, body := range []string{"", "null", "[]", `"error_message"`, `{"error": {"error_message": 1}}`, "<html>"} {
		assert.False(t, wire.Refusal([]byte(body)), body)
	}
	assert.True(t, wire.Refusal([]byte(`{"error_message": null}`)))
}

func FuzzMessage(f *testing.F) {
	for _, recorded := range recordedErrors(f) {
		f.Add(recorded.ContentType, []byte(recorded.Body))
	}
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		wire.Refusal(body)
		message := wire.Message(contentType, body)
		require.LessOrEqual(t, len(message), 503)
		require.True(t, utf8.ValidString(message))
		require.NotContains(t, message, "\n")
		require.Equal(t, strings.TrimSpace(message), message)
	})
}
