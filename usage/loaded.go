package usage

import (
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// LoadedRecord is a compute record that the service has charged. No document of the service shows one: the names
// are those that one site's client has for them, and are read in any case of their letters. One that lacks more than
// the AccountingDBRecordID cannot be read.
type LoadedRecord struct {
	// AccountingDBRecordID is the record's id in the accounting database.
	AccountingDBRecordID string
	// LocalRecordID and Resource are the record's.
	LocalRecordID, Resource string
	// SubmitTime is the record's, in UTC; the three together are its key.
	SubmitTime time.Time
	// LoadedTime is when it was charged, in UTC.
	LoadedTime time.Time
	// Charge is what it was charged, in SUs; the database may have fewer decimals than were sent.
	Charge decimal.Decimal
	// Extra are fields that this package does not know.
	Extra []Field
}

// Key of the record that was loaded.
func (l LoadedRecord) Key() Key { return keyOf(Compute, l.Resource, l.LocalRecordID, l.SubmitTime) }

// UnmarshalJSON reads one record.
func (l *LoadedRecord) UnmarshalJSON(text []byte) error {
	*l = LoadedRecord{}
	return readStrictly(text, func(d *decoder) error { return readLoaded(d, l) })
}

// readLoaded refuses a record without one of the fields that say what was charged, and when: where the service calls it
// otherwise, a charge would be read as 0, and a record never be found.
func readLoaded(d *decoder, l *LoadedRecord) error {
	charged := false
	err := d.object(&l.Extra, Compute, func(name string) (err error) {
		switch strings.ToLower(name) {
		case "accountingdbrecordid":
			l.AccountingDBRecordID, err = d.text()
		case "localrecordid":
			l.LocalRecordID, err = d.text()
		case "resource":
			l.Resource, err = d.text()
		case "submittime":
			l.SubmitTime, err = d.Time()
		case "loadedtime":
			l.LoadedTime, err = d.Time()
		case "charge":
			charged = !d.Null()
			if charged {
				l.Charge, err = d.Decimal()
			}
		default:
			err = errUnknown
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, f := range []struct {
		name    string
		missing bool
	}{
		{"LocalRecordID", l.LocalRecordID == ""},
		{"Resource", l.Resource == ""},
		{"SubmitTime", l.SubmitTime.IsZero()},
		{"LoadedTime", l.LoadedTime.IsZero()},
		{"Charge", !charged},
	} {
		if f.missing {
			return fmt.Errorf("a loaded record has no %s", f.name)
		}
	}
	return nil
}

// ReadLoadedRecords reads a list of loaded records: a bare array, or an object with an array under name. Where
// name is empty, the object must have one array only.
func ReadLoadedRecords(text []byte, name string) ([]LoadedRecord, error) {
	d := &decoder{Reader: jsonstream.NewBytes(text)}
	var all []LoadedRecord
	element := func() error {
		var l LoadedRecord
		err := readLoaded(d, &l)
		all = append(all, l)
		return err
	}
	if d.Kind() == '[' {
		if err := d.Array(element); err != nil {
			return nil, err
		}
		return all, d.End()
	}
	lists := 0
	err := d.Object(func(member []byte) error {
		if string(member) == name || name == "" && d.Kind() == '[' {
			lists++
			return d.Array(element)
		}
		return nil
	})
	if err == nil {
		err = d.End()
	}
	if err == nil && lists != 1 {
		err = fmt.Errorf("the answer has %d lists of loaded records", lists)
	}
	if err != nil {
		return nil, err
	}
	return all, nil
}
