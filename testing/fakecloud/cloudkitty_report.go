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

func (s *rating) reportRoutes(add func(string, map[string]func(call) answer)) {
	add("/report/summary", map[string]func(call) answer{"GET": s.reportSummary})
	add("/report/total", map[string]func(call) answer{"GET": s.reportTotal})
	add("/report/tenants", map[string]func(call) answer{"GET": s.reportTenants})
	add("/storage/dataframes", map[string]func(call) answer{"GET": s.storedFrames})
}

// reported is one row of a v1 report.
type reported struct {
	tenant, metric string
	rate           float64
}

// scope is the project that a report is of, "" for all; nil answer if the caller may see it. Any text makes all_tenants true.
func (s *rating) reportScope(r call, q url.Values, rule string) (string, *answer) {
	who := s.caller(r)
	tenant := cmp.Or(q.Get("tenant_id"), who.projectID)
	if q.Get("all_tenants") != "" {
		tenant = ""
	}
	if !who.has("admin") && tenant != who.projectID {
		a := wsmeFault(http.StatusForbidden, refusedBy(rule))
		return "", &a
	}
	return tenant, nil
}

// totals are the sums of a report's groups.
func (s *rating) totals(begin, end time.Time, tenant, metric string, byTenant, byMetric bool) []reported {
	s.filled()
	f := ratedFilter{begin: begin, end: end, values: map[string][]string{}}
	if tenant != "" {
		f.values["project_id"] = []string{tenant}
	}
	if metric != "" {
		f.values["type"] = []string{metric}
	}
	if s.storage == 1 {
		return s.totalsV1(f, tenant, metric, byTenant, byMetric)
	}
	groups := grouped(s.store.matching(f), func(sr *ratedSeries) []string {
		var by []string
		if byTenant {
			id, _ := sr.tag("project_id")
			by = append(by, id)
		}
		if byMetric {
			by = append(by, sr.metric)
		}
		return by
	})
	var out []reported
	for _, g := range groups[:min(len(groups), 1000)] { // the storage's own limit
		row := reported{rate: sumOf(g.series, func(row *ratedRow) float64 { return row.price })}
		by := g.by
		if byTenant {
			row.tenant, by = by[0], by[1:]
		}
		if byMetric {
			row.metric = by[0]
		}
		out = append(out, row)
	}
	return out
}

// totalsV1 are MariaDB's: prices are added in the order in which they were stored, and a sum over nothing is a row of its own.
func (s *rating) totalsV1(f ratedFilter, tenant, metric string, byTenant, byMetric bool) []reported {
	var out []reported
	index := map[[2]string]int{}
	for _, row := range s.rowsV1(f) {
		var g reported
		id, _ := row.series.tag("project_id")
		if byTenant || tenant != "" {
			g.tenant = id
		}
		if byMetric || metric != "" {
			g.metric = row.series.metric
		}
		at, ok := index[[2]string{g.tenant, g.metric}]
		if !ok {
			at = len(out)
			index[[2]string{g.tenant, g.metric}] = at
			out = append(out, g)
		}
		out[at].rate += float64(float32(row.price))
	}
	if len(out) == 0 && !byTenant && !byMetric {
		return []reported{{tenant: tenant}}
	}
	slices.SortStableFunc(out, func(a, b reported) int { return cmp.Compare(a.rate, b.rate) })
	return out
}

// rowsV1 are the points of a filter, of which the period's end counts too, in the order in which they were stored.
func (s *rating) rowsV1(f ratedFilter) []*ratedRow {
	var rows []*ratedRow
	for _, sr := range s.store.matching(f) {
		for _, row := range sr.rows {
			if !row.to().After(f.end) {
				rows = append(rows, row)
			}
		}
	}
	slices.SortFunc(rows, func(a, b *ratedRow) int { return cmp.Compare(a.stored, b.stored) })
	return rows
}

// rateText is a rate of a summary: rounded to five decimals, and then a binary number again.
func rateText(rate float64) string {
	if rate == 0 {
		return "0"
	}
	five, _ := strconv.ParseFloat(strconv.FormatFloat(rate, 'f', 5, 64), 64)
	return string(appendNumber(nil, number{five, true}))
}

func (s *rating) reportSummary(r call) answer {
	q, bad := s.arguments(r, "begin", "end", "tenant_id", "service", "groupby", "all_tenants")
	if bad != nil {
		return *bad
	}
	begin, end, bad := s.interval(q)
	if bad != nil {
		return *bad
	}
	tenant, bad := s.reportScope(r, q, "report:get_summary")
	if bad != nil {
		return *bad
	}
	byTenant, byMetric := strings.Contains(q.Get("groupby"), "tenant_id"), strings.Contains(q.Get("groupby"), "res_type")
	rows := s.totals(begin, end, tenant, q.Get("service"), byTenant, byMetric)
	return wsme(r, http.StatusOK, object{{"summary", array(rows, func(t reported) any {
		return object{{"begin", isoformat(begin)}, {"end", isoformat(end)}, {"tenant_id", cmp.Or(t.tenant, "ALL")},
			{"res_type", cmp.Or(t.metric, "ALL")}, {"rate", rateText(t.rate)}}
	})}})
}

func (s *rating) reportTotal(r call) answer {
	q, bad := s.arguments(r, "begin", "end", "tenant_id", "service", "all_tenants")
	if bad != nil {
		return *bad
	}
	begin, end, bad := s.interval(q)
	if bad != nil {
		return *bad
	}
	tenant, bad := s.reportScope(r, q, "report:get_total")
	if bad != nil {
		return *bad
	}
	var sum number
	for _, t := range s.totals(begin, end, tenant, q.Get("service"), true, false) {
		sum = sum.plus(number{t.rate, true})
	}
	return wsme(r, http.StatusOK, string(appendNumber(nil, sum)))
}

// reportTenants are those with points in v1 storage, and every scope there ever was in v2 storage.
func (s *rating) reportTenants(r call) answer {
	q, bad := s.arguments(r, "begin", "end")
	if bad != nil {
		return *bad
	}
	begin, end, bad := s.interval(q)
	if bad == nil {
		bad = s.denied(r, "report:list_tenants")
	}
	if bad != nil {
		return *bad
	}
	all := []any{}
	if s.storage == 2 {
		return wsme(r, http.StatusOK, array(s.scopes, func(sc *ratingScope) any { return sc.id }))
	}
	s.filled()
	seen := map[string]bool{}
	for _, row := range s.rowsV1(ratedFilter{begin: begin, end: end}) {
		if id, ok := row.series.tag("project_id"); ok && !seen[id] {
			seen[id] = true
			all = append(all, id)
		}
	}
	return wsme(r, http.StatusOK, all)
}
