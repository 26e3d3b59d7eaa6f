package journal

import (
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/usage"
)

// Entries are the records in any of some states, or in all of them, in the order of the queue, state by state. It
// reads the file a thousand at a time, so the journal may be changed meanwhile; an error comes last.
func (j *Journal) Entries(of ...State) iter.Seq2[Entry, error] {
	const run = 1000
	if len(of) == 0 {
		of = states
	}
	return func(yield func(Entry, error) bool) {
		for _, state := range of {
			for after, more := uint64(0), true; more; {
				var batch []Entry
				err := j.view(func(s *store) error {
					for seq, key := range s.in(state, after) {
						if len(batch) == run {
							return nil
						}
						r, err := s.get(key)
						if err != nil {
							return err
						}
						e, err := entry(key, r)
						if err != nil {
							return err
						}
						batch, after = append(batch, e), seq
					}
					more = false
					return nil
				})
				if err != nil {
					yield(Entry{}, err)
					return
				}
				for _, e := range batch {
					if !yield(e, nil) {
						return
					}
				}
			}
		}
	}
}

// Entry is the record with a key; gophermeter.ErrNotFound where there is none.
func (j *Journal) Entry(k usage.Key) (e Entry, err error) {
	err = j.view(func(s *store) error {
		key, r, err := s.find(k)
		if err == nil {
			e, err = entry(key, r)
		}
		return err
	})
	return e, err
}

func (s *store) find(k usage.Key) ([]byte, *row, error) {
	if !slices.Contains(kinds, k.Kind) {
		return nil, nil, errs.Invalid("Key.Kind", "%q is no kind of records", k.Kind)
	}
	key := encodeKey(k)
	r, err := s.get(key)
	if err == nil && r == nil {
		err = fmt.Errorf("%w: %s", errs.ErrNotFound, k)
	}
	return key, r, err
}

// Counts are how many records are in each state.
func (j *Journal) Counts() (map[State]int, error) {
	counts := map[State]int{}
	err := j.view(func(s *store) error {
		for _, state := range states {
			for range s.in(state, 0) {
				counts[state]++
			}
		}
		return nil
	})
	return counts, err
}

// Requeue makes failed records pending again, as they are: for errors that pass by themselves, such as an
// allocation that the service did not know yet. Records of other states are refused, all of them.
func (j *Journal) Requeue(keys ...usage.Key) error {
	return j.update(func(s *store) error {
		for _, k := range keys {
			if err := s.move(k, Pending, Failed); err != nil {
				return err
			}
		}
		return nil
	})
}

// Resolve is a person's word on a record of which nobody knew whether the service has it, or which failed: Loaded
// says that it counts, Pending that it is to be sent, or sent again, and Failed that it is given up.
func (j *Journal) Resolve(k usage.Key, as State) error {
	if as != Loaded && as != Pending && as != Failed {
		return errs.Invalid("as", "a person cannot make a record %s", as)
	}
	return j.update(func(s *store) error { return s.move(k, as, Unknown, Failed, Submitted) })
}

func (s *store) move(k usage.Key, to State, from ...State) error {
	key, r, err := s.find(k)
	if err != nil {
		return err
	}
	if !slices.Contains(from, r.state) || r.state == Submitted && to == Pending {
		return errs.Invalid("Key", "%s is %s", k, r.state)
	}
	r.state = to
	return s.put(key, r)
}

// Prune forgets the loaded records that were sent before a time, and tells how many. One that is added again later
// is sent again, and replaces itself; an adjustment would count twice, so those are kept.
func (j *Journal) Prune(before time.Time) (n int, err error) {
	err = j.update(func(s *store) error {
		n = 0
		for _, key := range s.all(Loaded) {
			r, err := s.get(key)
			if err != nil {
				return err
			}
			if r.sent.Before(before) && kinds[key[0]] != usage.Adjustment {
				n++
				if err := s.remove(key); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return n, err
}
