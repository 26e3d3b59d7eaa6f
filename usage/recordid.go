package usage

import (
	"crypto/sha256"
	"fmt"
	"strings"
)

// longestID is a length of LocalRecordID that is known to be accepted.
const longestID = 50

// RecordID makes a LocalRecordID out of what tells the usage from all other usage on its resource, such as a job's
// id, or an instance and a day. The same parts give the same id, on every machine and in every release, and others
// another. Short parts can be read in it: RecordID("vm-17", "2026-10-01") is vm-17:2026-10-01.
func RecordID(parts ...string) string {
	escaped := make([]string, len(parts))
	for i, p := range parts {
		escaped[i] = strings.NewReplacer("%", "%25", ":", "%3A").Replace(p)
	}
	id := strings.Join(escaped, ":")
	odd := strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' })
	if !odd && id != "" && len(id) <= longestID {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return fmt.Sprintf("sha256-%x", sum[:20])
}
