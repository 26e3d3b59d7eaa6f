package rating

import (
	"context"
	"errors"
	"io"
	"iter"
	"net/url"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
	"github.com/gophermeter/gophermeter/internal/paging"
	"github.com/gophermeter/gophermeter/internal/wire"
)

// runSize is how many frames of a body make one batch.
const runSize = 1000

// runsV1 reads the pieces of API v1 one after the other. They have no pages and no bound, so the next is not asked for
// while one is being read: its body would have to wait in the server.
func (a *frameWalk) runsV1(ctx context.Context) iter.Seq2[[]Frame, error] {
	return func(yield func([]Frame, error) bool) {
		for _, piece := range a.pieces {
			var run []Frame
			for f, err := range a.bodyV1(ctx, piece) {
				if err != nil {
					if run, kept := a.kept(run); kept != nil {
						err = kept
					} else if len(run) > 0 && !yield(run, nil) {
						return
					}
					yield(nil, err)
					return
				}
				if run = append(run, f); len(run) < runSize {
					continue
				}
				if !a.emit(run, yield) {
					return
				}
				run = make([]Frame, 0, runSize)
			}
			if !a.emit(run, yield) {
				return
			}
		}
	}
}

// emit yields what is kept of a run, and tells whether to go on.
func (a *frameWalk) emit(run []Frame, yield func([]Frame, error) bool) bool {
	kept, err := a.kept(run)
	if err != nil {
		yield(nil, err)
		return false
	}
	return len(kept) == 0 || yield(kept, nil)
}

// bodyV1 reads one body while it arrives.
func (a *frameWalk) bodyV1(ctx context.Context, piece gophermeter.Window) iter.Seq2[Frame, error] {
	query := url.Values{"begin": {wire.FormatNaive(piece.Start)}, "end": {wire.FormatNaive(piece.End)}}
	wire.Set(query, "tenant_id", a.ProjectID)
	wire.Set(query, "resource_type", a.Metric)
	r := gophermeter.Request{Op: "rating.Frames", Path: []string{"storage", "dataframes"}, Query: query}
	return paging.Stream(ctx, func(ctx context.Context) (io.ReadCloser, error) {
		resp, err := a.client.v1.Do(ctx, r)
		if err != nil {
			return nil, explained(err)
		}
		return resp.Body, nil
	}, func(body io.Reader) iter.Seq2[Frame, error] { return framesOf(body, a.keys) })
}

// framesOf reads the frames of a body of API v1.
func framesOf(body io.Reader, keys []string) iter.Seq2[Frame, error] {
	return func(yield func(Frame, error) bool) {
		d := &frameDecoder{r: jsonstream.New(body), keys: keys, yield: yield}
		d.attributes = newAttributeReader(d.r)
		d.onFrame, d.onResource, d.readFrame, d.readResource = d.frameField, d.resourceField, d.oneFrame, d.oneResource
		if err := d.read(); err != nil && !errors.Is(err, errStopped) {
			yield(Frame{}, err)
		}
	}
}

// errStopped is the consumer's wish for no more.
var errStopped = errors.New("stopped")

// frameDecoder yields resources as they come. Those of a frame whose period comes behind them wait for it.
type frameDecoder struct {
	r          *jsonstream.Reader
	attributes *attributeReader
	keys       []string
	yield      func(Frame, error) bool

	frame   Frame // its period
	tenant  string
	named   bool    // the tenant was there
	first   bool    // the next resource is the frame's first
	waiting []Frame // of a frame that is not known well enough
	row     Frame
	rated   bool
	found   bool

	onFrame, onResource     func([]byte) error
	readFrame, readResource func() error
}

func (d *frameDecoder) read() error {
	err := d.r.Object(func(name []byte) error {
		if string(name) != "dataframes" {
			return nil
		}
		if d.found {
			return &jsonstream.Error{Path: string(name), Problem: "comes twice"}
		}
		d.found = true
		return d.r.Array(d.readFrame)
	})
	if err == nil && !d.found {
		err = &jsonstream.Error{Problem: "no dataframes in the document"}
	}
	if err != nil {
		return err
	}
	return d.r.End()
}

func (d *frameDecoder) oneFrame() error {
	d.frame, d.tenant, d.named, d.first = Frame{}, "", false, true
	if err := d.r.Object(d.onFrame); err != nil {
		return err
	}
	d.named = true
	for i := range d.waiting {
		if err := d.emit(d.waiting[i]); err != nil {
			return err
		}
	}
	d.waiting = d.waiting[:0]
	return nil
}

func (d *frameDecoder) frameField(name []byte) (err error) {
	switch string(name) {
	case "begin":
		d.frame.Period.Start, err = d.r.Time()
	case "end":
		d.frame.Period.End, err = d.r.Time()
	case "tenant_id":
		d.tenant, err = d.r.Intern()
		d.named = true
	case "resources":
		return d.r.Array(d.readResource)
	}
	return err
}

func (d *frameDecoder) oneResource() error {
	d.row, d.rated = Frame{}, false
	if err := d.r.Object(d.onResource); err != nil {
		return err
	}
	if !d.rated {
		return &jsonstream.Error{Path: "dataframes", Problem: "a resource without a rating"}
	}
	if d.named && !d.frame.Period.Start.IsZero() && !d.frame.Period.End.IsZero() {
		return d.emit(d.row)
	}
	d.waiting = append(d.waiting, d.row)
	return nil
}

// undefined is the tenant of a frame whose first resource names none.
const undefined = "__UNDEF__"

// emit completes a resource. The tenant of its frame is that of the first resource, and says nothing of the others.
func (d *frameDecoder) emit(f Frame) error {
	f.Period = d.frame.Period
	if !f.Period.End.After(f.Period.Start) {
		return &jsonstream.Error{Path: "dataframes", Problem: "a frame without a period"}
	}
	f.ProjectID = projectOf(f.Attributes, d.keys)
	if f.ProjectID == "" && d.first && d.tenant != undefined {
		f.ProjectID = d.tenant
	}
	d.first = false
	if !d.yield(f, nil) {
		return errStopped
	}
	return nil
}

func (d *frameDecoder) resourceField(name []byte) (err error) {
	switch string(name) {
	case "service":
		d.row.Metric, err = d.r.Intern()
	case "desc":
		start := d.attributes.begin()
		err = d.attributes.read(0)
		d.row.Attributes = d.attributes.since(start)
	case "volume":
		d.row.Quantity, err = d.r.Decimal()
	case "rating":
		d.row.Price, err = d.r.Decimal()
		d.rated = true
	}
	return err
}
