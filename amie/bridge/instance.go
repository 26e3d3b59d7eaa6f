package bridge

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter/usage"
)

// computer maps the instances of a day one by one.
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

// recordID is the LocalRecordID of an instance's day.
func recordID(instance string, day time.Time) string {
	return usage.RecordID(instance, day.Format(time.DateOnly))
}
