package rating

import (
	"context"
	"io"
	"iter"

	"github.com/shopspring/decimal"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/jsonstream"
	"github.com/gophermeter/gophermeter/internal/paging"
	"github.com/gophermeter/gophermeter/internal/wire"
)

// StorageDataFrame is what was rated in one period of one metric, as version 1 of the API gives it. There may be
// several of a period and metric; storage of version 1 has one for each resource.
//
// Source: CloudKitty, api/v1/datamodels/storage.py, DataFrame.
type StorageDataFrame struct {
	// Period is the rating period, UTC.
	Period gophermeter.Window
	// ProjectID is that of the first resource only, where the storage is of version 2: [RatedResource.ProjectID] is
	// the one that counts. Empty where the service knows none.
	ProjectID string
	// Resources are what was rated.
	Resources []RatedResource
}

// RatedResource is one rated point.
//
// Source: CloudKitty, api/v1/datamodels/storage.py, RatedResource.
type RatedResource struct {
	// Metric is the [Metric.ID] of what was measured.
	Metric string
	// ProjectID is the attribute project_id, or else tenant_id, or else, of the first resource, that of the frame.
	ProjectID string
	// Quantity is the volume of the document, in the unit of the metric, which version 1 does not tell.
	Quantity decimal.Decimal
	// Price is the rating of the document: what the quantity costs. Storage of version 1 keeps it in single precision and
	// reads it back with six digits.
	Price decimal.Decimal
	// Attributes are those of both kinds, group-by and metadata, which version 1 mixes.
	Attributes Attributes
}

// StorageDataFrameOptions say which frames are read.
type StorageDataFrameOptions struct {
	// Window is required: what the service takes without one is the current month in UTC.
	Window gophermeter.Window
	// ProjectID reads those of one project. Empty is all projects for administrators; for anybody else it is their
	// own, and may not be another.
	ProjectID string
	// Metric reads those of one metric, by its [Metric.ID]; empty is all.
	Metric string
}

// StorageDataFrames are all rated points of a window, in the order of the service. They come in one body however many
// there are, which is read while it arrives, one frame in memory at a time; a slow range slows the service down. A
// body that breaks off before its first frame is asked for again, and later it is an error:
// [gophermeter.Window.Split] makes pieces that can be asked for again each. Members see their own project.
//
// Where the storage is Loki the service cuts an answer off at 1000 points, without a word.
//
// API: GET /v1/storage/dataframes
func (c *Client) StorageDataFrames(opts StorageDataFrameOptions) *gophermeter.Pager[StorageDataFrame] {
	if err := opts.Window.Check(); err != nil {
		return gophermeter.FailedPager[StorageDataFrame](err)
	}
	q := windowQuery(opts.Window)
	wire.Set(q, "tenant_id", opts.ProjectID)
	wire.Set(q, "resource_type", opts.Metric)
	r := gophermeter.Request{Op: "rating.StorageDataFrames", Path: []string{"storage", "dataframes"}, Query: q}
	return gophermeter.NewStream(func(ctx context.Context) iter.Seq2[StorageDataFrame, error] {
		open := func(ctx context.Context) (io.ReadCloser, error) {
			resp, err := c.v1.Do(ctx, r)
			if err != nil {
				return nil, explained(err)
			}
			return resp.Body, nil
		}
		return paging.Stream(ctx, open, readStorageFrames)
	})
}

// readStorageFrames reads a body while it arrives.
func readStorageFrames(body io.Reader) iter.Seq2[StorageDataFrame, error] {
	r := jsonstream.New(body)
	d := &storageDecoder{r: r, attributes: newAttributeReader(r)}
	d.onFrame, d.onResource, d.resource = d.frameField, d.resourceField, d.readResource
	return jsonstream.Elements(r, "dataframes", d.read)
}

const resourceChunk = 256

// storageDecoder reads frames field by field, in any order.
type storageDecoder struct {
	r          *jsonstream.Reader
	attributes *attributeReader
	frame      StorageDataFrame
	point      RatedResource
	rated      bool
	resources  []RatedResource // memory that frames share
	begin      int             // where those of this frame begin
	// Bound once, not once a row.
	onFrame, onResource func([]byte) error
	resource            func() error
}

func (d *storageDecoder) read() (StorageDataFrame, error) {
	d.frame = StorageDataFrame{}
	if room := cap(d.resources) - len(d.resources); room < 8 || cap(d.resources) > resourceChunk { // or grown by a large frame
		d.resources = make([]RatedResource, 0, resourceChunk)
	}
	d.begin = len(d.resources)
	if err := d.r.Object(d.onFrame); err != nil {
		return StorageDataFrame{}, err
	}
	if end := len(d.resources); end > d.begin {
		d.frame.Resources = d.resources[d.begin:end:end]
	}
	if d.frame.ProjectID == undefined {
		d.frame.ProjectID = ""
	}
	// It is that of the first resource, and says nothing of the others.
	if all := d.frame.Resources; len(all) > 0 && all[0].ProjectID == "" {
		all[0].ProjectID = d.frame.ProjectID
	}
	return d.frame, nil
}

func (d *storageDecoder) frameField(name []byte) (err error) {
	switch string(name) {
	case "begin":
		d.frame.Period.Start, err = d.r.Time()
	case "end":
		d.frame.Period.End, err = d.r.Time()
	case "tenant_id":
		d.frame.ProjectID, err = d.r.Intern()
	case "resources":
		return d.r.Array(d.resource)
	}
	return err
}

func (d *storageDecoder) readResource() error {
	d.point, d.rated = RatedResource{}, false
	if err := d.r.Object(d.onResource); err != nil {
		return err
	}
	if !d.rated {
		return &jsonstream.Error{Path: "dataframes", Problem: "a resource without a rating"}
	}
	d.point.ProjectID = projectOf(d.point.Attributes, projectKeys)
	d.resources = append(d.resources, d.point)
	return nil
}

func (d *storageDecoder) resourceField(name []byte) (err error) {
	switch string(name) {
	case "service":
		d.point.Metric, err = d.r.Intern()
	case "volume":
		d.point.Quantity, err = d.r.Decimal()
	case "rating":
		d.point.Price, err = d.r.Decimal()
		d.rated = true
	case "desc":
		start := d.attributes.begin()
		err = d.attributes.read(0)
		d.point.Attributes = d.attributes.since(start)
	}
	return err
}
