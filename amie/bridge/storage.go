package bridge

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter/usage"
)

// StorageDay is what the volumes of a day come to. Total is Reported, Excluded and the problems together, to the
// nanosecond.
type StorageDay struct {
	// Day is its start, UTC.
	Day time.Time
	// Lines are the records, ordered by resource and LocalRecordID.
	Lines []StorageLine
	// Problems are why use of the day is in none of them. An owner with a problem has no storage record for the day,
	// not even of the volumes that are clear: a record is whole, or not there.
	Problems Problems
	// Total is the GiB-seconds of all volumes within the day, Reported those in Lines and Excluded those of
	// ExcludedProjects.
	Total, Reported, Excluded decimal.Decimal

	config Config
	fates  map[owner]fate
}

// StorageLine is a record, with what it was made of.
type StorageLine struct {
	// Record is what is sent.
	Record usage.StorageRecord
	// Project and User are ids in OpenStack; User is empty where it is not known.
	Project, User string
	// GiBSeconds are those that are charged.
	GiBSeconds decimal.Decimal
	// ForProject tells that the Username is the project's, because no user is known or it is a service's.
	ForProject bool
}

// owner is a user in a project, by their ids in OpenStack.
type owner struct{ project, user string }

// Records are those of all lines, in their order.
func (d StorageDay) Records() []usage.StorageRecord {
	all := make([]usage.StorageRecord, len(d.Lines))
	for i := range d.Lines {
		all[i] = d.Lines[i].Record
	}
	return all
}

// Storage maps volumes to one record for each owner, day, resource and medium: the mean of what was stored over the
// day, collected at its end. The day is its start in UTC; what lies outside it is left aside. The order of the
// volumes is of no consequence.
//
// The error is about the configuration or the day. What could not be mapped is in Problems.
func Storage(c Config, day time.Time, all []Volume) (StorageDay, error) {
	day, err := startOfDay(day)
	if err != nil {
		return StorageDay{}, err
	}
	if err := c.Check(); err != nil {
		return StorageDay{}, err
	}
	m := storer{found: findings{"volume", map[cause]*Problem{}}}
	m.Day, m.config, m.fates = day, c, map[owner]fate{}
	owners := map[owner][]part{}
	for _, p := range parts(day, all) {
		who := owner{p.Project, p.User}
		owners[who] = append(owners[who], p)
	}
	for _, who := range slices.SortedFunc(maps.Keys(owners), owner.compare) {
		m.owner(who, owners[who])
	}
	m.Problems = m.found.list()
	slices.SortFunc(m.Lines, func(a, b StorageLine) int {
		return cmp.Or(cmp.Compare(a.Record.Resource, b.Record.Resource), cmp.Compare(a.Record.LocalRecordID, b.Record.LocalRecordID))
	})
	return m.StorageDay, nil
}

func (o owner) compare(p owner) int {
	return cmp.Or(cmp.Compare(o.project, p.project), cmp.Compare(o.user, p.user))
}
