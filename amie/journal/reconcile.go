//nolint:gosec // ids are written as they were read
package journal

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter/amie"
	"github.com/gophermeter/gophermeter/usage"
)

// How far the clocks and the order of the service are trusted.
const (
	margin   = 5 * time.Minute     // between its clock and ours
	overlap  = time.Hour           // of two looks at what was loaded
	lookback = 14 * 24 * time.Hour // for what is not found
)

// tolerance is what a charge may lose of its decimals in the accounting database.
var tolerance = decimal.New(1, -2)

// Reconciliation is what a call of Reconcile has found.
type Reconciliation struct {
	// Loaded and Failed count the records that came to these states.
	Loaded, Failed int
	// Open counts those that are submitted or unknown still.
	Open int
	// Mismatched are records that were loaded with another charge than they have in the journal. They stay in
	// their state, and what was charged is their Entry.Error; each call tells of them as long as the service does.
	Mismatched []Mismatch
}

// Mismatch is a record that was loaded with another charge.
type Mismatch struct {
	// Key of the record.
	Key usage.Key
	// Charge is what it has in the journal, Loaded what the service charged.
	Charge, Loaded decimal.Decimal
}

// Reconcile asks the service what became of the records that were submitted, and of the unknown ones: first what was
// loaded, then what failed. What was loaded wins over any error, and an error from before a record was sent last is
// not one of it. The service lists compute records only as loaded.
//
// The clocks of this machine and of the service may be five minutes apart. For what was sent more than once they must
// agree: with this machine's ahead such a record stays submitted, and with it behind, what became of an earlier version
// a moment before is taken for that of the last. Where one of the questions fails, the answers to the others are used
// all the same.
func (j *Journal) Reconcile(ctx context.Context, c *amie.UsageClient) (Reconciliation, error) {
	j.turn.Lock()
	defer j.turn.Unlock()
	var (
		found Reconciliation
		all   []error
	)
	if err := j.view(func(s *store) error { return s.belongsTo(c) }); err != nil {
		return found, err
	}
	oldest, watermark, err := j.doubtful()
	if err != nil || oldest.IsZero() {
		return found, err
	}
	for _, ask := range []func() error{
		func() error { return j.findLoaded(ctx, c, since(oldest, watermark), &found) },
		func() error { return j.findFailed(ctx, c, &found) },
		func() error { return j.findErrors(ctx, c, &found) },
	} {
		if err := ask(); err != nil {
			all = append(all, err)
		}
	}
	err = j.view(func(s *store) error {
		found.Open = len(s.all(Submitted)) + len(s.all(Unknown)) + len(s.all(Sending))
		return nil
	})
	return found, errors.Join(append(all, err)...)
}

// since is when the loaded records begin that are looked at.
func since(oldest, watermark time.Time) time.Time {
	from := oldest
	if !watermark.IsZero() && watermark.Before(from) {
		from = watermark
	}
	if limit := now().Add(-lookback); from.Before(limit) {
		from = limit
	}
	return from.Add(-overlap)
}

// inDoubt are the states of which the service may know more.
var inDoubt = []State{Submitted, Unknown, Sending}

// doubtful finds when the oldest record was sent that there is anything to ask of.
func (j *Journal) doubtful() (oldest, watermark time.Time, err error) {
	err = j.view(func(s *store) error {
		watermark = timeOf(s.watermark)
		return s.each(inDoubt, func(_ []byte, r *row) error {
			if oldest.IsZero() || r.sent.Before(oldest) {
				oldest = r.sent
			}
			return nil
		})
	})
	return oldest, watermark, err
}

func (s *store) each(of []State, look func(key []byte, r *row) error) error {
	for _, state := range of {
		for _, key := range s.all(state) {
			r, err := s.get(key)
			if err == nil {
				err = look(key, r)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// findLoaded takes the service's word for what it charged.
func (j *Journal) findLoaded(ctx context.Context, c *amie.UsageClient, from time.Time, found *Reconciliation) error {
	for page, err := range c.Loaded(amie.LoadedQuery{Since: from}).Pages(ctx) {
		if err != nil {
			return err
		}
		err := j.update(func(s *store) error {
			for _, l := range page {
				if err := s.wasLoaded(l, found); err != nil {
					return err
				}
				if at := nanos(l.LoadedTime); at > s.watermark && !l.LoadedTime.After(now().Add(margin)) {
					s.watermark = at
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// wasLoaded marks the record that was loaded. One that was loaded before it was sent last is an earlier version.
func (s *store) wasLoaded(l usage.LoadedRecord, found *Reconciliation) error {
	key := encodeKey(l.Key())
	r, err := s.get(key)
	if err != nil || r == nil || r.state == Pending || r.state == Loaded || l.LoadedTime.Before(r.earliest(time.Second)) {
		return err
	}
	e, err := entry(key, r)
	if err != nil {
		return err
	}
	if l.Charge.Sub(e.Compute.Charge).Abs().GreaterThanOrEqual(tolerance) {
		found.Mismatched = append(found.Mismatched, Mismatch{Key: e.Key, Charge: e.Compute.Charge, Loaded: l.Charge})
		if r.state != Failed {
			r.problem = "loaded with a charge of " + l.Charge.String()
		}
		return s.put(key, r)
	}
	found.Loaded++
	r.state, r.problem = Loaded, ""
	if err := s.toClear(r.failed); err != nil {
		return err
	}
	r.failed = nil
	return s.put(key, r)
}

// earliest is when the service, by its clock, can have done something with a record that was sent. For one that was
// sent before there is no margin but the one given, or what became of the earlier attempt would be taken for it.
func (r *row) earliest(least time.Duration) time.Time {
	if r.attempts > 1 {
		return r.sent.Add(-least)
	}
	return r.sent.Add(-margin)
}

// findFailed takes over the failures that the service keeps.
func (j *Journal) findFailed(ctx context.Context, c *amie.UsageClient, found *Reconciliation) error {
	failed, err := c.FailedRecords(ctx)
	if err != nil {
		return err
	}
	return j.update(func(s *store) error {
		for _, f := range failed {
			known := s.clear.Get(binary.BigEndian.AppendUint64(nil, uint64(f.ID))) != nil
			if known {
				continue // of an earlier attempt, and about to be cleared
			}
			if err := s.hasFailed(f, time.Time{}, found); err != nil {
				return err
			}
		}
		return nil
	})
}

// hasFailed marks a record that was sent at a time, or at any, unless it is known not to be in doubt.
func (s *store) hasFailed(f usage.FailedRecord, sent time.Time, found *Reconciliation) error {
	key, r, err := s.ofFailure(f)
	if err != nil || r == nil || !slices.Contains(inDoubt, r.state) || !sent.IsZero() && !r.sent.Equal(sent) {
		return err
	}
	if f.ID > 0 {
		if slices.Contains(r.failed, f.ID) {
			return nil // of an attempt before
		}
		r.failed = append(r.failed, f.ID)
	}
	found.Failed++
	r.state, r.problem = Failed, f.Error
	return s.put(key, r)
}

// ofFailure is the entry of a record that the service returned; none where it is not the journal's.
func (s *store) ofFailure(f usage.FailedRecord) ([]byte, *row, error) {
	if f.Key().Time.IsZero() || !slices.Contains(kinds, f.Key().Kind) {
		return nil, nil, nil
	}
	key := encodeKey(f.Key())
	r, err := s.get(key)
	return key, r, err
}

// findErrors asks for the errors since each batch was sent: a failure may have been cleared by somebody, and then
// stands here only. What was sent more than two weeks ago is not asked for any more: storage records are in doubt for
// ever, and so would be asked for with each batch of all time.
func (j *Journal) findErrors(ctx context.Context, c *amie.UsageClient, found *Reconciliation) error {
	sent := map[time.Time]time.Time{} // and from when on an error is one of it
	err := j.view(func(s *store) error {
		return s.each(inDoubt, func(_ []byte, r *row) error {
			settled := j.quiet < 0 || r.sent.Before(now().Add(-j.quiet))
			if settled && r.sent.After(now().Add(-lookback)) {
				from := r.earliest(0)
				if sent[r.sent].Before(from) {
					sent[r.sent] = from
				}
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	for at, from := range sent {
		status, err := c.Status(ctx, from, time.Time{})
		if err != nil {
			return err
		}
		err = j.update(func(s *store) error {
			for _, resource := range status {
				for _, group := range resource.Errors {
					for _, f := range group.Records {
						if err := s.hasFailed(f, at, found); err != nil {
							return err
						}
					}
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
