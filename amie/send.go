package amie

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/usage"
)

// Send sends a message, in as many chunks as it takes, one after the other. Nothing is sent where a record is
// invalid or too large for any request: the error is then usage.FieldErrors, with the index of each. An empty message
// sends nothing.
//
// The report is never nil and tells of every record; the error joins those of the chunks that were not accepted.
// After a chunk that the service calls a bad request the others are tried; after any other failure they are
// [NotSent]. Records that the service returns are no error: see Report.Failed.
//
// Python: UsageClient.send.
//
// API: POST /usage/
func (c *UsageClient) Send(ctx context.Context, m usage.Message) (*Report, error) {
	report := &Report{Kind: m.Kind()}
	if err := m.Validate(c.set.rules); err != nil {
		return report, err
	}
	switch m.Kind() {
	case usage.Compute:
		return report, sendAll(ctx, c, report, m.Compute())
	case usage.Storage:
		return report, sendAll(ctx, c, report, m.Storage())
	case usage.Adjustment:
		return report, sendAll(ctx, c, report, m.Adjustments())
	}
	return report, nil
}

func sendAll[R usage.Record](ctx context.Context, c *UsageClient, report *Report, records []R) error {
	if err := fits(c, records); err != nil {
		return err
	}
	s := newSender[R](ctx, c, "amie.Send", len(records))
	var all []error
	s.yield = func(done Chunk) bool {
		report.Chunks = append(report.Chunks, done)
		if done.Err != nil && s.stopped != done.Err { //nolint:errorlint // what follows a failure is not another
			all = append(all, fmt.Errorf("records %d to %d %s: %w", done.First, done.First+done.Count-1, done.Outcome, done.Err))
		}
		return true
	}
	for i := range records {
		if s.stopped != nil {
			break
		}
		if err := s.push(i, &records[i]); err != nil {
			return errors.Join(append(all, err)...) // validated above
		}
	}
	s.flush()
	if sent := report.Count(); sent < len(records) {
		report.Chunks = append(report.Chunks, Chunk{First: sent, Count: len(records) - sent, Outcome: NotSent, Err: s.stopped})
	}
	return errors.Join(all...)
}

// SendSeq sends a stream of records at constant memory, and yields what became of each chunk, with its error,
// before the next is sent. A record that is invalid, too large or has the key of another in its chunk is yielded as
// a chunk of its own, [NotSent], and the stream goes on; so it does after a bad request. Any other failure ends
// it, and so does an error of records: what was gathered for the next chunk then is yielded as NotSent. Whoever
// ends the range early has sent what was yielded, and nothing else.
//
// Records with one key are found within a chunk only.
//
// API: POST /usage/
func SendSeq[R usage.Record](ctx context.Context, c *UsageClient, records iter.Seq2[R, error]) iter.Seq2[Chunk, error] {
	return func(yield func(Chunk, error) bool) {
		s := newSender[R](ctx, c, "amie.SendSeq", c.set.maxRecords)
		gone := false
		s.yield = func(done Chunk) bool {
			gone = gone || !yield(done, done.Err)
			return !gone
		}
		var (
			n    int
			slot R // one for all, so that none is allocated
			keys = map[usage.Key]int{}
		)
		for record, err := range records {
			if err != nil {
				s.drop(err)
				return
			}
			slot = record
			why := slot.Validate(c.set.rules)
			key := slot.Key()
			before, twice := keys[key]
			if why == nil && twice {
				why = usage.FieldErrors{{Problem: fmt.Sprintf("has the key of record %d: %s", before, key)}}
			}
			if why == nil {
				why = s.push(n, &slot)
				if s.chunk.count() == 1 {
					clear(keys) // those of the chunk that it began after
				}
				keys[key] = n
			}
			if why != nil && s.stopped == nil && !gone {
				s.flush()
				s.set(NotSent, n, 1, 0, at(n, why))
			}
			if n++; s.stopped != nil || gone {
				return
			}
		}
		s.flush()
	}
}

// at puts the index into problems that do not know it.
func at(index int, err error) error {
	var all usage.FieldErrors
	if errors.As(err, &all) {
		for _, p := range all {
			p.Index = index
		}
	}
	return err
}

// sender cuts records into chunks and sends them.
type sender[R usage.Record] struct {
	ctx        context.Context
	client     *UsageClient
	op         string
	chunk      chunk
	soft, hard int // bytes that a chunk should, and must, not have more of
	room       int
	yield      func(Chunk) bool // false: nobody wants more
	stopped    error            // why nothing more is sent
}

func newSender[R usage.Record](ctx context.Context, c *UsageClient, op string, expected int) *sender[R] {
	var none R
	s := &sender[R]{
		ctx: ctx, client: c, op: op, soft: c.set.maxBytes, hard: c.set.maxBytes,
		chunk: chunk{kind: none.Kind()},
	}
	s.room = min(c.set.maxBytes, 1024*min(expected, c.set.maxRecords)) + 1024
	return s
}

// push encodes a record into the chunk, or sends the chunk first where the record does not fit.
func (s *sender[R]) push(index int, r *R) error {
	c := &s.chunk
	if c.count() == s.client.set.maxRecords {
		s.flush()
	}
	if c.count() == 0 {
		c.begin(index, s.room)
	}
	if err := add(c, r); err != nil {
		return err
	}
	if c.size() > s.soft && c.count() > 1 {
		text, id := c.last()
		text = append(make([]byte, 0, len(text)), text...) // what is sent ends over it
		s.flush()
		if s.stopped != nil {
			return nil //nolint:nilerr // it has been yielded
		}
		c.begin(index, s.room)
		c.put(text, id)
	}
	if size := c.size(); size > s.hard {
		c.empty(index + 1)
		return tooLarge(index, size, s.hard)
	}
	return nil
}

// flush sends what is in the chunk.
func (s *sender[R]) flush() {
	if s.chunk.count() > 0 && s.stopped == nil {
		s.send(0, s.chunk.count(), false)
		s.chunk.empty(s.chunk.first + s.chunk.count())
	}
}

// send sends a part of the chunk, in halves where it is too large. Doubt is what an attempt with more records left.
func (s *sender[R]) send(from, to int, doubt bool) {
	first, count := s.chunk.first+from, to-from
	if s.stopped != nil {
		outcome := NotSent
		if doubt {
			outcome = Unknown
		}
		s.set(outcome, first, count, 0, s.stopped)
		return
	}
	body := s.chunk.body(from, to)
	var t trail
	answer, outcome, doubted, err := s.client.post(s.ctx, s.op, s.chunk.kind, body, &t)
	doubt = doubt || doubted
	var e *gophermeter.Error
	status := 0
	if errors.As(err, &e) {
		status = e.StatusCode
	}
	if status == http.StatusRequestEntityTooLarge && count > 1 {
		s.soft = min(s.soft, len(body)/2)
		s.send(from, from+count/2, doubt)
		s.send(from+count/2, to, doubt)
		return
	}
	done := Chunk{First: first, Count: count, Bytes: len(body), Outcome: outcome, Err: err}
	switch {
	case outcome == Accepted:
		done.Message = answer.Message
		done.Failed = match(answer.Failed, s.chunk.ids[from:to], first)
		if count == s.chunk.count() && t.written() {
			s.chunk.spare = s.chunk.buf
		}
	case doubt:
		done.Outcome = Unknown
	}
	if err != nil && status != http.StatusBadRequest && status != http.StatusRequestEntityTooLarge && status != http.StatusUnprocessableEntity {
		s.stopped = fmt.Errorf("after an earlier failure: %w", err)
	}
	if !s.yield(done) {
		s.stopped = errors.New("nobody wanted more")
	}
}

// set yields records that were not sent.
func (s *sender[R]) set(outcome Outcome, first, count, size int, err error) {
	if !s.yield(Chunk{First: first, Count: count, Bytes: size, Outcome: outcome, Err: err}) {
		s.stopped = errors.New("nobody wanted more")
	}
}

// drop gives up what is in the chunk.
func (s *sender[R]) drop(err error) {
	s.set(NotSent, s.chunk.first, s.chunk.count(), 0, err)
}
