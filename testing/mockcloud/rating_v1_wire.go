package mockcloud

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter/rating"
)

// pairs are the members of a JSON object in the order of the service.
type pairs []pair

type pair struct {
	name  string
	value any
}

// MarshalJSON writes the members in their order.
func (p pairs) MarshalJSON() ([]byte, error) {
	out := []byte("{")
	for i, one := range p {
		value, err := json.Marshal(one.value)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(append(out, quote(one.name)...), ':'), value...)
	}
	return append(out, '}'), nil
}

// every is a list under a name.
func every[T any](name string, all []T, wire func(T) pairs) httpmock.Responder {
	rows := make([]pairs, len(all))
	for i, v := range all {
		rows[i] = wire(v)
	}
	return always(http.StatusOK, pairs{{name, rows}})
}

// MetricList answers with metrics.
func MetricList(all ...rating.Metric) httpmock.Responder { return every("metrics", all, metricWire) }

func metricWire(m rating.Metric) pairs {
	return pairs{{"metric_id", m.ID}, {"metadata", list(m.Metadata)}, {"unit", m.Unit}}
}

// ModuleList answers with rating modules.
func ModuleList(all ...rating.Module) httpmock.Responder { return every("modules", all, moduleWire) }

func moduleWire(m rating.Module) pairs {
	return pairs{
		{"module_id", m.ID}, {"description", m.Description}, {"enabled", m.Enabled}, {"hot-config", m.HotConfig}, {"priority", m.Priority},
	}
}

// CollectorMappingList answers with mappings of services to collectors, those of one collector where it is asked for.
func CollectorMappingList(all ...rating.CollectorMapping) httpmock.Responder {
	all = slices.Clone(all)
	return func(req *http.Request) (*http.Response, error) {
		collector := req.URL.Query().Get("collector")
		of := slices.DeleteFunc(slices.Clone(all), func(m rating.CollectorMapping) bool { return collector != "" && m.Collector != collector })
		return every("mappings", of, mappingOfCollector)(req)
	}
}

func mappingOfCollector(m rating.CollectorMapping) pairs {
	return pairs{{"service", m.Service}, {"collector", m.Collector}}
}

// CollectorStates answers with the state of the collector that is asked for, which is disabled where it is not among these.
func CollectorStates(all ...rating.CollectorInfo) httpmock.Responder {
	all = slices.Clone(all)
	return func(req *http.Request) (*http.Response, error) {
		name := cmp.Or(req.URL.Query().Get("name"), lastOf(req))
		enabled := slices.Contains(all, rating.CollectorInfo{Name: name, Enabled: true})
		return answer(http.StatusOK, pairs{{"name", name}, {"enabled", enabled}}), nil
	}
}

// RatingConfig answers info/config.
func RatingConfig(c rating.Config) httpmock.Responder {
	if c.Raw != nil {
		return always(http.StatusOK, c.Raw)
	}
	metrics := pairs{}
	for _, m := range c.Metrics {
		of := pairs{{"unit", m.Unit}, {"groupby", list(m.GroupBy)}, {"metadata", list(m.Metadata)}}
		optionals := pairs{
			{"alt_name", m.AltName}, {"factor", m.Factor}, {"offset", m.Offset}, {"mutate", string(m.Mutate)}, {"description", m.Description},
		}
		for _, optional := range optionals {
			if optional.value != "" {
				of = append(of, optional)
			}
		}
		if m.ExtraArgs != nil {
			of = append(of, pair{"extra_args", m.ExtraArgs})
		}
		metrics = append(metrics, pair{m.Name, of})
	}
	return always(http.StatusOK, pairs{{"metrics", metrics}})
}

// RatingAmount answers with an amount alone, as quotes and totals are: in a text.
func RatingAmount(d decimal.Decimal) httpmock.Responder { return always(http.StatusOK, d.String()) }

// ReportSummaryList answers a report. Where a row has no window it is the one that was asked for.
func ReportSummaryList(all ...rating.ReportSummary) httpmock.Responder {
	all = slices.Clone(all)
	return func(req *http.Request) (*http.Response, error) {
		q := req.URL.Query()
		return every("summary", all, func(s rating.ReportSummary) pairs {
			return pairs{
				{"begin", cmp.Or(ratingTime(s.Window.Start), q.Get("begin"))}, {"end", cmp.Or(ratingTime(s.Window.End), q.Get("end"))},
				{"tenant_id", cmp.Or(s.ProjectID, "ALL")}, {"res_type", cmp.Or(s.Metric, "ALL")}, {"rate", s.Rate.String()},
			}
		})(req)
	}
}

// StorageDataFrameList answers with the frames that begin in the window that is asked for, of its project and metric.
func StorageDataFrameList(all ...rating.StorageDataFrame) httpmock.Responder {
	all = slices.Clone(all)
	return func(req *http.Request) (*http.Response, error) {
		q := req.URL.Query()
		begin, _ := time.Parse(ratingLayout, q.Get("begin"))
		end, badEnd := time.Parse(ratingLayout, q.Get("end"))
		rows := []pairs{}
		for _, f := range all {
			if f.Period.Start.Before(begin) || badEnd == nil && !f.Period.Start.Before(end) {
				continue
			}
			if w := frameWire(f, q.Get("tenant_id"), q.Get("resource_type")); w != nil {
				rows = append(rows, w)
			}
		}
		return answer(http.StatusOK, pairs{{"dataframes", rows}}), nil
	}
}

// frameWire is a frame of what is asked for; nil where nothing of it is.
func frameWire(f rating.StorageDataFrame, project, metric string) pairs {
	rows := []pairs{}
	for _, r := range f.Resources {
		if project != "" && project != cmp.Or(r.ProjectID, f.ProjectID) || metric != "" && metric != r.Metric {
			continue
		}
		desc := pairs{}
		for _, a := range r.Attributes {
			desc = append(desc, pair{a.Name, a.Value})
		}
		if r.ProjectID != "" && !r.Attributes.Has("project_id") {
			desc = append(desc, pair{"project_id", r.ProjectID})
		}
		rows = append(rows, pairs{{"rating", r.Price.String()}, {"service", r.Metric}, {"desc", desc}, {"volume", r.Quantity.String()}})
	}
	if len(rows) == 0 && len(f.Resources) > 0 {
		return nil
	}
	return pairs{
		{"begin", ratingTime(f.Period.Start)}, {"end", ratingTime(f.Period.End)}, {"tenant_id", f.ProjectID}, {"resources", rows},
	}
}

const ratingLayout = "2006-01-02T15:04:05"

// ratingTime is naive UTC in whole seconds; empty for the zero time.
func ratingTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(ratingLayout)
}
