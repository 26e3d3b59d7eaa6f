package usage

import (
	"time"

	"github.com/shopspring/decimal"
)

// AdjustmentRecord corrects what an allocation has been charged, outside any single job's record. Nothing is
// known about what a second one with the same key does: it may count twice, so it is never repeated on suspicion.
//
// Source: amieclient 0.6.1, AdjustmentUsageRecord; requests recorded from it.
type AdjustmentRecord struct {
	// AdjustmentType gives the direction. Required.
	AdjustmentType AdjustmentType
	// Charge is the amount, in SUs or the resource's unit; positive whatever the direction. Required.
	Charge decimal.Decimal
	// StartTime chooses the allocation: the one that was valid then. For a refund it is the SubmitTime of the
	// job. Required.
	StartTime time.Time
	// LocalProjectID is the ProjectID that the site gave when the project was created. Required.
	LocalProjectID string
	// LocalRecordID is the site's id of the adjustment, unique on the Resource. Required.
	LocalRecordID string
	// Resource is the name in AMIE's packets. Required.
	Resource string
	// Username is the login of the person that it is about; at most 30 characters. Required.
	Username string

	// Comment is for people; empty is not sent.
	Comment string
	// LocalReference comes back with every error about the record; empty is not sent.
	LocalReference string

	// Extra are fields that this package does not know.
	Extra []Field
}

// Kind is always [Adjustment].
func (r AdjustmentRecord) Kind() Kind { return Adjustment }

// Key is made of Resource, LocalRecordID and StartTime.
func (r AdjustmentRecord) Key() Key {
	return keyOf(Adjustment, r.Resource, r.LocalRecordID, r.StartTime)
}

// AppendJSON writes the record as it is sent, behind dst. It does not validate, but a time or charge that JSON
// text cannot hold is an error.
func (r AdjustmentRecord) AppendJSON(dst []byte) ([]byte, error) {
	e := encoder{buf: dst}
	e.text(`{"AdjustmentType":`, string(r.AdjustmentType))
	e.charge(`,"Charge":"`, r.Charge)
	e.time(`,"StartTime":"`, r.StartTime)
	e.text(`,"LocalProjectID":`, r.LocalProjectID)
	e.text(`,"LocalRecordID":`, r.LocalRecordID)
	e.text(`,"Resource":`, r.Resource)
	e.text(`,"Username":`, r.Username)
	e.textUnlessEmpty(`,"Comment":`, r.Comment)
	e.textUnlessEmpty(`,"LocalReference":`, r.LocalReference)
	e.extra(r.Extra, adjustmentFields)
	e.raw(`}`)
	return e.end(len(dst))
}

// MarshalJSON is the record as it is sent.
func (r AdjustmentRecord) MarshalJSON() ([]byte, error) { return r.AppendJSON(nil) }

// UnmarshalJSON reads a record as any client is known to have sent it.
func (r *AdjustmentRecord) UnmarshalJSON(text []byte) error {
	*r = AdjustmentRecord{}
	return readStrictly(text, func(d *decoder) error { return readAdjustment(d, r) })
}

var adjustmentFields = []string{
	"AdjustmentType", "Charge", "StartTime", "LocalProjectID", "LocalRecordID", "Resource", "Username", "Comment",
	"LocalReference",
}

func readAdjustment(d *decoder, r *AdjustmentRecord) error {
	return d.object(&r.Extra, Adjustment, func(name string) (err error) {
		switch name {
		case "AdjustmentType":
			var typ string
			typ, err = d.text()
			r.AdjustmentType = AdjustmentType(typ)
		case "Charge":
			r.Charge, err = d.Decimal()
		case "StartTime":
			r.StartTime, err = d.Time()
		case "LocalProjectID":
			r.LocalProjectID, err = d.text()
		case "LocalRecordID":
			r.LocalRecordID, err = d.text()
		case "Resource":
			r.Resource, err = d.text()
		case "Username":
			r.Username, err = d.text()
		case "Comment":
			r.Comment, err = d.text()
		case "LocalReference":
			r.LocalReference, err = d.text()
		default:
			err = errUnknown
		}
		return err
	})
}
