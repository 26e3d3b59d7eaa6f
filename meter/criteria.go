package meter

import (
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/wire"
)

// scope is what a list can be filtered by.
type scope struct {
	name             string
	fields           []string
	metadata, traits bool
	times            bool
}

var (
	onMeters     = scope{name: "meters", fields: []string{"project_id", "user_id", "resource_id", "source"}, metadata: true}
	onSamples    = scope{name: "samples", fields: []string{"project_id", "user_id", "resource_id", "source", "message_id"}, metadata: true, times: true}
	onStatistics = scope{name: "statistics", fields: onSamples.fields, metadata: true, times: true}
	onResources  = scope{name: "resources", fields: onMeters.fields, metadata: true, times: true}
	onEvents     = scope{name: "events", fields: []string{"event_type", "message_id"}, traits: true, times: true}
)

// Limits of K5.
const (
	maxK5Conditions = 10
	maxK5Value      = 255 // characters
)

var k5Fields = []string{"resource_id", "source", "user_id"}

// criteria are the conditions of a call, sorted out: times apart from the rest, for a walk moves them.
type criteria struct {
	dialect  Dialect
	rest     []Filter
	from, to Filter // of the time; zero is none
	widened  Filter
}

// criteria checks what a call asks for.
func (c *Client) criteria(s scope, w gophermeter.Window, filters []Filter) (criteria, error) {
	all := criteria{dialect: c.dialect}
	if w != (gophermeter.Window{}) {
		if err := w.Check(); err != nil {
			return all, err
		}
		if !s.times {
			return all, unsupported("%s cannot be filtered by time", s.name)
		}
		all.from, all.to = Since(w.Start), Before(w.End)
	}
	for _, f := range filters {
		if err := all.add(s, f); err != nil {
			return all, err
		}
	}
	if all.widened != (Filter{}) && all.from == (Filter{}) && all.to == (Filter{}) {
		return all, errs.Invalid("Widened", "there is no time to widen")
	}
	return all, all.checkK5()
}

// add puts a condition where it belongs.
func (all *criteria) add(s scope, f Filter) error {
	place := &all.widened
	switch {
	case f == (Filter{}):
		return errs.Invalid("Filter", "is the zero value")
	case f.err != nil:
		return f.err
	case !s.has(f):
		return unsupported("%s cannot be filtered by %s", s.name, f.field)
	case all.dialect == K5 && f.field != "timestamp" && !slices.Contains(k5Fields, f.field):
		return unsupported("%s filters by %s and by nothing else, not by %s", all.dialect, strings.Join(k5Fields, ", "), f.field)
	case f.field == "timestamp" && f.op[0] == 'g':
		place = &all.from
	case f.field == "timestamp":
		place = &all.to
	case f.field != "search_offset":
		if slices.ContainsFunc(all.rest, func(o Filter) bool { return o.field == f.field && !f.trait() && all.dialect != K5 }) {
			return errs.Invalid("Filter", "%s comes twice, and the service would look at one of them alone", f.field)
		}
		all.rest = append(all.rest, f)
		return nil
	}
	if *place != (Filter{}) {
		return errs.Invalid("Filter", "%s comes twice at the same end (a Window sets both)", f.field)
	}
	*place = f
	return nil
}

// trait tells of a condition of which there may be several on one field: a trait can have two bounds.
func (f Filter) trait() bool { return strings.HasPrefix(f.typ, "trait:") }

func (s scope) has(f Filter) bool {
	switch {
	case f.field == "timestamp", f.field == "search_offset" && !s.traits:
		return s.times
	case f.trait():
		return s.traits
	case strings.HasPrefix(f.field, "metadata."):
		return s.metadata
	}
	return slices.Contains(s.fields, f.field)
}

func (all *criteria) checkK5() error {
	if all.dialect != K5 {
		return nil
	}
	count := len(all.rest)
	for _, f := range []Filter{all.from, all.to} {
		if f != (Filter{}) {
			count++
		}
	}
	if count > maxK5Conditions {
		return errs.Invalid("Filters", "%d conditions are more than %s's %d", count, K5, maxK5Conditions)
	}
	for _, f := range all.rest {
		if n := utf8.RuneCountInString(f.value); n > maxK5Value {
			return errs.Invalid(f.field, "%d characters are more than %s's %d", n, K5, maxK5Value)
		}
	}
	return nil
}

// query is the conditions as the service reads them.
func (all *criteria) query() url.Values {
	q := url.Values{}
	for _, f := range all.rest {
		all.put(q, f)
	}
	for _, f := range []Filter{all.from, all.to} {
		if f != (Filter{}) {
			f.value = wire.FormatNaive(f.edge())
			all.put(q, f)
		}
	}
	if all.widened != (Filter{}) {
		all.put(q, all.widened)
	}
	return q
}

// put sends a condition. The service pairs field, op, value and type by their position, so that each always has all
// of them; K5 documents no type.
func (all *criteria) put(q url.Values, f Filter) {
	q.Add("q.field", f.field)
	q.Add("q.op", f.op)
	q.Add("q.value", f.value)
	if all.dialect != K5 {
		q.Add("q.type", strings.TrimPrefix(f.typ, "trait:"))
	}
}

// edge is the time of a condition in the service's microseconds, of which a finer time must not cross one.
func (f Filter) edge() time.Time {
	down := f.at.UTC().Truncate(time.Microsecond)
	if (f.op == "ge" || f.op == "lt") && down.Before(f.at) {
		return down.Add(time.Microsecond)
	}
	return down
}

// unwidened are the same conditions on the time that the service would compute from them, without a search_offset: for
// a walk, which moves the end.
func (all *criteria) unwidened() criteria {
	moved := *all
	if all.from != (Filter{}) {
		moved.from.at = all.from.at.Add(-all.widened.widen)
	}
	if all.to != (Filter{}) {
		moved.to.at = all.to.at.Add(all.widened.widen)
	}
	moved.widened = Filter{}
	return moved
}

// complete refuses what K5 would cut down to a time of its own without a word.
func (all *criteria) complete() error {
	if all.dialect == K5 && (all.from == (Filter{}) || all.to == (Filter{})) {
		return errs.Invalid("Window", "is needed: %s answers for a time of its own choice unless both ends are given", K5)
	}
	return nil
}
