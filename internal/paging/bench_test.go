package paging_test

import (
	"context"
	"testing"

	"github.com/gophermeter/gophermeter/internal/paging"
)

// One operation is one page, of rows that are there already: what the walk itself costs.

func benchmarkPages(b *testing.B) paging.Fetch[int, int] {
	b.Helper()
	rows := numbers(0, 1000)
	return func(_ context.Context, c int) ([]int, int, bool, error) { return rows, c + 1, c+1 < b.N, nil }
}

func BenchmarkWalk(b *testing.B) {
	b.ReportAllocs()
	for range paging.Walk(b.Context(), 0, benchmarkPages(b)) {
	}
}

func BenchmarkWalkAhead(b *testing.B) {
	b.ReportAllocs()
	for range paging.WalkAhead(b.Context(), 0, benchmarkPages(b)) {
	}
}

func BenchmarkOffset(b *testing.B) {
	b.ReportAllocs()
	rows := numbers(0, 1000)
	fetch := func(context.Context, int) ([]int, int, error) { return rows, b.N * len(rows), nil }
	for range paging.Offset(b.Context(), 0, 4, fetch) {
	}
}
