package fakecloud

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Server is an instance in one of Nova's cells.
type Server struct {
	ID           string     // a new UUID if empty
	Name         *string    // nil is null
	ProjectID    string     // of its owner
	Flavor       string     // its name
	VCPUs        int        // of the flavor, as are the sizes that follow
	MemoryMB     int        // MiB
	RootGB       int        // GiB
	EphemeralGB  int        // GiB
	State        string     // vm_state; active if empty. Nova says terminated once TerminatedAt is set
	LaunchedAt   *time.Time // nil for one that never started: it has no usage
	TerminatedAt *time.Time // nil while it exists
	Cell         int        // pages go through the cells in order
}

// AddServer adds a server to its cell, or replaces the one there with the same ID, and returns the ID. The same ID in another
// cell is another row, as in the middle of a resize across cells.
func (c *Cloud) AddServer(s Server) string {
	if s.ID == "" {
		s.ID = c.newUUID("server")
	}
	s.State = cmp.Or(s.State, "active")
	s.LaunchedAt, s.TerminatedAt = microseconds(s.LaunchedAt), microseconds(s.TerminatedAt)
	n := part[*compute](c)
	n.mu.Lock()
	defer n.mu.Unlock()
	cell := slices.DeleteFunc(n.cells[s.Cell], func(o Server) bool { return o.ID == s.ID })
	at, _ := slices.BinarySearchFunc(cell, s, inOrder)
	n.cells[s.Cell] = slices.Insert(cell, at, s)
	return s.ID
}

// RemoveServer forgets a server in every cell, as archiving deleted rows does: it loses its usage, and a page that starts after
// it cannot be found.
func (c *Cloud) RemoveServer(id string) {
	n := part[*compute](c)
	n.mu.Lock()
	defer n.mu.Unlock()
	for number, cell := range n.cells {
		n.cells[number] = slices.DeleteFunc(cell, func(s Server) bool { return s.ID == id })
	}
}

// Servers are all servers, cell by cell, in the order of project and ID.
func (c *Cloud) Servers() []Server {
	n := part[*compute](c)
	n.mu.RLock()
	defer n.mu.RUnlock()
	var all []Server
	for _, number := range slices.Sorted(maps.Keys(n.cells)) {
		all = append(all, n.cells[number]...)
	}
	return all
}

// page is one page of the servers with usage in a window, of one project or of all. It is false if no cell has the marker.
func (n *compute) page(q usageQuery, tenant string) ([]Server, bool) {
	// The database compares whole seconds, the controller microseconds.
	begin, end := q.start.Truncate(time.Second), q.stop.Truncate(time.Second)
	n.mu.RLock()
	defer n.mu.RUnlock()
	var found []Server
	marker := q.marker
	for _, number := range slices.Sorted(maps.Keys(n.cells)) {
		cell := n.cells[number]
		if marker != nil {
			at := slices.IndexFunc(cell, func(s Server) bool { return s.ID == *marker })
			if at < 0 {
				continue
			}
			cell, marker = cell[at+1:], nil
		}
		for _, s := range cell {
			if len(found) == q.limit {
				return found, true
			}
			if (tenant == "" || s.ProjectID == tenant) && s.LaunchedAt != nil && s.LaunchedAt.Before(end) &&
				(s.TerminatedAt == nil || s.TerminatedAt.After(begin)) {
				found = append(found, s)
			}
		}
	}
	return found, marker == nil
}

func inOrder(a, b Server) int {
	return cmp.Or(cmp.Compare(a.ProjectID, b.ProjectID), cmp.Compare(a.ID, b.ID))
}

func microseconds(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	at := t.UTC().Truncate(time.Microsecond)
	return &at
}
