//nolint:gosec // sizes are never negative, and counts not beyond int
package journal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// Buckets of the file.
var (
	bucketRows  = []byte("rows")  // key of the record -> row
	bucketIndex = []byte("index") // state, place in the queue -> key of the record
	bucketClear = []byte("clear") // id of a failure that is to be cleared -> its checksum
	bucketSums  = []byte("sums")  // what all of it adds up to
	keySums     = []byte("sums")
	keyService  = []byte("service") // beside the sums: whose site the records are of, with a checksum
)

// sums are kept with each change, so that a row that is missing or from another time is noticed.
type sums struct {
	rows      uint64
	total     uint64 // of the rows' checksums
	size      uint64 // of the file, at least
	seq       uint64 // last place that was given in the queue
	batch     uint64
	watermark uint64 // when the newest loaded record that was seen was loaded
}

func (s *sums) encode() []byte {
	var b []byte
	for _, n := range []uint64{s.rows, s.total, s.size, s.seq, s.batch, s.watermark} {
		b = binary.BigEndian.AppendUint64(b, n)
	}
	return binary.BigEndian.AppendUint32(b, checksum(keySums, b))
}

func (s *sums) decode(b []byte) error {
	if len(b) != 6*8+4 || sumOf(b) != checksum(keySums, b[:len(b)-4]) {
		return errors.New("the sums are damaged")
	}
	for i, n := range []*uint64{&s.rows, &s.total, &s.size, &s.seq, &s.batch, &s.watermark} {
		*n = binary.BigEndian.Uint64(b[8*i:])
	}
	return nil
}

// store is the journal within one transaction.
type store struct {
	sums
	rows, index, clear, facts *bbolt.Bucket
}

// update changes the journal as a whole or not at all.
func (j *Journal) update(change func(*store) error) error {
	info, err := os.Stat(j.path)
	if err != nil {
		return err
	}
	return j.db.Update(func(tx *bbolt.Tx) error {
		s, err := storeIn(tx, true)
		if err != nil {
			return err
		}
		if err := change(s); err != nil {
			return err
		}
		s.size = max(s.size, uint64(info.Size()))
		return s.facts.Put(keySums, s.encode())
	})
}

// view reads the journal as it is at one moment.
func (j *Journal) view(look func(*store) error) error {
	return j.db.View(func(tx *bbolt.Tx) error {
		s, err := storeIn(tx, false)
		if err != nil {
			return err
		}
		return look(s)
	})
}

func storeIn(tx *bbolt.Tx, write bool) (*store, error) {
	for _, name := range [][]byte{bucketRows, bucketIndex, bucketClear, bucketSums} {
		if tx.Bucket(name) == nil && write {
			if _, err := tx.CreateBucket(name); err != nil {
				return nil, err
			}
		}
		if tx.Bucket(name) == nil {
			return nil, fmt.Errorf("there are no %s", name)
		}
	}
	s := &store{rows: tx.Bucket(bucketRows), index: tx.Bucket(bucketIndex), clear: tx.Bucket(bucketClear), facts: tx.Bucket(bucketSums)}
	if b := s.facts.Get(keySums); b != nil || !write {
		return s, s.decode(b)
	}
	return s, nil
}

func (s *store) get(key []byte) (*row, error) {
	b := s.rows.Get(key)
	if b == nil {
		return nil, nil //nolint:nilnil // there is none
	}
	return decodeRow(key, b)
}

// put writes a row, and moves it from the state it was in. A row without a place gets the next.
func (s *store) put(key []byte, r *row) error {
	if err := s.remove(key); err != nil {
		return err
	}
	if r.seq == 0 {
		s.seq++
		r.seq = s.seq
	}
	b := r.encode(key)
	s.sums.rows++
	s.total += uint64(sumOf(b))
	if err := s.index.Put(indexKey(r.state, r.seq), key); err != nil {
		return err
	}
	return s.rows.Put(key, b)
}

func (s *store) remove(key []byte) error {
	b := s.rows.Get(key)
	if b == nil {
		return nil
	}
	r, err := decodeRow(key, b)
	if err != nil {
		return err
	}
	s.sums.rows--
	s.total -= uint64(sumOf(b))
	if err := s.index.Delete(indexKey(r.state, r.seq)); err != nil {
		return err
	}
	return s.rows.Delete(key)
}

func indexKey(state State, seq uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{byte(slices.Index(states, state))}, seq)
}

// in yields the keys of a state in the order of the queue, from behind a place on.
func (s *store) in(state State, after uint64) iter.Seq2[uint64, []byte] {
	return func(yield func(uint64, []byte) bool) {
		from := indexKey(state, after+1)
		c := s.index.Cursor()
		for k, key := c.Seek(from); k != nil && k[0] == from[0]; k, key = c.Next() {
			if !yield(binary.BigEndian.Uint64(k[1:]), bytes.Clone(key)) {
				return
			}
		}
	}
}

// verify holds everything in the file to its sums.
func (j *Journal) verify() error {
	info, err := os.Stat(j.path)
	if err != nil {
		return err
	}
	return j.view(func(s *store) error {
		var rows, total, index uint64
		err := s.rows.ForEach(func(key, b []byte) error {
			r, err := decodeRow(key, b)
			if err != nil {
				return err
			}
			if _, err := decodeKey(key); err != nil {
				return err
			}
			rows++
			total += uint64(sumOf(b))
			if !bytes.Equal(s.index.Get(indexKey(r.state, r.seq)), key) {
				return errors.New("an entry is not in the index")
			}
			return nil
		})
		if err != nil {
			return err
		}
		err = s.index.ForEach(func(_, _ []byte) error {
			index++
			return nil
		})
		if err != nil {
			return err
		}
		switch {
		case rows != s.sums.rows || index != rows || total != s.total:
			return fmt.Errorf("%d entries are there, and %d in the index, of %d", rows, index, s.sums.rows)
		case uint64(info.Size()) < s.size:
			return fmt.Errorf("it is cut short: %d bytes of %d", info.Size(), s.size)
		}
		if _, err := s.service(); err != nil {
			return err
		}
		return s.clear.ForEach(func(id, sum []byte) error {
			if len(id) != 8 || len(sum) != 4 || sumOf(sum) != checksum(bucketClear, id) {
				return errors.New("an id to be cleared is damaged")
			}
			return nil
		})
	})
}

// toClear notes that failures are to be taken off the service's list.
func (s *store) toClear(ids []int64) error {
	for _, id := range ids {
		key := binary.BigEndian.AppendUint64(nil, uint64(id))
		if err := s.clear.Put(key, binary.BigEndian.AppendUint32(nil, checksum(bucketClear, key))); err != nil {
			return err
		}
	}
	return nil
}

// entry is a row as it is shown.
func entry(key []byte, r *row) (Entry, error) {
	k, err := decodeKey(key)
	if err != nil {
		return Entry{}, err
	}
	e := Entry{
		Key: k, State: r.state, Batch: r.batch, Attempts: int(r.attempts), Added: r.added, Sent: r.sent, Error: r.problem,
		FailedIDs: r.failed,
	}
	return e, e.read(r.record)
}

// now is when something happens, as the file can say it.
func now() time.Time { return time.Now().UTC().Round(0) }
