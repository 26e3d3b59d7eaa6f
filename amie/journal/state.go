package journal

import (
	"time"

	"github.com/gophermeter/gophermeter/usage"
)

// State is how far a record has come.
type State string

// The states of a record.
const (
	Pending   State = "pending"   // to be sent
	Sending   State = "sending"   // being sent, or left so by a process that ended
	Submitted State = "submitted" // validated and queued by the service
	Loaded    State = "loaded"    // charged
	Failed    State = "failed"    // returned by the service, not loaded by it, or refused before it was sent
	Unknown   State = "unknown"   // sent without an answer
)

// states by the byte that the file has for each.
var states = []State{Pending, Sending, Submitted, Loaded, Failed, Unknown}

var kinds = []usage.Kind{usage.Compute, usage.Storage, usage.Adjustment}

// Entry is a record with what is known of it.
type Entry struct {
	// Key tells it from all others.
	Key usage.Key
	// State is how far it has come.
	State State
	// Batch numbers the records that were sent together last; 0 before that.
	Batch uint64
	// Attempts counts how often it was going to be sent.
	Attempts int
	// Added is when it was first added, or restated last.
	Added time.Time
	// Sent is when it was sent last; zero before that.
	Sent time.Time
	// Error is what the service said of it last, or why it could not be sent.
	Error string
	// FailedIDs are the service's numbers of its failures, which are cleared once it is accepted.
	FailedIDs []int64
	// Compute is the record of that kind, nil of another.
	Compute *usage.ComputeRecord
	// Storage is the record of that kind, nil of another.
	Storage *usage.StorageRecord
	// Adjustment is the record of that kind, nil of another.
	Adjustment *usage.AdjustmentRecord
}

// read puts the record where its kind says.
func (e *Entry) read(text []byte) error {
	switch e.Key.Kind {
	case usage.Compute:
		e.Compute = new(usage.ComputeRecord)
		return e.Compute.UnmarshalJSON(text)
	case usage.Storage:
		e.Storage = new(usage.StorageRecord)
		return e.Storage.UnmarshalJSON(text)
	default:
		e.Adjustment = new(usage.AdjustmentRecord)
		return e.Adjustment.UnmarshalJSON(text)
	}
}
