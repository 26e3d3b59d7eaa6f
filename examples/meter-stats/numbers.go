package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gophermeter/gophermeter/meter"
)

// numbers are what the service computed, as 64-bit floats; nil where it was not asked for or does not exist.
type numbers struct {
	Samples   *float64 `json:"samples,omitempty"`
	Min       *float64 `json:"min,omitempty"`
	Max       *float64 `json:"max,omitempty"`
	Avg       *float64 `json:"avg,omitempty"`
	Sum       *float64 `json:"sum,omitempty"`
	StdDev    *float64 `json:"stddev,omitempty"` // of all samples, not of a draw from them
	Resources *float64 `json:"resources,omitempty"`
	Projects  *float64 `json:"projects,omitempty"`
	Users     *float64 `json:"users,omitempty"`
}

// stat is one of the numbers.
type stat struct {
	name, word string // on the command line, and in the plot
	ask        meter.Aggregate
	counts     bool // things, not the meter's unit
	usual      bool // computed when nothing else is asked for
	of         func(*numbers) **float64
}

var stats = []stat{
	{"samples", "samples", meter.Aggregate{Function: meter.FunctionCount}, true, true, func(n *numbers) **float64 { return &n.Samples }},
	{"min", "minimum", meter.Aggregate{Function: meter.FunctionMin}, false, true, func(n *numbers) **float64 { return &n.Min }},
	{"max", "maximum", meter.Aggregate{Function: meter.FunctionMax}, false, true, func(n *numbers) **float64 { return &n.Max }},
	{"avg", "average", meter.Aggregate{Function: meter.FunctionAvg}, false, true, func(n *numbers) **float64 { return &n.Avg }},
	{"sum", "sum", meter.Aggregate{Function: meter.FunctionSum}, false, true, func(n *numbers) **float64 { return &n.Sum }},
	{"stddev", "standard deviation", meter.Aggregate{Function: meter.FunctionStdDev}, false, false, func(n *numbers) **float64 { return &n.StdDev }},
	{"resources", "resources", different(meter.GroupByResource), true, false, func(n *numbers) **float64 { return &n.Resources }},
	{"projects", "projects", different(meter.GroupByProject), true, false, func(n *numbers) **float64 { return &n.Projects }},
	{"users", "users", different(meter.GroupByUser), true, false, func(n *numbers) **float64 { return &n.Users }},
}

func different(field meter.GroupField) meter.Aggregate {
	return meter.Aggregate{Function: meter.FunctionCardinality, Param: field}
}

func statNames() (names []string) {
	for _, s := range stats {
		names = append(names, s.name)
	}
	return names
}

func statNamed(name string) stat {
	return stats[slices.IndexFunc(stats, func(s stat) bool { return s.name == name })]
}

// numbersOf are what a row of the service's answer has.
func numbersOf(s *meter.Statistics) numbers {
	n := numbers{Min: s.Min, Max: s.Max, Avg: s.Avg, Sum: s.Sum}
	if s.Count != nil {
		count := float64(*s.Count)
		n.Samples = &count
	}
	for i := range stats {
		if v, ok := s.Aggregate(stats[i].ask); ok {
			*stats[i].of(&n) = &v
		}
	}
	return n
}

// chosen are the numbers to be computed, by name; none are the usual ones.
type chosen []string

func (c *chosen) String() string { return strings.Join(*c, ",") }

// Set adds names.
func (c *chosen) Set(text string) error {
	for name := range strings.SplitSeq(text, ",") {
		if !slices.Contains(statNames(), name) {
			return fmt.Errorf("%q is none of %s", name, strings.Join(statNames(), ", "))
		}
		if !slices.Contains(*c, name) {
			*c = append(*c, name)
		}
	}
	return nil
}

func (c *chosen) names() []string {
	if len(*c) > 0 {
		return *c
	}
	var names []string
	for _, s := range stats {
		if s.usual {
			names = append(names, s.name)
		}
	}
	return names
}

// aggregates are what the service is asked for.
func (c *chosen) aggregates() (all []meter.Aggregate) {
	for _, name := range *c {
		all = append(all, statNamed(name).ask)
	}
	return all
}
