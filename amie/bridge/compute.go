package bridge

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter/usage"
)

// Slice is a stretch of an instance's life in which nothing of it changed. It may reach beyond the day.
type Slice struct {
	// Instance is the id.
	Instance string
	// Name is what the user called the instance; see [Config.JobNames].
	Name string
	// Project is the owner's id in OpenStack.
	Project string
	// User is the owner's id in OpenStack; empty where it is not known, as in Nova's accounting.
	User string
	// Flavor is the name.
	Flavor string
	// State as Nova names it, such as active. It is the one in this stretch, not that of today.
	State string
	// VCPUs of the flavor.
	VCPUs int64
	// From and To bound the stretch, which does not include To.
	From, To time.Time
}

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

	fates map[string]fate // by instance
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

// compare orders slices by time, and those of one time somehow, so that nothing depends on the order given.
func (s Slice) compare(o Slice) int {
	return cmp.Or(s.From.Compare(o.From), s.To.Compare(o.To), cmp.Compare(s.Project, o.Project), cmp.Compare(s.User, o.User),
		cmp.Compare(s.Flavor, o.Flavor), cmp.Compare(s.State, o.State), cmp.Compare(s.VCPUs, o.VCPUs), cmp.Compare(s.Name, o.Name))
}

// broken says what is wrong with a slice whatever the configuration; "" where nothing is.
func broken(s Slice) string {
	switch {
	case s.Instance == "":
		return "there is no instance id"
	case s.VCPUs < 1:
		return "there are no vCPUs"
	case s.From.IsZero():
		return "there is no From"
	case s.To.Before(s.From):
		return "it ends before it begins"
	}
	return ""
}

type computer struct {
	*Config
	ComputeDay
	found findings
}

// instance maps the slices of one instance within the day.
func (m *computer) instance(id string, all []Slice) {
	slices.SortFunc(all, Slice.compare)
	total := decimal.Zero
	for i := range all {
		total = total.Add(m.vcpuSeconds(&all[i]))
	}
	m.Total = m.Total.Add(total)
	if m.excludesAll(all) {
		m.fates[id] = excluded
		m.Excluded = m.Excluded.Add(total)
		m.ExcludedInstances++
		return
	}
	lines, causes := m.lines(id, all)
	if len(causes) > 0 {
		m.fates[id] = doubtful
		m.found.add(causes, []string{id}, total, decimal.Zero)
		return
	}
	m.fates[id] = reported
	m.Lines = append(m.Lines, lines...)
	m.Reported = m.Reported.Add(total)
}

// excludesAll tells of an instance of an excluded project, whatever else is wrong with it.
func (m *computer) excludesAll(all []Slice) bool {
	return !slices.ContainsFunc(all, func(s Slice) bool { return !m.excludes(s.Project) })
}

// vcpuSeconds of a slice within the day; none of one that ends before it begins.
func (m *computer) vcpuSeconds(s *Slice) decimal.Decimal {
	from, to := clip(m.Day, s.From, s.To)
	if !from.Before(to) || s.VCPUs < 1 {
		return decimal.Zero
	}
	return decimal.New(int64(to.Sub(from)), -9).Mul(decimal.NewFromInt(s.VCPUs))
}

// lines makes the records of one instance, one a resource, or says all that keeps it from them.
func (m *computer) lines(id string, all []Slice) ([]ComputeLine, []cause) {
	causes := flaws(id, all)
	user := all[0].User
	for _, s := range all {
		user = cmp.Or(user, s.User)
	}
	who, more := m.account(all[0].Project, user)
	causes = append(causes, more...)
	byResource := map[string]*ComputeLine{}
	for i := range all {
		rule, factor, more := m.price(&all[i])
		if causes = append(causes, more...); len(causes) > 0 {
			continue
		}
		line := byResource[rule.Resource]
		if line == nil {
			line = &ComputeLine{Project: all[i].Project, User: user, ForProject: who.stands, Record: m.record(id, who, rule.Resource)}
			line.Record.StartTime = all[i].From
			byResource[rule.Resource] = line
		}
		line.add(m.vcpuSeconds(&all[i]), rule.Rate.Mul(factor), &all[i], m.JobNames)
	}
	var lines []ComputeLine
	for _, line := range byResource {
		line.Record.Charge = line.Record.Charge.DivRound(secondsAnHour, decimals)
		if err := line.Record.Validate(usage.Rules{Skew: -1}); err != nil {
			causes = append(causes, cause{Refused, id, err.Error()})
		}
		lines = append(lines, *line)
	}
	return lines, causes
}

// record is what is the same of all records of an instance's day on a resource.
func (m *computer) record(id string, who account, resource string) usage.ComputeRecord {
	return usage.ComputeRecord{
		Username: who.username, LocalProjectID: who.localProjectID, Resource: resource,
		LocalRecordID: recordID(id, m.Day), ParentRecordID: id, SubmitTime: m.Day,
		NodeCount: 1, LocalReference: m.LocalReference,
	}
}

// add counts a slice, which is a later one than those before. The charge is in SU-seconds until all are there.
func (l *ComputeLine) add(vcpuSeconds, rate decimal.Decimal, s *Slice, names bool) {
	l.VCPUSeconds = l.VCPUSeconds.Add(vcpuSeconds)
	r := &l.Record
	r.Charge = r.Charge.Add(vcpuSeconds.Mul(rate))
	r.EndTime, r.Queue, r.CPUCoreCount = s.To, s.Flavor, s.VCPUs
	if names {
		r.JobName = s.Name
	}
}

// price finds the resource of a slice's flavor and the factor of its state.
func (m *computer) price(s *Slice) (rule *ComputeResource, factor decimal.Decimal, causes []cause) {
	var fit []string
	for i := range m.Compute {
		if fitsAny(m.Compute[i].Flavors, s.Flavor) {
			rule = &m.Compute[i]
			fit = append(fit, rule.Resource)
		}
	}
	switch len(fit) {
	case 0:
		causes = append(causes, cause{reason: UnmappedFlavor, name: s.Flavor})
	case 1:
	default:
		causes = append(causes, cause{AmbiguousFlavor, s.Flavor, strings.Join(fit, ", ")})
	}
	factor, ok := m.States[s.State]
	if !ok {
		factor, ok = m.States["*"]
	}
	if !ok {
		causes = append(causes, cause{reason: UnmappedState, name: s.State})
	}
	return rule, factor, causes
}

// flaws are what is wrong with the slices of an instance, in the order of time, whatever the configuration.
func flaws(id string, all []Slice) (causes []cause) {
	var user string
	var until time.Time
	overlaps := false
	for _, s := range all {
		if what := broken(s); what != "" {
			causes = append(causes, cause{Malformed, id, what})
			continue
		}
		if s.From.Before(until) && !overlaps {
			overlaps = true
			causes = append(causes, cause{Overlap, id, "at " + s.From.Format(time.RFC3339Nano)})
		}
		until = s.To
		if s.Project != all[0].Project {
			causes = append(causes, cause{TwoOwners, id, "projects " + join(all[0].Project, s.Project)})
		}
		if user != "" && s.User != "" && s.User != user {
			causes = append(causes, cause{TwoOwners, id, "users " + join(user, s.User)})
		}
		user = cmp.Or(user, s.User)
	}
	return causes
}

func join(a, b string) string { return min(a, b) + " and " + max(a, b) }

// recordID is the LocalRecordID of an instance's day.
func recordID(instance string, day time.Time) string {
	return usage.RecordID(instance, day.Format(time.DateOnly))
}
