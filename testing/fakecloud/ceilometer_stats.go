package fakecloud

import (
	"cmp"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// aggregate is a function and its parameter, "" for none.
type aggregate struct{ name, param string }

// computation is what a request for statistics asks for.
type computation struct {
	filter     *sampleFilter
	period     int64
	groupBy    []string
	aggregates []aggregate
	start, end time.Time // of the query, without its search_offset
}

var groupFields = []string{"user_id", "resource_id", "project_id", "source", "resource_metadata.instance_type"}

func (m *metering) statistics(r call, who caller, meter string) answer {
	conditions, q, refused := arguments(r, "period", "groupby", "aggregate.func", "aggregate.param")
	if refused != nil {
		return *refused
	}
	c := computation{}
	if text := q.Get("period"); q.Has("period") {
		if c.period, refused = meteringInt("period", text); refused != nil {
			return *refused
		}
	}
	if c.aggregates, refused = aggregatesOf(q["aggregate.func"], q["aggregate.param"]); refused != nil {
		return *refused
	}
	if c.period < 0 {
		return *meteringFault(http.StatusBadRequest, "Period must be positive.")
	}
	if c.filter, refused = m.filter(who, conditions, sampleKeys); refused != nil {
		return *refused
	}
	c.filter.meter = meter
	if refused = c.group(q["groupby"]); refused == nil {
		refused = c.check()
	}
	if refused != nil {
		return *refused
	}
	for _, s := range conditions {
		if at, ok := meteringTime(s.get(s.value)); ok && s.get(s.field) == "timestamp" {
			if s.operator()[0] == 'l' {
				c.end = at
			} else {
				c.start = at
			}
		}
	}
	if m.release == CeilometerK5 {
		m.k5Range(&c)
	}
	return meteringJSON(http.StatusOK, c.rows(m.find(c.filter, 0)))
}

// k5Range is the time that K5 takes where a request leaves it open.
func (m *metering) k5Range(c *computation) {
	span := min(time.Duration(c.period)*time.Second*k5MaxLimit, 14*24*time.Hour)
	if c.filter.start.IsZero() && span > 0 {
		c.filter.start, c.filter.startOp = m.cloud.Now().Add(-span), "ge"
	}
}

func aggregatesOf(functions, params []string) ([]aggregate, *answer) {
	var all []aggregate
	for i, name := range functions {
		a := aggregate{name: name}
		if i < len(params) {
			a.param = params[i]
		}
		if !slices.Contains([]string{"avg", "max", "min", "sum", "count", "stddev", "cardinality"}, name) {
			return nil, meteringFault(http.StatusBadRequest, "Invalid aggregation function: "+name)
		}
		if !slices.Contains(all, a) {
			all = append(all, a)
		}
	}
	return all, nil
}

func (c *computation) group(fields []string) *answer {
	for _, field := range fields {
		if !slices.Contains(groupFields, field) {
			return meteringFault(http.StatusBadRequest, `Unknown argument: "{'`+field+`'}": Invalid groupby fields`)
		}
		if !slices.Contains(c.groupBy, field) {
			c.groupBy = append(c.groupBy, field)
		}
	}
	return nil
}

// check is what the storage objects to.
func (c *computation) check() *answer {
	if slices.Contains(c.groupBy, "source") {
		return meteringFault(http.StatusNotImplemented, "Unable to group by these fields")
	}
	for _, a := range c.aggregates {
		if a.name == "cardinality" && !slices.Contains([]string{"resource_id", "user_id", "project_id"}, a.param) {
			return meteringFault(http.StatusBadRequest, "Bad aggregate: cardinality."+cmp.Or(a.param, "None"))
		}
	}
	for _, a := range c.aggregates { // looked up by their name in a row that does not have it
		if a.name != "cardinality" && a.param != "" {
			return meteringFault(http.StatusInternalServerError, a.name+"/"+a.param)
		}
	}
	if c.period > math.MaxInt32 {
		return meteringFault(http.StatusBadRequest, "Invalid period "+strconv.FormatInt(c.period, 10)+": Python int too large to convert to C int")
	}
	return nil
}

// rows computes a row for each unit, group and period that has samples.
func (c *computation) rows(samples []*stored) []any {
	rows := []any{}
	if len(samples) == 0 {
		return rows
	}
	slices.Reverse(samples)
	first, last := samples[0].Timestamp, samples[len(samples)-1].Timestamp
	if c.period == 0 {
		for _, g := range c.groups(samples) {
			rows = append(rows, c.row(g, 0, g[0].Timestamp, g[len(g)-1].Timestamp))
		}
		return rows
	}
	if !c.filter.start.IsZero() {
		first = c.filter.start
	}
	if !c.filter.end.IsZero() {
		last = c.filter.end
	}
	step := time.Duration(c.period) * time.Second
	for start := first; start.Before(last); start = start.Add(step) {
		end := start.Add(step)
		at := slices.IndexFunc(samples, func(s *stored) bool { return !s.Timestamp.Before(end) })
		if at < 0 {
			at = len(samples)
		}
		for _, g := range c.groups(samples[:at]) {
			rows = append(rows, c.row(g, c.period, start, end))
		}
		samples = samples[at:]
	}
	return rows
}

// groups sorts samples by unit and by what they are grouped by; with an instance type that they do not have they are nowhere.
func (c *computation) groups(samples []*stored) [][]*stored {
	byKey := map[string][]*stored{}
	var keys []string
	for _, s := range samples {
		key := []string{s.Unit}
		for _, field := range c.groupBy {
			key = append(key, groupText(s.group(field)))
		}
		text := strings.Join(key, "\x00")
		if slices.Contains(c.groupBy, groupFields[4]) && s.group(groupFields[4]) == nil {
			continue
		}
		if byKey[text] == nil {
			keys = append(keys, text)
		}
		byKey[text] = append(byKey[text], s)
	}
	slices.Sort(keys)
	var all [][]*stored
	for _, key := range keys {
		all = append(all, byKey[key])
	}
	return all
}

func groupText(v any) string {
	if v == nil {
		return ""
	}
	return "=" + v.(string)
}

// group is what a sample has of a field to group by.
func (s *stored) group(field string) any {
	switch field {
	case "user_id":
		return nullable(s.UserID)
	case "project_id":
		return nullable(s.ProjectID)
	case "resource_id":
		return s.ResourceID
	}
	if kind, ok := s.typed["instance_type"].(string); ok {
		return kind
	}
	return nil
}

func (c *computation) row(samples []*stored, period int64, start, end time.Time) any {
	var group any
	if len(c.groupBy) > 0 {
		o := object{}
		for _, field := range c.groupBy {
			o = append(o, member{field, samples[0].group(field)})
		}
		group = o
	}
	row := object{{"groupby", group}, {"unit", samples[0].Unit}}
	asked := object{}
	for _, name := range []string{"min", "max", "avg", "sum", "count"} {
		at := slices.IndexFunc(c.aggregates, func(a aggregate) bool { return a.name == name })
		if v := computed(aggregate{name: name}, samples); len(c.aggregates) == 0 || at >= 0 {
			row = append(row, member{name, number{v, name != "count"}})
		}
	}
	for _, a := range c.aggregates {
		name := a.name
		if a.param != "" {
			name += "/" + a.param
		}
		asked = append(asked, member{name, number{computed(a, samples), true}})
	}
	if len(asked) > 0 {
		row = append(row, member{"aggregate", asked})
	}
	return append(append(row, c.duration(samples)...),
		member{"period", int(period)}, member{"period_start", isoformat(start)}, member{"period_end", isoformat(end)})
}

// duration is clamped to the query.
func (c *computation) duration(samples []*stored) object {
	first, last := samples[0].Timestamp, samples[len(samples)-1].Timestamp
	if !c.start.IsZero() && first.Before(c.start) {
		first = c.start
	}
	if !c.end.IsZero() && last.After(c.end) {
		last = c.end
	}
	if last.Before(first) {
		return object{{"duration", nil}, {"duration_start", nil}, {"duration_end", nil}}
	}
	return object{
		{"duration", number{float64(last.Sub(first).Microseconds()) / 1e6, true}},
		{"duration_start", isoformat(first)}, {"duration_end", isoformat(last)},
	}
}

func computed(a aggregate, samples []*stored) float64 {
	lowest, highest, sum, squares, n := math.Inf(1), math.Inf(-1), 0.0, 0.0, 0.0
	different := map[any]bool{}
	for _, s := range samples {
		different[s.group(a.param)] = true
		if s.NoVolume {
			continue
		}
		lowest, highest, sum, squares, n = min(lowest, s.Volume), max(highest, s.Volume), sum+s.Volume, squares+s.Volume*s.Volume, n+1
	}
	delete(different, nil)
	switch a.name {
	case "min":
		return lowest
	case "max":
		return highest
	case "avg":
		return sum / n
	case "sum":
		return sum
	case "count":
		return n
	case "stddev":
		return math.Sqrt(max(squares/n-sum/n*sum/n, 0))
	}
	return float64(len(different))
}
