package usage

import (
	"fmt"
	"slices"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// Message is a list of records of one kind, which is what the service takes. The zero Message has no kind yet and
// takes that of the first records that are appended. Copies share their records; it is safe for concurrent
// reading.
//
// Source: amieclient 0.6.1, UsageMessage.
type Message struct {
	kind        Kind
	compute     []ComputeRecord
	storage     []StorageRecord
	adjustments []AdjustmentRecord
}

// MessageOf makes a message of records, which it holds and does not copy. Without records it still has their kind.
func MessageOf[R Record](records ...R) Message {
	var (
		m    Message
		none R
	)
	m.kind = none.Kind()
	add(&m, slices.Clip(records))
	return m
}

// Append adds records at the end. It refuses those of another kind than the message's.
func Append[R Record](m *Message, records ...R) error {
	var none R
	if m.kind != "" && m.kind != none.Kind() {
		return errs.Invalid("records", "a %s message takes no %s records", m.kind, none.Kind())
	}
	m.kind = none.Kind()
	add(m, records)
	return nil
}

// add takes a slice of one of the three kinds.
func add(m *Message, records any) {
	switch records := records.(type) {
	case []ComputeRecord:
		m.compute = joined(m.compute, records)
	case []StorageRecord:
		m.storage = joined(m.storage, records)
	case []AdjustmentRecord:
		m.adjustments = joined(m.adjustments, records)
	}
}

func joined[R Record](before, more []R) []R {
	if before == nil {
		return slices.Clip(more)
	}
	return append(before, more...)
}

// Kind of all records; empty for the zero Message.
func (m Message) Kind() Kind { return m.kind }

// Len is how many records there are.
func (m Message) Len() int { return len(m.compute) + len(m.storage) + len(m.adjustments) }

// Compute are the records of a message of that kind, nil of another.
func (m Message) Compute() []ComputeRecord { return m.compute }

// Storage are the records of a message of that kind, nil of another.
func (m Message) Storage() []StorageRecord { return m.storage }

// Adjustments are the records of a message of that kind, nil of another.
func (m Message) Adjustments() []AdjustmentRecord { return m.adjustments }

// Validate finds what is wrong with any record, and records with the key of an earlier one, which would be
// restated within one message. The error is [FieldErrors], in the order of the records.
func (m Message) Validate(rules Rules) error {
	var all FieldErrors
	switch m.kind {
	case Compute:
		all = problemsOf(m.compute, rules)
	case Storage:
		all = problemsOf(m.storage, rules)
	case Adjustment:
		all = problemsOf(m.adjustments, rules)
	}
	return all.orNil()
}

func problemsOf[R Record](records []R, rules Rules) (all FieldErrors) {
	first := make(map[Key]int, len(records))
	for i := range records {
		if found, ok := records[i].Validate(rules).(FieldErrors); ok { //nolint:errorlint // it is no other
			for _, e := range found {
				e.Index = i
			}
			all = append(all, found...)
		}
		key := records[i].Key()
		if before, ok := first[key]; ok {
			all = append(all, &FieldError{Index: i, Problem: fmt.Sprintf("has the key of record %d: %s", before, key)})
			continue
		}
		first[key] = i
	}
	return all
}
