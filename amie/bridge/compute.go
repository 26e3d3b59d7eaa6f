package bridge

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter/usage"
)

// ComputeDay is what the instances of a day come to. Total is Reported, Excluded and the problems together, to the
// nanosecond.
type ComputeDay struct {
	// Day is its start, UTC.
	Day time.Time
	// Lines are the records, ordered by resource and LocalRecordID.
	Lines []ComputeLine
	// Problems are why use of the day is in none of them. An instance with a problem has no record for the day, not
	// even of the part that is clear: a record is whole, or not there.
	Problems Problems
	// Total is the vCPU-seconds of all slices within the day, Reported those in Lines and Excluded those of
	// ExcludedProjects.
	Total, Reported, Excluded decimal.Decimal
	// ExcludedInstances are how many instances of ExcludedProjects ran.
	ExcludedInstances int

	fates     map[string]fate // by instance
	resources []string        // of the configuration
}

// ComputeLine is a record, with what it was made of.
type ComputeLine struct {
	// Record is what is sent.
	Record usage.ComputeRecord
	// Project and User are ids in OpenStack; User is empty where it is not known.
	Project, User string
	// VCPUSeconds are those that are charged, before rate and factor.
	VCPUSeconds decimal.Decimal
	// ForProject tells that the Username is the project's, because no user is known or it is a service's.
	ForProject bool
}

// Records are those of all lines, in their order.
func (d ComputeDay) Records() []usage.ComputeRecord {
	all := make([]usage.ComputeRecord, len(d.Lines))
	for i := range d.Lines {
		all[i] = d.Lines[i].Record
	}
	return all
}

// Compute maps slices to one record for each instance, day and resource. The day is its start in UTC; what lies
// outside it is left aside, so the same slices can be given for each day they touch. The order of the slices is of no
// consequence.
//
// The error is about the configuration or the day. What could not be mapped is in Problems.
func Compute(c Config, day time.Time, all []Slice) (ComputeDay, error) {
	day, err := startOfDay(day)
	if err != nil {
		return ComputeDay{}, err
	}
	if err := c.Check(); err != nil {
		return ComputeDay{}, err
	}
	m := computer{Config: &c, found: findings{"instance", map[cause]*Problem{}}}
	m.Day, m.fates = day, map[string]fate{}
	for _, r := range c.Compute {
		m.resources = append(m.resources, r.Resource)
	}
	instances := map[string][]Slice{}
	for _, s := range all {
		if !s.From.IsZero() && !s.To.Before(s.From) {
			s.From, s.To = clip(day, s.From, s.To)
			if !s.From.Before(s.To) {
				continue
			}
		}
		instances[s.Instance] = append(instances[s.Instance], s)
	}
	for _, id := range slices.Sorted(maps.Keys(instances)) {
		m.instance(id, instances[id])
	}
	m.Problems = m.found.list()
	slices.SortFunc(m.Lines, func(a, b ComputeLine) int {
		return cmp.Or(cmp.Compare(a.Record.Resource, b.Record.Resource), cmp.Compare(a.Record.LocalRecordID, b.Record.LocalRecordID))
	})
	return m.ComputeDay, nil
}
