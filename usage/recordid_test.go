package usage_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/gophermeter/gophermeter/usage"
)

func TestRecordID(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "vm-17:2026-10-01", usage.RecordID("vm-17", "2026-10-01"))
	seen := map[string]bool{}
	for _, parts := range [][]string{
		{"a", "b"}, {"a:b"}, {"a%3Ab"}, {"a", "b", ""}, {"", "a", "b"}, {""}, {}, {"ab"}, {"é"}, {"a b"}, {strings.Repeat("x", 51)}, {strings.Repeat("x", 52)},
	} {
		id := usage.RecordID(parts...)
		if len(parts) == 0 {
			continue // the same as one empty part
		}
		assert.False(t, seen[id], "%q", parts)
		seen[id] = true
		assert.LessOrEqual(t, len(id), 50)
		assert.NotEmpty(t, id)
		assert.Equal(t, id, usage.RecordID(parts...))
	}
	assert.Equal(t, "sha256-16ce5d4561f8ddf0c9e00c5ef9e6c0bf3b525fe1", usage.RecordID("This part alone is longer than fifty characters are."), "for ever")
}
