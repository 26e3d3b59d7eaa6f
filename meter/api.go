package meter

import (
	"context"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/url"
	"sync/atomic"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
	"github.com/gophermeter/gophermeter/internal/paging"
)

// api is every call of the wire. Nothing else in this package knows a path, so that what stands behind a [Client]
// can be another service one day.
type api struct {
	service *gophermeter.Service
	events  *gophermeter.Service // Panko's, where the catalogue has it

	moved     atomic.Bool // the events are in Panko
	unlimited atomic.Bool // lists of meters and resources know no limit, and are whole: Kilo and before
}

func newAPI(conn *gophermeter.Connection, service *gophermeter.Service) *api {
	a := &api{service: service.Base("v2")}
	if events, err := conn.Service("event"); err == nil {
		a.events = events.Base("v2")
	}
	return a
}

// list is a call that answers an array of rows.
type list[T any] struct {
	gophermeter.Request
	row row[T]
}

// row makes the function that reads one element.
type row[T any] func(*jsonstream.Reader) func() (T, error)

func meterList(op string, q url.Values) list[Meter] {
	return list[Meter]{get(op, q, "meters"), meterRow}
}

func sampleList(op string, q url.Values) list[Sample] {
	return list[Sample]{get(op, q, "samples"), sampleRow}
}

func meterSampleList(op, meter string, q url.Values) list[Sample] {
	return list[Sample]{get(op, q, "meters", meter), sampleRow}
}

func statisticsList(op, meter string, q url.Values) list[Statistics] {
	return list[Statistics]{get(op, q, "meters", meter, "statistics"), statisticsRow}
}

func resourceList(op string, q url.Values) list[Resource] {
	return list[Resource]{get(op, q, "resources"), resourceRow}
}

// sampleQuery only reads, whatever its method.
func sampleQuery(op string, body []byte) list[Sample] {
	return list[Sample]{gophermeter.Request{
		Op: op, Method: http.MethodPost, Path: []string{"query", "samples"}, Body: body,
		OK: []int{http.StatusOK}, Repeat: gophermeter.RepeatAlways,
	}, sampleRow}
}

func newSamples(op, meter string, direct bool, body []byte) list[Sample] {
	r := gophermeter.Request{Op: op, Method: http.MethodPost, Path: []string{"meters", meter}, Body: body}
	if direct {
		r.Query = url.Values{"direct": {"true"}}
	}
	return list[Sample]{r, sampleRow}
}

func oneSample(op, id string) gophermeter.Request { return get(op, nil, "samples", id) }

func oneResource(op, id string) gophermeter.Request { return get(op, nil, "resources", id) }

func capabilities(op string) gophermeter.Request { return get(op, nil, "capabilities") }

func eventList(op string, q url.Values) list[Event] {
	return list[Event]{get(op, q, "events"), eventRow}
}

func oneEvent(op, id string) gophermeter.Request { return get(op, nil, "events", id) }

func eventTypeList(op string) list[string] { return list[string]{get(op, nil, "event_types"), textRow} }

func traitList(op, eventType string) list[TraitDefinition] {
	return list[TraitDefinition]{get(op, nil, "event_types", eventType, "traits"), traitDefinitionRow}
}

func traitValueList(op, eventType, trait string) list[Trait] {
	return list[Trait]{get(op, nil, "event_types", eventType, "traits", trait), traitRow}
}

func get(op string, q url.Values, path ...string) gophermeter.Request {
	return gophermeter.Request{Op: op, Method: http.MethodGet, Path: path, Query: q}
}

// read hands a whole answer to decode.
func (a *api) read(ctx context.Context, r gophermeter.Request, decode func(body []byte) error) error {
	return a.each(r, func(s *gophermeter.Service) error {
		return s.Read(ctx, r, func(_ http.Header, body []byte) error { return decode(body) })
	})
}

// one reads an answer that is a single row.
func one[T any](ctx context.Context, a *api, r gophermeter.Request, read row[T]) (v T, err error) {
	err = a.read(ctx, r, func(body []byte) (err error) {
		doc := jsonstream.NewBytes(body)
		if v, err = read(doc)(); err != nil {
			return err
		}
		return doc.End()
	})
	if err != nil {
		var none T
		return none, err
	}
	return v, nil
}

// fetch reads an answer to its end before it gives any row of it.
func fetch[T any](ctx context.Context, a *api, l list[T]) (rows []T, err error) {
	err = a.read(ctx, l.Request, func(body []byte) error {
		rows = nil
		doc := jsonstream.NewBytes(body)
		for v, err := range jsonstream.Elements(doc, "", l.row(doc)) {
			if err != nil {
				return err
			}
			rows = append(rows, v)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return rows, nil
}

// stream reads an answer while it arrives, in constant memory.
func stream[T any](ctx context.Context, a *api, l list[T]) iter.Seq2[T, error] {
	open := func(ctx context.Context) (body io.ReadCloser, err error) {
		err = a.each(l.Request, func(s *gophermeter.Service) error {
			resp, err := s.Do(ctx, l.Request) //nolint:bodyclose // paging.Stream closes it
			if err == nil {
				body = resp.Body
			}
			return err
		})
		return body, err
	}
	read := func(body io.Reader) iter.Seq2[T, error] {
		doc := jsonstream.New(body)
		return jsonstream.Elements(doc, "", l.row(doc))
	}
	return paging.Stream(ctx, open, read)
}

// each sends by the service that has the answer: events are asked of Panko from the moment that Ceilometer sends
// there, at the address of the catalogue, for a token follows no link.
func (a *api) each(r gophermeter.Request, send func(*gophermeter.Service) error) error {
	onEvents := r.Path[0] == "events" || r.Path[0] == "event_types"
	if onEvents && a.moved.Load() {
		return explained(r, send(a.events))
	}
	err := send(a.service)
	if onEvents && a.events != nil && status(err) == http.StatusPermanentRedirect {
		a.moved.Store(true)
		err = send(a.events)
	}
	return explained(r, err)
}

// status is that of a call that failed; 0 where there was none.
func status(err error) int {
	var e *gophermeter.Error
	if errors.As(err, &e) {
		return e.StatusCode
	}
	return 0
}
