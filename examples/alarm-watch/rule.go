package main

import (
	"flag"
	"slices"
	"time"

	"github.com/gophermeter/gophermeter/alarm"
	"github.com/gophermeter/gophermeter/examples/internal/cli"
)

// ruleFlags are what an alarm watches for, under the names of "openstack alarm create".
type ruleFlags struct {
	metric, resourceID, resourceType, aggregation, comparison string
	eventType, query, meter, statistic                        string
	metrics                                                   texts
	threshold                                                 float64
	granularity, period, periods                              int

	given func(flag string) bool
	used  []string // by the rule that was filled
}

func (f *ruleFlags) register(fs *flag.FlagSet) {
	fs.StringVar(&f.metric, "metric", "", "`name` of a metric in Gnocchi")
	fs.Var(&f.metrics, "metrics", "`id` of a metric in Gnocchi; may be given several times")
	fs.StringVar(&f.resourceID, "resource-id", "", "`id` of the resource that has the metric")
	fs.StringVar(&f.resourceType, "resource-type", "", "`type` of the resource in Gnocchi, such as instance")
	fs.StringVar(&f.aggregation, "aggregation-method", "", "`method` of Gnocchi, such as mean or rate:mean")
	fs.IntVar(&f.granularity, "granularity", 0, "`seconds` that a point of the metric stands for (a new alarm: 60)")
	fs.StringVar(&f.comparison, "comparison-operator", "", "lt, le, eq, ne, ge or gt (a new alarm: eq)")
	fs.Float64Var(&f.threshold, "threshold", 0, "`value` to compare with, in the unit of the metric")
	fs.IntVar(&f.periods, "evaluation-periods", 0, "`number` of points in a row that must be so (a new alarm: 1)")
	fs.StringVar(&f.eventType, "event-type", "", "`pattern` of events, such as compute.instance.* (a new alarm: any)")
	fs.StringVar(&f.query, "query", "", "`text` that says which: resources in Gnocchi's JSON, PromQL, or for event and threshold 'field=type::value; ...'")
	fs.StringVar(&f.meter, "meter-name", "", "`name` of a meter in Ceilometer")
	fs.StringVar(&f.statistic, "statistic", "", "avg, max, min, sum or count (a new alarm: avg)")
	fs.IntVar(&f.period, "period", 0, "`seconds` that a statistic is computed over (a new alarm: 60)")
}

// needed are the flags without which there is no rule of a kind.
var needed = map[alarm.Kind][]string{
	alarm.KindEvent:                         nil,
	alarm.KindThreshold:                     {"meter-name", "threshold"},
	alarm.KindPrometheus:                    {"query", "threshold"},
	alarm.KindGnocchiResources:              {"metric", "resource-id", "resource-type", "aggregation-method", "threshold"},
	alarm.KindGnocchiAggregationByMetrics:   {"metrics", "aggregation-method", "threshold"},
	alarm.KindGnocchiAggregationByResources: {"metric", "query", "resource-type", "aggregation-method", "threshold"},
}

// fresh is a rule of a kind without anything in it.
func fresh(kind alarm.Kind) alarm.Rule {
	switch kind {
	case alarm.KindEvent:
		return alarm.EventRule{}
	case alarm.KindThreshold:
		return alarm.ThresholdRule{}
	case alarm.KindPrometheus:
		return alarm.PrometheusRule{}
	case alarm.KindGnocchiResources:
		return alarm.GnocchiResourcesRule{}
	case alarm.KindGnocchiAggregationByMetrics:
		return alarm.GnocchiAggregationByMetricsRule{}
	default:
		return alarm.GnocchiAggregationByResourcesRule{}
	}
}

// create is the rule of a kind that the flags describe.
func (f *ruleFlags) create(kind alarm.Kind) (alarm.Rule, error) {
	for _, name := range needed[kind] {
		if !f.given(name) {
			return nil, cli.Usage("an alarm of type %s needs -%s", kind, name)
		}
	}
	return f.fill(fresh(kind))
}

// fill is a rule with what the flags say in place of what it had.
func (f *ruleFlags) fill(rule alarm.Rule) (alarm.Rule, error) {
	f.used = nil
	var err error
	switch r := rule.(type) {
	case alarm.EventRule:
		take(f, "event-type", f.eventType, &r.EventType)
		err = f.conditions(&r.Query)
		rule = r
	case alarm.ThresholdRule:
		take(f, "meter-name", f.meter, &r.MeterName)
		take(f, "statistic", alarm.Statistic(f.statistic), &r.Statistic)
		take(f, "comparison-operator", alarm.Comparison(f.comparison), &r.Comparison)
		take(f, "threshold", f.threshold, &r.Threshold)
		take(f, "period", seconds(f.period), &r.Period)
		take(f, "evaluation-periods", f.periods, &r.EvaluationPeriods)
		err = f.conditions(&r.Query)
		rule = r
	case alarm.PrometheusRule:
		take(f, "query", f.query, &r.Query)
		take(f, "comparison-operator", alarm.Comparison(f.comparison), &r.Comparison)
		take(f, "threshold", f.threshold, &r.Threshold)
		rule = r
	case alarm.GnocchiResourcesRule:
		take(f, "metric", f.metric, &r.Metric)
		take(f, "resource-id", f.resourceID, &r.ResourceID)
		take(f, "resource-type", f.resourceType, &r.ResourceType)
		f.gnocchi(&r.GnocchiThreshold)
		rule = r
	case alarm.GnocchiAggregationByMetricsRule:
		take(f, "metrics", f.metrics, (*texts)(&r.Metrics))
		f.gnocchi(&r.GnocchiThreshold)
		rule = r
	case alarm.GnocchiAggregationByResourcesRule:
		take(f, "metric", f.metric, &r.Metric)
		take(f, "query", f.query, &r.Query)
		take(f, "resource-type", f.resourceType, &r.ResourceType)
		f.gnocchi(&r.GnocchiThreshold)
		rule = r
	}
	if err != nil {
		return nil, err
	}
	return rule, f.unused(rule)
}

func (f *ruleFlags) gnocchi(t *alarm.GnocchiThreshold) {
	take(f, "aggregation-method", f.aggregation, &t.AggregationMethod)
	take(f, "comparison-operator", alarm.Comparison(f.comparison), &t.Comparison)
	take(f, "threshold", f.threshold, &t.Threshold)
	take(f, "granularity", seconds(f.granularity), &t.Granularity)
	take(f, "evaluation-periods", f.periods, &t.EvaluationPeriods)
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// take puts the value of a flag into a rule, if it was given.
func take[T any](f *ruleFlags, name string, value T, to *T) {
	f.used = append(f.used, name)
	if f.given(name) {
		*to = value
	}
}

func (f *ruleFlags) conditions(to *[]alarm.Condition) error {
	parsed, err := conditions(f.query)
	take(f, "query", parsed, to)
	return err
}

// any tells whether one of the flags was given.
func (f *ruleFlags) any() bool { return slices.ContainsFunc(ruleNames(), f.given) }

func ruleNames() (names []string) {
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	(&ruleFlags{}).register(fs)
	fs.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	return names
}

// unused refuses a flag that the rule has no place for.
func (f *ruleFlags) unused(rule alarm.Rule) error {
	for _, name := range ruleNames() {
		if f.given(name) && !slices.Contains(f.used, name) {
			return cli.Usage("-%s says nothing to an alarm of type %s", name, rule.Kind())
		}
	}
	return nil
}

// check refuses what no rule can be.
func (f *ruleFlags) check() error {
	for name, n := range map[string]int{"granularity": f.granularity, "period": f.period, "evaluation-periods": f.periods} {
		if f.given(name) && n < 1 {
			return cli.Usage("-%s %d: at least 1 is needed", name, n)
		}
	}
	if err := oneOf("-statistic", f.statistic, "avg", "max", "min", "sum", "count"); err != nil {
		return err
	}
	return oneOf("-comparison-operator", f.comparison, "lt", "le", "eq", "ne", "ge", "gt")
}
