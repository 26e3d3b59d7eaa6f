package fakecloud

import (
	"cmp"
	"net/http"
	"slices"
	"sort"
	"strings"
	"time"
)

// ratedGroup are the series that have the same values of what is grouped by.
type ratedGroup struct {
	by     []string
	series []ratedSeries
}

// grouped are the groups in the order of their values.
func grouped(found []ratedSeries, by func(*ratedSeries) []string) []*ratedGroup {
	var out []*ratedGroup
	index := map[string]*ratedGroup{}
	for _, sr := range found {
		values := by(&sr)
		key := strings.Join(values, "\x00")
		g := index[key]
		if g == nil {
			g = &ratedGroup{by: values}
			index[key] = g
			out = append(out, g)
		}
		g.series = append(g.series, sr)
	}
	slices.SortStableFunc(out, func(a, b *ratedGroup) int { return slices.Compare(a.by, b.by) })
	return out
}

// summary is v2's. Its rows have no order but that of their groups.
func (s *rating) summary(r call) answer {
	q, bad := s.queryV2(r, paged(param{name: "response_format", read: paramText}, param{name: "custom_fields", read: paramText},
		param{name: "groupby", read: paramTexts}, param{name: "filters", read: paramFilters(false)},
		param{name: "begin", read: paramTime}, param{name: "end", read: paramTime})...)
	if bad != nil {
		return *bad
	}
	format, given := q["response_format"].(string)
	if given && format != "table" && format != "object" {
		return internalError()
	}
	begin, end := s.windowV2(q)
	filters, given := q["filters"].(map[string][]string)
	if !given {
		if filters = map[string][]string{}; s.leaky && s.release < RatingCurrent {
			filters = s.leaked
		}
	}
	if who := s.caller(r); !who.has("admin") {
		if who.projectID == "" { // without format
			return ratingJSON(http.StatusOK, object{{"total", 0}, {"columns", []any{}}, {"results", []any{}}})
		}
		filters["project_id"] = []string{who.projectID}
	}
	fields := "SUM(qty) AS qty, SUM(price) AS rate"
	if text, ok := q["custom_fields"].(string); ok && text != "" {
		fields = text
	}
	columns, ok := influxFields(fields)
	if !ok {
		return internalError()
	}
	groupby, _ := q["groupby"].([]string)
	s.filled()
	rows := s.summaryRows(ratedFilter{begin, end, filters}, groupby, columns)
	return summaryAnswer(rows, pageV2(rows, q), format)
}

// summaryRows are all rows of a summary.
func (s *rating) summaryRows(f ratedFilter, groupby []string, columns []influxField) []object {
	byTime := slices.Contains(groupby, "time")
	names := slices.DeleteFunc(slices.Clone(groupby), func(name string) bool { return name == "time" })
	groups := grouped(s.store.matching(f), func(sr *ratedSeries) []string {
		values := make([]string, len(names))
		for i, name := range names {
			values[i], _ = sr.tag(name) // what is no tag is empty
		}
		return values
	})
	var rows []object
	for _, g := range groups {
		if !byTime {
			rows = append(rows, g.row(f.begin, f.end, names, columns, g.series))
			continue
		}
		// Every period of the window, those without data too.
		for at := f.begin.Truncate(collectPeriod); at.Before(f.end); at = at.Add(collectPeriod) {
			rows = append(rows, g.row(at, at.Add(collectPeriod), names, columns, between(g.series, at, at.Add(collectPeriod))))
		}
	}
	return rows
}

func between(found []ratedSeries, begin, end time.Time) []ratedSeries {
	var out []ratedSeries
	for _, sr := range found {
		from, _ := sort.Find(len(sr.rows), func(i int) int { return cmp.Compare(begin.Unix(), sr.rows[i].begin) })
		to, _ := sort.Find(len(sr.rows), func(i int) int { return cmp.Compare(end.Unix(), sr.rows[i].begin) })
		if sr.rows = sr.rows[from:to]; len(sr.rows) > 0 {
			out = append(out, sr)
		}
	}
	return out
}

func (g *ratedGroup) row(begin, end time.Time, names []string, columns []influxField, of []ratedSeries) object {
	row := object{{"begin", isoUTC(begin)}, {"end", isoUTC(end)}}
	for _, c := range columns {
		row = row.set(c.name, c.value(of))
	}
	for i, name := range names {
		row = row.set(name, g.by[i])
	}
	return row
}

func summaryAnswer(all, page []object, format string) answer {
	out := object{{"total", len(all)}}
	if format == "object" {
		return ratingJSON(http.StatusOK, append(out, member{"results", array(page, func(row object) any { return row })}, member{"format", format}))
	}
	columns := []any{}
	if len(page) > 0 {
		columns = array(page[0], func(m member) any { return m.key })
	}
	return ratingJSON(http.StatusOK, append(out, member{"columns", columns}, member{"results", array(page, func(row object) any {
		return array(row, func(m member) any { return m.value })
	})}, member{"format", "table"}))
}
