package usage

import "encoding/json"

// Kind is what a record or message is about. One that arrives and is unknown here is kept as it was sent.
//
// Source: amieclient 0.6.1, UsageType.
type Kind string

// The kinds of records; a message holds one of them.
const (
	Compute    Kind = "Compute"    // a job, or a slice of an instance's life
	Storage    Kind = "Storage"    // what lies on a store when it is looked at
	Adjustment Kind = "Adjustment" // a correction of what an allocation has been charged
)

// AdjustmentType says which way an adjustment goes; its charge is positive either way.
//
// Source: amieclient 0.6.1, AdjustmentUsageRecord.
type AdjustmentType string

// The types of adjustments that the service knows.
const (
	Credit        AdjustmentType = "credit"         // gives SUs to an allocation
	Refund        AdjustmentType = "refund"         // gives back what a job was charged; StartTime is that job's SubmitTime
	StorageCredit AdjustmentType = "storage-credit" // gives storage to an allocation
	Debit         AdjustmentType = "debit"          // takes SUs from an allocation
	Reservation   AdjustmentType = "reservation"    // charges SUs for nodes that were reserved
	StorageDebit  AdjustmentType = "storage-debit"  // takes storage from an allocation
)

var adjustmentTypes = []AdjustmentType{Credit, Refund, StorageCredit, Debit, Reservation, StorageDebit}

// Field is a member of a JSON object that this package does not know.
type Field struct {
	// Name is the member's key, as it was sent.
	Name string
	// Value is JSON of any type.
	Value json.RawMessage
}
