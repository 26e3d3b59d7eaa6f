package amie

import (
	"fmt"
	"time"

	"github.com/gophermeter/gophermeter/usage"
)

// chunk is a request in the making: records are encoded once, straight into it.
type chunk struct {
	kind  usage.Kind
	first int // index of the first record
	buf   []byte
	ends  []int // of each record in buf
	ids   []identity
	spare []byte // that nobody reads any more
}

// begin empties the chunk for records from an index on. The buffer is a new one, unless it is known that the transport
// has done with the one before.
func (c *chunk) begin(first, room int) {
	if c.buf = c.spare[:0]; c.spare == nil {
		c.buf = make([]byte, 0, room)
	}
	c.spare = nil
	before, _ := usage.Envelope(c.kind)
	c.buf = append(c.buf, before...)
	c.empty(first)
}

// empty forgets the records; those to come begin at an index.
func (c *chunk) empty(next int) { c.first, c.ends, c.ids = next, c.ends[:0], c.ids[:0] }

func (c *chunk) count() int { return len(c.ends) }

// size of the request if it ended here.
func (c *chunk) size() int {
	_, after := usage.Envelope(c.kind)
	return len(c.buf) + len(after)
}

// add encodes a record behind the others, whether it fits or not.
func add[R usage.Record](c *chunk, r *R) error {
	before := len(c.buf)
	if c.count() > 0 {
		c.buf = append(c.buf, ',')
	}
	buf, err := (*r).AppendJSON(c.buf)
	if err != nil {
		c.buf = c.buf[:before]
		return err
	}
	c.buf = buf
	c.ends = append(c.ends, len(buf))
	c.ids = append(c.ids, identityOf(r))
	return nil
}

// last takes the last record off again, and gives its JSON.
func (c *chunk) last() (text []byte, id identity) {
	n := c.count() - 1
	begin := c.begins(n)
	text, id = c.buf[begin:], c.ids[n]
	c.ends, c.ids = c.ends[:n], c.ids[:n]
	if n > 0 {
		begin-- // the comma
	}
	c.buf = c.buf[:begin]
	return text, id
}

// put adds a record that was encoded before.
func (c *chunk) put(text []byte, id identity) {
	c.buf = append(c.buf, text...)
	c.ends, c.ids = append(c.ends, len(c.buf)), append(c.ids, id)
}

// begins is where a record begins in buf.
func (c *chunk) begins(i int) int {
	if i == 0 {
		before, _ := usage.Envelope(c.kind)
		return len(before)
	}
	return c.ends[i-1] + 1
}

// body is the request with the records from one up to another; of all of them it is the buffer itself.
func (c *chunk) body(from, to int) []byte {
	before, after := usage.Envelope(c.kind)
	if from == 0 && to == c.count() {
		return append(c.buf, after...)
	}
	records := c.buf[c.begins(from):c.ends[to-1]]
	body := append(make([]byte, 0, len(before)+len(records)+len(after)), before...)
	return append(append(body, records...), after...)
}

// identity is what the service may name a record by.
type identity struct {
	reference, resource, id string
	at                      time.Time
}

func identityOf[R usage.Record](r *R) identity {
	key := (*r).Key()
	id := identity{resource: key.Resource, id: key.LocalRecordID, at: key.Time}
	switch r := any(r).(type) {
	case *usage.ComputeRecord:
		id.reference = r.LocalReference
	case *usage.StorageRecord:
		id.reference = r.LocalReference
	case *usage.AdjustmentRecord:
		id.reference = r.LocalReference
	}
	return id
}

// match finds which records of a chunk failed: by reference where that is given, else by resource and id, and by
// time where those are several.
func match(failed []usage.FailedRecord, ids []identity, first int) []Failure {
	if len(failed) == 0 {
		return nil
	}
	byReference, byName := map[string][]int{}, map[[2]string][]int{}
	for i, id := range ids {
		if id.reference != "" {
			byReference[id.reference] = append(byReference[id.reference], i)
		}
		name := [2]string{id.resource, id.id}
		byName[name] = append(byName[name], i)
	}
	all := make([]Failure, len(failed))
	for i, f := range failed {
		all[i] = Failure{-1, f}
		found := byReference[f.LocalReference]
		if len(found) != 1 {
			found = byName[[2]string{f.Resource, f.LocalRecordID}]
		}
		for _, at := range found {
			if len(found) == 1 || ids[at].at.Equal(f.Key().Time) {
				all[i].Index = first + at
			}
		}
	}
	return all
}

// tooLarge refuses a record that fits in no request.
func tooLarge(index, size, most int) error {
	return usage.FieldErrors{{Index: index, Problem: fmt.Sprintf("takes a request of %d bytes, and the most is %d", size, most)}}
}
