package fakecloud

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"
)

// ratedSeries are the points that have the same tags, as InfluxDB calls metric and GroupBy.
type ratedSeries struct {
	metric  string
	groupby [][2]string
	key     string      // its place among the others
	rows    []*ratedRow // by time
}

type ratedRow struct {
	series        *ratedSeries
	begin, period int64 // seconds
	qty, price    float64
	unit          string
	metadata      [][2]string
	stored        int // how many were stored before
}

func (row *ratedRow) from() time.Time { return time.Unix(row.begin, 0).UTC() }
func (row *ratedRow) to() time.Time   { return time.Unix(row.begin+row.period, 0).UTC() }

// ratedStore is CloudKitty's storage. It is filled when it is first used.
type ratedStore struct {
	full   bool
	series map[string]*ratedSeries
	order  []*ratedSeries // by key
	stored int

	// The last selection, for the pages that follow the first.
	selected    string
	selection   []*ratedRow
	selectedGen int
	gen         int // counts the changes
}

// selectRows are the points of a filter in the order in which InfluxDB selects them.
func (st *ratedStore) selectRows(f ratedFilter) []*ratedRow {
	key := fmt.Sprint(f.begin.Unix(), f.end.Unix(), f.values)
	if st.selected != key || st.selectedGen != st.gen {
		st.selected, st.selectedGen, st.selection = key, st.gen, merged(st.matching(f))
	}
	return st.selection
}

func seriesKey(metric string, groupby [][2]string) string {
	tags := append([][2]string{{"type", metric}}, groupby...)
	slices.SortFunc(tags, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	var key strings.Builder
	for _, t := range tags {
		if t[1] != "" { // to InfluxDB an empty tag is none
			key.WriteString("," + t[0] + "=" + t[1])
		}
	}
	return key.String()
}

func (st *ratedStore) seriesOf(metric string, groupby [][2]string) *ratedSeries {
	key := seriesKey(metric, groupby)
	sr := st.series[key]
	if sr == nil {
		sr = &ratedSeries{metric: metric, groupby: groupby, key: key}
		if st.series == nil {
			st.series = map[string]*ratedSeries{}
		}
		st.series[key] = sr
		at, _ := slices.BinarySearchFunc(st.order, sr, func(a, b *ratedSeries) int { return strings.Compare(a.key, b.key) })
		st.order = slices.Insert(st.order, at, sr)
	}
	return sr
}

func (st *ratedStore) add(p RatedPoint, double bool) {
	st.put(st.seriesOf(p.Metric, slices.Clone(p.GroupBy)), &ratedRow{begin: p.Begin.Unix(), period: int64(cmp.Or(p.Period, time.Hour) / time.Second),
		unit: p.Unit, qty: p.Quantity, price: p.Price, metadata: slices.Clone(p.Metadata)}, double)
}

func (st *ratedStore) put(sr *ratedSeries, row *ratedRow, double bool) {
	row.series, row.stored = sr, st.stored
	st.stored++
	st.gen++
	at := len(sr.rows)
	if at > 0 && sr.rows[at-1].begin >= row.begin {
		at = sort.Search(len(sr.rows), func(i int) bool { return sr.rows[i].begin > row.begin })
		if !double && at > 0 && sr.rows[at-1].begin == row.begin {
			sr.rows[at-1] = row
			return
		}
	}
	sr.rows = slices.Insert(sr.rows, at, row)
}

// inOrder are all rows, by time, or as they were stored.
func (st *ratedStore) inOrder(stored bool) []*ratedRow {
	var all []*ratedRow
	for _, sr := range st.order {
		all = append(all, sr.rows...)
	}
	slices.SortStableFunc(all, func(a, b *ratedRow) int {
		if stored {
			return cmp.Compare(a.stored, b.stored)
		}
		return cmp.Compare(a.begin, b.begin)
	})
	return all
}

// ratedFilter is a condition on points, as InfluxDB understands it: on a tag, or a field.
type ratedFilter struct {
	begin, end time.Time // half-open; zero is without a limit
	values     map[string][]string
}

// matching are the series that have points of a filter, and those points.
func (st *ratedStore) matching(f ratedFilter) []ratedSeries {
	var out []ratedSeries
	for _, sr := range st.order {
		onRows := map[string][]string{}
		if !sr.matches(f.values, onRows) {
			continue
		}
		from, to := 0, len(sr.rows)
		if !f.begin.IsZero() {
			from = sort.Search(len(sr.rows), func(i int) bool { return sr.rows[i].begin >= f.begin.Unix() })
		}
		if !f.end.IsZero() {
			to = sort.Search(len(sr.rows), func(i int) bool { return sr.rows[i].begin >= f.end.Unix() })
		}
		if from >= to {
			continue
		}
		found := *sr
		found.rows = sr.rows[from:to]
		if len(onRows) > 0 {
			found.rows = slices.DeleteFunc(slices.Clone(found.rows), func(row *ratedRow) bool { return !row.matches(onRows) })
		}
		if len(found.rows) > 0 {
			out = append(out, found)
		}
	}
	return out
}

// tag is a tag's value, and whether the series has it.
func (sr *ratedSeries) tag(name string) (string, bool) {
	if name == "type" {
		return sr.metric, true
	}
	return pairOf(sr.groupby, name)
}

func pairOf(pairs [][2]string, name string) (string, bool) {
	for _, p := range pairs {
		if p[0] == name {
			return p[1], true
		}
	}
	return "", false
}

// matches compares tags, and puts what is no tag aside.
func (sr *ratedSeries) matches(values, aside map[string][]string) bool {
	for name, any := range values {
		v, ok := sr.tag(name)
		switch {
		case !ok:
			aside[name] = any
		case !slices.Contains(any, v):
			return false
		}
	}
	return true
}

// matches compares fields; a number never equals a text.
func (row *ratedRow) matches(values map[string][]string) bool {
	for name, any := range values {
		v, ok := pairOf(row.metadata, name)
		if name == "unit" {
			v, ok = row.unit, true
		}
		if !ok && !slices.Contains(any, "") || ok && !slices.Contains(any, v) {
			return false
		}
	}
	return true
}

// remove deletes what a filter on tags matches.
func (st *ratedStore) remove(f ratedFilter) {
	st.gen++
	for _, found := range st.matching(f) {
		sr := st.series[found.key]
		gone := map[*ratedRow]bool{}
		for _, row := range found.rows {
			gone[row] = true
		}
		sr.rows = slices.DeleteFunc(slices.Clone(sr.rows), func(row *ratedRow) bool { return gone[row] })
	}
}
