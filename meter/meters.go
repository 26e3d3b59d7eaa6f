package meter

import (
	"context"
	"iter"
	"strings"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// Type is how the values of a meter follow one another. An unknown one is kept as it was sent.
type Type string

// Types of meters.
const (
	TypeGauge      Type = "gauge"      // a value of its own each time, such as a temperature
	TypeDelta      Type = "delta"      // the change since the sample before
	TypeCumulative Type = "cumulative" // a sum that grows, and begins again at 0
)

// Meter is a kind of measurement on one resource: the same name comes once for each resource, and may have another
// unit or type there.
//
// Source: Ceilometer, api/controllers/v2/meters.py, Meter; K5, type Meter.
type Meter struct {
	// MeterID is base64 of resource id, "+" and name. Up to Kilo and on K5 it ends in a newline, and long ones have
	// more of them; it is kept as it was sent, and [Meter.Key] reads it. No URL takes it. Empty where meters are unique.
	MeterID string
	// Name such as cpu_util; not unique.
	Name string
	// Type is gauge, delta or cumulative.
	Type Type
	// Unit of the values; may be empty.
	Unit string
	// ResourceID is the resource that was measured; empty where meters are unique.
	ResourceID string
	// ProjectID and UserID are the owner's at the last sample; empty where there is none or meters are unique.
	ProjectID, UserID string
	// Source is where samples come from, "<project id>:openstack" for what was posted; empty where meters are
	// unique.
	Source string
}

// MeterOptions are what [Client.Meters] asks for. The zero value is all meters that the caller may see.
type MeterOptions struct { //nolint:revive // beside SampleOptions and its like
	// Filters must all hold: [ByResource], [ByUser], [BySource]; on Ceilometer also [ByProject] and [ByMetadata].
	Filters []Filter
	// Unique gives each definition (Name, Type and Unit) once, and nothing but these. It is made of the whole list.
	Unique bool
	// Limit asks for that many meters in one request, in no particular order, and looks for no more; 0 is all. On
	// K5 it is 1 to 1440. With Unique it is how many definitions are given.
	Limit int
	// Offset leaves out that many meters at the beginning. K5 only.
	Offset int
}

// Meters are the meters that have samples, in no particular order: for administrators those of every project. The
// service cuts the list off at a limit without a word, so that it is asked again with a greater one until it is
// whole; K5 has pages.
//
// API: GET /v2/meters
func (c *Client) Meters(opts MeterOptions) *gophermeter.Pager[Meter] {
	l, err := c.meters("meter.Meters", opts)
	switch {
	case err != nil:
		return gophermeter.FailedPager[Meter](err)
	case opts.Unique:
		return c.uniqueMeters(l, opts)
	case opts.Limit > 0 && c.dialect == K5:
		l.Query = with(l.Query, "offset", opts.Offset)
		return request(c, limiting(l), opts.Limit)
	case opts.Limit > 0:
		return request(c, limiting(l), opts.Limit)
	case c.dialect == K5:
		return paged(c, l, opts.Offset, meterKey)
	}
	return grown(c, limiting(l))
}

func (c *Client) uniqueMeters(l list[Meter], opts MeterOptions) *gophermeter.Pager[Meter] {
	return gophermeter.NewPager(func(ctx context.Context) iter.Seq2[[]Meter, error] {
		return func(yield func([]Meter, error) bool) {
			all, err := c.allMeters(ctx, l, opts.Offset)
			rows := unique(all)
			if opts.Limit > 0 {
				rows = rows[:min(opts.Limit, len(rows))]
			}
			if err != nil || len(rows) > 0 {
				yield(rows, err)
			}
		}
	})
}

// meters is the call for meters without its limit.
func (c *Client) meters(op string, opts MeterOptions) (list[Meter], error) {
	if err := c.limited(opts.Limit, opts.Offset); err != nil {
		return list[Meter]{}, err
	}
	all, err := c.criteria(onMeters, gophermeter.Window{}, opts.Filters)
	if err != nil {
		return list[Meter]{}, err
	}
	return meterList(op, all.query()), nil
}

// meterKey tells the rows of one list apart: a resource may have a meter in two units.
func meterKey(m *Meter) string { return m.MeterID + " " + m.Unit + " " + string(m.Type) }

// trimmed is a meter id without the newlines that base64 was once written with.
func trimmed(id string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == ' ' {
			return -1
		}
		return r
	}, id)
}

func meterRow(r *jsonstream.Reader) func() (Meter, error) {
	var m Meter
	field := func(name []byte) (err error) {
		switch string(name) {
		case "meter_id":
			m.MeterID, err = r.String()
		case "name":
			m.Name, err = r.Intern()
		case "type":
			err = intern(r, &m.Type)
		case "unit":
			m.Unit, err = r.Intern()
		case "resource_id":
			m.ResourceID, err = r.Intern()
		case "project_id":
			m.ProjectID, err = r.Intern()
		case "user_id":
			m.UserID, err = r.Intern()
		case "source":
			m.Source, err = r.Intern()
		}
		return err
	}
	return func() (Meter, error) {
		m = Meter{}
		err := r.Object(field)
		return m, err
	}
}

// intern reads a text of a type of its own.
func intern[T ~string](r *jsonstream.Reader, into *T) error {
	text, err := r.Intern()
	*into = T(text)
	return err
}
