package tenantusage

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The memory of a walk agrees with a plain set, whatever order servers come in.
func TestLawSeenIsASet(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var met seen
		known := map[string]bool{}
		for range rapid.IntRange(1, 400).Draw(t, "rows") {
			project := fmt.Sprintf("p%d", rapid.IntRange(0, 4).Draw(t, "project"))
			n := rapid.IntRange(0, 60).Draw(t, "id")
			id := fmt.Sprintf("%08x-0000-4000-8000-%012x", n, n*7)
			if n > 55 {
				id = fmt.Sprintf("odd-%d", n)
			}
			key := project + "/" + id
			if n > 55 {
				key = id
			}
			if got := met.add(project, id); got != known[key] {
				t.Fatalf("%s: known %v, want %v", key, got, known[key])
			}
			known[key] = true
		}
	})
}

func TestSeenKeepsLongRunsInOrder(t *testing.T) {
	t.Parallel()
	var met seen
	id := func(n int) string { return fmt.Sprintf("%08x-0000-4000-8000-000000000000", n) }
	for n := range 5000 {
		require.False(t, met.add("p", id(2*n)))
	}
	require.False(t, met.stepped)
	for n := range 5000 {
		require.True(t, met.add("p", id(2*n)))
		require.False(t, met.add("p", id(2*n+1)))
	}
}

// A sum over many pages is the exact sum, rounded once or nearly so.
func TestLawSumDoesNotDrift(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var s sum
		exact := new(big.Float).SetPrec(2000)
		for _, x := range rapid.SliceOf(rapid.Float64Range(-1e12, 1e12)).Draw(t, "terms") {
			s.add(x)
			exact.Add(exact, big.NewFloat(x))
		}
		want, _ := exact.Float64()
		diff := s.value() - want
		if diff > 1e-3 || diff < -1e-3 {
			t.Fatalf("got %v, want %v", s.value(), want)
		}
	})
}

func TestSumOverThousandsOfPages(t *testing.T) {
	t.Parallel()
	var s sum
	plain := 0.0
	for range 1_000_000 {
		s.add(0.1)
		plain += 0.1
	}
	require.InDelta(t, 100_000.0, s.value(), 1e-9)
	require.Greater(t, plain-100_000.0, 1e-7, "a plain sum drifts, or this proves nothing")
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"tenant_usages": [{"tenant_id": "p", "server_usages": [{"hours": 0, "ended_at": null}], "stop": "2026-11-23T01:00:00.000000"}]}`,
		`{"tenant_usage": {}}`, `{"tenant_usages": null}`, `{"tenant_usage_links": [{"rel": "next", "href": "?marker=a"}], "tenant_usage": {}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := decode(body)
		if err != nil {
			return
		}
		rows := 0
		for _, u := range p.projects {
			rows += len(u.Servers)
		}
		if rows > len(p.rows) {
			t.Fatalf("%d rows in projects, %d in the page", rows, len(p.rows))
		}
	})
}
