package tenantusage

import (
	"bytes"
	"encoding/hex"
	"slices"
	"sort"
)

// seen remembers which servers a walk has met, in 16 bytes a server. Nova sorts the servers of a cell by
// project and id, so as long as they come in order none of them can be a second time; the memory is only
// searched once they have stepped back, as they do where the next cell begins.
type seen struct {
	runs    map[string][]*run // by project
	project string
	last    uuid
	current *run
	stepped bool
	odd     map[string]struct{} // ids that are no UUIDs
}

type uuid [16]byte

// run is a rising sequence of ids, in chunks so that it grows without being copied.
type run struct{ chunks [][]uuid }

const chunkSize = 1024

// add remembers a server, and tells whether it was known.
func (s *seen) add(project, id string) (known bool) {
	u, ok := parseUUID(id)
	if !ok {
		if s.odd == nil {
			s.odd = map[string]struct{}{}
		}
		_, known = s.odd[id]
		s.odd[id] = struct{}{}
		return known
	}
	if s.runs == nil {
		s.runs = map[string][]*run{}
	}
	rising := s.current != nil && project == s.project && bytes.Compare(u[:], s.last[:]) > 0
	if !rising && s.current != nil && project <= s.project {
		s.stepped = true
	}
	if s.stepped && slices.ContainsFunc(s.runs[project], func(r *run) bool { return r.has(u) }) {
		return true
	}
	if !rising {
		s.current = &run{}
		s.runs[project] = append(s.runs[project], s.current)
	}
	s.current.append(u)
	s.project, s.last = project, u
	return false
}

func (r *run) append(u uuid) {
	n := len(r.chunks)
	if n == 0 || len(r.chunks[n-1]) == chunkSize {
		r.chunks = append(r.chunks, nil)
		n++
	}
	r.chunks[n-1] = append(r.chunks[n-1], u)
}

func (r *run) has(u uuid) bool {
	i := sort.Search(len(r.chunks), func(i int) bool {
		chunk := r.chunks[i]
		return bytes.Compare(chunk[len(chunk)-1][:], u[:]) >= 0
	})
	if i == len(r.chunks) {
		return false
	}
	_, found := slices.BinarySearchFunc(r.chunks[i], u, func(a, b uuid) int { return bytes.Compare(a[:], b[:]) })
	return found
}

// parseUUID reads the canonical form of an id, the only one that Nova sends.
func parseUUID(id string) (u uuid, ok bool) {
	if len(id) != 36 || id[8] != '-' || id[13] != '-' || id[18] != '-' || id[23] != '-' {
		return u, false
	}
	var digits [32]byte
	n := copy(digits[:], id[:8])
	n += copy(digits[n:], id[9:13])
	n += copy(digits[n:], id[14:18])
	n += copy(digits[n:], id[19:23])
	copy(digits[n:], id[24:])
	_, err := hex.Decode(u[:], digits[:])
	return u, err == nil
}
