package fakecloud

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// answerV1 routes a request to API v1, which is pecan's and WSME's.
func (s *rating) answerV1(r call) answer {
	r.path = strings.TrimSuffix(strings.Replace(r.path, "/v1/billing/", "/v1/rating/", 1), "/")
	if strings.HasPrefix(r.path, "/v1/rating/module_config/") {
		switch module := strings.Split(r.path, "/")[4]; {
		case module == "noop":
			return wsmeFault(http.StatusConflict, "Module is not configurable")
		case (module == "hashmap" || module == "pyscripts") && !s.admin(r):
			return ratingJSON(http.StatusForbidden, object{{"code", http.StatusForbidden}, {"title", "Forbidden"},
				{"description", refusedBy("rating:module_config")}})
		}
	}
	got := strings.Split(r.path, "/")
	for _, p := range s.v1 {
		args, ok := p.match(got)
		if !ok || p.since > s.release || p.methods[r.Method] == nil {
			continue
		}
		r.args = args
		a := p.methods[r.Method](r)
		if kind := a.header.Get("Content-Type"); kind == "application/json" && !acceptsJSON(r) {
			return notAcceptable()
		}
		return a
	}
	a := ratingJSON(http.StatusMethodNotAllowed, object{{"code", http.StatusMethodNotAllowed}, {"title", "Method Not Allowed"}, {"description", ""}})
	setHeader(&a, "Allow", "")
	return a
}

func acceptsJSON(r call) bool {
	accept := r.Header.Get("Accept")
	return accept == "" || strings.Contains(accept, "application/json") || strings.Contains(accept, "*/*") || strings.Contains(accept, "application/*")
}

func notAcceptable() answer {
	a := answer{status: http.StatusNotAcceptable, body: []byte("<html>\n <head>\n  <title>406 Not Acceptable</title>\n </head>\n <body>\n" +
		"  <h1>406 Not Acceptable</h1>\n  The resource could not be generated that was acceptable to your browser\n" +
		"(content of type text/html. <br /><br />\n\n </body>\n</html>")}
	setHeader(&a, "Content-Type", "text/html; charset=UTF-8")
	return a
}

// wsme answers with a value in the form that the request asks for.
func wsme(r call, status int, v any) answer {
	if accept := r.Header.Get("Accept"); !acceptsJSON(r) && (strings.Contains(accept, "application/xml") || strings.Contains(accept, "text/xml")) {
		a := answer{status: status, body: appendXML(nil, "result", v)}
		setHeader(&a, "Content-Type", "application/xml; charset=UTF-8")
		return a
	}
	return ratingJSON(status, v)
}

func appendXML(b []byte, tag string, v any) []byte {
	if v == nil {
		return append(b, "<"+tag+` nil="true" />`...)
	}
	b = append(b, "<"+tag+">"...)
	switch v := v.(type) {
	case object:
		for _, m := range v {
			b = appendXML(b, m.key, m.value)
		}
	case []any:
		for _, e := range v {
			b = appendXML(b, "item", e)
		}
	default:
		var text strings.Builder
		_ = xml.EscapeText(&text, []byte(pyStr(v)))
		b = append(b, text.String()...)
	}
	return append(b, "</"+tag+">"...)
}

// wsmeFault is an error of a controller or of its argument parser.
func wsmeFault(status int, text string) answer {
	code := "Client"
	if status >= http.StatusInternalServerError {
		code = "Server"
	}
	return ratingJSON(status, object{{"faultcode", code}, {"faultstring", text}, {"debuginfo", nil}})
}

// refused is a 400 of the argument parser.
func refused(text string) *answer {
	a := wsmeFault(http.StatusBadRequest, text)
	return &a
}

func refusedBy(rule string) string { return "Policy doesn't allow " + rule + " to be performed." }

// denied is how policy refuses a request, nil if the caller is an administrator.
func (s *rating) denied(r call, rule string) *answer {
	if s.admin(r) {
		return nil
	}
	a := wsmeFault(http.StatusForbidden, refusedBy(rule))
	return &a
}

// arguments of a call: out of the path, the query, and a body that has no type of its own.
func (s *rating) arguments(r call, names ...string) (url.Values, *answer) {
	given := r.URL.Query()
	if len(r.body) > 0 && strings.Contains(r.Header.Get("Content-Type"), "json") {
		body, err := loads(r.body)
		members, ok := body.(object)
		if err != nil || !ok {
			return nil, refused("Request is not in valid JSON format")
		}
		for _, m := range members {
			given.Set(m.key, pyStr(m.value))
		}
	}
	return s.known(r, given, names)
}

// query are the arguments of a call whose body has a type of its own.
func (s *rating) query(r call, names ...string) (url.Values, *answer) {
	return s.known(r, r.URL.Query(), names)
}

func (s *rating) known(r call, given url.Values, names []string) (url.Values, *answer) {
	for name := range given {
		if !slices.Contains(names, name) {
			return nil, refused(`Unknown argument: "` + name + `"`)
		}
	}
	for name, value := range r.args {
		given.Set(name, value)
	}
	return given, nil
}

// missing refuses a call that lacks an argument.
func missing(q url.Values, name string) *answer {
	if q.Has(name) {
		return nil
	}
	return refused(`Missing argument: "` + name + `"`)
}

// interval is begin and end of a report; what is not given is of the month now.
func (s *rating) interval(q url.Values) (begin, end time.Time, bad *answer) {
	now := s.cloud.Now()
	begin = time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	end = begin.AddDate(0, 1, 0)
	for name, at := range map[string]*time.Time{"begin": &begin, "end": &end} {
		if texts := q[name]; len(texts) > 1 {
			return begin, end, refused(invalidInput(name, "['"+strings.Join(texts, "', '")+"']",
				"unable to convert to datetime. Error: Parser must be a string or character stream, not list"))
		}
		text := q.Get(name)
		if text == "" {
			continue
		}
		t, ok := parseDateutil(text)
		if !ok {
			return begin, end, refused(invalidInput(name, text, "unable to convert to datetime. Error: Unknown string format: "+text))
		}
		*at = t
	}
	return begin, end, nil
}
