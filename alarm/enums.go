package alarm

// Kind is the type of an alarm: which rule it has. Releases add kinds; an unknown one is kept as it was sent,
// with an [Unknown] rule.
type Kind string

// Kinds that are known.
const (
	KindThreshold                     Kind = "threshold"   // Ceilometer; Aodh 2019-11 to 2021-03 and before 2018
	KindCombination                   Kind = "combination" // Ceilometer; Aodh before 2017
	KindEvent                         Kind = "event"
	KindComposite                     Kind = "composite"
	KindGnocchiResources              Kind = "gnocchi_resources_threshold"
	KindGnocchiAggregationByMetrics   Kind = "gnocchi_aggregation_by_metrics_threshold"
	KindGnocchiAggregationByResources Kind = "gnocchi_aggregation_by_resources_threshold"
	KindLoadBalancerMemberHealth      Kind = "loadbalancer_member_health" // Aodh since 2019-04
	KindPrometheus                    Kind = "prometheus"                 // Aodh since 2023-11
)

// State of an alarm. An unknown one is kept as it was sent.
type State string

// What an evaluation can find.
const (
	StateOK               State = "ok"
	StateAlarm            State = "alarm"
	StateInsufficientData State = "insufficient data" // also that of an alarm which was never evaluated
)

// Severity of an alarm: what its owner says of it; the services do nothing with it. An unknown one is kept as
// it was sent.
type Severity string

// Severities, the lightest first, which is how Aodh on MySQL sorts them.
const (
	SeverityLow      Severity = "low"
	SeverityModerate Severity = "moderate"
	SeverityCritical Severity = "critical"
)

// Comparison is how a measured value is compared with that of a rule. An unknown one is kept as it was sent.
type Comparison string

// Comparisons. Where a rule leaves it out the services take eq.
const (
	CompareLT Comparison = "lt" // less than
	CompareLE Comparison = "le" // less than or equal to
	CompareEQ Comparison = "eq" // equal to
	CompareNE Comparison = "ne" // not equal to
	CompareGE Comparison = "ge" // greater than or equal to
	CompareGT Comparison = "gt" // greater than
)

// Statistic is what a [ThresholdRule] computes of the samples of a period.
type Statistic string

// Statistics. Where a rule leaves it out the services take avg.
const (
	StatisticAvg   Statistic = "avg"
	StatisticMax   Statistic = "max"
	StatisticMin   Statistic = "min"
	StatisticSum   Statistic = "sum"
	StatisticCount Statistic = "count"
)

// Operator combines the parts of a rule.
type Operator string

// Operators of combination and composite rules.
const (
	OperatorAnd Operator = "and"
	OperatorOr  Operator = "or"
)
