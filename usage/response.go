package usage

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// Response is the answer to a message: its records were validated, and those that passed queued. They are not
// loaded yet; [Status] tells what became of them.
//
// Source: amieclient 0.6.1, UsageResponse.
type Response struct {
	// Message is the service's, such as "3 records have been queued for loading."
	Message string
	// Failed are the records that did not pass. The service has forgotten them.
	Failed []FailedRecord
	// Raw is the answer as it came.
	Raw json.RawMessage
}

// UnmarshalJSON reads an answer. Failures stand under ValidationFailedRecords or FailedRecords, by the release of
// the service; both are read. A document with none of the three is no answer, and an error.
func (r *Response) UnmarshalJSON(text []byte) error {
	*r = Response{Raw: bytes.Clone(text)}
	known := false
	d := &decoder{Reader: jsonstream.NewBytes(text)}
	err := d.Object(func(name []byte) (err error) {
		switch string(name) {
		case "Message", "message":
			known = true
			r.Message, err = d.anything()
		case "ValidationFailedRecords", "FailedRecords":
			known = true
			var failed []FailedRecord
			failed, err = d.failures("")
			r.Failed = append(r.Failed, failed...)
		}
		return err
	})
	if err == nil {
		err = d.End()
	}
	if err == nil && !known {
		err = fmt.Errorf("the answer has neither Message nor ValidationFailedRecords")
	}
	return err
}

// MarshalJSON is the answer as it came.
func (r Response) MarshalJSON() ([]byte, error) {
	if r.Raw == nil {
		return []byte("null"), nil
	}
	return r.Raw, nil
}

// ReadFailedRecords reads the list of records that could not be loaded, as the service answers it: under
// FailedRecords, ValidationFailedRecords or both.
func ReadFailedRecords(text []byte) ([]FailedRecord, error) {
	var (
		all   []FailedRecord
		known bool
	)
	d := &decoder{Reader: jsonstream.NewBytes(text)}
	list := func() error {
		failed, err := d.failures("")
		known, all = true, append(all, failed...)
		return err
	}
	err := d.Object(func(name []byte) error {
		if string(name) == "FailedRecords" || string(name) == "ValidationFailedRecords" {
			return list()
		}
		return nil
	})
	if err == nil {
		err = d.End()
	}
	switch {
	case err != nil:
		return nil, err
	case !known:
		return nil, fmt.Errorf("the answer has no FailedRecords")
	}
	return all, nil
}
