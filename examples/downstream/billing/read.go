package billing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/rating"
)

// month is what the services tell of a month: all of it, for read gives none of it with an error.
type month struct {
	names              map[string]string          // of the projects, by id
	until              map[string]time.Time       // up to when a project is rated
	tasks              int                        // to rate some of it again, all of them done
	used               map[string]decimal.Decimal // Nova's server-hours by project
	quantities, prices rating.Totals[item]
}

// item is what has a line of its own.
type item struct{ project, metric, kind, unit string }

// kinds are the attributes by which a metric is split into lines, as metrics.yml names them.
var kinds = []string{"flavor_name", "volume_type"}

func (b *Biller) read(ctx context.Context, now time.Time) (*month, error) {
	if end := b.window().End; now.Before(end) {
		return nil, fmt.Errorf("%w: %s ends at %s, and it is %s", ErrIncomplete, b.Label(), stamp(end), stamp(now))
	}
	names, err := b.conn.ProjectNames(ctx)
	if err != nil {
		return nil, err
	}
	m := &month{names: names, used: map[string]decimal.Decimal{}}
	for _, step := range []func(context.Context, *month) error{b.readScopes, b.readUsage, b.readFrames} {
		if err := step(ctx, m); err != nil {
			return nil, err
		}
	}
	if err := b.sameAsBefore(ctx, m); err != nil {
		return nil, err
	}
	for _, key := range m.items() {
		if _, ok := m.until[key.project]; !ok {
			return nil, fmt.Errorf("%w: CloudKitty has points of project %s and does not say how far it is rated", ErrIncomplete, m.title(key.project))
		}
	}
	return m, nil
}

// sameAsBefore asks how far rating has come a second time, behind the long walk: somebody may have begun to rate the month
// again while it was read, and CloudKitty takes the old points away first. It may even be through with it.
func (b *Biller) sameAsBefore(ctx context.Context, m *month) error {
	before, tasks := m.until, m.tasks
	if err := b.readScopes(ctx, m); err != nil {
		return err
	}
	for id, until := range before {
		if m.until[id].Before(until) {
			return fmt.Errorf("%w: CloudKitty went back with project %s, to %s, while it was read", ErrIncomplete, m.title(id), stamp(m.until[id]))
		}
	}
	if m.tasks != tasks {
		return fmt.Errorf("%w: CloudKitty has rated some of it again while it was read", ErrIncomplete)
	}
	return nil
}

// readScopes refuses a month of which a project is not rated to the end, or is being rated again.
func (b *Biller) readScopes(ctx context.Context, m *month) error {
	w := b.window()
	m.until, m.tasks = map[string]time.Time{}, 0
	var behind []string
	for s, err := range b.rated.Scopes(rating.ScopeOptions{}).All(ctx) {
		if errors.Is(err, gophermeter.ErrUnsupported) {
			return fmt.Errorf("%w: this CloudKitty does not tell how far it has rated: %w", ErrIncomplete, err)
		}
		if err != nil {
			return err
		}
		until := s.LastProcessed.Add(b.Period) // what is processed last is a whole period
		if s.Active && until.Before(w.End) {
			behind = append(behind, m.title(s.ID)+" up to "+stamp(until))
		}
		if until.After(m.until[s.ID]) {
			m.until[s.ID] = until
		}
	}
	if len(behind) > 0 {
		slices.Sort(behind)
		return fmt.Errorf("%w: CloudKitty has rated %s only (%d of %d projects are not rated to the end; switch off the scopes of those that are gone)",
			ErrIncomplete, behind[0], len(behind), len(m.until))
	}
	for r, err := range b.rated.Reprocesses(rating.ReprocessOptions{}).All(ctx) {
		if errors.Is(err, gophermeter.ErrUnsupported) {
			return nil // an older release, which has no such tasks
		}
		if err != nil {
			return err
		}
		// CloudKitty 17 rates the period behind the window again as well, so that one which ends at the start counts.
		if !r.Window.Start.Before(w.End) || r.Window.End.Before(w.Start) {
			continue
		}
		if !r.Done() {
			return fmt.Errorf("%w: CloudKitty is rating project %s again, up to %s", ErrIncomplete, m.title(r.ScopeID), stamp(r.Window.End))
		}
		m.tasks++
	}
	return nil
}

func (b *Biller) readUsage(ctx context.Context, m *month) error {
	w := b.window()
	for u, err := range b.used.Projects(w).All(ctx) {
		if err != nil {
			return err
		}
		if u.Stop.Before(w.End) {
			return fmt.Errorf("%w: Nova counted up to %s only", ErrIncomplete, stamp(u.Stop))
		}
		m.used[u.ProjectID] = decimal.NewFromFloat(u.TotalHours).Round(3)
	}
	return nil
}

// readFrames adds up the points while they arrive: memory grows with the lines and not with the points.
func (b *Biller) readFrames(ctx context.Context, m *month) error {
	for f, err := range b.rated.Frames(rating.FrameOptions{Window: b.window()}).All(ctx) {
		if err != nil {
			return err
		}
		if f.ProjectID == "" {
			return fmt.Errorf("a point of %s at %s names no project, so that nobody can be charged", f.Metric, stamp(f.Period.Start))
		}
		if f.Period.Duration() != b.Period {
			return fmt.Errorf("CloudKitty rates %s by periods of %s, not of %s", f.Metric, f.Period.Duration(), b.Period)
		}
		key := item{project: f.ProjectID, metric: f.Metric, unit: f.Unit}
		for _, name := range kinds {
			key.kind = cmp.Or(key.kind, f.Attributes.Get(name))
		}
		m.quantities.Add(key, f.Quantity)
		m.prices.Add(key, f.Price)
	}
	return nil
}

func (m *month) items() []item {
	return m.prices.Keys(func(x, y item) int {
		return cmp.Or(cmp.Compare(x.project, y.project), cmp.Compare(x.metric, y.metric), cmp.Compare(x.kind, y.kind), cmp.Compare(x.unit, y.unit))
	})
}

// projects are the lines of each, in order.
func (m *month) projects() map[string][]item {
	all := map[string][]item{}
	for _, key := range m.items() {
		all[key.project] = append(all[key.project], key)
	}
	return all
}

// unbilled are those that used servers and have no invoice.
func (m *month) unbilled(invoices []Invoice) (titles []string) {
	for _, id := range slices.Sorted(maps.Keys(m.used)) {
		has := slices.ContainsFunc(invoices, func(i Invoice) bool { return i.ProjectID == id })
		if !has && m.used[id].IsPositive() {
			titles = append(titles, m.title(id))
		}
	}
	return titles
}

// title is the name of a project, or its id where it has none any more.
func (m *month) title(id string) string { return plain(cmp.Or(m.names[id], id)) }
