package usage

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// FailedRecord is a record that the service did not take: refused when it was sent, or accepted and not loaded.
// It shows whatever arrived, for a record that fails is one with something wrong in it.
//
// One of Compute, Storage and Adjustment holds the record, to be mended and sent again; none does where the
// service did not say the kind.
//
// Source: amieclient 0.6.1, from_dict of the records; its branch fix-failed-records-field-name.
type FailedRecord struct {
	// ID is the service's number of the failure, by which it is cleared. 0 where it has none: failures that come
	// back at once, with the answer to a message, are kept by nobody.
	ID int64
	// Error is what the service has to say.
	Error string
	// Kind as the service names it. Where it does not, it is told by fields that only one kind has, or empty.
	Kind Kind
	// LocalRecordID, Resource and LocalReference are the record's, whatever its kind.
	LocalRecordID, Resource, LocalReference string
	// Compute is the record of that kind, nil of another, as far as it could be read.
	Compute *ComputeRecord
	// Storage is the record of that kind, nil of another, as far as it could be read.
	Storage *StorageRecord
	// Adjustment is the record of that kind, nil of another, as far as it could be read.
	Adjustment *AdjustmentRecord
	// Problem says what could not be read of it; nil where everything could.
	Problem error
	// Raw is the failure as it came.
	Raw json.RawMessage
}

// Key of the record; its Time is zero where none could be read.
func (f FailedRecord) Key() Key {
	switch {
	case f.Compute != nil:
		return f.Compute.Key()
	case f.Storage != nil:
		return f.Storage.Key()
	case f.Adjustment != nil:
		return f.Adjustment.Key()
	}
	return Key{Kind: f.Kind, Resource: f.Resource, LocalRecordID: f.LocalRecordID}
}

// MarshalJSON is the failure as it came.
func (f FailedRecord) MarshalJSON() ([]byte, error) {
	if f.Raw == nil {
		return []byte("null"), nil
	}
	return f.Raw, nil
}

// UnmarshalJSON reads any JSON; what is no failed record has a Problem.
func (f *FailedRecord) UnmarshalJSON(text []byte) error {
	*f = readFailed(append(json.RawMessage(nil), text...), "")
	return nil
}

// tells are fields that one kind of records has alone.
var tells = map[string]Kind{
	"CollectionTime": Storage, "SubmitTime": Compute, "EndTime": Compute, "AdjustmentType": Adjustment,
}

// readFailed reads a failure, whose kind may be known from around it.
func readFailed(raw json.RawMessage, around Kind) FailedRecord {
	f := FailedRecord{Raw: raw}
	var told Kind
	d := &decoder{Reader: jsonstream.NewBytes(raw), lenient: true}
	err := d.Object(func(name []byte) (err error) {
		key := string(name)
		if kind := tells[key]; kind != "" {
			told = kind
		}
		switch key {
		case "FailedRecordID":
			f.ID, err = d.integer()
		case "Error":
			f.Error, err = d.anything()
		case "UsageType":
			f.Kind, err = d.kind()
		case "LocalRecordID":
			f.LocalRecordID, err = d.text()
		case "Resource":
			f.Resource, err = d.text()
		case "LocalReference":
			f.LocalReference, err = d.text()
		}
		return d.forgive(err)
	})
	if err = d.forgive(err); err != nil {
		d.problems = append(d.problems, err)
	}
	for _, kind := range []Kind{around, told} {
		if f.Kind == "" {
			f.Kind = kind
		}
	}
	if len(raw) > 0 && raw[0] == '{' {
		d.problems = append(d.problems, readRecord(&f, raw)...)
	}
	f.Problem = distinct(d.problems)
	return f
}

// readRecord reads the failure once more, as a record of its kind.
func readRecord(f *FailedRecord, raw json.RawMessage) []error {
	d := &decoder{Reader: jsonstream.NewBytes(raw), lenient: true, apart: true}
	var err error
	switch f.Kind {
	case Compute:
		f.Compute = &ComputeRecord{}
		err = readCompute(d, f.Compute)
	case Storage:
		f.Storage = &StorageRecord{}
		err = readStorage(d, f.Storage)
	case Adjustment:
		f.Adjustment = &AdjustmentRecord{}
		err = readAdjustment(d, f.Adjustment)
	default:
		err = &jsonstream.Error{Path: "UsageType", Problem: "is none of Compute, Storage, Adjustment"}
	}
	if err != nil {
		d.problems = append(d.problems, err)
	}
	return d.problems
}

// distinct joins what was found, once each: some fields are read twice.
func distinct(problems []error) error {
	var all []error
	seen := map[string]bool{}
	for _, p := range problems {
		if !seen[p.Error()] {
			seen[p.Error()] = true
			all = append(all, p)
		}
	}
	return errors.Join(all...)
}

// kind reads a UsageType, in any case; null is none.
func (d *decoder) kind() (Kind, error) {
	text, err := d.String()
	for _, kind := range []Kind{Compute, Storage, Adjustment} {
		if strings.EqualFold(text, string(kind)) {
			return kind, err
		}
	}
	return Kind(text), err
}

// anything reads a text, or else the JSON that stands in its place.
func (d *decoder) anything() (string, error) {
	if d.Kind() == '"' || d.Kind() == 'n' {
		return d.String()
	}
	value, err := d.Raw()
	return string(value), err
}

// failures reads a list of failed records. Null is an empty one.
func (d *decoder) failures(around Kind) (all []FailedRecord, err error) {
	err = d.Array(func() error {
		raw, err := d.Raw()
		var wrong *jsonstream.Error
		switch {
		case err == nil:
			all = append(all, readFailed(raw, around))
		case errors.As(err, &wrong) && raw == nil && d.Kind() != 0:
			all = append(all, FailedRecord{Problem: err}) // nested too deeply, and read
		default:
			return err
		}
		return nil
	})
	return all, err
}
