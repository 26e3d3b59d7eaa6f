package bridge

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// Reason is why something is in no record.
type Reason string

// The reasons, in the order in which a list of problems has them.
const (
	Malformed       Reason = "malformed"        // a slice or volume that cannot be: ends before it begins, no id, no vCPU, a negative size
	Overlap         Reason = "overlap"          // stretches of one instance or volume that overlap and would be charged twice
	TwoOwners       Reason = "two owners"       // an instance of two projects or users
	UnmappedProject Reason = "unmapped project" // an id that is neither in projects nor excluded
	UnmappedUser    Reason = "unmapped user"    // an id that is neither in users nor in service_users
	NoUsername      Reason = "no username"      // a project without one, where no user is known
	UnmappedFlavor  Reason = "unmapped flavor"  // a flavor of no compute resource
	AmbiguousFlavor Reason = "ambiguous flavor" // a flavor of more than one
	UnmappedState   Reason = "unmapped state"   // a state without a factor
	UnmappedVolume  Reason = "unmapped volume"  // a metric and volume type of no storage resource
	AmbiguousVolume Reason = "ambiguous volume" // a metric and volume type of more than one
	Refused         Reason = "refused"          // a record that the service would refuse
)

var reasons = []Reason{
	Malformed, Overlap, TwoOwners, UnmappedProject, UnmappedUser, NoUsername, UnmappedFlavor, AmbiguousFlavor,
	UnmappedState, UnmappedVolume, AmbiguousVolume, Refused,
}

// Problem is one reason why there is no record of something, with everything that it concerns.
type Problem struct {
	// Reason is the kind of the problem.
	Reason Reason
	// Name is what the problem is with: the id of a project or user, a flavor, a state, a metric and volume type, or
	// the id of an instance or volume.
	Name string
	// Detail says more, for people; it may be empty.
	Detail string
	// IDs are the instances or volumes that it concerns, sorted.
	IDs []string
	// VCPUSeconds and GiBSeconds are the use that is in no record for this reason. What has several is counted under
	// the first, so that a list of problems adds up to what was left out.
	VCPUSeconds, GiBSeconds decimal.Decimal

	noun string // of the IDs
}

// String says what is wrong, and how much it concerns.
func (p *Problem) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %q", p.Reason, p.Name)
	if p.Detail != "" {
		fmt.Fprintf(&b, ": %s", p.Detail)
	}
	fmt.Fprintf(&b, " (%d %s", len(p.IDs), p.noun)
	if len(p.IDs) != 1 {
		b.WriteString("s")
	}
	switch {
	case p.VCPUSeconds.Sign() != 0:
		fmt.Fprintf(&b, ", %s vCPU-hours", p.VCPUSeconds.DivRound(secondsAnHour, 2))
	case p.GiBSeconds.Sign() != 0:
		fmt.Fprintf(&b, ", %s GiB-hours", p.GiBSeconds.DivRound(secondsAnHour, 2))
	}
	b.WriteString(")")
	return b.String()
}

// Problems are all reasons why something is in no record, each once, ordered by reason and name.
type Problems []*Problem

// Err is the list as an [*UnmappedError], nil where it is empty.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	return &UnmappedError{p}
}

// UnmappedError says that something is in no record. It matches gophermeter.ErrInvalidArgument.
type UnmappedError struct {
	// Problems are the reasons.
	Problems Problems
}

// Error lists the first ten, and counts the rest.
func (e *UnmappedError) Error() string {
	var texts []string
	for _, p := range e.Problems[:min(len(e.Problems), 10)] {
		texts = append(texts, p.String())
	}
	if more := len(e.Problems) - len(texts); more > 0 {
		texts = append(texts, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(texts, "; ")
}

// Unwrap makes it an invalid argument.
func (e *UnmappedError) Unwrap() error { return errs.ErrInvalidArgument }

// cause is a problem that some use has.
type cause struct {
	reason       Reason
	name, detail string
}

func (a cause) compare(b cause) int {
	return cmp.Or(cmp.Compare(slices.Index(reasons, a.reason), slices.Index(reasons, b.reason)),
		cmp.Compare(a.name, b.name), cmp.Compare(a.detail, b.detail))
}

// findings gathers problems.
type findings struct {
	noun string
	all  map[cause]*Problem
}

// add puts use under the first of its causes, and its ids under all.
func (f *findings) add(causes []cause, ids []string, vcpuSeconds, gibSeconds decimal.Decimal) {
	slices.SortFunc(causes, cause.compare)
	for i, c := range slices.Compact(causes) {
		p := f.all[c]
		if p == nil {
			p = &Problem{Reason: c.reason, Name: c.name, Detail: c.detail, noun: f.noun}
			f.all[c] = p
		}
		p.IDs = append(p.IDs, ids...)
		if i == 0 {
			p.VCPUSeconds, p.GiBSeconds = p.VCPUSeconds.Add(vcpuSeconds), p.GiBSeconds.Add(gibSeconds)
		}
	}
}

func (f *findings) list() Problems {
	var list Problems
	for _, p := range f.all {
		slices.Sort(p.IDs)
		p.IDs = slices.Compact(p.IDs)
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b *Problem) int {
		return cause{a.Reason, a.Name, a.Detail}.compare(cause{b.Reason, b.Name, b.Detail})
	})
	return list
}
