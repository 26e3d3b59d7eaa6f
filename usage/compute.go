package usage

import (
	"time"

	"github.com/shopspring/decimal"
)

// ComputeRecord is the use of a compute resource: a batch job, or a slice of an instance's life.
//
// Source: amieclient 0.6.1, ComputeUsageRecord; requests recorded from it.
type ComputeRecord struct {
	// Username is the login on the resource, as the site reported it to AMIE (RemoteSiteLogin); at most 30
	// characters. Required.
	Username string
	// LocalProjectID is the ProjectID that the site gave when the project was created. Required.
	LocalProjectID string
	// LocalRecordID is the site's id of the job, unique on the Resource; see [Key]. Required.
	LocalRecordID string
	// Resource is the name in AMIE's packets, such as jetstream2.indiana.xsede.org. Required.
	Resource string
	// SubmitTime is when the job was queued. It is a part of the key, so it must not change when the record is
	// sent again. Required.
	SubmitTime time.Time
	// StartTime and EndTime are when the job ran, or the slice of it that is charged. Required.
	StartTime, EndTime time.Time
	// Charge is what the job costs, in SUs of the resource. 0 takes back what was charged before. Required.
	Charge decimal.Decimal

	// NodeCount is the nodes that the job had; at least 1. Required.
	NodeCount int64
	// CPUCoreCount is the cores that the job had; 0 is not sent.
	CPUCoreCount int64
	// JobName is what the user called the job; empty is not sent.
	JobName string
	// Memory that the job had. The service documents no unit, so it is best left 0, which is not sent.
	Memory int64
	// Queue is the scheduler's queue, or what comes closest to it; empty is not sent.
	Queue string

	// ParentRecordID is the LocalRecordID of the job that this one is a part of; empty is not sent. The arrays
	// around it that amieclient sends are taken off when it is read.
	ParentRecordID string
	// LocalReference comes back with every error about the record; empty is not sent.
	LocalReference string

	// Extra are fields that this package does not know, ExtraAttributes those among the Attributes.
	Extra, ExtraAttributes []Field
}

// Kind is always [Compute].
func (r ComputeRecord) Kind() Kind { return Compute }

// Key is made of Resource, LocalRecordID and SubmitTime.
func (r ComputeRecord) Key() Key { return keyOf(Compute, r.Resource, r.LocalRecordID, r.SubmitTime) }

// AppendJSON writes the record as it is sent, behind dst. It does not validate, but a time or charge that JSON
// text cannot hold is an error.
func (r ComputeRecord) AppendJSON(dst []byte) ([]byte, error) {
	e := encoder{buf: dst}
	e.text(`{"Username":`, r.Username)
	e.text(`,"LocalProjectID":`, r.LocalProjectID)
	e.text(`,"LocalRecordID":`, r.LocalRecordID)
	e.text(`,"Resource":`, r.Resource)
	e.time(`,"SubmitTime":"`, r.SubmitTime)
	e.time(`,"StartTime":"`, r.StartTime)
	e.time(`,"EndTime":"`, r.EndTime)
	e.charge(`,"Charge":"`, r.Charge)
	e.integer(`,"Attributes":{"NodeCount":`, r.NodeCount)
	if r.CPUCoreCount != 0 {
		e.integer(`,"CpuCoreCount":`, r.CPUCoreCount)
	}
	e.textUnlessEmpty(`,"JobName":`, r.JobName)
	if r.Memory != 0 {
		e.integer(`,"Memory":`, r.Memory)
	}
	e.textUnlessEmpty(`,"Queue":`, r.Queue)
	e.extra(r.ExtraAttributes, computeAttributes)
	e.raw(`}`)
	e.textUnlessEmpty(`,"ParentRecordID":`, r.ParentRecordID)
	e.textUnlessEmpty(`,"LocalReference":`, r.LocalReference)
	e.extra(r.Extra, computeFields)
	e.raw(`}`)
	return e.end(len(dst))
}

// MarshalJSON is the record as it is sent.
func (r ComputeRecord) MarshalJSON() ([]byte, error) { return r.AppendJSON(nil) }

// UnmarshalJSON reads a record as any client is known to have sent it.
func (r *ComputeRecord) UnmarshalJSON(text []byte) error {
	*r = ComputeRecord{}
	return readStrictly(text, func(d *decoder) error { return readCompute(d, r) })
}

var (
	computeAttributes = []string{"NodeCount", "CpuCoreCount", "JobName", "Memory", "Queue"}
	computeFields     = []string{
		"Username", "LocalProjectID", "LocalRecordID", "Resource", "SubmitTime", "StartTime", "EndTime", "Charge",
		"Attributes", "ParentRecordID", "LocalReference",
	}
)

func readCompute(d *decoder, r *ComputeRecord) error {
	return d.object(&r.Extra, Compute, func(name string) (err error) {
		switch name {
		case "Username":
			r.Username, err = d.text()
		case "LocalProjectID":
			r.LocalProjectID, err = d.text()
		case "LocalRecordID":
			r.LocalRecordID, err = d.text()
		case "Resource":
			r.Resource, err = d.text()
		case "SubmitTime":
			r.SubmitTime, err = d.Time()
		case "StartTime":
			r.StartTime, err = d.Time()
		case "EndTime":
			r.EndTime, err = d.Time()
		case "Charge":
			r.Charge, err = d.Decimal()
		case "Attributes":
			err = d.object(&r.ExtraAttributes, "", computeAttribute(d, r))
		case "ParentRecordID":
			r.ParentRecordID, err = d.healed()
		case "LocalReference":
			r.LocalReference, err = d.text()
		default:
			err = errUnknown
		}
		return err
	})
}

func computeAttribute(d *decoder, r *ComputeRecord) func(string) error {
	return func(name string) (err error) {
		switch name {
		case "NodeCount":
			r.NodeCount, err = d.integer()
		case "CpuCoreCount":
			r.CPUCoreCount, err = d.integer()
		case "JobName":
			r.JobName, err = d.text()
		case "Memory":
			r.Memory, err = d.integer()
		case "Queue":
			r.Queue, err = d.text()
		default:
			err = errUnknown
		}
		return err
	}
}
