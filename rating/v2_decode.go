package rating

import (
	"slices"

	"github.com/gophermeter/gophermeter/internal/jsonstream"
)

// pointPage is a decoded answer of /v2/dataframes.
type pointPage struct {
	frames []Frame
	groups []int // of each frame, how many of its attributes are of its groupby
	total  int
}

// pointDecoder reads a page field by field, in whatever order a release writes it.
type pointDecoder struct {
	r *jsonstream.Reader
	pointPage
	attributes *attributeReader
	keys       []string // names of the attribute that is the project, the first that is there counts
	frame      Frame    // period and metric of the points being read
	row        Frame
	grouped    int // of the row's attributes
	priced     bool
	start      int // of the row's attributes in the arena
	early      int // how many of them are metadata that came before the groupby

	onFrame, onPeriod, onUsage, onPoint, onVolume, onRating func([]byte) error
	readFrame, readPoint                                    func() error
}

// decodePoints reads an answer to its end.
func decodePoints(r *jsonstream.Reader, keys []string) (*pointPage, error) {
	d := &pointDecoder{r: r, keys: keys, pointPage: pointPage{total: -1}}
	d.attributes = newAttributeReader(d.r)
	d.onFrame, d.onPeriod, d.onUsage = d.frameField, d.periodField, d.usageField
	d.onPoint, d.onVolume, d.onRating = d.pointField, d.volumeField, d.ratingField
	d.readFrame, d.readPoint = d.oneFrame, d.onePoint
	if err := d.r.Object(d.field); err != nil {
		return nil, err
	}
	if err := d.r.End(); err != nil {
		return nil, err
	}
	if d.total < 0 {
		return nil, &jsonstream.Error{Problem: "no total in the document"}
	}
	return &d.pointPage, nil
}

func (d *pointDecoder) field(name []byte) error {
	switch string(name) {
	case "total":
		n, err := d.r.Int()
		d.total = int(n)
		return err
	case "dataframes":
		return d.r.Array(d.readFrame)
	}
	return nil
}

// oneFrame reads a frame. Its period may come behind the points.
func (d *pointDecoder) oneFrame() error {
	from := len(d.frames)
	d.frame = Frame{}
	if err := d.r.Object(d.onFrame); err != nil {
		return err
	}
	if len(d.frames) > from && !d.frame.Period.End.After(d.frame.Period.Start) {
		return &jsonstream.Error{Path: "dataframes", Problem: "a frame without a period"}
	}
	for i := from; i < len(d.frames); i++ {
		d.frames[i].Period = d.frame.Period
	}
	return nil
}

func (d *pointDecoder) frameField(name []byte) error {
	switch string(name) {
	case "period":
		return d.r.Object(d.onPeriod)
	case "usage":
		return d.r.Object(d.onUsage)
	}
	return nil
}

func (d *pointDecoder) periodField(name []byte) (err error) {
	switch string(name) {
	case "begin":
		d.frame.Period.Start, err = d.r.Time()
	case "end":
		d.frame.Period.End, err = d.r.Time()
	}
	return err
}

// usageField reads the points of a metric, which is the name.
func (d *pointDecoder) usageField(name []byte) error {
	if d.frame.Metric != string(name) {
		d.frame.Metric = d.metric(name)
	}
	return d.r.Array(d.readPoint)
}

// metric gives a text that points share.
func (d *pointDecoder) metric(name []byte) string {
	for i := len(d.frames) - 1; i >= 0 && i >= len(d.frames)-200; i-- {
		if d.frames[i].Metric == string(name) {
			return d.frames[i].Metric
		}
	}
	return string(name)
}

func (d *pointDecoder) onePoint() error {
	d.row = Frame{Metric: d.frame.Metric}
	d.priced, d.grouped, d.early, d.start = false, 0, 0, d.attributes.begin()
	if err := d.r.Object(d.onPoint); err != nil {
		return err
	}
	if !d.priced {
		return &jsonstream.Error{Path: "dataframes", Problem: "a point without vol and rating"}
	}
	d.row.Attributes = d.attributes.since(d.start)
	d.row.ProjectID = projectOf(d.row.Attributes, d.keys)
	if d.frames == nil {
		d.frames, d.groups = make([]Frame, 0, 1000), make([]int, 0, 1000)
	}
	d.frames, d.groups = append(d.frames, d.row), append(d.groups, d.grouped)
	return nil
}

func (d *pointDecoder) pointField(name []byte) error {
	a := d.attributes
	switch string(name) {
	case "vol":
		return d.r.Object(d.onVolume)
	case "rating":
		return d.r.Object(d.onRating)
	case "groupby":
		before := len(a.arena)
		err := a.read(0)
		d.grouped = len(a.arena) - before
		if d.early > 0 {
			metadata := slices.Clone(a.arena[d.start:before])
			copy(a.arena[d.start:], a.arena[before:])
			copy(a.arena[d.start+d.grouped:], metadata)
		}
		return err
	case "metadata":
		err := a.read(d.grouped)
		if d.grouped == 0 {
			d.early = len(a.arena) - d.start
		}
		return err
	}
	return nil
}

func (d *pointDecoder) volumeField(name []byte) (err error) {
	switch string(name) {
	case "unit":
		d.row.Unit, err = d.r.Intern()
	case "qty":
		d.row.Quantity, err = d.r.Decimal()
	}
	return err
}

func (d *pointDecoder) ratingField(name []byte) (err error) {
	if string(name) == "price" {
		d.row.Price, err = d.r.Decimal()
		d.priced = true
	}
	return err
}
