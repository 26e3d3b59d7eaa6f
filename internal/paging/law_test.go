package paging_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gophermeter/gophermeter/internal/paging"
)

func TestLawEveryRowOnceAndInOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		rows := rapid.IntRange(0, 60).Draw(rt, "rows")
		srv := &server{rows: rows, size: rapid.IntRange(2, 20).Draw(rt, "size")}
		k := rapid.IntRange(-1, 9).Draw(rt, "k")
		first := rapid.IntRange(0, 70).Draw(rt, "first")
		walks := append(slices.Clone(strategies), strategy{fmt.Sprint("offset k=", k), nil})
		for _, s := range walks {
			from, pages := first, paging.Offset(t.Context(), first, k, srv.byOffset)
			if s.walk != nil {
				from, pages = 0, s.walk(t.Context(), srv)
			}
			got, failures := read(pages)
			require.Empty(rt, failures, s.name)
			require.Equal(rt, numbers(from, rows), append([]int{}, got...), s.name)
		}
	})
}

func TestLawTimelineYieldsEveryRowOnceNewestFirst(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		seconds := rapid.SliceOfN(rapid.IntRange(0, 8), 0, 80).Draw(rt, "seconds") // many of them equal
		m := &meter{}
		for i, second := range seconds {
			m.samples = append(m.samples, sample{epoch.Add(time.Duration(second) * time.Second), fmt.Sprint(i)})
		}
		ties := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "order of ties"), 0))
		m.shuffle = func(rows []sample) {
			ties.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		}
		limit := rapid.IntRange(1, 30).Draw(rt, "limit")
		got, failures := read(samplesOf(t.Context(), limit, 200, m.fetch))
		require.Empty(rt, failures)
		require.True(rt, slices.IsSortedFunc(got, func(a, b sample) int { return b.at.Compare(a.at) }))
		byID := func(a, b sample) int { return cmp.Compare(a.id, b.id) }
		slices.SortFunc(got, byID)
		want := slices.SortedFunc(slices.Values(m.samples), byID)
		require.Equal(rt, want, got)
	})
}

func TestLawMergeIsAFoldByKey(t *testing.T) {
	t.Parallel()
	row := rapid.Custom(func(rt *rapid.T) tenant {
		return tenant{rapid.StringMatching("[a-f]").Draw(rt, "id"), rapid.IntRange(0, 1000).Draw(rt, "hours")}
	})
	rapid.Check(t, func(rt *rapid.T) {
		pages := rapid.SliceOfN(rapid.SliceOfN(row, 0, 6), 1, 8).Draw(rt, "pages")
		sums := map[string]int{}
		var order []string
		for _, r := range slices.Concat(pages...) {
			if !slices.Contains(order, r.id) {
				order = append(order, r.id)
			}
			sums[r.id] += r.hours
		}
		var want []tenant
		for _, id := range order {
			want = append(want, tenant{id, sums[id]})
		}
		got, failures := read(mergeTenants(tenantPages(t.Context(), pages...)))
		require.Empty(rt, failures)
		require.Equal(rt, want, got)
	})
}
