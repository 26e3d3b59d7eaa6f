package wire

import (
	"bytes"
	"encoding/json"
	"html"
	"mime"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxMessage is the length of a message in bytes: Aodh and Keystone answer a malformed request with a
// dump of their JSON schema, some kilobytes of it.
const maxMessage = 500

// Message gives the service's own words out of the body of an error, on one line of at most about 500
// bytes, and "" when there are none to be read. It knows these shapes, found in recordings:
//
//	{"badRequest": {"code", "message"}}                        Nova: any single key
//	{"message", "code", "title"}                               Nova's paths, keystonemiddleware's 503: with HTML in it
//	{"error": {"code", "title", "message"}}                    Keystone, keystonemiddleware
//	{"faultcode", "faultstring", "debuginfo"}                  CloudKitty v1
//	{"code", "title", "description"}                           CloudKitty v1, its routing
//	{"message"}                                                CloudKitty v2, Keystone's 405
//	{"error_message": {"faultcode", "faultstring", ...}}       Aodh, Ceilometer
//	{"error_message": {"code", "title", "description"}}        Aodh, its routing
//	{"error_message": "text, also a page of HTML"}             Ceilometer
//	{"error": "text"}, {"Message"}, {"detail": [{"msg"}]}      AMIE and what stands before it
//
// An HTML page, as proxies write it, gives its title; other text gives itself.
func Message(contentType string, body []byte) string {
	body = bytes.TrimSpace(body)
	if bytes.IndexByte(body, 0) >= 0 {
		return ""
	}
	var document any
	if json.Unmarshal(body, &document) == nil {
		return oneLine(words(document))
	}
	media, _, _ := mime.ParseMediaType(contentType)
	switch {
	case bytes.HasPrefix(body, []byte("{")) || bytes.HasPrefix(body, []byte("[")):
		return oneLine(cutWords(body))
	case strings.HasSuffix(media, "html") || strings.HasSuffix(media, "xml"):
		return oneLine(pageWords(string(body)))
	default:
		return oneLine(plainWords(string(body)))
	}
}

// Refusal reports whether the body of a 401 is the service's own: Aodh and Ceilometer refuse a request
// of a valid token so, with the key error_message, where a token that is no longer valid gets
// keystonemiddleware's error. The headers of the two are the same.
func Refusal(body []byte) bool {
	var document struct {
		ErrorMessage json.RawMessage `json:"error_message"`
	}
	return json.Unmarshal(body, &document) == nil && document.ErrorMessage != nil
}

// said are the keys under which a service says what is wrong, the plainest words first; a title
// only names the status.
var said = []string{
	"message", "Message", "faultstring", "description", "detail", "msg",
	"error_message", "error", "title",
}

// words finds the text in a decoded document.
func words(value any) string {
	switch v := value.(type) {
	case string:
		return plainWords(v)
	case []any:
		var all []string
		for _, element := range v {
			if text := words(element); text != "" {
				all = append(all, text)
			}
		}
		return strings.Join(all, "; ")
	case map[string]any:
		for _, key := range said {
			if text := words(v[key]); text != "" {
				return text
			}
		}
		for _, inner := range v {
			if fault, ok := inner.(map[string]any); ok && len(v) == 1 {
				return words(fault)
			}
		}
	}
	return ""
}

// cut finds the first words of a document of which only the beginning is there: the reader of an error
// body keeps some kilobytes, and a schema dump is longer.
var cut = regexp.MustCompile(`"(?:message|faultstring|description|detail|error_message|error)"\s*:\s*` +
	`("(?:[^"\\]|\\u[0-9a-fA-F]{4}|\\["\\/bfnrt])+)`)

func cutWords(body []byte) string {
	var text string
	if found := cut.FindSubmatch(body); found != nil {
		_ = json.Unmarshal(append(bytes.Clone(found[1]), '"'), &text)
	}
	return plainWords(text)
}

var (
	title  = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)
	hidden = regexp.MustCompile(`(?is)<!--.*?-->|<(style|script)\b.*?</(style|script)>|<head\b.*?</head>`)
	anyTag = regexp.MustCompile(`(?s)<[!/?a-zA-Z][^<>]*>`)
	// layoutTag is what WebOb puts into a message. Other angle brackets are the service's own, as in
	// CloudKitty's [<class 'decimal.ConversionSyntax'>].
	layoutTag = regexp.MustCompile(`(?i)</?(?:br|p|hr|b|i|a|ul|li|pre|code|strong|em|h[1-6])(?:\s[^<>]*)?/?>`)
)

func plainWords(text string) string {
	start := strings.ToLower(strings.TrimLeftFunc(text, unicode.IsSpace))
	if strings.HasPrefix(start, "<!doctype html") || strings.HasPrefix(start, "<html") {
		return pageWords(text)
	}
	return html.UnescapeString(layoutTag.ReplaceAllString(text, " "))
}

func pageWords(page string) string {
	if found := title.FindStringSubmatch(page); found != nil && strings.TrimSpace(found[1]) != "" {
		return html.UnescapeString(found[1])
	}
	page = hidden.ReplaceAllString(page, " ")
	return html.UnescapeString(anyTag.ReplaceAllString(page, " "))
}

// oneLine keeps control characters, which a terminal would obey, out of logs.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	text = strings.Join(strings.Fields(text), " ")
	if len(text) <= maxMessage {
		return text
	}
	end := maxMessage
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}
