package rating

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/paging"
)

// Frame is one rated point: what one resource used of one metric in one rating period, and what that costs. It is the
// same whichever version of the API and of the storage it comes from.
//
// Source: CloudKitty, dataframe.py, DataPoint; api/v1/datamodels/storage.py, RatedResource.
type Frame struct {
	// ProjectID is the project that the point itself names. Empty where it names none.
	ProjectID string
	// Metric is its type, such as instance or volume.size.
	Metric string
	// Period that was rated, UTC; an hour unless the operator chose another.
	Period gophermeter.Window
	// Quantity in Unit. Storages keep it as a float of 64 bits.
	Quantity decimal.Decimal
	// Unit as metrics.yml has it; empty from API v1, which does not tell.
	Unit string
	// Price of the whole period, not of an hour, with every digit that the service sent. API v2 sends a float of 64
	// bits; storage v1 keeps one of 32 bits, of which six or seven digits count.
	Price decimal.Decimal
	// Attributes are those that metrics.yml groups by, then its metadata. In API v1 they come mixed.
	Attributes Attributes
}

// FrameOptions say which frames.
type FrameOptions struct {
	// Window is required. Frames are those whose period lies wholly in it.
	Window gophermeter.Window
	// ProjectID keeps one project, by its id: a name finds nothing, and is no error for an administrator. Empty is all that the caller may see, which for who is no administrator is his own
	// project, and the service does not say so. For another project than his he gets [gophermeter.ErrForbidden], where
	// the service would answer with his own.
	ProjectID string
	// Metric keeps one type; empty is all.
	Metric string
	// ScopeKey is the attribute that holds the project; empty is project_id, or tenant_id where a point has none. API v2
	// is asked for ProjectID under this name, project_id where it is empty.
	ScopeKey string
	// Piece is how long the pieces are that a window is cut into; 0 is a day. A window that is no longer is asked for
	// at once. It must be a multiple of the rating period: of one that is longer than a day, which neither [WithPeriod]
	// nor this tells, OpenSearch and storage v1 show nothing.
	Piece time.Duration
}

// defaultPiece is what a window is cut into: short enough for a backend that sorts or copies all of it for each page.
const defaultPiece = 24 * time.Hour

// Frames are the rated points of a window, from API v2 where the cloud serves it and from v1 where it does not. Piece
// by piece they come in order of time, and within a piece in the order of the storage: project after project in
// storage v1. Memory does not grow with the window, and there is no other way to get all of them: a long one is cut
// into pieces, each of which is asked for in pages (v2, several requests under way) or as one body that is read
// while it arrives (v1, one at a time). Periods that the service splits over pages come whole and once; on storage v2
// a frame of API v1 mixes projects, and each point goes to the project that it names.
//
// Sum what is read with [Sum] or [Totals] and round once, at the end.
//
// Periods half in the window are left out, whichever storage the cloud has: InfluxDB goes by their start, OpenSearch
// and storage v1 by both ends, Loki by their end. [gophermeter.ErrTruncated] says that the service had more than it
// showed, or that points moved during the walk.
//
// API: GET /v2/dataframes
//
// API: GET /v1/storage/dataframes
func (c *Client) Frames(o FrameOptions) *gophermeter.Pager[Frame] {
	a, err := c.frameWalk(o)
	if err != nil {
		return gophermeter.FailedPager[Frame](err)
	}
	return gophermeter.NewPager(a.batches)
}

// frameWalk is what a range over frames asks for.
type frameWalk struct {
	client *Client
	FrameOptions
	keys   []string
	pieces []gophermeter.Window
}

func (c *Client) frameWalk(o FrameOptions) (*frameWalk, error) {
	if err := checkWindow(o.Window); err != nil {
		return nil, err
	}
	a := &frameWalk{client: c, FrameOptions: o, keys: projectKeys}
	if o.ScopeKey != "" {
		a.keys = []string{o.ScopeKey}
	}
	if a.Piece == 0 {
		a.Piece = defaultPiece
		if c.period > 0 && defaultPiece%c.period > 0 {
			a.Piece += c.period - defaultPiece%c.period
		}
	}
	switch {
	case a.Piece < time.Second || a.Piece%time.Second != 0:
		return nil, errs.Invalid("FrameOptions.Piece", "%s is no number of seconds", a.Piece)
	case c.period > 0 && a.Piece%c.period != 0:
		return nil, errs.Invalid("FrameOptions.Piece", "%s is no multiple of the rating period, %s", a.Piece, c.period)
	}
	for _, f := range []struct{ name, value string }{{"ProjectID", o.ProjectID}, {"Metric", o.Metric}, {"ScopeKey", o.ScopeKey}} {
		if f.value == "" {
			continue
		}
		if err := checkValue("FrameOptions."+f.name, f.value, ":,"); err != nil {
			return nil, err
		}
	}
	a.pieces = cut(o.Window, a.Piece)
	return a, nil
}

// cut is the window in pieces whose inner ends are whole steps since the Unix epoch, as rating periods are.
func cut(w gophermeter.Window, step time.Duration) []gophermeter.Window {
	if w.Duration() <= step {
		return []gophermeter.Window{w}
	}
	pieces := slices.Collect(w.Align(step).Split(step))
	pieces[0].Start, pieces[len(pieces)-1].End = w.Start.UTC(), w.End.UTC()
	return pieces
}

// filters are what is sent to v2.
func (a *frameWalk) filters() (all []Filter) {
	if a.ProjectID != "" {
		all = append(all, Filter{a.keys[0], a.ProjectID})
	}
	if a.Metric != "" {
		all = append(all, Filter{"type", a.Metric})
	}
	return all
}

// batches are the frames of v2, or of v1 where v2 is not there.
func (a *frameWalk) batches(ctx context.Context) iter.Seq2[[]Frame, error] {
	return func(yield func([]Frame, error) bool) {
		begun, found := false, false
		for page, err := range a.pagesV2(ctx) {
			if err != nil && !begun && errors.Is(err, errs.ErrUnsupported) && missingV2(err) {
				a.runsV1(ctx)(yield)
				return
			}
			begun = true
			if err == nil {
				page, err = a.kept(page)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			found = found || len(page) > 0
			if len(page) > 0 && !yield(page, nil) {
				return
			}
		}
		if !found && a.ProjectID != "" {
			if err := a.client.mayRead(ctx, "rating.Frames", a.ProjectID); err != nil {
				yield(nil, err)
			}
		}
	}
}

// kept are the frames that were asked for. What the answer has beside them depends on the backend; another project is
// an answer to another question, and a period that crosses a cut may have been lost at another.
func (a *frameWalk) kept(frames []Frame) ([]Frame, error) {
	var last gophermeter.Window
	kept := frames[:0]
	for i := range frames {
		f := &frames[i]
		if f.Period != last {
			if err := a.fits(f.Period); err != nil {
				return nil, err
			}
			last = f.Period
		}
		if f.Period.Start.Before(a.Window.Start) || f.Period.End.After(a.Window.End) {
			continue
		}
		if a.ProjectID != "" && f.ProjectID != a.ProjectID && f.ProjectID != "" {
			return nil, fmt.Errorf("%w: asked for project %s, and CloudKitty answered for %s: only administrators see others",
				errs.ErrForbidden, a.ProjectID, f.ProjectID)
		}
		if i != len(kept) {
			frames[len(kept)] = *f
		}
		kept = frames[:len(kept)+1]
	}
	return kept, nil
}

// fits refuses periods that do not fit between the cuts.
func (a *frameWalk) fits(period gophermeter.Window) error {
	length := period.Duration()
	if len(a.pieces) == 1 || length <= 0 {
		return nil
	}
	past := a.pieces[0].End.Sub(period.Start) % length
	if past == 0 && a.Piece%length == 0 {
		return nil
	}
	return fmt.Errorf("%w: the period %s does not fit into pieces of %s, so that others may be missing: "+
		"FrameOptions.Piece must be a multiple of the rating period, or as long as the window", errs.ErrTruncated, period, a.Piece)
}

// pagesV2 walks the pieces in order. The first pages of several are asked for at a time, and several pages of the piece
// that is being read, so that neither many small pieces nor a large one make the walk wait.
func (a *frameWalk) pagesV2(ctx context.Context) iter.Seq2[[]Frame, error] {
	return func(yield func([]Frame, error) bool) {
		slots := make(chan struct{}, a.client.concurrency)
		walks := make([]*pointWalk, len(a.pieces))
		for i, piece := range a.pieces {
			if i == len(a.pieces)-1 {
				piece.End = piece.End.Add(time.Second) // or Loki, which goes by the end of a period, leaves out the last
			}
			walks[i] = &pointWalk{client: a.client, op: "rating.Frames", window: piece, filters: a.filters(), keys: a.keys, slots: slots}
		}
		heads := paging.Offset(ctx, 0, a.client.concurrency, func(ctx context.Context, i int) ([]*pointWalk, int, error) {
			return walks[i : i+1], len(walks), walks[i].fetchHead(ctx)
		})
		for head, err := range heads {
			if err != nil {
				yield(nil, err)
				return
			}
			for page, err := range walkPoints(ctx, head[0], (*pointPage).rows) {
				if !yield(page, err) || err != nil {
					return
				}
			}
		}
	}
}
