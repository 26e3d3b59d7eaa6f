package bridge

import (
	"cmp"
	"time"
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
