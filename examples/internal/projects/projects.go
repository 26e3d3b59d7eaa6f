// Package projects knows the projects of a cloud by name and id.
package projects

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/gophermeter/gophermeter"
)

// Names of projects, by id; nil where they cannot be read.
type Names map[string]string

// Read asks Keystone. It is a courtesy to the reader of a report, which is still right without names: where they
// cannot be read, notice is told in one line. The error is that of the context.
func Read(ctx context.Context, conn *gophermeter.Connection, program string, notice io.Writer) (Names, error) {
	names, err := conn.ProjectNames(ctx)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		fmt.Fprintf(notice, "%s: ids stand for project names, which cannot be read: %v\n", program, err)
	}
	return names, nil
}

// Name of a project, or its id.
func (n Names) Name(projectID string) string { return cmp.Or(n[projectID], projectID) }

var idForm = regexp.MustCompile(`^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$`)

// Find is the id of the project that the flag -project names, by id or name. An id need not be known: deleted
// projects still have usage.
func (n Names) Find(project string) (string, error) {
	if n[project] != "" {
		return project, nil
	}
	var found []string
	for id, name := range n {
		if name == project {
			found = append(found, id)
		}
	}
	slices.Sort(found)
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return "", fmt.Errorf("several projects are called %q: use one of the ids %s", project, strings.Join(found, ", "))
	case idForm.MatchString(project):
		return project, nil
	case n == nil:
		return "", fmt.Errorf("project names cannot be read, so -project needs an id, which %q is not", project)
	}
	return "", fmt.Errorf("no project is called %q%s", project, n.known())
}

// known names some projects.
func (n Names) known() string {
	names := slices.Compact(slices.Sorted(maps.Values(n)))
	switch {
	case len(names) == 0:
		return ""
	case len(names) > 8:
		return fmt.Sprintf(": there are %s and %d more", strings.Join(names[:8], ", "), len(names)-8)
	}
	return ": there are " + strings.Join(names, ", ")
}

// Explain tells people who may not read what, of all projects, to ask for their own instead.
func (n Names) Explain(err error, what string) error {
	if !errors.Is(err, gophermeter.ErrForbidden) {
		return err
	}
	own := "NAME"
	if names := slices.Sorted(maps.Values(n)); len(names) > 0 {
		own = names[0]
	}
	return fmt.Errorf("only administrators may read %s of all projects; for your own try -project %s (%w)", what, own, err)
}
