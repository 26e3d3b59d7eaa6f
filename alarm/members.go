package alarm

import (
	"encoding/json"
	"slices"

	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// members are those of a JSON object, in its order and as they were sent: what this package does not know is
// sent back unchanged.
type members []member

type member struct {
	name string
	raw  json.RawMessage
}

func parseMembers(text []byte) (all members, err error) {
	r := jsonstream.NewBytes(text)
	err = r.Object(func(name []byte) error {
		m := member{name: string(name)}
		m.raw, err = r.Raw()
		all = append(all, m)
		return err
	})
	if err == nil {
		err = r.End()
	}
	return all, err
}

// get is the last member of that name; nil where there is none.
func (ms members) get(name string) json.RawMessage {
	for _, m := range slices.Backward(ms) {
		if m.name == name {
			return m.raw
		}
	}
	return nil
}

func (ms members) without(names ...string) members {
	return slices.DeleteFunc(slices.Clone(ms), func(m member) bool { return slices.Contains(names, m.name) })
}

func (ms members) with(name string, raw json.RawMessage) members {
	return append(ms.without(name), member{name, raw})
}

func (ms members) json() json.RawMessage {
	out := []byte("{")
	for i, m := range ms {
		if i > 0 {
			out = append(out, ", "...)
		}
		out = append(append(append(out, quoted(m.name)...), ": "...), m.raw...)
	}
	return append(out, '}')
}

// draft is a document that is being written.
type draft struct {
	all members
	err error // the first
}

// set adds a member of any type that can be marshalled.
func (d *draft) set(name string, v any) {
	raw, err := marshal(v)
	if d.err == nil {
		d.err = err
	}
	d.all = append(d.all, member{name, raw})
}

// setIf adds a member if it is there.
func (d *draft) setIf(there bool, name string, v any) {
	if there {
		d.set(name, v)
	}
}

func (d *draft) members() (members, error) { return d.all, d.err }
