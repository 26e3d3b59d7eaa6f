package usage

import (
	"fmt"
	"time"
)

// Record is what a message can be made of. It is a constraint, so that a message of two kinds does not compile.
type Record interface {
	ComputeRecord | StorageRecord | AdjustmentRecord

	// Kind of the record, which is its type's.
	Kind() Kind
	// Key by which the service is taken to know the record.
	Key() Key
	// Validate finds what the service would refuse or misunderstand.
	Validate(rules Rules) error
	// AppendJSON writes the record as it is sent.
	AppendJSON(dst []byte) ([]byte, error)
}

// Key tells records apart: one that is sent with the key of an earlier one restates it. Keys are comparable.
type Key struct {
	// Kind of the record; the three have separate keys.
	Kind Kind
	// Resource and LocalRecordID are the record's.
	Resource, LocalRecordID string
	// Time, in UTC, is the SubmitTime of a compute record, the CollectionTime of a storage record and the
	// StartTime of an adjustment. A restatement must repeat it to the fraction.
	Time time.Time
}

func keyOf(kind Kind, resource, id string, at time.Time) Key {
	return Key{Kind: kind, Resource: resource, LocalRecordID: id, Time: at.UTC().Round(0)} // without the monotonic clock
}

// String is the key on one line, for logs.
func (k Key) String() string {
	return fmt.Sprintf("%s %s %s %s", k.Kind, k.Resource, k.LocalRecordID, k.Time.UTC().Format(time.RFC3339Nano))
}
