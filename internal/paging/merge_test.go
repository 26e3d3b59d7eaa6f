package paging_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gophermeter/gophermeter/internal/paging"
)

type tenant struct {
	id    string
	hours int
}

func mergeTenants(pages iter.Seq2[[]tenant, error]) iter.Seq2[[]tenant, error] {
	return paging.Merge(pages, func(t *tenant) string { return t.id }, func(into, more *tenant) { into.hours += more.hours })
}

func tenantPages(ctx context.Context, pages ...[]tenant) iter.Seq2[[]tenant, error] {
	return paging.WalkAhead(ctx, 0, func(_ context.Context, c int) ([]tenant, int, bool, error) {
		return slices.Clone(pages[c]), c + 1, c+1 < len(pages), nil
	})
}

func TestMergeYieldsOneBatchInOrderOfFirstAppearance(t *testing.T) {
	t.Parallel()
	merged := mergeTenants(tenantPages(t.Context(), []tenant{{"b", 1}, {"a", 2}}, []tenant{{"a", 4}, {"a", 8}}, nil, []tenant{{"c", 16}, {"b", 32}}))
	for range 2 { // a range folds into rows of its own
		var batches [][]tenant
		for rows, err := range merged {
			require.NoError(t, err)
			batches = append(batches, rows)
		}
		assert.Equal(t, [][]tenant{{{"b", 33}, {"a", 14}, {"c", 16}}}, batches)
	}
}

func TestMergeOfNothingYieldsNothing(t *testing.T) {
	t.Parallel()
	for range mergeTenants(tenantPages(t.Context(), nil, nil)) {
		assert.Fail(t, "a batch without rows")
	}
}

func TestMergeYieldsNoPartialTotal(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	rows, failures := read(mergeTenants(func(yield func([]tenant, error) bool) {
		_ = yield([]tenant{{"a", 1}}, nil) && yield([]tenant{{"a", 2}}, nil) && yield(nil, refused)
	}))
	assert.Empty(t, rows)
	assert.Equal(t, []error{refused}, failures)
}
