package bridge

import "github.com/shopspring/decimal"

// Config is how a site maps OpenStack to its allocations, and what it charges. It is plain data, which [ReadConfig]
// reads from JSON; [Config.Check] says what is wrong with one.
type Config struct {
	// Compute are the resources that instances run on; the flavor decides on which.
	Compute []ComputeResource `json:"compute,omitempty"`
	// States is the share of the rate that an instance costs in a state, such as 1 for active and 0.5 for stopped. The
	// name * stands for every state that is not named; without it such a state is a [Problem].
	States map[string]decimal.Decimal `json:"states,omitempty"`
	// Storage are the resources that volumes lie on; metric and volume type decide on which.
	Storage []StorageResource `json:"storage,omitempty"`
	// Projects are those that have an allocation, by the id in OpenStack.
	Projects map[string]Project `json:"projects,omitempty"`
	// Users are logins by the id in OpenStack. A user who is not there is a [Problem].
	Users map[string]string `json:"users,omitempty"`
	// ServiceUsers are ids of users that are no people, such as those of orchestration: what they own is charged to
	// the username of the project.
	ServiceUsers []string `json:"service_users,omitempty"`
	// ExcludedProjects are ids of projects that are not reported, such as admin and service. Their use is counted.
	ExcludedProjects []string `json:"excluded_projects,omitempty"`
	// JobNames tells ACCESS the names that users gave to their instances; the default keeps them private.
	JobNames bool `json:"job_names,omitempty"`
	// LocalReference comes back with every error about a record; empty is not sent.
	LocalReference string `json:"local_reference,omitempty"`
}

// ComputeResource is a resource of ACCESS, or the flavors of it that have one rate.
type ComputeResource struct {
	// Resource is the name in AMIE's packets.
	Resource string `json:"resource"`
	// Flavors are names of flavors, in which * stands for any text: m3.* is a family. A flavor that fits two
	// ComputeResources is a [Problem].
	Flavors []string `json:"flavors"`
	// Rate is the SUs of a vCPU-hour. It must be above 0: what is free is so by its state.
	Rate decimal.Decimal `json:"rate"`
}

// StorageResource is a resource of ACCESS, or the volumes on it that have one rate.
type StorageResource struct {
	// Resource is the name in AMIE's packets.
	Resource string `json:"resource"`
	// Metrics are names of rated metrics, such as volume.size, in which * stands for any text.
	Metrics []string `json:"metrics"`
	// Types are volume types, in which * stands for any text; none at all fits every type. A volume that fits two
	// StorageResources is a [Problem].
	Types []string `json:"types,omitempty"`
	// MediaType is what AMIE calls the medium: Tape, Disk, SSD. Empty is not sent; each has records of its own.
	MediaType string `json:"media_type,omitempty"`
	// Charge is what the rate is of.
	Charge Basis `json:"charge"`
	// Rate is the charge for one unit of the basis. It must be above 0.
	Rate decimal.Decimal `json:"rate"`
}

// Basis is what a volume is charged by.
type Basis string

// The bases. A size is the mean over the day: a volume that was there for half of it counts as half.
const (
	ByGB    Basis = "GB"    // of 10^9 bytes, stored for the day
	ByGiB   Basis = "GiB"   // of 2^30 bytes, stored for the day
	ByPrice Basis = "price" // what the rating service says that it cost
)

// Project is an allocation.
type Project struct {
	// LocalProjectID is the ProjectID that the site gave when ACCESS created the project.
	LocalProjectID string `json:"local_project_id"`
	// Username is the login of the person who answers for what no user is known of, mostly the PI. Where it is empty,
	// such use is a [Problem].
	Username string `json:"username,omitempty"`
}

// Stores tells whether a storage resource is charged by a metric: a reader of rated points needs those of such metrics
// and no others.
func (c Config) Stores(metric string) bool {
	for _, r := range c.Storage {
		if fitsAny(r.Metrics, metric) {
			return true
		}
	}
	return false
}
