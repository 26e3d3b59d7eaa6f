package journal

import (
	"bytes"
	"fmt"

	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/usage"
)

// Add puts records into the journal, all of them or none, to be sent by the next Deliver. Each must be valid; the
// error is usage.FieldErrors otherwise. What is there already is left as it is, in whatever state. A record with the
// key of another and different content restates it and is pending again; that is refused for an adjustment that was
// sent and did not fail.
func Add[R usage.Record](j *Journal, records ...R) error {
	if err := usage.MessageOf(records...).Validate(j.rules); err != nil {
		return err
	}
	return j.update(func(s *store) error {
		for i := range records {
			text, err := records[i].AppendJSON(nil)
			if err != nil {
				return fmt.Errorf("record %d: %w", i, err)
			}
			if err := s.add(records[i].Key(), text); err != nil {
				return fmt.Errorf("record %d: %w", i, err)
			}
		}
		return nil
	})
}

func (s *store) add(k usage.Key, text []byte) error {
	key := encodeKey(k)
	old, err := s.get(key)
	if err != nil {
		return err
	}
	fresh := &row{state: Pending, added: now(), record: text}
	switch {
	case old == nil:
	case bytes.Equal(old.record, text):
		return nil
	case k.Kind == usage.Adjustment && old.state != Pending && old.state != Failed:
		return errs.Invalid("LocalRecordID", "%s is %s, and an adjustment cannot be restated", k, old.state)
	default:
		fresh.failed, fresh.attempts = old.failed, old.attempts
	}
	return s.put(key, fresh)
}
