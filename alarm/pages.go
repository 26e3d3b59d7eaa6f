package alarm

import (
	"context"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
	"github.com/gophermeter/gophermeter/internal/paging"
)

// Sort is a key that a list is ordered by.
type Sort struct {
	// Field is the key.
	Field Field
	// Descending begins with the greatest.
	Descending bool
}

// list is what a walk over alarms or changes asks for.
type list[T any] struct {
	op      string
	path    []string
	query   url.Values // conditions
	sort    []Sort     // the last key is the id
	size    int        // of a page; 0 asks for everything at once
	id      func(*T) string
	read    func(*jsonstream.Reader) (T, error)
	ordered bool // by the caller, so that a service that cannot sort must not be asked without
}

// cursor names a page: by marker on Aodh, by offset on K5.
type cursor struct {
	marker string
	offset int
	lost   int // how often a marker was lost
}

// maxLost is how often a walk may lose its marker before it gives up.
const maxLost = 3

// walk is the state of one range.
type walk[T any] struct {
	client *Client
	list[T]
	known   map[string]struct{} // ids so far, once there is more than one page
	current string              // marker that the latest page was asked with
}

// pages walks a list in the way of the dialect.
func pages[T any](c *Client, l list[T]) *gophermeter.Pager[T] {
	return gophermeter.NewPager(func(ctx context.Context) iter.Seq2[[]T, error] {
		return paging.WalkAhead(ctx, cursor{}, newWalk(c, l).fetch)
	})
}

func newWalk[T any](c *Client, l list[T]) *walk[T] {
	return &walk[T]{client: c, list: l, known: map[string]struct{}{}}
}

// search walks a list without asking for a page that may not be needed.
func search[T any](ctx context.Context, c *Client, l list[T], match func(*T) (stop bool)) error {
	for rows, err := range paging.Walk(ctx, cursor{}, newWalk(c, l).fetch) {
		if err != nil {
			return err
		}
		for i := range rows {
			if match(&rows[i]) {
				return nil
			}
		}
	}
	return nil
}

func (w *walk[T]) fetch(ctx context.Context, at cursor) ([]T, cursor, bool, error) {
	switch w.client.dialect {
	case K5:
		return w.byOffset(ctx, at)
	case Ceilometer:
		rows, err := w.get(ctx, nil)
		return rows, at, false, err
	case Aodh:
	}
	rows, err := w.byMarker(ctx, at.marker)
	for _, back := range []string{w.current, ""} {
		// What the page before ended with is gone. That page can be had again, and failing that the first one.
		if !lost(err) || at.marker == "" || at.lost == maxLost {
			break
		}
		at = cursor{marker: back, lost: at.lost + 1}
		rows, err = w.byMarker(ctx, back)
	}
	if err != nil {
		return nil, at, false, err
	}
	w.current = at.marker
	full := w.size > 0 && len(rows) >= w.size && !w.client.whole.Load()
	next := at
	if full {
		next.marker = w.id(&rows[len(rows)-1])
	}
	return w.fresh(rows), next, full, nil
}

// lost tells of a marker that has been deleted, or that no longer meets the conditions. Aodh says it with 500.
func lost(err error) bool {
	return status(err) == http.StatusInternalServerError && says(err, "Marker ", " not found")
}

// fresh drops what came before.
func (w *walk[T]) fresh(rows []T) []T {
	return slices.DeleteFunc(rows, func(row T) bool {
		_, met := w.known[w.id(&row)]
		w.known[w.id(&row)] = struct{}{}
		return met
	})
}

func (w *walk[T]) byOffset(ctx context.Context, at cursor) ([]T, cursor, bool, error) {
	rows, err := w.get(ctx, url.Values{"limit": {strconv.Itoa(w.size)}, "offset": {strconv.Itoa(at.offset)}})
	if err != nil {
		return nil, at, false, err
	}
	at.offset += len(rows)
	full := len(rows) >= w.size
	return w.fresh(rows), at, full, nil
}

func (w *walk[T]) byMarker(ctx context.Context, marker string) ([]T, error) {
	if w.client.whole.Load() {
		return w.get(ctx, nil)
	}
	page := url.Values{}
	for _, s := range w.sort {
		page.Add("sort", s.key())
	}
	if w.size > 0 {
		page.Set("limit", strconv.Itoa(w.size))
	}
	if marker != "" {
		page.Set("marker", marker)
	}
	rows, err := w.get(ctx, page)
	if tooOld(err) && marker == "" && !w.ordered {
		w.client.whole.Store(true)
		return w.get(ctx, nil)
	}
	return rows, err
}

// tooOld tells of an Aodh from before Newton, which has no pages.
func tooOld(err error) bool {
	return status(err) == http.StatusBadRequest && says(err, "Unknown argument") && (says(err, `"sort"`) || says(err, `"limit"`))
}

func (w *walk[T]) get(ctx context.Context, page url.Values) ([]T, error) {
	query := maps.Clone(w.query)
	maps.Copy(query, page)
	r := gophermeter.Request{Op: w.op, Method: http.MethodGet, Path: w.path, Query: query}
	return fetch(ctx, w.client, r, func(body []byte) ([]T, error) { return decodeList(body, w.read) })
}

func (s Sort) key() string { return string(s.Field) + ":" + s.direction() }

func (s Sort) direction() string {
	if s.Descending {
		return "desc"
	}
	return "asc"
}

// sorted checks the keys and ends them with the id, without which Aodh's pages lose what is equal in the others.
func (c *Client) sorted(keys []Sort, otherwise []Sort, id Field) ([]Sort, error) {
	if len(keys) == 0 {
		return otherwise, nil
	}
	if c.dialect != Aodh {
		return nil, unsupported("%s cannot sort", c.dialect)
	}
	for _, s := range keys {
		if s.Field == "" {
			return nil, errs.Invalid("Sort.Field", "is empty")
		}
		if s.Field == id {
			return keys, nil
		}
	}
	return append(slices.Clone(keys), Sort{Field: id}), nil
}

// room is the size of a page. A list that is sorted by what can change or be null is asked for whole: Aodh goes on
// from where the marker stands by then, and passes over a key in which the marker has null. Severity it forgets.
func (c *Client) room(keys []Sort, fixed ...Field) int {
	if slices.ContainsFunc(keys, func(s Sort) bool { return !slices.Contains(fixed, s.Field) }) {
		return 0
	}
	return c.pageSize
}
