package tenantusage

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/paging"
	"github.com/gophermeter/gophermeter/internal/wire"
)

// ask is what a walk asks for.
type ask struct {
	op       string
	project  string // empty for all projects
	window   gophermeter.Window
	detailed bool // with rows; those of one project always come
	limit    int
	marker   string // where to begin; empty is the beginning
	unique   bool   // drop rows of servers that were met before
}

const (
	// The microversion that pages: nothing that came after it concerns usage.
	paged = "2.40"
	// What a release before it silently cuts an answer down to, unless its operator set another max_limit.
	oldCap = 1000
	// How often a walk may lose its marker before it gives up.
	maxRecoveries = 3
)

// walk is the state of one range over the pages.
type walk struct {
	client *Client
	ask
	old     bool // the service cannot page
	met     seen
	current string // marker that the latest page was asked with
}

// cursor is a marker. A walk that lost one goes back to an earlier marker, which is no loop.
type cursor struct {
	marker     string
	recoveries int
}

// steadyPages walks the pages, and starts again once where that can help.
func (c *Client) steadyPages(ctx context.Context, a ask) iter.Seq2[[]*page, error] {
	return restarting(a, func(a ask) iter.Seq2[[]*page, error] { return c.pages(ctx, a) })
}

// pages walks the pages, one ahead. The window must be pinned.
func (c *Client) pages(ctx context.Context, a ask) iter.Seq2[[]*page, error] {
	return func(yield func([]*page, error) bool) {
		w := &walk{client: c, ask: a, current: a.marker}
		for batch, err := range paging.WalkAhead(ctx, cursor{marker: a.marker}, w.fetch) {
			if !yield(batch, err) {
				return
			}
		}
	}
}

func (w *walk) fetch(ctx context.Context, at cursor) ([]*page, cursor, bool, error) {
	p, err := w.get(ctx, at.marker)
	if lost(err, at.marker) && w.unique && at.recoveries < maxRecoveries {
		// The server at the marker is gone. The page before it can be had again with its own marker, and its
		// rows are known by now; failing that the first page can.
		at.recoveries++
		back := w.current
		if p, err = w.get(ctx, back); lost(err, back) {
			back = w.marker
			p, err = w.get(ctx, back)
		}
		at.marker = back
	}
	switch {
	case lost(err, at.marker) && at.marker != w.marker && !w.unique:
		return nil, at, false, &restart{window: w.window, cause: err}
	case err != nil:
		return nil, at, false, err
	}
	w.current = at.marker
	if w.unique {
		w.drop(p)
	}
	return []*page{p}, cursor{p.next, at.recoveries}, p.next != "", nil
}

// lost tells of a marker whose server was purged from the database meanwhile.
func lost(err error, marker string) bool {
	var e *gophermeter.Error
	return marker != "" && errors.As(err, &e) && e.StatusCode == http.StatusBadRequest &&
		strings.Contains(strings.ToLower(e.Message), "marker")
}

// drop takes out the rows of servers that were met before, and their share of the totals: a server that a
// resize moved to another cell can be listed in both.
func (w *walk) drop(p *page) {
	read, kept := 0, 0
	for i := range p.projects {
		u := &p.projects[i]
		var totals *tally
		first := kept
		for range u.Servers {
			s := &p.rows[read]
			read++
			if w.met.add(s.ProjectID, s.InstanceID) {
				if totals == nil {
					totals = &tally{}
					totals.addTotals(u)
				}
				totals.addServer(s, -s.Hours)
				continue
			}
			if kept++; kept != read {
				p.rows[kept-1] = *s
			}
		}
		u.Servers = p.rows[first:kept:kept]
		if totals != nil {
			totals.into(u)
		}
	}
	p.rows = p.rows[:kept]
}

// get asks for the page behind a marker, in the way that this service can answer.
func (w *walk) get(ctx context.Context, marker string) (*page, error) {
	if w.old {
		return w.whole(ctx, marker, nil)
	}
	p, err := w.send(ctx, marker, paged)
	var e *gophermeter.Error
	switch {
	case errors.As(err, &e) && e.StatusCode == http.StatusNotAcceptable:
		return w.whole(ctx, marker, nil)
	case err != nil:
		return nil, err
	case !canPage(p.version):
		return w.whole(ctx, marker, p)
	}
	return p, nil
}

// whole reads the only page of a service that cannot page, p where that has come already.
func (w *walk) whole(ctx context.Context, marker string, p *page) (_ *page, err error) {
	w.old = true
	if marker != "" {
		return nil, fmt.Errorf("%w: this Nova has no microversion %s, so a walk cannot resume at a marker", errs.ErrUnsupported, paged)
	}
	if p == nil || !w.rows() {
		if p, err = w.send(ctx, "", ""); err != nil {
			return nil, err
		}
	}
	if len(p.rows) >= oldCap {
		return nil, fmt.Errorf("%w: this Nova cannot page (no microversion %s) and answered %d servers, which is where it cuts off",
			errs.ErrTruncated, paged, len(p.rows))
	}
	return p, nil
}

// rows tells whether answers come with the rows behind their totals.
func (a *ask) rows() bool { return a.detailed || a.project != "" }

// send makes one request. Without a microversion rows are always asked for: counting them is the only way to
// see that an old service cut the answer short.
func (w *walk) send(ctx context.Context, marker, version string) (p *page, err error) {
	r := gophermeter.Request{
		Op:     w.op,
		Method: http.MethodGet,
		Path:   []string{"os-simple-tenant-usage"},
		Query: url.Values{
			"start": {wire.FormatNaive(w.window.Start)},
			"end":   {wire.FormatNaive(w.window.End)},
		},
	}
	if w.project != "" {
		r.Path = append(r.Path, w.project)
	} else if w.detailed || version == "" {
		r.Query.Set("detailed", "1") // Nova takes no other spelling for true
	}
	if version != "" {
		r.Header = http.Header{
			"Openstack-Api-Version":        {"compute " + version},
			"X-Openstack-Nova-Api-Version": {version},
		}
		wire.Set(r.Query, "marker", marker)
		if w.limit > 0 {
			r.Query.Set("limit", strconv.Itoa(w.limit))
		}
	}
	err = w.client.service.Read(ctx, r, func(h http.Header, body []byte) error {
		if p, err = decode(body); err != nil {
			return err
		}
		p.version, p.window = answered(h), w.window
		return w.steady(p)
	})
	return p, err
}

// answered is the microversion that a response names.
func answered(h http.Header) string {
	if version, ok := strings.CutPrefix(h.Get("Openstack-Api-Version"), "compute "); ok {
		return version
	}
	return h.Get("X-Openstack-Nova-Api-Version")
}

// canPage tells whether a microversion has limit, marker and links.
func canPage(version string) bool {
	major, minor, _ := strings.Cut(version, ".")
	n, err := strconv.Atoi(minor)
	return err == nil && major == "2" && n >= 40
}

// steady checks that the page was counted for the window that it was asked for.
func (w *walk) steady(p *page) error {
	for i := range p.projects {
		u := &p.projects[i]
		if !u.Stop.Equal(w.window.End) {
			end := u.Stop.Truncate(time.Second)
			return &restart{
				window: gophermeter.Window{Start: w.window.Start, End: end},
				cause: fmt.Errorf("%w: asked up to %s, but Nova counted up to %s: is its clock behind?",
					errs.ErrWindowDrift, wire.FormatRFC3339(w.window.End), wire.FormatRFC3339(u.Stop)),
			}
		}
		if !u.Start.Equal(w.window.Start) {
			return fmt.Errorf("%w: asked from %s, but Nova counted from %s",
				errs.ErrWindowDrift, wire.FormatRFC3339(w.window.Start), wire.FormatRFC3339(u.Start))
		}
	}
	return nil
}

// restart is a failure that a walk from the beginning, for this window, may not meet.
type restart struct {
	window gophermeter.Window
	cause  error
}

func (e *restart) Error() string { return e.cause.Error() }
func (e *restart) Unwrap() error { return e.cause }

// restarting runs a walk over the pinned window, and once more where it asks for that before anything of it
// was yielded.
func restarting[T any](a ask, walk func(ask) iter.Seq2[[]T, error]) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		var err error
		if a.window, err = pin(a.window); err != nil {
			yield(nil, err)
			return
		}
		for first := true; ; first = false {
			again := once(a, walk, yield, first)
			if again == nil {
				return
			}
			a.window = again.window
		}
	}
}

// once runs a walk, and returns its wish to start again where that is allowed.
func once[T any](a ask, walk func(ask) iter.Seq2[[]T, error], yield func([]T, error) bool, allowed bool) *restart {
	for batch, err := range walk(a) {
		var again *restart
		if allowed && errors.As(err, &again) && again.window.Check() == nil {
			return again
		}
		allowed = false
		if !yield(batch, err) {
			return nil
		}
	}
	return nil
}
