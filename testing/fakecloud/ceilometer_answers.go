package fakecloud

import (
	"net/http"
	"strconv"
)

func meteringJSON(status int, body any) answer {
	a := answer{status: status, body: dumps(body)}
	setHeader(&a, "Content-Type", "application/json")
	return a
}

// meteringFault is an error of a controller or of its argument parser.
func meteringFault(status int, text string) *answer {
	code := "Client"
	if status >= http.StatusInternalServerError {
		code = "Server"
	}
	a := meteringJSON(status, object{{"error_message", object{{"faultcode", code}, {"faultstring", text}, {"debuginfo", nil}}}})
	return &a
}

func meteringInput(field, value, why string) *answer {
	return meteringFault(http.StatusBadRequest, "Invalid input for field/attribute "+field+". Value: '"+value+"'. "+why)
}

// meteringInt reads a number of the query.
func meteringInt(field, text string) (int64, *answer) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, meteringInput(field, text, "unable to convert to int. Error: invalid literal for int() with base 10: '"+text+"'")
	}
	return n, nil
}

// explanations are WebOb's.
var explanations = map[int]string{
	http.StatusBadRequest: "The server could not comply with the request since it is either malformed or otherwise incorrect.",
	http.StatusUnauthorized: "This server could not verify that you are authorized to access the document you requested. Either you " +
		"supplied the wrong credentials (e.g., bad password), or your browser does not understand how to supply the credentials required.",
	http.StatusForbidden: "Access was denied to this resource.",
	http.StatusNotFound:  "The resource could not be found.",
	http.StatusGone:      "This resource is no longer available. No forwarding address is given.",
}

// abort is an error of the router: an object for who accepts JSON and nothing else, a text for everybody else.
func (m *metering) abort(r call, status int, detail string) answer {
	if r.Header.Get("Accept") == "application/json" {
		var description any
		if detail != "" {
			description = detail
		}
		return meteringJSON(status, object{{"error_message", object{
			{"code", status}, {"title", http.StatusText(status)}, {"description", description}}}})
	}
	text := strconv.Itoa(status) + " " + http.StatusText(status) + "\n\n" + explanations[status] + "\n\n " + detail + "  "
	return meteringJSON(status, object{{"error_message", text}})
}

func (m *metering) notAllowed(r call, allow string) answer {
	a := meteringJSON(http.StatusMethodNotAllowed, object{{"error_message",
		"405 Method Not Allowed\n\nThe method " + r.Method + " is not allowed for this resource. \n\n "}})
	setHeader(&a, "Allow", allow)
	return a
}

func (m *metering) notAcceptable() answer {
	return meteringJSON(http.StatusNotAcceptable, object{{"error_message", "<html>\n <head>\n  <title>406 Not Acceptable</title>\n </head>\n " +
		"<body>\n  <h1>406 Not Acceptable</h1>\n  The resource could not be generated that was acceptable to your browser\n" +
		"(content of type text/html. <br /><br />\n\n </body>\n</html>"}})
}

func (m *metering) versions(r call) answer {
	media := func(form string) any {
		return object{{"base", "application/" + form}, {"type", "application/vnd.openstack.telemetry-v2+" + form}}
	}
	return meteringJSON(http.StatusOK, object{{"versions", object{{"values", []any{object{
		{"id", "v2"},
		{"links", []any{
			object{{"href", r.root + "/v2"}, {"rel", "self"}},
			object{{"href", "http://docs.openstack.org/"}, {"rel", "describedby"}, {"type", "text/html"}},
		}},
		{"media-types", []any{media("json"), media("xml")}},
		{"status", "stable"}, {"updated", "2013-02-13T00:00:00Z"},
	}}}}}})
}

func (m *metering) capabilities() answer {
	can := func(names ...string) object {
		o := object{}
		for _, name := range names {
			o = append(o, member{name, name != "meters:query:complex" && name != "resources:query:complex" && name != "statistics:query:complex"})
		}
		return o
	}
	ready := object{{"storage:production_ready", true}}
	aggregates := []string{
		"statistics:aggregation:selectable:avg", "statistics:aggregation:selectable:cardinality", "statistics:aggregation:selectable:count",
		"statistics:aggregation:selectable:max", "statistics:aggregation:selectable:min", "statistics:aggregation:selectable:stddev",
		"statistics:aggregation:selectable:sum", "statistics:aggregation:standard", "statistics:groupby",
	}
	if m.release != CeilometerLiberty {
		return meteringJSON(http.StatusOK, object{{"api", can(append([]string{
			"meters:query:metadata", "meters:query:simple", "resources:query:metadata", "resources:query:simple",
			"samples:query:complex", "samples:query:metadata", "samples:query:simple",
		}, append(aggregates, "statistics:query:metadata", "statistics:query:simple")...)...)}, {"storage", ready}})
	}
	return meteringJSON(http.StatusOK, object{{"api", can(append([]string{
		"alarms:history:query:complex", "alarms:history:query:simple", "alarms:query:complex", "alarms:query:simple", "events:query:simple",
		"meters:query:complex", "meters:query:metadata", "meters:query:simple",
		"resources:query:complex", "resources:query:metadata", "resources:query:simple",
		"samples:query:complex", "samples:query:metadata", "samples:query:simple",
	}, append(aggregates, "statistics:query:complex", "statistics:query:metadata", "statistics:query:simple")...)...)},
		{"storage", ready}, {"alarm_storage", ready}, {"event_storage", ready}})
}
