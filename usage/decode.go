package usage

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// decoder reads documents of the service, and of its other clients.
type decoder struct {
	*jsonstream.Reader

	lenient  bool    // a value that cannot be read is a problem and not the end
	problems []error // what could not be read
	apart    bool    // Error and FailedRecordID stand in the record and are not of it
}

// errUnknown is what a reader of fields says to a name that it does not know.
var errUnknown = errors.New("unknown field")

// readStrictly reads a document that is one record.
func readStrictly(text []byte, read func(*decoder) error) error {
	d := &decoder{Reader: jsonstream.NewBytes(text)}
	if err := read(d); err != nil {
		return err
	}
	return d.End()
}

// object reads an object field by field and keeps what field does not know. The kind may stand in it, as
// UsageType.
func (d *decoder) object(extra *[]Field, kind Kind, field func(name string) error) error {
	apart := d.apart && kind != ""
	return d.Object(func(name []byte) error {
		key := string(name)
		err := field(key)
		if errors.Is(err, errUnknown) {
			switch {
			case apart && (key == "Error" || key == "FailedRecordID"), key == "UsageType" && kind != "":
				return d.Skip()
			}
			var value json.RawMessage
			if value, err = d.Raw(); err == nil {
				*extra = append(*extra, Field{key, value})
			}
		}
		return d.forgive(err)
	})
}

// forgive notes a value that cannot be read, where that is not the end.
func (d *decoder) forgive(err error) error {
	var wrong *jsonstream.Error
	if d.lenient && errors.As(err, &wrong) {
		d.problems = append(d.problems, err)
		return nil
	}
	return err
}

// text reads a text, or a number as the text that it is written with; null is "".
func (d *decoder) text() (string, error) {
	if d.Kind() == '0' {
		number, err := d.Raw()
		return string(number), err
	}
	return d.String()
}

// integer reads a whole number, also one that is written as text; null is 0.
func (d *decoder) integer() (int64, error) {
	if d.Kind() != '"' {
		return d.Int()
	}
	value, err := d.Raw()
	if err != nil {
		return 0, err
	}
	if n, err := jsonstream.NewBytes(bytes.Trim(value, `" `)).Int(); err == nil {
		return n, nil
	}
	return 0, &jsonstream.Error{Problem: "expected a whole number, got " + strings.ToValidUTF8(string(value), "\uFFFD")}
}

// counter reads a whole number that may be missing: null is nil.
func (d *decoder) counter() (*int64, error) {
	if d.Null() {
		return nil, nil //nolint:nilnil // a counter that is not there
	}
	n, err := d.integer()
	if err != nil {
		return nil, err
	}
	return &n, nil
}

// healed reads a text out of the arrays that amieclient has put around it, one more with each round trip.
func (d *decoder) healed() (string, error) {
	if d.Kind() != '[' {
		return d.text()
	}
	var found string
	err := d.Array(func() error {
		text, err := d.healed()
		switch {
		case err != nil || text == "":
			return err
		case found != "" && found != text:
			return &jsonstream.Error{Path: "ParentRecordID", Problem: "has two values"}
		}
		found = text
		return nil
	})
	return found, err
}
