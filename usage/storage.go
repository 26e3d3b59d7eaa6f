package usage

import (
	"time"

	"github.com/shopspring/decimal"
)

// StorageRecord is what a user's data took up on a store when the site looked. Its counters are nil where the
// site does not count, which is not sent; 0 says that there is nothing.
//
// Source: amieclient 0.6.1, StorageUsageRecord; requests recorded from it.
type StorageRecord struct {
	// Username is the login on the resource, as the site reported it to AMIE (RemoteSiteLogin); at most 30
	// characters. Required.
	Username string
	// LocalProjectID is the ProjectID that the site gave when the project was created. Required.
	LocalProjectID string
	// LocalRecordID is the site's id of the record, unique on the Resource; see [Key]. Required.
	LocalRecordID string
	// Resource is the name in AMIE's packets. Required.
	Resource string
	// CollectionTime is when the site looked. It is a part of the key. Required.
	CollectionTime time.Time
	// Charge is what is charged, in the resource's unit, which is usually GB stored. Required.
	Charge decimal.Decimal

	// BytesRead and BytesWritten since the collection before, and BytesStored at this one.
	BytesRead, BytesStored, BytesWritten *int64
	// CollectionInterval is the days between collections.
	CollectionInterval *int64
	// FileCount is the files stored, FilesRead and FilesWritten those touched since the collection before.
	FileCount, FilesRead, FilesWritten *int64
	// MediaType is what the data lies on: Tape, Disk, SSD; empty is not sent.
	MediaType string
	// SystemCopies and UserCopies are the copies that the system, or the user, keeps.
	SystemCopies, UserCopies *int64

	// LocalReference comes back with every error about the record; empty is not sent.
	LocalReference string

	// Extra are fields that this package does not know, ExtraAttributes those among the Attributes.
	Extra, ExtraAttributes []Field
}

// Kind is always [Storage].
func (r StorageRecord) Kind() Kind { return Storage }

// Key is made of Resource, LocalRecordID and CollectionTime.
func (r StorageRecord) Key() Key {
	return keyOf(Storage, r.Resource, r.LocalRecordID, r.CollectionTime)
}

// AppendJSON writes the record as it is sent, behind dst. It does not validate, but a time or charge that JSON
// text cannot hold is an error.
func (r StorageRecord) AppendJSON(dst []byte) ([]byte, error) {
	e := encoder{buf: dst}
	e.charge(`{"Charge":"`, r.Charge)
	e.time(`,"CollectionTime":"`, r.CollectionTime)
	e.text(`,"LocalProjectID":`, r.LocalProjectID)
	e.text(`,"LocalRecordID":`, r.LocalRecordID)
	e.text(`,"Resource":`, r.Resource)
	e.text(`,"Username":`, r.Username)
	e.raw(`,"Attributes":{`)
	first := len(e.buf)
	e.counter(`,"BytesRead":`, r.BytesRead)
	e.counter(`,"BytesStored":`, r.BytesStored)
	e.counter(`,"BytesWritten":`, r.BytesWritten)
	e.counter(`,"CollectionInterval":`, r.CollectionInterval)
	e.counter(`,"FileCount":`, r.FileCount)
	e.counter(`,"FilesRead":`, r.FilesRead)
	e.counter(`,"FilesWritten":`, r.FilesWritten)
	e.textUnlessEmpty(`,"MediaType":`, r.MediaType)
	e.counter(`,"SystemCopies":`, r.SystemCopies)
	e.counter(`,"UserCopies":`, r.UserCopies)
	e.extra(r.ExtraAttributes, storageAttributes)
	e.withoutComma(first)
	e.raw(`}`)
	e.textUnlessEmpty(`,"LocalReference":`, r.LocalReference)
	e.extra(r.Extra, storageFields)
	e.raw(`}`)
	return e.end(len(dst))
}

// MarshalJSON is the record as it is sent.
func (r StorageRecord) MarshalJSON() ([]byte, error) { return r.AppendJSON(nil) }

// UnmarshalJSON reads a record as any client is known to have sent it.
func (r *StorageRecord) UnmarshalJSON(text []byte) error {
	*r = StorageRecord{}
	return readStrictly(text, func(d *decoder) error { return readStorage(d, r) })
}

var (
	storageAttributes = []string{
		"BytesRead", "BytesStored", "BytesWritten", "CollectionInterval", "FileCount", "FilesRead", "FilesWritten",
		"MediaType", "SystemCopies", "UserCopies",
	}
	storageFields = []string{
		"Charge", "CollectionTime", "LocalProjectID", "LocalRecordID", "Resource", "Username", "Attributes", "LocalReference",
	}
)

func readStorage(d *decoder, r *StorageRecord) error {
	return d.object(&r.Extra, Storage, func(name string) (err error) {
		switch name {
		case "Username":
			r.Username, err = d.text()
		case "LocalProjectID":
			r.LocalProjectID, err = d.text()
		case "LocalRecordID":
			r.LocalRecordID, err = d.text()
		case "Resource":
			r.Resource, err = d.text()
		case "CollectionTime":
			r.CollectionTime, err = d.Time()
		case "Charge":
			r.Charge, err = d.Decimal()
		case "Attributes":
			err = d.object(&r.ExtraAttributes, "", storageAttribute(d, r))
		case "LocalReference":
			r.LocalReference, err = d.text()
		default:
			err = errUnknown
		}
		return err
	})
}

func storageAttribute(d *decoder, r *StorageRecord) func(string) error {
	return func(name string) (err error) {
		switch name {
		case "BytesRead":
			r.BytesRead, err = d.counter()
		case "BytesStored":
			r.BytesStored, err = d.counter()
		case "BytesWritten":
			r.BytesWritten, err = d.counter()
		case "CollectionInterval":
			r.CollectionInterval, err = d.counter()
		case "FileCount":
			r.FileCount, err = d.counter()
		case "FilesRead":
			r.FilesRead, err = d.counter()
		case "FilesWritten":
			r.FilesWritten, err = d.counter()
		case "MediaType":
			r.MediaType, err = d.text()
		case "SystemCopies":
			r.SystemCopies, err = d.counter()
		case "UserCopies":
			r.UserCopies, err = d.counter()
		default:
			err = errUnknown
		}
		return err
	}
}
