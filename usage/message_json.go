package usage

import (
	"encoding/json"
	"fmt"

	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// Envelope is what stands before and after the records of a message, as it is sent; between them come the
// records, with commas.
func Envelope(kind Kind) (before, after string) {
	return `{"UsageType":"` + string(kind) + `","Records":[`, `]}`
}

// MarshalJSON is the message as it is sent. A message without a kind has null for one.
func (m Message) MarshalJSON() ([]byte, error) {
	switch m.kind {
	case Compute:
		return marshal(m.compute)
	case Storage:
		return marshal(m.storage)
	case Adjustment:
		return marshal(m.adjustments)
	}
	return []byte(`{"UsageType":null,"Records":[]}`), nil
}

func marshal[R Record](records []R) ([]byte, error) {
	var none R
	before, after := Envelope(none.Kind())
	text := append(make([]byte, 0, len(before)+len(after)+512*len(records)), before...)
	for i := range records {
		if i > 0 {
			text = append(text, ',')
		}
		var err error
		if text, err = records[i].AppendJSON(text); err != nil {
			return nil, fmt.Errorf("record %d: %w", i, err)
		}
	}
	return append(text, after...), nil
}

// UnmarshalJSON reads a message. Its kind stands beside the records or in each of them; a message without
// records may have none.
func (m *Message) UnmarshalJSON(text []byte) error {
	var (
		kind    Kind
		records []json.RawMessage
	)
	d := &decoder{Reader: jsonstream.NewBytes(text)}
	err := d.Object(func(name []byte) (err error) {
		switch string(name) {
		case "UsageType":
			kind, err = d.kind()
		case "Records":
			err = d.Array(func() error {
				record, err := d.Raw()
				records = append(records, record)
				return err
			})
		}
		return err
	})
	if err == nil {
		err = d.End()
	}
	if err != nil {
		return err
	}
	*m = Message{kind: kind}
	for i, record := range records {
		if err := readOne(m, record); err != nil {
			return fmt.Errorf("record %d: %w", i, err)
		}
	}
	return nil
}

// readOne appends a record whose kind is the message's or its own.
func readOne(m *Message, text json.RawMessage) error {
	kind, err := kindIn(text)
	if err != nil {
		return err
	}
	if kind == "" {
		kind = m.kind
	}
	switch kind {
	case Compute:
		return readInto[ComputeRecord](m, text)
	case Storage:
		return readInto[StorageRecord](m, text)
	case Adjustment:
		return readInto[AdjustmentRecord](m, text)
	}
	return errs.Invalid("UsageType", "%q is none of Compute, Storage, Adjustment", kind)
}

func readInto[R Record](m *Message, text json.RawMessage) error {
	var record R
	if err := json.Unmarshal(text, &record); err != nil {
		return err
	}
	return Append(m, record)
}

// kindIn is the UsageType of a record; empty where it has none.
func kindIn(text json.RawMessage) (kind Kind, err error) {
	d := &decoder{Reader: jsonstream.NewBytes(text)}
	err = d.Object(func(name []byte) (err error) {
		if string(name) == "UsageType" {
			kind, err = d.kind()
		}
		return err
	})
	return kind, err
}
