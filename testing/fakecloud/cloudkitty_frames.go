package fakecloud

import (
	"net/http"
	"time"
)

// frames is a page of v2's data frames, whose limit and total count points.
func (s *rating) frames(r call) answer {
	q, bad := s.queryV2(r, paged(param{name: "begin", read: paramTime}, param{name: "end", read: paramTime},
		param{name: "filters", read: paramFilters(true)})...)
	if bad != nil {
		return *bad
	}
	begin, end := s.windowV2(q)
	filters, _ := q["filters"].(map[string][]string)
	if filters == nil {
		filters = map[string][]string{}
	}
	if who := s.caller(r); !who.has("admin") {
		if who.projectID == "" {
			return ratingJSON(http.StatusOK, object{{"total", 0}, {"dataframes", []any{}}})
		}
		filters["project_id"] = []string{who.projectID}
	}
	s.filled()
	rows := s.store.selectRows(ratedFilter{begin, end, filters})
	if len(rows) == 0 {
		return nothingFound()
	}
	return ratingJSON(http.StatusOK, object{{"total", len(rows)}, {"dataframes", array(framesOf(pageV2(rows, q)), (*ratedFrame).wire)}})
}

func (f *ratedFrame) wire() any {
	usage := object{}
	for _, metric := range f.metrics {
		usage = append(usage, member{metric, array(f.points[metric], (*ratedRow).wire)})
	}
	return object{{"period", object{{"begin", isoUTC(f.from())}, {"end", isoUTC(f.to())}}}, {"usage", usage}}
}

func (row *ratedRow) wire() any {
	return object{
		{"vol", object{{"unit", row.unit}, {"qty", number{row.qty, true}}}},
		{"rating", object{{"price", number{row.price, true}}}},
		{"groupby", pairs(row.series.groupby)}, {"metadata", pairs(row.metadata)},
	}
}

// pushFrames stores frames that were rated elsewhere.
func (s *rating) pushFrames(r call) answer {
	q, bad := s.bodyV2(r, param{name: "dataframes", required: true, read: func(v any) (any, string) {
		list, ok := v.([]any)
		if !ok {
			return nil, "expected a list"
		}
		points := []RatedPoint{}
		for i, e := range list {
			more, ok := pushedFrame(e)
			if !ok {
				return nil, "not a valid value\x00, " + string(appendNumber(nil, number{value: float64(i)}))
			}
			points = append(points, more...)
		}
		return [2]any{len(list), points}, ""
	}})
	switch {
	case bad != nil:
		return *bad
	case !s.admin(r):
		return unauthorizedV2()
	}
	pushed := q["dataframes"].([2]any)
	if pushed[0] == 0 {
		return ratingMessage(http.StatusBadRequest, "Parameter dataframes must not be empty.")
	}
	s.filled()
	for _, p := range pushed[1].([]RatedPoint) {
		s.store.add(p, false)
	}
	return noContentV2()
}

// only reports whether an object has these members and no others but the optional ones.
func only(o object, required []string, optional ...string) bool {
	for _, name := range required {
		if _, ok := o.get(name); !ok {
			return false
		}
	}
	for _, m := range o {
		if !contains(required, m.key) && !contains(optional, m.key) {
			return false
		}
	}
	return true
}

func contains(all []string, s string) bool {
	_, ok := first(all, func(e string) bool { return e == s })
	return ok
}

func pushedFrame(v any) ([]RatedPoint, bool) {
	frame, ok := v.(object)
	if !ok || !only(frame, []string{"period", "usage"}) {
		return nil, false
	}
	period, _ := frame[0].value.(object)
	if p, _ := frame.get("period"); p != nil {
		period, _ = p.(object)
	}
	begin, fine := parseISO(period.text("begin"))
	end, good := parseISO(period.text("end"))
	if !fine || !good || !only(period, []string{"begin", "end"}) {
		return nil, false
	}
	u, _ := frame.get("usage")
	usage, ok := u.(object)
	var points []RatedPoint
	for _, m := range usage {
		list, isList := m.value.([]any)
		ok = ok && isList
		for _, e := range list {
			p, fine := pushedPoint(e)
			p.Metric, p.Begin, p.Period = m.key, begin, max(end.Sub(begin), begin.Sub(end)).Truncate(time.Second)
			points = append(points, p)
			ok = ok && fine
		}
	}
	return points, ok
}

func pushedPoint(v any) (RatedPoint, bool) {
	var p RatedPoint
	o, ok := v.(object)
	if !ok || !only(o, []string{"vol", "groupby", "metadata"}, "rating") {
		return p, false
	}
	part := func(name string) object {
		v, _ := o.get(name)
		part, _ := v.(object)
		return part
	}
	amount := func(o object, name string) float64 {
		v, given := o.get(name)
		if !given {
			return 0
		}
		d, fine := parseDecimal(pyStr(v))
		if !fine {
			ok = false
			return 0
		}
		return d.float()
	}
	vol := part("vol")
	_, isText := first(vol, func(m member) bool { _, text := m.value.(string); return m.key == "unit" && text })
	if !isText || !only(vol, []string{"unit", "qty"}) || !only(part("rating"), nil, "price") {
		return p, false
	}
	p.Unit, p.Quantity, p.Price = vol.text("unit"), amount(vol, "qty"), amount(part("rating"), "price")
	for _, m := range part("groupby") {
		p.GroupBy = append(p.GroupBy, [2]string{m.key, pyStr(m.value)})
	}
	for _, m := range part("metadata") {
		p.Metadata = append(p.Metadata, [2]string{m.key, pyStr(m.value)})
	}
	return p, ok
}
