package pyscripts

import (
	"crypto/sha512"
	"encoding/hex"
	"time"

	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// Script is a Python program that puts prices on what was metered. CloudKitty's processors run it with all of their
// rights: who may write scripts may run code on those machines.
//
// Source: CloudKitty, rating/pyscripts/datamodels/script.py.
type Script struct {
	// ID is the UUID.
	ID string
	// Name is unique among the scripts that are not deleted.
	Name string
	// Data is the program; empty in a list that was asked for without.
	Data string
	// Checksum is the SHA-512 of the program, in hexadecimal digits: compare with [Checksum].
	Checksum string

	// What follows is empty on releases before 23.0 (2025.2), where scripts have no history.

	// Description is the operator's.
	Description string
	// Start is from when on the script runs, UTC. Where none was given the service writes when its own process began.
	// See [WithLocation].
	Start time.Time
	// End is until when the script runs, UTC; nil for good.
	End *time.Time
	// CreatedAt is when the script was made, UTC.
	CreatedAt time.Time
	// Deleted is when the script was deleted, UTC; nil where it was not.
	Deleted *time.Time
	// CreatedBy, UpdatedBy and DeletedBy are ids of users; empty where nobody was it.
	CreatedBy, UpdatedBy, DeletedBy string
}

// Checksum is what [Script.Checksum] is for a program, to see whether the service has it without reading it.
func Checksum(data string) string {
	sum := sha512.Sum512([]byte(data))
	return hex.EncodeToString(sum[:])
}

// dated tells of a release whose scripts have dates.
func (s *Script) dated() bool { return !s.Start.IsZero() || !s.CreatedAt.IsZero() }

func (c *Client) readScript(r *jsonstream.Reader) (s Script, err error) {
	err = r.Object(func(name []byte) error { return c.field(r, &s, name) })
	return s, err
}

func (c *Client) field(r *jsonstream.Reader, s *Script, name []byte) (err error) {
	switch string(name) {
	case "script_id":
		s.ID, err = r.String()
	case "name":
		s.Name, err = r.String()
	case "data":
		s.Data, err = r.String()
	case "checksum":
		s.Checksum, err = r.String()
	case "description":
		s.Description, err = r.String()
	case "start":
		s.Start, err = c.time(r)
	case "end":
		s.End, err = c.optionalTime(r)
	case "created_at":
		s.CreatedAt, err = c.time(r)
	case "deleted":
		s.Deleted, err = c.optionalTime(r)
	case "created_by":
		s.CreatedBy, err = r.String()
	case "updated_by":
		s.UpdatedBy, err = r.String()
	case "deleted_by":
		s.DeletedBy, err = r.String()
	}
	return err
}

// time reads a date in the service's own time zone, which it does not name; null is the zero time.
func (c *Client) time(r *jsonstream.Reader) (time.Time, error) {
	t, err := r.Time()
	if err != nil || t.IsZero() {
		return time.Time{}, err
	}
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), c.location).UTC(), nil
}

func (c *Client) optionalTime(r *jsonstream.Reader) (*time.Time, error) {
	t, err := c.time(r)
	if err != nil || t.IsZero() {
		return nil, err
	}
	return &t, nil
}

// stamp writes a date, and nothing for the zero time. With an offset the service would fail, and without the T it
// would take the end of the day.
func (c *Client) stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	if t = t.In(c.location); t.Nanosecond() >= int(time.Microsecond) {
		return t.Format("2006-01-02T15:04:05.000000")
	}
	return t.Format("2006-01-02T15:04:05")
}
