package main

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/amie/bridge"
	"github.com/gophermeter/gophermeter/amie/journal"
	"github.com/gophermeter/gophermeter/examples/internal/projects"
	"github.com/gophermeter/gophermeter/usage"
)

// summary is what every format prints. Amounts are exact; only the table rounds.
type summary struct {
	Site       string                `json:"site,omitempty"`
	From       string                `json:"from"` // date
	To         string                `json:"to"`   // date of the day after the last
	Compute    []row                 `json:"compute"`
	Storage    []row                 `json:"storage"`
	Problems   []*problem            `json:"problems"` // what is in no record
	Excluded   use                   `json:"excluded"` // what the mapping leaves out
	Messages   []usage.Message       `json:"messages,omitempty"`
	Correction *correction           `json:"correction,omitempty"` // what the journal did not have yet
	Delivery   *delivery             `json:"delivery,omitempty"`
	Journal    map[journal.State]int `json:"journal,omitempty"` // all its records, also those of other days
	Open       []trouble             `json:"open"`              // what failed, is unknown or was charged otherwise
	Notes      []string              `json:"notes"`             // what this report cannot know

	window          gophermeter.Window
	days            []mapped
	names           projects.Names
	used            *reading
	dryRun, partial bool
	instances       count // records of instances
}

// use is what is charged for.
type use struct {
	VCPUSeconds decimal.Decimal `json:"vcpu_seconds,omitzero"`
	GiBSeconds  decimal.Decimal `json:"gib_seconds,omitzero"`
}

func (u *use) add(vcpuSeconds, gibSeconds decimal.Decimal) {
	u.VCPUSeconds, u.GiBSeconds = u.VCPUSeconds.Add(vcpuSeconds), u.GiBSeconds.Add(gibSeconds)
}

// row is what a project used on a resource.
type row struct {
	Resource string `json:"resource"`
	LocalID  string `json:"local_project_id"`
	Project  string `json:"project"` // its name in OpenStack, or its id where that cannot be read
	Records  int    `json:"records"`
	use
	Charge decimal.Decimal `json:"charge"`

	id string
}

// problem is one of the bridge, over all days.
type problem struct {
	Reason bridge.Reason `json:"reason"`
	Name   string        `json:"name"`
	Detail string        `json:"detail,omitempty"` // of a project its name
	IDs    []string      `json:"ids"`              // of instances or volumes
	use
}

// correction is what a reading changes of what the journal has of the days.
type correction struct {
	New       int       `json:"new"`
	Changed   int       `json:"changed"`
	TakenBack int       `json:"taken_back"`
	Unchanged int       `json:"unchanged"`
	Vanished  []trouble `json:"vanished"` // were reported, and Nova knows nothing of them any more
	Doubtful  []trouble `json:"doubtful"` // were reported, and are problems now
}

// delivery is what the service said.
type delivery struct {
	Submitted int `json:"submitted"`
	Failed    int `json:"failed"`
	Unsent    int `json:"unsent"` // pending still
	Unknown   int `json:"unknown"`
}

// trouble is a record that a person should look at.
type trouble struct {
	Resource string          `json:"resource"`
	Record   string          `json:"record"`
	Charge   decimal.Decimal `json:"charge"`
	State    string          `json:"state"`
	Says     string          `json:"says,omitempty"` // the service
}

type count struct{ all, forProject int }

func newSummary(w gophermeter.Window, names projects.Names, used *reading) *summary {
	return &summary{
		From: w.Start.Format(time.DateOnly), To: w.End.Format(time.DateOnly), window: w, names: names, used: used,
		Compute: []row{}, Storage: []row{}, Problems: []*problem{}, Open: []trouble{}, Notes: []string{},
	}
}

// add maps a day.
func (r *summary) add(c bridge.Config, day time.Time, used *reading) error {
	compute, err := bridge.Compute(c, day, used.slices)
	if err != nil {
		return err
	}
	storage, err := bridge.Storage(c, day, used.volumes)
	if err != nil {
		return err
	}
	r.days = append(r.days, mapped{compute, storage})
	for _, l := range compute.Lines {
		r.Compute = r.count(r.Compute, row{Resource: l.Record.Resource, LocalID: l.Record.LocalProjectID, id: l.Project,
			use: use{VCPUSeconds: l.VCPUSeconds}, Charge: l.Record.Charge})
		r.instances.all++
		if l.ForProject {
			r.instances.forProject++
		}
	}
	for _, l := range storage.Lines {
		r.Storage = r.count(r.Storage, row{Resource: l.Record.Resource, LocalID: l.Record.LocalProjectID, id: l.Project,
			use: use{GiBSeconds: l.GiBSeconds}, Charge: l.Record.Charge})
	}
	r.problems(compute.Problems)
	r.problems(storage.Problems)
	r.Excluded.add(compute.Excluded, storage.Excluded)
	if r.dryRun {
		r.messages(compute.Records(), storage.Records())
	}
	return nil
}

// count adds a record to the row of its resource and project. Rows stand in the order of these.
func (r *summary) count(all []row, one row) []row {
	one.Project = r.names.Name(one.id)
	i, found := slices.BinarySearchFunc(all, one, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.LocalID, b.LocalID), cmp.Compare(a.Project, b.Project), cmp.Compare(a.id, b.id))
	})
	if !found {
		all = slices.Insert(all, i, row{Resource: one.Resource, LocalID: one.LocalID, Project: one.Project, id: one.id})
	}
	all[i].Records++
	all[i].add(one.VCPUSeconds, one.GiBSeconds)
	all[i].Charge = all[i].Charge.Add(one.Charge)
	return all
}

// problems adds those of a day to the ones of other days.
func (r *summary) problems(all bridge.Problems) {
	for _, p := range all {
		detail := p.Detail
		if p.Reason == bridge.UnmappedProject || p.Reason == bridge.NoUsername {
			detail = r.names[p.Name]
		}
		i := slices.IndexFunc(r.Problems, func(q *problem) bool { return q.Reason == p.Reason && q.Name == p.Name && q.Detail == detail })
		if i < 0 {
			i = len(r.Problems)
			r.Problems = append(r.Problems, &problem{Reason: p.Reason, Name: p.Name, Detail: detail})
		}
		q := r.Problems[i]
		q.IDs = slices.Compact(slices.Sorted(slices.Values(slices.Concat(q.IDs, p.IDs))))
		q.add(p.VCPUSeconds, p.GiBSeconds)
	}
}

func (r *summary) messages(compute []usage.ComputeRecord, storage []usage.StorageRecord) {
	if len(compute) > 0 {
		r.Messages = append(r.Messages, usage.MessageOf(compute...))
	}
	if len(storage) > 0 {
		r.Messages = append(r.Messages, usage.MessageOf(storage...))
	}
}
