package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gophermeter/gophermeter/examples/internal/projects"
	"github.com/gophermeter/gophermeter/meter"
)

// grouping is what rows can be grouped by.
type grouping struct {
	name  string
	field meter.GroupField
	of    func(*group) *string
}

var groupings = []grouping{
	{"project", meter.GroupByProject, func(g *group) *string { return &g.ProjectID }},
	{"user", meter.GroupByUser, func(g *group) *string { return &g.UserID }},
	{"resource", meter.GroupByResource, func(g *group) *string { return &g.ResourceID }},
	{"flavor", meter.GroupByInstanceType, func(g *group) *string { return &g.Flavor }},
	{"source", meter.GroupBySource, func(g *group) *string { return &g.Source }},
}

// group is what the samples of a row have in common; empty where it was not asked for or they have none.
type group struct {
	ProjectID  string `json:"project_id,omitempty"`
	Project    string `json:"project,omitempty"` // its name, or its id where that cannot be read
	UserID     string `json:"user_id,omitempty"`
	ResourceID string `json:"resource_id,omitempty"`
	Flavor     string `json:"flavor,omitempty"`
	Source     string `json:"source,omitempty"`
}

func groupOf(s *meter.Statistics, names projects.Names) group {
	var g group
	for _, by := range groupings {
		*by.of(&g), _ = s.Group(by.field)
	}
	g.Project = names.Name(g.ProjectID)
	return g
}

// label is the group for people.
func (g *group) label(by grouping) string {
	text := *by.of(g)
	if by.name == "project" {
		text = g.Project
	}
	if text == "" {
		return "(none)"
	}
	return text
}

// labels are one for each grouping.
func (g *group) labels(by groups) []string {
	var all []string
	for _, b := range by {
		all = append(all, g.label(b))
	}
	return all
}

// groups are what a report is grouped by.
type groups []grouping

func (g *groups) String() string { return strings.Join(g.names(), ",") }

func (g *groups) names() []string {
	var names []string
	for _, by := range *g {
		names = append(names, by.name)
	}
	return names
}

// Set adds groupings.
func (g *groups) Set(text string) error {
	for name := range strings.SplitSeq(text, ",") {
		at := slices.Index(groupNames(), name)
		if at < 0 {
			return fmt.Errorf("%q is none of %s", name, strings.Join(groupNames(), ", "))
		}
		if !slices.Contains(g.names(), name) {
			*g = append(*g, groupings[at])
		}
	}
	return nil
}

func groupNames() []string {
	all := groups(groupings)
	return all.names()
}

func (g *groups) byProject() bool { return slices.Contains(g.names(), "project") }

func (g *groups) fields() (all []meter.GroupField) {
	for _, by := range *g {
		all = append(all, by.field)
	}
	return all
}
