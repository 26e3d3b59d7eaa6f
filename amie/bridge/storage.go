package bridge

import (
	"cmp"
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter/usage"
)

// Volume is a stretch of a stored volume's life in which nothing of it changed, mostly a period of the rating
// service. It may reach beyond the day; its price is then shared out by time.
type Volume struct {
	// ID in Cinder.
	ID string
	// Project is the owner's id in OpenStack.
	Project string
	// User is the owner's id in OpenStack; empty where it is not known.
	User string
	// Metric under which it was rated, such as volume.size.
	Metric string
	// Type is the volume type, such as ssd; it may be empty.
	Type string
	// GiB is the size.
	GiB decimal.Decimal
	// Price of the whole stretch, for [ByPrice].
	Price decimal.Decimal
	// From and To bound the stretch, which does not include To.
	From, To time.Time
}

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

// part is a volume as far as it is within the day.
type part struct {
	Volume
	gibSeconds decimal.Decimal
	price      *big.Rat
	flaw       *cause
}

// parts clips volumes to the day, in the order of time, and finds what is wrong with them whatever the configuration.
func parts(day time.Time, all []Volume) (clipped []part) {
	until := map[[2]string]time.Time{} // by volume and metric
	for _, v := range slices.SortedFunc(slices.Values(all), Volume.compare) {
		from, to := v.From, v.To
		if !from.IsZero() && to.After(from) {
			if from, to = clip(day, from, to); !from.Before(to) {
				continue
			}
		}
		p := part{Volume: v}
		key := [2]string{v.ID, v.Metric}
		if what := v.broken(); what != "" {
			p.flaw = &cause{Malformed, v.ID, what}
			clipped = append(clipped, p)
			continue
		}
		if from.Before(until[key]) {
			p.flaw = &cause{Overlap, v.ID, "at " + from.Format(time.RFC3339Nano)}
		}
		if to.After(until[key]) {
			until[key] = to
		}
		p.gibSeconds = decimal.New(int64(to.Sub(from)), -9).Mul(v.GiB)
		share := new(big.Rat).SetFrac(nanoseconds(from, to), nanoseconds(v.From, v.To))
		p.price = share.Mul(share, v.Price.Rat())
		clipped = append(clipped, p)
	}
	return clipped
}

// compare orders volumes by time, and those of one time somehow, so that nothing depends on the order given.
func (v Volume) compare(o Volume) int {
	return cmp.Or(v.From.Compare(o.From), v.To.Compare(o.To), cmp.Compare(v.ID, o.ID), cmp.Compare(v.Metric, o.Metric),
		cmp.Compare(v.Project, o.Project), cmp.Compare(v.User, o.User), cmp.Compare(v.Type, o.Type))
}

// broken says what is wrong with a volume whatever the configuration; "" where nothing is.
func (v Volume) broken() string {
	switch {
	case v.ID == "":
		return "there is no volume id"
	case v.From.IsZero():
		return "there is no From"
	case !v.To.After(v.From):
		return "it has no length"
	case v.GiB.Sign() < 0 || !sane(v.GiB, longestMeasure):
		return "the size is negative, or has too many digits"
	case v.Price.Sign() < 0 || !sane(v.Price, longestMeasure):
		return "the price is negative, or has too many digits"
	}
	return ""
}

type storer struct {
	StorageDay
	found findings
}

// owner maps what one owner had stored.
func (m *storer) owner(who owner, all []part) {
	total := decimal.Zero
	var ids []string
	for _, p := range all {
		total = total.Add(p.gibSeconds)
		ids = append(ids, p.ID)
	}
	m.Total = m.Total.Add(total)
	if m.config.excludes(who.project) {
		m.fates[who] = excluded
		m.Excluded = m.Excluded.Add(total)
		return
	}
	lines, causes := m.lines(who, all)
	if len(causes) > 0 {
		m.fates[who] = doubtful
		m.found.add(causes, ids, decimal.Zero, total)
		return
	}
	m.fates[who] = reported
	m.Lines = append(m.Lines, lines...)
	m.Reported = m.Reported.Add(total)
}

// place is where volumes lie.
type place struct{ resource, media string }

// lines makes the records of one owner, one a place, or says all that keeps it from them.
func (m *storer) lines(who owner, all []part) ([]StorageLine, []cause) {
	account, causes := m.config.account(who.project, who.user)
	gibSeconds, charges := map[place]decimal.Decimal{}, map[place]*big.Rat{}
	for _, p := range all {
		if p.flaw != nil {
			causes = append(causes, *p.flaw)
		}
		rule, more := m.config.rule(&p.Volume)
		if causes = append(causes, more...); len(causes) > 0 {
			continue
		}
		at := place{rule.Resource, rule.MediaType}
		if charges[at] == nil {
			charges[at] = new(big.Rat)
		}
		charges[at].Add(charges[at], rule.charge(&p))
		gibSeconds[at] = gibSeconds[at].Add(p.gibSeconds)
	}
	var lines []StorageLine
	for at, charge := range charges {
		line := StorageLine{Project: who.project, User: who.user, GiBSeconds: gibSeconds[at], ForProject: account.stands,
			Record: m.record(who, account, at)}
		line.Record.Charge = decimal.NewFromBigRat(charge, decimals)
		bytes := gibSeconds[at].Mul(bytesOfGiB).DivRound(secondsADay, 0)
		if stored := bytes.IntPart(); decimal.NewFromInt(stored).Equal(bytes) {
			line.Record.BytesStored = &stored
		} else {
			causes = append(causes, cause{Refused, who.project, "more bytes than can be said: " + bytes.String()})
		}
		if err := line.Record.Validate(usage.Rules{Skew: -1}); err != nil {
			causes = append(causes, cause{Refused, who.project, err.Error()})
		}
		lines = append(lines, line)
	}
	return lines, causes
}

// record is what does not depend on the volumes.
func (m *storer) record(who owner, a account, at place) usage.StorageRecord {
	interval := int64(1)
	return usage.StorageRecord{
		Username: a.username, LocalProjectID: a.localProjectID, Resource: at.resource, MediaType: at.media,
		LocalRecordID:  storageID(who, at.media, m.Day),
		CollectionTime: m.Day.Add(aDay), CollectionInterval: &interval, LocalReference: m.config.LocalReference,
	}
}

// storageID is the LocalRecordID of an owner's day. It holds ids of OpenStack, so that a change of the tables of
// projects and users restates a record and does not double it.
func storageID(who owner, media string, day time.Time) string {
	return usage.RecordID("storage", media, who.project, who.user, day.Format(time.DateOnly))
}

// rule finds the resource that a volume lies on.
func (c Config) rule(v *Volume) (rule *StorageResource, causes []cause) {
	name := strings.TrimSpace(v.Metric + " " + v.Type)
	var fit []string
	for i := range c.Storage {
		r := &c.Storage[i]
		if fitsAny(r.Metrics, v.Metric) && (len(r.Types) == 0 || fitsAny(r.Types, v.Type)) {
			rule = r
			fit = append(fit, r.Resource)
		}
	}
	switch len(fit) {
	case 0:
		return nil, []cause{{reason: UnmappedVolume, name: name}}
	case 1:
		return rule, nil
	}
	return nil, []cause{{AmbiguousVolume, name, strings.Join(fit, ", ")}}
}

// charge of a volume within the day, not rounded.
func (r StorageResource) charge(p *part) *big.Rat {
	charge := new(big.Rat)
	switch r.Charge {
	case ByPrice:
		charge.Set(p.price)
	case ByGB:
		charge.Quo(p.gibSeconds.Mul(bytesOfGiB).Shift(-9).Rat(), secondsADay.Rat())
	case ByGiB:
		charge.Quo(p.gibSeconds.Rat(), secondsADay.Rat())
	}
	return charge.Mul(charge, r.Rate.Rat())
}
