package fakecloud

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// reprocess is a window of a scope that is to be rated again. One period of it takes a second of the cloud's clock.
type reprocess struct {
	scope, reason string
	start, end    time.Time
	made          time.Time
	done          int // periods
}

// periods is how many there are: the one that begins at the end of the window is among them.
func (t *reprocess) periods() int { return int(t.end.Sub(t.start)/collectPeriod) + 1 }

func (t *reprocess) finished() bool { return t.done == t.periods() }

func (t *reprocess) wire() any {
	current := ""
	if t.done > 0 {
		current = isoformat(t.start.Add(time.Duration(t.done-1) * collectPeriod))
	}
	return object{{"reason", t.reason}, {"scope_id", t.scope}, {"start_reprocess_time", isoformat(t.start)}, {"end_reprocess_time", isoformat(t.end)},
		{"current_reprocess_time", current}}.pick([]string{"scope_id", "reason", "start_reprocess_time", "end_reprocess_time", "current_reprocess_time"})
}

// proceed rates again what the clock says has been rated by now.
func (s *rating) proceed() {
	for _, t := range s.tasks {
		for due := min(int(s.cloud.Now().Sub(t.made)/time.Second), t.periods()); t.done < due; t.done++ {
			s.filled()
			at := t.start.Add(time.Duration(t.done) * collectPeriod)
			for _, sr := range s.store.matching(ratedFilter{at, at.Add(collectPeriod), map[string][]string{"project_id": {t.scope}}}) {
				for _, row := range sr.rows {
					row.price = s.priced(&s.hashmap, row, t.scope)
				}
			}
		}
	}
}

// reprocesses are the tasks, the newest first unless order says asc.
func (s *rating) reprocesses(r call) answer {
	q, bad := s.queryV2(r, paged(param{name: "scope_ids", read: paramTexts}, param{name: "order", read: paramText})...)
	switch {
	case bad != nil:
		return *bad
	case !s.admin(r):
		return unauthorizedV2()
	}
	order, given := q["order"].(string)
	if given && order != "asc" && order != "desc" {
		if s.release < 20 {
			return internalError()
		}
		return ratingMessage(http.StatusBadRequest, "The order ["+order+"] is not valid. Accepted values are ['asc', 'desc'].")
	}
	ids, _ := q["scope_ids"].([]string)
	if id := r.args["scope_id"]; id != "" {
		ids = []string{id}
	}
	found := slices.DeleteFunc(slices.Clone(s.tasks), func(t *reprocess) bool { return len(ids) > 0 && !slices.Contains(ids, t.scope) })
	if order != "asc" {
		slices.Reverse(found)
	}
	return ratingJSON(http.StatusOK, object{{"results", array(pageV2(found, q), (*reprocess).wire)}})
}

func (s *rating) postReprocess(r call) answer {
	q, bad := s.bodyV2(r, param{name: "scope_ids", read: paramTexts, required: true}, param{name: "start_reprocess_time", read: paramTime, required: true},
		param{name: "end_reprocess_time", read: paramTime, required: true}, param{name: "reason", read: paramText, required: true})
	switch {
	case bad != nil:
		return *bad
	case !s.admin(r):
		return unauthorizedV2()
	}
	ids := q["scope_ids"].([]string)
	start, end := q["start_reprocess_time"].(time.Time), q["end_reprocess_time"].(time.Time)
	scopes, why := s.toReprocess(ids, start, end, q["reason"].(string))
	if why != "" {
		return ratingMessage(http.StatusBadRequest, why)
	}
	for _, sc := range scopes {
		s.tasks = append(s.tasks, &reprocess{scope: sc.id, reason: q["reason"].(string), start: start, end: end, made: s.cloud.Now()})
	}
	return ratingJSON(http.StatusAccepted, object{})
}

// toReprocess are the scopes of a request; the text is why it is refused.
func (s *rating) toReprocess(ids []string, start, end time.Time, reason string) ([]*ratingScope, string) {
	all := slices.Contains(ids, "ALL")
	switch {
	case all && len(ids) > 1:
		return nil, "Cannot use 'ALL' with scope ID [" + pyRepr(array(ids, func(id string) any { return id })) + "]. Either schedule a reprocessing for all " +
			"active scopes using 'ALL' option, or inform only the scopes you desire to schedule a reprocessing."
	case strings.TrimSpace(reason) == "":
		return nil, "Empty or blank reason text is not allowed. Please, do inform/register the reason for the reprocessing of a previously processed timestamp."
	case end.Before(start):
		return nil, fmt.Sprintf("End reprocessing timestamp [%s] cannot be less than start reprocessing timestamp [%s].", pyUTC(start), pyUTC(end))
	case s.release >= 18 && (!start.Equal(start.Truncate(collectPeriod)) || !end.Equal(end.Truncate(collectPeriod))):
		from, to := start.Truncate(collectPeriod), end.Truncate(collectPeriod)
		if from.Equal(to) {
			to = to.Add(collectPeriod)
		}
		return nil, fmt.Sprintf("The provided reprocess time window does not comply with the configured collector period. "+
			"A valid time window near the provided one is ['%s', '%s']", pyUTC(from), pyUTC(to))
	}
	filter := map[string]any{"active": []int{1}}
	if !all {
		filter["scope_id"] = ids
	}
	scopes := s.findScopes(filter)
	unknown := []any{}
	for _, id := range ids {
		if !all && !slices.ContainsFunc(scopes, func(sc *ratingScope) bool { return sc.id == id }) {
			unknown = append(unknown, id)
		}
	}
	if len(unknown) > 0 {
		return nil, fmt.Sprintf("Scopes %s scheduled to reprocess [start=%s, end=%s] do not exist.", pyRepr(unknown), pyUTC(start), pyUTC(end))
	}
	for _, sc := range scopes {
		row := fmt.Sprintf("{'id': %d, 'identifier': '%s', 'active': True}", slices.Index(s.scopes, sc)+1, sc.id)
		switch {
		case start.After(sc.processed):
			return nil, fmt.Sprintf("Cannot execute a reprocessing [start=%s] for scope [%s] starting after the last possible timestamp [%s].",
				pyUTC(start), row, pyUTC(sc.processed))
		case end.After(sc.processed):
			return nil, fmt.Sprintf("Cannot execute a reprocessing [end=%s] for scope [%s] ending after the last possible timestamp [%s].",
				pyUTC(end), row, pyUTC(sc.processed))
		}
		for _, t := range s.tasks {
			if t.scope == sc.id && !t.finished() && !t.start.After(end) && !start.After(t.end) {
				return nil, fmt.Sprintf("Cannot schedule a reprocessing for scope [%s] for reprocessing time [%s], because it already has a schedule for "+
					"a similar time range [%s].", row, pyRange(start, end), pyRange(t.start, t.end))
			}
		}
	}
	return scopes, ""
}

// pyUTC is str() of a time with the zone UTC.
func pyUTC(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") + "+00:00" }

func pyRange(start, end time.Time) string {
	const form = "2006-01-02T15:04:05+0000"
	return start.UTC().Format(form) + " - " + end.UTC().Format(form)
}
