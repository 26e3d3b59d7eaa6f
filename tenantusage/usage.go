package tenantusage

import (
	"time"

	"github.com/gophermeter/gophermeter"
)

// ProjectUsage is what one project used within a window: the sum over its servers of the hours that each
// ran, times the size of its flavor. Hours count from launch to deletion; a server that is stopped, paused
// or shelved goes on counting, and every hour counts with the flavor that the server has now.
//
// Source: Nova, os-simple-tenant-usage, tenant_usages[] and tenant_usage.
type ProjectUsage struct {
	// ProjectID is Keystone's id; empty where Nova knows nothing of the project.
	ProjectID string
	// Start and Stop are the window that was counted, UTC. Stop is before the end that was asked for when
	// that lay in the future.
	Start, Stop time.Time
	// TotalHours are server-hours.
	TotalHours float64
	// TotalVCPUsUsage are vCPU-hours.
	TotalVCPUsUsage float64
	// TotalMemoryMBUsage are MiB-hours.
	TotalMemoryMBUsage float64
	// TotalLocalGBUsage are GiB-hours of root and ephemeral disk together.
	TotalLocalGBUsage float64
	// Servers are the rows behind the totals, each once, where they were asked for: by GetProject and by
	// RawPages with Detailed; nil otherwise.
	Servers []ServerUsage
}

// ServerUsage is one server that ran at some time in the window.
//
// Source: Nova, os-simple-tenant-usage, server_usages[].
type ServerUsage struct {
	// InstanceID is the UUID of the server.
	InstanceID string
	// Name is the display name; empty where it is null.
	Name string
	// ProjectID is the owner's id.
	ProjectID string
	// Flavor is the name of the flavor; empty for a deleted server whose flavor is unknown.
	Flavor string
	// State is the state at the time of the call, not within the window.
	State State
	// Hours that the server ran within the window.
	Hours float64
	// VCPUs of the flavor.
	VCPUs int64
	// MemoryMB is the memory of the flavor in MiB.
	MemoryMB int64
	// LocalGB is root and ephemeral disk of the flavor together, in GiB.
	LocalGB int64
	// StartedAt is the latest launch, UTC. A resize, rescue, rebuild or unshelve launches anew, and the
	// time before it is lost to Nova's accounting.
	StartedAt time.Time
	// EndedAt is the deletion, UTC; nil while the server exists.
	EndedAt *time.Time
	// Uptime runs from StartedAt to EndedAt, or to the time of the call. It is not clipped to the window.
	Uptime time.Duration
}

// State of a server. Releases add states; an unknown one is kept as it was sent.
type State string

// States that Nova is known to send.
const (
	StateActive           State = "active"
	StateBuilding         State = "building"
	StatePaused           State = "paused"
	StateSuspended        State = "suspended"
	StateStopped          State = "stopped"
	StateRescued          State = "rescued"
	StateResized          State = "resized"
	StateSoftDeleted      State = "soft-delete" // deleted, and not reclaimed yet; hours still count
	StateShelved          State = "shelved"
	StateShelvedOffloaded State = "shelved_offloaded"
	StateError            State = "error"
	StateTerminated       State = "terminated" // deleted; EndedAt is set
)

// HoursIn is how long the server ran within w, by Nova's own rule: from launch to deletion, clipped to w.
// A server that was running when it was listed is taken to run on until w.End, so w should lie within the
// window that was listed.
func (s *ServerUsage) HoursIn(w gophermeter.Window) float64 {
	from, to := s.StartedAt, w.End
	if from.Before(w.Start) {
		from = w.Start
	}
	if s.EndedAt != nil && s.EndedAt.Before(to) {
		to = *s.EndedAt
	}
	if !to.After(from) {
		return 0
	}
	return to.Sub(from).Hours()
}
