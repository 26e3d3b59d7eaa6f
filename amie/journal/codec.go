//nolint:gosec // each number is read as what it was written as
package journal

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"slices"
	"time"

	"github.com/gophermeter/gophermeter/usage"
)

// row is an entry as it stands in the file: the record is the JSON that is sent.
type row struct {
	state    State
	seq      uint64 // place in the queue
	batch    uint64
	attempts uint64
	added    time.Time
	sent     time.Time
	failed   []int64
	problem  string
	record   []byte
}

var (
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
	errRow     = errors.New("an entry is damaged")
)

const format = 1 // of a row

// encodeKey makes a key of which a part can be looked for: kind, resource and id come before the time.
func encodeKey(k usage.Key) []byte {
	b := []byte{byte(slices.Index(kinds, k.Kind))}
	b = appendText(b, k.Resource)
	b = appendText(b, k.LocalRecordID)
	b = binary.BigEndian.AppendUint64(b, uint64(k.Time.Unix()))
	return binary.BigEndian.AppendUint32(b, uint32(k.Time.Nanosecond()))
}

func decodeKey(b []byte) (usage.Key, error) {
	r := reader{b: b}
	kind := r.byte()
	k := usage.Key{Resource: r.text(), LocalRecordID: r.text()}
	seconds, nanos := r.fixed(8), r.fixed(4)
	if r.failed || len(r.b) != 0 || int(kind) >= len(kinds) {
		return k, errRow
	}
	k.Kind = kinds[kind]
	k.Time = time.Unix(int64(seconds), int64(nanos)).UTC()
	return k, nil
}

// encode ends with a checksum of key and row.
func (r *row) encode(key []byte) []byte {
	b := []byte{format, byte(slices.Index(states, r.state))}
	for _, n := range []uint64{r.seq, r.batch, r.attempts, nanos(r.added), nanos(r.sent), uint64(len(r.failed))} {
		b = binary.AppendUvarint(b, n)
	}
	for _, id := range r.failed {
		b = binary.AppendUvarint(b, uint64(id))
	}
	b = appendText(b, r.problem)
	b = appendText(b, string(r.record))
	return binary.BigEndian.AppendUint32(b, checksum(key, b))
}

// decodeRow copies what it keeps: the file's memory is not ours.
func decodeRow(key, b []byte) (*row, error) {
	if len(b) < 6 || sumOf(b) != checksum(key, b[:len(b)-4]) || b[0] != format || int(b[1]) >= len(states) {
		return nil, errRow
	}
	r := reader{b: b[2 : len(b)-4]}
	out := &row{state: states[b[1]], seq: r.number(), batch: r.number(), attempts: r.number(), added: timeOf(r.number()), sent: timeOf(r.number())}
	for range r.number() {
		if out.failed = append(out.failed, int64(r.number())); r.failed {
			break
		}
	}
	out.problem = r.text()
	out.record = []byte(r.text())
	if r.failed || len(r.b) != 0 {
		return nil, errRow
	}
	return out, nil
}

func checksum(key, b []byte) uint32 {
	return crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, b)
}

// sumOf is the checksum that a row ends with.
func sumOf(b []byte) uint32 { return binary.BigEndian.Uint32(b[len(b)-4:]) }

// nanos is a time as a number; 0 is the zero time.
func nanos(t time.Time) uint64 {
	if t.IsZero() {
		return 0
	}
	return uint64(t.UnixNano())
}

func timeOf(nanos uint64) time.Time {
	if nanos == 0 {
		return time.Time{}
	}
	return time.Unix(0, int64(nanos)).UTC()
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// reader takes a row apart; failed says that it had less than it should.
type reader struct {
	b      []byte
	failed bool
}

func (r *reader) take(n uint64) []byte {
	if r.failed || n > uint64(len(r.b)) {
		r.failed = true
		return make([]byte, min(n, 8))
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) byte() byte { return r.take(1)[0] }

func (r *reader) fixed(n uint64) (v uint64) {
	for _, c := range r.take(n) {
		v = v<<8 | uint64(c)
	}
	return v
}

func (r *reader) number() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.failed = true
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) text() string {
	n := r.number()
	if n > uint64(len(r.b)) {
		r.failed = true
		return ""
	}
	return string(r.take(n))
}
