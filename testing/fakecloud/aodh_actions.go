package fakecloud

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the zones of time constraints, wherever the tests run
)

// schemes are those of the actions that the services run.
var schemes = []string{"http", "https", "log", "test", "trust+http", "trust+https", "zaqar", "trust+zaqar", "trust+heat"}

// checkActions drops duplicates and refuses what cannot be run, or not by this caller.
func (s *alarming) checkActions(r call, who caller, a *alarm) *answer {
	for _, actions := range []*[]any{&a.ok, &a.firing, &a.lacking} {
		var once []any
		for _, action := range *actions {
			if !slices.Contains(once, action) {
				once = append(once, action)
			}
		}
		if len(once) < len(*actions) {
			*actions = once
		}
		for _, action := range once {
			u, err := url.Parse(pyStr(action))
			if err != nil || !slices.Contains(schemes, u.Scheme) {
				refused := aodhFault(http.StatusBadRequest, "Unsupported action "+pyStr(action))
				return &refused
			}
			if !who.has("admin") && (u.Scheme == "log" || u.Scheme == "test") {
				refused := s.denied(r, "You are not authorized to create action: "+pyStr(action))
				return &refused
			}
		}
	}
	return nil
}

// checkConstraints refuses what cron and the time zones do not know, and a name that comes twice.
func checkConstraints(a *alarm) string {
	names := map[string]bool{}
	for _, constraint := range a.constraints {
		o := constraint.(object)
		name, _ := o.get("name")
		start, _ := o.get("start")
		zone, _ := o.get("timezone")
		if n := len(strings.Fields(pyStr(start))); n != 5 && n != 6 {
			return invalidInput("start", pyStr(start), "Exactly 5 or 6 columns has to be specified for iterator expression.")
		}
		if zone != "" {
			if _, err := time.LoadLocation(pyStr(zone)); err != nil {
				return "Timezone " + pyStr(zone) + " is not valid"
			}
		}
		if names[pyStr(name)] {
			return "Time constraint names must be unique for a given alarm."
		}
		names[pyStr(name)] = true
	}
	return ""
}
