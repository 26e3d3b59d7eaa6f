package fakecloud

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// usageQuery is what the query of a usage request asks for.
type usageQuery struct {
	start, stop time.Time
	detailed    bool
	limit       int
	marker      *string
	known       url.Values // the parameters Nova knows here, for the link
}

// apart is how far two readings of the clock lie apart that Nova makes for one request without start and end.
const apart = 13 * time.Microsecond

// checked are the parameters of a query as Nova's schemas leave them: unknown ones dropped, or refused from 2.75 on.
func (n *compute) checked(raw string, v microversion, detailed bool) (url.Values, string) {
	q, _ := url.ParseQuery(raw)
	for name, values := range q {
		if !utf8.ValidString(name) || slices.ContainsFunc(values, func(s string) bool { return !utf8.ValidString(s) }) {
			return nil, "Query string is not UTF-8 encoded"
		}
	}
	properties := []string{"start", "end"}
	if detailed {
		properties = append(properties, "detailed")
	}
	if n.pages(v) {
		properties = append(properties, "limit", "marker")
		for _, limit := range q["limit"] {
			if why := badLimit(limit); why != "" {
				return nil, fmt.Sprintf("Invalid input for query parameters limit. Value: %s. %s", limit, why)
			}
		}
	}
	var unknown []string
	for name := range q {
		if !slices.Contains(properties, name) {
			unknown = append(unknown, "'"+name+"'")
			delete(q, name)
		}
	}
	if len(unknown) > 0 && !v.before(microversion{2, 75}) {
		slices.Sort(unknown)
		return nil, "Additional properties are not allowed (" + listed(unknown) + " unexpected)"
	}
	return q, ""
}

// pages reports whether a microversion has limit, marker and links.
func (n *compute) pages(v microversion) bool { return !v.before(microversion{2, 40}) }

var digits = regexp.MustCompile(`^[0-9]*$`)

func badLimit(s string) string {
	switch {
	case s == "":
		return "'' is too short"
	case !digits.MatchString(s):
		return "'" + s + "' does not match '^[0-9]*$'"
	}
	return ""
}

func listed(names []string) string {
	out := names[0]
	for _, name := range names[1:] {
		out += ", " + name
	}
	if len(names) == 1 {
		return out + " was"
	}
	return out + " were"
}

// window reads start, end and the page out of checked parameters; the text is why they are refused.
func (n *compute) window(q url.Values, v microversion) (usageQuery, string) {
	now := n.cloud.Now().Truncate(time.Microsecond)
	u := usageQuery{start: now, stop: now, limit: n.maxLimit, known: q}
	start, stop := given(q["start"]), given(q["end"])
	if !readNovaTime(start, &u.start) || !readNovaTime(stop, &u.stop) {
		return u, "Invalid datetime string: Datetime is in invalid format"
	}
	if start == "" && stop == "" {
		u.stop, now = now.Add(apart), now.Add(apart)
	}
	if !u.start.Before(u.stop) {
		return u, "Invalid start time. The start time cannot occur after the end time."
	}
	if u.stop.After(now) {
		u.stop = now
	}
	u.detailed = given(q["detailed"]) == "1"
	if n.pages(v) {
		if limits := q["limit"]; len(limits) > 0 {
			if asked, err := strconv.Atoi(limits[len(limits)-1]); err == nil { // else it is beyond any int
				u.limit = min(asked, n.maxLimit)
			}
		}
		if markers := q["marker"]; len(markers) > 0 {
			u.marker = &markers[len(markers)-1]
		}
	}
	return u, ""
}

// readNovaTime reads text into t unless it is empty, and reports whether it could.
func readNovaTime(text string, t *time.Time) bool {
	if text == "" {
		return true
	}
	at, ok := parseNovaTime(text)
	*t = at
	return ok
}

// given is the first value that is not blank.
func given(values []string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

var novaTimeForm = regexp.MustCompile(`^(\d{4})-(\d\d?)-(\d\d?)(?:T(\d\d?):(\d\d?):(\d\d?)(?:\.(\d{1,6}))?|\s+(\d\d?):(\d\d?):(\d\d?)\.(\d{1,6}))$`)

// parseNovaTime reads %Y-%m-%dT%H:%M:%S, with or without .%f, or %Y-%m-%d %H:%M:%S.%f, as UTC; nothing else.
func parseNovaTime(s string) (time.Time, bool) {
	m := novaTimeForm.FindStringSubmatch(s)
	if m == nil {
		return time.Time{}, false
	}
	if m[4] == "" {
		copy(m[4:8], m[8:12])
	}
	var f [6]int
	for i := range f {
		f[i], _ = strconv.Atoi(m[i+1])
	}
	micros, _ := strconv.Atoi((m[7] + "000000")[:6])
	t := time.Date(f[0], time.Month(f[1]), f[2], f[3], f[4], f[5], micros*1000, time.UTC)
	ok := t.Year() == f[0] && f[0] > 0 && int(t.Month()) == f[1] && t.Day() == f[2] && t.Hour() == f[3] && t.Minute() == f[4] && t.Second() == f[5]
	return t, ok
}
