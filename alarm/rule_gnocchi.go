package alarm

import (
	"encoding/json"
	"time"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// GnocchiThreshold is what the rules on Gnocchi's metrics have in common.
type GnocchiThreshold struct {
	// AggregationMethod is required: one that Gnocchi has, such as mean, max or rate:mean.
	AggregationMethod string
	// Comparison is eq where it is empty.
	Comparison Comparison
	// Threshold in the unit of the metric.
	Threshold float64
	// Granularity is the time that one point of the metric stands for, in whole seconds; 60 s where it is zero.
	// The metric's archive policy must have it.
	Granularity time.Duration
	// EvaluationPeriods are how many points in a row must cross the threshold; 1 where it is zero.
	EvaluationPeriods int
}

type gnocchiWire struct {
	AggregationMethod string     `json:"aggregation_method"`
	Comparison        Comparison `json:"comparison_operator,omitempty"`
	Threshold         float64    `json:"threshold"`
	Granularity       int64      `json:"granularity,omitempty"`
	EvaluationPeriods int        `json:"evaluation_periods,omitempty"`
}

func (w gnocchiWire) threshold() GnocchiThreshold {
	return GnocchiThreshold{
		w.AggregationMethod, w.Comparison, w.Threshold, time.Duration(w.Granularity) * time.Second, w.EvaluationPeriods,
	}
}

func (t GnocchiThreshold) gnocchi() (gnocchiWire, error) {
	if err := finite("GnocchiThreshold.Threshold", t.Threshold); err != nil {
		return gnocchiWire{}, err
	}
	granularity, err := seconds("GnocchiThreshold.Granularity", t.Granularity)
	return gnocchiWire{t.AggregationMethod, t.Comparison, t.Threshold, granularity, t.EvaluationPeriods}, err
}

// GnocchiResourcesRule fires on a metric of one resource.
//
// Source: Aodh, gnocchi_resources_threshold_rule.
type GnocchiResourcesRule struct {
	// Metric is its name, such as cpu.
	Metric string
	// ResourceID is the id of the resource in Gnocchi or where it comes from.
	ResourceID string
	// ResourceType in Gnocchi, such as instance.
	ResourceType string
	GnocchiThreshold
}

// Kind is "gnocchi_resources_threshold", the type of an alarm that has this rule.
func (GnocchiResourcesRule) Kind() Kind { return KindGnocchiResources }

type gnocchiResourcesWire struct {
	Metric       string `json:"metric"`
	ResourceID   string `json:"resource_id"`
	ResourceType string `json:"resource_type"`
	gnocchiWire
}

func (w gnocchiResourcesWire) rule() Rule {
	return GnocchiResourcesRule{w.Metric, w.ResourceID, w.ResourceType, w.threshold()}
}

func (r GnocchiResourcesRule) wire() (any, error) {
	common, err := r.gnocchi()
	return gnocchiResourcesWire{r.Metric, r.ResourceID, r.ResourceType, common}, err
}

// GnocchiAggregationByMetricsRule fires on an aggregate of several metrics.
//
// Source: Aodh, gnocchi_aggregation_by_metrics_threshold_rule.
type GnocchiAggregationByMetricsRule struct {
	// Metrics are the ids of the metrics.
	Metrics []string
	GnocchiThreshold
}

// Kind is "gnocchi_aggregation_by_metrics_threshold", the type of an alarm that has this rule.
func (GnocchiAggregationByMetricsRule) Kind() Kind { return KindGnocchiAggregationByMetrics }

type gnocchiByMetricsWire struct {
	Metrics []string `json:"metrics"`
	gnocchiWire
}

func (w gnocchiByMetricsWire) rule() Rule {
	return GnocchiAggregationByMetricsRule{w.Metrics, w.threshold()}
}

func (r GnocchiAggregationByMetricsRule) wire() (any, error) {
	common, err := r.gnocchi()
	return gnocchiByMetricsWire{r.Metrics, common}, err
}

// GnocchiAggregationByResourcesRule fires on an aggregate of one metric over the resources that a query finds.
//
// Source: Aodh, gnocchi_aggregation_by_resources_threshold_rule.
type GnocchiAggregationByResourcesRule struct {
	// Metric is its name, such as cpu.
	Metric string
	// Query is JSON in a text, as Gnocchi's resource search reads it. Deleted resources are to be left out
	// by it: {"and": [{"=": {"ended_at": null}}, ...]}. Aodh adds a condition on the project of the alarm,
	// which stands around the owner's query in every answer, unless an administrator asks for the own project.
	Query string
	// ResourceType in Gnocchi, such as instance.
	ResourceType string
	GnocchiThreshold
}

// Kind is "gnocchi_aggregation_by_resources_threshold", the type of an alarm that has this rule.
func (GnocchiAggregationByResourcesRule) Kind() Kind { return KindGnocchiAggregationByResources }

type gnocchiByResourcesWire struct {
	Metric       string `json:"metric"`
	Query        string `json:"query"`
	ResourceType string `json:"resource_type"`
	gnocchiWire
}

func (w gnocchiByResourcesWire) rule() Rule {
	return GnocchiAggregationByResourcesRule{w.Metric, w.Query, w.ResourceType, w.threshold()}
}

func (r GnocchiAggregationByResourcesRule) wire() (any, error) {
	if !json.Valid([]byte(r.Query)) {
		return nil, errs.Invalid("GnocchiAggregationByResourcesRule.Query", "is not JSON")
	}
	common, err := r.gnocchi()
	return gnocchiByResourcesWire{r.Metric, r.Query, r.ResourceType, common}, err
}
