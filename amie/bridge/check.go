package bridge

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/usage"
)

// Check finds the first thing that is wrong with the configuration. The error names its field as JSON has it, and
// matches gophermeter.ErrInvalidArgument.
func (c Config) Check() error {
	if len(c.Compute) == 0 && len(c.Storage) == 0 {
		return errs.Invalid("compute", "there is neither a compute nor a storage resource")
	}
	if len(c.Compute) > 0 && len(c.States) == 0 {
		return errs.Invalid("states", "there are none, so no instance would cost anything")
	}
	for i, r := range c.Compute {
		if err := r.check(fmt.Sprintf("compute[%d].", i)); err != nil {
			return err
		}
	}
	for _, state := range slices.Sorted(maps.Keys(c.States)) {
		if factor := c.States[state]; factor.Sign() < 0 || !sane(factor, longestRate) {
			return errs.Invalid("states."+state, "is no share of a rate: 0 or more, and at most %d decimals", longestRate)
		}
	}
	for i, r := range c.Storage {
		if err := r.check(fmt.Sprintf("storage[%d].", i)); err != nil {
			return err
		}
	}
	if err := named("local_reference", func(r *usage.ComputeRecord) { r.LocalReference = c.LocalReference }); err != nil {
		return err
	}
	return c.checkOwners()
}

func (r ComputeResource) check(at string) error {
	if err := resource(at, r.Resource); err != nil {
		return err
	}
	if err := patterns(at+"flavors", r.Flavors); err != nil {
		return err
	}
	return rate(at, r.Rate)
}

func (r StorageResource) check(at string) error {
	if err := resource(at, r.Resource); err != nil {
		return err
	}
	if err := patterns(at+"metrics", r.Metrics); err != nil {
		return err
	}
	if slices.Contains(r.Types, "") {
		return errs.Invalid(at+"types", "one of them is empty")
	}
	if r.Charge != ByGB && r.Charge != ByGiB && r.Charge != ByPrice {
		return errs.Invalid(at+"charge", "%q is none of %s, %s, %s", string(r.Charge), ByGB, ByGiB, ByPrice)
	}
	if err := named(at+"media_type", func(s *usage.ComputeRecord) { s.JobName = r.MediaType }); err != nil {
		return err
	}
	return rate(at, r.Rate)
}

// checkOwners looks at projects and users.
func (c Config) checkOwners() error {
	for _, id := range slices.Sorted(maps.Keys(c.Projects)) {
		p, at := c.Projects[id], "projects."+id
		switch {
		case id == "":
			return errs.Invalid("projects", "an id is empty")
		case slices.Contains(c.ExcludedProjects, id):
			return errs.Invalid("excluded_projects", "%s is in projects, too", id)
		}
		err := named(at+".local_project_id", func(r *usage.ComputeRecord) { r.LocalProjectID = p.LocalProjectID })
		if err == nil && p.Username != "" {
			err = named(at+".username", func(r *usage.ComputeRecord) { r.Username = p.Username })
		}
		if err != nil {
			return err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.Users)) {
		switch {
		case id == "":
			return errs.Invalid("users", "an id is empty")
		case slices.Contains(c.ServiceUsers, id):
			return errs.Invalid("service_users", "%s is in users, too", id)
		}
		if err := named("users."+id, func(r *usage.ComputeRecord) { r.Username = c.Users[id] }); err != nil {
			return err
		}
	}
	if slices.Contains(c.ServiceUsers, "") {
		return errs.Invalid("service_users", "one of them is empty")
	}
	if slices.Contains(c.ExcludedProjects, "") {
		return errs.Invalid("excluded_projects", "one of them is empty")
	}
	return nil
}

func resource(at, name string) error {
	return named(at+"resource", func(r *usage.ComputeRecord) { r.Resource = name })
}

func patterns(field string, all []string) error {
	switch {
	case len(all) == 0:
		return errs.Invalid(field, "there are none")
	case slices.Contains(all, ""):
		return errs.Invalid(field, "one of them is empty")
	}
	return nil
}

func rate(at string, d decimal.Decimal) error {
	if d.Sign() <= 0 || !sane(d, longestRate) {
		return errs.Invalid(at+"rate", "is missing, or no number above 0 with at most %d decimals", longestRate)
	}
	return nil
}

// named holds a text to what the service takes in the field of a record that set puts it into.
func named(field string, set func(*usage.ComputeRecord)) error {
	r := usage.ComputeRecord{
		Username: "x", LocalProjectID: "x", LocalRecordID: "x", Resource: "x", NodeCount: 1,
		SubmitTime: time.Unix(0, 0), StartTime: time.Unix(0, 0), EndTime: time.Unix(0, 0),
	}
	set(&r)
	var problem *usage.FieldError
	if errors.As(r.Validate(usage.Rules{Skew: -1}), &problem) {
		return errs.Invalid(field, "%s", strings.TrimSpace(problem.Problem))
	}
	return nil
}
