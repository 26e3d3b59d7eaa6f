package bridge

import (
	"slices"
	"time"

	"github.com/gophermeter/gophermeter/internal/errs"
)

// account is who is charged.
type account struct {
	localProjectID, username string
	stands                   bool // the project's username stands for a user who is not known, or no person
}

// account finds who is charged for what a project and user own in OpenStack, or why nobody is.
func (c Config) account(project, user string) (account, []cause) {
	p, ok := c.Projects[project]
	if !ok {
		return account{}, []cause{{reason: UnmappedProject, name: project}}
	}
	if user != "" && !slices.Contains(c.ServiceUsers, user) {
		login, ok := c.Users[user]
		if !ok {
			return account{}, []cause{{reason: UnmappedUser, name: user}}
		}
		return account{p.LocalProjectID, login, false}, nil
	}
	if p.Username == "" {
		return account{}, []cause{{reason: NoUsername, name: project}}
	}
	return account{p.LocalProjectID, p.Username, true}, nil
}

func (c Config) excludes(project string) bool { return slices.Contains(c.ExcludedProjects, project) }

// fate is what became of an instance, or of an owner's volumes.
type fate int

// The fates. What is not in the reading is absent.
const (
	absent   fate = iota
	reported      // in records
	excluded      // of a project that is not reported
	doubtful      // a problem
)

// startOfDay holds a time to be midnight, UTC.
func startOfDay(day time.Time) (time.Time, error) {
	day = day.UTC()
	if day.IsZero() || !day.Equal(day.Truncate(aDay)) {
		return day, errs.Invalid("day", "%s is not the start of a day in UTC", day.Format(time.RFC3339Nano))
	}
	return day, nil
}

// clip is the part of a stretch that lies in the day; nothing where to is not after from.
func clip(day, from, to time.Time) (time.Time, time.Time) {
	if from.Before(day) {
		from = day
	}
	if end := day.Add(aDay); to.After(end) {
		to = end
	}
	return from.UTC(), to.UTC()
}
