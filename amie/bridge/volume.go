package bridge

import (
	"cmp"
	"math/big"
	"slices"
	"time"

	"github.com/shopspring/decimal"
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
