package rating

import (
	"iter"
	"maps"
	"slices"

	"github.com/shopspring/decimal"
)

// Sum adds amounts without losing a digit, whatever their number and scale. A bill is summed first and rounded once,
// at its end: rounding what is added makes the total wrong. The zero Sum is 0.
type Sum struct { //nolint:recvcheck // what reads is for the results of functions, too
	total decimal.Decimal
	count int
}

// Add puts an amount to the sum.
func (s *Sum) Add(amount decimal.Decimal) {
	s.total = s.total.Add(amount)
	s.count++
}

// Count is how many amounts were added.
func (s Sum) Count() int { return s.count }

// Total is the exact sum.
func (s Sum) Total() decimal.Decimal { return s.total }

// Round is the total with so many digits behind the point, halves away from zero, as invoices are rounded. For
// another rule take Total and one of the methods of decimal.Decimal.
func (s Sum) Round(places int32) decimal.Decimal { return s.total.Round(places) }

// Totals are exact sums by a key: by project, metric, or both in one struct. The zero Totals are ready to use.
type Totals[K comparable] struct{ sums map[K]*Sum }

// Add puts an amount to the sum of a key.
func (t *Totals[K]) Add(key K, amount decimal.Decimal) {
	s := t.sums[key]
	if s == nil {
		if t.sums == nil {
			t.sums = map[K]*Sum{}
		}
		s = &Sum{}
		t.sums[key] = s
	}
	s.Add(amount)
}

// Get is the sum of a key, 0 where nothing was added.
func (t *Totals[K]) Get(key K) Sum {
	if s := t.sums[key]; s != nil {
		return *s
	}
	return Sum{}
}

// Keys are those that something was added to, in the order of compare.
func (t *Totals[K]) Keys(compare func(a, b K) int) []K {
	return slices.SortedFunc(maps.Keys(t.sums), compare)
}

// All yields the keys and their exact sums in no order.
func (t *Totals[K]) All() iter.Seq2[K, decimal.Decimal] {
	return func(yield func(K, decimal.Decimal) bool) {
		for k, s := range t.sums {
			if !yield(k, s.Total()) {
				return
			}
		}
	}
}

// Total is the exact sum over all keys.
func (t *Totals[K]) Total() decimal.Decimal {
	var all Sum
	for _, s := range t.sums {
		all.Add(s.Total())
	}
	return all.Total()
}
