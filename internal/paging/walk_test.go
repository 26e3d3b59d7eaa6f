package paging_test

import (
	"context"
	"iter"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/paging"
)

type walker func(context.Context, string, paging.Fetch[int, string]) iter.Seq2[[]int, error]

func eachWalker(t *testing.T, test func(t *testing.T, walk walker)) {
	t.Helper()
	for name, walk := range map[string]walker{"walk": paging.Walk[int, string], "ahead": paging.WalkAhead[int, string]} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, walk)
		})
	}
}

// chain is a server whose page at each cursor names the next one.
func chain(next map[string]string, rows map[string][]int, asked *[]string) paging.Fetch[int, string] {
	return func(_ context.Context, c string) ([]int, string, bool, error) {
		*asked = append(*asked, c)
		n, more := next[c]
		return rows[c], n, more, nil
	}
}

func TestEmptyPageWithACursorContinues(t *testing.T) {
	t.Parallel()
	eachWalker(t, func(t *testing.T, walk walker) {
		var asked []string
		fetch := chain(map[string]string{"": "a", "a": "b", "b": "c", "c": "d"}, map[string][]int{"a": {1, 2}, "c": {3}}, &asked)
		var batches [][]int
		for rows, err := range walk(t.Context(), "", fetch) {
			require.NoError(t, err)
			batches = append(batches, rows)
		}
		assert.Equal(t, [][]int{{1, 2}, {3}}, batches, "no batch without rows")
		assert.Equal(t, []string{"", "a", "b", "c", "d"}, asked)
	})
}

func TestRepeatedCursorIsALoop(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		next  map[string]string
		asked []string
		rows  []int
		text  string
	}{
		"the same":    {map[string]string{"": "a", "a": "a"}, []string{"", "a"}, []int{0}, `pagination loop: page 2 leads back to cursor "a"`},
		"the first":   {map[string]string{"": "a", "a": ""}, []string{"", "a"}, []int{0}, `pagination loop: page 2 leads back to cursor ""`},
		"an earlier":  {map[string]string{"": "a", "a": "b", "b": "c", "c": "a"}, []string{"", "a", "b", "c"}, []int{0, 1, 2}, `pagination loop: page 4 leads back to cursor "a"`},
		"at page one": {map[string]string{"": ""}, []string{""}, nil, `pagination loop: page 1 leads back to cursor ""`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachWalker(t, func(t *testing.T, walk walker) {
				var asked []string
				fetch := chain(c.next, map[string][]int{"": {0}, "a": {1}, "b": {2}, "c": {3}}, &asked)
				rows, failures := read(walk(t.Context(), "", fetch))
				require.Len(t, failures, 1)
				require.ErrorIs(t, failures[0], errs.ErrLoop)
				require.EqualError(t, failures[0], c.text)
				assert.Equal(t, c.rows, rows, "the page that leads back is withheld")
				assert.Equal(t, c.asked, asked, "no cursor is asked for twice")
			})
		})
	}
}

// A link is a signal and a marker, never an address: the cursor is what the fetch parses out of it.
func TestLinkAsMarker(t *testing.T) {
	t.Parallel()
	eachWalker(t, func(t *testing.T, walk walker) {
		srv := &server{rows: 10, size: 3}
		rows, failures := read(walk(t.Context(), "", srv.byLink))
		assert.Empty(t, failures)
		assert.Equal(t, numbers(0, 10), rows)
		assert.EqualValues(t, 4, srv.requests.Load())
	})
}

func TestWalkAsksForAPageWhenTheOneBeforeIsConsumed(t *testing.T) {
	t.Parallel()
	srv := &server{rows: 10, size: 3}
	batches := 0
	for range paging.Walk(t.Context(), 0, srv.byCursor) {
		batches++
		assert.EqualValues(t, batches, srv.requests.Load())
	}
}
