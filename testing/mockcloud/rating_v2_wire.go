package mockcloud

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating"
)

// numberOf is an amount as version 2 writes it, but for the digits that its floats would lose.
func numberOf(d decimal.Decimal) json.Number { return json.Number(d.String()) }

func attributesWire(all rating.Attributes) pairs {
	out := pairs{}
	for _, a := range all {
		out = append(out, pair{a.Name, a.Value})
	}
	return out
}

// pointFits tells whether a point begins in the window of a query, where it has one, and has the values of its filters.
func pointFits(p rating.Point, q url.Values) bool {
	begin, noBegin := time.Parse(time.RFC3339, q.Get("begin"))
	end, noEnd := time.Parse(time.RFC3339, q.Get("end"))
	if noBegin == nil && p.Period.Start.Before(begin) || noEnd == nil && !p.Period.Start.Before(end) {
		return false
	}
	for _, filter := range strings.FieldsFunc(strings.Join(q["filters"], ","), func(r rune) bool { return r == ',' }) {
		name, value, _ := strings.Cut(filter, ":")
		switch has := p.GroupBy.Get(name); {
		case name == "type" && value != p.Metric, name != "type" && value != has:
			return false
		}
	}
	return true
}

// dataframesWire puts points that follow one another in a period into a frame, as CloudKitty does with those of a page.
func dataframesWire(points []rating.Point) []pairs {
	frames := []pairs{}
	for from := 0; from < len(points); {
		period := points[from].Period
		to := from
		for to < len(points) && points[to].Period == period {
			to++
		}
		frames = append(frames, pairs{{"period", pairs{{"begin", isoV2(period.Start)}, {"end", isoV2(period.End)}}}, {"usage", usageWireOf(points[from:to])}})
		from = to
	}
	return frames
}

func usageWireOf(points []rating.Point) pairs {
	usage := pairs{}
	for _, p := range points {
		at := slices.IndexFunc(usage, func(one pair) bool { return one.name == p.Metric })
		if at < 0 {
			at = len(usage)
			usage = append(usage, pair{p.Metric, []pairs{}})
		}
		usage[at].value = append(usage[at].value.([]pairs), pairs{
			{"vol", pairs{{"unit", p.Unit}, {"qty", numberOf(p.Quantity)}}}, {"rating", pairs{{"price", numberOf(p.Price)}}},
			{"groupby", attributesWire(p.GroupBy)}, {"metadata", attributesWire(p.Metadata)},
		})
	}
	return usage
}

// summaryWire is a page in the form that the query asks for. A row without a window has that of the query.
func summaryWire(rows []rating.SummaryRow, total int, q url.Values) pairs {
	objects := make([]pairs, len(rows))
	for i, row := range rows {
		objects[i] = summaryRowWire(row, q)
	}
	if q.Get("response_format") == string(rating.FormatObject) {
		return pairs{{"total", total}, {"results", objects}, {"format", rating.FormatObject}}
	}
	columns, values := []string{}, make([][]any, len(rows))
	for i, object := range objects {
		for _, one := range object {
			if i == 0 {
				columns = append(columns, one.name)
			}
			values[i] = append(values[i], one.value)
		}
	}
	return pairs{{"total", total}, {"columns", columns}, {"results", values}, {"format", rating.FormatTable}}
}

func summaryRowWire(row rating.SummaryRow, q url.Values) pairs {
	begin, end := isoV2(row.Window.Start), isoV2(row.Window.End)
	if row.Window == (gophermeter.Window{}) {
		begin, end = q.Get("begin"), q.Get("end")
	}
	out := pairs{{"begin", begin}, {"end", end}}
	if row.Fields == nil {
		out = append(out, pair{"qty", numberOf(row.Quantity)}, pair{"rate", numberOf(row.Rate)})
	}
	for _, f := range row.Fields {
		var value any
		switch {
		case !f.Number.IsZero():
			value = numberOf(f.Number)
		case f.Text != "":
			value = f.Text
		}
		out = append(out, pair{f.Name, value})
	}
	return append(out, attributesWire(row.Groups)...)
}

func scopeWireOf(s rating.Scope) pairs {
	var toggled any
	if !s.ToggledAt.IsZero() {
		toggled = isoV2(s.ToggledAt)
	}
	return pairs{
		{"scope_id", s.ID}, {"scope_key", s.Key}, {"fetcher", s.Fetcher}, {"collector", s.Collector},
		{"last_processed_timestamp", isoV2(s.LastProcessed)}, {"active", s.Active}, {"scope_activation_toggle_date", toggled},
	}
}

// reprocessWire has times without a zone, and an empty one for a task that has not begun.
func reprocessWire(t rating.Reprocess) pairs {
	naive := func(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05") }
	current := ""
	if !t.Current.IsZero() {
		current = naive(t.Current)
	}
	return pairs{
		{"scope_id", t.ScopeID}, {"reason", t.Reason}, {"start_reprocess_time", naive(t.Window.Start)},
		{"end_reprocess_time", naive(t.Window.End)}, {"current_reprocess_time", current},
	}
}

func moduleV2Wire(m rating.Module) pairs {
	return pairs{
		{"module_id", m.ID}, {"description", m.Description}, {"enabled", m.Enabled}, {"hot_config", m.HotConfig}, {"priority", m.Priority},
	}
}
