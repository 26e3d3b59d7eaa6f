package rating

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
	"github.com/gophermeter/gophermeter/internal/paging"
	"github.com/gophermeter/gophermeter/internal/wire"
)

// Point is a rated point as storage v2 keeps it, with its two kinds of attributes apart.
//
// Source: CloudKitty, dataframe.py, DataPoint.
type Point struct {
	// Metric is its type, such as instance or volume.size.
	Metric string
	// Period that was rated, UTC.
	Period gophermeter.Window
	// Unit of the quantity.
	Unit string
	// Quantity and Price, of the whole period. The storages round both to floats of 64 bits.
	Quantity, Price decimal.Decimal
	// GroupBy are the attributes that summaries can be grouped and filtered by, the project among them.
	GroupBy Attributes
	// Metadata are the other attributes.
	Metadata Attributes
}

// PointOptions say which points.
type PointOptions struct {
	// Window is required. Which periods half in it count is the backend's choice, and Loki goes by their end: the period
	// before the window is in, its last one is not.
	Window gophermeter.Window
	// Filters must all hold; a name can come once. For who is no administrator CloudKitty sets the filter of the project
	// to his own, whatever he asks for.
	Filters []Filter
}

// Points are the rated points of a window as API v2 has them, asked for at once and in pages. For bills there is
// [Client.Frames], which reads windows of any length from any cloud and checks what it gets.
//
// A cloud of storage v1 is [gophermeter.ErrUnsupported]. [gophermeter.ErrTruncated] says that the backend cuts answers
// short or that points moved during the walk.
//
// API: GET /v2/dataframes
func (c *Client) Points(o PointOptions) *gophermeter.Pager[Point] {
	if err := checkWindow(o.Window); err != nil {
		return gophermeter.FailedPager[Point](err)
	}
	if err := addFilters(url.Values{}, o.Filters, true); err != nil {
		return gophermeter.FailedPager[Point](err)
	}
	o.Filters = slices.Clone(o.Filters)
	return gophermeter.NewPager(func(ctx context.Context) iter.Seq2[[]Point, error] {
		w := &pointWalk{client: c, op: "rating.Points", window: o.Window, filters: o.Filters, keys: projectKeys}
		return walkPoints(ctx, w, (*pointPage).points)
	})
}

// points are the rows with their attributes apart.
func (p *pointPage) points() []Point {
	all := make([]Point, len(p.frames))
	for i := range p.frames {
		f, n := &p.frames[i], p.groups[i]
		all[i] = Point{
			Metric: f.Metric, Period: f.Period, Unit: f.Unit, Quantity: f.Quantity, Price: f.Price,
			GroupBy: f.Attributes[:n:n], Metadata: f.Attributes[n:],
		}
	}
	return all
}

// rows are the frames as they are.
func (p *pointPage) rows() []Frame { return p.frames }

// pointWalk is one range over the pages of a window.
type pointWalk struct {
	client  *Client
	op      string
	window  gophermeter.Window
	filters []Filter
	keys    []string
	slots   chan struct{} // requests that may be under way at a time; nil is no bound beside the walk's own
	head    *pointPage    // the first page, where it is here already
	first   uint64        // hash of the first page
}

// walkPoints yields the points a page at a time. Offset and total count points, not the frames that they are written in.
func walkPoints[T any](ctx context.Context, w *pointWalk, rows func(*pointPage) []T) iter.Seq2[[]T, error] {
	return paging.Offset(ctx, 0, w.client.concurrency, func(ctx context.Context, offset int) ([]T, int, error) {
		if offset == 0 {
			if w.head == nil {
				if err := w.fetchHead(ctx); err != nil {
					return nil, 0, err
				}
			}
			head := w.head
			w.head = nil
			return rows(head), head.total, nil
		}
		p, hash, err := w.fetch(ctx, offset)
		switch {
		case err != nil:
			return nil, 0, err
		case hash == w.first:
			return nil, 0, w.ignoresOffset(offset)
		}
		return rows(p), p.total, nil
	})
}

// fetchHead asks for the first page. One that is full and the whole is suspicious: Loki answers no more than the
// limit, and calls that the total. So one more row is asked for.
func (w *pointWalk) fetchHead(ctx context.Context) error {
	p, hash, err := w.fetch(ctx, 0)
	if err != nil {
		return err
	}
	if p.total == len(p.frames) && p.total >= w.client.pageSize {
		more, _, err := w.fetch(ctx, p.total)
		if err != nil {
			return err
		}
		if len(more.frames) > 0 {
			return w.ignoresOffset(p.total)
		}
	}
	w.head, w.first = p, hash
	return nil
}

func (w *pointWalk) ignoresOffset(offset int) error {
	return fmt.Errorf("%w: the page at offset %d of %s has rows of the first page: this backend (Loki is one) has no offsets "+
		"and shows %d points at most; ask for shorter windows", errs.ErrTruncated, offset, w.window, w.client.pageSize)
}

var pageSeed = maphash.MakeSeed()

func (w *pointWalk) fetch(ctx context.Context, offset int) (p *pointPage, hash uint64, err error) {
	query := url.Values{
		"begin":  {wire.FormatRFC3339(w.window.Start)},
		"end":    {wire.FormatRFC3339(w.window.End)},
		"limit":  {strconv.Itoa(w.client.pageSize)},
		"offset": {strconv.Itoa(offset)},
	}
	if err := addFilters(query, w.filters, true); err != nil {
		return nil, 0, err
	}
	if w.slots != nil {
		select {
		case w.slots <- struct{}{}:
			defer func() { <-w.slots }()
		case <-ctx.Done():
			return nil, 0, errs.Context(ctx)
		}
	}
	r := gophermeter.Request{Op: w.op, Path: []string{"dataframes"}, Query: query}
	if p, hash, err = w.live(ctx, r); err == nil {
		return p, hash, nil
	}
	if status := (*gophermeter.Error)(nil); !errors.As(err, &status) {
		// The page broke off, or is not what it should be. It is asked for again, as a whole and as often as may help.
		err = w.client.v2.Read(ctx, r, func(_ http.Header, body []byte) (err error) {
			hash = maphash.Bytes(pageSeed, body)
			p, err = decodePoints(jsonstream.NewBytes(body), w.keys)
			return err
		})
	}
	if err = explainedV2(err); emptyV2(err) {
		return &pointPage{}, 0, nil
	}
	return p, hash, err
}

// maxLive is how much of a body is read while it arrives, without room for all of it.
const maxLive = 64 << 20

// live reads a page while it arrives: several are under way at a time, and their bodies would take more room than
// their points. An error of its decoding says nothing of the call.
func (w *pointWalk) live(ctx context.Context, r gophermeter.Request) (*pointPage, uint64, error) {
	resp, err := w.client.v2.Do(ctx, r)
	if err != nil {
		return nil, 0, err
	}
	defer resp.Body.Close()
	var hash maphash.Hash
	hash.SetSeed(pageSeed)
	p, err := decodePoints(jsonstream.New(io.TeeReader(io.LimitReader(resp.Body, maxLive), &hash)), w.keys)
	return p, hash.Sum64(), err
}
