package fakecloud

import (
	"cmp"
	"container/heap"
	"slices"
	"time"
)

// shardOf is the number of the week that InfluxDB keeps a moment in.
func shardOf(begin int64) int64 {
	const week = 7 * 24 * 60 * 60
	return begin / week
}

// sumOf adds as InfluxDB does: each series of a shard by itself, then those, then the shards.
func sumOf(found []ratedSeries, of func(*ratedRow) float64) float64 {
	var shards []int64
	parts := map[int64]float64{}
	for _, sr := range found {
		for rows := sr.rows; len(rows) > 0; {
			shard := shardOf(rows[0].begin)
			var sum float64
			for len(rows) > 0 && shardOf(rows[0].begin) == shard {
				sum += of(rows[0])
				rows = rows[1:]
			}
			if _, ok := parts[shard]; !ok {
				shards = append(shards, shard)
			}
			parts[shard] += sum
		}
	}
	slices.Sort(shards)
	var total float64
	for _, shard := range shards {
		total += parts[shard]
	}
	return total
}

// cursors is InfluxDB's merge of a shard's series: a heap by time, which decides the order of points of the same time.
type cursors [][]*ratedRow

func (h *cursors) Len() int           { return len(*h) }
func (h *cursors) Less(i, j int) bool { return (*h)[i][0].begin < (*h)[j][0].begin }
func (h *cursors) Swap(i, j int)      { (*h)[i], (*h)[j] = (*h)[j], (*h)[i] }
func (h *cursors) Push(x any)         { *h = append(*h, x.([]*ratedRow)) }
func (h *cursors) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// merged are the points of the series in the order in which InfluxDB selects them.
func merged(found []ratedSeries) []*ratedRow {
	shards := map[int64]*cursors{}
	var order []int64
	total := 0
	for _, sr := range found {
		for rows := sr.rows; len(rows) > 0; {
			shard, n := shardOf(rows[0].begin), 1
			for n < len(rows) && shardOf(rows[n].begin) == shard {
				n++
			}
			if shards[shard] == nil {
				shards[shard] = &cursors{}
				order = append(order, shard)
			}
			*shards[shard] = append(*shards[shard], rows[:n])
			total += n
			rows = rows[n:]
		}
	}
	slices.Sort(order)
	out := make([]*ratedRow, 0, total)
	for _, shard := range order {
		h := shards[shard]
		heap.Init(h)
		for h.Len() > 0 {
			rows := heap.Pop(h).([]*ratedRow)
			out = append(out, rows[0])
			if len(rows) > 1 {
				heap.Push(h, rows[1:])
			}
		}
	}
	return out
}

// ratedFrame is a period with its points, by metric in the order in which they came.
type ratedFrame struct {
	begin, period int64
	metrics       []string
	points        map[string][]*ratedRow
}

func (f *ratedFrame) from() time.Time { return time.Unix(f.begin, 0).UTC() }
func (f *ratedFrame) to() time.Time   { return time.Unix(f.begin+f.period, 0).UTC() }

// framesOf gathers points into frames, as CloudKitty does with a page of them.
func framesOf(rows []*ratedRow) []*ratedFrame {
	byPeriod := map[[2]int64]*ratedFrame{}
	var frames []*ratedFrame
	for _, row := range rows {
		at := [2]int64{row.begin, row.period}
		f := byPeriod[at]
		if f == nil {
			f = &ratedFrame{begin: row.begin, period: row.period, points: map[string][]*ratedRow{}}
			byPeriod[at] = f
			frames = append(frames, f)
		}
		metric := row.series.metric
		if f.points[metric] == nil {
			f.metrics = append(f.metrics, metric)
		}
		f.points[metric] = append(f.points[metric], row)
	}
	slices.SortStableFunc(frames, func(a, b *ratedFrame) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.period, b.period))
	})
	return frames
}
