package amie

import (
	"errors"

	"github.com/gophermeter/gophermeter/usage"
)

// fits finds the records that are too large for any request, before the first is sent. Only those that could be
// are encoded for it.
func fits[R usage.Record](c *UsageClient, records []R) error {
	var (
		all     usage.FieldErrors
		scratch []byte
		none    R
	)
	before, after := usage.Envelope(none.Kind())
	around := len(before) + len(after)
	for i := range records {
		if around+atMost(&records[i]) <= c.set.maxBytes {
			continue
		}
		text, err := records[i].AppendJSON(scratch[:0])
		if err != nil {
			return at(i, err)
		}
		var large usage.FieldErrors
		if size := around + len(text); size > c.set.maxBytes && errors.As(tooLarge(i, size, c.set.maxBytes), &large) {
			all = append(all, large...)
		}
		scratch = text
	}
	if len(all) > 0 {
		return all
	}
	return nil
}

// What JSON makes of things at most.
const (
	fixed   = 2048 // names, times and numbers of a record, and the zeros of a charge's exponent
	escaped = 6    // bytes for one that has to be escaped
)

// atMost is more than the size of a record's JSON, found without making it.
func atMost[R usage.Record](r *R) int {
	switch r := any(r).(type) {
	case *usage.ComputeRecord:
		texts := len(r.Username) + len(r.LocalProjectID) + len(r.LocalRecordID) + len(r.Resource) + len(r.JobName) +
			len(r.Queue) + len(r.ParentRecordID) + len(r.LocalReference)
		return fixed + escaped*texts + fields(r.Extra) + fields(r.ExtraAttributes) + 2*r.Charge.NumDigits()
	case *usage.StorageRecord:
		texts := len(r.Username) + len(r.LocalProjectID) + len(r.LocalRecordID) + len(r.Resource) + len(r.MediaType) + len(r.LocalReference)
		return fixed + escaped*texts + fields(r.Extra) + fields(r.ExtraAttributes) + 2*r.Charge.NumDigits()
	case *usage.AdjustmentRecord:
		texts := len(r.AdjustmentType) + len(r.Username) + len(r.LocalProjectID) + len(r.LocalRecordID) + len(r.Resource) +
			len(r.Comment) + len(r.LocalReference)
		return fixed + escaped*texts + fields(r.Extra) + 2*r.Charge.NumDigits()
	}
	return 0
}

func fields(extra []usage.Field) (n int) {
	for _, f := range extra {
		n += escaped*len(f.Name) + len(f.Value) + 4
	}
	return n
}
