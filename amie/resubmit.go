package amie

import (
	"context"
	"errors"
	"slices"

	"github.com/gophermeter/gophermeter/usage"
)

// ResubmitReport is what became of mended records.
type ResubmitReport struct {
	// Reports are those of the messages, one a kind; an index in them counts the records of that kind.
	Reports []*Report
	// Cleared are the IDs of the failures that were taken off the service's list, because their record was accepted.
	Cleared []int64
	// Left are the failures that stay on it: their record was returned again, refused, not sent, or nobody knows,
	// or could not be read in the first place.
	Left []usage.FailedRecord
}

// Resubmit sends failed records again, as they stand in Compute, Storage or Adjustment of each, and then clears
// those that were accepted; a failure without a record is left. In this order nothing is lost where the program
// ends in between: a compute record comes twice, and replaces itself.
//
// Of failures with one key, which are what remains of a record that was sent repeatedly, the last is sent and all
// are cleared. The report is never nil, and complete where there is an error.
//
// API: POST /usage/
//
// API: DELETE /usage/failed/{failed_record_ids}
func (c *UsageClient) Resubmit(ctx context.Context, failed []usage.FailedRecord) (*ResubmitReport, error) {
	report := &ResubmitReport{}
	groups := map[usage.Key][]usage.FailedRecord{}
	for _, f := range failed {
		if f.Compute == nil && f.Storage == nil && f.Adjustment == nil {
			report.Left = append(report.Left, f)
			continue
		}
		groups[f.Key()] = append(groups[f.Key()], f)
	}
	var clear []int64
	var all []error
	again := func(sent []usage.FailedRecord, m usage.Message) {
		if m.Len() == 0 {
			return
		}
		r, err := c.Send(ctx, m)
		report.Reports = append(report.Reports, r)
		all = append(all, err)
		accepted := acceptedIn(r)
		for i, f := range sent {
			if !accepted[i] {
				report.Left = append(report.Left, groups[f.Key()]...)
				continue
			}
			for _, other := range groups[f.Key()] {
				if other.ID != 0 {
					clear = append(clear, other.ID)
				}
			}
		}
	}
	compute, jobs := lastOfEach(failed, func(f usage.FailedRecord) *usage.ComputeRecord { return f.Compute })
	again(compute, usage.MessageOf(jobs...))
	storage, stores := lastOfEach(failed, func(f usage.FailedRecord) *usage.StorageRecord { return f.Storage })
	again(storage, usage.MessageOf(stores...))
	adjustment, adjustments := lastOfEach(failed, func(f usage.FailedRecord) *usage.AdjustmentRecord { return f.Adjustment })
	again(adjustment, usage.MessageOf(adjustments...))
	if len(clear) > 0 {
		var err error
		report.Cleared, err = c.clear(ctx, "amie.Resubmit", clear)
		all = append(all, err)
	}
	return report, errors.Join(all...)
}

// lastOfEach are the records of one kind, the last of each key, with their failures.
func lastOfEach[R usage.Record](failed []usage.FailedRecord, record func(usage.FailedRecord) *R) (of []usage.FailedRecord, records []R) {
	seen := map[usage.Key]bool{}
	for _, f := range slices.Backward(failed) {
		if r := record(f); r != nil && !seen[f.Key()] {
			seen[f.Key()] = true
			of, records = append(of, f), append(records, *r)
		}
	}
	slices.Reverse(of)
	slices.Reverse(records)
	return of, records
}

// acceptedIn are the indexes of the records that the service queued. Where it returned one and did not say which,
// none of that chunk counts.
func acceptedIn(r *Report) map[int]bool {
	accepted := map[int]bool{}
	for _, c := range r.Chunks {
		if c.Outcome != Accepted || slices.ContainsFunc(c.Failed, func(f Failure) bool { return f.Index < 0 }) {
			continue
		}
		for i := c.First; i < c.First+c.Count; i++ {
			accepted[i] = true
		}
		for _, f := range c.Failed {
			delete(accepted, f.Index)
		}
	}
	return accepted
}
