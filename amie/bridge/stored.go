package bridge

import (
	"math/big"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter/usage"
)

// storer maps the storage of a day owner by owner.
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
