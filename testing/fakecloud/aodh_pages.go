package fakecloud

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

var (
	alarmSortKeys = []string{
		"alarm_id", "enabled", "name", "type", "severity", "timestamp", "user_id", "project_id", "state", "repeat_actions", "state_timestamp",
	}
	changeSortKeys = []string{"event_id", "alarm_id", "on_behalf_of", "project_id", "user_id", "type", "timestamp", "severity"}
)

type sortKey struct {
	name string
	desc bool
}

// sortDirections are those of oslo.db, which owns to the last four.
var sortDirections = []string{"", "asc", "desc", "asc-nullsfirst", "asc-nullslast", "desc-nullsfirst", "desc-nullslast"}

// paginate sorts rows and cuts out a page, with the gaps that Aodh leaves: rows that equal the marker in every key are lost, and so
// is the key severity when the marker is looked for.
func paginate[T any](rows []*T, q url.Values, known []string, id string, column func(*T, string) any) ([]*T, *answer) {
	refuse := func(status int, text string) ([]*T, *answer) {
		refused := aodhFault(status, text)
		return nil, &refused
	}
	limit := 0
	if limits := q["limit"]; len(limits) > 1 {
		return refuse(http.StatusBadRequest, invalidInput("limit", "['"+strings.Join(limits, "', '")+"']",
			"unable to convert to int. Error: int() argument must be a string, a bytes-like object or a real number, not 'list'"))
	}
	if text := q.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			return refuse(http.StatusBadRequest, strings.ReplaceAll(notAnInt("limit", text), `"`, "'"))
		}
		if limit = n; n < 0 {
			return refuse(http.StatusBadRequest, invalidInput("limit", text, "it should be a positive integer."))
		}
	}
	keys := []sortKey{}
	for _, text := range q["sort"] {
		name, direction, _ := strings.Cut(text, ":")
		if !slices.Contains(known, name) {
			return refuse(http.StatusBadRequest, invalidInput("sort", text, "the sort parameter should be a pair of sort key and sort dir "+
				"combined with ':', or only sort key specified and sort dir will be default 'asc', the supported sort keys are: ('"+
				strings.Join(known, "', '")+"')"))
		}
		if !slices.Contains(sortDirections, direction) {
			return refuse(http.StatusInternalServerError, "Unknown sort direction, must be one of: "+strings.Join(sortDirections[3:], ", "))
		}
		keys = append(keys, sortKey{name, strings.HasPrefix(direction, "desc")})
	}
	if len(keys) == 0 {
		keys = []sortKey{{"timestamp", true}}
	}
	slices.SortStableFunc(rows, func(a, b *T) int { return compareRows(a, b, keys, column) })
	if marker := q.Get("marker"); marker != "" {
		at := slices.IndexFunc(rows, func(row *T) bool { return column(row, id) == any(marker) })
		if at < 0 {
			return refuse(http.StatusInternalServerError, "Marker "+marker+" not found.")
		}
		behind := slices.DeleteFunc(slices.Clone(keys), func(k sortKey) bool { return k.name == "severity" })
		last := rows[at]
		rows = slices.DeleteFunc(rows, func(row *T) bool { return compareRows(row, last, behind, column) <= 0 })
	}
	if limit > 0 {
		rows = rows[:min(limit, len(rows))]
	}
	return rows, nil
}

func compareRows[T any](a, b *T, keys []sortKey, column func(*T, string) any) int {
	for _, key := range keys {
		order := compareColumns(key.name, column(a, key.name), column(b, key.name))
		if key.desc {
			order = -order
		}
		if order != 0 {
			return order
		}
	}
	return 0
}

func compareColumns(name string, a, b any) int {
	switch a := a.(type) {
	case bool:
		other, _ := b.(bool)
		return cmp.Compare(btoi(a), btoi(other))
	case time.Time:
		at, _ := b.(time.Time)
		return a.Compare(at)
	case string:
		if name == "severity" {
			return cmp.Compare(slices.Index(severities, pyStr(b)), slices.Index(severities, a))
		}
		return strings.Compare(strings.ToLower(a), strings.ToLower(pyStr(b)))
	}
	return 0
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
