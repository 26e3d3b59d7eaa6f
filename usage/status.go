package usage

import (
	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// Status is what became of the records that the service processed, by resource.
//
// Source: amieclient 0.6.1, UsageStatus.
type Status []ResourceStatus

// ResourceStatus is the part of one resource.
//
// Source: amieclient 0.6.1, UsageStatusResource.
type ResourceStatus struct {
	// Resource is the name in AMIE's packets.
	Resource string
	// LoadedRecordCount is the records that were loaded, and so charged.
	LoadedRecordCount int64
	// FailedJobCount is the records that were not.
	FailedJobCount int64
	// TotalCharge of the loaded records, in the resource's unit.
	TotalCharge decimal.Decimal
	// Errors are the failures, those with the same error together.
	Errors []StatusError
	// Extra are fields that this package does not know.
	Extra []Field
}

// StatusError is a reason for failures.
type StatusError struct {
	// Error is what the service has to say.
	Error string
	// Records are those it says it of.
	Records []FailedRecord
}

// UnmarshalJSON reads an answer of the service, which is a bare array. Anything else, and a count or charge that
// is no number, is an error.
func (s *Status) UnmarshalJSON(text []byte) error {
	*s = Status{}
	d := &decoder{Reader: jsonstream.NewBytes(text)}
	err := d.Array(func() error {
		var r ResourceStatus
		if err := r.read(d); err != nil {
			return err
		}
		*s = append(*s, r)
		return nil
	})
	if err != nil {
		return err
	}
	return d.End()
}

// UnmarshalJSON reads the part of one resource.
func (r *ResourceStatus) UnmarshalJSON(text []byte) error {
	*r = ResourceStatus{}
	return readStrictly(text, r.read)
}

func (r *ResourceStatus) read(d *decoder) error {
	return d.object(&r.Extra, "", func(name string) (err error) {
		switch name {
		case "Resource":
			r.Resource, err = d.text()
		case "LoadedRecordCount":
			r.LoadedRecordCount, err = d.integer()
		case "FailedJobCount":
			r.FailedJobCount, err = d.integer()
		case "TotalCharge":
			r.TotalCharge, err = d.Decimal()
		case "Errors":
			err = d.Array(func() error {
				e, err := d.statusError()
				r.Errors = append(r.Errors, e)
				return err
			})
		default:
			err = errUnknown
		}
		return err
	})
}

// statusError reads a group of failures. The kind stands in each, in the group or in both, so the group is read
// twice. One that is no group is shown as it is.
func (d *decoder) statusError() (StatusError, error) {
	var e StatusError
	raw, err := d.Raw()
	if err != nil {
		return e, err
	}
	group, err := kindIn(raw)
	if err != nil {
		return StatusError{Error: string(raw)}, nil //nolint:nilerr // a bad group hides no other
	}
	in := &decoder{Reader: jsonstream.NewBytes(raw), lenient: true}
	err = in.Object(func(name []byte) (err error) {
		switch string(name) {
		case "Error":
			e.Error, err = in.anything()
		case "Records":
			e.Records, err = in.failures(group)
		}
		return in.forgive(err)
	})
	if len(in.problems) > 0 {
		e.Records = append(e.Records, FailedRecord{Kind: group, Problem: distinct(in.problems), Raw: raw})
	}
	for i := range e.Records {
		if e.Records[i].Error == "" {
			e.Records[i].Error = e.Error
		}
	}
	return e, err
}
