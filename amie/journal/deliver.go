package journal

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/amie"
	"github.com/gophermeter/gophermeter/usage"
)

// batchSize is how many records are written down as being sent at a time: after a kill, so many at most are in doubt.
const batchSize = 500

// Delivery is what a call of Deliver has done.
type Delivery struct {
	// Submitted records were validated and queued by the service.
	Submitted int
	// Failed records were returned by the service, or could not be sent as they are.
	Failed int
	// Refused records are pending still: the service did not take the request that they were in.
	Refused int
	// NotSent records are pending still.
	NotSent int
	// Unknown records may have arrived.
	Unknown int
	// Cleared failures were taken off the service's list, because their record was accepted now.
	Cleared int
	// Unmatched are returned records of which it is not clear which they are. Those they were sent with count as
	// submitted.
	Unmatched []usage.FailedRecord
}

// Deliver sends what is pending, in the order in which it was added, one kind after the other, and what was left in
// doubt of the kinds that the client repeats. It goes on after a bad request, and ends with the first other failure.
// The error joins those of all requests; what was done before it is in the Delivery and in the journal.
//
// A failure on the service's list is cleared when its record has been accepted again, never before.
//
// The first Deliver makes the journal that of the client's site and server; the client of another one is refused.
func (j *Journal) Deliver(ctx context.Context, c *amie.UsageClient) (Delivery, error) {
	j.turn.Lock()
	defer j.turn.Unlock()
	var d delivery
	err := j.update(func(s *store) error {
		if err := s.belongTo(c); err != nil {
			return err
		}
		return s.recover(c)
	})
	if err != nil {
		return d.Delivery, err
	}
	if err := j.noteFailures(ctx, c); err != nil {
		d.errs = append(d.errs, err)
	}
	for _, kind := range kinds {
		for after, more := uint64(0), true; more && !d.over; {
			var err error
			if after, more, err = j.deliverBatch(ctx, c, kind, after, &d); err != nil {
				return d.Delivery, errors.Join(append(d.errs, err)...)
			}
		}
	}
	if err := j.clear(ctx, c, &d.Delivery); err != nil {
		d.errs = append(d.errs, err)
	}
	return d.Delivery, errors.Join(d.errs...)
}

type delivery struct {
	Delivery
	errs []error
	over bool // nothing more is to be sent
}

// recover decides about what was being sent when a process ended, and what had no answer.
func (s *store) recover(c *amie.UsageClient) error {
	for _, state := range []State{Sending, Unknown} {
		for _, key := range s.all(state) {
			r, err := s.get(key)
			if err != nil {
				return err
			}
			repeat := c.Repeats(kinds[key[0]])
			switch {
			case repeat:
				r.state = Pending
			case state == Sending:
				r.state, r.problem = Unknown, "the process ended while it was being sent"
			default:
				continue
			}
			if err := s.put(key, r); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *store) all(state State) (keys [][]byte) {
	for _, key := range s.in(state, 0) {
		keys = append(keys, key)
	}
	return keys
}

// batch is what is sent at once.
type batch struct {
	keys    [][]byte
	rows    []*row
	message usage.Message
	last    uint64 // place in the queue
}

// deliverBatch sends the next records of a kind that stand behind a place in the queue.
func (j *Journal) deliverBatch(ctx context.Context, c *amie.UsageClient, kind usage.Kind, after uint64, d *delivery) (uint64, bool, error) {
	var b batch
	err := j.update(func(s *store) error { return s.take(kind, after, &b) })
	if err != nil || len(b.keys) == 0 {
		return after, false, err
	}
	report, err := c.Send(ctx, b.message)
	if err != nil {
		d.errs = append(d.errs, err)
	}
	var refused usage.FieldErrors
	if len(report.Chunks) == 0 && errors.As(err, &refused) {
		report.Chunks = rejected(len(b.keys), refused)
	}
	for _, chunk := range report.Chunks {
		d.over = d.over || ends(chunk)
	}
	return b.last, true, j.update(func(s *store) error { return s.settle(&b, report.Chunks, d) })
}

// take writes records down as being sent.
func (s *store) take(kind usage.Kind, after uint64, b *batch) error {
	for seq, key := range s.in(Pending, after) {
		if len(b.keys) == batchSize {
			break
		}
		if kinds[key[0]] == kind {
			b.keys, b.last = append(b.keys, key), seq
		}
	}
	if len(b.keys) == 0 {
		return nil
	}
	s.batch++
	at := now()
	for _, key := range b.keys {
		r, err := s.get(key)
		if err != nil {
			return err
		}
		if err := b.add(key, r); err != nil {
			return err
		}
		r.state, r.batch, r.sent = Sending, s.batch, at
		r.attempts++
		if err := s.put(key, r); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) add(key []byte, r *row) error {
	b.rows = append(b.rows, r)
	e, err := entry(key, r)
	if err != nil {
		return err
	}
	switch {
	case e.Compute != nil:
		return usage.Append(&b.message, *e.Compute)
	case e.Storage != nil:
		return usage.Append(&b.message, *e.Storage)
	}
	return usage.Append(&b.message, *e.Adjustment)
}

// rejected is the outcome of a message that the client did not send because of some of its records.
func rejected(count int, problems usage.FieldErrors) []amie.Chunk {
	bad := map[int]string{}
	for _, p := range problems {
		bad[p.Index] = p.Error()
	}
	var all []amie.Chunk
	for i := range count {
		c := amie.Chunk{First: i, Count: 1, Outcome: amie.NotSent}
		if text, ok := bad[i]; ok {
			c.Outcome = amie.Accepted // as far as the journal goes: it is done with
			c.Failed = []amie.Failure{{Index: i, FailedRecord: usage.FailedRecord{Error: text}}}
		}
		all = append(all, c)
	}
	return all
}

// ends tells of an outcome that makes it pointless or harmful to go on.
func ends(c amie.Chunk) bool {
	var e *gophermeter.Error
	switch {
	case c.Outcome == amie.Accepted, c.Err == nil:
		return false
	case c.Outcome == amie.Refused && errors.As(c.Err, &e):
		return e.StatusCode != http.StatusBadRequest && e.StatusCode != http.StatusRequestEntityTooLarge &&
			e.StatusCode != http.StatusUnprocessableEntity
	}
	return true
}

// settle writes down what became of a batch.
func (s *store) settle(b *batch, chunks []amie.Chunk, d *delivery) error {
	for _, c := range chunks {
		returned := map[int][]usage.FailedRecord{} // one may be for several reasons
		for _, f := range c.Failed {
			if f.Index < 0 {
				d.Unmatched = append(d.Unmatched, f.FailedRecord)
				continue
			}
			returned[f.Index] = append(returned[f.Index], f.FailedRecord)
		}
		for i := c.First; i < c.First+c.Count; i++ {
			if err := s.settleRow(b.keys[i], b.rows[i], c, returned[i], d); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *store) settleRow(key []byte, sent *row, c amie.Chunk, returned []usage.FailedRecord, d *delivery) error {
	r, err := s.get(key)
	if err != nil || r == nil || r.state != Sending || r.batch != sent.batch {
		return err // restated meanwhile
	}
	r.problem = ""
	if c.Err != nil {
		r.problem = c.Err.Error()
	}
	switch {
	case len(returned) > 0:
		d.Failed++
		r.state = Failed
		var texts []string
		for _, f := range returned {
			texts = append(texts, f.Error)
			if f.ID > 0 {
				r.failed = append(r.failed, f.ID)
			}
		}
		r.problem = strings.Join(texts, "; ")
	case c.Outcome == amie.Accepted:
		d.Submitted++
		r.state = Submitted
		if err := s.toClear(r.failed); err != nil {
			return err
		}
		r.failed = nil
	case c.Outcome == amie.Unknown:
		d.Unknown++
		r.state = Unknown
	case c.Outcome == amie.Refused:
		d.Refused++
		r.state = Pending
	default:
		d.NotSent++
		r.state = Pending
	}
	return s.put(key, r)
}
