package amie

import (
	"slices"

	"github.com/gophermeter/gophermeter/usage"
)

// Outcome is what became of a chunk.
type Outcome string

// The outcomes of a chunk.
const (
	// Accepted chunks were validated by the service, and queued but for the records it returned.
	Accepted Outcome = "accepted"
	// Refused chunks were read by the service and not taken: nothing of them is queued.
	Refused Outcome = "refused"
	// NotSent chunks surely never reached the service.
	NotSent Outcome = "not sent"
	// Unknown chunks may be queued or not: the answer did not come, or could not be read. Status and FailedRecords
	// may tell.
	Unknown Outcome = "unknown"
)

// Report is what became of a message.
type Report struct {
	// Kind of the records.
	Kind usage.Kind
	// Chunks are the requests that the message took, in the order of its records, without gaps.
	Chunks []Chunk
}

// Chunk is one request, or records that never became one.
type Chunk struct {
	// First is the index of the first record in what was sent, Count how many there are.
	First, Count int
	// Bytes is the size of the request's body; 0 where none was made.
	Bytes int
	// Outcome tells whether the service has the records.
	Outcome Outcome
	// Message is the service's own, of an accepted chunk. It is for people: its wording is not fixed.
	Message string
	// Failed are the records that the service returned, of an accepted chunk.
	Failed []Failure
	// Err is why the chunk was not accepted; nil where it was.
	Err error
}

// Failure is a record that the service returned from a chunk.
type Failure struct {
	// Index of the record in what was sent; -1 where the service does not say clearly enough which one it means.
	Index int
	usage.FailedRecord
}

// Validated is the records that the service queued: those sent without those returned. One that was returned for
// several reasons counts once.
func (c Chunk) Validated() int {
	if c.Outcome != Accepted {
		return 0
	}
	n, returned := c.Count, map[int]bool{}
	for _, f := range c.Failed {
		if f.Index < 0 || !returned[f.Index] {
			n--
		}
		returned[f.Index] = true
	}
	return max(0, n)
}

// Validated is the records that the service queued, in all chunks.
func (r *Report) Validated() (n int) {
	for _, c := range r.Chunks {
		n += c.Validated()
	}
	return n
}

// Count is the records of all chunks with one of the outcomes; of all chunks where none is given.
func (r *Report) Count(outcomes ...Outcome) (n int) {
	for _, c := range r.Chunks {
		if len(outcomes) == 0 || slices.Contains(outcomes, c.Outcome) {
			n += c.Count
		}
	}
	return n
}

// Failed are the records that the service returned, of all chunks.
func (r *Report) Failed() (all []Failure) {
	for _, c := range r.Chunks {
		all = append(all, c.Failed...)
	}
	return all
}
